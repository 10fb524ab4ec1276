"""The ready-made reasons of a unit: administrators keep those of all they look after, a leader those of the own."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common.refusals import fingerprint
from common.web.hidden import hidden
from common.web.screens import Screen, answer, done, sent, shows_form
from offices.access import current_posts, has_role
from offices.models import Role, Unit
from offices.views.guards import admitting
from offices.views.scope import Administrator, administrator_of

from . import reasons
from .forms import ReasonsForm


@admitting(lambda user, day: has_role(user, Role.LEADER, day) or has_role(user, Role.ADMINISTRATOR, day))
@shows_form
def unit_reasons(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what officers of a unit choose from where an action asks for a reason."""
    keeper = administrator_of(request)
    unit = unit_of(keeper, slug)
    # Who looks after other units and leads this one comes from the leader's screens.
    is_administrator = unit.pk in keeper.unit_ids
    kept = reasons.reasons_of(unit)
    form = ReasonsForm(sent(request), kept=kept, revision=fingerprint(kept))
    back = reverse("manage:unit", args=[slug]) if is_administrator else reverse("leader:home")

    def change() -> str:
        revision = form.cleaned_data["revision"]
        reasons.change(unit, form.texts(), revision=revision, by=keeper.user, now=keeper.now)
        return done(request, _("The reasons have been saved."), request.path)

    title = _("Ready-made reasons of %(unit)s") % {"unit": unit.name}
    lead = _(
        "One reason a line, in words that the applicant understands. Officers choose one where an action asks for a "
        "reason, and may add to it. What has been sent stays as it is."
    )
    back_label = unit.name if is_administrator else _("Waiting for my signature")
    screen = Screen(title, _("Save the reasons"), back, back_label, lead)
    template = "manage/screen.html" if is_administrator else "leader/screen.html"
    return answer(
        request, form, screen, change, revision=lambda: fingerprint(reasons.reasons_of(unit)), template=template
    )


def unit_of(keeper: Administrator, slug: str) -> Unit:
    """Return a unit whose reasons a person keeps. Raises Http404. One query more than the administrator's units."""
    led = {post.unit_id for post in current_posts(keeper.user, keeper.day) if post.role == Role.LEADER}
    looked_after = keeper.unit_ids
    found = Unit.objects.filter(slug=slug, pk__in=led | looked_after).first()
    if found is None:
        raise hidden(Unit, slug=slug)
    return found
