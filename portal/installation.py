"""A first installation: one unit with its hours, the catalogue, the days off and an administrator."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from common import divisions
from common.clock import local_day
from common.identity import check_phone
from common.text import fold, nfc
from offices.holidays import load_holidays
from offices.hours import parse_hours, set_hours
from offices.models import Post, Role, Unit, UnitKind
from procedures.importing import import_catalogue, offer_all

# QCVN 102:2016 ('000.00.16.H19') or Quyết định 20/2020/QĐ-TTg ('H19.16').
IDENTIFIER = re.compile(r"^(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){0,3})$", re.ASCII)


def check_text(text: str, limit: int) -> str:
    """Return a text of one line in NFC; raises ValidationError when empty, too long or with control characters."""
    text = " ".join(nfc(text).split())
    if not text or len(text) > limit or not text.isprintable():
        raise ValidationError(_("Write between 1 and %(limit)d characters.") % {"limit": limit})
    return text


def check_unit_name(text: str) -> str:
    """Return the full name of an authority."""
    return check_text(text, 120)


def check_identifier(text: str) -> str:
    """Return a unit identifier, the first part of dossier codes; raises ValidationError."""
    identifier = text.strip().upper()
    if not IDENTIFIER.match(identifier):
        raise ValidationError(_("Write the identifier like 000.00.16.H19 or H19.16."))
    return identifier


def check_division(text: str) -> str:
    """Return the 5-digit code of an existing commune; raises ValidationError."""
    code = text.strip()
    if divisions.commune(code) is None:
        raise ValidationError(_("There is no commune with this code (5 digits of the General Statistics Office)."))
    return code


def check_address(text: str) -> str:
    """Return the address of the desk."""
    return check_text(text, 200)


def check_email(text: str) -> str:
    """Return an e-mail address; raises ValidationError."""
    email = nfc(text).strip()
    validate_email(email)
    return email


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


def check_new_password(text: str) -> str:
    """Return a password that the portal accepts; raises ValidationError."""
    validate_password(text)
    return text


CHECKS = {
    "unit_name": check_unit_name,
    "identifier": check_identifier,
    "division": check_division,
    "address": check_address,
    "phone": check_phone,
    "email": check_email,
    "hours": check_hours,
    "admin_email": check_email,
    "admin_name": check_person_name,
    "password": check_new_password,
}


@dataclass(frozen=True)
class Installation:
    """What an installation needs to know; every value has passed its check in :data:`CHECKS`.

    ``password`` may be empty when the administrator's account exists already.
    """

    unit_name: str
    identifier: str
    division: str
    address: str
    phone: str
    email: str
    hours: str
    admin_email: str
    admin_name: str
    password: str = ""


def has_account(email: str) -> bool:
    """Tell whether an account signs in with this address."""
    return User.objects.filter(email__iexact=email).exists()


def install(values: Installation, now: datetime) -> Unit:
    """Make or refresh the unit, its hours, offerings, days off and administrator, all or nothing.

    Doing it again changes the unit's data to the new values; it never touches a
    password, an edited year or an existing offering.
    """
    with transaction.atomic():
        unit = _unit(values)
        set_hours(unit, parse_hours(values.hours))
        load_holidays(now)
        import_catalogue(now=now)
        offer_all(unit, since=local_day(now))
        _administrator(values, unit, now)
    return unit


def _unit(values: Installation) -> Unit:
    commune = divisions.commune(values.division)
    name = commune.name if commune else values.unit_name
    fields = {
        "kind": UnitKind.COMMUNE,
        "name": values.unit_name,
        "short_name": name,
        "division_code": values.division,
        "address": values.address,
        "phone": values.phone,
        "email": values.email,
    }
    # The slug stands in addresses of pages, so it stays what it was.
    slug = f"{slugify(fold(name))[:34]}-{values.division}"
    unit, _made = Unit.objects.update_or_create(
        identifier=values.identifier, defaults=fields, create_defaults=fields | {"slug": slug}
    )
    return unit


def _administrator(values: Installation, unit: Unit, now: datetime) -> None:
    user = User.objects.filter(email__iexact=values.admin_email).first()
    if user is None:
        user = User.objects.create_user(
            full_name=values.admin_name, email=values.admin_email, password=values.password, date_joined=now
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    day = local_day(now)
    if not Post.objects.valid_on(day).filter(user=user, unit=unit, role=Role.ADMINISTRATOR).exists():
        Post.objects.create(user=user, unit=unit, role=Role.ADMINISTRATOR, valid_from=day)
