"""Laying what a file says over a version: what is missing keeps what is there, new rows get what is usual."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from common.text import fold

from ..models import FeeLine, ProcedureStep, ProcedureVersion, RequiredPaper
from ..versions.parts import STEMS, row_key
from ..versions.serialising import COLUMNS, FEE_COLUMNS, PAPER_COLUMNS, STEP_COLUMNS, Plain

PAPER: Plain = {
    "name_en": "",
    "originals": 0,
    "copies": 0,
    "is_required": True,
    "condition": "",
    "condition_en": "",
    "show_if": None,
    "from_form": False,
    "may_bring_original": True,
    "valid_days": 0,
    "template_file": None,
}


FEE: Plain = {
    "name_en": "",
    "amount_online_vnd": None,
    "unit": "dossier",
    "tiers": [],
    "cap_vnd": None,
    "is_optional": False,
    "applies": "",
    "applies_en": "",
    "applies_if": None,
    "is_guide": False,
    "note": "",
    "note_en": "",
    "exemptions": [],
}


ENGLISH = ("who_en", "proof_en")
EXEMPTION: Plain = {"who_en": "", "proof": "", "proof_en": "", "since": None, "until": None, "channel": None}


STEP: Plain = {"role": "", "text_en": "", "allotted": 0.0}


VERSION: Plain = {
    "name_en": "",
    "needs_presence": False,
    "audience": ["citizen"],
    "channels": ["direct"],
    "processing_amount": 0,
    "processing_note": "",
    "processing_note_en": "",
    "outcome": "",
    "outcome_en": "",
    "conditions": "",
    "conditions_en": "",
    "note": "",
    "note_en": "",
    "legal_bases": [],
    "dossier_sets": 1,
    "book": "",
    "receipt_note": "",
    "letter_text": "",
    "reasons": [],
    "form": None,
    "papers": [],
    "fees": [],
    "steps": [],
    "marks": [],
}


PROCEDURE: Plain = {
    "life_events": [],
    "synonyms": [],
    "faq": [],
    "notice": "",
    "accept_until": None,
    "supplement_days": 15,
    "related": [],
}


DATES = ("effective_from", "effective_until")


_PARTS = {"papers": PAPER, "fees": FEE, "steps": STEP}
# Parts whose rows have keys.
_KEYED: dict[str, type[RequiredPaper | FeeLine]] = {"papers": RequiredPaper, "fees": FeeLine}


def build(target: Plain) -> tuple[ProcedureVersion, list[RequiredPaper], list[FeeLine], list[ProcedureStep]]:
    """Return unsaved rows that hold a version's data; template files apart, which are named only."""
    version = ProcedureVersion(**{name: target[name] for name in COLUMNS})
    version.effective_from = date.fromisoformat(target["effective_from"])
    version.effective_until = date.fromisoformat(target["effective_until"]) if target["effective_until"] else None
    papers = [
        RequiredPaper(
            n=n,
            template_file=paper["template_file"]["name"] if paper["template_file"] else "",
            **{name: paper[name] for name in PAPER_COLUMNS},
        )
        for n, paper in enumerate(target["papers"], start=1)
    ]
    fees = [FeeLine(n=n, **{name: fee[name] for name in FEE_COLUMNS}) for n, fee in enumerate(target["fees"], start=1)]
    steps = [
        ProcedureStep(n=n, allotted=Decimal(str(step["allotted"])), **{name: step[name] for name in STEP_COLUMNS})
        for n, step in enumerate(target["steps"], start=1)
    ]
    return version, papers, fees, steps


def merge(base: Mapping[str, Any], incoming: Plain) -> Plain:
    """Lay what a file says over a version: what is missing keeps what is there. Dates stay."""
    target = dict(base) | {name: value for name, value in incoming.items() if name not in _PARTS and name not in DATES}
    for part, model in _KEYED.items():
        if part in incoming:
            target[part] = _merged(base.get(part, []), incoming[part], _PARTS[part], STEMS[model])
    if "fees" in incoming:
        # Tables leave the English of exemptions out: those whose words stay keep theirs.
        known = [row for fee in base.get("fees", []) for row in fee["exemptions"]]
        english = {(row["who"], row["proof"]): {name: row[name] for name in ENGLISH} for row in known}
        for fee in target["fees"]:
            fee["exemptions"] = [
                EXEMPTION | english.get((row["who"], row.get("proof", "")), {}) | row for row in fee["exemptions"]
            ]
    if "steps" in incoming:
        before = base.get("steps", [])
        target["steps"] = [(before[n] if n < len(before) else STEP) | row for n, row in enumerate(incoming["steps"])]
    return target


def _merged(before: list[Plain], incoming: list[Plain], usual: Plain, stem: str) -> list[Plain]:
    by_key = {row["key"]: row for row in before}
    by_name = {fold(row["name"]): row["key"] for row in reversed(before)}
    taken = {row["key"] for row in incoming if "key" in row}
    made = []
    for row in incoming:
        key = row.get("key")
        if key is None:
            key = by_name.get(fold(row["name"]), "")
            if not key or key in taken:
                key = row_key(row["name"], taken | set(by_key), stem)
        taken.add(key)
        made.append({"key": key, **by_key.get(key, usual), **row})
    return made
