"""What the demonstration's clerks have settled in one visit during a month: the books are full of it."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from accounts.models import Kind
from common.clock import local_day
from common.onetime import new_key
from common.values.working_time import add_working_hours, next_open
from dossiers.actions import CancelEntry, Entry
from dossiers.books import entering, kinds
from dossiers.books.entering import Given
from dossiers.records.applicants import PERSONAL_NUMBER, ApplicantData
from dossiers.workflow import perform
from offices.models import Post, Role
from procedures.models import Book, ProcedureVersion

from ..people import Person, aged, somebody
from ..town import Commune
from . import money

DAYS = 30
# How many of twelve go into each book.
SHARES = {Book.COPIES: 6, Book.SIGNATURES: 4, Book.CONTRACTS: 1, Book.EXTRACTS: 1}
# One of so many was entered wrongly.
WRONG = 15


def month(commune: Commune, now: datetime, *, apart: float) -> Iterator[datetime]:
    """Live through the entries of a commune's last month, at most since it opened.

    They lie about ``apart`` desk hours from each other. Yields each moment, then enters what comes at it, as the
    stories of the other dossiers do.
    """
    rng = random.Random(f"books of {commune.unit.slug}")  # noqa: S311 – nothing here is secret
    by_book: dict[str, list[ProcedureVersion]] = {}
    for version in entering.offered(commune.unit, local_day(now)):
        by_book.setdefault(version.book, []).append(version)
    moment = next_open(commune.calendar, max(commune.opened, now - timedelta(days=DAYS)))
    person, n = None, 0
    while True:
        moment = add_working_hours(commune.calendar, moment, rng.uniform(0.3, 1.7) * apart)
        moment = next_open(commune.calendar, moment.replace(second=0, microsecond=0))
        yield moment
        n += 1
        if person is None or rng.random() < 0.7:
            person = somebody(rng, commune.unit.division_code, aged(rng, local_day(moment), 18, 75))
        book = rng.choices(list(SHARES), list(SHARES.values()))[0]
        enter(commune, rng, rng.choice(by_book[book]), person, moment, is_wrong=n % WRONG == 0)


def enter(
    commune: Commune, rng: random.Random, version: ProcedureVersion, person: Person, moment: datetime, *, is_wrong: bool
) -> None:
    """Enter one paper of a person; the fee is paid at the cash desk, or the entry is crossed out."""
    clerk, leader = commune.officer(Role.CLERK), commune.officer(Role.LEADER)
    document = rng.choice(kinds.KINDS[version.book].documents)
    entry = Entry(document, rng.choice((1, 1, 2, 2, 3, 5)), rng.choice((1, 1, 2, 4)))
    applicant = ApplicantData(
        kind=Kind.CITIZEN, name=person.name, id_kind=PERSONAL_NUMBER, id_number=person.number, phone=person.phone
    )
    signer = Post.objects.get(user=leader, unit=commune.unit)
    given = Given(version, commune.unit, applicant, entry, signer)
    dossier = entering.attest(given, by=clerk, key=new_key(), now=moment).dossier
    if is_wrong:
        perform(CancelEntry("Ghi nhầm số bản, đã ghi lại ở số sau."), dossier, by=clerk, now=moment)
    else:
        money.take_fees(commune, dossier, moment)
