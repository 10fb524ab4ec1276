"""What people tell a unit about its work, who has it, and what was answered."""

from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.files.stored import StoredFile
from common.secret import EncryptedField
from dossiers.models.talk import new_file_ref
from dossiers.querysets import DESK_ROLES
from offices.models import Post, Role, Unit


class Kind(models.TextChoices):
    """What feedback is: something that goes wrong, or how to do it better (Nghị định 20/2008/NĐ-CP art. 2)."""

    PROBLEM = "problem", _("Something goes wrong")
    PROPOSAL = "proposal", _("A proposal for doing it better")


class Topic(models.TextChoices):
    """What it is about."""

    PROCEDURE = "procedure", _("A procedure")
    DOSSIER = "dossier", _("A dossier")
    CONDUCT = "conduct", _("How an officer behaved")
    OTHER = "other", _("Something else")


class FeedbackStatus(models.TextChoices):
    """Where feedback stands."""

    RECEIVED = "received", _("Waiting to be assigned")
    ASSIGNED = "assigned", _("Being answered")
    DETAILS = "details", _("Waiting for details")
    PROPOSED = "proposed", _("Answer waits for the leader")
    ANSWERED = "answered", _("Answered, publishing is decided")
    REFUSED = "refused", _("Not taken")
    PUBLISHED = "published", _("Answered and published")
    CLOSED = "closed", pgettext_lazy("feedback", "Answered")


FINISHED = (FeedbackStatus.REFUSED, FeedbackStatus.PUBLISHED, FeedbackStatus.CLOSED)
# Not answered yet; once it is, only whether to publish is left.
UNANSWERED = (FeedbackStatus.RECEIVED, FeedbackStatus.ASSIGNED, FeedbackStatus.DETAILS, FeedbackStatus.PROPOSED)


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Scopes first; every view starts from one of these."""

    def visible_with(self, user: Any, posts: Iterable[Post]) -> Self:
        """What a person's present posts open: never one's own, nor what is about oneself.

        Leader: all of the unit. Clerk: all but what is about an officer's conduct. Whoever answers it, with a post at
        the desk: that.
        """
        allowed, units = Q(pk__in=[]), set()
        for post in posts:
            if post.role in DESK_ROLES:
                units.add(post.unit_id)
            if post.role == Role.LEADER:
                allowed |= Q(unit=post.unit_id)
            elif post.role == Role.CLERK:
                allowed |= Q(unit=post.unit_id) & ~Q(topic=Topic.CONDUCT)
        allowed |= Q(holder=user, unit__in=units)
        about = Feedback.concerned.through.objects.filter(user=user, feedback=models.OuterRef("pk"))
        return self.filter(allowed).exclude(owner=user).exclude(models.Exists(about))

    def published(self) -> Self:
        """What everybody may read."""
        return self.filter(status=FeedbackStatus.PUBLISHED)


class Feedback(models.Model):
    """One piece of feedback. Who gave it, what was said and the answer are stored encrypted.

    ``unit`` has it since ``unit_since``; ``due_at`` is when its present step is due, ``answer_due_at`` when it must be
    answered. ``late_since`` is the first date that was missed, whatever came later; it is never cleared. ``owner`` is
    the account that gave it, else the code and a secret open it, of which ``secret_index`` keeps a keyed hash.
    ``concerned`` are the officers it is about. Once ``forgotten_at``, only what was counted and published is left.
    """

    code = models.CharField(max_length=40, unique=True)
    secret_index = models.CharField(max_length=43)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    topic = models.CharField(max_length=9, choices=Topic.choices)
    about = EncryptedField(blank=True, default="")
    text = EncryptedField(blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="feedback_given"
    )
    name = EncryptedField(blank=True, default="")
    email = EncryptedField(blank=True, default="")
    phone = EncryptedField(blank=True, default="")
    language = models.CharField(max_length=2, default="vi")
    may_publish = models.BooleanField(default=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="feedback")
    unit_since = models.DateTimeField()
    received_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=FeedbackStatus.choices, default=FeedbackStatus.RECEIVED)
    revision = models.PositiveIntegerField(default=0)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="feedback_held"
    )
    concerned = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField()
    paused_since = models.DateTimeField(null=True, blank=True)
    late_since = models.DateTimeField(null=True, blank=True)
    answer = EncryptedField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    public_question = models.TextField(blank=True, default="")
    public_answer = models.TextField(blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["unit", "status", "due_at", "id"], name="feedback_unit"),
            models.Index(fields=["unit", "-closed_at", "-id"], name="feedback_closed"),
            models.Index(fields=["unit", "answered_at"], name="feedback_answered"),
            models.Index(fields=["-published_at", "-id"], condition=Q(status="published"), name="feedback_published"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.status in FINISHED

    @property
    def is_answer_late(self) -> bool:
        """Whether the answer came after its date."""
        return self.answered_at is not None and self.answered_at > self.answer_due_at

    @property
    def was_late(self) -> bool:
        """Whether any of its steps has missed its date."""
        return self.late_since is not None


class FeedbackEvent(models.Model):
    """What happened to feedback; the database keeps who, what and when as it was written.

    ``due_at`` is when the step was due that ended so, ``unit`` who had it then. Both texts are emptied when the
    feedback is forgotten: ``public_text`` is read by who gave it, ``internal_text`` by officers only.
    """

    feedback = models.ForeignKey(Feedback, on_delete=models.PROTECT, related_name="events")
    n = models.PositiveIntegerField()
    action = models.CharField(max_length=12)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=160, blank=True, default="")
    by_role = models.CharField(max_length=13)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    public_text = EncryptedField(blank=True, default="")
    internal_text = EncryptedField(blank=True, default="")

    class Meta:
        ordering = ["feedback", "n"]
        constraints = [models.UniqueConstraint(fields=["feedback", "n"], name="feedback_event_once")]

    def __str__(self) -> str:
        return f"{self.feedback_id} {self.n} {self.action}"

    @property
    def is_late(self) -> bool:
        """Whether it came after its date."""
        return self.due_at is not None and self.at > self.due_at


class FeedbackReading(models.Model):
    """That an officer opened feedback or one of its files; append-only. ``what`` is 'feedback' or 'file <ref>'."""

    feedback = models.ForeignKey(Feedback, on_delete=models.PROTECT, related_name="readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.feedback_id} {self.reader_id} {self.what}"


class FeedbackFile(StoredFile):
    """A file that came with feedback or with its details."""

    folder = "feedback"

    feedback = models.ForeignKey(Feedback, on_delete=models.PROTECT, related_name="files")
    ref = models.CharField(max_length=12, unique=True, default=new_file_ref, editable=False)
    original_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=40)
    pages = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["feedback", "id"]

    def __str__(self) -> str:
        return self.original_name
