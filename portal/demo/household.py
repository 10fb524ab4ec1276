"""The family behind an applicant, drawn from their own number: every dossier of theirs names the same people."""

import random
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from .people import HAMLETS, Person, aged, later, somebody

# Mothers have children up to this age; fathers are up to three years older.
FERTILE = 40
# A parent of this age is old enough to have died of it; younger ones still live and a grandparent has died.
OLD = 70


class Household:
    """One person's parents, spouse, children and other kin as they are on a day.

    Who is young is engaged to the spouse and marries at about 23; ``wed`` is
    the day, None as long as it has not come.
    """

    def __init__(self, person: Person, today: date) -> None:
        self.person = person
        self.today = today
        self.rng = random.Random(person.number)  # noqa: S311 – nothing here is secret
        self.names = {person.name}
        born = person.born
        self.mother = self.kin(self.between(born, -30, -21), "nu")
        self.father = self.kin(self.between(self.mother.born, -5, 0), "nam", person.family)
        self.grandparent = self.kin(self.between(self.father.born, -30, -22), "", person.family)
        self.spouse = self.betrothed()
        self.wed = self.wedding()
        if self.wed:
            self.spouse = replace(self.spouse, address=person.address)
        self.children = list(self.offspring())
        # Born to the authorities' knowledge a few days ago; a niece or nephew; one whom a parent recognises; an orphan.
        self.newborn = self.kin(today - timedelta(days=self.rng.randint(4, 50)), "", self.man.family)
        self.ward = self.kin(aged(self.rng, today, 7, 13), "", person.family)
        self.toddler = self.kin(aged(self.rng, today, 1, 5), "", person.family)
        self.orphan = self.kin(aged(self.rng, today, 1, 5))

    def kin(self, birth: date, sex: str = "", family: str = "") -> Person:
        """Draw somebody who lives with the person and is nobody's namesake."""
        while True:
            drawn = somebody(self.rng, "", birth, sex=sex, family=family, address=self.person.address)
            if drawn.name not in self.names:
                self.names.add(drawn.name)
                return drawn

    def between(self, day: date, first: int, last: int) -> date:
        """Return a day so many years after another, or before."""
        return later(day, first) + timedelta(days=self.rng.randrange((last - first) * 365))

    def betrothed(self) -> Person:
        """Draw the spouse, who lives elsewhere until the wedding: a husband is up to three years older."""
        if self.person.sex == "nu":
            drawn = self.kin(self.between(self.person.born, -3, 0), "nam")
        else:
            drawn = self.kin(self.between(self.person.born, 0, 3), "nu")
        homes = [detail for detail in HAMLETS if detail != self.person.address["detail"]]
        return replace(drawn, address=drawn.address | {"detail": self.rng.choice(homes)})

    @property
    def woman(self) -> Person:
        """The wife or bride."""
        return self.person if self.person.sex == "nu" else self.spouse

    @property
    def man(self) -> Person:
        """The husband or groom."""
        return self.spouse if self.person.sex == "nu" else self.person

    @property
    def companion(self) -> Person:
        """The grown-up who lives with the person: the spouse, before the wedding a parent."""
        return self.spouse if self.wed else self.mother

    def wedding(self) -> date | None:
        """Return the day on which they married."""
        day = max(later(self.woman.born, 22), later(self.man.born, 24)) + timedelta(days=self.rng.randint(20, 300))
        return day if day <= self.today - timedelta(days=60) else None

    def offspring(self) -> Collection[Person]:
        """Return up to two children of the marriage, none younger than a year."""
        if self.wed is None:
            return []
        days = [self.wed + timedelta(days=self.rng.randint(320, 900))]
        days.append(days[0] + timedelta(days=self.rng.randint(900, 1900)))
        latest = min(later(self.woman.born, FERTILE), later(self.today, -1))
        return [self.kin(day, "", self.man.family) for day in days if day <= latest]

    def elder(self, *, long_ago: bool) -> Person:
        """Return who has died: a parent of old age, before long or of younger families a grandparent."""
        is_old = self.father.born <= later(self.today, -OLD)
        return self.father if is_old and not long_ago else self.grandparent

    def word(self, one: Person) -> str:
        """Return what somebody is to the person, such as 'Vợ'; '' for no kin."""
        spouse = "Chồng" if self.spouse.sex == "nam" else "Vợ"
        words = {
            self.spouse.number: spouse,
            self.mother.number: "Mẹ",
            self.father.number: "Cha",
            self.ward.number: "Cháu",
        }
        words |= {child.number: "Con" for child in (*self.children, self.newborn, self.toddler)}
        return words.get(one.number, "")
