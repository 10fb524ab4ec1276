"""Receipts (biên lai), numbered without a gap in the transaction that captures the money."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.files.stored import StoredFile
from common.secret import EncryptedField
from offices.models import Unit

from ..querysets import ReceiptQuerySet
from .attempts import Attempt
from .charges import Charge


class ReceiptSeries(models.Model):
    """A template and series of one unit's receipts, such as 01BLP0-001 / MC-26T, and the last number given."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    template = models.CharField(max_length=11)
    series = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "series", "unit"], name="receipt_series_once"),
            models.UniqueConstraint(fields=["unit", "year"], name="receipt_series_of_year"),
            models.CheckConstraint(condition=Q(last__lte=9_999_999), name="receipt_seven_digits"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.series}"


class Receipt(StoredFile):
    """One receipt for what one attempt paid of one charge; cancelled with a reason, never deleted.

    ``lines`` is [[fee name, kind, amount in đồng], …] as printed. The PDF is made later, once.
    """

    folder = "receipts"

    series = models.ForeignKey(ReceiptSeries, on_delete=models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField()
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="receipts")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="receipts")
    amount_vnd = models.PositiveBigIntegerField()
    lines = models.JSONField()
    # Name, tax code, address and place of the unit as they were then, and the officer who took the money.
    collector = models.JSONField()
    # Code and name of the dossier's procedure.
    subject = models.CharField(max_length=350)
    payer_name = models.CharField(max_length=160)
    payer_address = EncryptedField(blank=True, default="")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_because = models.CharField(max_length=300, blank=True, default="")

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["series", "number"]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="receipt_number_once"),
            models.UniqueConstraint(
                fields=["attempt", "charge"], condition=Q(cancelled_at=None), name="one_standing_receipt"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(file=""), name="receipt_unrendered")]

    def __str__(self) -> str:
        return f"{self.series} {self.number:07d}"

    @property
    def full_number(self) -> str:
        """Series and number as people name it: 'DV-26T 0000012'; the series is read along."""
        return f"{self.series.series} {self.number:07d}"
