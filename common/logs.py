"""What the logs hold: no personal data, no secret links, the id of the request, and one list of security events."""

import copy
import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from enum import StrEnum
from typing import Any

from django.http import HttpRequest

# The request that this thread answers; None in tasks and commands.
current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)

Replace = str | Callable[[re.Match[str]], str]
# What PostgreSQL adds to an error: the row, the key, the statement with its values.
_DETAILS = re.compile(
    r"^(DETAIL|CONTEXT|QUERY|STATEMENT|LINE \d+):.*?(?=\n\s*\n|\n[A-Z]+:|\nTraceback |\Z)", re.M | re.S
)
_RULES: tuple[tuple[re.Pattern[str], Replace], ...] = (
    (_DETAILS, r"\1: ‹hidden›"),
    (re.compile(r"(/accounts/(?:reset|invitation|joining)/)[^\s?\"']+"), r"\1‹token›"),
    (re.compile(r"(?<=[\w/])\?[^\s\"']+=[^\s\"']*"), "?‹query›"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "‹e-mail›"),
    (re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)"), "‹number›"),
    (re.compile(r"(?<![\w.])(?:\+84|0084|0)[ .]?\d{2,3}[ .]?\d{3,4}[ .]?\d{3,4}(?![\w.]*\d)"), "‹phone›"),
    (re.compile(r"(?<![\d/-])(?:\d{1,2}[/-]\d{1,2}[/-]\d{4}|\d{4}-\d{2}-\d{2}(?![T ]\d{2}:))(?![\d/-])"), "‹date›"),
)
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
# Names of tables, columns, constraints, settings and files are no data.
_NAME = re.compile(r"['\"](?:[a-z][a-z0-9]*(?:[_.][a-z0-9]+)+|/[\w./-]+)['\"]", re.A)
# Their messages quote the program, never what somebody typed.
_PROGRAM_FAULT = re.compile(r"(?:[\w.]+\.)?(?:Attribute|Name|Import|ModuleNotFound|Type|Assertion|UnboundLocal)Error:")


def mask(text: str) -> str:
    """Return a text without numbers, phones, birth dates and e-mail addresses of people, and without secret links."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def mask_traceback(text: str) -> str:
    """Return a traceback whose errors quote nothing that somebody may have typed; lines of the program stay."""
    return "\n".join(_without_quotes(line) for line in mask(text).split("\n"))


def _without_quotes(line: str) -> str:
    if line.startswith((" ", "Traceback ")) or _PROGRAM_FAULT.match(line):
        return line
    return _QUOTED.sub(lambda found: found[0] if _NAME.fullmatch(found[0]) else "‹hidden›", line)


class MaskedFormatter(logging.Formatter):
    """Formats records with their personal data masked, in tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        masked = copy.copy(record)
        masked.msg, masked.args = mask(record.getMessage()), None
        # Another handler may have kept the traceback as it is.
        masked.exc_text = None
        return super().format(masked)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return mask_traceback(super().formatException(ei))


class RequestContext(logging.Filter):
    """Gives every record ``request_id``, and takes the traceback from refusals: nothing is broken there."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django writes the line of a refusal once the request has left its middleware.
        request = getattr(record, "request", None) or current_request.get()
        record.request_id = getattr(request, "request_id", "-")
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True


class Event(StrEnum):
    """What the security log tells; docs/administration.md says what to do about each."""

    SIGN_IN_FAILED = "sign_in_failed"
    REFUSED = "refused"
    HIDDEN = "hidden"
    UNMASKED = "unmasked"
    MASS_READING = "mass_reading"
    CSP_VIOLATED = "csp_violated"
    PAYMENT_FORGED = "payment_forged"


# Recorded for later, nothing is wrong with it.
_ORDINARY = {Event.UNMASKED}
security = logging.getLogger("security")


def note(event: Event, **facts: object) -> None:
    """Write one line to the security log: the event, then ``name=value`` pairs without personal data."""
    pairs = " ".join(f"{name}={_one_word(value)}" for name, value in facts.items())
    security.log(logging.INFO if event in _ORDINARY else logging.WARNING, "%s %s", event, pairs)


def _one_word(value: object) -> str:
    """Return a value that cannot be taken for another line or pair."""
    return "".join(ch if ch.isprintable() and not ch.isspace() else "·" for ch in str(value))[:200]
