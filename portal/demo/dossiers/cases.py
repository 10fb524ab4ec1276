"""Which dossiers there are, how far each goes, and when it began."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle

from procedures.models import ProcedureVersion

BIRTH, DEATH, MARRIAGE, COPY, STATUS = "1.001193", "1.000656", "1.000894", "2.000635", "1.004873"
RESIDENCE, SHOP, REGISTER, NURSERY = "1.004194", "1.001612", "2.000908", "1.004492"
SPLIT, LIVES_AT, GUARDIAN, CORRECTION = "1.010038", "1.010041", "1.004837", "1.004859"


@dataclass(frozen=True)
class Case:
    """How one dossier goes: where, whose, what, how far, and how many working days ago it began.

    ``owner`` is an account's e-mail, '' for any inhabitant, 'counter' for
    somebody without an account. ``online`` returns the result on the portal, ``claims`` an exemption from the fee.
    ``way`` is how papers of somebody without an account came: brought, by post, or in a book of before the commune
    opened to filing; ``decides`` the commune that decides in place of the receiving one.
    """

    end: str
    age: float
    owner: str = ""
    commune: str = "xuan-bac"
    code: str = ""
    online: bool = False
    denied: bool = False
    claims: bool = False
    way: str = ""
    decides: str = ""


CITIZEN, SECOND, CLUB, FIRM = (
    "cong-dan@example.com",
    "cong-dan-2@example.com",
    "to-chuc@example.com",
    "doanh-nghiep@example.com",
)
# The accounts people sign in with have something on every page.
OWN = (
    Case("draft", 2, CITIZEN, code=BIRTH),
    Case("draft", 5, CITIZEN, "xuan-loc", code=RESIDENCE),
    Case("submitted", 0.2, CITIZEN, code=COPY),
    Case("received", 1, CITIZEN, code=COPY, claims=True),
    Case("claimed", 2, CITIZEN, code=STATUS),
    Case("proposed", 2, CITIZEN, code=CORRECTION),
    Case("asked", 3, CITIZEN, code=GUARDIAN),
    Case("decided", 4, CITIZEN, code=SPLIT),
    Case("decided", 5, CITIZEN, code=REGISTER, online=True),
    Case("returned", 30, CITIZEN, code=LIVES_AT),
    Case("returned", 55, CITIZEN, code=COPY, online=True),
    Case("returned", 80, CITIZEN, code=STATUS, denied=True),
    Case("refused", 40, CITIZEN, code=DEATH),
    Case("withdrawn_early", 11, CITIZEN, "xuan-loc", code=RESIDENCE),
    Case("draft", 1, SECOND, code=SHOP),
    Case("received", 1, SECOND, code=SPLIT),
    Case("asked_early", 2, SECOND, code=BIRTH),
    Case("withdrawing", 3, SECOND, code=STATUS),
    Case("decided", 6, SECOND, code=COPY),
    Case("returned", 25, SECOND, code=LIVES_AT),
    Case("draft", 3, CLUB, code=NURSERY),
    Case("claimed", 4, CLUB, code="2.001035"),
    Case("returned", 45, CLUB, code=REGISTER),
    Case("submitted", 0.4, FIRM, code="1.010736"),
    Case("claimed", 3, FIRM, "xuan-loc", code="1.008004"),
    Case("decided", 9, FIRM, code="1.008004"),
    Case("returned", 35, FIRM, code="1.010736"),
)
# What the officers whose accounts people try find on their desks: something late and something due, whatever the day.
TODAY = tuple(
    Case(end, 0, code=STATUS) for end in ("left", "left_today", "overdue", "due_today", "late_to_sign", "to_sign_today")
)
# Enough of two procedures that their pages show how they really go.
USUAL = tuple(
    Case("returned", 14 + 9 * n, "counter" if n == 4 else "", ("xuan-bac", "xuan-loc")[n % 2], code)
    for n in range(5)
    for code in (COPY, STATUS)
)
BY_POST, OF_BEFORE = "post", "before"
# What comes by another road than the portal's and the counter's own.
ELSEWHERE = (
    Case("received", 0.4, "counter", way=BY_POST, code=COPY),
    Case("claimed", 2, "counter", way=BY_POST, code=STATUS),
    Case("returned", 18, "counter", way=BY_POST, code=COPY),
    Case("assigned", 1, "counter", code=STATUS, decides="xuan-loc"),
    Case("returned", 9, "counter", code=STATUS, decides="xuan-loc"),
    Case("decided", 0, "counter", "xuan-loc", COPY, way=OF_BEFORE),
    Case("returned", 0, "counter", "xuan-loc", STATUS, way=OF_BEFORE),
)
# Lists of the national portal that Xuân Bắc imported: working days ago, and how far each of their dossiers went.
NATIONAL = (
    (16, ("returned", "refused", "returned")),
    (1.2, ("submitted", "received", "claimed")),
    (0.3, ("submitted",)),
)
# The others: (how it ends, how many, first and last age in working days).
OTHERS = (
    ("draft", 2, 1, 8),
    ("submitted", 9, 0.1, 1.5),
    ("received", 6, 0.4, 2),
    ("assigned", 8, 1, 3),
    ("claimed", 7, 1, 4),
    ("overdue", 2, 0, 0),
    ("due_today", 3, 0, 0),
    ("extended", 2, 4, 5),
    ("sent_back", 2, 3, 5),
    ("proposed", 3, 3, 6),
    ("asked", 4, 3, 7),
    ("asked_early", 2, 2, 5),
    ("completed", 3, 6, 9),
    ("refused", 4, 10, 70),
    ("withdrawing", 2, 2, 4),
    ("withdrawn_early", 1, 12, 30),
    ("withdrawn", 2, 20, 50),
    ("stopped", 2, 25, 60),
    ("decided", 6, 5, 9),
    ("returned", 8, 15, 110),
)
NAMED = (BIRTH, DEATH, MARRIAGE, COPY, STATUS, RESIDENCE, SHOP)
ENDED_AT_RECEPTION = ("submitted", "refused", "withdrawn_early", "asked_early", "received", "left", "left_today")
DUE_TODAY, OVERDUE = ("due_today", "left_today", "to_sign_today"), ("overdue", "left", "late_to_sign")
# Under way within their term: what is late is told so.
TIMELY = ("received", "assigned", "claimed", "withdrawing", "sent_back")
TO_SIGN = ("proposed", "to_sign_today", "late_to_sign")


def other_cases(rng: random.Random, versions: Mapping[str, ProcedureVersion]) -> Iterator[Case]:
    """Yield the cases of other inhabitants: two in three at Xuân Bắc, one in four at the counter."""
    codes = cycle(NAMED)
    # Every procedure that can be filed online appears before one repeats.
    online = [code for code, version in versions.items() if version.level >= 3 and code not in NAMED]
    rng.shuffle(online)
    rest = cycle(online)
    for end, number, first, last in OTHERS:
        for n in range(number):
            is_paper = n % 4 == 3 and end in ("received", "claimed", "overdue", "decided", "returned", "proposed")
            yield Case(
                end,
                rng.uniform(first, last),
                "counter" if is_paper else "",
                "xuan-loc" if n % 3 == 2 else "xuan-bac",
                next(codes) if n % 2 else next(rest),
                online=n % 4 == 1,
                denied=end == "returned" and n % 6 == 5,
            )
