"""What the owner of a dossier and the office write to each other about it; append-only, beside the event chain."""

from django.conf import settings
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from common.files.stored import StoredFile
from common.secret import EncryptedField

from .dossier import REF_ALPHABET, Dossier


class Side(models.TextChoices):
    """Who talks: the owner of a dossier, an officer."""

    OWNER = "owner", _("Applicant")
    OFFICE = "office", _("Commune")


class TalkKind(models.TextChoices):
    """What an entry is: words, that somebody has read, that the owner asks for a call, how the call ended."""

    MESSAGE = "message", _("Message")
    SEEN = "seen", _("Read")
    CALL = "call", _("Call asked for")
    REACHED = "reached", _("Called, reached")
    NOT_REACHED = "not_reached", _("Called, not reached")


class DayPart(models.TextChoices):
    """When somebody wants to be called."""

    ANY = "any", _("At any time")
    MORNING = "morning", _("In the morning")
    AFTERNOON = "afternoon", _("In the afternoon")


# What one side has to read of the other; a call that is asked for waits on the list of people to call.
TOLD = {
    Side.OWNER: (TalkKind.MESSAGE,),
    Side.OFFICE: (TalkKind.MESSAGE, TalkKind.REACHED, TalkKind.NOT_REACHED),
}
CALLED = (TalkKind.REACHED, TalkKind.NOT_REACHED)


class TalkEntry(models.Model):
    """One entry of the talk about a dossier.

    ``upto`` is the last entry that stood on the page it was written from: whatever the other side wrote up to there
    has been read. So nothing is marked read in an entry that is there already. ``phone`` and ``day_part`` belong to a
    call. ``by_name`` is frozen.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="talk", db_index=False)
    side = models.CharField(max_length=6, choices=Side.choices)
    kind = models.CharField(max_length=11, choices=TalkKind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=160)
    at = models.DateTimeField()
    text = EncryptedField(blank=True, default="")
    file_count = models.PositiveSmallIntegerField(default=0)
    upto = models.BigIntegerField(default=0)
    phone = models.CharField(max_length=16, blank=True, default="")
    day_part = models.CharField(max_length=9, choices=DayPart.choices, blank=True, default="")

    class Meta:
        ordering = ["dossier", "id"]
        indexes = [models.Index(fields=["dossier", "id"], name="talk_dossier")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.kind} {self.at}"


def new_file_ref() -> str:
    """Return a random reference of a file for URLs."""
    return get_random_string(12, REF_ALPHABET)


class TalkFile(StoredFile):
    """A file that came with a message."""

    folder = "talk"

    entry = models.ForeignKey(TalkEntry, on_delete=models.PROTECT, related_name="files")
    ref = models.CharField(max_length=12, unique=True, default=new_file_ref, editable=False)
    original_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=40)
    pages = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["entry", "id"]

    def __str__(self) -> str:
        return self.original_name
