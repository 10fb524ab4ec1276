"""Closing one's own account: nobody signs in with it any more, and nothing in it is read again.

What was filed belongs to the files of the authority and stays as it is; it names its applicant by itself.
"""

from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import Refused

from . import hooks
from .acting import members
from .models import Representative, User
from .sessions import end_all_sessions

# What nobody needs once the account is closed; the name stays beside what the person did.
_EMPTY = {
    "email": None,
    "birth": "",
    "sex": "",
    "personal_number": "",
    "personal_number_index": "",
    "id_kind": "",
    "id_number": "",
    "id_number_index": "",
    "tax_code": "",
    "phone": "",
    "address": None,
    "details": None,
    "assurance": "declared",
}


def obstacles(user: User, now: datetime) -> list[str]:
    """Return why an account may not be closed, in sentences; [] when nothing is against it."""
    return [reason for says in hooks.closing if (reason := says(user, now))]


def close(user: User, now: datetime) -> None:
    """Close an account for good: sessions, details and drafts go, a last mail tells the person.

    Raises Refused ('closed', 'post') and changes nothing. The address is free for another account afterwards.
    """
    with transaction.atomic():
        fresh = User.objects.select_for_update().get(pk=user.pk)
        if not fresh.is_active:
            raise Refused(_("This account is closed already."), code="closed")
        reasons = obstacles(fresh, now)
        if reasons:
            raise Refused(*reasons, code="post")
        if fresh.email:
            get_adapter().send_mail("account/email/account_closed", fresh.email, {"user": fresh})
        for forget in hooks.closed:
            forget(fresh)
        members.end_all(fresh, now)
        Representative.objects.filter(account=fresh).delete()
        EmailAddress.objects.filter(user=fresh).delete()
        fresh.set_unusable_password()
        User.objects.filter(pk=fresh.pk).update(is_active=False, password=fresh.password, **_EMPTY)
        end_all_sessions(fresh, now)
