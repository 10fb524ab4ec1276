"""What the page of one procedure says, prepared for its template."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from offices.hours import hours_lines
from offices.models import OpeningHours, Role

from . import blank_forms, words
from .catalogue import effective_level
from .models import FeeLine, Offering, Procedure, ProcedureVersion, RequiredPaper, VersionStatus

# Legal names run to 250 characters; beyond this a heading is set smaller.
LONG_NAME = 70


@dataclass(frozen=True, slots=True)
class Shown:
    """The version to show and whether it applies today."""

    version: ProcedureVersion
    is_in_force: bool


def shown_version(procedure: Procedure, day: date) -> Shown | None:
    """Return the version in force, else the last one that was; None when there never was one. One query."""
    versions = list(_known_versions(day).filter(procedure=procedure)[:20])
    for version in versions:
        has_ended = version.effective_until is not None and version.effective_until < day
        if version.status == VersionStatus.PUBLISHED and not has_ended:
            return Shown(version, True)
    return Shown(versions[0], False) if versions else None


# What a day says is built once and only ever copied; nothing is read here.
@lru_cache(maxsize=4)
def _known_versions(day: date) -> QuerySet[ProcedureVersion]:
    known = ProcedureVersion.objects.filter(
        status__in=[VersionStatus.PUBLISHED, VersionStatus.RETIRED], effective_from__lte=day
    )
    return known.defer("form").order_by("-number")


@lru_cache(maxsize=4)
def _offerings(day: date) -> QuerySet[Offering]:
    hours = Prefetch("unit__opening_hours", OpeningHours.objects.order_by("weekday", "opens"))
    offerings = Offering.objects.on(day).select_related("unit").prefetch_related(hours)
    return offerings.order_by("unit__name", "unit_id")


def detail(procedure: Procedure, shown: Shown, day: date, base: str) -> dict[str, Any]:
    """Return the template's context. Five queries.

    ``base`` is the address of the page.
    """
    version = shown.version
    name, language = words.name_in(version)
    offerings = list(_offerings(day).filter(procedure=procedure))
    fees = list(version.fees.all())
    papers = list(version.papers.all())
    levels = [effective_level(version, offering) for offering in offerings]
    level = max(levels, default=version.level)
    is_open = shown.is_in_force and not (procedure.accept_until and procedure.accept_until < day)
    fee, caution = words.fee_words(fees, offerings[0] if len(offerings) == 1 else None)
    return {
        "name": name,
        "language": language,
        "code": procedure.code,
        "sector": procedure.sector,
        "version": version,
        "notices": _notices(procedure, shown, day),
        "level": words.level_words(level),
        "rank": level,
        "time": words.time_words(version),
        "fee": fee,
        "caution": caution,
        "fees": [_fee(line) for line in fees],
        # Paying online comes with the fee pages.
        "pays_at_desk": level == 4 and any(line.amount_vnd or line.is_local for line in fees),
        "audience": words.audience_words(version.audience),
        "channels": words.channel_words(version.channels),
        "papers": [_paper(paper, base) for paper in papers],
        "templates": [_template(paper, base) for paper in papers if paper.template_file],
        "steps": [_step(step.role, step.text) for step in version.steps.all()],
        "units": [
            _unit(offering, "" if len(set(levels)) == 1 else words.level_words(one))
            for offering, one in zip(offerings, levels, strict=True)
        ],
        "is_long": len(name) > LONG_NAME,
        "apply_url": f"{base}apply/" if is_open and level >= 3 and offerings else "",
        "is_open": is_open,
        "paper_form": blank_forms.offers(version, level) if is_open and offerings else None,
    }


def _notices(procedure: Procedure, shown: Shown, day: date) -> list[str]:
    notices = []
    if not shown.is_in_force:
        until = shown.version.effective_until
        when = _(" since %(date)s") % {"date": f"{until:%d/%m/%Y}"} if until else ""
        notices.append(
            _("This procedure no longer applies%(when)s. The page shows what applied before.") % {"when": when}
        )
    elif procedure.accept_until and procedure.accept_until < day:
        notices.append(
            _("New dossiers are not accepted since %(date)s.") % {"date": f"{procedure.accept_until:%d/%m/%Y}"}
        )
    if procedure.notice:
        notices.append(procedure.notice)
    return notices


def _fee(line: FeeLine) -> dict[str, Any]:
    return {
        "kind": line.get_kind_display(),
        "amount": words.amount_words(line) if line.amount_vnd else words.fee_words([line])[0],
        "is_free": not line.amount_vnd,
        "exemption": line.exemption,
        "is_local": line.is_local,
    }


def _paper(paper: RequiredPaper, base: str) -> dict[str, Any]:
    counts = []
    if paper.originals:
        counts.append(_("%(count)d original") % {"count": paper.originals})
    if paper.copies:
        counts.append(_("%(count)d copy") % {"count": paper.copies})
    return {
        "name": paper.name,
        "count": ", ".join(counts),
        "when": _("Always") if paper.is_required and not paper.condition else paper.condition,
        "is_conditional": bool(paper.condition) or not paper.is_required,
        "from_form": paper.from_form,
        "template_url": f"{base}templates/{paper.n}/" if paper.template_file else "",
    }


def _template(paper: RequiredPaper, base: str) -> dict[str, str]:
    suffix = str(paper.template_file.name).rpartition(".")[2].upper()
    return {"name": paper.name, "url": f"{base}templates/{paper.n}/", "kind": suffix}


def _step(role: str, text: str) -> dict[str, str]:
    return {"who": str(Role(role).label) if role else _("You"), "text": text}


def _unit(offering: Offering, level: str) -> dict[str, Any]:
    unit = offering.unit
    return {
        "name": unit.name,
        "address": unit.address,
        "phone": unit.phone,
        "phone_link": "".join(unit.phone.split()),
        "hours": hours_lines(unit.opening_hours.all()),
        "level": level,
        "fee": words.vnd(offering.fee_vnd) if offering.fee_vnd is not None else "",
    }
