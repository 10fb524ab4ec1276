"""What happened to a dossier and who looked at it; append-only."""

from django.conf import settings
from django.db import models

from .dossier import Dossier, Status


class DossierEvent(models.Model):
    """One recorded action; hash-chained per dossier, never changed.

    Begins at submit; event ``n`` is the dossier's revision after the action.
    ``public_text`` is what the applicant may read (a reason), ``internal_text``
    a note among officers. ``data`` keeps further facts of the action (ids,
    dates as ISO text). ``actor_name`` and ``actor_role`` are frozen. ``hash`` is
    keyed by the history key ``key_id``; empty before there were keys.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="events")
    n = models.PositiveIntegerField()
    action = models.CharField(max_length=24)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=160, blank=True, default="")
    # 'applicant', 'system' or an offices.Role.
    actor_role = models.CharField(max_length=13)
    from_status = models.PositiveSmallIntegerField(choices=Status.choices)
    to_status = models.PositiveSmallIntegerField(choices=Status.choices)
    at = models.DateTimeField()
    public_text = models.TextField(blank=True, default="")
    internal_text = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)
    # The former release still writes events while this one is being installed.
    key_id = models.CharField(max_length=12, blank=True, default="", db_default="")

    class Meta:
        ordering = ["dossier", "n"]
        constraints = [models.UniqueConstraint(fields=["dossier", "n"], name="event_n_once")]

    def __str__(self) -> str:
        return f"{self.dossier} {self.n} {self.action}"


class HistorySeal(models.Model):
    """A keyed seal over the part of a dossier's chain that was written without a key, up to event ``n``."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="seals")
    n = models.PositiveIntegerField()
    # Of event ``n``, which covers all before it.
    event_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    key_id = models.CharField(max_length=12)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["dossier", "n"]
        constraints = [models.UniqueConstraint(fields=["dossier", "n"], name="seal_n_once")]

    def __str__(self) -> str:
        return f"{self.dossier} {self.n}"


class AccessRecord(models.Model):
    """That an officer opened a dossier or a file of it, or unmasked a number."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="access_records")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=60)

    class Meta:
        indexes = [
            models.Index(fields=["dossier", "at"], name="reading_dossier"),
            models.Index(fields=["at"], name="reading_at"),
        ]

    def __str__(self) -> str:
        return f"{self.reader} {self.dossier} {self.what}"
