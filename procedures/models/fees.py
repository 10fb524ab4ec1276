"""What a version's work costs, in whole đồng, and who is exempt. ``procedures/fees.py`` computes from these rows."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..querysets import FeeLineQuerySet
from .catalogue import ProcedureVersion


class FeeKind(models.TextChoices):
    """Phí covers the cost of a service, lệ phí is a fixed sum (Luật Phí và lệ phí)."""

    FEE = "phi", _("Fee for the service")
    CHARGE = "le_phi", _("Fee (lệ phí)")


class FeeUnit(models.TextChoices):
    """What an amount is due for each of."""

    DOSSIER = "dossier", _("dossier")
    COPY = "copy", _("copy")
    PAGE = "page", _("page")
    PERSON = "person", _("person")


class FeeChannel(models.TextChoices):
    """How a dossier is filed, as far as an amount or an exemption depends on it."""

    ONLINE = "online", _("Online")
    COUNTER = "counter", _("At the counter")
    POST = "post", _("By post")


class FeeLine(models.Model):
    """One fee of a version: ``amount_vnd`` for each ``unit``, ``amount_online_vnd`` when filed online (null: the same).

    ``key`` names the line in a version and in what units set themselves. ``tiers``
    is a list of {"from": 1, "to": 2, "amount_vnd": 2000}, contiguous from 1, ``to``
    null in the last: the amount of a unit by its ordinal number. ``cap_vnd`` is
    the most that one copy of an original costs. ``applies`` says in words when
    the fee is due, ``applies_if`` as a condition over the form's answers. A line
    that ``is_optional`` is charged only for what is asked. With ``is_guide`` the
    provincial council sets the amount: this one is charged by nobody.
    """

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="fees")
    n = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=6, choices=FeeKind.choices)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")
    amount_vnd = models.PositiveBigIntegerField()
    amount_online_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=7, choices=FeeUnit.choices, default=FeeUnit.DOSSIER)
    tiers = models.JSONField(default=list, blank=True)
    cap_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    is_optional = models.BooleanField(default=False)
    applies = models.CharField(max_length=300, blank=True, default="")
    applies_en = models.CharField(max_length=300, blank=True, default="")
    applies_if = models.JSONField(null=True, blank=True)
    is_guide = models.BooleanField(default=False)
    note = models.TextField(blank=True, default="")
    note_en = models.TextField(blank=True, default="")
    # Where the rows come from with_exemptions().
    has_exemptions: bool

    objects = FeeLineQuerySet.as_manager()

    class Meta:
        ordering = ["version", "n"]
        constraints = [
            models.UniqueConstraint(fields=["version", "n"], name="fee_n_once"),
            models.UniqueConstraint(fields=["version", "key"], name="fee_key_once"),
            models.CheckConstraint(condition=Q(kind__in=FeeKind.values), name="fee_kind"),
            models.CheckConstraint(condition=Q(unit__in=FeeUnit.values), name="fee_unit"),
            models.CheckConstraint(condition=Q(cap_vnd=None) | Q(cap_vnd__gt=0, unit="page"), name="fee_cap_of_pages"),
        ]

    def __str__(self) -> str:
        return self.name


class FeeExemption(models.Model):
    """Who need not pay a fee, and by which proof; only between two days, or only online, where it says so."""

    line = models.ForeignKey(FeeLine, on_delete=models.CASCADE, related_name="exemptions")
    n = models.PositiveSmallIntegerField()
    who = models.TextField()
    who_en = models.TextField(blank=True, default="")
    proof = models.TextField(blank=True, default="")
    proof_en = models.TextField(blank=True, default="")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    channel = models.CharField(max_length=7, choices=FeeChannel.choices, blank=True, default="")

    class Meta:
        ordering = ["line_id", "n"]
        constraints = [
            models.UniqueConstraint(fields=["line", "n"], name="exemption_n_once"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")), name="exemption_order"
            ),
            models.CheckConstraint(condition=Q(channel__in=["", "online"]), name="exemption_channel"),
        ]

    def __str__(self) -> str:
        return self.who
