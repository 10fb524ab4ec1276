"""Reports: of each day's reconciliation, of a period by fee and channel, of receipts for the tax office."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST, require_safe

from common.values.span import Span
from common.web.hidden import hidden
from common.web.paging import keyset_page
from procedures.models import FeeKind

from ..books.receipting import reportable
from ..labels import FAULTS, account_words, fee_names, provider_words
from ..models import DayReport, DiscrepancyKind
from ..reconciling import reporting
from ..reconciling.periods import COUNTER, ONLINE, POST, TRANSFER, Cell, PeriodReport, period
from . import downloads
from .guards import Reader, reader_required
from .lists import RESULTS

PAGE_SIZE = 31
CHANNELS: dict[str, Any] = {
    COUNTER: gettext_lazy("Cash at the desk"),
    TRANSFER: gettext_lazy("Transfer seen at the desk"),
    ONLINE: gettext_lazy("Online"),
    POST: gettext_lazy("By post"),
}
# The columns of the tax office's report, as its form names them (BC26/BLĐT).
TAX_COLUMNS = ("TLoai", "KHMCTu", "KHCTu", "SLuong", "TgTien")


@dataclass(frozen=True)
class FileShown:
    """A file in a day's report; ``results`` are (words, count, đồng)."""

    name: str
    batch: str
    sha256: str
    total_vnd: int
    results: list[tuple[str, int, int]]


@dataclass(frozen=True)
class UnitShown:
    """A unit in a day's report: (account in words, count, đồng) of what came and went, (account, debit, credit)."""

    name: str
    captured: list[tuple[str, int, int]]
    paid_back: list[tuple[str, int, int]]
    balances: list[tuple[str, int, int]]


@reader_required
@require_safe
def days(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The daily reports, newest first. One query beyond the guard's."""
    found = DayReport.objects.defer("content")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = keyset_page(found, ("-day", "-id"), after=after, before=before, size=PAGE_SIZE, has_empty=False)
    return render(request, "payments/audit/days.html", {"page": page})


@reader_required
@require_safe
def day(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """One daily report: the reader's units, and the files for who reads from a unit on top. Two queries more."""
    report = DayReport.objects.filter(pk=pk).first()
    if report is None:
        raise hidden(DayReport, pk=pk)
    page = {"report": report, "is_intact": reporting.is_intact(report), "reader": reader, **_shown(report, reader)}
    return render(request, "payments/audit/day.html", page)


@reader_required
@require_safe
def by_period(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Money of a period by fee and channel; the present month until another one is asked for."""
    since, until = _span(request.GET, reader)
    found = period(reader.units, since, until)
    page = {
        "found": found,
        "since": since,
        "until": until,
        "channels": list(CHANNELS.items()),
        "kinds": _table(found),
        "sums": [(name, found.by_channel.get(channel, Cell())) for channel, name in CHANNELS.items()],
        "fields": Span(since, until).fields(),
    }
    return render(request, "payments/audit/period.html", page)


@reader_required
@require_POST
def by_period_export(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Save the period's figures."""
    since, until = _span(request.POST, reader)
    found = period(reader.units, since, until)
    head = [_("Kind"), _("Fee"), _("Way of paying"), _("Number of payments"), _("Sum in đồng")]
    rows = [
        [_kind(row.kind), row.name or row.key, str(CHANNELS[channel]), cell.count, cell.vnd]
        for row in found.rows
        for channel, cell in row.by_channel.items()
    ]
    rows += [
        [label, "", "", cell.count, cell.vnd]
        for label, cell in (
            (_("Received in all"), found.total),
            (_("Received beyond what was owed"), found.excess),
            (_("Paid back"), found.refunded),
            (pgettext("sum", "Waived"), found.waived),
        )
    ]
    rows += [[_("Exemptions granted"), "", "", found.claims["granted"], ""]]
    rows += [[_("Exemptions declined"), "", "", found.claims["declined"], ""]]
    facts = [("since", "", since), ("until", "", until)]
    name = f"thu-phi-{since:%Y%m%d}-{until:%Y%m%d}"
    return downloads.send(request, reader, _("Money of a period"), name, head, rows, facts)


@reader_required
@require_safe
def monthly(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What the tax office is told of a month's receipts; the month before until another is asked for."""
    month = _month(request.GET, reader)
    page: dict[str, Any] = {"month": month, "rows": list(_reported(reader, month)), "columns": TAX_COLUMNS}
    page["fields"] = [("month", f"{month:%m/%Y}")]
    return render(request, "payments/audit/monthly.html", page)


@reader_required
@require_POST
def monthly_export(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Save it with the columns of the tax office's form."""
    month = _month(request.POST, reader)
    rows = [[row.kind, row.template, row.series, row.count, row.sum_vnd] for _unit, row in _reported(reader, month)]
    title = _("Receipts for the tax office")
    return downloads.send(
        request, reader, title, f"BC26-BLDT-{month:%Y%m}", TAX_COLUMNS, rows, [("since", "", f"{month:%m/%Y}")]
    )


def _reported(reader: Reader, month: date) -> Iterator[tuple[str, Any]]:
    for unit in reader.units:
        for row in reportable(unit, month):
            yield unit.name, row


def _month(values: Any, reader: Reader) -> date:
    """Return the first day of the month that was asked for ('03/2026'), else of the one before this."""
    parts = str(values.get("month", "")).strip().split("/")
    if len(parts) == 2 and all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        month, year = map(int, parts)
        if 1 <= month <= 12 and 2000 <= year <= 2099:
            return date(year, month, 1)
    return (reader.day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _span(values: Any, reader: Reader) -> tuple[date, date]:
    """Return the days that were asked for, in their order; the present month where nothing was."""
    asked = Span.read(values)
    since = asked.since or reader.day.replace(day=1)
    until = asked.until or max(reader.day, since)
    return min(since, until), max(since, until)


def _kind(key: str) -> str:
    return str(dict(FeeKind.choices).get(key, key))


def _table(found: PeriodReport) -> list[tuple[str, list[Any]]]:
    """Return the rows by kind of fee: (kind, [(name, [(channel, cell)], total)])."""
    kinds: dict[str, list[Any]] = {}
    for row in found.rows:
        cells = [(name, row.by_channel.get(channel, Cell())) for channel, name in CHANNELS.items()]
        kinds.setdefault(_kind(row.kind), []).append((row.name or row.key, cells, row.total))
    return list(kinds.items())


def _way(account: str) -> str:
    """Return by which way money came to or left an account of a provider or a box."""
    provider = account.removeprefix("clearing:")
    return account_words(account) if provider == account else provider_words(provider)


def _shown(report: DayReport, reader: Reader) -> dict[str, Any]:
    """Return a report's content in words, without what this reader may not see; one query."""
    content, slugs = report.content, {unit.slug: unit.name for unit in reader.units}
    own = {slug: facts for slug, facts in content["units"].items() if slug in slugs}
    names = fee_names(account for facts in own.values() for account in facts["balances"])
    units = [
        UnitShown(
            slugs[slug],
            [(_way(account), *found) for account, found in facts["captured"].items()],
            [(_way(account), *found) for account, found in facts["paid_back"].items()],
            [(account_words(account, names), max(vnd, 0), max(-vnd, 0)) for account, vnd in facts["balances"].items()],
        )
        for slug, facts in own.items()
    ]
    files = [
        FileShown(
            provider_words(file["provider"]),
            file["batch"],
            file["sha256"],
            file["total"],
            [(str(RESULTS.get(result, result)), *found) for result, found in file["lines"].items()],
        )
        for file in content["files"]
        if reader.is_on_top
    ]
    kinds = dict(DiscrepancyKind.choices)
    open_ = [
        (slugs.get(slug) or _("The whole installation"), str(kinds.get(kind, kind)), count)
        for slug, kind, count in content["open"]
        if slug in slugs or (not slug and reader.is_on_top)
    ]
    faults = [
        (str(FAULTS.get(kind, kind)), slugs[slug], detail) for kind, slug, detail in content["faults"] if slug in slugs
    ]
    return {"units": units, "files": files, "open": open_, "not_compared": content["not_compared"], "faults": faults}
