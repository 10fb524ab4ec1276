"""The cashier's day, and cash brought to the treasury."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from offices.models import Unit


class Shift(models.Model):
    """A cashier's stretch at the counter: opened with what is in the box, closed by counting it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shifts")
    opened_at = models.DateTimeField()
    opening_vnd = models.PositiveBigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    expected_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    counted_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "cashier"], condition=Q(closed_at=None), name="one_open_shift"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(counted_vnd__isnull=False, expected_vnd__isnull=False),
                name="shift_closed_by_counting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.opened_at}"


class Deposit(models.Model):
    """Cash of closed shifts brought to the treasury, with the treasury's slip."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    amount_vnd = models.PositiveBigIntegerField()
    slip_number = models.CharField(max_length=40)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "slip_number"], name="deposit_slip_once"),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="deposit_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.slip_number}"
