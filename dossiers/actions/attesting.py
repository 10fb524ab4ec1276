"""What a clerk settles in one visit: attested, entered in the yearly book, done; and crossing an entry out."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from common.database.writing import insert, update
from common.refusals import Refused
from offices.models import Post

from .. import hooks
from ..books import kinds
from ..books.rules import assessed, may_sign, signing_posts, title_of
from ..models import BookEntry, SlipKind
from ..records import assignments, slips
from ..records.applicants import ApplicantData, number_index
from ..records.numbering import book_number, dossier_code
from ..table import Action
from ..workflow import ActionBase, Move
from .common import require_made_at_counter, require_other_person, require_text, tell_filed


@dataclass(frozen=True)
class Entry:
    """What goes into the book: a document, how many copies of how many pages each, a note."""

    document: str
    copies: int = 1
    pages: int = 1
    note: str = ""


@dataclass(frozen=True)
class Attest(ActionBase):
    """A clerk enters what was attested and signed while the person waited: from nothing to done, with the next number.

    ``signer`` is the post of whoever signed the paper, ``exemptions`` are primary keys of those whose proof was seen.
    A receipt is issued only where the person asks for one. Refusals: channel, book, own, signer, exemption, entry.
    """

    applicant: ApplicantData
    entry: Entry
    signer: Post
    exemptions: tuple[int, ...] = ()
    wants_receipt: bool = False
    action: ClassVar[Action] = Action.ATTEST

    @classmethod
    def permit(cls, move: Move) -> None:
        require_made_at_counter(move)
        if not move.dossier.version.book:
            raise Refused(_("This procedure is not settled in one visit."), code="book")

    def guard(self, move: Move) -> None:
        require_other_person(move.person, self.applicant)
        dossier, entry, kind = move.dossier, self.entry, kinds.KINDS[move.dossier.version.book]
        if not entry.document.strip() or min(entry.copies, entry.pages) < 1:
            raise Refused(_("Enter the document, its copies and pages."), code="entry", field="document")
        if kind.needs_id and not self.applicant.id_number:
            raise Refused(_("Enter the number of the identity paper."), code="entry", field="id_number")
        signer = signing_posts(dossier.unit_id, move.local_day).filter(pk=self.signer.pk).first()
        if signer is None or not may_sign(signer, dossier.version):
            raise Refused(_("This person holds no post today that signs this."), code="signer", field="signer")
        own = number_index(signer.user.identity_number)
        if own and own == number_index(self.applicant.id_number):
            raise Refused(
                _("Nobody signs what concerns themselves. Choose another signer."), code="signer", field="signer"
            )
        try:
            move.extra["assessed"] = assessed(
                dossier.version, dossier.unit_id, move.local_day, entry.copies, entry.pages, self.exemptions
            )
        except ValueError as error:
            raise Refused(_("This exemption does not belong to the procedure."), code="exemption") from error
        move.extra |= {"signer": signer, "fee": hooks.FeeChoice({}, self.exemptions)}

    def changes(self, move: Move) -> dict[str, Any]:
        book = move.dossier.version.book
        move.extra["number"] = book_number(move.dossier.received_by, move.now, book)
        moments = ("submitted_at", "received_at", "term_from", "due_at", "decided_at", "closed_at")
        return {
            "code": dossier_code(move.dossier.received_by, move.now),
            **dict.fromkeys(moments, move.now),
            "recorded_at": move.now,
            "saved_at": move.now,
            **assignments.NOBODY,
        }

    def record(self, move: Move) -> dict[str, Any]:
        book, year, number = move.dossier.version.book, move.local_day.year, move.extra["number"]
        return {
            "internal_text": kinds.full_number(book, year, number),
            "data": {"book": book, "year": year, "number": number},
        }

    def effects(self, move: Move) -> None:
        dossier, signer, fee = move.dossier, move.extra["signer"], move.extra["assessed"]
        self.applicant.freeze(dossier)
        insert(
            BookEntry(
                unit=dossier.received_by,
                book=dossier.version.book,
                year=move.local_day.year,
                number=move.extra["number"],
                dossier=dossier,
                day=move.local_day,
                person=self.applicant.name,
                id_paper=self.applicant.id_number,
                document=self.entry.document,
                copies=self.entry.copies,
                pages=self.entry.pages,
                fee_vnd=fee.total_vnd if fee.is_complete else None,
                exempt_as="; ".join(dict.fromkeys(line.exempt_as for line in fee.lines if line.exempt_as))[:300],
                signer=signer,
                signer_name=signer.user.get_full_name(),
                signer_title=title_of(signer),
                note=self.entry.note,
                entered_by=move.person,
                entered_at=move.now,
            )
        )
        tell_filed(move)
        if self.wants_receipt:
            slips.issue(move, SlipKind.RECEIPT, **slips.receipt_facts(dossier))


@dataclass(frozen=True)
class CancelEntry(ActionBase):
    """An entry of the book is crossed out, with a reason; its number is not given again, its receipt is void.

    The dossier stays returned, for its paper is in somebody's hands, and says that it is cancelled; why, officers read.
    Refusals: entry, reason.
    """

    reason: str
    action: ClassVar[Action] = Action.CANCEL_ENTRY

    @classmethod
    def permit(cls, move: Move) -> None:
        entry = BookEntry.objects.filter(dossier=move.dossier, cancelled_at=None).first()
        if entry is None:
            raise Refused(_("There is no entry of a book to be cancelled."), code="entry")
        move.extra["entry"] = entry

    def guard(self, move: Move) -> None:
        require_text(self.reason)

    def changes(self, move: Move) -> dict[str, Any]:
        return {"cancelled_at": move.now}

    def record(self, move: Move) -> dict[str, Any]:
        entry: BookEntry = move.extra["entry"]
        return {
            "internal_text": f"{kinds.full_number(entry.book, entry.year, entry.number)}: {self.reason}",
            "data": {"book": entry.book, "year": entry.year, "number": entry.number},
        }

    def effects(self, move: Move) -> None:
        cancelled = {"cancelled_at": move.now, "cancelled_by": move.by, "cancelled_because": self.reason[:300]}
        update(BookEntry, cancelled, id=move.extra["entry"].pk)
        slips.void(move, SlipKind.RECEIPT)
