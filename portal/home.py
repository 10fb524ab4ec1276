"""The home page as it is written once a day and language, until something on it changes."""

from datetime import date

from django.template.loader import render_to_string

from articles.models import Notice
from articles.notices.shown import on_first_page
from common.kept import until_changed
from common.text import translated
from offices.models import OpeningHours, Unit
from procedures.finding.search import LINKS, offered_choices
from procedures.labels import name_in
from procedures.models import LifeEvent, Procedure, ProcedureVersion, Sector
from reports.ratings.figures import satisfied_in, satisfied_words
from reports.statistics.periods import Period

from .units import unit_cards

MOST_USED = 6


@until_changed(
    LifeEvent, LINKS, Notice, OpeningHours, Procedure, ProcedureVersion, Sector, Unit, most=8, is_shared=True
)
def home_page(day: date, language: str) -> tuple[str, ...]:
    """Return the page below its head, in the active language; one text. Three queries when the rest is kept."""
    notices = on_first_page(day)
    context = {
        "procedures": _most_used(day),
        "events": [(event.code, translated(event, "name")) for event in offered_choices().events],
        "units": unit_cards(language),
        "satisfied": _satisfied(day),
        "pinned": [notice for notice in notices if notice["is_pinned"]],
        "notices": [notice for notice in notices if not notice["is_pinned"]],
    }
    return (str(render_to_string("portal/_home.html", context)),)


def _satisfied(day: date) -> str:
    """Say how many who rated in this year's months that have ended were satisfied. One query."""
    return satisfied_words(satisfied_in(Period(date(day.year, 1, 1), day), None, day))


def _most_used(day: date) -> list[dict[str, str]]:
    """Return code, name and its language of the procedures filed most often. One query."""
    versions = (
        ProcedureVersion.objects.in_force(day)
        .order_by("-procedure__popularity", "procedure__code", "-number")
        .values_list("procedure__code", "name", "name_en", named=True)
    )
    rows: dict[str, dict[str, str]] = {}
    # Two versions of one procedure may overlap: the newest number stands first and counts.
    for version in versions[: MOST_USED * 2]:
        name, language = name_in(version)
        rows.setdefault(version.procedure__code, {"code": version.procedure__code, "name": name, "language": language})
    return list(rows.values())[:MOST_USED]
