"""A first installation: one unit with its hours, the catalogue, the days off and an administrator."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from common.clock import local_day
from common.forms.checks import check_email
from common.text import fold
from common.values import divisions
from common.values.identity import check_phone
from offices.calendar.holidays import load_holidays
from offices.models import Post, Role, Unit, UnitKind
from offices.units.checks import (
    check_address,
    check_division,
    check_hours,
    check_identifier,
    check_person_name,
    check_unit_name,
)
from offices.units.hours import parse_hours, set_hours
from procedures.catalogue import offer_all
from procedures.seed import import_catalogue


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
        is_first = not Post.objects.valid_on(day).filter(for_all=True).exists()
        Post.objects.create(user=user, unit=unit, role=Role.ADMINISTRATOR, valid_from=day, for_all=is_first)
