"""The pages of questions and columns of a draft's form."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common import clock
from common.web.screens import done, sent, shows_form
from eforms.builder import editing, field_form, forms, raw

from .. import form_page
from ..form_desk import Desk, delete_page, on_draft


@on_draft
@shows_form
def form_field_add(request: HttpRequest, desk: Desk, section: str) -> HttpResponse:
    """Choose a type, then write the question; it is put at the end of the section."""
    place = raw.find_section(desk.form, section)
    return new_field_page(desk, raw.name_of(place), section=section)


@on_draft
@shows_form
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
def form_field(request: HttpRequest, desk: Desk, field: str) -> HttpResponse:
    """Change a question."""
    return field_page(desk, field)


@on_draft
@shows_form
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
    form = field_form.FieldForm(
        kind, stored, before, sent(desk.request), is_column=bool(table), revision=desk.version.revision
    )

    def change() -> str:
        desk.save(editing.change_field(desk.form, key, form.values(), table=table, readers=desk.readers()))
        if table:
            said = _("Saved: %(name)s.") % {"name": form.cleaned_data["label"]}
            return done(desk.request, said, desk.url("form_field", table) + f"#field-{key}")
        return desk.saved(_("Saved."), f"field-{key}", str(holder.get("key")))

    return desk.answer(
        form,
        desk.screen(raw.name_of(stored), table),
        change,
        place=raw.name_of(holder),
        type=forms.TYPE_WORDS[kind],
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
    made, key = editing.duplicate_field(desk.form, request.POST.get("key", "")[:80], table=table)
    desk.save(made)
    return redirect(desk.url("form_column", table, key) if table else desk.url("form_field", key))


@on_draft
@shows_form
def form_field_delete(request: HttpRequest, desk: Desk, field: str) -> HttpResponse:
    """Delete a question, after asking; refused while something reads its answer."""
    _holder, stored = raw.find_field(desk.form, field)
    return delete_page(
        desk,
        _("Delete the question"),
        raw.name_of(stored),
        lambda form, readers: editing.remove_field(form, field, readers=readers),
    )


@on_draft
@shows_form
def form_column_delete(request: HttpRequest, desk: Desk, table: str, field: str) -> HttpResponse:
    """Delete a column of a table, after asking."""
    _holder, stored = raw.find_field(desk.form, field, table)
    return delete_page(
        desk,
        _("Delete the column"),
        raw.name_of(stored),
        lambda form, readers: editing.remove_field(form, field, table=table),
        back=desk.url("form_field", table),
    )
