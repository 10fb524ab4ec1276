"""What readers of money's record look at: how it stands, the ledger, receipts, files."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.clock import LOCAL
from common.refusals import Refused
from common.web.hidden import hidden
from common.web.screens import Screen, answer, done, sent, shows_form
from offices.log import audit

from ..books import ledger
from ..labels import CASH, account_words, fee_names, provider_words
from ..models import Booking, SettlementBatch
from ..providers import TRANSFER, VIETQR, providers
from ..providers.base import NotGenuine
from ..reconciling import settlements
from . import downloads, lists
from .filters import JournalFilter, ReceiptFilter
from .forms import BringForm
from .guards import Reader, closer_required, reader_required
from .overview import overview


@reader_required
@require_safe
def home(request: HttpRequest, reader: Reader) -> HttpResponse:
    """How money stands."""
    return render(request, "payments/audit/home.html", {"reader": reader, "found": overview(reader)})


@reader_required
@require_safe
def journal(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The ledger, newest first, fifty transactions at a time. Six queries beyond the guard's."""
    wanted = JournalFilter.read(request.GET)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = {
        "page": lists.journal_page(reader.units, wanted, after=after, before=before),
        "wanted": wanted,
        "kinds": Booking.choices,
        "accounts": _accounts(reader),
        "fields": wanted.fields(),
    }
    return render(request, "payments/audit/journal.html", page)


@reader_required
@require_POST
def journal_export(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Save the transactions that a filter leaves, a row an entry."""
    wanted = JournalFilter.read(request.POST)
    found = lists.transactions(reader.units, wanted).order_by("id")
    if found.count() > downloads.MAX_ROWS:
        messages.error(request, _("More than %(count)d rows. Choose a shorter time.") % {"count": downloads.MAX_ROWS})
        return redirect("audit:journal")
    head = [
        _("Transaction"),
        _("Time"),
        _("Unit"),
        _("Kind"),
        _("From"),
        _("Account"),
        _("Dossier"),
        _("Debit"),
        _("Credit"),
    ]
    rows = (
        [
            row.pk,
            f"{row.at.astimezone(LOCAL):%d/%m/%Y %H:%M:%S}",
            row.unit,
            row.kind,
            row.source,
            entry.words,
            entry.dossier,
            entry.debit_vnd,
            entry.credit_vnd,
        ]
        for row in lists.journal_rows(list(found))
        for entry in row.entries
    )
    return downloads.send(request, reader, _("Ledger"), f"so-cai-{reader.day:%Y%m%d}", head, rows)


@reader_required
@require_safe
def receipts(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Receipts, newest first, fifty at a time; payers as initials. One query beyond the guard's."""
    wanted = ReceiptFilter.read(request.GET)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = {"page": lists.receipt_page(reader.units, wanted, after=after, before=before), "wanted": wanted}
    return render(request, "payments/audit/receipts.html", page)


@reader_required
@require_safe
def files(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Files of providers and the bank, newest first. One query beyond the guard's; only from a unit on top."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    found = lists.file_page(reader, after=after, before=before)
    return render(request, "payments/audit/files.html", {"reader": reader, "page": found})


@reader_required
@require_safe
def file(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """One file with its lines; those of other units' payments are left out. Three queries beyond the guard's."""
    batch = SettlementBatch.objects.select_related("brought_by").filter(pk=pk).first() if reader.is_on_top else None
    if batch is None:
        raise hidden(SettlementBatch, pk=pk)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = {
        "reader": reader,
        "batch": batch,
        "provider": provider_words(batch.provider),
        "page": lists.line_page(batch, reader, after=after, before=before),
    }
    return render(request, "payments/audit/file.html", page)


@closer_required
@shows_form
def bring(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Take a file that a cashier or leader saved at the bank or the provider."""
    keys = [key for key, spoken in providers().items() if spoken.capabilities.settlement]
    # The bank's statement is what is mostly brought.
    keys.sort(key=lambda key: key != VIETQR)
    keys = keys if VIETQR in keys else [TRANSFER, *keys]
    form = BringForm(sent(request), request.FILES or None, keys=keys)

    def change() -> str:
        key, content = form.cleaned_data["provider"], form.cleaned_data["file"]
        try:
            batch, is_new = settlements.take(key, content, reader.now, brought_by=reader.user)
        except NotGenuine as error:
            raise Refused(_("The signature of this file is wrong."), code="file", field="file") from error
        except ValueError as error:
            raise Refused(_("This is no such file. Look at the columns below."), code="file", field="file") from error
        if is_new:
            audit.record(
                "money.bring", batch, by=reader.user, now=reader.now, ref=str(batch.pk), name=f"{key} {batch.batch_id}"
            )
        text = _("The file was taken. It is being compared.") if is_new else _("This file is here already.")
        return done(request, text, "audit:files")

    screen = Screen(
        _("Bring a statement or file"),
        _("Take it"),
        reverse("audit:files"),
        _("Files"),
        lead=_("For when a file could not be fetched. What is here already stays as it is."),
    )
    return answer(request, form, screen, change, template="payments/audit/screen.html")


def _accounts(reader: Reader) -> list[tuple[str, str]]:
    """Return the accounts with entries as choices, all boxes of cash as one; two queries."""
    accounts = list(ledger.trial_balance(reader.units))
    names = fee_names(accounts)
    found = [(account, account_words(account, names)) for account in accounts if not account.startswith(CASH)]
    return [(CASH, _("Cash boxes")), *found] if len(found) < len(accounts) else found
