"""The dossier itself, who asks, who holds it and which time counts."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from common.clock import local_day
from common.secret import EncryptedField, EncryptedJSONField
from common.values.identity import masked
from eforms.filling.filled import Filled
from offices.models import Role, Unit
from procedures.catalogue import VersionKey
from procedures.models import ProcedureVersion

from ..querysets import DossierQuerySet

# Without look-alikes: refs are read aloud and typed from paper.
REF_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_ref() -> str:
    """Return a random 12-character reference (59 bits)."""
    return get_random_string(12, REF_ALPHABET)


class Status(models.IntegerChoices):
    """The ten national status codes, and 0 for a draft."""

    DRAFT = 0, _("Draft")
    SUBMITTED = 1, _("Waiting for reception")
    RECEIVED = 2, _("Received")
    REFUSED = 3, _("Not received")
    PROCESSING = 4, _("In progress")
    AWAITING_SUPPLEMENT = 5, _("Needs a supplement")
    AWAITING_PAYMENT = 6, _("Waiting for payment")
    WITHDRAWAL_REQUESTED = 7, _("Withdrawal asked")
    STOPPED = 8, _("Stopped")
    DECIDED = 9, _("Result ready")
    RETURNED = 10, _("Result returned")


# Named once; no other module spells out groups of statuses.
FINAL = (Status.REFUSED, Status.STOPPED, Status.RETURNED)
OPEN = (
    Status.SUBMITTED,
    Status.RECEIVED,
    Status.PROCESSING,
    Status.AWAITING_SUPPLEMENT,
    Status.AWAITING_PAYMENT,
    Status.WITHDRAWAL_REQUESTED,
    Status.DECIDED,
)
# An officer works on it, or waits for the applicant.
HELD = (
    Status.RECEIVED,
    Status.PROCESSING,
    Status.AWAITING_SUPPLEMENT,
    Status.AWAITING_PAYMENT,
    Status.WITHDRAWAL_REQUESTED,
)
# The authority's clock runs.
RUNNING = (Status.RECEIVED, Status.PROCESSING, Status.AWAITING_PAYMENT, Status.WITHDRAWAL_REQUESTED)


class Channel(models.TextChoices):
    """How the dossier reached the desk."""

    ONLINE = "online", _("Online")
    COUNTER = "counter", _("At the counter")
    POST = "post", _("By post")


class System(models.TextChoices):
    """Where a dossier was entered before it came into this portal; each gave it a number of its own."""

    HERE = "", _("Here")
    NATIONAL = "national", _("National Public Service Portal")
    BEFORE = "before", _("The system or book of before")


class Delivery(models.TextChoices):
    """How the applicant wants the result."""

    ONLINE = "online", _("Online")
    DESK = "desk", _("At the commune")
    POST = "post", _("By post")


class Acting(models.TextChoices):
    """Whom a person files for; the words of a choice say who that is to the person."""

    SELF = "", _("Myself")
    SPOUSE = "spouse", _("My husband or wife")
    PARENT = "parent", _("My father or mother")
    CHILD = "child", _("My child")
    KIN = "kin", _("My grandparent, grandchild, brother or sister")
    WARD = "ward", _("Somebody whose guardian or legal representative I am")
    PRINCIPAL = "principal", _("Somebody who gave me a power of attorney")


class FeeState(models.TextChoices):
    """What is owed for a dossier, told by the package that charges; kept here so that lists and rules need no sum."""

    NONE = "", _("No fee")
    CLAIMED = "claimed", _("Exemption claimed")
    OWED = "owed", _("Fee not paid")
    ON_DELIVERY = "on_delivery", _("Fee paid to the postman")
    PAID = "paid", _("Fee paid")
    WAIVED = "waived", _("Fee waived")
    REFUNDED = "refunded", _("Fee paid back")


# Where a fee that was left to the postman is no longer his: asked for before the work goes on, or his parcel decides.
NOT_LEFT_TO_POST = (Status.AWAITING_PAYMENT, Status.DECIDED, Status.RETURNED)


class Dossier(models.Model):
    """One request from draft to result.

    ``ref`` names it in the applicant's URLs, ``code`` (issued once at submit or
    take_in) everywhere else. ``received_by`` is the unit that gives the code,
    ``unit`` the competent one. ``revision`` grows with every action: a page
    made for an older revision is refused. ``step``, ``holder_*`` repeat the open
    :class:`Assignment`. Status, step and holder are written by
    ``dossiers.workflow.perform`` only.
    """

    ref = models.CharField(max_length=12, unique=True, default=new_ref, editable=False)
    code = models.CharField(max_length=40, unique=True, null=True, blank=True)
    version = VersionKey(ProcedureVersion, on_delete=models.PROTECT, related_name="dossiers")
    received_by = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="dossiers_received", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="dossiers", db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dossiers",
        db_index=False,
    )
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="dossiers_filed"
    )
    # For whom the owner files; the applicant is then that other person, who files is kept as the representative.
    acting = models.CharField(max_length=9, choices=Acting.choices, blank=True, default="", db_default="")
    # {"day", "number", "until"} of the power of attorney, as ISO days; what is not on it is ''.
    authority = EncryptedJSONField(null=True, blank=True)
    channel = models.CharField(max_length=7, choices=Channel.choices, default=Channel.ONLINE)
    # Where it was entered first, its number there and when it was filed there; what else that system knows is not here.
    external_system = models.CharField(max_length=8, choices=System.choices, blank=True, default="", db_default="")
    external_code = models.CharField(max_length=60, blank=True, default="", db_default="")
    external_at = models.DateTimeField(null=True, blank=True)
    # {field key: value}; shapes in docs/form-schema.md.
    answers = EncryptedJSONField(default=dict)
    # {section key: {box: [texts]}} as they were sent, of sections in which something typed failed its checks.
    typed = EncryptedJSONField(null=True, blank=True)
    # Keys of form sections the applicant has saved without an error.
    completed_sections = models.JSONField(default=list, blank=True)
    # Keys of sections that were done before the procedure changed, to be looked at again.
    sections_to_review = models.JSONField(default=list, blank=True)
    delivery = models.CharField(max_length=6, choices=Delivery.choices, blank=True, default="")
    # {"name", "phone", "address": {...}} when the result or the papers travel by post.
    delivery_address = EncryptedJSONField(null=True, blank=True)
    # The post fetches promised papers; the fee is paid to whoever brings the result.
    papers_by_post = models.BooleanField(default=False, db_default=False)
    pays_on_delivery = models.BooleanField(default=False, db_default=False)

    # Written by records.fees.set_fee_state only.
    fee_state = models.CharField(max_length=11, choices=FeeState.choices, blank=True, default="", db_default="")

    status = models.PositiveSmallIntegerField(choices=Status.choices, default=Status.DRAFT)
    former_status = models.PositiveSmallIntegerField(choices=Status.choices, null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    step = models.PositiveSmallIntegerField(default=0)
    holder_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    holder_role = models.CharField(max_length=13, choices=Role.choices, blank=True, default="")
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dossiers_held",
        db_index=False,
    )

    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    # Legal moment of reception (slip 01) and the moment the server recorded it.
    received_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    # From when the present term counts: reception, or a completed supplement.
    term_from = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    # What was promised at reception; no restart and no apology changes it.
    first_due_at = models.DateTimeField(null=True, blank=True)
    # That a promised date passed once, whatever was promised afterwards; written by ``terms.marks`` only.
    was_late = models.BooleanField(default=False, db_default=False)
    paused_since = models.DateTimeField(null=True, blank=True)
    # Last day on which a required payment is awaited.
    pay_by = models.DateField(null=True, blank=True)
    extended_once = models.BooleanField(default=False)
    supplements_asked = models.PositiveSmallIntegerField(default=0)
    # More than one supplement request counts as late in the national figures.
    counts_late = models.BooleanField(default=False)
    # Stopping was proposed and the leader has not answered; any change of status ends that.
    stop_proposed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # When a reception at the counter was cancelled as mistaken, or the entry of a book: it counts in no figure.
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=0, code=None) | Q(status__gt=0, code__isnull=False), name="dossier_code_with_status"
            ),
            models.CheckConstraint(condition=Q(status__lte=10), name="dossier_status"),
            models.CheckConstraint(
                condition=~Q(status__in=[2, 4, 9, 10]) | Q(received_at__isnull=False), name="dossier_received_at"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[3, 8, 10]) | Q(closed_at__isnull=False), name="dossier_closed_at"
            ),
            # By its number elsewhere a dossier is found, and entered once; one that ended unreceived may come again.
            models.UniqueConstraint(
                fields=["external_code", "external_system", "received_by"],
                condition=~Q(external_code="") & ~Q(status__in=[3, 8]),
                name="dossier_external_once",
            ),
            models.CheckConstraint(
                condition=Q(external_system="", external_code="", external_at=None)
                | (~Q(external_system="") & ~Q(external_code="")),
                name="dossier_external",
            ),
        ]
        # What the desk lists is found by its rows in the worklist.
        indexes = [
            models.Index(fields=["owner", "-saved_at", "-id"], name="dossier_owner"),
            models.Index(fields=["received_by"], condition=Q(external_system="national"), name="dossier_national"),
        ]

    def __str__(self) -> str:
        return self.code or self.ref

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def filled(self) -> Filled:
        """The form as the applicant has filled it in."""
        return Filled(self.answers, self.completed_sections, self.typed or {}, self.sections_to_review)

    @property
    def is_awaiting_reception(self) -> bool:
        return self.status == Status.SUBMITTED

    @property
    def is_awaiting_supplement(self) -> bool:
        return self.status == Status.AWAITING_SUPPLEMENT

    @property
    def is_awaiting_payment(self) -> bool:
        return self.status == Status.AWAITING_PAYMENT

    @property
    def came_at(self) -> datetime | None:
        """When it was received by the clock on the wall, which may be before the desk opened; None before reception."""
        if self.recorded_at is not None and self.counts_from is not None:
            return self.recorded_at
        return self.received_at

    @property
    def counts_from(self) -> datetime | None:
        """The opening from which the law counts a reception out of hours; None for one within hours, or before any."""
        if self.recorded_at is None or self.received_at is None or self.received_at <= self.recorded_at:
            return None
        return self.received_at

    @property
    def filed_day(self) -> date:
        """The local day on which it was filed, of a draft on which it was begun: answers that hang on a day mean it."""
        return local_day(self.submitted_at or self.received_at or self.created_at)

    @property
    def is_crossed_out(self) -> bool:
        """Settled in one visit, and its entry of the book cancelled since."""
        return self.status == Status.RETURNED and self.cancelled_at is not None

    @property
    def is_decided(self) -> bool:
        """Decided, and the result not yet returned."""
        return self.status == Status.DECIDED


class Applicant(models.Model):
    """Who asks, frozen at submit; nothing is read from the account afterwards.

    ``search_name`` is folded; ``number_index`` is a blind index of the ID or tax number.
    """

    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="applicant")
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=160)
    search_name = models.CharField(max_length=160)
    birth = models.CharField(max_length=10, blank=True, default="")
    sex = models.CharField(max_length=3, blank=True, default="")
    id_kind = models.CharField(max_length=20, blank=True, default="")
    id_number = EncryptedField(blank=True, default="")
    number_index = models.CharField(max_length=43, blank=True, default="", db_index=True)
    phone = models.CharField(max_length=16, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    address = EncryptedJSONField(null=True, blank=True)
    # {"name", "position", "id_number", "phone"} of the person who acts, when not the applicant; ``is_member`` of one
    # who files for an organisation without leading it.
    representative = EncryptedJSONField(null=True, blank=True)

    class Meta:
        # The counter finds by it who has been there before.
        indexes = [models.Index(fields=["phone"], name="applicant_phone")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_filed_by_another(self) -> bool:
        """Whether the representative only files: for another person, or as one of an organisation's people."""
        agent = self.representative or {}
        return bool(agent) and (bool(self.dossier.acting) or bool(agent.get("is_member")))

    @property
    def masked_number(self) -> str:
        """The ID number with all but the last three characters hidden; empty when none."""
        return masked(self.id_number)
