"""The yearly books of what a clerk settles in one visit: one numbered row each, never taken away."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.secret import EncryptedField
from common.values.identity import masked
from offices.models import Post, Unit
from procedures.models import Book

from .dossier import Dossier


class BookEntry(models.Model):
    """One number of a unit's book of a year; a cancelled one stays, with who, when and why.

    ``person``, ``id_paper`` and the signer's name and title are frozen. ``fee_vnd`` is what was assessed on that day,
    None where nobody knows it; ``exempt_as`` says who was exempt. ``pages`` are those of one copy.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="book_entries", db_index=False)
    book = models.CharField(max_length=10, choices=Book.choices)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="book_entry")
    day = models.DateField()
    person = models.CharField(max_length=160)
    id_paper = EncryptedField(blank=True, default="")
    document = models.CharField(max_length=300)
    copies = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    fee_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    exempt_as = models.CharField(max_length=300, blank=True, default="")
    signer = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    signer_name = models.CharField(max_length=160)
    signer_title = models.CharField(max_length=80, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_because = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["unit", "book", "year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "book", "year", "number"], name="book_number_once"),
            models.CheckConstraint(condition=Q(number__gt=0, copies__gt=0, pages__gt=0), name="book_entry_counts"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_because="")
                | Q(cancelled_at__isnull=False) & ~Q(cancelled_because=""),
                name="book_entry_cancelled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.number}/{self.year}"

    @property
    def is_cancelled(self) -> bool:
        """Crossed out: the number stays, what it stood for counts no more."""
        return self.cancelled_at is not None

    @property
    def masked_paper(self) -> str:
        """The number of the identity paper with all but its end hidden; '' when none was shown."""
        return masked(self.id_paper)
