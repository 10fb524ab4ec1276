"""Whose payments a payer's pages show."""

from django.db.models import Q

from accounts.requests import SignedInRequest
from common.web.hidden import hidden

from ..models import Attempt, Receipt


def own_attempt(request: SignedInRequest, ref: str) -> Attempt:
    """Return a payment that the signed-in person began, or one of the person's own dossiers.

    One query. Raises Http404 for any other.
    """
    is_own = Q(begun_by=request.user) | Q(lines__charge__dossier__owner=request.user)
    found = Attempt.objects.select_related("unit").filter(is_own, ref=ref).first()
    if found is None:
        raise hidden(Attempt, ref=ref)
    return found


def own_receipt(request: SignedInRequest, ref: str, pk: int) -> Receipt:
    """Return a receipt of the signed-in person's dossier; raises Http404 for any other. One query."""
    receipts = Receipt.objects.select_related("series__unit", "charge__dossier", "attempt")
    found = receipts.filter(pk=pk, charge__dossier__ref=ref, charge__dossier__owner=request.user).first()
    if found is None:
        raise hidden(Receipt, pk=pk)
    return found
