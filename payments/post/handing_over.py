"""Handing parcels to the postman: a batch, its numbered record (biên bản giao nhận), and what stands on it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import broker, onetime
from common.clock import local_day
from common.database.contention import once_more
from common.refusals import Refused
from common.values.money import format_vnd
from dossiers.models import Dossier
from dossiers.records.numbering import yearly_number
from dossiers.workflow import is_own
from offices.models import Unit

from ..locks import lock
from ..models import HandoverRecord, Parcel, ParcelStatus, Way
from ..telling import tell
from . import parcels

PURPOSE, SUFFIX = "handover", "BBGN"
MAX_BATCH = 100


def hand_over(
    unit: Unit, chosen: Collection[str], *, postman: str = "", key: str, by: User, now: datetime
) -> HandoverRecord:
    """Hand waiting parcels of a desk, by their order codes, to the postman together; once per key.

    All or none: Refused ('choice') for none or too many, ('state') naming what has left already, has no item number
    yet or whose fee is still owed. The record's number is the next of the unit's year, without gaps. Its applicants
    are told. Ten queries, and six a parcel.
    """
    return once_more(lambda: _hand_over(unit, sorted(set(chosen)), postman=postman, key=key, by=by, now=now))


def _hand_over(unit: Unit, chosen: Sequence[str], *, postman: str, key: str, by: User, now: datetime) -> HandoverRecord:
    if not chosen:
        raise Refused(_("Tick the parcels that the postman takes."), code="choice", field="parcels")
    if len(chosen) > MAX_BATCH:
        raise Refused(_("Hand over at most %(most)s at once.") % {"most": MAX_BATCH}, code="choice", field="parcels")
    with transaction.atomic():
        earlier = onetime.use_key(key, "hand_over", by.pk, chosen[0], now)
        if earlier is not None:
            return _made_before(unit, earlier)
        taken = _locked(unit, chosen)
        _require_ready(taken, chosen, by, now)
        record = HandoverRecord.objects.create(
            unit=unit,
            year=local_day(now).year,
            number=yearly_number(unit, now, PURPOSE, SUFFIX),
            at=now,
            by=by,
            postman=postman,
        )
        Parcel.objects.filter(pk__in=[parcel.pk for parcel in taken]).update(
            record=record,
            status=ParcelStatus.COLLECTED,
            moved_at=now,
            ask_at=now + parcels.EVERY[ParcelStatus.COLLECTED],
            asked=0,
        )
        for parcel in taken:
            kind = parcels.TOLD[Way(parcel.way), ParcelStatus.COLLECTED]
            tell(
                parcel.dossier,
                kind,
                now,
                item=parcel.item_code,
                fee=format_vnd(parcel.cod_vnd) if parcel.cod_vnd else "",
            )
    return record


def _made_before(unit: Unit, order_code: str) -> HandoverRecord:
    """Return the record that the same form has made."""
    found = HandoverRecord.objects.filter(unit=unit, parcels__order_code=order_code).first()
    if found is None:
        raise onetime.KeyMisused
    return found


def _locked(unit: Unit, chosen: Collection[str]) -> list[Parcel]:
    """Return a desk's parcels, locked after their dossiers; two queries."""
    rows = Parcel.objects.filter(unit=unit, order_code__in=chosen, way=Way.BRING)
    list(lock(Dossier.objects.filter(parcels__in=rows)))
    related = ("dossier__applicant", "dossier__received_by", "dossier__owner", "dossier__version")
    return list(rows.select_for_update(of=("self",)).select_related(*related).order_by("pk"))


def _require_ready(taken: list[Parcel], chosen: Collection[str], by: User, now: datetime) -> None:
    """Refuse a batch in which something cannot leave, and say what."""
    reasons = []
    for parcel in taken:
        named = {"code": parcel.dossier.code}
        if is_own(by, parcel.dossier):
            reasons.append(_("%(code)s is your own dossier. Ask a colleague.") % named)
        elif not parcel.is_waiting:
            reasons.append(_("%(code)s has been handed over or cancelled already.") % named)
        elif not parcels.prepare(parcel, now):
            reasons.append(_("%(code)s waits for its fee.") % named)
        elif not parcel.item_code:
            broker.wake(parcels.WAKE, parcel.pk)
            reasons.append(_("%(code)s has no item number of the post yet.") % named)
    if len(taken) != len(chosen):
        reasons.append(_("One of the parcels is not here any more."))
    if reasons:
        raise Refused(*reasons, code="state", field="parcels")
