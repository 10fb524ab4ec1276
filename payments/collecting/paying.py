"""The ways to pay what is owed, beginning one of them, and where it leads: what the pay page needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused
from common.web import limits
from dossiers.models import Delivery, Dossier
from procedures.catalogue import effective_level, offering_of
from procedures.levels import ONLINE_RETURN_LEVEL
from procedures.models import Offering

from ..charges.charging import is_payable
from ..models import OPEN, Attempt, Charge
from ..providers import COUNTER, VIETQR, VNPAY, VNPOST, provider, providers
from ..providers.base import Capabilities, Provider, QrPayload, Redirect
from . import attempts
from .attempts import Payer


@dataclass(frozen=True)
class Way:
    """One way to pay: ``cost_vnd`` is what it costs the payer beside the fee, ``confirmed`` when the portal knows.

    Only a way that ``is_online`` is begun here; the others say where the money is taken.
    """

    key: str
    label: str
    cost_vnd: int
    confirmed: str
    capabilities: Capabilities

    @property
    def is_online(self) -> bool:
        return self.capabilities.redirect or self.capabilities.qr


def ways(charges: Sequence[Charge], now: datetime) -> list[Way]:
    """Return how charges of one unit can be paid together now, the online ways first; at most three queries a charge.

    None for what owes nothing or waits for an officer. Online payment belongs to the highest level of service: one
    charge of a procedure that its unit offers below it keeps all of them at the desk.
    """
    asked = list(Charge.objects.select_related("dossier__version").filter(pk__in=[charge.pk for charge in charges]))
    if not asked or not all(is_payable(charge) for charge in asked):
        return []
    total = sum(charge.owed_vnd for charge in asked)
    is_online = len(payable_online(asked)) == len(asked)
    is_posted = {charge.dossier.delivery for charge in asked} == {Delivery.POST} and len(asked) == 1
    open_ways = {COUNTER: True, VNPOST: is_posted}
    found = [
        way_of(spoken)
        for spoken in providers().values()
        if open_ways.get(spoken.key, is_online and spoken.is_begun_by_payer and spoken.takes(total))
    ]
    return sorted(found, key=lambda way: not way.is_online)


def way_of(spoken: Provider) -> Way:
    """Return a provider as a way to pay."""
    confirmed = {
        COUNTER: _("At once; the cashier gives you the receipt."),
        VNPAY: _("Within minutes."),
        VIETQR: _("Once your bank has transferred it, mostly within minutes, at the latest on the next working day."),
        VNPOST: _("When the postman has handed over the result."),
    }
    return Way(spoken.key, str(spoken.label), 0, confirmed.get(spoken.key, ""), spoken.capabilities)


def payer_of(request: HttpRequest) -> Payer:
    """Return who pays by a request: the account, the address (of IPv6 the network's) and the language."""
    address = limits.client_ip(request).partition("/")[0]
    return Payer(
        user=request.user if isinstance(request.user, User) else None,
        address="127.0.0.1" if address == "unknown" else address,
        language=get_language() or "vi",
    )


def start(charges: Sequence[Charge], key: str, payer: Payer, now: datetime) -> Attempt:
    """Begin to pay charges together in one of their online ways; about twelve queries.

    The attempt is committed with all that will be sent, so that it may be sent again. Refused ('way') for a way that
    is not theirs, and as :func:`attempts.begin`.
    """
    if key not in {way.key for way in ways(charges, now) if way.is_online}:
        if charges and not all(is_payable(charge) for charge in Charge.objects.filter(pk__in=[c.pk for c in charges])):
            raise Refused(_("This fee is no longer open."), code="state")
        raise Refused(_("This fee cannot be paid in this way."), code="way", field="way")
    return attempts.begin(charges, key, payer, now, is_polled=provider(key).capabilities.query)


def go_on(attempt: Attempt, now: datetime) -> Redirect | QrPayload:
    """Return where the payer of an attempt goes on; the same attempt always gives the same. No query.

    Refused ('state') once it has ended, money has come that is looked into, or the gateway would not take it any more,
    ('way') when this installation no longer has its provider, or it is the postman's, who takes it at the door.
    """
    if attempt.status not in OPEN or (attempt.expires_at is not None and attempt.expires_at <= now):
        raise Refused(_("This payment cannot be continued. Check it again, or begin another one."), code="state")
    way = providers().get(attempt.provider)
    if way is None or not way.is_begun_by_payer:
        raise Refused(_("This fee cannot be paid in this way."), code="way")
    led = way.initiate(attempt)
    if not isinstance(led, Redirect | QrPayload):
        raise Refused(_("This fee cannot be paid in this way."), code="way")
    return led


def simulated_transfer(attempt: Attempt, shown: QrPayload) -> str:
    """Return the address at the simulator's bank where the transfer of a QR is made; '' without a simulator."""
    if not settings.SIMULATOR_URL:
        return ""
    asked: dict[str, Any] = {"account": shown.account, "amount": attempt.amount_vnd, "description": shown.reference}
    return f"{settings.SIMULATOR_URL}/bank/transfer?{urlencode(asked)}"


def payable_online(charges: Sequence[Charge]) -> set[int]:
    """Return those charges, by primary keys, whose procedures their units offer at the level of online payment.

    One query. None where the installation has no provider for it.
    """
    if not _has_online_way():
        return set()
    procedures = {charge.dossier.version.procedure_id for charge in charges}
    units = {charge.unit_id for charge in charges}
    rows = Offering.objects.filter(procedure__in=procedures, unit__in=units)
    offered = {(row.procedure_id, row.unit_id): row for row in rows}
    found = set()
    for charge in charges:
        version = charge.dossier.version
        offering = offered.get((version.procedure_id, charge.unit_id))
        if offering is not None and effective_level(version, offering) >= ONLINE_RETURN_LEVEL:
            found.add(charge.pk)
    return found


def is_online(dossier: Dossier, day: date) -> bool:
    """Tell whether the fee of a dossier that is being filed can be paid online, from what is kept."""
    offering = offering_of(dossier.version.procedure_id, dossier.unit_id, day)
    is_offered = offering is not None and effective_level(dossier.version, offering) >= ONLINE_RETURN_LEVEL
    return is_offered and _has_online_way()


def _has_online_way() -> bool:
    return any(spoken.is_begun_by_payer for spoken in providers().values())
