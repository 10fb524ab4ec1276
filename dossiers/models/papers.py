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
    for papers beyond the list, asked by a supplement or given to prove a claim; ``name`` then says what it is.
    ``originals`` and ``copies`` count what lies at the desk; ``number`` and
    ``dated`` (partial ISO date) are those that stand on the paper itself.
    ``previewed`` counts the pages that have a picture: 0 when the file cannot
    be shown, None as long as nobody has tried. ``faults`` make it hard to read (``common.files.quality``).
    Several files of one paper are its pages, by ``place``. With ``earlier`` the file belongs to a paper
    that was filed before: it is named, never deleted, from here.
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
    previewed = models.PositiveSmallIntegerField(null=True, blank=True)
    faults = models.CharField(max_length=60, blank=True, default="", db_default="")
    place = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Filed papers stay; asking after those of a later one would cost every deletion a query.
    earlier = models.ForeignKey("self", null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["dossier", "place", "id"]
        indexes = [models.Index(fields=["uploaded_at"], condition=models.Q(previewed=None), name="paper_not_previewed")]

    def __str__(self) -> str:
        return self.name


class Preview(StoredFile):
    """A picture of one page of a paper's file, counted from 1; number 0 is the small one of the first page.

    Whoever deletes a paper removes its pictures first (``records.previews.remove``).
    """

    folder = "previews"

    paper = models.ForeignKey(Paper, on_delete=models.DO_NOTHING, related_name="previews")
    page = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "page"], name="preview_page_once")]

    def __str__(self) -> str:
        return f"{self.paper} {self.page}"


class SupplementRequest(models.Model):
    """That the applicant must complete the dossier; one open request at a time.

    ``answer_by`` is the last day on which it is awaited: the applicant is reminded of it once, and once it has passed
    the holder is told (``lapsed_at``) that the dossier may be stopped. Nothing happens by itself.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="supplement_requests")
    n = models.PositiveSmallIntegerField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_in = models.PositiveSmallIntegerField(choices=Status.choices)
    note = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["dossier", "n"]
        indexes = [models.Index(fields=["answer_by"], condition=models.Q(answered_at=None), name="supplement_awaited")]
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
