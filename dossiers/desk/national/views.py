"""Pages of the national portal's dossiers: try a file, enter it, take the statuses out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common.refusals import Refused
from common.text import in_order
from common.values.sheets import workbook
from common.web.screens import sent, shows_form
from offices.log import audit
from offices.models import Role, Unit

from ..guards import officer_required
from ..officer import Officer
from . import exporting, importing
from .columns import template as empty_file
from .forms import ConfirmForm, FileForm, PeriodForm

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TAGS = {importing.NEW: "info", importing.THERE: "neutral", importing.FAULT: "late"}


def units_of(officer: Officer) -> list[Unit]:
    """Return the units in which an officer is a clerk, by name."""
    return in_order({post.unit_id: post.unit for post in officer.posts if post.role == Role.CLERK}.values())


@shows_form
@officer_required(Role.CLERK)
def national(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Take a file and try it: what would become of each row is shown, nothing is written."""
    form = FileForm(sent(request), request.FILES or None, units=units_of(officer))
    if request.method == "POST" and form.is_valid():
        try:
            rows = importing.read(form.cleaned_data["file"].read())
        except Refused as refused:
            form.add_error("file", refused.message)
        else:
            return report(request, officer, rows, form.chosen())
    return show(request, officer, form, PeriodForm(officer=officer))


def show(request: HttpRequest, officer: Officer, form: FileForm, period: PeriodForm) -> HttpResponse:
    """Show both forms."""
    page = {"form": form, "period": period, "list_url": f"{reverse('desk:list')}?view=waiting&channel=national"}
    return render(request, "desk/national.html", page, status=422 if form.errors or period.errors else 200)


def report(request: HttpRequest, officer: Officer, rows: list[Any], unit: Unit) -> HttpResponse:
    """Show what would become of each row, the wrong ones first."""
    lines = importing.plan(rows, unit, officer.day)
    order = (importing.FAULT, importing.NEW, importing.THERE)
    labels = {importing.NEW: _("New"), importing.THERE: _("Entered before"), importing.FAULT: _("Fault")}
    page = {
        "unit": unit,
        "lines": [
            {"line": line, "label": labels[line.state], "tag": TAGS[line.state]}
            for line in sorted(lines, key=lambda line: (order.index(line.state), line.n))
        ],
        "counts": [(labels[key], TAGS[key], sum(line.state == key for line in lines)) for key in order],
        "new": sum(line.state == importing.NEW for line in lines),
        "form": ConfirmForm(initial={"parcel": importing.packed(rows, unit, officer.user, officer.now)}),
    }
    return render(request, "desk/national_report.html", page)


@require_POST
@officer_required(Role.CLERK)
def confirm(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Enter the rows that the report called new, once."""
    form = ConfirmForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("No file waits to be imported. Choose it again."), code="gone")
        rows, slug = importing.unpacked(form.cleaned_data["parcel"], officer.user, officer.now)
        unit = next((each for each in units_of(officer) if each.slug == slug), None)
        if unit is None:
            raise Refused(_("You are no longer a clerk of this unit."), code="who")
        made = importing.make(rows, unit, by=officer.user, key=form.cleaned_data["key"], now=officer.now)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("desk:national")
    if made is None:
        messages.info(request, _("This file has been entered already."))
    else:
        words = ngettext("%(count)d dossier entered.", "%(count)d dossiers entered.", made.count)
        messages.success(request, words % {"count": made.count})
        for sentence in made.refused:
            messages.warning(request, sentence)
    return redirect(f"{reverse('desk:list')}?view=waiting&channel=national")


@require_safe
@officer_required(Role.CLERK)
def template(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Answer with the empty file."""
    return as_file(empty_file(), "ho-so-cong-quoc-gia.xlsx")


@require_POST
@officer_required(Role.CLERK)
def export(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Answer with the statuses of a period; that somebody saved them stands in the log."""
    period, units = PeriodForm(request.POST, officer=officer), units_of(officer)
    if period.is_valid():
        first, last = period.cleaned_data["first"], period.cleaned_data["last"]
        try:
            rows = exporting.rows([unit.pk for unit in units], first, last)
        except Refused as refused:
            period.refuse(refused)
        else:
            facts = [("period", "", f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"), ("lines", "", len(rows))]
            about: dict[str, Any] = {"ref": units[0].slug, "unit": units[0], "name": units[0].name}
            audit.record("national.export", units[0], by=officer.user, now=officer.now, changes=facts, **about)
            name = f"trang-thai-{first:%Y%m%d}-{last:%Y%m%d}.xlsx"
            return as_file(workbook("Trạng thái", exporting.HEAD, rows), name)
    return show(request, officer, FileForm(units=units), period)


def as_file(content: bytes, name: str) -> HttpResponse:
    """Answer with a workbook to be saved."""
    response = HttpResponse(content, content_type=EXCEL)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
