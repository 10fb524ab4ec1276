"""Signing delegated: who signs for a leader, from when to when; given and ended by the leader alone."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.onetime import once
from common.web.hidden import hidden
from common.web.screens import Screen, answer, done, press, sent, shows_form
from offices.models import Delegation, Post, Role
from offices.people import delegating

from ..forms.delegations import DelegationForm
from ..guards import officer_required
from ..officer import Officer

# Past ones shown below those that run.
SHOWN = 50


@shows_form
@officer_required(Role.LEADER)
def delegations(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Who signs for the leaders of one's units, and a form to let somebody sign. Five queries."""
    own = own_posts(officer)
    posts = [post for each in own for post in delegating.takers(each.unit, officer.day).select_related("unit")]
    form = DelegationForm(sent(request), posts=posts)
    here = reverse("leader:delegations")

    def act() -> str:
        typed = form.cleaned_data
        unit, taker = form.chosen()
        days = typed["valid_from"], typed["valid_until"]
        once(
            typed["key"], "delegation", officer.user.pk, str(taker.pk), officer.now,
            lambda: delegating.delegate(officer.user, unit, taker, *days, typed["reason"], now=officer.now),
        )  # fmt: skip
        return done(request, _("%(name)s may sign for you in these days.") % {"name": taker.full_name}, here)

    rows = Delegation.objects.filter(unit__in=[post.unit_id for post in own]).select_related("unit", "giver", "taker")
    screen = Screen(
        _("Delegations of signing"),
        _("Let this officer sign"),
        reverse("leader:home"),
        _("Waiting for my signature"),
        _(
            "For days on which you are away. The officer sees what waits for your signature and signs by your order; "
            "every paper and the history say so. Nobody signs a proposal of their own."
        ),
    )
    found = list(rows[:SHOWN])
    running = [row for row in found if row.ended_at is None and row.valid_until >= officer.day]
    past = [row for row in found if row not in running]
    return answer(request, form, screen, act, template="leader/delegations.html", running=running, past=past)


@require_POST
@officer_required(Role.LEADER)
def end(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """End a delegation at once."""
    units = [post.unit_id for post in own_posts(officer)]
    found = Delegation.objects.filter(unit__in=units, pk=pk).select_related("taker").first()
    if found is None:
        raise hidden(Delegation, pk=pk)
    here = reverse("leader:delegations")

    def act() -> str:
        delegating.end(found, by=officer.user, now=officer.now)
        return done(request, _("%(name)s signs nothing for you any more.") % {"name": found.taker.full_name}, here)

    return press(request, act, here)


def own_posts(officer: Officer) -> list[Post]:
    """Return the posts in which an officer leads a unit by themselves; no query. Raises PermissionDenied."""
    own = [post for post in officer.posts if post.role == Role.LEADER and not post.signs_for]
    if not own:
        raise PermissionDenied
    return own
