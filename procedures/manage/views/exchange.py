"""Taking the catalogue out and in: export, dry run, import."""

import logging
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from common import clock, onetime
from common.files.store import require_room
from common.files.uploads import clean_name
from common.refusals import Refused
from common.text import digits_in
from common.web.screens import answer, sent, shows_form
from offices.log import audit
from procedures.exchange import apply, plan, store
from procedures.exchange.excel import write_workbook
from procedures.exchange.excel_reading import read_excel
from procedures.exchange.files import check_templates
from procedures.exchange.item import ImportItem
from procedures.exchange.json_reading import read_json
from procedures.exchange.outcome import Options
from procedures.models import Procedure
from procedures.versions import serialising
from procedures.versions.changing import record

from ..forms.exchange import ConfirmForm, ExportForm, ImportForm
from ..guards import publisher_only

logger = logging.getLogger(__name__)

PAGE = 50
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES = {"new": "info", "changed": "soon", "same": "neutral", "fault": "late"}
PURPOSE = "import_catalogue"


@publisher_only
@shows_form
def export(request: SignedInRequest) -> HttpResponseBase:
    """Offer the catalogue, or a part of it, as a file."""
    form = ExportForm(sent(request))
    if request.method == "POST" and form.is_valid():
        rows, name = form.chosen()
        moment = clock.recorded_now()
        changes = [("format", None, form.cleaned_data["format"]), ("procedures", None, rows.count())]
        audit.record(
            "procedure.export", Procedure, by=request.user, now=moment, ref="", name=form.scope_label(), changes=changes
        )
        try:
            return download(rows, form.cleaned_data["format"], f"danh-muc-{name}" if name else "danh-muc")
        except OSError:
            form.add_error("format", no_temporary_file())
    context = {"form": form, "back": reverse("manage:procedures")}
    return render(request, "manage/export.html", context, status=422 if form.errors else 200)


@publisher_only
@shows_form
def export_one(request: SignedInRequest, code: str) -> HttpResponseBase:
    """Offer one procedure as a file."""
    procedure = get_object_or_404(Procedure, code=code)
    form = ExportForm(sent(request), procedure=procedure)
    if request.method == "POST" and form.is_valid():
        changes = [("format", None, form.cleaned_data["format"])]
        record(procedure, "procedure.export", by=request.user, now=clock.recorded_now(), changes=changes)
        try:
            return download(Procedure.objects.filter(pk=procedure.pk), form.cleaned_data["format"], f"thu-tuc-{code}")
        except OSError:
            form.add_error("format", no_temporary_file())
    context = {"form": form, "procedure": procedure, "back": reverse("manage:procedure", args=[code])}
    return render(request, "manage/export.html", context, status=422 if form.errors else 200)


def no_temporary_file() -> str:
    """Return the sentence for a workbook that found no room on the server while it was made."""
    logger.exception("a workbook could not be written")
    return _("The server has no room to make an Excel file at the moment. Choose JSON, or try again later.")


def download(rows: QuerySet[Procedure], kind: str, name: str) -> HttpResponseBase:
    """Answer with the file; both kinds are written with constant memory."""
    moment = clock.now()
    day = clock.local_day(moment)
    name = f"{name}-{day.isoformat()}"
    response: StreamingHttpResponse | FileResponse
    if kind == "xlsx":
        target = TemporaryFile()
        write_workbook(serialising.entries(rows, day), target)
        target.seek(0)
        response = FileResponse(target, as_attachment=True, filename=f"{name}.xlsx", content_type=EXCEL_TYPE)
    else:
        pieces = (piece.encode() for piece in serialising.export_json(rows, moment, day))
        response = StreamingHttpResponse(pieces, content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


@publisher_only
@shows_form
def import_file(request: SignedInRequest) -> HttpResponse:
    """Take a file and try it; what it would do is shown before anything is written."""
    form = ImportForm(sent(request), request.FILES or None)
    moment = clock.now()

    def change() -> str:
        upload = form.cleaned_data["file"]
        options = Options(form.cleaned_data["overwrite"], form.cleaned_data["to_review"])
        parcels = read_upload(upload, moment)
        planned = plan.plan(parcels, by=request.user, options=options, day=clock.local_day(moment))
        check_templates(planned)
        store.keep(request.user, clean_name(upload.name or ""), parcels, options, planned, moment)
        return reverse("manage:import_report")

    def page(refused: Refused | None) -> dict[str, Any]:
        waiting = store.waiting_of(request.user, moment)
        return {"waiting": waiting if waiting and not waiting.is_done else None}

    return answer(request, form, None, change, template="manage/import.html", page=page)


def read_upload(upload: UploadedFile, now: datetime) -> list[ImportItem]:
    """Read an upload by what it is; raises Refused at its box."""
    try:
        require_room(now)
        content = upload.read()
        return read_excel(content) if content.startswith(b"PK\x03\x04") else read_json(content)
    except Refused as refused:
        raise Refused(*refused.reasons, field="file") from refused


@publisher_only
@require_safe
def import_report(request: SignedInRequest) -> HttpResponse:
    """Show what the file would do, or has done, a page at a time."""
    waiting = store.waiting_of(request.user, clock.now())
    if waiting is None:
        messages.info(request, _("No file waits to be imported. Choose it again."))
        return redirect("manage:import")
    return render(request, "manage/import_report.html", report_context(request, waiting))


def report_context(request: SignedInRequest, waiting: store.Waiting) -> dict[str, Any]:
    """Return the report page: faults first, then what changes, then the rest."""
    order = {state: n for n, state in enumerate(("fault", "changed", "new", "same"))}
    lines = sorted(waiting.lines, key=lambda line: order[line["state"]])
    pages = max(1, -(-len(lines) // PAGE))
    page = min(digits_in(request.GET.get("page", ""), 5) or 1, pages)
    labels = {"new": _("New"), "changed": _("Changed"), "same": _("The same"), "fault": _("Fault")}
    rows = {"new": _("new"), "changed": _("changed"), "same": _("the same")}
    shown = [
        line
        | {
            "label": labels[line["state"]],
            "tag": STATES[line["state"]],
            "rows": [row | {"label": rows[row["state"]]} for row in line["rows"]],
        }
        for line in lines[(page - 1) * PAGE : page * PAGE]
    ]
    work = waiting.counts["new"] + waiting.counts["changed"]
    return {
        "waiting": waiting,
        "lines": shown,
        "page": page,
        "pages": pages,
        "previous": page - 1,
        "following": page + 1 if page < pages else 0,
        "may_apply": not waiting.counts["fault"] and work and not waiting.is_done,
        "work": work,
        "form": ConfirmForm(initial={"key": onetime.new_key(), "digest": waiting.digest}),
    }


@publisher_only
@require_POST
def import_confirm(request: SignedInRequest) -> HttpResponse:
    """Import what the report showed: all of it, or nothing."""
    user = request.user
    moment = clock.recorded_now()
    waiting = store.waiting_of(user, moment)
    form = ConfirmForm(request.POST)
    parcels = store.parcels_of(user, waiting, moment) if waiting else None
    if waiting is not None and (waiting.is_done or waiting.counts["fault"]):
        return redirect("manage:import_report")
    if waiting is None or parcels is None or not form.is_valid():
        messages.error(request, _("No file waits to be imported. Choose it again."))
        return redirect("manage:import")
    note = _("Imported from the file “%(name)s”.") % {"name": waiting.name}

    def take_in() -> None:
        digest, options = form.cleaned_data["digest"], waiting.options
        store.finish(user, waiting, apply.apply(parcels, digest, note, by=user, options=options, now=moment))

    try:
        onetime.once(form.cleaned_data["key"], PURPOSE, user.pk, waiting.token, moment, take_in)
    except apply.Stale as stale:
        store.renew(user, waiting, check_templates(stale.plan))
        messages.error(
            request,
            _("Catalogue or file have changed since this report was made. Nothing was imported; the report is new."),
        )
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Imported."))
    return redirect("manage:import_report")
