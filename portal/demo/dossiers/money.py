"""The demonstration's cashiers: a shift a day, and what a dossier owes is taken before its result is given."""

from datetime import datetime

from common.clock import local_day
from dossiers.models import Dossier
from offices.models import Role
from payments.collecting import cashier, refunding
from payments.models import OWED, Charge, Shift

from ..town import Commune


def take_fees(commune: Commune, dossier: Dossier, moment: datetime) -> None:
    """Take in cash what a dossier owes, and tell the dossier in hand of it."""
    if charges := list(Charge.objects.filter(dossier=dossier, status__in=OWED).order_by("pk")):
        cashier.take_cash(charges, shift_at(commune, moment), moment)
        dossier.refresh_from_db(fields=["fee_state"])


def begin_the_day(commune: Commune, moment: datetime) -> None:
    """Bring what lies in closed boxes to the treasury, open today's shift and take two fees; too much was paid of one.

    Only of dossiers filed at the counter: those of the accounts stay as they are.
    """
    shift = shift_at(commune, moment)
    if lies := cashier.depositable_vnd(commune.unit):
        number, day = f"GNT-{commune.unit.slug.upper()}-01", local_day(moment)
        cashier.deposit(commune.unit, lies, number, day, by=shift.cashier, now=moment)
    owed = Charge.objects.filter(unit=commune.unit, status__in=OWED, dossier__owner=None).order_by("pk")
    taken = [cashier.take_cash([charge], shift, moment) for charge in list(owed[:2])]
    for attempt in taken[:1]:
        clerk, reason = commune.officer(Role.CLERK), "Người nộp chỉ cần một bản sao, đã nộp thừa."
        amounts = {charge: max(amount // 2, 1) for charge, amount in refunding.refundable(attempt).items()}
        refunding.request(attempt, amounts, by=clerk, reason=reason, now=moment)


def shift_at(commune: Commune, moment: datetime) -> Shift:
    """Return the shift of a moment's day; one of an earlier day is counted first, and nothing is missing."""
    person = commune.officer(Role.CASHIER)
    shift = cashier.shift_of(person, commune.unit)
    if shift is not None and local_day(shift.opened_at) < local_day(moment):
        cashier.close_shift(shift, shift.opening_vnd + cashier.taken_vnd(shift), "", moment)
        shift = None
    return shift or cashier.open_shift(commune.unit, person, 0, moment)
