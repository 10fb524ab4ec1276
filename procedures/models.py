"""The catalogue: what may be asked, of whom, at which level, with which papers, form, fee and steps."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.models import Role, Unit

from .querysets import OfferingQuerySet, ProcedureQuerySet, VersionQuerySet


class Sector(models.Model):
    """A field of administration (lĩnh vực), such as civil status."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Procedure(models.Model):
    """A procedure over time; what applies on a day is its version in force.

    ``code`` is the national code or a local one ('XA-0001').
    ``search_text`` and ``sort_key`` are folded (no accents, đ→d) and written by the publishing service.
    """

    code = models.CharField(max_length=20, unique=True)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="procedures")
    synonyms = models.JSONField(default=list, blank=True)
    notice = models.TextField(blank=True, default="")
    accept_until = models.DateField(null=True, blank=True)
    search_text = models.TextField(blank=True, default="")
    # The folded name in force: lists are in its order.
    sort_key = models.CharField(max_length=120, blank=True, default="")
    # Filings of the last 90 days, counted nightly; the shipped catalogue sets a start for the common ones.
    popularity = models.PositiveIntegerField(default=0)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["-popularity", "sort_key", "id"], name="procedure_list_order")]

    def __str__(self) -> str:
        return self.code


class VersionStatus(models.TextChoices):
    """Life of a version; 'in force' is computed from dates, never stored."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class TimeUnit(models.TextChoices):
    """Units of processing time found in the national records."""

    SAME_DAY = "same_day", _("same day")
    HOURS = "hours", _("hours")
    DAYS = "days", _("days")
    WORKING_DAYS = "working_days", _("working days")


class ProcedureVersion(models.Model):
    """One wording of a procedure; immutable once published but for status and end dates.

    ``form`` is the form schema (docs/form-schema.md), null when nothing is
    filled in online. ``level`` is the highest service level; an offering may
    lower it. Lists: ``audience`` of account kinds, ``channels`` of online /
    post / direct, ``legal_bases`` of document numbers.
    """

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=9, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True, default="")
    level = models.PositiveSmallIntegerField()
    audience = models.JSONField(default=list)
    channels = models.JSONField(default=list)
    processing_amount = models.PositiveSmallIntegerField(default=0)
    processing_unit = models.CharField(max_length=12, choices=TimeUnit.choices)
    processing_note = models.TextField(blank=True, default="")
    outcome = models.CharField(max_length=300, blank=True, default="")
    outcome_en = models.CharField(max_length=300, blank=True, default="")
    conditions = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    legal_bases = models.JSONField(default=list)
    form = models.JSONField(null=True, blank=True)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="versions_written"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="versions_published"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["procedure", "number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="version_number_once"),
            models.CheckConstraint(condition=Q(level__gte=1) & Q(level__lte=4), name="version_level"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in_review"]) | Q(published_at__isnull=False),
                name="version_published_at",
            ),
            models.CheckConstraint(
                condition=Q(effective_until=None) | Q(effective_until__gte=F("effective_from")),
                name="version_effective_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (v{self.number})"


class ProcedureStep(models.Model):
    """One step of the work, in order; ``role`` empty is the applicant's own step.

    ``allotted`` is in working hours; the sum fits the processing time.
    """

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="steps")
    n = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=13, choices=Role.choices, blank=True, default="")
    text = models.CharField(max_length=400)
    text_en = models.CharField(max_length=400, blank=True, default="")
    allotted = models.DecimalField(max_digits=6, decimal_places=1, default=0)

    class Meta:
        ordering = ["version", "n"]
        constraints = [models.UniqueConstraint(fields=["version", "n"], name="step_n_once")]

    def __str__(self) -> str:
        return self.text


class RequiredPaper(models.Model):
    """One paper of the dossier (thành phần hồ sơ).

    ``condition`` says in words when a paper that is not always needed is
    needed; ``show_if`` says it as data over the form's answers. A paper with
    ``from_form`` is made from the answers and never asked as an upload.
    """

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="papers")
    n = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=400)
    name_en = models.CharField(max_length=400, blank=True, default="")
    originals = models.PositiveSmallIntegerField(default=0)
    copies = models.PositiveSmallIntegerField(default=0)
    is_required = models.BooleanField(default=True)
    condition = models.CharField(max_length=300, blank=True, default="")
    show_if = models.JSONField(null=True, blank=True)
    from_form = models.BooleanField(default=False)
    may_bring_original = models.BooleanField(default=True)
    template_file = models.FileField(upload_to="templates/", blank=True)

    class Meta:
        ordering = ["version", "n"]
        constraints = [
            models.UniqueConstraint(fields=["version", "n"], name="paper_n_once"),
            models.UniqueConstraint(fields=["version", "key"], name="paper_key_once"),
        ]

    def __str__(self) -> str:
        return self.name


class FeeKind(models.TextChoices):
    """Phí covers the cost of a service, lệ phí is a fixed sum (Luật Phí và lệ phí)."""

    FEE = "phi", _("Fee for the service")
    CHARGE = "le_phi", _("State charge")


class FeeLine(models.Model):
    """One fee of a version, in whole đồng per ``per`` (dossier, copy, page, …).

    ``is_local``: the provincial council sets the amount, so that this one is only a guide.
    """

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="fees")
    n = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=FeeKind.choices)
    amount_vnd = models.PositiveIntegerField()
    amount_online_vnd = models.PositiveIntegerField(null=True, blank=True)
    per = models.CharField(max_length=200, default="")
    exemption = models.TextField(blank=True, default="")
    is_local = models.BooleanField(default=False)

    class Meta:
        ordering = ["version", "n"]
        constraints = [models.UniqueConstraint(fields=["version", "n"], name="fee_n_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_vnd}"


class Offering(models.Model):
    """That a unit offers a procedure: since when, at which level, with which local fee.

    ``level`` may be lower than the version's, never higher; ``fee_vnd`` empty
    means the version's own fee lines.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="offerings")
    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="offerings")
    level = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    fee_vnd = models.PositiveIntegerField(null=True, blank=True)

    objects = OfferingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "procedure"], name="offering_once"),
            models.CheckConstraint(condition=Q(level__gte=1) & Q(level__lte=4), name="offering_level"),
        ]
        indexes = [models.Index(fields=["procedure", "level"], name="offering_procedure_level")]

    def __str__(self) -> str:
        return f"{self.unit} – {self.procedure}"
