"""What pages of the dossier show of the post: the offer while filing, its parcels afterwards."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.values.money import format_vnd
from dossiers.actions.payment import UNSETTLED
from dossiers.hooks import Audience, Panel, PostOffer
from dossiers.models import Delivery, Dossier, FeeState, Status

from ..charges import charging
from ..models import Parcel, ParcelStatus, Way
from ..providers import carriers
from . import carrying, pages


def offer(dossier: Dossier) -> PostOffer | None:
    """Return what the post does for a draft; None without a carrier. Five queries."""
    spoken = next(iter(carriers()), None)
    if spoken is None:
        return None
    postage = carrying.known_postage(dossier.received_by, dossier.delivery_address or {"address": _home(dossier)})
    words = _("about %(amount)s") % {"amount": format_vnd(postage)} if postage else _("by the post's price list")
    fee_vnd = charging.assessment_of(dossier).total_vnd if spoken.capabilities.cod else 0
    return PostOffer(words, format_vnd(fee_vnd) if fee_vnd else "")


def _home(dossier: Dossier) -> dict[str, Any]:
    return (dossier.owner.address if dossier.owner else None) or {}


def owner_panel(dossier: Dossier, reader: User) -> Panel | None:
    """Return the parcels of a citizen's dossier, in words; two queries, one without parcels."""
    found = pages.of_dossier(dossier) if dossier.delivery_address else []
    if not found:
        return None
    told = way_told(dossier)
    shown = [
        pages.facts(parcel) | {"now": now_words(parcel, dossier) if parcel.way != told else ""} for parcel in found[:2]
    ]
    return "payments/post/_owner.html", {"parcels": shown}


def officer_panel(dossier: Dossier, reader: User) -> Panel | None:
    """Return the parcels of a dossier at the desk; two queries, one without parcels."""
    found = pages.of_dossier(dossier) if dossier.delivery_address else []
    if not found:
        return None
    shown = [
        pages.facts(parcel)
        | {
            "url": reverse("post:parcel", args=[parcel.order_code]),
            "label_url": reverse("post:label", args=[parcel.order_code]),
            "why_not": pages.why_not(parcel) if parcel.is_waiting and parcel.way == Way.BRING else "",
        }
        for parcel in found[:3]
    ]
    return "payments/post/_officer.html", {"parcels": shown}


def way_told(dossier: Dossier) -> Way | None:
    """Return which parcel decides what the applicant does now about the dossier; None where none does."""
    if dossier.status == Status.SUBMITTED and dossier.papers_by_post:
        return Way.FETCH
    return Way.BRING if dossier.status == Status.DECIDED and dossier.delivery == Delivery.POST else None


def held() -> Exists:
    """Return the condition on dossiers that a result which was to go by post lies at the desk."""
    return Exists(Parcel.objects.held().filter(dossier=OuterRef("pk")))


def next_step(dossier: Dossier, audience: Audience) -> str:
    """Return what the applicant does now about the newest parcel, '' where it changes nothing; one query at most."""
    told = way_told(dossier)
    if told is None:
        return ""
    parcel = dossier.parcels.filter(way=told).order_by("-id").first()
    return now_words(parcel, dossier, audience) if parcel is not None else ""


def now_words(parcel: Parcel, dossier: Dossier, audience: Audience = Audience.OWNER) -> str:
    """Return what the citizen has to do now about a parcel, '' for what the status says; no sum for the public."""
    fee = format_vnd(parcel.cod_vnd) if parcel.cod_vnd else ""
    if parcel.way == Way.FETCH:
        return _fetch_words(parcel)
    if dossier.fee_state == FeeState.CLAIMED and (parcel.is_held or parcel.is_waiting):
        # What the status says then holds for every way of the result.
        return ""
    if parcel.is_held and dossier.status == Status.DECIDED:
        if dossier.fee_state in UNSETTLED:
            return _("The result is kept for you at the commune. Pay the fee, then collect it there.")
        return _("The result is kept for you at the commune. Collect it there, or ask the commune to send it again.")
    if parcel.is_waiting:
        if dossier.fee_state in UNSETTLED:
            return _("The result is sent once the fee has been paid.")
        return _("Nothing. The commune hands the result to the post.")
    if parcel.has_ended:
        return ""
    if parcel.status == ParcelStatus.RETURNING:
        return _("Nothing. The commune tells you when the result is back there.")
    if fee and audience == Audience.PUBLIC:
        return _("Have the fee and the postage ready for the postman.")
    if fee:
        return _("Have %(fee)s ready for the postman, and the postage.") % {"fee": fee}
    return _("Have the postage ready for the postman.")


def _fetch_words(parcel: Parcel) -> str:
    if parcel.status == ParcelStatus.ORDERED:
        return _("Have the papers and the postage ready. The postman calls before coming.")
    if parcel.status == ParcelStatus.DELIVERED:
        return _("Nothing. The post has brought your papers to the commune.")
    if not parcel.has_ended:
        return _("Nothing. The post is bringing your papers to the commune.")
    return _("Bring the papers to the commune.")
