"""The numbers that are given without a gap: of dossiers, slips and books."""

from django.db import models

from offices.models import Unit


class NumberSeries(models.Model):
    """The last number of a series: per unit, purpose (dossier codes, slips) and period, named by its first day."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.DateField()
    purpose = models.CharField(max_length=12)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "period", "purpose"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.period} {self.purpose} {self.last}"
