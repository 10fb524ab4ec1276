"""The form builder: the whole form and its sections; a version that is no draft shows them read-only."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.text import digits_in
from common.web.screens import sent, shows_form
from eforms.builder import boxes, editing, forms, raw

from .. import form_page, marks
from ..form_desk import Desk, at_version, delete_page, on_draft

# The whole form -----------------------------------------------------------------------------------------------------


@at_version
@require_safe
def form(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the sections with their questions, what is still wrong, and one section as citizens see it."""
    page = form_page.overview(desk.version, desk.papers(), request.GET.get("section", ""), desk.day)
    # What was said about one place stands there: the head of a long page is out of sight.
    said = [one for one in messages.get_messages(request) if not form_page.note(page, one.extra_tags, str(one))]
    others = form_page.forms_to_copy(desk.version) if desk.version.form is None and desk.can_edit else []
    open_marks = marks.lines(desk.version, "form")
    shown = {"marks": open_marks, "marked": {line.key for line in open_marks}}
    return desk.show("form", page=page, others=others, messages=said, **shown)


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
        made = editing.blank(desk.version.name[: boxes.MAX_LABEL])
    desk.save(made)
    return desk.back()


@on_draft
@shows_form
def form_title(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Change the title of the declaration, its legal basis and who signs it."""
    form = forms.TitleForm(desk.form, sent(request), revision=desk.version.revision)

    def change() -> str:
        words = form.words("title") or {}
        desk.save(editing.change_title(desk.form, words, form.cleaned_data["basis"], form.signatures()))
        return desk.saved(_("Saved."), "form")

    return desk.answer(form, desk.screen(_("Title of the declaration")), change)


@on_draft
@shows_form
def form_remove(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take the whole form away, after asking; refused while a paper hangs on an answer."""
    return delete_page(desk, _("Remove the whole form"), desk.version.short_name, editing.remove_form)


@on_draft
@require_POST
def form_move(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Move a section, question or column one place, or to a place in a section when it was dragged.

    A button is called ``up`` or ``down`` and its value the key, 'section:<key>' for a section, 'group:<key>' for the
    group that a question begins; dragging sends ``key``, ``to`` and ``section``.
    """
    post = request.POST
    step = -1 if "up" in post else 1
    pressed, typed = post.get("up", post.get("down", ""))[:80], post.get("to", "")
    what, _colon, named = pressed.rpartition(":")
    key, table = named or post.get("key", "")[:80], post.get("table", "")[:80]
    to = None if pressed else digits_in(typed, 3)
    if what == "section":
        sections = raw.sections_of(desk.form)
        at = sections.index(raw.find_section(desk.form, key))
        made = editing.move_section(desk.form, key, max(at + step, 0))
        anchor = f"section-{key}"
    elif what == "group":
        made, anchor = editing.move_group(desk.form, key, step), f"field-{key}"
    elif to is None:
        made, anchor = editing.step(desk.form, key, step, table=table), f"field-{key}"
    else:
        section = post.get("section", "")[:80]
        made, anchor = editing.move_field(desk.form, key, to, section=section, table=table), f"field-{key}"
    desk.save(made)
    return redirect(desk.url("form_field", table) + f"#{anchor}") if table else desk.back(anchor)


# Sections -----------------------------------------------------------------------------------------------------------


@on_draft
@shows_form
def form_section(request: HttpRequest, desk: Desk, section: str = "") -> HttpResponse:
    """Change a section, or add one at the end."""
    stored = raw.find_section(desk.form, section) if section else {}
    before = raw.before(desk.form, "", section)
    form = forms.SectionForm(stored, before, sent(request), revision=desk.version.revision)

    def change() -> str:
        if section:
            made, key = editing.change_section(desk.form, section, form.values()), section
        else:
            made, key = editing.add_section(desk.form, form.values())
        desk.save(made)
        return desk.saved(_("Saved."), f"section-{key}", key)

    heading = raw.name_of(stored) if section else _("New section")
    remove = desk.url("form_section_delete", section) if section else ""
    return desk.answer(form, desk.screen(heading), change, remove=remove)


@on_draft
@shows_form
def form_section_delete(request: HttpRequest, desk: Desk, section: str) -> HttpResponse:
    """Delete a section with its questions, after asking."""
    name = raw.name_of(raw.find_section(desk.form, section))
    return delete_page(
        desk, _("Delete the section"), name, lambda form, readers: editing.remove_section(form, section, readers)
    )
