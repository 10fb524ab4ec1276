"""What the desk's screens of the post show: rows, tabs, one parcel in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.templatetags.ui import vi_date, vi_datetime
from common.values.divisions import address_text
from common.values.money import format_vnd
from common.web.paging import Page, count_words, keyset_page
from dossiers.actions.payment import UNSETTLED
from dossiers.desk.officer import Officer
from dossiers.models import Dossier, Status
from offices.models import Role, Unit

from ..models import MOVING, HandoverRecord, Parcel, ParcelStatus, Way
from ..providers.vnpost import s10_fits
from .handing_over import MAX_BATCH
from .parcels import carrier_of, lost_before

PAGE, CAP = 50, 1000
NEWEST = ("-id",)
TAGS = {
    ParcelStatus.ORDERED: "neutral",
    ParcelStatus.COLLECTED: "soon",
    ParcelStatus.TRAVELLING: "soon",
    ParcelStatus.OUT: "soon",
    ParcelStatus.DELIVERED: "ok",
    ParcelStatus.NOT_DELIVERED: "paused",
    ParcelStatus.RETURNING: "late",
    ParcelStatus.RETURNED: "late",
    ParcelStatus.CANCELLED: "neutral",
}
# The same state reads otherwise for papers on their way to the desk.
FETCHED_WORDS = {
    ParcelStatus.ORDERED: gettext_lazy("The postman will come"),
    ParcelStatus.COLLECTED: gettext_lazy("Fetched by the postman"),
    ParcelStatus.DELIVERED: gettext_lazy("Brought to the commune"),
    ParcelStatus.RETURNED: gettext_lazy("Not fetched"),
}


def status_words(parcel: Parcel) -> str:
    """Return where a parcel is, in words."""
    words = FETCHED_WORDS if parcel.way == Way.FETCH else {}
    return str(words.get(ParcelStatus(parcel.status), parcel.get_status_display()))


@dataclass(frozen=True)
class Row:
    """One parcel of a list; ``item`` is '' until the post has numbered it, ``why_not`` says why it cannot leave."""

    url: str
    order_code: str
    item: str
    code: str
    receiver: str
    fee: str
    status: str
    tag: str
    since: str
    why_not: str
    ticked: str
    note: str


def row_of(parcel: Parcel, silent: datetime, ticked: Iterable[str] = ()) -> Row:
    """Return a parcel as the lists show it; its dossier is read along."""
    is_ticked = parcel.order_code in ticked
    is_silent = parcel.status in MOVING and parcel.moved_at < silent
    return Row(
        url=reverse("post:parcel", args=[parcel.order_code]),
        order_code=parcel.order_code,
        item=parcel.item_code,
        code=str(parcel.dossier.code),
        receiver=str(parcel.address.get("name", "")),
        fee=format_vnd(parcel.cod_vnd) if parcel.cod_vnd else "–",
        status=status_words(parcel),
        tag=TAGS[ParcelStatus(parcel.status)],
        since=vi_date(parcel.moved_at),
        why_not=why_not(parcel),
        ticked=" checked" if is_ticked else "",
        note=_("No news") if is_silent else "",
    )


def why_not(parcel: Parcel) -> str:
    """Return why a waiting parcel cannot be handed over; '' when it can."""
    if parcel.dossier.fee_state in UNSETTLED:
        return _("The fee has not been paid")
    return "" if parcel.item_code else _("Waits for the post's number")


def listed(found: QuerySet[Parcel]) -> QuerySet[Parcel]:
    """Read along what a row shows."""
    return found.select_related("dossier").only(
        "id", "order_code", "item_code", "address", "cod_vnd", "status", "way", "moved_at", "record_id", "is_settled",
        "dossier__id", "dossier__code", "dossier__fee_state",
    )  # fmt: skip


# Tabs of the list of parcels that have left, in their order.
VIEWS: dict[str, Any] = {
    "moving": gettext_lazy("On the way"),
    "held": gettext_lazy("Came back"),
    "arrived": gettext_lazy("Papers fetched"),
    "silent": gettext_lazy("No news"),
    "all": gettext_lazy("All"),
}


def of_view(officer: Officer, view: str) -> QuerySet[Parcel]:
    """Return the parcels of a tab, of the desks where the officer is a clerk."""
    parcels = Parcel.objects.for_posts(officer.posts)
    found = {
        "moving": parcels.moving,
        "held": parcels.held,
        "arrived": parcels.arrived,
        "silent": lambda: parcels.silent_since(lost_before(officer.now)),
    }
    return found[view]() if view in found else parcels.all()


def tabs(officer: Officer, chosen: str) -> list[dict[str, Any]]:
    """Return the tabs with their counts, the list to hand over first; one query each but for the last."""
    waiting = Parcel.objects.for_posts(officer.posts).waiting()
    made = [_tab(reverse("post:waiting"), _("To hand over"), counted(waiting), is_chosen=chosen == "waiting")]
    for view, label in VIEWS.items():
        count = counted(of_view(officer, view)) if view != "all" else ""
        made.append(_tab(f"{reverse('post:parcels')}?view={view}", str(label), count, is_chosen=chosen == view))
    made.append(_tab(reverse("post:records"), _("Handover records"), "", is_chosen=chosen == "records"))
    return made


def _tab(url: str, label: str, count: str, *, is_chosen: bool) -> dict[str, Any]:
    return {"url": url, "label": label, "count": count, "is_chosen": is_chosen}


def counted(found: QuerySet[Parcel]) -> str:
    """Return a count up to 1.000, '' for none."""
    count = found.order_by()[: CAP + 1].count()
    return count_words(count, CAP) if count else ""


def page_of(
    found: QuerySet[Parcel],
    officer: Officer,
    order: tuple[str, ...] = NEWEST,
    *,
    after: str,
    before: str,
    ticked: Iterable[str] = (),
    first: Sequence[str] = (),
) -> Page:
    """Return a page of parcels as rows, above them those with the order codes ``first``; one query, two with those."""
    page = keyset_page(listed(found), order, after=after, before=before, size=PAGE)
    silent = lost_before(officer.now)
    above = list(listed(found).filter(order_code__in=first)) if first else []
    above.sort(key=lambda parcel: -first.index(parcel.order_code))
    keys = {parcel.pk for parcel in above}
    rows = [*above, *(parcel for parcel in page.rows if parcel.pk not in keys)]
    return Page([row_of(parcel, silent, ticked) for parcel in rows], page.next, page.previous)


def codes_in(text: str) -> list[str]:
    """Return the order codes that an address carries."""
    codes = text[: 21 * MAX_BATCH].split(".")
    known = (code for code in codes if code.isascii() and code.isalnum() and len(code) <= 20)
    return list(dict.fromkeys(known))[:MAX_BATCH]


def joined_codes(codes: Sequence[str]) -> str:
    """Write order codes as an address carries them."""
    return ".".join(codes)


def with_scanned(before: str, code: str = "") -> str:
    """Return the address of the list to hand over in which what was scanned is ticked."""
    codes = joined_codes(codes_in(f"{before}.{code}"))
    return reverse("post:waiting") + (f"?{urlencode({'scanned': codes})}" if codes else "")


def records_page(officer: Officer, *, after: str, before: str) -> Page:
    """Return a page of handover records, newest first, with how many parcels each names; two queries."""
    records = HandoverRecord.objects.for_posts(officer.posts).select_related("by", "unit").prefetch_related("parcels")
    page = keyset_page(records, ("-id",), after=after, before=before, size=PAGE)
    rows = [
        {
            "url": reverse("post:record", args=[record.pk]),
            "number": record.number,
            "at": vi_datetime(record.at),
            "by": record.by.get_full_name(),
            "postman": record.postman or "–",
            "count": str(len(record.parcels.all())),
            "fee": format_vnd(sum(parcel.cod_vnd for parcel in record.parcels.all())),
        }
        for record in page.rows
    ]
    return Page(rows, page.next, page.previous)


def units_of(officer: Officer) -> list[Unit]:
    """Return the desks where an officer is a clerk; no query."""
    return [post.unit for post in officer.posts if post.role == Role.CLERK]


def history(parcel: Parcel) -> list[dict[str, Any]]:
    """Return what the carrier says happened, newest first, in words; one query."""
    try:
        spoken = carrier_of(parcel)
    except KeyError:
        return []
    rows = []
    for event in parcel.events.order_by("-occurred_at", "-id"):
        meaning = spoken.meaning(event.code) or ""
        is_known = meaning in ParcelStatus.values
        words = status_words(_as(parcel, meaning)) if is_known else _("Code %(code)s") % {"code": event.code}
        rows.append({"at": event.occurred_at, "words": words, "place": event.place})
    return rows


def _as(parcel: Parcel, status: str) -> Parcel:
    """Return a parcel as it would be in a state, for its words."""
    return Parcel(way=parcel.way, status=status)


def facts(parcel: Parcel) -> dict[str, Any]:
    """Return one parcel in words, for citizen and officer alike; its dossier is read along. One query."""
    return {
        "parcel": parcel,
        "status": status_words(parcel),
        "tag": TAGS[ParcelStatus(parcel.status)],
        "is_fetch": parcel.way == Way.FETCH,
        "fee": format_vnd(parcel.cod_vnd) if parcel.cod_vnd else "",
        "postage": format_vnd(parcel.postage_vnd) if parcel.postage_vnd else "",
        "person": ", ".join(filter(None, (parcel.address.get("name"), parcel.address.get("phone")))),
        "address": address_text(parcel.address.get("address")),
        "link": tracking_link(parcel),
        "events": history(parcel),
    }


def tracking_link(parcel: Parcel) -> str:
    """Return the carrier's own page about a parcel; '' for none."""
    try:
        return carrier_of(parcel).tracking_link(parcel.item_code)
    except KeyError:
        return ""


def has_odd_number(parcel: Parcel) -> bool:
    """Tell whether an item number lacks the check digit of UPU S10: pointed out, never refused."""
    return bool(parcel.item_code) and not s10_fits(parcel.item_code)


def may_send_again(parcel: Parcel) -> bool:
    """Tell whether a result that lies at the desk may be sent once more."""
    is_back = parcel.status in (ParcelStatus.RETURNED, ParcelStatus.CANCELLED)
    return parcel.way == Way.BRING and is_back and parcel.dossier.status == Status.DECIDED


def scanned(officer: Officer, typed: str) -> Parcel | None:
    """Return the newest parcel by an item number, an order code, a dossier code or its look-up link; two queries."""
    text = "".join(typed.upper().split()).rstrip("/").rpartition("/")[2]
    own = Parcel.objects.for_posts(officer.posts).order_by("-id")
    return own.filter(Q(item_code=text) | Q(order_code=text)).first() or own.filter(dossier__code=text).first()


def of_dossier(dossier: Dossier) -> list[Parcel]:
    """Return a dossier's parcels, newest first; one query."""
    return list(dossier.parcels.select_related("record").order_by("-id")[:10])
