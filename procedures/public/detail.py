"""What the page of one procedure says, prepared for its template."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Max, Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from common.clock import local_day
from common.text import in_order, translated
from common.values.money import grouped
from offices.models import OpeningHours, Role
from offices.units.hours import hours_lines

from .. import fees, labels
from ..catalogue import effective_level, version_of
from ..levels import IN_PERSON_LEVEL, ONLINE_LEVEL, PAPER_LEVEL
from ..models import Offering, Procedure, ProcedureStep, ProcedureVersion, RequiredPaper, VersionStatus
from ..paper import blank_forms

# Legal names run to 250 characters; beyond this a heading is set smaller.
# So many papers that only some need stand apart, and how a condition begins that excepts a few people.
FOLDED_FROM, EXCEPTION = 2, "Trừ"
LONG_NAME = 70


@dataclass(frozen=True, slots=True)
class Shown:
    """The version to show, whether it applies today, and the next one that is published already."""

    version: ProcedureVersion
    is_in_force: bool
    coming: ProcedureVersion | None = None


def shown_version(procedure: Procedure, day: date) -> Shown | None:
    """Return the version in force, else the last one that was; None when there never was one. One query.

    Dates decide: one whose end has been settled (RETIRED) counts until its last day.
    """
    published = list(_published().filter(procedure=procedure)[:40])
    # One that was withdrawn before its first day never counted; it is shown only where nothing else ever did.
    counted = [
        version
        for version in published
        if version.effective_until is None or version.effective_until >= version.effective_from
    ]
    coming = [version for version in counted if version.effective_from > day]
    following = min(coming, key=lambda version: version.effective_from, default=None)
    begun = [version for version in counted if version.effective_from <= day]
    for version in begun:
        if version.effective_until is None or version.effective_until >= day:
            return Shown(version, True, following)
    last = begun or [version for version in published if version.effective_from <= day]
    return Shown(last[0], False, following) if last else None


def allowed_level(procedure: Procedure, shown: Shown, day: date) -> int:
    """Return the highest level at which somebody takes a procedure today; 0 for nobody. One query.

    What is below this level exists nowhere on the portal, whatever address is asked for.
    """
    if not shown.is_in_force or (procedure.accept_until is not None and procedure.accept_until < day):
        return 0
    highest = Offering.objects.on(day).filter(procedure=procedure).aggregate(level=Max("level"))["level"]
    return min(shown.version.level, highest or 0)


def successor_of(version: ProcedureVersion, day: date) -> dict[str, str] | None:
    """Return address and name of the procedure that came in the place of a retired one. One query when there is one."""
    if version.successor_id is None:
        return None
    in_force = ProcedureVersion.objects.in_force(day).filter(procedure=version.successor_id)
    found = in_force.order_by("-number").values_list("procedure__code", "name", "name_en", named=True).first()
    return _link(found) if found else None


def _link(row: Any) -> dict[str, str]:
    name, language = labels.name_in(row)
    return {"url": reverse("procedures:detail", args=[row.procedure__code]), "name": name, "language": language}


# What a day says is built once and only ever copied; nothing is read here.
@lru_cache(maxsize=1)
def _published() -> QuerySet[ProcedureVersion]:
    known = ProcedureVersion.objects.filter(status__in=[VersionStatus.PUBLISHED, VersionStatus.RETIRED])
    return known.defer("form").order_by("-number")


@lru_cache(maxsize=4)
def _related(day: date) -> QuerySet[ProcedureVersion, Any]:
    versions = ProcedureVersion.objects.in_force(day).order_by("procedure__sort_key", "number")
    return versions.values_list("procedure__code", "name", "name_en", named=True)


@lru_cache(maxsize=4)
def _offerings(day: date) -> QuerySet[Offering]:
    hours = Prefetch("unit__opening_hours", OpeningHours.objects.order_by("weekday", "opens"))
    offerings = Offering.objects.on(day).select_related("unit").prefetch_related(hours, "fees")
    return offerings.order_by("unit_id")


def detail(procedure: Procedure, shown: Shown, day: date, base: str) -> dict[str, Any]:
    """Return the template's context. Five queries, one more for a retired procedure that has a successor.

    ``base`` is the address of the page.
    """
    version = version_of(shown.version.pk)
    name, language = labels.whole_name_in(version)
    offerings = in_order(_offerings(day).filter(procedure=procedure), name=lambda offering: offering.unit.name)
    lines, papers = list(version.fees.all()), list(version.papers.all())
    levels = [effective_level(version, offering) for offering in offerings]
    level = max(levels, default=version.level)
    is_open = shown.is_in_force and not (procedure.accept_until and procedure.accept_until < day)
    may_print = is_open and bool(offerings) and level >= PAPER_LEVEL
    own = [fees.own_fees(offering, day) for offering in offerings]
    common = own[0] if len(own) == 1 else {}
    fee, caution = fees.fee_words(lines, common)
    return {
        "name": name,
        "heading": labels.name_in(version)[0],
        "language": language,
        "code": procedure.code,
        "sector": procedure.sector,
        "field": translated(procedure.sector, "name"),
        "version": version,
        "notices": _notices(procedure, shown, day, is_taken=bool(offerings) or not is_open),
        "level": labels.level_words(level, version.needs_presence),
        "sign": labels.level_sign(level, version.needs_presence)[0],
        "is_in_person": level == IN_PERSON_LEVEL,
        "time": labels.time_words(version),
        "span": labels.span_words(version),
        "fee": fee,
        "amount": fees.fee_words(lines, common, is_named=False)[0],
        "caution": caution,
        "fees": fees.line_rows(lines, common),
        "pay_words": labels.pay_words(level) if any(line.amount_vnd or line.is_guide for line in lines) else "",
        "audience": labels.audience_words(version.audience),
        "channels": labels.channel_words(version.channels),
        **asked_papers(papers, base if may_print else ""),
        "templates": [_template(paper, base) for paper in papers if paper.template_file and may_print],
        "steps": [_step(step) for step in version.steps.all()],
        "units": [
            _unit(offering, one, "" if len(set(levels)) == 1 else labels.level_words(one, version.needs_presence))
            | {"fees": fees.line_rows([line for line in lines if line.key in mine], mine) if len(own) > 1 else []}
            for offering, one, mine in zip(offerings, levels, own, strict=True)
        ],
        "is_long": len(name) > LONG_NAME,
        "apply_url": f"{base}apply/" if is_open and level >= ONLINE_LEVEL and offerings else "",
        "is_open": is_open,
        "paper_form": blank_forms.offers(version, level, procedure.code) if may_print else None,
        "faq": [{name: translated(row, name) for name in ("question", "answer")} for row in procedure.faq],
        "related": list(
            {row.procedure__code: _link(row) for row in _related(day).filter(procedure__related=procedure)}.values()
        ),
        "events": [(event.code, translated(event, "name")) for event in procedure.life_events.all()],
        "figures": _figures(procedure, day),
        "page_url": f"{settings.SITE_URL}{base}",
        "phone": settings.SITE["phone"],
    }


def _notices(procedure: Procedure, shown: Shown, day: date, *, is_taken: bool) -> list[dict[str, Any]]:
    """Return what stands above everything else: texts, some with a link to the procedure that replaces this one."""
    version, until = shown.version, shown.version.effective_until
    replaced = successor_of(version, day) if version.status == VersionStatus.RETIRED else None
    notices: list[dict[str, Any]] = []
    if not shown.is_in_force:
        when = _(" since %(date)s") % {"date": f"{until + timedelta(days=1):%d/%m/%Y}"} if until else ""
        text = _("This procedure no longer applies%(when)s. The page shows what applied before.") % {"when": when}
        notices.append({"text": text, "reason": version.retirement_reason, "link": replaced})
    elif version.status == VersionStatus.RETIRED and until and not shown.coming:
        text = _("This procedure applies until %(date)s only.") % {"date": f"{until:%d/%m/%Y}"}
        notices.append({"text": text, "reason": version.retirement_reason, "link": replaced})
    if shown.is_in_force and procedure.accept_until:
        text = _("New dossiers are accepted until %(date)s.")
        if procedure.accept_until < day:
            text = _("New dossiers are not accepted since %(date)s.")
        last = procedure.accept_until + timedelta(days=procedure.accept_until < day)
        notices.append({"text": text % {"date": f"{last:%d/%m/%Y}"}})
    if not is_taken:
        notices.append({"text": _("No unit takes this procedure at present. Ask the commune by phone.")})
    if shown.coming is not None:
        first = f"{shown.coming.effective_from:%d/%m/%Y}"
        notices.append({"text": _("New rules apply from %(date)s.") % {"date": first}})
    if procedure.notice:
        notices.append({"text": procedure.notice, "is_data": True})
    return notices


def _figures(procedure: Procedure, day: date) -> dict[str, str]:
    """Return how the procedure goes this year in words; empty below five decided."""
    row = getattr(procedure, "figures", None)
    if row is None:
        return {}
    usual = labels.figures_words(row.year, row.decided, row.on_time, row.median_hours, day.year)
    if not usual:
        return {}
    return {
        "usual": usual,
        "year": _(
            "Received: %(received)s dossiers, %(online)s online. Decided: %(decided)s, %(decided_online)s online."
        )
        % {
            "received": grouped(row.received),
            "online": grouped(row.received_online),
            "decided": grouped(row.decided),
            "decided_online": grouped(row.decided_online),
        },
        "counted": f"{local_day(row.counted_at):%d/%m/%Y}",
    }


def asked_papers(papers: Iterable[RequiredPaper], base: str = "") -> dict[str, list[dict[str, Any]]]:
    """Return the ``papers`` that nearly everybody needs, and apart the ``rare`` ones, each with its case.

    ``base`` is the address below which forms are downloaded, '' where none are.
    """
    rows = [_paper(paper, base) for paper in papers]
    rare = [row for row in rows if row["is_rare"]]
    if len(rare) < FOLDED_FROM:
        rare = []
    return {"papers": [row for row in rows if row not in rare], "rare": rare}


def _paper(paper: RequiredPaper, base: str) -> dict[str, Any]:
    # Without an address nothing is to be downloaded.
    counts = []
    if paper.originals:
        counts.append(_("%(count)d original") % {"count": paper.originals})
    if paper.copies:
        counts.append(_("%(count)d copy") % {"count": paper.copies})
    if paper.valid_days:
        counts.append(_("not older than %(count)d days") % {"count": paper.valid_days})
    return {
        "name": translated(paper, "name"),
        "count": ", ".join(counts),
        "when": translated(paper, "condition"),
        "is_rare": bool(paper.condition) and not paper.condition.startswith(EXCEPTION),
        "from_form": paper.from_form,
        "template_url": f"{base}templates/{paper.n}/" if paper.template_file and base else "",
    }


def _template(paper: RequiredPaper, base: str) -> dict[str, str]:
    suffix = str(paper.template_file.name).rpartition(".")[2].upper()
    return {"name": translated(paper, "name"), "url": f"{base}templates/{paper.n}/", "kind": suffix}


def _step(step: ProcedureStep) -> dict[str, str]:
    who = str(Role(step.role).label) if step.role else _("You")
    return {"who": f"{who}, {step.unit.name}" if step.unit else who, "text": translated(step, "text")}


def _unit(offering: Offering, level: int, level_words: str) -> dict[str, Any]:
    unit = offering.unit
    return {
        "slug": unit.slug,
        "is_online": level >= ONLINE_LEVEL,
        "name": unit.name,
        "address": unit.address,
        "phone": unit.phone,
        "hours": hours_lines(unit.opening_hours.all()),
        "level": level_words,
    }
