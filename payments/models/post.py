"""Parcels of the postal service, both ways, and the records of handing them over."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.secret import EncryptedJSONField
from dossiers.models import Dossier
from offices.models import Post, Role, Unit

from .attempts import Attempt


class Way(models.TextChoices):
    """Which way a parcel goes."""

    FETCH = "fetch", _("Papers fetched from the applicant")
    BRING = "bring", _("Result brought to the applicant")


class ParcelStatus(models.TextChoices):
    """What a carrier's code means here; the map of codes is configuration."""

    ORDERED = "ordered", _("To be handed to the post")
    COLLECTED = "collected", _("Handed to the post")
    TRAVELLING = "travelling", pgettext_lazy("parcel", "On its way")
    OUT = "out", _("With the postman")
    DELIVERED = "delivered", _("Delivered")
    NOT_DELIVERED = "not_delivered", _("Not delivered, will be tried again")
    RETURNING = "returning", _("On its way back")
    RETURNED = "returned", _("Back at the desk")
    CANCELLED = "cancelled", _("Cancelled")


# The carrier has it, or it is somewhere with the carrier.
MOVING = (
    ParcelStatus.COLLECTED,
    ParcelStatus.TRAVELLING,
    ParcelStatus.OUT,
    ParcelStatus.NOT_DELIVERED,
    ParcelStatus.RETURNING,
)
BACK = (ParcelStatus.RETURNED, ParcelStatus.CANCELLED)
# Nothing more is expected of it; another one may be ordered.
ENDED = (ParcelStatus.DELIVERED, ParcelStatus.RETURNED, ParcelStatus.CANCELLED)


def _desks(posts: Iterable[Post]) -> set[int]:
    return {post.unit_id for post in posts if post.role == Role.CLERK}


class HandoverRecordQuerySet(models.QuerySet["HandoverRecord"]):
    def for_posts(self, posts: Iterable[Post]) -> Self:
        """Records of the desks where a person's present posts are a clerk's."""
        return self.filter(unit__in=_desks(posts))


class HandoverRecord(models.Model):
    """A printed record of what the desk handed to the postman at one time (biên bản giao nhận)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    postman = models.CharField(max_length=160, blank=True, default="")

    objects = HandoverRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "number", "year"],
                name="handover_record_once",
            )
        ]
        indexes = [models.Index(fields=["unit", "-id"], name="handover_record_of_unit")]

    def __str__(self) -> str:
        return self.number


class ParcelQuerySet(models.QuerySet["Parcel"]):
    """Scopes first; every screen of parcels starts from one of these."""

    def for_posts(self, posts: Iterable[Post]) -> Self:
        """Parcels of the desks where a person's present posts are a clerk's."""
        return self.filter(unit__in=_desks(posts))

    def waiting(self) -> Self:
        """Results that the desk has still to hand to the post."""
        return self.filter(way=Way.BRING, status=ParcelStatus.ORDERED, record=None)

    def moving(self) -> Self:
        """What the post has, and what it is to fetch."""
        return self.filter(Q(status__in=MOVING) | Q(way=Way.FETCH, status=ParcelStatus.ORDERED))

    def silent_since(self, moment: datetime) -> Self:
        """What the post has and has said nothing about since a moment."""
        return self.filter(status__in=MOVING, moved_at__lt=moment)

    def held(self) -> Self:
        """Results that lie at the desk: they came back, or the post has cancelled the order."""
        return self.filter(way=Way.BRING, status__in=BACK, is_settled=False)

    def arrived(self) -> Self:
        """Papers that were brought to the desk or could not be fetched, until somebody has looked at it."""
        return self.filter(way=Way.FETCH, status__in=ENDED, is_settled=False)


class Parcel(models.Model):
    """One thing the post carries for a dossier.

    ``order_code`` is ours, ``item_code`` the post's, empty until the order has been placed. ``attempt`` pays the fee on
    delivery (COD), ``cod_vnd``; ``postage_vnd`` is what the carrier asks of the applicant, never in our ledger.
    ``moved_at`` is its last news, ``ask_at`` when the carrier is spoken to next. ``is_told``: the carrier knows that it
    was cancelled. ``is_settled``: what had to be done at the desk about its end has been done.
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
    moved_at = models.DateTimeField()
    ask_at = models.DateTimeField(null=True, blank=True)
    asked = models.PositiveSmallIntegerField(default=0)
    is_told = models.BooleanField(default=False)
    is_settled = models.BooleanField(default=False)

    objects = ParcelQuerySet.as_manager()

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
            models.Index(fields=["unit", "status", "id"], name="parcel_of_unit"),
        ]

    def __str__(self) -> str:
        return self.order_code

    @property
    def is_waiting(self) -> bool:
        """Ordered, and still at the desk (or at the applicant's, when papers are fetched)."""
        return self.status == ParcelStatus.ORDERED and self.record_id is None

    @property
    def has_ended(self) -> bool:
        """Delivered, back at the desk, or cancelled."""
        return self.status in ENDED

    @property
    def is_held(self) -> bool:
        """The result lies at the desk: it came back, or the post has cancelled the order."""
        return self.way == Way.BRING and self.status in BACK and not self.is_settled


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
