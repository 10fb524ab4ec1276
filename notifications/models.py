"""Messages as rows: written with the change that causes them, delivered by a worker."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.secret import EncryptedField

from .querysets import NotificationQuerySet


class Channel(models.TextChoices):
    """How a message travels; ``none`` means that an officer must call the person."""

    EMAIL = "email", _("Email")
    SMS = "sms", _("SMS")
    NONE = "none", _("Call this person")


class State(models.TextChoices):
    """Where a message stands."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    TO_CALL = "to_call", _("Call this person")
    CALLED = "called", _("Called")


class Notification(models.Model):
    """One message to one recipient; the row decides, the queue only wakes the worker.

    ``subject_type`` and ``subject_ref`` name what it is about ('dossier', ref)
    without a foreign key upward. ``message_id`` is fixed when the row is
    written, so a repeated delivery is recognised as the same mail.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="notifications"
    )
    to_name = models.CharField(max_length=160, blank=True, default="")
    to_address = models.CharField(max_length=254, blank=True, default="")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=2, default="vi")
    subject = models.CharField(max_length=200)
    body = EncryptedField()
    subject_type = models.CharField(max_length=20, blank=True, default="")
    subject_ref = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    # The officer who told the person instead.
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    called_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["not_before", "id"], condition=Q(state="waiting"), name="notification_waiting"),
            models.Index(fields=["subject_type", "subject_ref", "id"], name="notification_subject"),
            models.Index(
                fields=["subject_type", "id"],
                condition=Q(state__in=["failed", "to_call"]),
                name="notification_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to_name}"
