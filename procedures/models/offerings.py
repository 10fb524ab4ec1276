"""That a unit offers a procedure, and what the unit's own council has set for its fees."""

from django.db import models
from django.db.models import Q

from offices.models import Unit

from ..querysets import OfferingQuerySet
from .catalogue import Procedure


class Offering(models.Model):
    """That a unit offers a procedure: since when, and at which level, which is never higher than the version's."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="offerings")
    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="offerings")
    level = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    # Grows with every change of the row or its fees, so that a stale form is noticed.
    revision = models.PositiveIntegerField(default=0)

    objects = OfferingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "procedure"], name="offering_once"),
            models.CheckConstraint(condition=Q(level__gte=1) & Q(level__lte=4), name="offering_level"),
        ]
        indexes = [models.Index(fields=["procedure", "level"], name="offering_procedure_level")]

    def __str__(self) -> str:
        return f"{self.unit} – {self.procedure}"


class OfferingFee(models.Model):
    """What a unit charges for one fee line from a day on, by the ``resolution`` that sets it; the newest day counts.

    ``key`` is that of the version's line. The amount takes the place of the
    line's amounts and tiers; its cap and its exemptions stay. A row without a
    resolution counts for nothing: such rows come from releases that asked for none.
    """

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="fees")
    key = models.SlugField(max_length=40)
    amount_vnd = models.PositiveBigIntegerField()
    amount_online_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    resolution = models.CharField(max_length=200, blank=True, default="")
    since = models.DateField()

    class Meta:
        ordering = ["offering_id", "key", "since"]
        constraints = [models.UniqueConstraint(fields=["offering", "key", "since"], name="offering_fee_once")]

    def __str__(self) -> str:
        return f"{self.offering} – {self.key}"
