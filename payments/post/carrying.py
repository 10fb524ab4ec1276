"""The worker's side of parcels: orders placed, cancelled and asked about, outside transactions; hints of the carrier.

Everything here may run twice and beside itself: a turn is taken by setting ``ask_at``, and the carrier gives the same
item for the same order.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction

from common import broker
from common.values import divisions
from offices.models import Unit

from ..models import Parcel, ParcelStatus, ProviderEvent, Way
from ..providers import carriers
from ..providers.base import NotGenuine, Unreachable
from ..providers.carrier import Carrier
from ..providers.http import Refusing
from . import parcels

logger = logging.getLogger(__name__)

BATCH = 200
# Two workers never speak about a parcel within so long.
TURN = timedelta(minutes=2)
POSTAGE_SECONDS = 24 * 3600
NO_ANSWER_SECONDS = 600


def due(now: datetime) -> list[Parcel]:
    """Return the parcels about which the carrier is to be spoken to; one query."""
    rows = Parcel.objects.filter(ask_at__lte=now).select_related("dossier", "unit", "attempt")
    return list(rows.order_by("ask_at", "pk")[:BATCH])


def hear_hints(now: datetime) -> int:
    """Have the parcels asked about that webhooks have named; what they say besides is not believed. Four queries."""
    keys = [carrier.key for carrier in carriers()]
    events = list(
        ProviderEvent.objects.filter(provider__in=keys, handled_at=None, is_genuine=True).order_by("pk")[:BATCH]
    )
    items = {item for event in events for item in event.payload.get("items", [])}
    if items:
        Parcel.objects.filter(carrier__in=keys, item_code__in=items).update(ask_at=now)
    if events:
        # Another worker may have heard them meanwhile; what is handled cannot be written again.
        heard = ProviderEvent.objects.filter(pk__in=[event.pk for event in events], handled_at=None)
        heard.update(handled_at=now, answer="heard")
    return len(items)


def move(parcel: Parcel, now: datetime) -> None:
    """Speak to the carrier about one parcel: place its order, cancel it, or read it back.

    A carrier that does not answer changes nothing but the time of the next try.
    """
    wait = min(parcels.SOON * (2 ** min(parcel.asked, 8)), parcels.LATER)
    turn = {"ask_at": now + max(wait, TURN), "asked": min(parcel.asked + 1, 1000)}
    if not Parcel.objects.filter(pk=parcel.pk, ask_at=parcel.ask_at).update(**turn):
        # Another worker has it.
        return
    spoken = parcels.carrier_of(parcel)
    try:
        if parcel.status == ParcelStatus.CANCELLED and not _is_to_be_read(parcel):
            _give_up(spoken, parcel, now)
        elif not parcel.item_code:
            _place(spoken, parcel, now)
        else:
            parcels.take(parcel, spoken.read(parcel), now)
    except (Unreachable, NotGenuine) as error:
        logger.info("Parcel %s: the carrier gave no answer: %s", parcel.order_code, error)


def ask_now(parcel: Parcel, now: datetime) -> None:
    """Speak to the carrier about one parcel before its time; one that has not been ordered yet waits."""
    if parcel.item_code:
        Parcel.objects.filter(pk=parcel.pk).update(ask_at=now)
        parcel.ask_at = now
        move(parcel, now)


def _is_to_be_read(parcel: Parcel) -> bool:
    """Tell whether the carrier was told that an order is cancelled, and has something to say about it all the same."""
    return bool(parcel.item_code) and parcel.is_told


def _give_up(spoken: Carrier, parcel: Parcel, now: datetime) -> None:
    """Tell the carrier that an order is cancelled; when it is too late for that, read what became of it."""
    if parcel.item_code:
        try:
            spoken.cancel(parcel)
        except Refusing:
            Parcel.objects.filter(pk=parcel.pk).update(is_told=True)
            parcels.take(parcel, spoken.read(parcel), now)
            return
    Parcel.objects.filter(pk=parcel.pk, status=ParcelStatus.CANCELLED).update(is_told=True, ask_at=None)


def _place(spoken: Carrier, parcel: Parcel, now: datetime) -> None:
    """Order a parcel that may leave; one that waits for its fee is looked at again."""
    with transaction.atomic():
        fresh = parcels.locked(parcel)
        if fresh.item_code or not fresh.is_waiting:
            return
        if not parcels.prepare(fresh, now):
            Parcel.objects.filter(pk=fresh.pk).update(ask_at=now + parcels.SOON, asked=0)
            return
    sender, receiver = ends_of(fresh)
    item_code = spoken.order(fresh, sender, receiver).item_code
    changes: dict[str, Any] = {
        "item_code": item_code,
        "asked": 0,
        "ask_at": now + parcels.EVERY[ParcelStatus.ORDERED],
        "postage_vnd": _ask_postage(spoken, sender, receiver, fresh.cod_vnd),
    }
    if not Parcel.objects.filter(pk=fresh.pk, item_code="", status=ParcelStatus.ORDERED).update(**changes):
        # Cancelled meanwhile: the order just placed is taken back in the next turn.
        Parcel.objects.filter(pk=fresh.pk, item_code="").update(item_code=item_code, ask_at=now)


def ends_of(parcel: Parcel) -> tuple[dict[str, str], dict[str, str]]:
    """Return sender and receiver of a parcel as the carrier takes them."""
    desk, home = end_of_unit(parcel.unit), end_of_address(parcel.address)
    return (home, desk) if parcel.way == Way.FETCH else (desk, home)


def end_of_unit(unit: Unit) -> dict[str, str]:
    """Return the desk's end of a parcel."""
    commune = divisions.commune(unit.division_code)
    return {
        "name": unit.name,
        "phone": unit.phone,
        "address": unit.address,
        "provinceCode": commune.province if commune else unit.division_code[:2],
        "communeCode": unit.division_code,
    }


def end_of_address(address: Mapping[str, Any]) -> dict[str, str]:
    """Return the applicant's end of a parcel."""
    place = address.get("address") or {}
    return {
        "name": str(address.get("name", "")),
        "phone": str(address.get("phone", "")),
        "address": str(place.get("detail", "")),
        "provinceCode": str(place.get("province", "")),
        "communeCode": str(place.get("commune", "")),
    }


def known_postage(unit: Unit, address: Mapping[str, Any] | None) -> int | None:
    """Return what a letter between a desk and an address costs, as the carrier last said; None when nobody knows yet.

    Asks nobody: a worker does, and the next page shows it. Kept for a day. No query.
    """
    spoken = next(iter(carriers()), None)
    there = end_of_address(address or {})["provinceCode"]
    if spoken is None or len(there) != 2 or not there.isdigit():
        return None
    found = cache.get(_postage_key(spoken, unit, there))
    if found is None:
        cache.set(_postage_key(spoken, unit, there), 0, NO_ANSWER_SECONDS)
        broker.nudge("payments.tasks.ask_postage", unit.pk * 100 + int(there), expires=NO_ANSWER_SECONDS)
    return found or None


def ask_postage(unit: Unit, province: str) -> None:
    """Ask the first carrier what a letter between a desk and a province costs, and keep it for a day."""
    for spoken in carriers()[:1]:
        amount = _ask_postage(spoken, end_of_unit(unit), {"provinceCode": province}, 0)
        if amount:
            cache.set(_postage_key(spoken, unit, province), amount, POSTAGE_SECONDS)


def _postage_key(spoken: Carrier, unit: Unit, province: str) -> str:
    return f"postage-{spoken.key}-{unit.pk}-{province}"


def _ask_postage(spoken: Carrier, sender: Mapping[str, str], receiver: Mapping[str, str], cod_vnd: int) -> int | None:
    try:
        return spoken.postage(sender, receiver, cod_vnd)
    except Unreachable as error:
        logger.info("The carrier named no postage: %s", error)
        return None
