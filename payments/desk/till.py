"""The cash desk of whoever settles something in one visit and takes its fee in the same one."""

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from common.clock import local_day
from dossiers.models import Dossier
from offices.access import current_posts
from offices.models import Role, Unit

from ..collecting import cashier
from ..models import Receipt, Shift
from . import scopes


class CounterTill:
    """The box that an officer has opened as the cashier of a unit."""

    def is_open(self, user: User, unit: Unit, now: datetime) -> bool:
        """Tell whether a person is the unit's cashier today and has a box open there; one query for cashiers."""
        posts = current_posts(user, local_day(now))
        is_cashier = any(post.role == Role.CASHIER and post.unit_id == unit.pk for post in posts)
        return is_cashier and cashier.shift_of(user, unit) is not None

    def take(self, dossier: Dossier, user: User, now: datetime) -> list[tuple[str, str]]:
        """Take in cash what a dossier owes; address and number of its receipts. Refused like ``cashier.take_cash``."""
        shift = cashier.shift_of(user, dossier.unit) if self.is_open(user, dossier.unit, now) else None
        return take_into(shift, dossier, now)


def take_into(shift: Shift | None, dossier: Dossier, now: datetime) -> list[tuple[str, str]]:
    """Take in cash what a dossier owes; address and number of its receipts. Refused like ``cashier.take_cash``."""
    owed = scopes.open_charges(dossier)
    if not owed:
        return []
    if shift is None:
        raise cashier.shift_closed()
    cashier.take_cash(owed, shift, now)
    receipts = Receipt.objects.filter(charge__in=owed, cancelled_at=None).select_related("series").order_by("pk")
    return [(reverse("money:receipt", args=[row.pk]), row.full_number) for row in receipts]
