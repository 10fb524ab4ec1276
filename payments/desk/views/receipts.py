"""Receipts at the desk: printed at once, their PDF, and another one in place of a wrong one."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.files.uploads import serve
from common.refusals import fingerprint
from common.web.screens import done, sent, shows_form
from dossiers.desk.guards import officer_required
from dossiers.desk.officer import Officer
from dossiers.records import slips
from offices.models import Role

from ...books import receipting
from ...locks import require_not_own
from .. import scopes
from ..acts import MONEY_ROLES, Act, require
from ..forms import ReplaceReceiptForm
from .fees import ask as ask_form
from .fees import fees_url, screen


@require_safe
@officer_required(*MONEY_ROLES)
def receipt(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """A receipt as a page to print; what became of it since stands on it."""
    found = scopes.receipt_of(officer, pk)
    with slips.in_vietnamese():
        template, page = receipting.page(found)
        return render(request, template, page | {"back": fees_url(found.charge.dossier)})


@require_safe
@officer_required(*MONEY_ROLES)
def file(request: HttpRequest, officer: Officer, pk: int) -> HttpResponseBase:
    """The stored PDF of a receipt, once the worker has made it; the page to print until then."""
    found = scopes.receipt_of(officer, pk)
    if not found.file:
        return redirect("money:receipt", pk=found.pk)
    return serve(request, found.file, "application/pdf", f"{found.full_number}.pdf", sha256=found.sha256)


@shows_form
@officer_required(Role.LEADER)
def replace(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Cancel a receipt with a wrong name or address and issue another one; the money stays where it is."""
    found = scopes.receipt_of(officer, pk)
    dossier = found.charge.dossier
    require(officer, Act.REPLACE_RECEIPT, found.series.unit_id)
    initial = {"payer_name": found.payer_name, "payer_address": found.payer_address}
    form = ReplaceReceiptForm(sent(request), revision=fingerprint(found.cancelled_at), initial=initial)

    def change() -> str:
        require_not_own(officer.user, dossier)
        given = form.cleaned_data
        fresh = receipting.replace(
            found,
            payer_name=given["payer_name"],
            payer_address=given["payer_address"],
            by=officer.user,
            reason=given["reason"],
            now=officer.now,
        )
        text = _("Receipt %(number)s takes its place.") % {"number": fresh.full_number}
        return done(request, text, "money:receipt", fresh.pk)

    lead = _("The number stays taken and is reported as cancelled; another receipt with its own number follows.")
    title = _("Replace receipt %(number)s") % {"number": found.full_number}
    words = screen(dossier, title, _("Cancel it and issue another"), lead, is_danger=True)
    return ask_form(request, dossier, form, words, change, revision=lambda: fingerprint(found.cancelled_at))
