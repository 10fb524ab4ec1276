"""Parcels of the postal service, both ways, and the records of handing them over."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.secret import EncryptedJSONField
from dossiers.models import Dossier
from offices.models import Unit

from .attempts import Attempt


class Way(models.TextChoices):
    """Which way a parcel goes."""

    FETCH = "fetch", _("Papers fetched from the applicant")
    BRING = "bring", _("Result brought to the applicant")


class ParcelStatus(models.TextChoices):
    """What a carrier's code means here; the map of codes is configuration."""

    ORDERED = "ordered", _("To be handed to the post")
    COLLECTED = "collected", _("Handed to the post")
    TRAVELLING = "travelling", _("On its way")
    OUT = "out", _("With the postman")
    DELIVERED = "delivered", _("Delivered")
    NOT_DELIVERED = "not_delivered", _("Not delivered, will be tried again")
    RETURNING = "returning", _("On its way back")
    RETURNED = "returned", _("Back at the desk")
    CANCELLED = "cancelled", _("Cancelled")


class HandoverRecord(models.Model):
    """A printed record of what the desk handed to the postman at one time (biên bản giao nhận)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    postman = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="handover_record_once")]

    def __str__(self) -> str:
        return self.number


class Parcel(models.Model):
    """One thing the post carries for a dossier.

    ``order_code`` is ours, ``item_code`` the post's. ``attempt`` pays the fee on delivery (COD),
    ``cod_vnd``; ``postage_vnd`` is the carrier's own money and never in our ledger.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="parcels")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    carrier = models.CharField(max_length=10)
    way = models.CharField(max_length=5, choices=Way.choices)
    order_code = models.CharField(max_length=20, unique=True)
    item_code = models.CharField(max_length=20, blank=True, default="")
    status = models.CharField(max_length=13, choices=ParcelStatus.choices, default=ParcelStatus.ORDERED)
    # {"name", "phone", "address": {...}} of the applicant's end.
    address = EncryptedJSONField()
    attempt = models.OneToOneField(Attempt, null=True, blank=True, on_delete=models.PROTECT, related_name="parcel")
    cod_vnd = models.PositiveBigIntegerField(default=0)
    postage_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    record = models.ForeignKey(HandoverRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="parcels")
    ordered_at = models.DateTimeField()
    ask_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["ordered_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "way"],
                condition=~Q(status__in=["delivered", "returned", "cancelled"]),
                name="one_parcel_a_way",
            ),
        ]
        indexes = [
            models.Index(fields=["ask_at"], condition=Q(ask_at__isnull=False), name="parcel_to_ask"),
            models.Index(fields=["carrier", "item_code"], name="parcel_item"),
        ]

    def __str__(self) -> str:
        return self.order_code


class ParcelEvent(models.Model):
    """What the carrier says happened to a parcel, as read back from it; ``code`` is the carrier's own."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="events")
    code = models.CharField(max_length=10)
    occurred_at = models.DateTimeField()
    place = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        ordering = ["occurred_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["parcel", "code", "occurred_at"], name="parcel_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.parcel} {self.code}"
