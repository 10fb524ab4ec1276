"""The only place that computes a fee or puts one in words. Whole đồng, as integers.

The amounts are those of the version's lines, or of the unit's own resolution
where it has one (:class:`~procedures.models.OfferingFee`). A line that is a
guide is charged by nobody until the unit has amount and resolution.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.text import translated
from common.values.money import format_vnd
from eforms.schema import show

from .models import FeeChannel, FeeExemption, FeeKind, FeeLine, FeeUnit, Offering, OfferingFee, ProcedureVersion

Own = Mapping[str, OfferingFee]


class Why(TextChoices):
    """Why an assessed line costs what it costs."""

    CHARGED = "charged", gettext_lazy("Charged")
    FREE = "free", gettext_lazy("Free")
    NOT_DUE = "not_due", gettext_lazy("Not due in this case")
    NOT_ASKED = "not_asked", gettext_lazy("Not asked for")
    EXEMPT = "exempt", gettext_lazy("Exempt")
    GUIDE = "guide", gettext_lazy("By the amount of the province")
    UNDECIDED = "undecided", gettext_lazy("An officer decides whether it is due")


@dataclass(frozen=True, slots=True)
class Original:
    """One paper of which copies are certified: its pages, and how many copies."""

    pages: int
    copies: int = 1


Quantity = int | Sequence[Original]


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """What one line costs, with all that a charge keeps of it.

    ``quantity`` counts units, for pages those of every copy. ``unit_amount_vnd``
    is None where tiers decide. ``amount_vnd`` is None where nobody knows it yet:
    a guide, or a line that an officer has to decide about. ``exemption`` is the
    primary key of the one that was granted, ``exempt_as`` its words. ``name_en``
    is no part of a charge: what was charged is told as it was written.
    """

    key: str
    kind: str
    name: str
    unit: str
    quantity: int
    unit_amount_vnd: int | None
    amount_vnd: int | None
    why: Why
    resolution: str = ""
    exemption: int | None = None
    exempt_as: str = ""
    name_en: str = ""

    def words(self) -> str:
        """Say what the line costs: '24.000 đồng (3 × 8.000 đồng/bản)', 'exempt: …', 'by the amount of the province'."""
        if self.why == Why.EXEMPT:
            return _("exempt: %(who)s") % {"who": self.exempt_as}
        if self.why == Why.CHARGED and self.amount_vnd is not None:
            words = format_vnd(self.amount_vnd)
            each = self.unit_amount_vnd
            if self.quantity > 1 and each is not None and each * self.quantity == self.amount_vnd:
                words += f" ({self.quantity} × {format_vnd(each)}/{FeeUnit(self.unit).label})"
            return words
        return {
            Why.GUIDE: _("by the amount of the province"),
            Why.UNDECIDED: _("an officer decides whether it is due"),
            Why.FREE: _("Free"),
        }.get(self.why, str(self.why.label))


@dataclass(frozen=True, slots=True)
class Assessment:
    """Every line of a version, due or not, and their sum; ``refused`` are exemptions that do not count that day."""

    lines: tuple[AssessedLine, ...]
    refused: tuple[FeeExemption, ...] = ()

    @property
    def total_vnd(self) -> int:
        """The sum of what is known."""
        return sum(line.amount_vnd or 0 for line in self.lines)

    @property
    def is_complete(self) -> bool:
        """Whether every line has an amount, so that the total may be charged."""
        return all(line.amount_vnd is not None for line in self.lines)

    @property
    def due(self) -> tuple[AssessedLine, ...]:
        """The lines that concern the case: what is not due in it, or was not asked for, is left out."""
        return tuple(line for line in self.lines if line.why not in (Why.NOT_DUE, Why.NOT_ASKED))

    def total_words(self) -> str:
        """Say the total: '16.000 đồng', 'Free', and that it is not complete where it is not."""
        if self.total_vnd:
            words = format_vnd(self.total_vnd)
            if self.is_complete:
                return words
            return _("%(amount)s, not counting what is not known yet") % {"amount": words}
        if self.is_complete:
            return _("Free")
        is_guide = all(line.why != Why.UNDECIDED for line in self.due)
        return (
            _("by the amount of the province") if is_guide else _("not known yet: an officer decides whether it is due")
        )

    def rows(self) -> list[tuple[str, str]]:
        """Return what concerns the case as (name, what it costs in words)."""
        return [(translated(line, "name"), line.words()) for line in self.due]

    def words(self) -> str:
        """Say in one line what the case costs, line by line, with the total of several; 'Free' for nothing."""
        rows = self.rows()
        if not rows:
            return self.total_words()
        parts = [f"{name}: {words}" for name, words in rows]
        if len(rows) > 1:
            parts.append(_("total: %(amount)s") % {"amount": self.total_words()})
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class _Price:
    """What a unit of a line costs by one channel; ``amount`` None when nobody knows."""

    amount: int | None
    tiers: Sequence[Mapping[str, Any]] = ()
    resolution: str = ""

    def of(self, count: int) -> int:
        """Return what ``count`` units cost."""
        assert self.amount is not None
        if not self.tiers:
            return count * self.amount
        reached = ((tier, min(count, tier["to"] or count) - tier["from"] + 1) for tier in self.tiers)
        return sum(tier["amount_vnd"] * units for tier, units in reached if units > 0)


def assess(
    version: ProcedureVersion,
    offering: Offering | None,
    *,
    channel: str,
    day: date,
    quantities: Mapping[str, Quantity] | None = None,
    facts: Mapping[str, Any] | None = None,
    exemptions: Collection[int] = (),
) -> Assessment:
    """Return what a dossier costs at a unit on a local day. Three queries unless rows are prefetched.

    ``channel`` is one of FeeChannel. ``quantities`` are by a line's key, else by
    its unit; missing, a line counts once, an optional one not at all. Of pages a
    number means one original in as many copies as ``copy`` says, else a list of
    :class:`Original`; each copy is capped. ``facts`` are the answers of the form,
    None when they are not known: what depends on them is then undecided, and so
    is a line that says only in words when it is due, until a quantity under its
    key decides. ``exemptions`` are primary keys of those claimed and proved.

    Raises ValueError for a channel, a quantity or an exemption that is none of this version.
    """
    channel = FeeChannel(channel)
    prefetch_related_objects([version], "fees__exemptions")
    lines = sorted(version.fees.all(), key=lambda line: line.n)
    claimed = set(exemptions)
    known = {exemption.pk: exemption for line in lines for exemption in line.exemptions.all()}
    if unknown := claimed - set(known):
        raise ValueError(f"exemptions {sorted(unknown)} are none of version {version.pk}")
    granted = {pk for pk in claimed if counts(known[pk], channel, day)}
    own = own_fees(offering, day)
    return Assessment(
        tuple(
            _assess(line, _price(line, own.get(line.key), channel), quantities or {}, facts, granted) for line in lines
        ),
        tuple(known[pk] for pk in sorted(claimed - granted)),
    )


def counts(exemption: FeeExemption, channel: str, day: date) -> bool:
    """Tell whether an exemption holds for dossiers filed by a channel on a day."""
    has_begun = exemption.since is None or exemption.since <= day
    has_ended = exemption.until is not None and exemption.until < day
    return has_begun and not has_ended and exemption.channel in ("", channel)


def own_fees(offering: Offering | None, day: date) -> dict[str, OfferingFee]:
    """Return what a unit charges itself on a day, by line; one query unless prefetched."""
    return in_force(offering.fees.all(), day) if offering is not None else {}


def in_force(rows: Iterable[OfferingFee], day: date) -> dict[str, OfferingFee]:
    """Return the amounts of one unit that count on a day, by line: the newest that has begun, with its resolution."""
    begun = (row for row in rows if row.resolution and row.since <= day)
    return {row.key: row for row in sorted(begun, key=lambda row: row.since)}


def tier_fault(tiers: Sequence[Mapping[str, Any]], amount: int) -> str:
    """Say what is wrong with tiers of a line; '' when they run on from 1 without a gap and the last has no end."""
    expected: int | None = 1
    for tier in tiers:
        if expected is None or tier["from"] != expected or (tier["to"] is not None and tier["to"] < tier["from"]):
            return _("The tiers must run on from 1 without a gap.")
        expected = None if tier["to"] is None else tier["to"] + 1
    if tiers and expected is not None:
        return _("The last tier has no end.")
    if tiers and tiers[0]["amount_vnd"] != amount:
        return _("The first tier must cost the amount of the fee.")
    return ""


def cap_fault(unit: str, cap: int | None) -> str:
    """Say what is wrong with the cap of a line; '' when there is none, or it is one of pages."""
    return "" if cap is None or unit == FeeUnit.PAGE else _("Only pages have a highest amount a copy.")


def _price(line: FeeLine, own: OfferingFee | None, channel: str) -> _Price:
    source = own or line
    resolution = own.resolution if own else ""
    if own is None and line.is_guide:
        return _Price(None)
    if channel == FeeChannel.ONLINE and source.amount_online_vnd is not None:
        return _Price(source.amount_online_vnd, (), resolution)
    return _Price(source.amount_vnd, () if own else line.tiers, resolution)


def _assess(
    line: FeeLine,
    price: _Price,
    quantities: Mapping[str, Quantity],
    facts: Mapping[str, Any] | None,
    granted: Collection[int],
) -> AssessedLine:
    originals = _originals(line, quantities)
    quantity = sum(original.pages * original.copies for original in originals)
    is_decided = line.key in quantities or line.is_optional
    exemption = next((row for row in line.exemptions.all() if row.pk in granted), None)

    def assessed(why: Why, amount: int | None = 0, **more: Any) -> AssessedLine:
        each = None if price.tiers else price.amount
        more |= {"resolution": price.resolution, "name_en": line.name_en}
        return AssessedLine(line.key, line.kind, line.name, line.unit, quantity, each, amount, why, **more)

    if quantity == 0:
        return assessed(Why.NOT_ASKED)
    if line.applies_if is not None and facts is not None and not show(line.applies_if, facts):
        return assessed(Why.NOT_DUE)
    if exemption is not None:
        return assessed(Why.EXEMPT, exemption=exemption.pk, exempt_as=exemption.who)
    if not is_decided and (facts is None if line.applies_if is not None else line.applies):
        return assessed(Why.UNDECIDED, None)
    if price.amount is None:
        return assessed(Why.GUIDE, None)
    cap = line.cap_vnd
    costs = ((price.of(original.pages), original.copies) for original in originals)
    amount = sum(copies * (cost if cap is None else min(cost, cap)) for cost, copies in costs)
    return assessed(Why.CHARGED if amount else Why.FREE, amount)


def _originals(line: FeeLine, quantities: Mapping[str, Quantity]) -> list[Original]:
    """Return how often a line is due, as originals and their copies; other units than pages come once each."""
    found = quantities.get(line.key, quantities.get(line.unit, 0 if line.is_optional else 1))
    if isinstance(found, int):
        copies = quantities.get(FeeUnit.COPY, 1) if line.unit == FeeUnit.PAGE else 1
        if not isinstance(copies, int):
            raise ValueError("copies are a number")
        originals = [Original(found, copies)]
    elif line.unit == FeeUnit.PAGE:
        originals = list(found)
    else:
        raise ValueError(f"fee {line.key} is not due for pages")
    if any(number < 0 for original in originals for number in (original.pages, original.copies)):
        raise ValueError(f"a quantity of fee {line.key} is below 0")
    return originals


# In words ---------------------------------------------------------------------------------------------------------


def amount_words(line: FeeLine, own: OfferingFee | None = None) -> str:
    """Write what one line costs: '8.000 đồng/bản (nộp trên mạng: 4.000 đồng)'; a guide is no amount."""
    if own is None and line.is_guide:
        return _("by the amount of the province")
    source = own or line
    words = _each(source.amount_vnd, line)
    if own is None:
        for tier in line.tiers[1:]:
            words += "; " + _("from %(unit)s %(n)d: %(amount)s") % {
                "unit": line.get_unit_display(),
                "n": tier["from"],
                "amount": _each(tier["amount_vnd"], line),
            }
    if line.cap_vnd is not None:
        words += "; " + _("at most %(amount)s a copy") % {"amount": format_vnd(line.cap_vnd)}
    if source.amount_online_vnd is not None:
        words += " " + _("(filed online: %(amount)s)") % {"amount": format_vnd(source.amount_online_vnd)}
    return words


def fee_words(lines: Iterable[FeeLine], own: Own | None = None, *, is_named: bool = True) -> tuple[str, str]:
    """Return the fee in one line and a caution, '' when there is none.

    The lines come from ``FeeLine.objects.with_exemptions()``. The first text
    says what everybody pays, the caution what is due in some cases only. Without ``is_named`` nothing but the amount.
    """
    every, own = list(lines), own or {}
    usual = [line for line in every if not (line.is_optional or line.applies or line.applies_if)]
    amounts = [amount_words(line, own.get(line.key)) for line in usual if _costs(line, own)]
    others = [amount_words(line, own.get(line.key)) for line in every if line not in usual and _costs(line, own)]
    cautions = []
    if others:
        cautions.append(_("In some cases: %(amounts)s.") % {"amounts": "; ".join(dict.fromkeys(others))})
    if any(line.has_exemptions and _costs(line, own) for line in every):
        cautions.append(_("Some people are exempt."))
    if not amounts:
        return (_("Free in the usual case") if others else _("Free")), " ".join(cautions)
    if not is_named:
        return "; ".join(amounts), " ".join(cautions)
    is_service = all(line.kind == FeeKind.FEE for line in usual)
    words = _("Service fee: %(amount)s") if is_service else _("Fee: %(amount)s")
    return words % {"amount": "; ".join(amounts)}, " ".join(cautions)


def line_rows(lines: Iterable[FeeLine], own: Own | None = None) -> list[dict[str, Any]]:
    """Return the rows of a table of fees: what, how much, when, by which resolution, every exemption with its proof.

    ``guide`` is what the line gives where the amount of the province is not known here. One query unless prefetched.
    """
    rows = []
    for line in lines:
        mine = (own or {}).get(line.key)
        is_open = mine is None and line.is_guide
        rows.append(
            {
                "name": translated(line, "name"),
                "amount": amount_words(line, mine) if _costs(line, own or {}) else _("Free"),
                "guide": _each(line.amount_vnd, line) if is_open and line.amount_vnd else "",
                "is_guide": is_open,
                "when": translated(line, "applies"),
                "is_optional": line.is_optional,
                "resolution": mine.resolution if mine else "",
                "note": translated(line, "note"),
                "exemptions": [(row, exemption_words(row)) for row in line.exemptions.all()],
            }
        )
    return rows


def own_words(line: FeeLine, own: OfferingFee, day: date) -> str:
    """Say what a unit charges for a line, and what its amount still waits for on a day: a resolution, its first day."""
    words = f"{line.name}: {amount_words(line, own)}"
    if not own.resolution:
        return _("%(fee)s – does not count without a resolution") % {"fee": words}
    if own.since > day:
        return _("%(fee)s from %(date)s") % {"fee": words, "date": f"{own.since:%d/%m/%Y}"}
    return words


def exemption_words(exemption: FeeExemption) -> str:
    """Say between which days and by which channel an exemption counts; '' when it always does."""
    words = []
    if exemption.channel:
        words.append(_("when filed online"))
    if exemption.since:
        words.append(_("from %(date)s") % {"date": f"{exemption.since:%d/%m/%Y}"})
    if exemption.until:
        words.append(_("until %(date)s") % {"date": f"{exemption.until:%d/%m/%Y}"})
    return ", ".join(words)


def _each(amount: int, line: FeeLine) -> str:
    return f"{format_vnd(amount)}/{line.get_unit_display()}"


def _costs(line: FeeLine, own: Own) -> bool:
    source = own.get(line.key) or line
    return bool(source.amount_vnd or source.amount_online_vnd) or (line.is_guide and line.key not in own)
