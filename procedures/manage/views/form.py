"""The form builder: sections and questions of a draft, one page each; the other states show the form read-only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from eforms.builder import boxes, field_form, forms, raw
from eforms.builder import editing as form_editing
from eforms.builder.raw import FormRefused
from procedures import access
from procedures.models import ProcedureVersion
from procedures.versions import publishing

from .. import form_page
from ..guards import publisher_only

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

    def papers(self) -> list[raw.Paper]:
        """Return the papers with the conditions that read the form. One query."""
        return list(self.version.papers.values_list("name", "show_if"))

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


# The whole form -----------------------------------------------------------------------------------------------------


@at_version
@require_safe
def form(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the sections with their questions, what is still wrong, and one section as citizens see it."""
    page = form_page.overview(desk.version, desk.papers(), request.GET.get("section", ""), desk.day)
    # What was said about one place stands there: the head of a long page is out of sight.
    said = [one for one in messages.get_messages(request) if not form_page.note(page, one.extra_tags, str(one))]
    others = form_page.forms_to_copy(desk.version) if desk.version.form is None and desk.can_edit else []
    return desk.show("form", page=page, others=others, messages=said)


@on_draft
@require_POST
def form_start(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Begin with nothing, or with a copy of another procedure's form."""
    if desk.version.form is not None:
        return desk.back()
    source = request.POST.get("source", "")
    if source:
        made = form_page.form_of(source)
        if made is None:
            messages.error(request, _("Choose a procedure that has a form."))
            return desk.back()
    else:
        made = form_editing.blank(desk.version.name[: boxes.MAX_LABEL])
    if not desk.save(made):
        messages.error(request, desk.notice)
    return desk.back()


@on_draft
@BOTH
def form_title(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Change the title of the declaration, its legal basis and who signs it."""
    form = forms.TitleForm(desk.form, desk.data)
    if desk.data is not None and form.is_valid():
        made = form_editing.change_title(
            desk.form, form.words("title") or {}, form.cleaned_data["basis"], form.signatures()
        )
        if desk.save(made):
            return desk.saved(_("Saved."), "form")
    return desk.show("form_part", form=form, heading=_("Title of the declaration"))


@on_draft
@BOTH
def form_remove(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take the whole form away, after asking; refused while a paper hangs on an answer."""
    return delete_page(desk, _("Remove the whole form"), desk.version.name, form_editing.remove_form)


@on_draft
@require_POST
def form_move(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Move a section, question or column one place, or to a place in a section when it was dragged.

    A button is called ``up`` or ``down`` and its value the key, 'section:<key>' for a section; dragging sends
    ``key``, ``to`` and ``section``.
    """
    post = request.POST
    step = -1 if "up" in post else 1
    pressed, typed = post.get("up", post.get("down", ""))[:80], post.get("to", "")
    what, _colon, named = pressed.rpartition(":")
    key, table = named or post.get("key", "")[:80], post.get("table", "")[:80]
    to = int(typed) if not pressed and typed.isascii() and typed.isdigit() and len(typed) < 4 else None
    if what == "section":
        sections = raw.sections_of(desk.form)
        at = sections.index(raw.find_section(desk.form, key))
        made = form_editing.move_section(desk.form, key, max(at + step, 0))
        anchor = f"section-{key}"
    elif to is None:
        made, anchor = form_editing.step(desk.form, key, step, table=table), f"field-{key}"
    else:
        section = post.get("section", "")[:80]
        made, anchor = form_editing.move_field(desk.form, key, to, section=section, table=table), f"field-{key}"
    if not desk.save(made):
        messages.error(request, desk.notice)
    return redirect(desk.url("form_field", table) + f"#{anchor}") if table else desk.back(anchor)


# Sections -----------------------------------------------------------------------------------------------------------


@on_draft
@BOTH
def form_section_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add a section at the end."""
    return section_page(desk, None)


@on_draft
@BOTH
def form_section(request: HttpRequest, desk: Desk, section: str) -> HttpResponse:
    """Change a section."""
    return section_page(desk, section)


def section_page(desk: Desk, key: str | None) -> HttpResponse:
    """Show or save the form of a section, a new one when ``key`` is None."""
    stored = {} if key is None else raw.find_section(desk.form, key)
    before = raw.before(desk.form, "", key or "")
    form = forms.SectionForm(stored, before, desk.data)
    if desk.data is not None and form.is_valid():
        try:
            if key is None:
                made, key_made = form_editing.add_section(desk.form, form.values())
            else:
                made, key_made = form_editing.change_section(desk.form, key, form.values()), key
        except FormRefused as refused:
            form.add_error(None, refused.message)
        else:
            if desk.save(made):
                return desk.saved(_("Saved."), f"section-{key_made}", key_made)
    heading = _("New section") if key is None else raw.name_of(stored)
    remove = desk.url("form_section_delete", key) if key is not None else ""
    return desk.show("form_part", form=form, heading=heading, remove=remove)


@on_draft
@BOTH
def form_section_delete(request: HttpRequest, desk: Desk, section: str) -> HttpResponse:
    """Delete a section with its questions, after asking."""
    name = raw.name_of(raw.find_section(desk.form, section))
    return delete_page(
        desk, _("Delete the section"), name, lambda form, papers: form_editing.remove_section(form, section, papers)
    )


# Questions ----------------------------------------------------------------------------------------------------------


@on_draft
@BOTH
def form_field_add(request: HttpRequest, desk: Desk, section: str) -> HttpResponse:
    """Choose a type, then write the question; it is put at the end of the section."""
    place = raw.find_section(desk.form, section)
    return new_field_page(desk, raw.name_of(place), section=section)


@on_draft
@BOTH
def form_column_add(request: HttpRequest, desk: Desk, table: str) -> HttpResponse:
    """Choose a type, then write the column of a table."""
    _holder, place = raw.find_field(desk.form, table)
    return new_field_page(desk, raw.name_of(place), table=table)


def new_field_page(desk: Desk, place: str, section: str = "", table: str = "") -> HttpResponse:
    """Offer the types, or show and save the form of the chosen one."""
    offered = dict(forms.types_offered(is_column=bool(table)))
    kind = desk.request.GET.get("type", "")
    if kind not in offered:
        return desk.show("form_types", types=offered.items(), place=place, is_column=bool(table), back=desk.url("form"))
    before = raw.before(desk.form, None, section, table)
    if kind == "file":
        return new_paper_page(desk, before, place)
    form = field_form.FieldForm(kind, {"type": kind}, before, desk.data, is_column=bool(table))
    if desk.data is not None and form.is_valid():
        try:
            made, key = form_editing.add_field(desk.form, section, form.values(), table=table)
        except FormRefused as refused:
            form.add_error(None, refused.message)
        else:
            if desk.save(made):
                # A table is not done before it has columns.
                if table or kind == "table":
                    messages.success(desk.request, _("“%(name)s” was added.") % {"name": form.cleaned_data["label"]})
                    return redirect(desk.url("form_field", table or key))
                return desk.saved(_("Added."), f"field-{key}", section)
    heading = _("New column") if table else _("New question")
    return desk.show("form_part", form=form, heading=heading, place=place, type=offered[kind], types=desk.request.path)


def new_paper_page(desk: Desk, before: list[raw.Part], place: str) -> HttpResponse:
    """Ask for a file: a paper of the procedure with its condition."""
    form = forms.PaperForm(before, desk.data)
    if desk.data is not None and form.is_valid():
        try:
            form_page.add_paper(desk.version, revision_of(desk.request), desk.user, clock.recorded_now(), form, before)
        except publishing.EditRefused as refused:
            desk.refused(refused)
        else:
            messages.success(desk.request, _("The paper “%(name)s” was added.") % {"name": form.cleaned_data["name"]})
            return desk.back("papers")
    kind = forms.TYPE_WORDS["file"]
    return desk.show("form_part", form=form, heading=_("New paper"), place=place, type=kind, types=desk.request.path)


@on_draft
@BOTH
def form_field(request: HttpRequest, desk: Desk, field: str) -> HttpResponse:
    """Change a question."""
    return field_page(desk, field)


@on_draft
@BOTH
def form_column(request: HttpRequest, desk: Desk, table: str, field: str) -> HttpResponse:
    """Change a column of a table."""
    return field_page(desk, field, table)


def field_page(desk: Desk, key: str, table: str = "") -> HttpResponse:
    """Show or save the form of a question or column."""
    holder, stored = raw.find_field(desk.form, key, table)
    kind = forms.kind_of(stored)
    if kind not in forms.TYPE_WORDS:
        raise Http404
    before = raw.before(desk.form, key, str(holder.get("key")), table)
    form = field_form.FieldForm(kind, stored, before, desk.data, is_column=bool(table))
    if desk.data is not None and form.is_valid():
        try:
            made = form_editing.change_field(desk.form, key, form.values(), table=table, papers=desk.papers())
        except FormRefused as refused:
            form.add_error(None, refused.message)
        else:
            if desk.save(made):
                if table:
                    messages.success(desk.request, _("Saved: %(name)s.") % {"name": form.cleaned_data["label"]})
                    return redirect(desk.url("form_field", table) + f"#field-{key}")
                return desk.saved(_("Saved."), f"field-{key}", str(holder.get("key")))
    return desk.show(
        "form_part",
        form=form,
        heading=raw.name_of(stored),
        place=raw.name_of(holder),
        type=forms.TYPE_WORDS[kind],
        back=desk.url("form_field", table) if table else "",
        remove=desk.url("form_column_delete", table, key) if table else desk.url("form_field_delete", key),
        retype=desk.url("form_column_type", table, key) if table else desk.url("form_field_type", key),
        copy=desk.url("form_copy"),
        key=key,
        table=table,
        move=desk.url("form_move"),
        columns=form_page.rows(raw.columns_of(stored)) if kind == "table" else None,
        preview=form_page.preview_of(desk.version, str(holder.get("key")), desk.day) if not table else None,
    )


@on_draft
@require_POST
def form_copy(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Put a copy of a question or column after it."""
    table = request.POST.get("table", "")[:80]
    made, key = form_editing.duplicate_field(desk.form, request.POST.get("key", "")[:80], table=table)
    if not desk.save(made):
        messages.error(request, desk.notice)
        return desk.back()
    return redirect(desk.url("form_column", table, key) if table else desk.url("form_field", key))


@on_draft
@BOTH
def form_field_delete(request: HttpRequest, desk: Desk, field: str) -> HttpResponse:
    """Delete a question, after asking; refused while something reads its answer."""
    _holder, stored = raw.find_field(desk.form, field)
    return delete_page(
        desk,
        _("Delete the question"),
        raw.name_of(stored),
        lambda form, papers: form_editing.remove_field(form, field, papers=papers),
    )


@on_draft
@BOTH
def form_column_delete(request: HttpRequest, desk: Desk, table: str, field: str) -> HttpResponse:
    """Delete a column of a table, after asking."""
    _holder, stored = raw.find_field(desk.form, field, table)
    return delete_page(
        desk,
        _("Delete the column"),
        raw.name_of(stored),
        lambda form, papers: form_editing.remove_field(form, field, table=table),
        back=desk.url("form_field", table),
    )


def delete_page(
    desk: Desk, heading: str, name: str, remove: Callable[..., dict[str, Any] | None], back: str = ""
) -> HttpResponse:
    """Ask before something goes; where it cannot go, say what still reads it."""
    reason = ""
    try:
        made = remove(desk.form, desk.papers())
    except FormRefused as refused:
        reason = refused.message
    else:
        if desk.data is not None and desk.save(made):
            messages.success(desk.request, _("“%(name)s” was deleted.") % {"name": name})
            return redirect(back) if back else desk.back()
    return desk.show("form_delete", heading=heading, name=name, reason=reason, back=back)
