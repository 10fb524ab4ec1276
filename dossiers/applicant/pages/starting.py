"""What the page before a filing shows: papers, minutes, fee, deadline, units, or why it cannot be filed online."""

import math
from datetime import date
from typing import Any

from django.db.models import F
from django.http import HttpRequest

from accounts.models import Kind, User
from common import onetime
from eforms.filling.people import asks_applicant
from procedures import fees, labels
from procedures.catalogue import Entry, effective_level
from procedures.levels import IN_PERSON_LEVEL, ONLINE_LEVEL, PAPER_LEVEL
from procedures.models import Offering, Procedure, ProcedureVersion
from procedures.papers import is_brought
from procedures.public import detail

from ...actions.readiness import schema_of
from ...models import Dossier, Status
from .known import subject_of


def preset_unit(request: HttpRequest, entry: Entry) -> str:
    """Return the unit asked for in the address, else that of the person's residence, else ''."""
    asked = entry.offering(request.GET.get("unit", ""))
    if asked is not None:
        return asked.unit.slug
    address = request.user.address if request.user.is_authenticated else None
    commune = (address or {}).get("commune")
    home = next((offering for offering in entry.offerings if commune and offering.unit.division_code == commune), None)
    return home.unit.slug if home else ""


def may_file_for_another(request: HttpRequest, entry: Entry) -> bool:
    """Tell whether somebody may file for another person: signed in as a citizen, by a form that asks who applies."""
    schema = schema_of(entry.version) if entry.version is not None else None
    is_citizen = request.user.is_authenticated and request.user.kind == Kind.CITIZEN
    return is_citizen and schema is not None and asks_applicant(schema)


def member_of(user: User) -> str:
    """Return by which membership somebody acts for an organisation, as a page carries it; '' for oneself."""
    return str(user.acting.pk) if user.acting is not None else ""


def before_you_start(request: HttpRequest, procedure: Procedure, entry: Entry, form: Any, day: date) -> dict[str, Any]:
    """Return the start page: papers, minutes, fee, deadline, units. Five queries, two more when signed in."""
    version = entry.version
    assert version is not None
    papers = [paper for paper in version.papers.all() if is_brought(version, paper)]
    drafts, acts = [], False
    if request.user.is_authenticated:
        acts = request.user.acting is None and bool(request.user.acts_for)
        begun = (
            Dossier.objects.of_owner(request.user)
            .filter(status=Status.DRAFT, version__procedure=procedure)
            .exclude(revision=0, saved_at=F("created_at"))
            .only("ref", "saved_at", "version", "answers", "acting")
            .order_by("-saved_at")[:3]
        )
        drafts = [{"ref": draft.ref, "saved_at": draft.saved_at, "about": subject_of(draft)} for draft in begun]
    return {
        "procedure": procedure,
        "title": labels.name_in(version)[0],
        "form": form,
        "chooses_unit": len(entry.offerings) > 1,
        "unit": entry.offerings[0].unit,
        **detail.asked_papers(papers),
        "in_vietnamese": labels.in_vietnamese(),
        "minutes": minutes_needed(version, len(papers)),
        "deadline": labels.span_words(version),
        "fees": fee_lines(version, entry.offerings, day),
        "pay_words": labels.pay_words(max(effective_level(version, offering) for offering in entry.offerings)),
        "drafts": drafts,
        "acts": acts,
        "member": member_of(request.user) if request.user.is_authenticated else "",
        "key": onetime.new_key() if request.user.is_authenticated else "",
        "next": request.get_full_path(),
    }


def minutes_needed(version: ProcedureVersion, papers: int) -> int:
    """Return about how long filling in takes, in steps of five minutes."""
    questions = sum(len(section["fields"]) for section in (version.form or {}).get("sections", []))
    return max(5, math.ceil((questions * 0.4 + papers * 2 + 2) / 5) * 5)


def fee_lines(version: ProcedureVersion, offerings: tuple[Offering, ...], day: date) -> list[str]:
    """Return the fee and a caution as lines; a single unit's own amounts stand in their place. Two queries."""
    own = fees.own_fees(offerings[0], day) if len(offerings) == 1 else {}
    fee, caution = fees.fee_words(version.fees.with_exemptions(), own)
    return [line for line in (fee, caution) if line]


def why_not(procedure: Procedure, entry: Entry, day: date) -> dict[str, Any] | None:
    """Return why a procedure cannot be filed online and where to go on; None when nothing of it was ever published.

    Three queries at most. ``begins`` is the day on which a version or an online offering begins.
    """
    published = procedure.versions.exclude(published_at=None)
    version = entry.version or published.filter(effective_from__lte=day).last() or published.first()
    if version is None:
        return None
    name, language = labels.name_in(version)
    is_coming = version.effective_from > day
    begins = version.effective_from if is_coming else None
    if not entry.is_over and not is_coming and version.level >= ONLINE_LEVEL:
        later = Offering.objects.filter(procedure=procedure, since__gt=day, level__gte=ONLINE_LEVEL)
        begins = later.order_by("since").values_list("since", flat=True).first()
    return {
        "procedure": procedure,
        "name": name,
        "language": language,
        "is_over": entry.is_over,
        # Retired, or closed for new dossiers while it still applies?
        "is_retired": entry.version is None,
        "reason": version.retirement_reason if entry.version is None else "",
        "accepted_until": procedure.accept_until,
        "successor": detail.successor_of(version, day) if entry.is_over else None,
        "begins": begins,
        "has_page": not is_coming,
        "is_in_person": entry.highest == IN_PERSON_LEVEL,
        "is_on_paper": entry.highest == PAPER_LEVEL,
    }
