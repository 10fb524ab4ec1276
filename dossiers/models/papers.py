"""The papers of a dossier and what is still missing."""

from django.conf import settings
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from common.files.stored import StoredFile
from procedures.models import RequiredPaper

from .dossier import REF_ALPHABET, Dossier, Status


def new_paper_ref() -> str:
    """Return a random reference of a file for URLs."""
    return get_random_string(12, REF_ALPHABET)


class PaperKind(models.TextChoices):
    """How a required paper is provided."""

    FILE = "file", _("File")
    ORIGINAL_PROMISED = "promised", _("The original will be brought")
    ORIGINAL_RECEIVED = "received", _("Original received at the desk")
    COPY_RECEIVED = "copy", _("Copy received at the desk")


class Paper(StoredFile):
    """One file of a required paper, or the promise of its original.

    A required paper may have several files. A file replaced after submit stays
    with ``replaced_at`` set; before submit it is deleted. ``required`` is empty
    for papers asked by a supplement beyond the list; ``name`` then says what it is.
    ``originals`` and ``copies`` count what lies at the desk; ``number`` and
    ``dated`` (partial ISO date) are those that stand on the paper itself.
    """

    folder = "papers"

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="papers")
    ref = models.CharField(max_length=12, unique=True, default=new_paper_ref, editable=False)
    required = models.ForeignKey(RequiredPaper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=400)
    kind = models.CharField(max_length=8, choices=PaperKind.choices)
    originals = models.PositiveSmallIntegerField(default=0, db_default=0)
    copies = models.PositiveSmallIntegerField(default=0, db_default=0)
    number = models.CharField(max_length=60, blank=True, default="", db_default="")
    dated = models.CharField(max_length=10, blank=True, default="", db_default="")
    original_name = models.CharField(max_length=200, blank=True, default="")
    media_type = models.CharField(max_length=40, blank=True, default="")
    pages = models.PositiveSmallIntegerField(default=0)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["dossier", "id"]

    def __str__(self) -> str:
        return self.name


class SupplementRequest(models.Model):
    """That the applicant must complete the dossier; one open request at a time."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="supplement_requests")
    n = models.PositiveSmallIntegerField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_in = models.PositiveSmallIntegerField(choices=Status.choices)
    note = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["dossier", "n"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "n"], name="supplement_n_once"),
            models.UniqueConstraint(
                fields=["dossier"], condition=models.Q(answered_at=None), name="supplement_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier} {self.n}"


class SupplementItem(models.Model):
    """One deficient paper (or section of the form) and why; ``actions.supplement.states`` tells what answers it."""

    request = models.ForeignKey(SupplementRequest, on_delete=models.CASCADE, related_name="items")
    required = models.ForeignKey(RequiredPaper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Key of a form section to be corrected, when it is not a paper.
    section = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=400)
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["request", "id"]

    def __str__(self) -> str:
        return self.name
