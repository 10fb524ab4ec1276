"""The boxes of one paper on the counter's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from common.forms.fields import PlainField, WholeNumberField
from procedures.models import RequiredPaper

from ..counter.intake import Intake
from .boxes import FilesField, OneBoxPartialDateField

ORIGINAL, COPY, NOT_YET = "original", "copy", "none"
# What may be said of a paper besides whether it is there.
DETAILS = ("count", "number", "dated", "scans")
MOST_OF_A_PAPER = 99


def paper_field(paper: Any) -> str:
    """Return the name of a paper's field."""
    return f"paper-{paper.n}"


def paper_fields_of(intake: Intake, paper: RequiredPaper) -> dict[str, forms.Field]:
    """Return the boxes of one paper by name."""
    name = paper_field(paper)
    return {
        name: forms.ChoiceField(
            label=paper.name,
            help_text=paper.condition,
            widget=forms.RadioSelect(attrs={"class": "inline"}),
            choices=[(ORIGINAL, _("Original")), (COPY, _("A copy")), (NOT_YET, _("Not there"))],
            # The signed declaration is what lies on the desk.
            initial=NOT_YET if intake.is_brought(paper) else ORIGINAL,
            error_messages={"required": _("Say whether this paper is there: %(name)s") % {"name": paper.name}},
        ),
        f"{name}-count": WholeNumberField(label=_("How many"), minimum=1, maximum=MOST_OF_A_PAPER, required=False),
        f"{name}-number": PlainField(label=_("Number on the paper"), max_length=60, required=False),
        f"{name}-dated": OneBoxPartialDateField(label=_("Date of the paper"), required=False),
        f"{name}-scans": FilesField(label=_("Scans"), required=False),
    }
