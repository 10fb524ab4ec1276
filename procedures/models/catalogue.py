"""The catalogue: what may be asked, of whom, at which level, with which papers, form and steps."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.secret import EncryptedJSONField
from offices.models import Role, Unit

from ..querysets import ProcedureQuerySet, VersionQuerySet
from .names import short_name


class Sector(models.Model):
    """A field of administration (lĩnh vực), such as civil status."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LifeEvent(models.Model):
    """An occasion in life that brings people to the commune, such as having a child; ``n`` orders them.

    ``day_name`` is what the time of its steps counts from ('ngày sinh của con'), '' where it counts from no one day.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True, default="")
    day_name = models.CharField(max_length=120, blank=True, default="")
    day_name_en = models.CharField(max_length=120, blank=True, default="")
    n = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["n", "id"]

    def __str__(self) -> str:
        return self.name


class Procedure(models.Model):
    """A procedure over time; what applies on a day is its version in force.

    ``code`` is the national code or a local one ('XA-0001').
    ``search_text`` (folded: no accents, đ→d) and ``sort_key`` are written by the publishing service.
    ``faq`` is a list of {"question": text, "answer": text}, with "question_en" and "answer_en" where there is
    English. ``revision`` grows with every change of what the whole procedure says (not its versions), so that a
    stale form is noticed.
    """

    code = models.CharField(max_length=20, unique=True)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="procedures")
    life_events = models.ManyToManyField(LifeEvent, related_name="procedures", blank=True)
    related = models.ManyToManyField("self", symmetrical=True, blank=True)
    synonyms = models.JSONField(default=list, blank=True)
    faq = models.JSONField(default=list, blank=True)
    notice = models.TextField(blank=True, default="")
    accept_until = models.DateField(null=True, blank=True)
    # Working days for which a supplement is awaited before stopping is proposed.
    supplement_days = models.PositiveSmallIntegerField(default=15, db_default=15)
    revision = models.PositiveIntegerField(default=0)
    search_text = models.TextField(blank=True, default="")
    # The name in force as common.text.sort_key has it: lists are in its order, compared byte by byte (COLLATE "C").
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


class Book(models.TextChoices):
    """The yearly books of what is settled at the desk in one visit; NONE where a dossier goes the long way only."""

    NONE = "", _("No book")
    COPIES = "copies", _("Book of certified copies")
    SIGNATURES = "signatures", _("Book of attested signatures")
    CONTRACTS = "contracts", _("Book of attested contracts and transactions")
    EXTRACTS = "extracts", _("Book of copies of civil status extracts")
    REGISTER = "register", _("Book of copies from the original registers")
    OTHER = "other", _("Book of other results given at once")


class ProcedureVersion(models.Model):
    """One wording of a procedure; immutable once published but for status and end dates.

    ``form`` is the form schema (docs/form-schema.md), null when nothing is
    filled in online. ``level`` is the highest service level; an offering may
    lower it. Lists: ``audience`` of account kinds, ``channels`` of online /
    post / direct, ``legal_bases`` of documents with number and day, ``reasons`` of wordings
    that officers may choose when they refuse or ask for a supplement.
    ``receipt_note`` is printed on the receipt, ``letter_text`` begins the
    letter of a decision. ``change_note`` tells the reviewer what is new,
    ``review_note`` why a version came back. ``revision`` grows with every
    saved change of a draft. RETIRED means that the end has been decided:
    whether the version still counts is said by its dates alone.
    """

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=9, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True, default="")
    level = models.PositiveSmallIntegerField()
    # One step needs the applicant in person (both sign a marriage): never 'wholly online', results only at the desk.
    needs_presence = models.BooleanField(default=False)
    audience = models.JSONField(default=list)
    channels = models.JSONField(default=list)
    processing_amount = models.PositiveSmallIntegerField(default=0)
    processing_unit = models.CharField(max_length=12, choices=TimeUnit.choices)
    processing_note = models.TextField(blank=True, default="")
    processing_note_en = models.TextField(blank=True, default="")
    outcome = models.CharField(max_length=300, blank=True, default="")
    outcome_en = models.CharField(max_length=300, blank=True, default="")
    conditions = models.TextField(blank=True, default="")
    conditions_en = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    note_en = models.TextField(blank=True, default="")
    legal_bases = models.JSONField(default=list)
    dossier_sets = models.PositiveSmallIntegerField(default=1)
    form = models.JSONField(null=True, blank=True)
    # What a clerk may settle in one visit is numbered in this book; it may be filed the long way all the same.
    book = models.CharField(
        max_length=10, choices=Book.choices, blank=True, default=Book.NONE, db_default=Book.NONE.value
    )
    receipt_note = models.TextField(blank=True, default="")
    letter_text = models.TextField(blank=True, default="")
    reasons = models.JSONField(default=list, blank=True)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    change_note = models.TextField(blank=True, default="")
    review_note = models.TextField(blank=True, default="")
    revision = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="versions_written"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="versions_published"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    # Everybody who changed the draft: none of them may publish it.
    editors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="versions_edited", blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    retirement_reason = models.TextField(blank=True, default="")
    successor = models.ForeignKey(
        Procedure, null=True, blank=True, on_delete=models.PROTECT, related_name="versions_replaced"
    )

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
                # A version that is retired before its first day ends before it begins.
                condition=Q(effective_until=None) | Q(effective_until__gte=F("effective_from")) | Q(status="retired"),
                name="version_effective_order",
            ),
            models.UniqueConstraint(
                fields=["procedure"],
                condition=Q(status__in=["draft", "in_review"]),
                name="version_one_open",
                violation_error_message=_("This procedure has an open draft already."),
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | Q(author=None) | ~Q(published_by=F("author")),
                name="version_second_person",
            ),
            # Without a second person only what nobody wrote is published: the catalogue that comes with the portal.
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(published_by__isnull=False) | Q(author=None),
                name="version_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None) | Q(status="retired", effective_until__isnull=False),
                name="version_retired_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (v{self.number})"

    @property
    def short_name(self) -> str:
        """The name as it stands in lists and titles."""
        return short_name(self.name)

    def name_for(self, language: str) -> str:
        """Return the name as a message in a language ('vi' or 'en') has it."""
        return (self.name_en if language == "en" else "") or self.short_name


class ProcedureStep(models.Model):
    """One step of the work, in order; ``role`` empty is the applicant's own step.

    ``allotted`` is in working hours; the sum fits the processing time. ``unit``
    is named where another unit than the competent one does the step.
    """

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="steps")
    n = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=13, choices=Role.choices, blank=True, default="")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
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
    ``valid_days`` is how old it may be, 0 where nothing says so.
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
    condition_en = models.CharField(max_length=300, blank=True, default="")
    show_if = models.JSONField(null=True, blank=True)
    from_form = models.BooleanField(default=False)
    may_bring_original = models.BooleanField(default=True)
    valid_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    template_file = models.FileField(upload_to="templates/", blank=True)
    # Of the file as it was stored.
    template_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

    class Meta:
        ordering = ["version", "n"]
        constraints = [
            models.UniqueConstraint(fields=["version", "n"], name="paper_n_once"),
            models.UniqueConstraint(fields=["version", "key"], name="paper_key_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TitleWord(models.Model):
    """A folded word of a name or synonym in force, against which typing errors are forgiven; ``titles`` have it."""

    word = models.CharField(max_length=40, unique=True)
    titles = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.word


class ProcedureFigures(models.Model):
    """How a procedure went this year, counted nightly by ``reports``.

    ``received`` were submitted or registered, ``received_online`` of them over the portal. ``decided`` are those with a
    result, of which ``on_time`` were never late; ``median_hours`` are working hours from reception to result, pauses
    left out; null when nothing was decided.
    """

    procedure = models.OneToOneField(Procedure, on_delete=models.CASCADE, related_name="figures")
    year = models.PositiveSmallIntegerField()
    received = models.PositiveIntegerField(default=0)
    received_online = models.PositiveIntegerField(default=0)
    decided = models.PositiveIntegerField(default=0)
    decided_online = models.PositiveIntegerField(default=0)
    on_time = models.PositiveIntegerField(default=0)
    median_hours = models.DecimalField(max_digits=7, decimal_places=1, null=True, blank=True)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(on_time__lte=F("decided"), received_online__lte=F("received")), name="figures_parts_fit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.year}"


class PreparedForm(models.Model):
    """A declaration filled in here to be printed, signed and sent on paper (level 2); gone after 30 days.

    ``code_index`` is the blind index of the random retrieval code printed in
    its QR, empty until it is printed. ``answers`` is {"answers", "unit" (slug),
    "code"}: the code rests encrypted beside what it opens, so that every print
    shows the same one (procedures/paper/prepared.py).
    """

    version = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="prepared_forms")
    code_index = models.CharField(max_length=43, null=True, blank=True, unique=True)  # noqa: DJ001
    answers = EncryptedJSONField(default=dict)
    completed_sections = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="prepared_forms_opened"
    )

    def __str__(self) -> str:
        return f"{self.version} {self.created_at:%Y-%m-%d}"


class WaitingImport(models.Model):
    """A file of the catalogue between its dry run and its import, one a person (procedures/exchange/store.py).

    ``report`` and ``parcels`` are encrypted and compressed JSON; the parcels are gone once they are imported.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kept_at = models.DateTimeField(db_index=True)
    report = models.BinaryField()
    parcels = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.kept_at:%Y-%m-%d %H:%M}"
