"""Lists of the national portal: what citizens filed there, imported as one file, received as any other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from common.clock import LOCAL, local_day
from common.onetime import new_key
from dossiers.desk.national import importing
from dossiers.models import Dossier, System
from offices.models import Role

from ..people import aged, somebody
from .beginnings import Stage, ago
from .cases import COPY, STATUS, Case


@dataclass
class NationalList:
    """One file: a case for each of its rows, all imported at one moment."""

    stage: Stage
    n: int
    age: float
    cases: tuple[Case, ...]
    codes: list[str] = field(default_factory=list)

    @property
    def moment(self) -> datetime:
        """When the clerk imports it."""
        moment = ago(self.stage.commune(self.cases[0]).calendar, self.stage.now, self.age)
        return moment.replace(second=0, microsecond=0)

    def take_over(self) -> None:
        """Import the file, the first time."""
        if self.codes:
            return
        commune = self.stage.commune(self.cases[0])
        rows = list(enumerate(self.rows(), start=2))
        self.codes = [row["code"] for _n, row in rows]
        clerk = commune.officer(Role.CLERK)
        made = importing.make(rows, commune.unit, by=clerk, key=new_key(), now=self.moment)
        assert made is not None and not made.refused, made

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield the rows as a clerk types them, each filed some hours before."""
        rng, day = self.stage.rng, local_day(self.moment)
        division = self.stage.commune(self.cases[0]).unit.division_code
        for n, case in enumerate(self.cases, start=1):
            person = somebody(rng, division, aged(rng, day, 20, 60))
            filed = self.moment - timedelta(minutes=rng.randint(90, 1200))
            yield {
                "code": f"G22.99.15-{self.n:02d}{n:04d}",
                "filed_at": f"{filed.astimezone(LOCAL):%d/%m/%Y %H:%M}",
                "procedure": case.code,
                "kind": "công dân",
                "name": person.name,
                "number": person.number,
                "birth": f"{person.born:%d/%m/%Y}",
                "sex": "nam" if person.sex == "nam" else "nữ",
                "phone": person.phone,
                "address": f"{person.address['detail']}, xã Xuân Bắc",
                "delivery": "tại xã",
            }

    def dossier(self, n: int) -> Dossier:
        """Return the dossier of a row, counted from 0."""
        return Dossier.objects.get(external_code=self.codes[n], external_system=System.NATIONAL)


def lists(stage: Stage, ends: tuple[tuple[float, tuple[str, ...]], ...]) -> Iterator[NationalList]:
    """Yield the lists of a table of ages and ends."""
    for n, (age, row) in enumerate(ends, start=1):
        cases = tuple(Case(end, age, code=(COPY, STATUS)[k % 2]) for k, end in enumerate(row))
        yield NationalList(stage, n, age, cases)
