"""Logging filter that masks personal data."""

import logging
import re

_NUMBERS = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
_MAILS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


class MaskPersonalData(logging.Filter):
    """Mask 9- and 12-digit runs and e-mail addresses in every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = _MAILS.sub("‹e-mail›", _NUMBERS.sub("‹number›", message))
        if masked != message:
            record.msg, record.args = masked, None
        return True
