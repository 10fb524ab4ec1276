"""What is counted of dossiers: a course for each, figures for each day, times of steps."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models import Channel, Dossier
from offices.models import Role, Unit
from procedures.models import Procedure


class Ending(models.TextChoices):
    """How a dossier left the pending ones."""

    PENDING = "", _("Pending")
    RESOLVED = "resolved", _("Resolved")
    REFUSED = "refused", _("Refused")
    STOPPED = "stopped", _("Stopped")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Course(models.Model):
    """A submitted dossier as figures see it: where and when it came, since when it is late, how and when it ended.

    A copy, made from the dossier and its events by ``reports.counting.courses`` alone. It counts with ``unit``, the
    competent one, and nowhere else. ``turns_late_at`` is when it becomes late unless something happens before;
    empty while nothing can. ``is_early``: resolved on a day before the promised one.
    """

    dossier = models.OneToOneField(Dossier, primary_key=True, on_delete=models.CASCADE, related_name="course")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=7, choices=Channel.choices)
    came_at = models.DateTimeField()
    late_since = models.DateTimeField(null=True)
    turns_late_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=9, choices=Ending.choices, blank=True, default="")
    is_early = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "late_since", "dossier"], name="course_late", condition=~Q(late_since=None)),
            models.Index(fields=["unit"], name="course_pending", condition=Q(ended_at=None)),
            models.Index(fields=["turns_late_at"], name="course_turns", condition=~Q(turns_late_at=None)),
            # The dossiers behind an indicator, and what a night measures, by when they came or ended.
            models.Index(fields=["unit", "came_at", "dossier"], name="course_came"),
            models.Index(fields=["unit", "ended_at", "dossier"], name="course_ended", condition=~Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.ending}"


class DailyFigure(models.Model):
    """What happened on a local day to the dossiers of a unit and a procedure at a level; only days with something.

    ``came_*`` were submitted or registered; then how dossiers ended. ``turned_late`` became late that day,
    ``late_ended`` ended and had been late: what is pending, and late among that, are sums over all days before.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField()
    day = models.DateField()
    came_online = models.PositiveIntegerField(default=0)
    came_counter = models.PositiveIntegerField(default=0)
    came_post = models.PositiveIntegerField(default=0)
    early = models.PositiveIntegerField(default=0)
    on_time = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    stopped = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    turned_late = models.PositiveIntegerField(default=0)
    late_ended = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "procedure", "level", "day"], name="figure_once")]
        indexes = [models.Index(fields=["day", "unit"], name="figure_day")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.procedure_id} {self.level} {self.day}"


class StepFigure(models.Model):
    """How long a step took in the last months, in working hours without pauses: of a unit and a role.

    ``procedure`` empty: of all procedures. ``slow_hours``: nine in ten took no longer. ``allotted_hours`` is the
    median of the times that were allotted, ``over`` the number that took longer than allotted.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    procedure = models.ForeignKey(Procedure, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    role = models.CharField(max_length=13, choices=Role.choices)
    count = models.PositiveIntegerField()
    over = models.PositiveIntegerField()
    allotted_hours = models.DecimalField(max_digits=8, decimal_places=1, null=True)
    median_hours = models.DecimalField(max_digits=8, decimal_places=1)
    slow_hours = models.DecimalField(max_digits=8, decimal_places=1)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.role} {self.procedure_id}"


class Counted(models.Model):
    """How far counting has come: one row. Events up to ``last_event`` are counted; those up to ``seen_event`` once.

    A transaction may commit after one that began later: what the last run saw first is looked at again by the next.
    """

    last_event = models.BigIntegerField(default=0)
    seen_event = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
    steps_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.last_event} {self.at}"
