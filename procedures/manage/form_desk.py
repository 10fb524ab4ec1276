"""What every page of the form builder stands on: who works on which version, and how a change is saved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common import clock
from eforms.builder import raw
from eforms.builder.raw import FormRefused
from procedures import access
from procedures.models import ProcedureVersion
from procedures.versions import publishing

from .guards import publisher_only

BOTH = require_http_methods(["GET", "HEAD", "POST"])


MAX_REVISION = 10**9


@dataclass
class Desk:
    """A publisher at one version: who, what, whether it may be changed, and the draft as it stands."""

    request: HttpRequest
    version: ProcedureVersion
    day: date
    can_edit: bool
    notice: str = ""

    @property
    def args(self) -> list[Any]:
        """Return what every address of the version begins with."""
        return [self.version.procedure.code, self.version.number]

    @property
    def form(self) -> dict[str, Any]:
        """Return the raw form; an empty one while there is none."""
        return self.version.form or {}

    @property
    def data(self) -> Any:
        """Return what was posted, None when the page is only looked at."""
        return self.request.POST if self.request.method == "POST" else None

    def papers(self) -> list[raw.Reader]:
        """Return the papers with the conditions that read the form. One query."""
        return list(self.version.papers.values_list("name", "show_if"))

    def readers(self) -> list[raw.Reader]:
        """Return in words what reads the form from outside, papers and fees, with the conditions. Two queries."""
        lines = self.version.fees.values_list("name", "applies_if")
        return [
            *((_("the paper “%(name)s”") % {"name": name}, condition) for name, condition in self.papers()),
            *((_("the fee “%(name)s”") % {"name": name}, condition) for name, condition in lines),
        ]

    def url(self, name: str, *args: Any) -> str:
        """Return an address of this version."""
        return reverse(f"manage:{name}", args=[*self.args, *args])

    def back(self, anchor: str = "") -> HttpResponseRedirect:
        """Go back to the whole form."""
        return redirect(self.url("form") + (f"#{anchor}" if anchor else ""))

    def saved(self, text: str, anchor: str, section: str = "") -> HttpResponseRedirect:
        """Go back to the place in the form that was changed, its section previewed; what was done is said there."""
        messages.success(self.request, text, extra_tags=anchor)
        asked = f"?{urlencode({'section': section})}" if section else ""
        return redirect(f"{self.url('form')}{asked}#{anchor}")

    def save(self, form: dict[str, Any] | None) -> bool:
        """Store a changed form; when somebody was faster, say so in ``notice`` and take their state over."""
        try:
            publishing.edit(self.version, revision_of(self.request), self.user, clock.recorded_now(), form=form)
        except publishing.EditRefused as refused:
            self.refused(refused)
            return False
        return True

    def refused(self, refused: publishing.EditRefused) -> None:
        """Remember why nothing was saved, and take over what somebody else saved; 404 when the draft is gone."""
        self.notice = refused.message
        self.version = get_object_or_404(ProcedureVersion.objects.select_related("procedure"), pk=self.version.pk)

    @property
    def user(self) -> Any:
        """Return who is at work."""
        return self.request.user

    def show(self, template: str, **context: Any) -> HttpResponse:
        """Render a page of the builder; one that was refused answers 409, so that nobody takes it for saved."""
        base = {
            "version": self.version,
            "procedure": self.version.procedure,
            "can_edit": self.can_edit,
            "revision": self.version.revision,
            "notice": self.notice,
            "form_url": self.url("form"),
            "back": "",
        }
        return render(self.request, f"manage/{template}.html", base | context, status=409 if self.notice else 200)


View = Callable[..., HttpResponseBase]


def at_version(view: View) -> View:
    """Find the version of an address and give the view a :class:`Desk`. One query."""

    @wraps(view)
    def found(request: HttpRequest, code: str, number: int, **more: Any) -> HttpResponseBase:
        versions = ProcedureVersion.objects.select_related("procedure")
        version = get_object_or_404(versions, procedure__code=code, number=min(number, 32767))
        day = clock.local_day(clock.now())
        return view(request, Desk(request, version, day, access.can_edit(request.user, version, day)), **more)

    return publisher_only(found)


def on_draft(view: View) -> View:
    """Like :func:`at_version`, for pages that change the form: other states lead back to it, read-only."""

    @wraps(view)
    def guarded(request: HttpRequest, desk: Desk, **more: Any) -> HttpResponseBase:
        if not desk.can_edit:
            messages.info(request, _("Only a draft can be changed. Take the version back, or make a new draft."))
            return desk.back()
        try:
            return view(request, desk, **more)
        except FormRefused as refused:
            messages.error(request, refused.message)
            return desk.back()

    return at_version(guarded)


def revision_of(request: HttpRequest) -> int:
    """Return the revision that the posted page started from; one that no draft has when it cannot be read."""
    text = request.POST.get("revision", "")
    return min(int(text), MAX_REVISION) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def delete_page(
    desk: Desk, heading: str, name: str, remove: Callable[..., dict[str, Any] | None], back: str = ""
) -> HttpResponse:
    """Ask before something goes; where it cannot go, say what still reads it."""
    reason = ""
    try:
        made = remove(desk.form, desk.readers())
    except FormRefused as refused:
        reason = refused.message
    else:
        if desk.data is not None and desk.save(made):
            messages.success(desk.request, _("“%(name)s” was deleted.") % {"name": name})
            return redirect(back) if back else desk.back()
    return desk.show("form_delete", heading=heading, name=name, reason=reason, back=back)
