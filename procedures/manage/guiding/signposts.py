"""Signposts to other agencies: the list, adding, changing, hiding."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.text import in_order
from common.web.screens import Screen, answer, done, press, sent, shows_form
from procedures.guiding import changing
from procedures.models import Signpost

from ..forms.versions import initial_of
from ..guards import shared_only
from ..pages import once, publisher_of
from .forms import SignpostForm


@shared_only
@require_safe
def signpost_list(request: HttpRequest) -> HttpResponse:
    """List the signposts by name, those that are hidden too. One query."""
    return render(request, "manage/signpost_list.html", {"signposts": in_order(Signpost.objects.all())})


@shared_only
@shows_form
def signpost_new(request: HttpRequest) -> HttpResponseBase:
    """Add a signpost; the same form sent twice adds one."""
    publisher = publisher_of(request)
    form = SignpostForm(sent(request), revision=0, initial={"reviewed_on": publisher.day})
    form.act_once()

    def change() -> str:
        values = form.values()
        once(
            form,
            "signpost.new",
            publisher,
            values["name"][:40],
            lambda: changing.add_signpost(values, publisher.user, publisher.now),
        )
        return done(request, _("Added: %(name)s.") % {"name": values["name"]}, "manage:signposts")

    return answer(request, form, _screen(_("Add a signpost")), change)


@shared_only
@shows_form
def signpost_edit(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change what a signpost says."""
    publisher, signpost = publisher_of(request), get_object_or_404(Signpost, code=code)
    initial = dict(initial_of(signpost, SignpostForm))
    initial["procedures"] = list(signpost.procedures.order_by("code").values_list("code", flat=True))
    form = SignpostForm(sent(request), revision=signpost.revision, initial=initial)

    def change() -> str:
        changing.change_signpost(signpost, form.shown_revision(), form.values(), publisher.user, publisher.now)
        return done(request, _("Saved: %(name)s.") % {"name": form.cleaned_data["name"]}, "manage:signposts")

    return answer(
        request,
        form,
        _screen(signpost.name, is_name=True),
        change,
        revision=lambda: get_object_or_404(Signpost, pk=signpost.pk).revision,
    )


def _screen(title: str, *, is_name: bool = False) -> Screen:
    return Screen(title, _("Save"), reverse("manage:signposts"), _("Done elsewhere"), is_name=is_name)


@shared_only
@require_POST
def signpost_show(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show a signpost to everybody again, or hide it."""
    publisher, signpost = publisher_of(request), get_object_or_404(Signpost, code=code)
    is_shown = request.POST.get("shown") == "1"

    def change() -> str:
        changing.show_signpost(signpost, is_shown, publisher.user, publisher.now)
        words = _("Shown again: %(name)s.") if is_shown else _("Hidden: %(name)s.")
        return done(request, words % {"name": signpost.name}, "manage:signposts")

    return press(request, change, "manage:signposts")
