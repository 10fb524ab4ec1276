"""The frozen applicant of a dossier corrected: what differs, as the history keeps it, and the row as it should be."""

from collections.abc import Mapping
from typing import Any

from common.text import fold
from common.values.identity import masked

from ...models import Applicant, Dossier, SlipKind
from ...records import slips
from ...records.applicants import number_index
from ...timeline.changes import Change
from ...workflow import Move

# Columns whose values stand in the history; of the others only that they were changed.
TOLD = ("name", "birth", "sex", "phone", "email")


def differing(applicant: Applicant, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an applicant that should be otherwise than they are."""
    return {name: value for name, value in wanted.items() if value != getattr(applicant, name)}


def changes_of(applicant: Applicant, columns: Mapping[str, Any]) -> list[Change]:
    """Return what differs as the history keeps it: never an ID number or an address in clear."""
    found = [Change(name, str(getattr(applicant, name)), str(columns[name])) for name in TOLD if name in columns]
    if "id_number" in columns:
        found.append(Change("id_number", applicant.masked_number, masked(columns["id_number"])))
    if "representative" in columns:
        agents = (applicant.representative or {}, columns["representative"] or {})
        old, new = (str(agent.get("name", "")) for agent in agents)
        found.append(Change("representative", old, new) if old != new else Change("representative"))
    return found + ([Change("address")] if "address" in columns else [])


def write_applicant(dossier: Dossier, columns: Mapping[str, Any]) -> None:
    """Write the columns, with those by which an applicant is found. One statement, none without columns."""
    if not columns:
        return
    applicant = dossier.applicant
    for name, value in columns.items():
        setattr(applicant, name, value)
    applicant.search_name = fold(applicant.name)[:160]
    applicant.number_index = number_index(applicant.id_number)
    applicant.save(update_fields=[*columns, "search_name", "number_index"])


def renew_receipt(move: Move, **facts: Any) -> str:
    """Let the receipt be void and issue one that names it; returns the void number, '' for none."""
    void = slips.void(move, SlipKind.RECEIPT)
    slips.issue(move, SlipKind.RECEIPT, **slips.receipt_facts(move.dossier) | {"replaces": void} | facts)
    return void
