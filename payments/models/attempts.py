"""Attempts to pay, and what providers tell about them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.files.stored import StoredFile
from offices.models import Unit

from ..querysets import AttemptQuerySet
from .charges import Charge

# Capitals and digits without look-alikes: the only letters every gateway signs alike, and people read them aloud.
REF_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_attempt_ref() -> str:
    """Return a random reference of 14 characters (69 bits) that says nothing about anybody."""
    return get_random_string(14, REF_ALPHABET)


class AttemptStatus(models.TextChoices):
    """Where an attempt stands; SUCCEEDED is never left, see ``payments.collecting.settling``."""

    CREATED = "created", _("Not begun")
    PENDING = "pending", pgettext_lazy("payment", "On its way")
    SUCCEEDED = "succeeded", _("Paid")
    FAILED = "failed", _("Payment failed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Lapsed")
    REVIEW = "review", _("Being looked into")


# No money is known to have come: its payer goes on, or gives it up.
OPEN = (AttemptStatus.CREATED, AttemptStatus.PENDING)
# The outcome of what an officer decided: what came is booked then.
DECIDED_AT_DESK = "desk"
# While an attempt is live no other is begun for its charges.
LIVE = (*OPEN, AttemptStatus.REVIEW)


class Attempt(models.Model):
    """One try to pay one or more charges with one provider; committed before anybody is sent anywhere.

    ``ref`` is ours for ever, ``provider_ref`` theirs. ``amount_vnd`` is what is asked for, once it has succeeded what
    came; ``came_vnd`` what a transfer that is too small has brought so far. ``sent`` holds the texts that were
    signed, so that the same attempt always asks the same: dates are Vietnamese local time in it. ``polled`` counts
    questions, ``ask_at`` is when the next is due.
    """

    ref = models.CharField(max_length=14, unique=True, default=new_attempt_ref, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=10)
    status = models.CharField(max_length=9, choices=AttemptStatus.choices, default=AttemptStatus.CREATED)
    amount_vnd = models.PositiveBigIntegerField()
    came_vnd = models.PositiveBigIntegerField(default=0, db_default=0)
    provider_ref = models.CharField(max_length=40, blank=True, default="")
    sent = models.JSONField(default=dict, blank=True)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # The provider's own words for how it ended.
    outcome = models.CharField(max_length=20, blank=True, default="")
    polled = models.PositiveSmallIntegerField(default=0)
    ask_at = models.DateTimeField(null=True, blank=True)
    # When somebody last wished it asked about.
    wished_at = models.DateTimeField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="attempt_of_something"),
            models.CheckConstraint(condition=Q(status__in=AttemptStatus.values), name="attempt_status"),
        ]
        indexes = [
            models.Index(fields=["ask_at"], condition=Q(ask_at__isnull=False), name="attempt_to_ask"),
            models.Index(fields=["provider", "provider_ref"], name="attempt_provider_ref"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_live(self) -> bool:
        """Whether its end is not known yet."""
        return self.status in LIVE

    @property
    def is_paid(self) -> bool:
        return self.status == AttemptStatus.SUCCEEDED

    @property
    def besides_vnd(self) -> int:
        """What smaller transfers had brought before the whole sum came: not booked, found by the nightly comparison."""
        return self.came_vnd if self.is_paid and self.outcome != DECIDED_AT_DESK else 0


class AttemptLine(models.Model):
    """What an attempt pays of one charge; ``is_live`` follows the attempt and keeps a second one out."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="lines")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="attempt_lines")
    amount_vnd = models.PositiveBigIntegerField()
    is_live = models.BooleanField(default=True)

    class Meta:
        ordering = ["charge_id"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "charge"], name="attempt_line_once"),
            models.UniqueConstraint(fields=["charge"], condition=Q(is_live=True), name="one_live_attempt"),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="attempt_line_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt} {self.charge_id}"


class TransferProof(StoredFile):
    """A picture of a bank transfer that the desk was shown."""

    folder = "transfers"

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="proof")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.attempt}"


class EventChannel(models.TextChoices):
    """How a provider's word reached us."""

    NOTIFICATION = "notification", _("Notification")
    RETURN = "return", _("Return of the payer")
    QUERY = "query", _("Answer to a question")
    FEED = "feed", _("Statement of the bank")
    DESK = "desk", _("At the counter")


class ProviderEvent(models.Model):
    """Everything a provider said, kept before it is acted on; a repeat only raises ``repeats``.

    ``payload`` is what came without its signature; ``dedupe_key`` the hash of its canonical form.
    """

    provider = models.CharField(max_length=10)
    channel = models.CharField(max_length=12, choices=EventChannel.choices)
    ref = models.CharField(max_length=100, blank=True, default="")
    dedupe_key = models.CharField(max_length=64)
    payload = models.JSONField()
    is_genuine = models.BooleanField()
    answer = models.CharField(max_length=20, blank=True, default="")
    at = models.DateTimeField()
    repeats = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    # Null while a worker has still to ask the provider about it.
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "dedupe_key"], name="provider_event_once"),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(handled_at=None), name="provider_event_unhandled")]

    def __str__(self) -> str:
        return f"{self.provider} {self.channel} {self.ref}"
