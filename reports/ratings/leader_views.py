"""Leaders read what was said of their units: dissatisfaction to take note of, comments to publish or not."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from common.web.hidden import hidden
from common.web.paging import capped_count, keyset_page
from common.web.screens import Screen, answer, done, sent, shows_form

from ..leader.guards import Leader, leader_required
from ..models import CommentState, Question, Rating
from ..statistics.periods import Period
from . import moderating
from .figures import given_by_unit
from .forms import CommentForm, NoteForm
from .moderating import COMMENTS, DISSATISFIED, listed

PAGE_SIZE = 20
# Names of lists; the first one is shown unless another is asked for.
TABS = {
    DISSATISFIED: gettext_lazy("Dissatisfied, to be taken note of"),
    COMMENTS: gettext_lazy("Comments to be read"),
    "all": gettext_lazy("All ratings"),
}


@leader_required
@require_safe
def ratings(request: HttpRequest, leader: Leader) -> HttpResponse:
    """What was said of the leader's units, the newest first, and the exact sums of the year. Four queries."""
    asked = request.GET.get("list", "")
    tab = asked if asked in TABS else next(iter(TABS))
    rows = listed(leader.own, tab).select_related("dossier", "unit", "noted_by", "moderated_by")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    year = Period(date(leader.day.year, 1, 1), leader.day)
    by_unit = given_by_unit(list(leader.units), year)[Question.OVERALL]
    page = {
        "leader": leader,
        "tabs": [(name, words, name == tab, _count(leader, name)) for name, words in TABS.items()],
        "page": keyset_page(rows, ("-given_at", "-id"), after=after, before=before, size=PAGE_SIZE),
        "query": request.GET,
        "year": leader.day.year,
        "sums": [(unit.name, by_unit[pk]) for pk, unit in leader.units.items() if pk in by_unit],
    }
    return render(request, "leader/ratings.html", page)


def _count(leader: Leader, tab: str) -> str:
    return capped_count(listed(leader.own, tab)) if tab != "all" else ""


def _screen(request: HttpRequest, rating: Rating, form: Any, screen: Screen, act: Any, **context: Any) -> HttpResponse:
    def revision() -> Any:
        return Rating.objects.values_list("revision", flat=True).get(pk=rating.pk)

    return answer(
        request, form, screen, act, revision=revision, template="leader/rating.html", rating=rating, **context
    )


@leader_required
@shows_form
def note(request: HttpRequest, leader: Leader, pk: int) -> HttpResponse:
    """Take note of a dissatisfied answer: what was done."""
    rating = _rating(leader, pk)
    if not rating.is_dissatisfied:
        raise hidden(Rating, pk=pk, is_dissatisfied=True)
    form = NoteForm(sent(request), rating=rating)

    def act() -> str:
        done_words, shown = form.cleaned_data["noted"], form.shown_revision()
        moderating.note(rating, done_words, revision=shown, by=leader.user, now=leader.now)
        return done(request, _("You have taken note of the rating."), reverse("leader:ratings"))

    screen = Screen(_("Take note of a rating"), _("Take note"), reverse("leader:ratings"), _("Ratings"))
    return _screen(request, rating, form, screen, act)


@leader_required
@shows_form
def comment(request: HttpRequest, leader: Leader, pk: int) -> HttpResponse:
    """Publish a comment, or not."""
    rating = _rating(leader, pk)
    if not rating.comment:
        raise hidden(Rating, pk=pk, comment_state=CommentState.WAITING)
    form = CommentForm(sent(request), rating=rating)
    back = f"{reverse('leader:ratings')}?list=comments"

    def act() -> str:
        typed, shown = form.cleaned_data, form.shown_revision()
        moderating.moderate(rating, typed["state"], typed["reason"], revision=shown, by=leader.user, now=leader.now)
        is_public = typed["state"] == CommentState.PUBLISHED
        return done(request, _("The comment is published.") if is_public else _("The comment is not published."), back)

    screen = Screen(_("Read a comment"), _("Save"), back, _("Ratings"))
    return _screen(request, rating, form, screen, act, personal=moderating.personal_of(rating))


def _rating(leader: Leader, pk: int) -> Rating:
    """Return a rating of the leader's units. Raises Http404."""
    found = Rating.objects.filter(unit__in=leader.own).select_related("dossier", "unit").filter(pk=pk).first()
    if found is None:
        raise hidden(Rating, pk=pk)
    return found
