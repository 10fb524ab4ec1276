"""What keeps a version from being published, and what its publishers should know: every point with its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eforms import checking as form_checking
from eforms import reachable
from eforms import schema as form_schema
from offices.models import Role

from .. import fees
from ..models import FeeLine, ProcedureStep, ProcedureVersion, RequiredPaper, TimeUnit

SECTIONS = ("info", "papers", "fees", "form", "workflow", "documents")
# No section of a version: units say on the page of the procedure what they offer.
OFFERINGS = "offerings"
HOURS_A_DAY = 8
STEP_ROLES = frozenset({Role.CLERK.value, Role.SPECIALIST.value, Role.LEADER.value, Role.CASHIER.value})
AUDIENCES = frozenset({"citizen", "organisation", "enterprise"})
NO_SPECIALIST = gettext_lazy(
    "No specialist of %(unit)s covers this field: a dossier would stop once it is received. "
    "Let an administrator give somebody the field."
)
CHANNELS = frozenset({"online", "post", "direct"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One point of the check.

    ``section`` is one of :data:`SECTIONS` or :data:`OFFERINGS`, ``anchor`` the id of the
    place on that section's page ('' for its top). Only a blocking one keeps the version
    from being published; the others are advice.
    """

    section: str
    message: str
    anchor: str = ""
    is_blocking: bool = True


def check(
    version: ProcedureVersion,
    papers: Iterable[RequiredPaper] | None = None,
    lines: Iterable[FeeLine] | None = None,
    steps: Iterable[ProcedureStep] | None = None,
    *,
    today: date | None = None,
    is_offered: bool = True,
    uncovered: Iterable[str] = (),
) -> list[Fault]:
    """Return every fault and warning in the order of the sections, in the active language.

    Rows that are not given are read: three queries at most. With ``today`` the
    effective date must not be past; ``is_offered`` says whether a unit offers the procedure,
    ``uncovered`` which units do so without a specialist for its field.
    """
    papers = list(version.papers.all() if papers is None else papers)
    lines = list(version.fees.all() if lines is None else lines)
    steps = list(version.steps.all() if steps is None else steps)
    schema, form_faults = _form(version, papers)
    return [
        *_info(version, today),
        *_papers(papers, schema),
        *_fees(lines, schema),
        *form_faults,
        *_workflow(version, steps),
        *_documents(version),
        *_offerings(uncovered, is_offered=is_offered),
    ]


def blocking(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults that keep a version from being published."""
    return [fault for fault in faults if fault.is_blocking]


def working_hours(amount: int, unit: str) -> Decimal:
    """Return the working hours that a processing time surely holds; calendar days lose their weekends."""
    match unit:
        case TimeUnit.SAME_DAY:
            return Decimal(HOURS_A_DAY)
        case TimeUnit.HOURS:
            return Decimal(amount)
        case TimeUnit.DAYS:
            return Decimal(amount * 5 // 7 * HOURS_A_DAY)
    return Decimal(amount * HOURS_A_DAY)


def _info(version: ProcedureVersion, today: date | None) -> list[Fault]:
    found = []

    def fault(message: str, anchor: str, *, is_blocking: bool = True) -> None:
        found.append(Fault("info", message, f"id_{anchor}", is_blocking))

    if not version.name.strip():
        fault(_("Write the name of the procedure."), "name")
    if not version.legal_bases:
        fault(_("Name at least one legal basis."), "legal_bases")
    if not set(version.audience) & AUDIENCES:
        fault(_("Say who may file."), "audience_0")
    if not set(version.channels) & CHANNELS:
        fault(_("Say by which ways one may file."), "channels_0")
    elif version.level >= 3 and "online" not in version.channels:
        fault(_("Level 3 and 4 mean filing online: tick that way too."), "channels_0", is_blocking=False)
    if not version.outcome.strip():
        fault(_("Say what the applicant gets in the end."), "outcome")
    if version.processing_unit != TimeUnit.SAME_DAY and not version.processing_amount:
        fault(_("Write the processing time; it cannot be 0."), "processing_amount")
    if today is not None and version.effective_from < today:
        fault(
            _("The version would apply from %(date)s, which is past. Choose today or a later day.")
            % {"date": f"{version.effective_from:%d/%m/%Y}"},
            "effective_from_0",
        )
    if version.effective_until is not None and version.effective_until < version.effective_from:
        fault(_("The last day comes before the first day."), "effective_until_0")
    if version.needs_presence and version.level == 4:
        fault(
            _("Level 4, but one step needs the applicant in person: the result is handed over at the desk only."),
            "needs_presence",
            is_blocking=False,
        )
    return found


def _papers(papers: list[RequiredPaper], schema: form_schema.Schema | None) -> list[Fault]:
    found = []
    for paper in papers:
        anchor = f"paper-{paper.key}"
        name = paper.name or paper.key

        def fault(message: str, anchor: str = anchor, *, is_blocking: bool = True) -> None:
            found.append(Fault("papers", message, anchor, is_blocking))

        if not paper.name.strip():
            fault(_("Paper %(n)d has no name.") % {"n": paper.n})
        if not paper.originals and not paper.copies and not paper.from_form:
            fault(_("Say how many originals or copies of “%(paper)s” are needed.") % {"paper": name})
        if (paper.show_if is not None or not paper.is_required) and not paper.condition.strip():
            fault(_("Say in words when “%(paper)s” is needed.") % {"paper": name})
        for reason in condition_faults(schema, paper.show_if):
            fault(_("The condition of “%(name)s” is wrong: %(reason)s.") % {"name": name, "reason": reason})
        if paper.from_form and schema is None:
            fault(_("“%(paper)s” is to be made from the form, but there is no form.") % {"paper": name})
    if not papers:
        found.append(Fault("papers", _("No paper is asked for. Is that so?"), "", is_blocking=False))
    return found


def _fees(lines: list[FeeLine], schema: form_schema.Schema | None) -> list[Fault]:
    found = []
    for line in lines:
        anchor = f"fee-{line.n}"

        def fault(message: str, anchor: str = anchor) -> None:
            found.append(Fault("fees", message, anchor))

        if not line.name.strip():
            fault(_("Fee %(n)d has no name.") % {"n": line.n})
        if wrong := fees.tier_fault(line.tiers, line.amount_vnd) or fees.cap_fault(line.unit, line.cap_vnd):
            fault(_("Fee %(n)d: %(reason)s") % {"n": line.n, "reason": wrong})
        if line.applies_if is not None and not line.applies.strip():
            fault(_("Say in words when “%(name)s” is due.") % {"name": line.name})
        for reason in condition_faults(schema, line.applies_if):
            fault(_("The condition of “%(name)s” is wrong: %(reason)s.") % {"name": line.name, "reason": reason})
    return found


def condition_faults(schema: form_schema.Schema | None, condition: Any) -> list[str]:
    """Say why a condition over the answers cannot be used; nothing for none."""
    if condition is None:
        return []
    known = {field.key for _section, field in schema.fields()} if schema else set()
    if unknown := form_schema.condition_fields(condition) - known:
        return [_("there is no question %(keys)s") % {"keys": ", ".join(sorted(unknown))}]
    assert schema is not None
    if wrong := form_checking.condition_faults(schema, condition):
        return [_("it cannot be read (%(reason)s)") % {"reason": wrong[0].message}]
    return [] if reachable.can_hold(schema, condition) else [_("it can never hold")]


def _form(version: ProcedureVersion, papers: list[RequiredPaper]) -> tuple[form_schema.Schema | None, list[Fault]]:
    if version.form is None:
        if version.level >= 3:
            return None, [Fault("form", _("A procedure that can be filed online needs a form."))]
        if version.level == 2 and not any(paper.template_file for paper in papers):
            message = _("Level 2 means a form to download: make the form, or upload the template of a paper.")
            return None, [Fault("form", message)]
        return None, []
    found = [
        Fault("form", str(fault), fault.place.anchor, is_blocking=not fault.is_warning)
        for fault in form_checking.check_form(version.form)
    ]
    try:
        return form_schema.load(version.form), found
    except form_schema.SchemaError:
        return None, found


def _workflow(version: ProcedureVersion, steps: list[ProcedureStep]) -> list[Fault]:
    found = []

    def fault(message: str, anchor: str = "", *, is_blocking: bool = True) -> None:
        found.append(Fault("workflow", message, anchor, is_blocking))

    if not steps:
        fault(_("Write the steps of the work."))
        return found
    for step in steps:
        anchor = f"step-{step.n}"
        if not step.text.strip():
            fault(_("Step %(n)d: say what is done.") % {"n": step.n}, anchor)
        if step.role and step.role not in STEP_ROLES:
            fault(_("Step %(n)d: this role does not handle dossiers.") % {"n": step.n}, anchor)
        if step.allotted and not step.role:
            fault(_("Step %(n)d has time but nobody who does it.") % {"n": step.n}, anchor)
    roles = {step.role for step in steps}
    if not roles & STEP_ROLES:
        fault(_("No step is done by an officer."))
    elif Role.LEADER not in roles:
        fault(_("No step is done by the leader, who signs the decision."), is_blocking=False)
    total, limit = allotted(steps), working_hours(version.processing_amount, version.processing_unit)
    if limit and total > limit:
        fault(
            _("The steps take %(total)s working hours; the processing time holds only %(limit)s.")
            % {"total": hours(total), "limit": hours(limit)}
        )
    return found


def _documents(version: ProcedureVersion) -> list[Fault]:
    if any(not str(reason).strip() for reason in version.reasons):
        return [Fault("documents", _("One of the ready-made reasons is empty."), "id_reasons")]
    return []


def _offerings(uncovered: Iterable[str], *, is_offered: bool) -> list[Fault]:
    messages = [NO_SPECIALIST % {"unit": unit} for unit in uncovered]
    if not is_offered:
        messages = [_("No unit offers this procedure yet: citizens will not find it.")]
    return [Fault(OFFERINGS, message, "units", is_blocking=False) for message in messages]


def allotted(steps: Iterable[ProcedureStep]) -> Decimal:
    """Return the working hours of all steps together."""
    return sum((step.allotted for step in steps), Decimal(0))


def hours(amount: Decimal) -> str:
    """Write working hours: '24', '1,5'."""
    return f"{amount.normalize():f}".replace(".", ",")
