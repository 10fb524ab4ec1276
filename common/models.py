"""Ground tables that belong to no subject: one-time keys, attempt counters, alerts, signs of life, stamps."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OneTimeKey(models.Model):
    """A key that a form carries so that sending it twice acts once.

    Claimed by inserting: the unique pair (key, purpose) lets one request win,
    the others read ``subject`` to learn what the first one made.
    """

    key = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    user_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=64, default="")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "purpose"], name="one_time_key_once")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.key}"


class AttemptCounter(models.Model):
    """How often something was tried in a window; written outside business transactions.

    ``bucket`` is a keyed hash of what is limited (account, address, target), so
    that no personal number rests here.
    """

    bucket = models.CharField(max_length=64)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bucket", "window"], name="attempt_counter_once")]
        indexes = [models.Index(fields=["window"], name="attempt_counter_window")]

    def __str__(self) -> str:
        return f"{self.bucket} {self.count}"


class AlertKind(models.TextChoices):
    """What an administrator has to look at."""

    MAIL_STUCK = "mail_stuck", _("Messages do not leave")
    WORKER_SILENT = "worker_silent", _("The worker is silent")
    RECORD_TAMPERED = "record_tampered", _("A dossier's record does not verify")
    FILE_TAMPERED = "file_tampered", _("A stored file is missing or changed")
    LIMITS_REACHED = "limits_reached", _("Unusually many tries at signing in or looking up")
    MASS_READING = "mass_reading", _("One officer opens unusually many dossiers")
    YEAR_MISSING = "year_missing", _("Days off of a year are not entered")
    MASS_DELETION = "mass_deletion", _("A nightly clean-up stopped")
    STORE_FULL = "store_full", _("The file store is full")
    MONEY = "money", _("The books of money do not agree")


class Alert(models.Model):
    """Something red that was found, once for each kind and subject; written through ``common.alerts``.

    ``subject`` names what it is about (a task, a dossier code, a file's name), ``detail`` the last finding in
    technical words without personal data. ``since`` is the first finding, ``last_at`` the newest, ``count`` how many.
    """

    kind = models.CharField(max_length=20, choices=AlertKind.choices)
    subject = models.CharField(max_length=120, blank=True, default="")
    since = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    detail = models.CharField(max_length=500, blank=True, default="")
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="alert_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Heartbeat(models.Model):
    """When a worker last took a task from a queue; written through ``common.heartbeat``."""

    queue = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue} {self.at}"


class Stamp(models.Model):
    """A value that any change of the table ``name`` replaces; written by triggers alone (``database/stamps.py``)."""

    name = models.CharField(max_length=63, db_index=True)
    value = models.CharField(max_length=36)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
