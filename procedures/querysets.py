"""What is in force and on offer on a day."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from .models import FeeLine, Offering, Procedure, ProcedureVersion


class VersionQuerySet(models.QuerySet["ProcedureVersion"]):
    """Versions by time."""

    def in_force(self, day: date) -> Self:
        """Published versions whose dates include a local day (the newest number counts).

        A retired one counts until its last day.
        """
        return self.filter(
            Q(effective_until=None) | Q(effective_until__gte=day),
            status__in=("published", "retired"),
            effective_from__lte=day,
        )

    def open(self) -> Self:
        """Versions still being written or reviewed."""
        return self.filter(status__in=("draft", "in_review"))


class FeeLineQuerySet(models.QuerySet["FeeLine"]):
    """Fee lines by what is said of them."""

    def with_exemptions(self) -> Self:
        """Let each line know as ``has_exemptions`` whether anybody is exempt from it."""
        exemptions: Any = self.model._meta.get_field("exemptions").related_model
        return self.annotate(has_exemptions=Exists(exemptions.objects.filter(line=OuterRef("pk"))))


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    """Procedures by what citizens may see."""


class OfferingQuerySet(models.QuerySet["Offering"]):
    """Offerings by time."""

    def on(self, day: date) -> Self:
        """Offerings that run on a local day in active units which an administrator has opened to filing."""
        lasting = Q(until=None) | Q(until__gte=day)
        return self.filter(lasting, since__lte=day, unit__is_active=True, unit__filing_since__isnull=False)
