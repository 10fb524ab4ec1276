"""Who is exempt from a fee, as plain data of the exchange format and back into rows."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ..models import FeeExemption, FeeLine


def plain_exemptions(line: FeeLine) -> list[dict[str, Any]]:
    """Return who is exempt, by which proof, between which days, and by which channel only; one query."""
    return [
        {
            "who": exemption.who,
            "who_en": exemption.who_en,
            "proof": exemption.proof,
            "proof_en": exemption.proof_en,
            "since": exemption.since.isoformat() if exemption.since else None,
            "until": exemption.until.isoformat() if exemption.until else None,
            "channel": exemption.channel or None,
        }
        for exemption in line.exemptions.all()
    ]


def write_exemptions(lines: Iterable[FeeLine], wanted: Iterable[Iterable[Mapping[str, Any]]]) -> None:
    """Give stored lines their exemptions in place of those they have. Two queries."""
    by_line = list(zip(lines, wanted, strict=True))
    FeeExemption.objects.filter(line__in=[line for line, _rows in by_line]).delete()
    FeeExemption.objects.bulk_create(
        FeeExemption(
            line=line,
            n=n,
            who=row["who"],
            who_en=row["who_en"],
            proof=row["proof"],
            proof_en=row["proof_en"],
            since=date.fromisoformat(row["since"]) if row["since"] else None,
            until=date.fromisoformat(row["until"]) if row["until"] else None,
            channel=row["channel"] or "",
        )
        for line, rows in by_line
        for n, row in enumerate(rows, start=1)
    )
