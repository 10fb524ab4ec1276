"""What leads people who have an occasion in mind, not a procedure: signposts elsewhere, steps of life events."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .catalogue import LifeEvent, Procedure


class Signpost(models.Model):
    """A matter that another agency handles: where and how it is done there, and what the commune can still do.

    ``words`` are what people type when they mean it, a list of texts; ``procedures`` those of the commune that help.
    ``needs_check`` says that the facts are not sure; ``reviewed_on`` when somebody of
    the installation last compared them with ``basis``, None for never.
    ``revision`` grows with every change. A signpost is hidden, never removed.
    """

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True, default="")
    words = models.JSONField(default=list)
    agency = models.CharField(max_length=300)
    agency_en = models.CharField(max_length=300, blank=True, default="")
    how = models.TextField()
    how_en = models.TextField(blank=True, default="")
    url = models.URLField(max_length=300, blank=True, default="")
    note = models.TextField(blank=True, default="")
    note_en = models.TextField(blank=True, default="")
    procedures = models.ManyToManyField(Procedure, related_name="+", blank=True)
    is_shown = models.BooleanField(default=True)
    needs_check = models.BooleanField(default=False)
    reviewed_on = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=300)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class SpanUnit(models.TextChoices):
    """Units in which the law counts the time for a step; both are calendar time."""

    DAYS = "days", _("days")
    MONTHS = "months", _("months")


class ChecklistStep(models.Model):
    """One thing to do on an occasion in life: a procedure of the catalogue, or a matter of another agency.

    ``n`` orders the steps. ``gain`` says what the step gives, ``condition`` when it is needed ('' always), ``together``
    what may be filed in one go with it. ``amount`` of ``amount_unit`` is the time for it, None without a limit; it
    counts from the day of the event (``LifeEvent.day_name``) unless ``since`` names another one. ``late`` says what
    still goes once the time is over, ``basis`` the law that sets it. ``is_alternative``: it is another way of the step
    before, so that one of the two is enough.
    """

    event = models.ForeignKey(LifeEvent, on_delete=models.CASCADE, related_name="steps")
    n = models.PositiveSmallIntegerField()
    procedure = models.ForeignKey(Procedure, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    signpost = models.ForeignKey(Signpost, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    gain = models.CharField(max_length=300, blank=True, default="")
    gain_en = models.CharField(max_length=300, blank=True, default="")
    condition = models.CharField(max_length=300, blank=True, default="")
    condition_en = models.CharField(max_length=300, blank=True, default="")
    together = models.CharField(max_length=300, blank=True, default="")
    together_en = models.CharField(max_length=300, blank=True, default="")
    amount = models.PositiveSmallIntegerField(null=True, blank=True)
    amount_unit = models.CharField(max_length=6, choices=SpanUnit.choices, default=SpanUnit.DAYS)
    since = models.CharField(max_length=120, blank=True, default="")
    since_en = models.CharField(max_length=120, blank=True, default="")
    late = models.CharField(max_length=300, blank=True, default="")
    late_en = models.CharField(max_length=300, blank=True, default="")
    basis = models.CharField(max_length=300, blank=True, default="")
    is_alternative = models.BooleanField(default=False)

    class Meta:
        ordering = ["n", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(procedure=None, signpost__isnull=False) | Q(procedure__isnull=False, signpost=None),
                name="step_leads_to_one_thing",
            ),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gt=0), name="step_time_is_some"),
            models.UniqueConstraint(fields=["event", "procedure"], name="step_of_procedure_once"),
            models.UniqueConstraint(fields=["event", "signpost"], name="step_of_signpost_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.n}"
