"""Messages by subject and by what still has to happen to them."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from .models import Notification


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Waiting, failed and about something."""

    def due(self, now: datetime) -> Self:
        """Waiting messages whose time has come and that no worker holds."""
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=now), state="waiting", not_before__lte=now)

    def undelivered(self) -> Self:
        """Messages that ended with somebody having to call the person."""
        return self.filter(state__in=["failed", "to_call"])
