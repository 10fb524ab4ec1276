"""How people rate what was done for them: an answer for each ended dossier, and sums of days."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.secret import EncryptedField
from dossiers.models import Dossier
from offices.models import Unit


class Grade(models.IntegerChoices):
    """The three levels of the survey (Thông tư 32/2017/TT-BTTTT, art. 12)."""

    VERY_SATISFIED = 3, _("Very satisfied")
    SATISFIED = 2, _("Satisfied")
    DISSATISFIED = 1, _("Dissatisfied")


class Question(models.TextChoices):
    """What the survey asks, each answered with a :class:`Grade`; the same article."""

    OVERALL = "overall", _("All in all")
    CONVENIENCE = "convenience", _("How convenient it was")
    PUNCTUALITY = "punctuality", _("Whether it was on time")
    ATTITUDE = "attitude", _("How officers behaved")


class CommentState(models.TextChoices):
    """What became of a comment; without one there is no state."""

    NONE = "", _("No comment")
    WAITING = "waiting", _("Waits to be read")
    PUBLISHED = "published", _("Published")
    WITHHELD = "withheld", pgettext_lazy("a comment", "Not published")


class Rating(models.Model):
    """What somebody said about an ended dossier, once; the answers never change.

    Nothing says who gave it. ``unit`` is the dossier's competent one. ``is_dissatisfied``: with anything asked; the
    unit's leader takes note of it and writes what was done (``noted``). A comment is published only after a leader has
    read it, and forgotten after a time (``reports.ratings.keeping``). ``revision`` grows with each act of a leader.
    """

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="rating")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    overall = models.PositiveSmallIntegerField(choices=Grade)
    convenience = models.PositiveSmallIntegerField(choices=Grade, null=True)
    punctuality = models.PositiveSmallIntegerField(choices=Grade, null=True)
    attitude = models.PositiveSmallIntegerField(choices=Grade, null=True)
    is_dissatisfied = models.BooleanField()
    comment = EncryptedField(blank=True, default="")
    given_at = models.DateTimeField()
    comment_state = models.CharField(max_length=9, choices=CommentState, blank=True, default="")
    comment_reason = models.CharField(max_length=300, blank=True, default="")
    moderated_at = models.DateTimeField(null=True)
    moderated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    noted = models.CharField(max_length=1000, blank=True, default="")
    noted_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "-given_at", "-id"], name="rating_unit"),
            models.Index(
                fields=["unit", "-given_at", "-id"],
                condition=Q(is_dissatisfied=True, noted_at=None),
                name="rating_unnoted",
            ),
            models.Index(
                fields=["unit", "-given_at", "-id"], condition=Q(comment_state="waiting"), name="rating_unread"
            ),
            models.Index(fields=["-given_at", "-id"], condition=Q(comment_state="published"), name="rating_published"),
            models.Index(fields=["given_at"], condition=~Q(comment_state=""), name="rating_comment_age"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.overall}"

    @property
    def needs_note(self) -> bool:
        """Whether a dissatisfied answer has not been taken note of."""
        return self.is_dissatisfied and self.noted_at is None

    @property
    def needs_reading(self) -> bool:
        """Whether the comment waits for a leader."""
        return self.comment_state == CommentState.WAITING

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Questions that were answered, with their answers in words."""
        given = [(question.label, getattr(self, question.value)) for question in Question]
        return [(str(label), str(Grade(grade).label)) for label, grade in given if grade]


class DailyRating(models.Model):
    """How often each grade was given on a local day for dossiers of a unit: ``<question>_<grade>``."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    overall_3 = models.PositiveIntegerField(default=0)
    overall_2 = models.PositiveIntegerField(default=0)
    overall_1 = models.PositiveIntegerField(default=0)
    convenience_3 = models.PositiveIntegerField(default=0)
    convenience_2 = models.PositiveIntegerField(default=0)
    convenience_1 = models.PositiveIntegerField(default=0)
    punctuality_3 = models.PositiveIntegerField(default=0)
    punctuality_2 = models.PositiveIntegerField(default=0)
    punctuality_1 = models.PositiveIntegerField(default=0)
    attitude_3 = models.PositiveIntegerField(default=0)
    attitude_2 = models.PositiveIntegerField(default=0)
    attitude_1 = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "unit"], name="daily_rating_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day}"
