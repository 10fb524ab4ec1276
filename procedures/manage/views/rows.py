"""Papers, fees and steps of a version: a page of rows each, and a page for one row."""

import mimetypes
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import onetime
from common.files.uploads import serve
from eforms.builder.labels import condition_text
from eforms.builder.raw import fields_of, sections_of
from procedures import fees
from procedures.models import FeeLine, ProcedureStep, ProcedureVersion, RequiredPaper
from procedures.versions import checking, parts, template_files
from procedures.versions.changing import EditRefused

from .. import marks, sections
from ..forms.fees import FeeForm
from ..forms.papers import PaperForm
from ..forms.versions import DraftForm, MoveForm, StepForm, initial_of
from ..guards import publisher_only
from ..pages import LARGEST_NUMBER, Publisher, publisher_of, save, version_of
from .version import frame


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
    context = _page(version, publisher, kind) | {"rows": _shown(version, section, found)}
    context["marks"] = marks.lines(version, section)
    context["marked"] = {line.key for line in context["marks"]}
    if section == "workflow":
        limit = checking.working_hours(version.processing_amount, version.processing_unit)
        total = checking.allotted(found)
        context |= {"total": checking.hours(total), "limit": checking.hours(limit), "is_over": total > limit}
    return render(request, f"manage/version_{section}.html", context)


@publisher_only
@require_http_methods(["GET", "HEAD", "POST"])
def row_new(request: HttpRequest, code: str, number: int, section: str) -> HttpResponseBase:
    """Add a row at the end; the same form sent twice adds one."""
    return _edit(request, version_of(code, number), KINDS[section], None)


@publisher_only
@require_http_methods(["GET", "HEAD", "POST"])
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
    return _act(request, version, kind, lambda publisher, revision: parts.move(row, step, revision, *publisher), "")


@publisher_only
@require_POST
def row_delete(request: HttpRequest, code: str, number: int, section: str, n: int) -> HttpResponseBase:
    """Delete a row."""
    version, kind = version_of(code, number), KINDS[section]
    row = _row(version, kind, n)
    return _act(
        request, version, kind, lambda publisher, revision: parts.delete(row, revision, *publisher), kind.deleted
    )


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
    publisher, status = publisher_of(request), 200
    if request.method != "POST" and version.status != "draft":
        return redirect(f"manage:{kind.section}", version.procedure.code, version.number)
    form = _form(request, version, kind, row)
    if request.method == "POST" and not form.asks_more:
        status = 422
        if form.is_valid():
            status = save(form, version, lambda: _save(request, publisher, version, kind, row, form))
        if form.is_valid() and status == 200:
            messages.success(request, kind.changed if row else kind.added)
            return redirect(f"manage:{kind.section}", version.procedure.code, version.number)
        status = status if status != 200 else 422
    context = _page(version, publisher, kind) | {"form": form, "row": row, "key": _key(request)}
    context["heading"] = str(row) if row else kind.add
    return render(request, "manage/version_row.html", context, status=status)


def _form(request: HttpRequest, version: ProcedureVersion, kind: Kind, row: parts.Row | None) -> DraftForm:
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    if kind.model is RequiredPaper:
        return PaperForm(data, files, version=version, paper=row if isinstance(row, RequiredPaper) else None)
    if kind.model is FeeLine:
        return FeeForm(data, version=version, line=row if isinstance(row, FeeLine) else None)
    return StepForm(data, revision=version.revision, initial=initial_of(row, StepForm) if row else None)


def _save(
    request: HttpRequest,
    publisher: Publisher,
    version: ProcedureVersion,
    kind: Kind,
    row: parts.Row | None,
    form: DraftForm,
) -> None:
    template, revision = None, form.shown_revision()
    upload = form.cleaned_data.get("template_file")
    if upload is not None:
        key = row.key if isinstance(row, RequiredPaper) else parts.row_key(form.cleaned_data["name"], ())
        try:
            template = template_files.accept(upload, key, now=publisher.now)
        except template_files.TemplateRefused as refused:
            form.add_error("template_file", ValidationError(refused.message))
            return
    by, now = publisher.user, publisher.now
    if row is not None:
        away = bool(form.cleaned_data.get("remove_template"))
        parts.change(row, revision, form.values(), by, now, template, remove_template=away)
        return
    with transaction.atomic():
        if _is_first(request, publisher, f"{version.procedure.code}/v{version.number}"):
            parts.add(kind.model, version, revision, form.values(), by, now, template)


def _is_first(request: HttpRequest, publisher: Publisher, subject: str) -> bool:
    """Claim the form's key; raises EditRefused for one that is none."""
    key = request.POST.get("key", "")
    try:
        return onetime.use_key(key, "version.row", publisher.user.pk, subject, publisher.now) is None
    except onetime.KeyMisused as error:
        raise EditRefused(_("This page is too old. Open it again and type once more.")) from error


def _key(request: HttpRequest) -> str:
    return request.POST.get("key", "")[:64] or onetime.new_key()


def _act(request: HttpRequest, version: ProcedureVersion, kind: Kind, act: Any, done: Any) -> HttpResponseBase:
    publisher, form = publisher_of(request), MoveForm(request.POST)
    revision = form.cleaned_data["revision"] if form.is_valid() else -1
    try:
        act((publisher.user, publisher.now), revision)
    except EditRefused as refused:
        messages.error(request, refused.message)
    else:
        if done:
            messages.success(request, done)
    return redirect(f"manage:{kind.section}", version.procedure.code, version.number)


def _page(version: ProcedureVersion, publisher: Publisher, kind: Kind) -> dict[str, Any]:
    at = [version.procedure.code, version.number]
    return frame(version, publisher) | {
        "back": reverse(f"manage:{kind.section}", args=at),
        "new_url": reverse(f"manage:{kind.section}_new", args=at),
        "title": sections.section_titles()[kind.section],
        "add": kind.add,
    }


def _shown(version: ProcedureVersion, section: str, found: list[Any]) -> list[dict[str, Any]]:
    questions = {str(field.get("key")): field for part in sections_of(version.form or {}) for field in fields_of(part)}
    if section == "papers":
        return [
            {"row": paper, "anchor": f"paper-{paper.key}", "when": condition_text(paper.show_if, questions)}
            for paper in found
        ]
    if section == "fees":
        prefetch_related_objects(found, "exemptions")
        return [
            {"row": line, "anchor": f"fee-{line.n}", "by_answers": condition_text(line.applies_if, questions)} | words
            for line, words in zip(found, fees.line_rows(found), strict=True)
        ]
    return [{"row": step, "anchor": f"step-{step.n}", "hours": checking.hours(step.allotted)} for step in found]
