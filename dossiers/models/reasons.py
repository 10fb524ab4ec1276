"""Wordings of reasons that a unit keeps for its officers."""

from django.db import models

from offices.models import Unit


class ReadyReasons(models.Model):
    """The reasons that officers of a unit may choose for one action; ``texts`` in the order in which they stand."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=24)
    texts = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "action"], name="reasons_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.action}"
