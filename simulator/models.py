"""What the simulated houses remember. The gateway's amounts are hundredths of a đồng, all others whole đồng."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone


def dotted(amount: int) -> str:
    """Return a number as people here write it: 1.250.000."""
    return f"{amount:,}".replace(",", ".")


class Clock(models.Model):
    """One row: how far the simulator's time is ahead of the machine's, in seconds."""

    ahead = models.FloatField(default=0)

    @classmethod
    def now(cls) -> datetime:
        """Return the simulated moment."""
        row = cls.objects.first()
        return timezone.now() + timedelta(seconds=row.ahead if row else 0)


class Scenario(models.Model):
    """What shall go wrong with one payment, refund or parcel, by its reference; '*' is for all others.

    ``faults`` is {name: value}; ``simulator.faults`` lists the names.
    """

    ref = models.CharField(max_length=100, unique=True)
    faults = models.JSONField(default=dict)

    @classmethod
    def of(cls, ref: str) -> dict[str, object]:
        """Return the faults of a reference."""
        rows = {row.ref: row.faults for row in cls.objects.filter(ref__in=[ref, "*"])}
        return {**rows.get("*", {}), **rows.get(ref, {})}


class Payment(models.Model):
    """A payment the gateway was asked for; ``status`` is VNPAY's TransactionStatus, ``response`` its ResponseCode."""

    ref = models.CharField(max_length=100, unique=True)
    params = models.JSONField()
    amount = models.BigIntegerField()
    number = models.CharField(max_length=15, blank=True, default="")
    status = models.CharField(max_length=2, default="01")
    response = models.CharField(max_length=2, blank=True, default="")
    begun_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    @property
    def vnd(self) -> str:
        return dotted(self.amount // 100)


class Refund(models.Model):
    """A repayment the gateway was asked for; ``status`` 05 on its way, 00 done, 09 rejected."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="refunds")
    request_id = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=2)
    amount = models.BigIntegerField()
    status = models.CharField(max_length=2, default="05")
    at = models.DateTimeField()

    @property
    def vnd(self) -> str:
        return dotted(self.amount // 100)


class Delivery(models.Model):
    """A message to the portal that is still to be sent: an IPN's query, or a webhook's body."""

    url = models.URLField()
    query = models.TextField(blank=True, default="")
    body = models.TextField(blank=True, default="")
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    at_once = models.PositiveSmallIntegerField(default=1)
    done = models.BooleanField(default=False)


class Credit(models.Model):
    """Money that came to an account at the bank."""

    account = models.CharField(max_length=19)
    amount = models.BigIntegerField()
    description = models.CharField(max_length=200)
    at = models.DateTimeField()

    @property
    def vnd(self) -> str:
        return dotted(self.amount)


class Parcel(models.Model):
    """Something the post was asked to carry; ``history`` is [[code, local time, place], …]."""

    order_code = models.CharField(max_length=20, unique=True)
    item_code = models.CharField(max_length=13, unique=True)
    cod = models.BigIntegerField(default=0)
    status = models.CharField(max_length=3, default="1")
    history = models.JSONField(default=list)
    at = models.DateTimeField()
    remitted_in = models.CharField(max_length=40, blank=True, default="")


class Log(models.Model):
    """Every request that came and every message that was sent, without signatures."""

    at = models.DateTimeField()
    what = models.CharField(max_length=20)
    ref = models.CharField(max_length=100, blank=True, default="")
    text = models.TextField(blank=True, default="")
