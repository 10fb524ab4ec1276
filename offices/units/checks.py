"""Checks of what is typed about a unit; screens and ``manage.py setup_portal`` share them.

Each returns the stored form or raises ValidationError with a sentence that says what to do.
"""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from common.text import clean, plain
from common.values import divisions

from .hours import parse_hours

# QCVN 102:2016 ('000.00.16.H19') or Quyết định 20/2020/QĐ-TTg ('H19.16').
IDENTIFIER = re.compile(r"^(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){0,3})$", re.ASCII)
_https = URLValidator(schemes=["https"])


def check_text(text: str, limit: int) -> str:
    """Return a text of one line in NFC; raises ValidationError when empty, too long or with control characters."""
    text = " ".join(clean(text).split())
    if not text or len(text) > limit or not text.isprintable():
        raise ValidationError(_("Write between 1 and %(limit)d characters.") % {"limit": limit})
    return text


def check_unit_name(text: str) -> str:
    """Return the full name of an authority."""
    return check_text(text, 120)


def check_identifier(text: str) -> str:
    """Return a unit identifier, the first part of dossier codes; raises ValidationError."""
    identifier = plain(text).replace(" ", "").upper()
    if len(identifier) > 20 or not IDENTIFIER.match(identifier):
        raise ValidationError(_("Write the identifier like 000.00.16.H19 or H19.16."))
    return identifier


def check_division(text: str) -> str:
    """Return the 5-digit code of an existing commune; raises ValidationError."""
    code = plain(text)
    if divisions.commune(code) is None:
        raise ValidationError(_("There is no commune with this code (5 digits of the General Statistics Office)."))
    return code


def check_address(text: str) -> str:
    """Return the address of the desk."""
    return check_text(text, 200)


def check_hours(text: str) -> str:
    """Return opening hours that can be read; raises ValidationError."""
    try:
        parse_hours(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    return text


def check_person_name(text: str) -> str:
    """Return a person's name."""
    return check_text(text, 160)


def check_link(text: str, example: str = "https://maps.example.vn/xuan-bac") -> str:
    """Return a link; https only, without a name or password in it. A refusal names an example of one."""
    url = clean(text).strip()
    message = _("Write a whole link that begins with https://, for example %(example)s.") % {"example": example}
    try:
        _https(url)
        parts = urlsplit(url)
    except (ValidationError, ValueError) as error:
        raise ValidationError(message) from error
    if len(url) > 200 or parts.username or parts.password or not url.isprintable():
        raise ValidationError(message)
    return url
