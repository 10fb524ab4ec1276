"""What every page of the form builder stands on: who works on which version, and how a change is saved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.forms.screen_forms import ChangeForm
from common.refusals import Refused, revision_of
from common.web.screens import Screen, answer, done, sent
from eforms.builder import raw
from procedures import access
from procedures.models import ProcedureVersion
from procedures.versions import changing

from . import sections
from .guards import publisher_only
from .pages import fresh_revision


@dataclass
class Desk:
    """A publisher at one version: who, what, whether it may be changed, and the draft as it stands."""

    request: HttpRequest
    version: ProcedureVersion
    day: date
    can_edit: bool

    @property
    def args(self) -> list[Any]:
        """Return what every address of the version begins with."""
        return [self.version.procedure.code, self.version.number]

    @property
    def form(self) -> dict[str, Any]:
        """Return the raw form; an empty one while there is none."""
        return self.version.form or {}

    @property
    def revision(self) -> int:
        """Return the revision that the posted page was made for."""
        return revision_of(self.request.POST.get("revision"))

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

    def saved(self, text: str, anchor: str, section: str = "") -> str:
        """Say what was done at the place in the form that was changed; returns its address, its section previewed."""
        messages.success(self.request, text, extra_tags=anchor)
        asked = f"?{urlencode({'section': section})}" if section else ""
        return f"{self.url('form')}{asked}#{anchor}"

    def save(self, form: dict[str, Any] | None) -> None:
        """Store a changed form; raises Refused when somebody was faster."""
        changing.edit(self.version, self.revision, self.user, clock.recorded_now(), form=form)

    @property
    def user(self) -> Any:
        """Return who is at work."""
        return self.request.user

    def frame(self) -> dict[str, Any]:
        """Return what every page of the builder shows."""
        return {
            "version": self.version,
            "procedure": self.version.procedure,
            "can_edit": self.can_edit,
            "revision": self.version.revision,
            "form_url": self.url("form"),
            "second_person": lambda: sections.second_person(self.user, self.version, self.day),
        }

    def screen(self, title: str, table: str = "") -> Screen:
        """Return the words of a form about a part; a column's leads back to its table."""
        if table:
            return Screen(title, _("Save"), self.url("form_field", table), _("Back to the table"), is_name=True)
        return Screen(title, _("Save"), self.url("form"), _("Back to the form"), is_name=True)

    def show(self, template: str, **context: Any) -> HttpResponse:
        """Render a page of the builder."""
        return render(self.request, f"manage/{template}.html", self.frame() | {"back": ""} | context)

    def answer(
        self,
        form: ChangeForm,
        screen: Screen,
        change: Callable[[], str],
        template: str = "form_part",
        page: Callable[[], dict[str, Any]] = dict,
        **context: Any,
    ) -> HttpResponse:
        """Show or take a form about the draft; ``page`` makes what depends on the draft as it then stands."""
        return answer(
            self.request,
            form,
            screen,
            change,
            revision=partial(fresh_revision, self.version),
            template=f"manage/{template}.html",
            page=lambda refused: self.frame() | {"remove": ""} | context | page(),
        )


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
        except Refused as refused:
            messages.error(request, refused.message)
            return desk.back()

    return at_version(guarded)


def confirm_page(
    desk: Desk,
    screen: Screen,
    name: str,
    remake: Callable[[], tuple[dict[str, Any] | None, list[str]]],
    said: str,
) -> HttpResponse:
    """Ask before something goes or gets another type; where that cannot be, say what still reads it.

    ``remake`` returns the changed form and what gets lost; it raises Refused.
    """

    def change() -> str:
        desk.save(remake()[0])
        return done(desk.request, said, screen.back)

    def page() -> dict[str, Any]:
        try:
            return {"name": name, "lost": remake()[1]}
        except Refused as refused:
            return {"name": name, "reason": refused.message}

    form = ChangeForm(sent(desk.request), revision=desk.version.revision)
    return desk.answer(form, screen, change, "form_confirm", page)


def delete_page(
    desk: Desk, heading: str, name: str, remove: Callable[..., dict[str, Any] | None], back: str = ""
) -> HttpResponse:
    """Ask before a part of the form goes."""
    note = _("It goes from this draft at once. Versions that were published keep it.")
    screen = Screen(heading, _("Delete"), back or desk.url("form"), _("Back"), note, is_danger=True)
    said = _("“%(name)s” was deleted.") % {"name": name}
    return confirm_page(desk, screen, name, lambda: (remove(desk.form, desk.readers()), []), said)
