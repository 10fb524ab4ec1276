"""Notices, and how useful pages were."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models import Unit

from .querysets import NoticeQuerySet


class NoticeKind(models.TextChoices):
    """What a notice is about."""

    GENERAL = "general", _("General")
    MAINTENANCE = "maintenance", _("Maintenance of the portal")


class Notice(models.Model):
    """What a unit, or the whole installation (``unit`` None), tells everybody.

    ``text`` is Markdown (``markdown.py``). It is on the first page from the day ``since`` through ``until``, None
    without an end; afterwards the list keeps it. Maintenance concerns the whole installation and names the moments
    ``begins_at`` and ``ends_at`` between which the portal may be away. A notice is hidden, never removed.
    ``revision`` grows with every change.
    """

    kind = models.CharField(max_length=11, choices=NoticeKind.choices, default=NoticeKind.GENERAL)
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160, blank=True, default="")
    text = models.TextField()
    text_en = models.TextField(blank=True, default="")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_pinned = models.BooleanField(default=False)
    is_shown = models.BooleanField(default=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    begins_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-since", "-id"], name="notice_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=models.F("since")), name="notice_days"),
            models.CheckConstraint(
                condition=Q(kind="general", begins_at=None, ends_at=None)
                | Q(kind="maintenance", unit=None, begins_at__isnull=False, ends_at__gt=models.F("begins_at")),
                name="notice_maintenance",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ArticleKind(models.TextChoices):
    """Pages whose readers are asked whether they were of use; ``ref`` is a procedure's code or a guide's name."""

    PROCEDURE = "procedure", _("Procedure")
    GUIDE = "guide", _("Guide")


class UsefulCount(models.Model):
    """How many readers gave a page a value from 1 to 5 on a local day; nothing about them is kept."""

    kind = models.CharField(max_length=9, choices=ArticleKind.choices)
    ref = models.CharField(max_length=40)
    day = models.DateField()
    value = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "ref", "day", "value"], name="useful_once"),
            models.CheckConstraint(condition=Q(value__gte=1) & Q(value__lte=5), name="useful_value"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} {self.day} {self.value}: {self.count}"
