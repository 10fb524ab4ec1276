"""Papers, fees and steps of a version: a page of rows each, and a page for one row."""

import mimetypes
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from common.files.uploads import serve
from common.refusals import revision_of
from common.web.screens import Screen, done, press, sent, shows_form
from eforms.builder.labels import condition_text
from eforms.builder.raw import fields_of, sections_of
from procedures import fees
from procedures.models import FeeLine, ProcedureStep, ProcedureVersion, RequiredPaper
from procedures.versions import checking, parts, template_files

from .. import marks, sections
from ..forms.fees import FeeForm
from ..forms.papers import PaperForm
from ..forms.versions import DraftForm, StepForm, initial_of
from ..guards import publisher_only
from ..pages import LARGEST_NUMBER, Publisher, once, publisher_of, version_of
from .version import frame, version_answer


@dataclass(frozen=True, slots=True)
class Kind:
    """The words of one kind of rows and the class of its rows."""

    section: str
    model: type[parts.Row]
    add: Any
    added: Any
    changed: Any
    deleted: Any


KINDS = {
    "papers": Kind(
        "papers",
        RequiredPaper,
        gettext_lazy("Add a paper"),
        gettext_lazy("The paper has been added."),
        gettext_lazy("The paper has been changed."),
        gettext_lazy("The paper has been deleted."),
    ),
    "fees": Kind(
        "fees",
        FeeLine,
        gettext_lazy("Add a fee"),
        gettext_lazy("The fee has been added."),
        gettext_lazy("The fee has been changed."),
        gettext_lazy("The fee has been deleted."),
    ),
    "workflow": Kind(
        "workflow",
        ProcedureStep,
        gettext_lazy("Add a step"),
        gettext_lazy("The step has been added."),
        gettext_lazy("The step has been changed."),
        gettext_lazy("The step has been deleted."),
    ),
}


@publisher_only
@require_safe
def row_list(request: HttpRequest, code: str, number: int, section: str) -> HttpResponseBase:
    """Show the rows of a section in their order. Four queries."""
    publisher, version, kind = publisher_of(request), version_of(code, number), KINDS[section]
    found: list[Any] = list(kind.model._default_manager.filter(version=version).order_by("n"))
    at, found_marks = [version.procedure.code, version.number], marks.lines(version, section)
    rows = [
        line
        | {act: reverse(f"manage:{section}_{act}", args=[*at, line["row"].n]) for act in ("edit", "move", "delete")}
        for line in _shown(version, section, found)
    ]
    context = frame(version, publisher) | {
        "new_url": reverse(f"manage:{section}_new", args=at),
        "title": sections.section_titles()[section],
        "add": kind.add,
        "rows": rows,
        "marks": found_marks,
        "marked": {line.key for line in found_marks},
    }
    if section == "workflow":
        limit = checking.working_hours(version.processing_amount, version.processing_unit)
        total = checking.allotted(found)
        context |= {"total": checking.hours(total), "limit": checking.hours(limit), "is_over": total > limit}
    return render(request, f"manage/version_{section}.html", context)


@publisher_only
@shows_form
def row_new(request: HttpRequest, code: str, number: int, section: str) -> HttpResponseBase:
    """Add a row at the end; the same form sent twice adds one."""
    return _edit(request, version_of(code, number), KINDS[section], None)


@publisher_only
@shows_form
def row_edit(request: HttpRequest, code: str, number: int, section: str, n: int) -> HttpResponseBase:
    """Change a row."""
    version, kind = version_of(code, number), KINDS[section]
    return _edit(request, version, kind, _row(version, kind, n))


@publisher_only
@require_POST
def row_move(request: HttpRequest, code: str, number: int, section: str, n: int) -> HttpResponseBase:
    """Move a row one place up or down."""
    version, kind = version_of(code, number), KINDS[section]
    row, step = _row(version, kind, n), 1 if request.POST.get("to") == "down" else -1
    return _act(request, version, kind, lambda by, revision: parts.move(row, step, revision, *by))


@publisher_only
@require_POST
def row_delete(request: HttpRequest, code: str, number: int, section: str, n: int) -> HttpResponseBase:
    """Delete a row."""
    version, kind = version_of(code, number), KINDS[section]
    row = _row(version, kind, n)
    return _act(request, version, kind, lambda by, revision: parts.delete(row, revision, *by), kind.deleted)


@publisher_only
@require_safe
def paper_template(request: HttpRequest, code: str, number: int, n: int) -> HttpResponseBase:
    """Give out the template of a paper, drafts included."""
    paper = _row(version_of(code, number), KINDS["papers"], n)
    if not isinstance(paper, RequiredPaper) or not paper.template_file:
        raise Http404
    stored = str(paper.template_file.name)
    media_type = mimetypes.guess_type(stored)[0] or "application/octet-stream"
    name = f"{code}-{paper.key}.{stored.rpartition('.')[2]}"
    return serve(request, paper.template_file, media_type, name, sha256=paper.template_sha256)


def _row(version: ProcedureVersion, kind: Kind, n: int) -> parts.Row:
    if n > LARGEST_NUMBER:
        raise Http404
    row: Any = get_object_or_404(kind.model._default_manager.all(), version=version, n=n)
    row.version = version
    return cast(parts.Row, row)


def _edit(request: HttpRequest, version: ProcedureVersion, kind: Kind, row: parts.Row | None) -> HttpResponseBase:
    publisher, back = publisher_of(request), _back(version, kind)
    if request.method != "POST" and version.status != "draft":
        return redirect(back)
    form = _form(request, version, kind, row)

    def change() -> str:
        _save(publisher, version, kind, row, form)
        return done(request, kind.changed if row else kind.added, back)

    screen = Screen(str(row) if row else kind.add, _("Save"), back, is_name=bool(row))
    title = sections.section_titles()[kind.section]
    return version_answer(request, publisher, version, form, screen, change, "version_row", title=title)


def _back(version: ProcedureVersion, kind: Kind) -> str:
    return reverse(f"manage:{kind.section}", args=[version.procedure.code, version.number])


def _form(request: HttpRequest, version: ProcedureVersion, kind: Kind, row: parts.Row | None) -> DraftForm:
    form: DraftForm
    if kind.model is RequiredPaper:
        paper = row if isinstance(row, RequiredPaper) else None
        form = PaperForm(sent(request), request.FILES or None, version=version, paper=paper)
    elif kind.model is FeeLine:
        form = FeeForm(sent(request), version=version, line=row if isinstance(row, FeeLine) else None)
    else:
        initial = initial_of(row, StepForm) if row else None
        form = StepForm(sent(request), revision=version.revision, initial=initial)
    if row is None:
        form.act_once()
    return form


def _save(publisher: Publisher, version: ProcedureVersion, kind: Kind, row: parts.Row | None, form: DraftForm) -> None:
    template, revision = None, form.shown_revision()
    upload = form.cleaned_data.get("template_file")
    if upload is not None:
        key = row.key if isinstance(row, RequiredPaper) else parts.row_key(form.cleaned_data["name"], ())
        template = template_files.accept(upload, key, now=publisher.now)
    by, now = publisher.user, publisher.now
    if row is not None:
        away = bool(form.cleaned_data.get("remove_template"))
        parts.change(row, revision, form.values(), by, now, template, remove_template=away)
        return
    add = partial(parts.add, kind.model, version, revision, form.values(), by, now, template)
    once(form, "version.row", publisher, f"{version.procedure.code}/v{version.number}", add)


def _act(request: HttpRequest, version: ProcedureVersion, kind: Kind, act: Any, said: Any = "") -> HttpResponseBase:
    publisher, back = publisher_of(request), _back(version, kind)

    def change() -> str:
        act((publisher.user, publisher.now), revision_of(request.POST.get("revision")))
        return done(request, said, back) if said else back

    return press(request, change, back)


def _shown(version: ProcedureVersion, section: str, found: list[Any]) -> list[dict[str, Any]]:
    questions = {str(field.get("key")): field for part in sections_of(version.form or {}) for field in fields_of(part)}
    if section == "papers":
        return [
            {
                "row": paper,
                "name": paper.name,
                "anchor": f"paper-{paper.key}",
                "when": condition_text(paper.show_if, questions),
            }
            for paper in found
        ]
    if section == "fees":
        prefetch_related_objects(found, "exemptions")
        return [
            {"row": line, "anchor": f"fee-{line.n}", "by_answers": condition_text(line.applies_if, questions)} | words
            for line, words in zip(found, fees.line_rows(found), strict=True)
        ]
    return [
        {"row": step, "name": step.text, "anchor": f"step-{step.n}", "hours": checking.hours(step.allotted)}
        for step in found
    ]
