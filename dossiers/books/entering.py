"""Entering what is settled in one visit: the dossier, its number in the book and, where a till is open, its fee.

Nothing here reads the clock.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.database.contention import once_more
from common.database.writing import add_once
from common.files.uploads import removed_on_failure
from common.refusals import Refused
from common.text import in_order
from offices.log import audit
from offices.models import Post, Unit
from procedures.catalogue import offer_of, version_of
from procedures.models import Book, Offering, ProcedureVersion

from .. import hooks
from ..actions import Attest, Entry
from ..filing.drafts import made_once
from ..models import BookEntry, Channel, Delivery, Dossier, NumberSeries
from ..models.dossier import new_ref
from ..records.applicants import ApplicantData
from ..records.numbering import book_series, year_of
from ..workflow import carry_out
from .rules import may_sign, signing_posts

PURPOSE = "attest"
HIGHEST = 1_000_000


@dataclass(frozen=True)
class Given:
    """What a clerk has typed; ``is_paid``: the fee goes into the clerk's own till in the same transaction."""

    version: ProcedureVersion
    unit: Unit
    applicant: ApplicantData
    entry: Entry
    signer: Post
    exemptions: tuple[int, ...] = ()
    wants_receipt: bool = False
    is_paid: bool = False


@dataclass(frozen=True)
class Entered:
    """What came of it: the dossier, its entry, and address and number of each receipt; ``is_new`` the first time."""

    dossier: Dossier
    entry: BookEntry
    receipts: list[tuple[str, str]]
    is_new: bool = True


def offered(unit: Unit, day: date) -> list[ProcedureVersion]:
    """Return the versions in force that a unit settles in one visit on a day, by book and name; one query."""
    booked = ProcedureVersion.objects.in_force(day).exclude(book="").values("procedure")
    offers = Offering.objects.on(day).filter(unit=unit, procedure__in=booked).values_list("procedure", flat=True)
    found = [version_of(pk) for procedure in offers if (pk := offer_of(procedure, day).version) is not None]
    order = {book: n for n, book in enumerate(Book.values)}
    versions = [version for version in found if version.book and takes(version, day)]
    return sorted(in_order(versions, name=lambda one: one.short_name), key=lambda one: order[one.book])


def takes(version: ProcedureVersion, day: date) -> bool:
    """Tell whether a procedure takes dossiers on a day."""
    last = version.procedure.accept_until
    return last is None or last >= day


def signers_for(unit: Unit, versions: Collection[ProcedureVersion], day: date) -> list[Post]:
    """Return who signs one of some procedures at a unit on a day, leaders first; one query."""
    return [post for post in signing_posts(unit.pk, day) if any(may_sign(post, version) for version in versions)]


def last_of(unit: Unit, book: str, by: User) -> tuple[str, str]:
    """Return key of the signer's post and code of the procedure of what an officer entered last in a book; one query.

    Empty where nothing was.
    """
    rows = BookEntry.objects.filter(unit=unit, book=book, entered_by=by).order_by("-pk")
    signer, code = rows.values_list("signer", "dossier__version__procedure__code").first() or ("", "")
    return str(signer), code


def attest(given: Given, *, by: User, key: str, now: datetime) -> Entered:
    """Make the dossier, enter it and take its fee, once for a key; what a deadlock undid is done once more.

    Raises Refused and ``onetime.KeyMisused``. About 25 statements.
    """
    return once_more(lambda: _attest(given, by=by, key=key, now=now))


def _attest(given: Given, *, by: User, key: str, now: datetime) -> Entered:
    ref = new_ref()
    receipts: list[tuple[str, str]] = []
    made: list[Dossier] = []

    def make() -> Dossier:
        dossier = Dossier.objects.create(
            ref=ref,
            version=given.version,
            received_by=given.unit,
            unit=given.unit,
            filed_by=by,
            channel=Channel.COUNTER,
            delivery=Delivery.DESK,
            created_at=now,
            saved_at=now,
        )
        action = Attest(given.applicant, given.entry, given.signer, given.exemptions, given.wants_receipt)
        carry_out(action, dossier, written, by=by, now=now)
        if given.is_paid:
            for till in hooks.tills:
                receipts.extend(till.take(dossier, by, now))
        made.append(dossier)
        return dossier

    with removed_on_failure() as written:
        dossier = made_once(key, PURPOSE, ref, make, by=by, now=now)
    return Entered(dossier, BookEntry.objects.get(dossier=dossier), receipts, bool(made))


def till_is_open(unit: Unit, by: User, now: datetime) -> bool:
    """Tell whether an officer may take a fee into a box of their own; at most two queries."""
    return any(till.is_open(by, unit, now) for till in hooks.tills)


def begin_at(unit: Unit, book: str, number: int, *, by: User, now: datetime) -> None:
    """Let a book of the year, in which nothing has been entered here, go on from a book on paper with ``number``.

    Written into the log of changes. Refused ('begun') once a number was given, ('number').
    """
    if not 1 <= number <= HIGHEST:
        raise Refused(_("Enter the number of the next entry."), code="number", field="number")
    day = local_day(now)
    with transaction.atomic():
        series = {"unit": unit.pk, "period": year_of(day), "purpose": book_series(book)}
        if not add_once(NumberSeries, last=number - 1, **series):
            raise Refused(_("This book has begun already; its numbers run on by themselves."), code="begun")
        name = f"{Book(book).label} {day.year}"
        audit.record(
            "book.begin", unit, by=by, now=now, ref=unit.slug, unit=unit, name=name, changes=[("number", "", number)]
        )
