"""What a page of figures is asked for: read from a query string, whatever it holds, and written as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from offices.models import Unit
from procedures.models import Procedure, Sector

from .figures import By, Selection
from .periods import Period


@dataclass(frozen=True)
class Options:
    """What may be chosen: the units that count, by name, and the sectors; two queries."""

    units: Sequence[Unit]
    sectors: Sequence[Sector]

    def below(self, unit: Unit) -> set[int]:
        """Return a unit and those of the units that stand below it; no query."""
        found = {unit.pk}
        while more := {each.pk for each in self.units if each.parent_id in found} - found:
            found |= more
        return found


@dataclass(frozen=True)
class Asked:
    """Rows of what, of when, and what they are narrowed to; None for all."""

    by: By
    period: Period
    unit: Unit | None = None
    sector: Sector | None = None
    procedure: Procedure | None = None
    level: int | None = None

    @classmethod
    def read(cls, values: Mapping[str, Any], options: Options, today: date, *, by_months: bool) -> Self:
        """Read what was asked for; what is unknown counts as not asked. One query where a procedure is named."""
        by, level, code = (str(values.get(name, ""))[:60] for name in ("by", "level", "procedure"))
        slug, field = str(values.get("unit", "")), str(values.get("field", ""))
        return cls(
            By(by) if by in set(By) else By.FIELD,
            Period.read(values, today, by_months=by_months),
            next((unit for unit in options.units if unit.slug == slug), None),
            next((sector for sector in options.sectors if sector.code == field), None),
            Procedure.objects.filter(code=code).first() if code and code.isprintable() else None,
            int(level) if level in ("1", "2", "3", "4") else None,
        )

    def selection(self, options: Options, *, is_all: bool) -> Selection:
        """Return which dossiers count; ``is_all``: those of every unit where none is named."""
        units = options.below(self.unit) if self.unit else None if is_all else {unit.pk for unit in options.units}
        return Selection(
            units,
            self.sector.pk if self.sector else None,
            self.procedure.pk if self.procedure else None,
            self.level,
        )

    def fields(self, **changed: Any) -> list[tuple[str, str]]:
        """Return what a link or a form says to ask for the same, or for something changed in it."""
        asked = replace(self, **changed) if changed else self
        found = [("by", asked.by.value), *asked.period.fields()]
        for name, value in (
            ("unit", asked.unit.slug if asked.unit else ""),
            ("field", asked.sector.code if asked.sector else ""),
            ("procedure", asked.procedure.code if asked.procedure else ""),
            ("level", str(asked.level or "")),
        ):
            found += [(name, value)] if value else []
        return found

    def url(self, base: str, **changed: Any) -> str:
        """Return the address that asks for the same, or for something changed in it."""
        return f"{base}?{urlencode(self.fields(**changed))}"
