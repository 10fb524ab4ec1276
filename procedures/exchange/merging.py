"""Laying what a file says over a version: what is missing keeps what is there, new rows get what is usual."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from common.text import fold

from ..models import FeeLine, ProcedureStep, ProcedureVersion, RequiredPaper
from ..versions.serialising import COLUMNS, FEE_COLUMNS, PAPER_COLUMNS, STEP_COLUMNS, Plain

PAPER: Plain = {
    "name_en": "",
    "originals": 0,
    "copies": 0,
    "is_required": True,
    "condition": "",
    "show_if": None,
    "from_form": False,
    "may_bring_original": True,
    "template_file": None,
}


FEE: Plain = {"amount_online_vnd": None, "per": "", "exemption": "", "is_local": False}


STEP: Plain = {"role": "", "text_en": "", "allotted": 0.0}


VERSION: Plain = {
    "name_en": "",
    "needs_presence": False,
    "audience": ["citizen"],
    "channels": ["direct"],
    "processing_amount": 0,
    "processing_note": "",
    "outcome": "",
    "outcome_en": "",
    "conditions": "",
    "note": "",
    "legal_bases": [],
    "dossier_sets": 1,
    "receipt_note": "",
    "letter_text": "",
    "reasons": [],
    "form": None,
    "papers": [],
    "fees": [],
    "steps": [],
    "marks": [],
}


PROCEDURE: Plain = {"life_events": [], "synonyms": [], "faq": [], "notice": "", "accept_until": None, "related": []}


DATES = ("effective_from", "effective_until")


_PARTS = {"papers": PAPER, "fees": FEE, "steps": STEP}


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
    if "papers" in incoming:
        target["papers"] = _merged_papers(base.get("papers", []), incoming["papers"])
    for part in ("fees", "steps"):
        if part in incoming:
            before = base.get(part, [])
            target[part] = [
                (before[n] if n < len(before) else _PARTS[part]) | row for n, row in enumerate(incoming[part])
            ]
    return target


def _merged_papers(before: list[Plain], incoming: list[Plain]) -> list[Plain]:
    by_key = {paper["key"]: paper for paper in before}
    by_name = {fold(paper["name"]): paper["key"] for paper in reversed(before)}
    taken = {paper["key"] for paper in incoming if "key" in paper}
    made = []
    for paper in incoming:
        key = paper.get("key")
        if key is None:
            key = by_name.get(fold(paper["name"]), "")
            if not key or key in taken:
                key = _free_key(paper["name"], taken | set(by_key))
        taken.add(key)
        made.append({"key": key, **by_key.get(key, PAPER), **paper})
    return made


def _free_key(name: str, taken: set[str]) -> str:
    base = slugify(fold(name))[:36].strip("-") or "giay-to"
    return (
        base
        if base not in taken
        else next(key for n in range(2, len(taken) + 3) if (key := f"{base}-{n}") not in taken)
    )
