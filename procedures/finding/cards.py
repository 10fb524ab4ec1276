"""The rows of a search, each written once for a day, a language and the units asked for, until something changes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from django.db.models import F
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from common.kept import until_changed
from common.text import translated
from offices.models import Unit

from .. import fees, labels
from ..models import (
    FeeExemption,
    FeeLine,
    Offering,
    OfferingFee,
    Procedure,
    ProcedureFigures,
    ProcedureVersion,
    Sector,
)
from .listing import Listed

# What a row says, and as HTML under a heading of the third ("h3") or fourth rank ("h4").
Card = Mapping[str, Any]
# Of some 3 KB.
MOST = 2000
_HEADING = "@@heading@@"


@until_changed(
    FeeExemption,
    FeeLine,
    Offering,
    OfferingFee,
    Procedure,
    ProcedureFigures,
    ProcedureVersion,
    Sector,
    Unit,
    most=MOST,
)
def cards(listed: Sequence[Listed], agencies: tuple[str, ...], day: date, language: str, base: str) -> list[Card]:
    """Return the rows of procedures at some units (all when none is named), in the active language.

    Four queries when one is not kept, however many.
    """
    versions = ProcedureVersion.objects.defer("form").in_bulk([one.version for one in listed])
    columns = ("name", "name_en", *(f"figures__{name}" for name in ("year", "decided", "on_time")))
    named = Procedure.objects.annotate(name=F("sector__name"), name_en=F("sector__name_en"))
    about = named.values_list("id", *columns, "figures__median_hours", named=True)
    procedures = {row.id: row for row in about.filter(pk__in=[one.id for one in listed])}
    lines: dict[int, list[FeeLine]] = defaultdict(list)
    for line in FeeLine.objects.filter(version__in=versions).with_exemptions().order_by("n"):
        lines[line.version_id].append(line)
    offers = {one.id: one.offers_of(agencies) for one in listed}
    # Amounts of one unit say nothing where several offer the procedure.
    single = [found[0][2] for found in offers.values() if len(found) == 1]
    own: dict[int, list[OfferingFee]] = defaultdict(list)
    for fee in OfferingFee.objects.filter(offering__in=single).order_by():
        own[fee.offering_id].append(fee)
    return [
        _card(
            one,
            procedures[one.id],
            versions[one.version],
            one.level_of(agencies),
            fees.fee_words(lines[one.version], fees.in_force(own[offers[one.id][0][2]], day), is_named=False)[0],
            day,
            base,
        )
        for one in listed
    ]


def _card(one: Listed, about: Any, version: ProcedureVersion, level: int, fee: str, day: date, base: str) -> Card:
    name, language = labels.name_in(version)
    url = f"{base}{quote(one.code)}/"
    sign, scheme = labels.level_sign(level, version.needs_presence)
    row = {
        "id": one.id,
        "name": name,
        "title": version.name,
        "language": language,
        "code": one.code,
        "sector": translated(about, "name"),
        "level": sign,
        "scheme": scheme,
        "time": labels.span_words(version),
        "fee": fee,
        "audience": labels.audience_words(version.audience),
        "figures": labels.figures_words(
            about.figures__year, about.figures__decided, about.figures__on_time, about.figures__median_hours, day.year
        ),
        "url": url,
    }
    context = {"row": row, "heading": _HEADING}
    html = render_to_string("procedures/_card.html", context)
    written = {heading: mark_safe(html.replace(_HEADING, heading)) for heading in ("h3", "h4")}  # noqa: S308
    return MappingProxyType(row | written)
