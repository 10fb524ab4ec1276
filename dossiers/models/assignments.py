"""Who holds a dossier since when, and when its clock stands still."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from offices.models import Role, Unit

from .dossier import Dossier


class Assignment(models.Model):
    """Who holds a dossier at which step since when; also the control sheet.

    ``person`` empty means that the whole role of the unit is offered the
    dossier. ``allotted`` is the step's time in working hours, ``continues`` the
    row (its n) whose step goes on here. One row of an open dossier has no end.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="assignments")
    n = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=13, choices=Role.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    allotted = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    continues = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["dossier", "n"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "n"], name="handover_n_once"),
            models.UniqueConstraint(fields=["dossier"], condition=Q(until=None), name="handover_one_open"),
        ]
        indexes = [models.Index(fields=["person", "dossier"], name="handover_person")]

    def __str__(self) -> str:
        return f"{self.dossier} {self.n}"


class Pause(models.Model):
    """A stretch in which the clock stands still."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="pauses")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40)

    class Meta:
        ordering = ["dossier", "since"]
        constraints = [
            models.UniqueConstraint(fields=["dossier"], condition=Q(until=None), name="pause_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier} {self.since}"
