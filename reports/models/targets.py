"""What units are to reach."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models import Unit


class Measure(models.TextChoices):
    """What a target counts."""

    COUNT = "count", _("Number of dossiers filed online")
    SHARE = "share", _("Share of dossiers filed online, in percent")


class Target(models.Model):
    """What a unit is to reach in a year at a level: so many dossiers filed online, or so many percent of them.

    ``revision`` grows with every change, so that a stale form is noticed.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="targets")
    year = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=5, choices=Measure.choices)
    value = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=0)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "level", "measure"], name="target_once"),
            models.CheckConstraint(condition=Q(level__gte=1) & Q(level__lte=4), name="target_level"),
            models.CheckConstraint(condition=~Q(measure="share") | Q(value__lte=100), name="target_share"),
            models.CheckConstraint(condition=Q(value__gte=1), name="target_value"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year} {self.level} {self.measure} {self.value}"
