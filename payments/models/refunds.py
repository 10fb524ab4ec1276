"""Money paid back: asked for by one officer, approved by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..querysets import RefundQuerySet
from .attempts import Attempt
from .charges import Charge


class RefundStatus(models.TextChoices):
    """Where a repayment stands. UNKNOWN is left by asking the provider alone, never by sending again."""

    REQUESTED = "requested", _("Asked for")
    DECLINED = "declined", _("Declined")
    APPROVED = "approved", _("Approved")
    SUBMITTED = "submitted", _("Sent")
    PROCESSING = "processing", _("Being worked on")
    UNKNOWN = "unknown", _("Outcome not known")
    SUCCEEDED = "succeeded", _("Paid back")
    FAILED = "failed", _("Repayment failed")


ENDED_WITHOUT_MONEY = (RefundStatus.DECLINED, RefundStatus.FAILED)


class Refund(models.Model):
    """One repayment out of one attempt; ``request_id`` is stored before anything is sent."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="refunds")
    request_id = models.CharField(max_length=32, unique=True)
    status = models.CharField(max_length=10, choices=RefundStatus.choices, default=RefundStatus.REQUESTED)
    amount_vnd = models.PositiveBigIntegerField()
    reason = models.TextField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The bank's reference where an officer transferred it.
    bank_ref = models.CharField(max_length=40, blank=True, default="")
    outcome = models.CharField(max_length=40, blank=True, default="")
    ask_at = models.DateTimeField(null=True, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="refund_of_something"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(requested_by=None) | ~Q(decided_by=F("requested_by")),
                name="refund_by_two",
            ),
        ]
        indexes = [models.Index(fields=["ask_at"], condition=Q(ask_at__isnull=False), name="refund_to_ask")]

    def __str__(self) -> str:
        return self.request_id


class RefundLine(models.Model):
    """What a repayment gives back of one charge; ``charge`` None for money beyond what was owed."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    charge = models.ForeignKey(Charge, null=True, blank=True, on_delete=models.PROTECT, related_name="refund_lines")
    amount_vnd = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "charge"], name="refund_line_once"),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="refund_line_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.refund} {self.charge_id}"
