"""Deletes accounts that nobody confirmed, invitations that nobody accepted and sessions that have ended."""

from datetime import datetime, timedelta
from functools import partial

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet

from common.clock import now
from common.database import purging

from .models import Assurance, Member, User

KEPT = timedelta(days=7)


@shared_task
def forget_unconfirmed() -> int:
    """Delete accounts registered a week ago whose address was never confirmed; return how many went.

    Accounts made at the desk (no address, or checked there) and accounts that
    anything hangs on stay.
    """
    return purging.run("unconfirmed_accounts", now())


def unconfirmed(moment: datetime) -> purging.Due:
    """Return those accounts, for the nightly clean-up; a seventh of them goes each night. Two queries."""
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    waiting = User.objects.filter(
        ~Exists(confirmed), email__isnull=False, last_login__isnull=True, assurance=Assurance.DECLARED
    )
    due = waiting.filter(date_joined__lt=moment - KEPT)
    return purging.Due(due.count(), waiting.count(), partial(_forget, due), 0.5)


def _forget(due: QuerySet[User]) -> int:
    gone = 0
    for user in due:
        try:
            user.delete()
        except ProtectedError:
            continue
        gone += 1
    return gone


@shared_task
def forget_unanswered() -> int:
    """Delete invitations to act for an organisation that nobody accepted in a month; return how many went."""
    return purging.run("unanswered_invitations", now())


def unanswered(moment: datetime) -> purging.Due:
    """Return those invitations, ended ones too, for the nightly clean-up. Two queries."""
    waiting = Member.objects.filter(accepted_at=None)
    due = waiting.filter(invited_at__lt=moment - timedelta(days=30))
    return purging.Due(due.count(), waiting.count(), lambda: due.delete()[0], 0.5)


@shared_task
def forget_ended_sessions() -> int:
    """Delete where accounts were signed in once the session is over; return how many rows went."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now())
    return UserSession.objects.filter(~Exists(alive)).delete()[0]
