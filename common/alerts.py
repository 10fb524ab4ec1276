"""Alerts: what is late, full, old or tampered, told once to administrators instead of by a mail for each event.

Whoever finds something red calls :func:`raise_alert`; whoever finds the same thing whole again calls
:func:`clear_alert`. Administrators see a banner and the page ``/manage/alerts/``.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from .models import Alert, AlertKind

logger = logging.getLogger(__name__)

# These happen; the others last until somebody finds them over. What happens again after it was seen is news.
EVENTS = frozenset({AlertKind.LIMITS_REACHED, AlertKind.MASS_READING, AlertKind.MASS_DELETION})
# How long an event that was acknowledged stays on the page.
ACKNOWLEDGED_KEPT = timedelta(days=90)

ADVICE: dict[str, Any] = {
    AlertKind.MAIL_STUCK: _(
        "Messages wait for longer than usual. Check the mail server's address and password (EMAIL_URL) and that the "
        "worker runs. Nothing is lost: messages leave by themselves once the server answers."
    ),
    AlertKind.WORKER_SILENT: _(
        "Background work stands still: messages and PDF files wait. Start the worker and its clock again; dossiers can "
        "be filed and processed meanwhile."
    ),
    AlertKind.RECORD_TAMPERED: _(
        "The recorded steps of this dossier were changed outside the portal. Do not correct anything: keep the "
        "database and the backups as they are, and compare them with the help of whoever runs the server "
        "(manage.py verify_history)."
    ),
    AlertKind.FILE_TAMPERED: _(
        "This file is not served any more, because it is not what was stored. Restore it from a backup, then run "
        "manage.py verify_history."
    ),
    AlertKind.LIMITS_REACHED: _(
        "Somebody may be guessing passwords or personal numbers. The limits hold; look at the server's log for the "
        "addresses, and close them at the proxy if it goes on. With a name above: this account asked for many pages "
        "that are not its own; none was shown. Ask the person why, or close the account."
    ),
    AlertKind.MASS_READING: _("Ask the officer why. Every reading is recorded in the dossiers."),
    AlertKind.YEAR_MISSING: _("Enter the days off under Working days, so that deadlines can be computed."),
    AlertKind.MASS_DELETION: _(
        "Tonight's clean-up would have deleted far more than usual, so it deleted nothing. Check the server's clock. "
        "If the number is right, let it go on with manage.py purge."
    ),
    AlertKind.MONEY: _(
        "Payments go on. Tell the unit's accountant; what is named above is found on the pages about money. "
        "“unbalanced”, “charge”, “receipt” and “not_booked” should never happen: keep the database as it is and ask "
        "whoever runs the server. “unapplied”: pay back what nobody owed. “open_box”: have the box counted and closed. "
        "“unanswered”: ask the provider."
    ),
    AlertKind.STORE_FULL: _(
        "Uploads are refused until there is room; everything else works. Make room on the disk of the file store or "
        "enlarge it."
    ),
}


def raise_alert(kind: AlertKind, subject: str = "", *, now: datetime, detail: str = "") -> None:
    """Note that something red was found: a new alert, or one more finding of one that stands.

    Writes in a savepoint of its own and never raises: a finder goes on even when the alert cannot be written.
    One to three queries.
    """
    subject, detail = subject[:120], detail[:500]
    logger.error("Alert %s %s: %s", kind, subject, detail)
    try:
        with transaction.atomic():
            _note(kind, subject, now, detail)
    except DatabaseError:
        logger.exception("The alert %s %s could not be written", kind, subject)


def _note(kind: AlertKind, subject: str, now: datetime, detail: str) -> None:
    standing = Alert.objects.filter(kind=kind, subject=subject)
    if kind in EVENTS:
        news = {"since": now, "last_at": now, "count": 1, "acknowledged_by": None, "acknowledged_at": None}
        if standing.exclude(acknowledged_at=None).update(detail=detail, **news):
            return
    if standing.update(last_at=now, detail=detail, count=F("count") + 1):
        return
    _alert, is_new = Alert.objects.get_or_create(
        kind=kind, subject=subject, defaults={"since": now, "last_at": now, "detail": detail}
    )
    if not is_new:
        standing.update(last_at=now, detail=detail, count=F("count") + 1)


def clear_alert(kind: AlertKind, subject: str = "") -> None:
    """Take an alert away whose cause was found to be over; nothing when there is none. One query."""
    if Alert.objects.filter(kind=kind, subject=subject[:120]).delete()[0]:
        logger.warning("Alert %s %s is over", kind, subject)


def subjects(kind: AlertKind) -> set[str]:
    """Return what the alerts of a kind are about. One query."""
    return set(Alert.objects.filter(kind=kind).values_list("subject", flat=True))


def unseen() -> QuerySet[Alert]:
    """Return the alerts that nobody has acknowledged."""
    return Alert.objects.filter(acknowledged_at=None)


def listed() -> QuerySet[Alert]:
    """Return every alert: first those nobody has acknowledged, the newest finding first."""
    return Alert.objects.select_related("acknowledged_by").order_by(
        F("acknowledged_at").asc(nulls_first=True), "-last_at", "-id"
    )


def acknowledge(alert: Alert, *, by: Any, now: datetime) -> bool:
    """Note that somebody has taken an alert on; False when somebody else was faster. One query."""
    return bool(unseen().filter(pk=alert.pk).update(acknowledged_by=by, acknowledged_at=now))


def forget_old(now: datetime) -> int:
    """Delete events that were acknowledged long ago; returns how many."""
    old = Alert.objects.filter(kind__in=EVENTS, acknowledged_at__lt=now - ACKNOWLEDGED_KEPT)
    return old.delete()[0]
