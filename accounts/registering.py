"""Registering again with an address that nobody has confirmed yet."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import ProtectedError

from .models import Assurance, User


def give_way(email: str) -> bool:
    """Delete the account that was registered with an address and never confirmed; False when none may go.

    Whoever typed the address first has proved nothing, so their password and
    data must not wait there for the owner of the address. The row goes, so that
    a code asked for by the earlier browser confirms nothing any more. Accounts
    that were confirmed, were signed in to, were made by an administrator or
    that anything hangs on stay. Call inside the transaction that stores the
    new account; three queries.
    """
    user = User.objects.select_for_update().filter(email__iexact=email).first()
    if user is None:
        # Somebody else may have typed it as their new address: that proves nothing until it is confirmed.
        return not EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
    is_used = user.last_login is not None or not user.is_active or user.assurance != Assurance.DECLARED
    if is_used or not user.has_usable_password():
        return False
    if EmailAddress.objects.filter(user=user, verified=True).exists():
        return False
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        return False
    return True
