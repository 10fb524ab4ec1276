"""The demonstration's parcels: results handed to the post, on their way, delivered, and one that came back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from accounts.models import User
from common import onetime
from dossiers.models import Dossier
from payments.models import MOVING, Parcel
from payments.post import handing_over, parcels
from payments.providers.carrier import ParcelEventState, ParcelState
from payments.providers.vnpost import s10_fits

POSTMAN = "Trần Văn Lộc"
POSTAGE_VND = 23_000
# The road of a parcel by the carrier's codes.
DELIVERED, ON_ITS_WAY, CAME_BACK = ("6", "10", "12", "14"), ("6", "10"), ("6", "10", "12", "15", "16", "19")


class Course(Protocol):
    """What of a dossier's course is needed here."""

    dossier: Dossier
    clerk: User
    moment: datetime

    def after(self, first: float, last: float) -> datetime:
        """Move on by so many desk hours and return the new moment."""
        ...


def go_on(step: Course) -> Iterator[datetime]:
    """Let what becomes of decided results differ: of each desk one came back, one is on its way, the others wait."""
    parcel = _waiting(step.dossier)
    here = Parcel.objects.filter(unit=step.dossier.received_by)
    if parcel is None or (here.held().exists() and here.filter(status__in=MOVING).exists()):
        return
    yield step.after(0.5, 3)
    _send(step, parcel, ON_ITS_WAY if here.held().exists() else CAME_BACK)


def deliver(step: Course) -> bool:
    """Have the post deliver a result that goes by post and may leave; tell whether it did."""
    parcel = _waiting(step.dossier)
    if parcel is None:
        return False
    _send(step, parcel, DELIVERED)
    return True


def item_number(kind: str, n: int) -> str:
    """Return a number of the postal union for an item, with its check digit."""
    number = f"{kind}{n:08d}"
    return next(f"{number}{digit}VN" for digit in range(10) if s10_fits(f"{number}{digit}VN"))


def _waiting(dossier: Dossier) -> Parcel | None:
    """Return the parcel of a result that may be handed over; one that waits for its fee stays at the desk."""
    for parcel in dossier.parcels.select_related("dossier", "unit"):
        if parcel.is_waiting and parcels.prepare(parcel, parcel.ordered_at):
            return parcel
    return None


def _send(step: Course, parcel: Parcel, codes: tuple[str, ...]) -> None:
    """Hand a parcel over and let the post carry it, as its own answers would say."""
    item = item_number("EB", parcel.pk)
    Parcel.objects.filter(pk=parcel.pk).update(item_code=item, postage_vnd=POSTAGE_VND)
    handing_over.hand_over(
        parcel.unit, [parcel.order_code], postman=POSTMAN, key=onetime.new_key(), by=step.clerk, now=step.moment
    )
    events = tuple(
        ParcelEventState(code, step.moment + timedelta(minutes=n), step.dossier.unit.short_name)
        for n, code in enumerate(codes, start=1)
    )
    found = Parcel.objects.get(pk=parcel.pk)
    parcels.take(found, ParcelState(found.order_code, item, codes[-1], found.cod_vnd, events), step.moment)
    # No carrier knows this one: nobody is asked about it.
    Parcel.objects.filter(pk=parcel.pk).update(ask_at=None)
    step.dossier.refresh_from_db()
