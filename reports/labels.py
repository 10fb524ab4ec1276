"""What the log calls what happens to figures, targets and ratings."""

from django.utils.translation import gettext_lazy as _

from .models import Measure

AREAS = {"figures": _("Figures: files"), "target": _("Targets"), "rating": _("Ratings")}
ACTIONS = {
    "figures.export": _("Figures saved as a file"),
    "target.set": _("Target set"),
    "target.change": _("Target changed"),
    "target.remove": _("Target removed"),
    "rating.note": _("Note taken of a rating"),
    "rating.publish": _("Comment published"),
    "rating.withhold": _("Comment not published"),
}
FIELDS = {
    "by": _("Rows"),
    "as_of": _("As known on"),
    "year": _("Year"),
    "level": _("Level"),
    "measure": _("What is counted"),
    "value": _("Target"),
    "unit": _("Unit"),
    "field": _("Field"),
    "procedure": _("Procedure"),
}
VALUES = {"measure": dict(Measure.choices)}
