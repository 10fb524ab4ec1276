"""The dry run of an import: what a file would change in the catalogue, line by line. Writes nothing."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.text import fold
from offices.models import Unit

from .. import fees
from ..models import LifeEvent, Procedure, ProcedureVersion, Sector, VersionStatus
from ..versions import checking
from ..versions.comparing import compare, compare_procedures
from ..versions.drafting import first_of_next_month
from ..versions.serialising import COLUMNS, PARTS, Plain, digested, plain_procedure, plain_version, template_digest
from .item import Fault, ImportItem
from .merging import PROCEDURE, VERSION, build, merge
from .outcome import CHANGED, FAULTY, NEW, SAME, Options, Outcome, Plan, RowLine

NEEDED = {
    "name": gettext_lazy("Name"),
    "level": gettext_lazy("Level"),
    "processing_unit": gettext_lazy("Unit of the processing time"),
}


def plan(parcels: list[ImportItem], *, by: User, options: Options, day: date) -> Plan:
    """Compare a file with the catalogue. About twelve queries, whatever the size of the file."""
    return _Planner(parcels, by, options, day).plan()


class _Planner:
    """The file and what the catalogue holds of it."""

    def __init__(self, parcels: list[ImportItem], by: User, options: Options, day: date) -> None:
        self.parcels, self.by, self.options, self.day = parcels, by, options, day
        codes = {parcel.code for parcel in parcels if parcel.code}
        self.related = {code for parcel in parcels for code in parcel.values.get("related", [])}
        rows = Procedure.objects.filter(code__in=codes).select_related("sector")
        self.procedures = {row.code: row for row in rows.prefetch_related("life_events", "related")}
        self.known = codes | set(Procedure.objects.filter(code__in=self.related - codes).values_list("code", flat=True))
        self.sectors = {row.code: row for row in Sector.objects.all()}
        self.sectors_by_name = {fold(row.name): row.code for row in self.sectors.values()}
        self.events = {row.code: row for row in LifeEvent.objects.all()}
        codes = {code for parcel in parcels for step in _steps(parcel.values) if (code := step.get("unit"))}
        self.units = set(Unit.objects.filter(identifier__in=codes).values_list("identifier", flat=True))
        self.new_sectors: dict[str, Plain] = {}
        self.new_events: dict[str, Plain] = {}
        self.versions = self._versions()

    def _versions(self) -> dict[int, dict[str, ProcedureVersion]]:
        """Read by procedure the version in force, the newest published one and the open one. Seven queries."""
        wanted: dict[int, dict[str, int]] = {}
        rows = ProcedureVersion.objects.filter(procedure__in=[row.pk for row in self.procedures.values()])
        for pk, procedure, status, start, until in rows.order_by("number").values_list(
            "pk", "procedure_id", "status", "effective_from", "effective_until"
        ):
            mine = wanted.setdefault(procedure, {})
            if status in (VersionStatus.DRAFT, VersionStatus.IN_REVIEW):
                mine["open"] = pk
                continue
            mine["newest"] = pk
            if start <= self.day and (until is None or until >= self.day):
                mine["in_force"] = pk
        found = ProcedureVersion.objects.filter(pk__in={pk for mine in wanted.values() for pk in mine.values()})
        by_pk = {row.pk: row for row in found.select_related("author").prefetch_related(*PARTS)}
        return {procedure: {name: by_pk[pk] for name, pk in mine.items()} for procedure, mine in wanted.items()}

    def plan(self) -> Plan:
        outcomes = [self.outcome(parcel) for parcel in self.parcels]
        return Plan(outcomes, self.new_sectors, self.new_events)

    def outcome(self, parcel: ImportItem) -> Outcome:
        values = parcel.values
        version = values.get("version", {})
        made = Outcome(parcel.code or "–", parcel.place, name=version.get("name", ""), faults=list(parcel.faults))
        made.procedure = self.procedures.get(parcel.code)
        if not made.faults:
            self.steps(made, values)
            self.about(made, values)
            if made.procedure is None:
                self.new(made, version, parcel.headings)
            else:
                self.existing(made, made.procedure, version)
        if not made.faults and made.target is not None:
            for n, reason in _unsound(made.target["fees"]):
                made.faults.append(Fault(parcel.place_of("fees", n), reason))
        if not made.faults and made.target is not None and self.options.to_review:
            made.faults += [
                Fault(made.place, fault.message)
                for fault in checking.blocking(checking.check(*build(made.target), today=self.day))
            ]
        if made.faults:
            made.state = FAULTY
        made.rows = self.rows(parcel, made)
        return made

    def steps(self, made: Outcome, values: Plain) -> None:
        """Leave out the units of steps that the portal does not know, and say so."""
        unknown = {
            step.pop("unit") for step in _steps(values) if step.get("unit", "") and step["unit"] not in self.units
        }
        if unknown:
            made.notes.append(
                _("Left out as units of steps, since the portal does not know them: %(codes)s.")
                % {"codes": ", ".join(sorted(unknown))}
            )

    # What belongs to no version ---------------------------------------------------------------------------------------

    def about(self, made: Outcome, values: Plain) -> None:
        """Work out what the procedure shall say beside its versions."""
        before = plain_procedure(made.procedure) if made.procedure else dict(PROCEDURE)
        about = before | {name: values[name] for name in PROCEDURE if name in values}
        if made.procedure is None:
            about["popularity"] = values.get("popularity", 0)
        if "sector" in values:
            self.sector(made, about, values["sector"])
        elif made.procedure is None:
            made.faults.append(Fault(made.place, _("A new procedure needs its field.")))
        if "life_events" in values:
            about["life_events"] = [self.event(made, event) for event in values["life_events"]]
            if {event["code"] for event in about["life_events"]} == {event["code"] for event in before["life_events"]}:
                about["life_events"] = before["life_events"]
        unknown = sorted(set(about["related"]) - self.known - set(before["related"]))
        about["related"] = sorted(set(about["related"]) - set(unknown) - {made.code})
        if unknown:
            made.notes.append(
                _("Left out as related, since the portal does not know them: %(codes)s.")
                % {"codes": ", ".join(unknown)}
            )
        made.about, made.says_related = about, "related" in values
        if made.procedure is not None:
            made.whole = compare_procedures(before, about)

    def sector(self, made: Outcome, about: Plain, found: Plain) -> None:
        code = found.get("code") or self.sectors_by_name.get(fold(found.get("name", ""))) or ""
        if not code and found.get("name"):
            code = slugify(fold(found["name"]))[:60].strip("-")
        row = self.sectors.get(code)
        if row is not None:
            about["sector"] = {"code": code, "name": row.name, "name_en": row.name_en}
        elif code and found.get("name"):
            fresh = {"code": code, "name": found["name"], "name_en": found.get("name_en", "")}
            about["sector"] = self.new_sectors.setdefault(code, fresh)
            made.notes.append(_("The field “%(name)s” will be made.") % {"name": found["name"]})
        else:
            made.faults.append(Fault(made.place, _("This field is unknown; give its name too, and it will be made.")))

    def event(self, made: Outcome, found: Plain) -> Plain:
        row = self.events.get(found["code"])
        if row is not None:
            return {"code": row.code, "name": row.name, "name_en": row.name_en, "n": row.n}
        made.notes.append(_("The life event “%(name)s” will be made.") % {"name": found["name"]})
        return self.new_events.setdefault(found["code"], {"name_en": ""} | found)

    # The wording ------------------------------------------------------------------------------------------------------

    def new(self, made: Outcome, version: Plain, headings: Mapping[str, str]) -> None:
        """Plan a procedure that the portal does not have."""
        made.state = NEW
        missing = [headings.get(name, str(label)) for name, label in NEEDED.items() if name not in version]
        if missing:
            reason = _("A new procedure needs these too: %(names)s.") % {"names": ", ".join(missing)}
            made.faults.append(Fault(made.place, reason))
            return
        # The day on which it came into force elsewhere is kept; what goes to review cannot begin in the past.
        today = self.day.isoformat()
        start = version.get("effective_from", today)
        dates = {"effective_from": max(start, today) if self.options.to_review else start, "effective_until": None}
        if version.get("effective_until", "") and version["effective_until"] >= dates["effective_from"]:
            dates["effective_until"] = version["effective_until"]
        made.target = merge(VERSION, version) | dates

    def existing(self, made: Outcome, procedure: Procedure, version: Plain) -> None:
        """Plan the change of a procedure that the portal has; no change makes no draft."""
        have = self.versions.get(procedure.pk, {})
        made.name = made.name or next((have[name].name for name in ("in_force", "newest", "open") if name in have), "")
        made.stamp = [procedure.revision, *([row.pk, row.revision, row.status] for row in have.values())]
        made.state = CHANGED if made.whole else SAME
        if not version:
            return
        for row in {have[name].pk: have[name] for name in ("newest", "in_force") if name in have}.values():
            before = plain_version(row, template_digest)
            if not compare(before, merge(before, version)):
                return
        base = have.get("open") or have.get("newest")
        if base is None:
            made.faults.append(Fault(made.place, _("This procedure has no version to begin from.")))
            return
        before = plain_version(base, template_digest)
        target = merge(before, version)
        sections = compare(before, target)
        if not sections:
            made.notes.append(_("The open draft says this already."))
            return
        made.state, made.sections = CHANGED, sections
        made.files_there = {paper["template_file"]["sha256"] for paper in before["papers"] if paper["template_file"]}
        if "open" in have:
            self.over(made, base)
        else:
            self.after(version, target, base)
        made.target = target

    def over(self, made: Outcome, draft: ProcedureVersion) -> None:
        """Note, or refuse, that an open draft is written over."""
        made.draft = draft
        author = draft.author.get_full_name() if draft.author else ""
        facts = {"n": draft.number, "author": author}
        if draft.status == VersionStatus.IN_REVIEW:
            reason = _("Version %(n)d is in review. Take it back, or wait until it is published.") % facts
            made.faults.append(Fault(made.place, reason))
        elif draft.author_id == self.by.pk:
            made.notes.append(_("Your open draft of version %(n)d is written over.") % facts)
        elif self.options.overwrite:
            made.notes.append(_("The open draft of version %(n)d by %(author)s is written over.") % facts)
        else:
            reason = _(
                "%(author)s has an open draft of version %(n)d. Ask that it be published or discarded, or choose to "
                "overwrite drafts of colleagues."
            )
            made.faults.append(Fault(made.place, reason % facts))

    def after(self, version: Plain, target: Plain, base: ProcedureVersion) -> None:
        """Take the dates of the file only when they begin after those in force, else the usual first day."""
        start, until = version.get("effective_from", ""), version.get("effective_until")
        is_later = start > max(base.effective_from.isoformat(), self.day.isoformat())
        target["effective_from"] = start if is_later else first_of_next_month(self.day).isoformat()
        target["effective_until"] = until if is_later and until and until >= start else None

    # Rows of sheets ---------------------------------------------------------------------------------------------------

    def rows(self, parcel: ImportItem, made: Outcome) -> list[RowLine]:
        """Say what becomes of each row of a sheet."""
        if not parcel.rows or made.faults:
            return []
        have = self.versions.get(made.procedure.pk, {}) if made.procedure else {}
        # A procedure that was never published has its open draft only.
        base = (have.get("open") if made.target and made.draft else have.get("newest")) or have.get("open")
        before = plain_version(base, template_digest) if base else VERSION
        after = merge(before, parcel.values.get("version", {}))
        found = []
        for part, n, place in parcel.rows:
            found.append(RowLine(place, self.row_state(part, n, before, after, made)))
        return found

    def row_state(self, part: str, n: int, before: Plain, after: Plain, made: Outcome) -> str:
        if not part:
            if made.procedure is None:
                return NEW
            same = all(before[name] == after[name] for name in COLUMNS)
            return SAME if same and not made.whole else CHANGED
        row = after[part][n]
        if "key" in row:
            was = next((other for other in before[part] if other["key"] == row["key"]), None)
        else:
            was = before[part][n] if n < len(before[part]) else None
        if was is None:
            return NEW
        return SAME if _comparable(was) == _comparable(row) else CHANGED


def _unsound(lines: list[Plain]) -> Iterator[tuple[int, str]]:
    """Yield what the database would not take of fees, with the place of the fee among them."""
    for n, line in enumerate(lines):
        fault = fees.tier_fault(line["tiers"], line["amount_vnd"]) or fees.cap_fault(line["unit"], line["cap_vnd"])
        if fault:
            yield n, _("Fee “%(name)s”: %(reason)s") % {"name": line["name"], "reason": fault}


def _comparable(row: Plain) -> Plain:
    return row | {"template_file": digested(row["template_file"])} if "template_file" in row else row


def _steps(values: Plain) -> list[Plain]:
    return list(values.get("version", {}).get("steps", []))
