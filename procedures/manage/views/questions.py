"""The pages of questions and columns of a draft's form."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common import clock
from common.web.screens import Screen, done, sent, shows_form
from eforms.builder import editing, field_form, forms, raw, retyping

from .. import form_page
from ..form_desk import Desk, confirm_page, delete_page, on_draft


@on_draft
@shows_form
def form_field_add(request: HttpRequest, desk: Desk, section: str = "", table: str = "") -> HttpResponse:
    """Choose a type, then write the question or column; it is put at the end of the section or table."""
    place = raw.name_of(raw.find_field(desk.form, table)[1] if table else raw.find_section(desk.form, section))
    offered = dict(forms.types_offered(is_column=bool(table)))
    kind = desk.request.GET.get("type", "")
    if kind not in offered:
        return desk.show("form_types", types=offered.items(), place=place, is_column=bool(table), back=desk.url("form"))
    before = raw.before(desk.form, None, section, table)
    if kind == "file":
        return new_paper_page(desk, before, place)
    form = field_form.FieldForm(
        kind, {"type": kind}, before, sent(desk.request), is_column=bool(table), revision=desk.version.revision
    )

    def change() -> str:
        made, key = editing.add_field(desk.form, section, form.values(), table=table)
        desk.save(made)
        # A table is not done before it has columns.
        if table or kind == "table":
            said = _("“%(name)s” was added.") % {"name": form.cleaned_data["label"]}
            return done(desk.request, said, desk.url("form_field", table or key))
        return desk.saved(_("Added."), f"field-{key}", section)

    screen = desk.screen(_("New column") if table else _("New question"))
    return desk.answer(form, screen, change, place=place, type=offered[kind], types=desk.request.path)


def new_paper_page(desk: Desk, before: list[raw.Part], place: str) -> HttpResponse:
    """Ask for a file: a paper of the procedure with its condition."""
    form = forms.PaperForm(before, sent(desk.request), revision=desk.version.revision)

    def change() -> str:
        form_page.add_paper(desk.version, desk.revision, desk.user, clock.recorded_now(), form, before)
        said = _("The paper “%(name)s” was added.") % {"name": form.cleaned_data["name"]}
        return done(desk.request, said, f"{desk.url('form')}#papers")

    kind = forms.TYPE_WORDS["file"]
    return desk.answer(form, desk.screen(_("New paper")), change, place=place, type=kind, types=desk.request.path)


@on_draft
@shows_form
def form_field(request: HttpRequest, desk: Desk, field: str, table: str = "") -> HttpResponse:
    """Change a question, or a column of a table."""
    holder, stored = raw.find_field(desk.form, field, table)
    kind = forms.kind_of(stored)
    if kind not in forms.TYPE_WORDS:
        raise Http404
    before = raw.before(desk.form, field, str(holder.get("key")), table)
    form = field_form.FieldForm(
        kind, stored, before, sent(desk.request), is_column=bool(table), revision=desk.version.revision
    )

    def change() -> str:
        desk.save(editing.change_field(desk.form, field, form.values(), table=table, readers=desk.readers()))
        if table:
            said = _("Saved: %(name)s.") % {"name": form.cleaned_data["label"]}
            return done(desk.request, said, desk.url("form_field", table) + f"#field-{field}")
        return desk.saved(_("Saved."), f"field-{field}", str(holder.get("key")))

    return desk.answer(
        form,
        desk.screen(raw.name_of(stored), table),
        change,
        place=raw.name_of(holder),
        type=forms.TYPE_WORDS[kind],
        remove=desk.url("form_column_delete", table, field) if table else desk.url("form_field_delete", field),
        retype=desk.url("form_column_type", table, field) if table else desk.url("form_field_type", field),
        copy=desk.url("form_copy"),
        key=field,
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
    made, key = editing.duplicate_field(desk.form, request.POST.get("key", "")[:80], table=table)
    desk.save(made)
    return redirect(desk.url("form_column", table, key) if table else desk.url("form_field", key))


@on_draft
@shows_form
def form_field_delete(request: HttpRequest, desk: Desk, field: str, table: str = "") -> HttpResponse:
    """Delete a question or column, after asking; refused while something reads its answer."""
    _holder, stored = raw.find_field(desk.form, field, table)
    return delete_page(
        desk,
        _("Delete the column") if table else _("Delete the question"),
        raw.name_of(stored),
        lambda form, readers: editing.remove_field(form, field, table=table, readers=() if table else readers),
        back=desk.url("form_field", table) if table else "",
    )


@on_draft
@shows_form
def form_field_type(request: HttpRequest, desk: Desk, field: str, table: str = "") -> HttpResponse:
    """Offer other types for a question or column; then say what gets lost, and change it when that is confirmed."""
    _holder, stored = raw.find_field(desk.form, field, table)
    old = forms.kind_of(stored)
    allowed = retyping.types_for(old, is_column=bool(table))
    offered = {kind: words for kind, words in forms.types_offered(is_column=bool(table)) if kind in allowed}
    place = desk.url("form_column", table, field) if table else desk.url("form_field", field)
    name, kind = raw.name_of(stored), desk.request.GET.get("type", "")
    if kind not in offered:
        return desk.show("form_types", types=offered.items(), place=name, now=forms.TYPE_WORDS.get(old), back=place)
    title = _("Change the type to “%(type)s”") % {"type": offered[kind].name}
    said = _("The question is of the type “%(type)s” now.") % {"type": offered[kind].name}
    screen = Screen(title, _("Change the type"), place, _("Back"))
    return confirm_page(
        desk,
        screen,
        name,
        lambda: retyping.retype(desk.form, field, kind, table=table, readers=desk.readers()),
        said,
    )
