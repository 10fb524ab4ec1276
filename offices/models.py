"""The authorities: their units, the posts officers hold in them, and when they are open."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .querysets import PostQuerySet, UnitQuerySet


class UnitKind(models.TextChoices):
    """Level of a unit in the two-tier government since 1 July 2025."""

    PROVINCE = "province", _("Province")
    COMMUNE = "commune", _("Commune")
    DEPARTMENT = "department", _("Department")


class Unit(models.Model):
    """An authority or a department below it.

    ``identifier`` is the first part of dossier codes ('000.00.16.H19' or
    'H19.16'); only units that receive dossiers have one. ``division_code`` is
    the code of the General Statistics Office. Nobody files with a unit before
    an administrator has opened it (``filing_since``).
    """

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=10, choices=UnitKind.choices)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=80)
    identifier = models.CharField(max_length=20, null=True, blank=True, unique=True)
    division_code = models.CharField(max_length=5, blank=True, default="")
    # On receipts, as whoever collects fees has it.
    tax_code = models.CharField(max_length=14, blank=True, default="", db_default="")
    address = models.CharField(max_length=200, blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    map_url = models.URLField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    filing_since = models.DateTimeField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What an officer may do in a unit."""

    CLERK = "clerk", _("Reception clerk")
    SPECIALIST = "specialist", _("Specialist")
    LEADER = "leader", _("Leader")
    CASHIER = "cashier", _("Cashier")
    AUDITOR = "auditor", _("Auditor")
    PUBLISHER = "publisher", _("Publisher")
    ADMINISTRATOR = "administrator", _("Administrator")


class Post(models.Model):
    """A role that a person holds in a unit for a time.

    ``sectors`` lists the codes of the fields a specialist handles; empty means all.
    ``for_all`` is an administrator's right to what all units share: the calendar
    of all, sectors, life events, units on top. A post counts for nothing while it
    ``awaits_confirmation`` by an administrator other than ``given_by``. A post that comes with a
    :class:`Delegation` names the leader it ``signs_for`` and that leader's title, ``signs_as``.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=13, choices=Role.choices)
    title = models.CharField(max_length=80, blank=True, default="")
    sectors = models.JSONField(default=list, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    for_all = models.BooleanField(default=False)
    awaits_confirmation = models.BooleanField(default=False)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="posts_given"
    )

    signs_for = models.CharField(max_length=160, blank=True, default="", db_default="")
    signs_as = models.CharField(max_length=80, blank=True, default="", db_default="")

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="post_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(for_all=False) | Q(role="administrator"), name="post_for_all_administers"
            ),
        ]
        indexes = [models.Index(fields=["user", "role"], name="post_user_role")]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}, {self.unit}"

    def covers(self, sector_code: str) -> bool:
        """Tell whether the holder handles a field."""
        return not self.sectors or sector_code in self.sectors


class Delegation(models.Model):
    """That a leader lets another officer of the unit sign for some days.

    Its effect is a leader's ``post`` of the other one, which goes at once when the leader ends it; this row stays.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="delegations")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_given")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_taken")
    valid_from = models.DateField()
    valid_until = models.DateField()
    reason = models.CharField(max_length=300)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    post = models.OneToOneField(Post, null=True, blank=True, on_delete=models.SET_NULL, related_name="delegation")

    class Meta:
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="delegation_ends_after_start"),
        ]
        indexes = [models.Index(fields=["unit", "-valid_from", "-id"], name="delegation_unit")]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}, {self.unit}"


class OpeningHours(models.Model):
    """One stretch of desk hours of a unit; ``weekday`` 0 is Monday. Local times.

    Where it does not ``counts``, the desk receives and no term runs: many Saturday mornings.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()
    counts = models.BooleanField(default=True, db_default=True)

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="opening_hours_order"),
            models.UniqueConstraint(fields=["unit", "weekday", "opens"], name="opening_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.weekday} {self.opens}–{self.closes}"


class DayKind(models.TextChoices):
    """How a calendar day differs from its weekday; two facts of each: the desk receives, the day counts."""

    OFF = "off", _("Day off")
    MORNING_OFF = "morning_off", _("Morning off")
    AFTERNOON_OFF = "afternoon_off", _("Afternoon off")
    WORKING = "working", _("Working day instead of a day off")
    RECEIVING = "receiving", _("Desk receives, day does not count")
    COUNTING = "counting", _("Desk closed, day counts")

    @property
    def receives(self) -> bool:
        """Whether the desk takes papers on such a day, if only for a half of it."""
        return self not in (DayKind.OFF, DayKind.COUNTING)

    @property
    def counts(self) -> bool:
        """Whether terms run on such a day, if only for a half of it."""
        return self not in (DayKind.OFF, DayKind.RECEIVING)


class Holiday(models.Model):
    """A day that differs from its weekday, for one unit or (``unit`` empty) for all.

    A make-up Saturday is a WORKING row; it has the full hours of the day that it ``replaces``, else of a Friday.
    """

    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField()
    kind = models.CharField(max_length=13, choices=DayKind.choices, default=DayKind.OFF)
    name = models.CharField(max_length=120)
    replaces = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "day"], name="holiday_of_unit_once"),
            models.UniqueConstraint(fields=["day"], condition=Q(unit=None), name="holiday_of_all_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class CalendarYear(models.Model):
    """A year whose days off have been entered; due times in any other year are refused."""

    year = models.PositiveSmallIntegerField(unique=True)
    entered_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.year)


class AuditEntry(models.Model):
    """Who changed what in the installation and when; the database keeps it as it was written.

    ``action`` is dotted, object first ('procedure.publish'); ``subject_ref``
    finds the object again (a code, a slug, a primary key), ``subject_name``
    says what it was called. ``changes`` lists {"field", "before", "after"} in
    words. ``unit`` is whose matter it is; empty for the whole installation.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="audit_entries"
    )
    by_name = models.CharField(max_length=160, blank=True, default="")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="audit_entries")
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_ref = models.CharField(max_length=60)
    subject_name = models.CharField(max_length=300, blank=True, default="")
    changes = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "-id"], name="audit_unit"),
            models.Index(fields=["subject_type", "subject_ref", "-id"], name="audit_subject"),
            models.Index(fields=["by", "-id"], name="audit_by"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_ref}"
