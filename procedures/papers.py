"""Which papers a procedure asks for, once the questions of its form are answered."""

from collections.abc import Mapping
from typing import Any

from eforms import schema as form_schema

from .models import ProcedureVersion, RequiredPaper


def asked_papers(
    version: ProcedureVersion, answers: Mapping[str, Any], *, on_paper: bool = False
) -> list[RequiredPaper]:
    """Return the papers for the answers that count, in order; ``is_required`` tells which are needed. One query.

    ``on_paper``: with the one that is the form itself, which lies signed before the clerk.
    """
    return [
        paper
        for paper in version.papers.all()
        if is_asked(version, paper, answers) or (on_paper and form_schema.show(paper.show_if, answers))
    ]


def needed_papers(version: ProcedureVersion, answers: Mapping[str, Any]) -> list[RequiredPaper]:
    """Return the papers without which a dossier with these answers is not complete; one query."""
    return [paper for paper in asked_papers(version, answers) if paper.is_required]


def is_asked(version: ProcedureVersion, paper: RequiredPaper, answers: Mapping[str, Any]) -> bool:
    """Tell whether these answers call for a paper."""
    return is_brought(version, paper) and form_schema.show(paper.show_if, answers)


def is_brought(version: ProcedureVersion, paper: RequiredPaper) -> bool:
    """Tell whether people bring a paper: it is not made from the answers, or there is no form to make it from."""
    return not (paper.from_form and version.form)
