"""Parcels of dossiers: ordered when a result is to be brought or papers are to be fetched, followed until they end.

A row comes first, in the transaction of whatever wants it; a worker speaks to the carrier. What the carrier says ends
in :func:`take`. Locks come in one order: the dossier, its parcel, the charges, the attempt.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.models import User
from common import broker
from common.database.contention import once_more
from common.refusals import Refused
from dossiers import actions
from dossiers.actions.payment import UNSETTLED
from dossiers.models import FINAL, Delivery, Dossier, FeeState, PaperKind, Status
from dossiers.table import Action
from dossiers.workflow import Move, perform
from offices.models import Role

from ..charges import charging
from ..collecting import attempts, settling
from ..collecting.attempts import Payer
from ..locks import lock, require_not_own
from ..models import MOVING, Attempt, Discrepancy, DiscrepancyKind, Parcel, ParcelEvent, ParcelStatus, Way
from ..models.attempts import REF_ALPHABET
from ..models.post import ENDED
from ..providers import carriers
from ..providers.base import Outcome, ProviderState
from ..providers.carrier import NOTED, Carrier, ParcelState
from ..telling import tell

logger = logging.getLogger(__name__)

WAKE = "payments.tasks.move_parcel"
# How long the carrier's word counts before it is asked for the next.
EVERY = {
    ParcelStatus.ORDERED: timedelta(hours=2),
    **dict.fromkeys(MOVING, timedelta(minutes=30)),
    # What was delivered may come back all the same.
    **dict.fromkeys((ParcelStatus.DELIVERED, ParcelStatus.RETURNED), timedelta(days=1)),
}
STOP_ASKING = timedelta(days=7)
# An order that waits for its fee, or for a carrier that does not answer.
SOON, LATER = timedelta(minutes=5), timedelta(hours=1)
# Which message an applicant gets when a parcel comes to a state.
TOLD = {
    (Way.BRING, ParcelStatus.COLLECTED): "parcel_sent",
    (Way.BRING, ParcelStatus.RETURNING): "parcel_returning",
    (Way.BRING, ParcelStatus.RETURNED): "parcel_held",
    (Way.FETCH, ParcelStatus.DELIVERED): "papers_arrived",
    (Way.FETCH, ParcelStatus.RETURNED): "papers_not_fetched",
    (Way.FETCH, ParcelStatus.CANCELLED): "papers_not_fetched",
}


def new_order_code() -> str:
    """Return a random order code of 10 letters and digits (44 bits) that says nothing about anybody."""
    return "P" + get_random_string(9, REF_ALPHABET)


def follow(move: Move) -> None:
    """The hook after every action: order what the action wants carried, let go what nobody wants any more.

    A result that is with the post cannot be handed over at the desk as well: Refused ('parcel').
    """
    dossier = move.dossier
    if move.action == Action.SUBMIT and dossier.papers_by_post:
        if dossier.papers.filter(kind=PaperKind.ORIGINAL_PROMISED, replaced_at=None).exists():
            order(dossier, Way.FETCH, move.now)
    elif move.action == Action.APPROVE and dossier.delivery == Delivery.POST:
        order(dossier, Way.BRING, move.now)
    elif move.to_status in FINAL and move.from_status != move.to_status:
        if dossier.delivery == Delivery.POST and move.action == Action.RETURN_RESULT and move.role == Role.CLERK:
            _let_go(dossier, move.now)
        if dossier.papers_by_post:
            for parcel in dossier.parcels.filter(way=Way.FETCH, status=ParcelStatus.ORDERED, record=None):
                cancel(parcel, move.now)


def _let_go(dossier: Dossier, now: datetime) -> None:
    """Give up the parcel of a result that is handed over at the desk, unless the post has it. One query without one."""
    for parcel in dossier.parcels.filter(way=Way.BRING, is_settled=False):
        if not (parcel.has_ended or parcel.is_waiting):
            raise Refused(
                _("The result is with the post. Wait until it has been delivered or comes back."), code="parcel"
            )
        if parcel.is_waiting:
            cancel(parcel, now)
        _set(parcel, is_settled=True)


def order(dossier: Dossier, way: Way, now: datetime) -> Parcel | None:
    """Have something carried, in the caller's transaction; None without a carrier or an address, or when it is already.

    The fee is collected with a result when its applicant chose so and it is owed. Two queries, fifteen with a fee.
    """
    carrier = next(iter(carriers()), None)
    if carrier is None or not dossier.delivery_address:
        return None
    if dossier.parcels.filter(way=way).exclude(status__in=ENDED).exists():
        return None
    parcel = Parcel.objects.create(
        dossier=dossier,
        unit=dossier.received_by,
        carrier=carrier.key,
        way=way,
        order_code=new_order_code(),
        address=dossier.delivery_address,
        ordered_at=now,
        moved_at=now,
        ask_at=now,
    )
    prepare(parcel, now)
    broker.wake(WAKE, parcel.pk)
    return parcel


def again(parcel: Parcel, now: datetime, *, by: User | None = None) -> Parcel:
    """Send a result once more that came back, or whose parcel was cancelled. Refused ('state', 'own')."""
    with transaction.atomic():
        fresh = locked(parcel)
        require_not_own(by, fresh.dossier)
        is_back = fresh.status in (ParcelStatus.RETURNED, ParcelStatus.CANCELLED)
        made = None
        if fresh.way == Way.BRING and is_back and fresh.dossier.status == Status.DECIDED:
            made = order(fresh.dossier, Way.BRING, now)
        if made is None:
            raise Refused(_("This parcel cannot be sent again."), code="state")
        _set(fresh, is_settled=True)
    return made


def prepare(parcel: Parcel, now: datetime) -> bool:
    """Begin to collect the fee with a parcel, where that is wanted; tell whether it may leave.

    A result waits at the desk while its fee is owed and nobody collects it. What an order says it collects stays as it
    is. Inside a transaction with its dossier.
    """
    dossier = parcel.dossier
    if parcel.way == Way.FETCH:
        return True
    spoken = carrier_of(parcel)
    is_wanted = dossier.pays_on_delivery and spoken.capabilities.cod and not parcel.item_code
    if dossier.fee_state == FeeState.OWED and is_wanted:
        owed = [charge for charge in dossier.charges.order_by("pk") if charge.is_owed]
        try:
            with transaction.atomic():
                attempt = attempts.begin(owed, spoken.key, Payer(dossier.owner), now, is_polled=False)
        except Refused:
            # Another payment is on its way: its end decides.
            return False
        _set(parcel, attempt=attempt, cod_vnd=attempt.amount_vnd)
        charging.tell_dossier(dossier, now)
    return dossier.fee_state not in UNSETTLED


def settle(parcel: Parcel) -> None:
    """Note that the desk has done what the end of a parcel asks of it; one query. Refused ('state') before its end."""
    if not Parcel.objects.filter(pk=parcel.pk, status__in=ENDED).update(is_settled=True):
        raise Refused(_("This parcel is still on its way."), code="state")


def cancel(parcel: Parcel, now: datetime, *, by: User | None = None) -> None:
    """Give up a parcel that is still here, in the caller's transaction, or that is lost; a worker tells the carrier.

    Its fee is owed again. Refused ('state') once it has left, or ended, ('own') to whose dossier it is.
    """
    with transaction.atomic():
        fresh = locked(parcel)
        require_not_own(by, fresh.dossier)
        if not (fresh.is_waiting or is_lost(fresh, now)):
            raise Refused(_("This parcel has left or has been cancelled. Look at its newer state."), code="state")
        # Of a lost one the carrier is asked no more; when it turns up all the same, its webhook says so.
        is_here = fresh.is_waiting
        ends = {"is_settled": is_here, "is_told": not is_here, "ask_at": now if is_here else None}
        _set(fresh, status=ParcelStatus.CANCELLED, moved_at=now, asked=0, **ends)
        if fresh.attempt_id:
            end = ProviderState(_attempt_of(fresh).ref, Outcome.CANCELLED, code="cancelled", is_asked=True)
            settling.apply(end, now=now)
            fresh.dossier.refresh_from_db(fields=["fee_state"])
            charging.tell_dossier(fresh.dossier, now)
        broker.wake(WAKE, fresh.pk)


def take(parcel: Parcel, state: ParcelState, now: datetime) -> Parcel:
    """Take what the carrier says about a parcel; the same again changes nothing. About 40 queries when it is delivered.

    The fee goes through ``settling.apply``. A code that is not known moves nothing and is a discrepancy. An answer that
    is older than one taken before is left aside.
    """
    return once_more(lambda: _take(parcel, state, now))


def _take(parcel: Parcel, state: ParcelState, now: datetime) -> Parcel:
    with transaction.atomic():
        fresh = locked(parcel)
        if not _note_events(fresh, state):
            return fresh
        meaning = carrier_of(fresh).meaning(state.code)
        if meaning is None:
            _disagree(fresh, DiscrepancyKind.UNKNOWN_CODE, state.code, now)
        if fresh.attempt_id:
            settling.apply(carrier_of(fresh).money(_attempt_of(fresh).ref, state), now=now)
            _release(fresh, meaning, now)
        status = _next(fresh, meaning)
        if status is None:
            _disagree(fresh, DiscrepancyKind.STATUS, state.code, now)
        elif status != fresh.status:
            latest = max((event.occurred_at for event in state.events), default=now)
            _set(fresh, status=status, moved_at=min(latest, now), is_settled=False)
            _arrive(fresh, now)
        _set(fresh, ask_at=_ask_next(fresh, now), asked=0)
    return fresh


def _note_events(parcel: Parcel, state: ParcelState) -> bool:
    """Keep what happened; tell whether the answer is at least as new as what is known. Two queries."""
    known = set(parcel.events.values_list("code", "occurred_at"))
    latest = max((moment for _code, moment in known), default=None)
    if latest is not None and max((event.occurred_at for event in state.events), default=latest) < latest:
        return False
    said = {(event.code[:10], event.occurred_at): event.place[:160] for event in state.events}
    ParcelEvent.objects.bulk_create(
        ParcelEvent(parcel=parcel, code=code, occurred_at=moment, place=place)
        for (code, moment), place in said.items()
        if (code, moment) not in known
    )
    return True


def _next(parcel: Parcel, meaning: str | None) -> ParcelStatus | None:
    """Return the status after the carrier's word, None when it contradicts what is known to have ended."""
    status = ParcelStatus(parcel.status)
    if meaning is None or meaning == NOTED:
        return status
    said = ParcelStatus(meaning)
    if said == ParcelStatus.ORDERED:
        # The desk's record says that it was handed over before the carrier does.
        return status
    if status == ParcelStatus.CANCELLED and said != status:
        is_free = not parcel.dossier.parcels.filter(way=parcel.way).exclude(status__in=ENDED).exists()
        return said if is_free else None
    if status in (ParcelStatus.DELIVERED, ParcelStatus.RETURNED):
        is_known = said in (ParcelStatus.RETURNING, ParcelStatus.RETURNED, ParcelStatus.DELIVERED)
        if not is_known or (status == ParcelStatus.RETURNED and said == ParcelStatus.RETURNING):
            return None
    return said


def _release(parcel: Parcel, meaning: str | None, now: datetime) -> None:
    """Tell the dossier that its fee is owed again once the parcel does not collect it."""
    if meaning in (ParcelStatus.RETURNING, ParcelStatus.RETURNED, ParcelStatus.CANCELLED):
        charging.tell_dossier(parcel.dossier, now)


def _arrive(parcel: Parcel, now: datetime) -> None:
    """Do what a new state of a parcel asks for: end the dossier, tell the applicant."""
    dossier = parcel.dossier
    if parcel.way == Way.BRING and parcel.status == ParcelStatus.DELIVERED:
        dossier.refresh_from_db()
        if dossier.status == Status.DECIDED:
            receiver = str(parcel.address.get("name", ""))
            try:
                perform(actions.ReturnResult(receiver_name=receiver), dossier, by=None, now=now)
            except Refused as refused:
                # The delivery and its money count all the same; the desk ends the dossier.
                logger.warning("Dossier of parcel %s was not ended: %s", parcel.order_code, refused.code)
        return
    if kind := TOLD.get((Way(parcel.way), ParcelStatus(parcel.status))):
        tell(dossier, kind, now, item=parcel.item_code, owes=dossier.fee_state in UNSETTLED)


def _ask_next(parcel: Parcel, now: datetime) -> datetime | None:
    status = ParcelStatus(parcel.status)
    if status == ParcelStatus.CANCELLED or (parcel.has_ended and now - parcel.moved_at > STOP_ASKING):
        return None
    return now + EVERY[status]


def lost_before(now: datetime) -> datetime:
    """Return the moment before which the last news of a parcel is too old."""
    return now - timedelta(days=settings.PARCEL_SILENT_DAYS)


def is_lost(parcel: Parcel, now: datetime) -> bool:
    """Tell whether the carrier has a parcel and has said nothing about it for too long."""
    return parcel.status in MOVING and parcel.moved_at < lost_before(now)


def carrier_of(parcel: Parcel) -> Carrier:
    """Return who carries a parcel. Raises KeyError when the installation no longer has that carrier."""
    return {carrier.key: carrier for carrier in carriers()}[parcel.carrier]


def locked(parcel: Parcel) -> Parcel:
    """Return a parcel, read anew, its dossier and itself locked in this order; two queries."""
    list(lock(Dossier.objects.filter(pk=parcel.dossier_id)))
    rows = Parcel.objects.select_for_update(of=("self",)).select_related(
        "attempt", "unit", "dossier__applicant", "dossier__received_by", "dossier__owner"
    )
    return rows.get(pk=parcel.pk)


def _attempt_of(parcel: Parcel) -> Attempt:
    if parcel.attempt is None:
        raise TypeError(f"{parcel} collects nothing")
    return parcel.attempt


def _set(parcel: Parcel, **columns: object) -> None:
    Parcel.objects.filter(pk=parcel.pk).update(**columns)
    for name, value in columns.items():
        setattr(parcel, name, value)


def _disagree(parcel: Parcel, kind: DiscrepancyKind, code: str, now: datetime) -> None:
    """Keep that the carrier says what cannot be taken, once a parcel and code."""
    Discrepancy.objects.get_or_create(
        provider=parcel.carrier,
        kind=kind,
        reference=f"{parcel.order_code}:{code}"[:100],
        defaults={"unit": parcel.unit, "attempt": parcel.attempt, "found_at": now, "note": parcel.item_code},
    )
