"""What is measured each night for indicators, by unit and month."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.models import Unit


class Measured(models.TextChoices):
    """What is measured; ``reports.indicators`` says which dossiers count and how many points each gets."""

    TIME = "time", _("Working hours from reception to result")
    STEPS = "steps", _("Steps done within the time allotted to them")
    CONTACTS = "contacts", _("How often a supplement was asked for")
    RESULT = "result", _("Results kept as a file")
    DIGITISED = "digitised", _("Dossiers with papers and result as files")
    REUSED = "reused", _("Dossiers that use papers of an earlier one")
    PAID_ONLINE = "paid_online", _("Fees paid online")
    ONLINE_IN_TIME = "online_in_time", _("Dossiers filed online that were never late")


class IndicatorFigure(models.Model):
    """The points that the dossiers of a unit got in a local month, and how many dossiers (or steps) they are of.

    ``month`` is its first day. Points of the time are tenths of working hours.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", db_index=False)
    measure = models.CharField(max_length=14, choices=Measured.choices)
    month = models.DateField()
    points = models.PositiveBigIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "measure", "month"], name="indicator_once")]
        indexes = [models.Index(fields=["month", "unit"], name="indicator_month")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measure} {self.month}"
