"""Which notices who may read or change."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from .models import Notice


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Questions about notices."""

    def readable(self, day: date) -> "NoticeQuerySet":
        """Those that everybody may read on a local day: their first day has come and nobody hid them."""
        return self.filter(is_shown=True, since__lte=day)

    def current(self, day: date) -> "NoticeQuerySet":
        """Those of the first page on a local day, the pinned ones first, then the newest."""
        ongoing = self.readable(day).filter(Q(until=None) | Q(until__gte=day))
        return ongoing.order_by("-is_pinned", "-since", "-id")

    def of_writer(self, units: Iterable[int], *, is_for_all: bool) -> "NoticeQuerySet":
        """Those that somebody who writes for these units may change.

        ``is_for_all``: the installation's too, and those of units that have closed, for which nobody else may be left.
        """
        own = Q(unit__in=list(units))
        return self.filter(own | Q(unit=None) | Q(unit__is_active=False) if is_for_all else own)
