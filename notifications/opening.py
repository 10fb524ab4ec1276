"""What the checklist of an opening says of mail: a message has left, and none is stuck."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from common import alerts
from common.models import AlertKind
from offices.hooks import OpeningCheck
from offices.models import Unit

from .models import Channel, Notification, State


def checks(unit: Unit, now: datetime) -> list[OpeningCheck]:
    """Return the one point about mail. Two queries."""
    is_stuck = bool(alerts.subjects(AlertKind.MAIL_STUCK))
    has_left = Notification.objects.filter(channel=Channel.EMAIL, state=State.SENT).exists()
    detail = "" if has_left else _("No message has left yet. Invite an officer, and see that the mail arrives.")
    if is_stuck:
        detail = _("Messages wait for longer than usual.")
    return [OpeningCheck(_("Mail leaves"), has_left and not is_stuck, detail, reverse("manage:alerts"))]
