"""What the desk's lists are read from: one narrow row for each unit that has a dossier."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from offices.models import Role, Unit

from ..querysets import WorklistQuerySet
from .dossier import FINAL, HELD, OPEN, RUNNING, Channel, Delivery, Dossier, FeeState, Status, System


class WorklistRow(models.Model):
    """A submitted dossier as the lists of one unit show and filter it: the competent one's, and the receiving one's.

    A copy, written by ``dossiers.worklist`` only; its columns are defined there. Each tab of the desk has the index
    that it is read from, the unit first.
    """

    pk = models.CompositePrimaryKey("unit_id", "dossier_id")
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="worklist")
    # The unit that decides: in its own row the row's unit.
    competent = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    status = models.PositiveSmallIntegerField(choices=Status.choices)
    # Somebody of this very unit holds it: true in at most one row of a dossier.
    is_held_here = models.BooleanField()
    holder_role = models.CharField(max_length=13, choices=Role.choices, blank=True)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    holder_name = models.CharField(max_length=160, blank=True)
    # A decision has been proposed and is not approved.
    has_proposal = models.BooleanField()
    # Code of the procedure's sector.
    sector = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField()
    needs_presence = models.BooleanField()
    channel = models.CharField(max_length=7, choices=Channel.choices)
    external_system = models.CharField(max_length=8, choices=System.choices, blank=True, default="", db_default="")
    delivery = models.CharField(max_length=6, choices=Delivery.choices, blank=True)
    fee_state = models.CharField(max_length=11, choices=FeeState.choices, blank=True, default="", db_default="")
    submitted_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    paused_since = models.DateTimeField(null=True)
    was_late = models.BooleanField(default=False, db_default=False)
    # Stopping was proposed to the leader.
    stop_proposed = models.BooleanField(default=False, db_default=False)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=40)
    # The last four characters of the code.
    code_tail = models.CharField(max_length=4)
    applicant = models.CharField(max_length=160, blank=True)
    folded_name = models.CharField(max_length=160, blank=True)
    # Blind index of the applicant's ID or tax number.
    number_index = models.CharField(max_length=43, blank=True)
    # The name in the version that it was filed under.
    procedure = models.CharField(max_length=300)
    # The owner wrote something that nobody has answered or marked as read; the owner waits for a call.
    has_message = models.BooleanField(default=False, db_default=False)
    wants_call = models.BooleanField(default=False, db_default=False)
    # It was received, has not ended, and an original that was promised has not come.
    owes_original = models.BooleanField(default=False, db_default=False)

    objects = WorklistQuerySet.as_manager()

    class Meta:
        indexes = [
            # Names are looked through in it without the rows, from the newest on.
            models.Index(
                fields=["unit", "submitted_at", "dossier", "folded_name", "competent", "sector"], name="worklist_all"
            ),
            models.Index(
                fields=["unit", "submitted_at", "dossier"],
                condition=Q(status=Status.SUBMITTED),
                name="worklist_waiting",
            ),
            models.Index(
                fields=["unit", "due_at", "dossier"], condition=Q(status__in=RUNNING), name="worklist_running"
            ),
            models.Index(
                fields=["unit", "due_at", "dossier"],
                condition=Q(status=Status.PROCESSING, holder_role=Role.LEADER),
                name="worklist_signing",
            ),
            models.Index(
                fields=["unit", "status", "due_at", "dossier"],
                condition=Q(status__in=(Status.AWAITING_SUPPLEMENT, Status.DECIDED)),
                name="worklist_resting",
            ),
            models.Index(fields=["unit", "closed_at", "dossier"], condition=Q(status__in=FINAL), name="worklist_done"),
            # Few different values: PostgreSQL keeps a thousand rows in a page.
            models.Index(
                fields=["unit", "competent", "sector"], condition=Q(status__in=FINAL), name="worklist_ended_counts"
            ),
            models.Index(
                fields=["holder", "due_at", "dossier", "status", "paused_since", "holder_role", "has_proposal"],
                condition=Q(status__in=HELD, is_held_here=True),
                name="worklist_held",
            ),
            models.Index(
                fields=["unit", "holder_role", "due_at", "dossier"],
                condition=Q(status__in=HELD, is_held_here=True, holder=None),
                name="worklist_offered",
            ),
            # Every figure over what is open is counted in one pass of this.
            models.Index(
                fields=[
                    "unit",
                    "status",
                    "holder_role",
                    "holder",
                    "is_held_here",
                    "competent",
                    "sector",
                    "due_at",
                    "paused_since",
                ],
                condition=Q(status__in=OPEN),
                name="worklist_open_counts",
            ),
            # Searches, the newest first.
            models.Index(
                fields=["unit", "number_index", "submitted_at", "dossier"],
                condition=~Q(number_index=""),
                name="worklist_number",
            ),
            models.Index(fields=["unit", "code_tail", "submitted_at", "dossier"], name="worklist_code"),
            # Few, whatever their status.
            models.Index(fields=["unit", "due_at", "dossier"], condition=Q(has_message=True), name="worklist_messages"),
            models.Index(
                fields=["unit", "due_at", "dossier"],
                condition=Q(status=Status.RECEIVED, is_held_here=True),
                name="worklist_unforwarded",
            ),
            models.Index(
                fields=["unit", "due_at", "dossier"],
                condition=Q(status=Status.DECIDED, is_held_here=True),
                name="worklist_results",
            ),
            models.Index(fields=["unit", "dossier"], condition=Q(wants_call=True), name="worklist_calls"),
            models.Index(fields=["unit", "due_at", "dossier"], condition=Q(owes_original=True), name="worklist_owed"),
            models.Index(fields=["unit", "due_at", "dossier"], condition=Q(stop_proposed=True), name="worklist_stops"),
            models.Index(fields=["unit", "submitted_at", "dossier"], condition=Q(was_late=True), name="worklist_late"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.unit_id})"
