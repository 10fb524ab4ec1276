"""Which units and posts count at a given time."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from .models import Post, Unit


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units by what they do."""

    def receiving(self) -> Self:
        """Active units that may give dossier codes."""
        return self.filter(is_active=True, identifier__isnull=False)


class PostQuerySet(models.QuerySet["Post"]):
    """Posts by time, holder and role."""

    def valid_on(self, day: date) -> Self:
        """Posts held on a local day; none that awaits a second administrator."""
        return self.filter(awaits_confirmation=False).running_on(day)

    def running_on(self, day: date) -> Self:
        """Posts whose days include a local day, confirmed or not."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def able(self) -> Self:
        """Posts whose holders can sign in: the account is open, and its invitation was accepted."""
        return self.filter(user__is_active=True).exclude(user__password__startswith="!")

    def of(self, user: Any) -> Self:
        """Posts of one person."""
        return self.filter(user=user)
