"""The values of the indicators for units and a time: added up from days and months, never from dossiers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from common.values.money import grouped
from procedures.labels import share_words, working_time_words
from procedures.levels import ONLINE_LEVEL, ONLINE_RETURN_LEVEL

from ..feedback import figures as feedback
from ..models import DailyFigure, IndicatorFigure, Measured, Question
from ..ratings import figures as ratings
from ..statistics.offer import OnOffer, on_offer
from ..statistics.page import FiguresPage
from ..statistics.withholding import LEAST
from .rules import GROUPS, INDICES, Rule

# Thông tư 01/2018/TT-VPCP, article 13.9: (share of procedures, share of dossiers) in percent for 2 points and for 1.
ONLINE_POINTS = ((2, 20, 30), (1, 0, 15))


@dataclass(frozen=True)
class Value:
    """What is told of an indicator: its value in words, or why there is none; ``parts`` are the numbers behind it."""

    rule: Rule
    words: str = ""
    parts: str = ""
    why_not: str = ""


class Indicators:
    """The indicators behind a page of figures. Six queries, whatever the number of dossiers.

    To the public (``is_exact`` False) nothing is told from which a count of 1 to 4 follows.
    """

    def __init__(self, page: FiguresPage, units: Iterable[int] | None, day: date, *, is_exact: bool) -> None:
        self.page, self.day, self.is_exact = page, day, is_exact
        self.units = None if units is None else sorted(units)
        self.first, self.last = page.asked.period.since, page.asked.period.until

    def groups(self) -> list[tuple[Any, list[Value]]]:
        """Return the indicators of Quyết định 766/QĐ-TTg by group."""
        return [(name, [self._value(rule) for rule in rules]) for name, rules in GROUPS]

    def indices(self) -> list[tuple[Any, list[Value]]]:
        """Return the nine indices of Thông tư 01/2018/TT-VPCP, as one group."""
        return [(_("Nine indices of article 13"), [self._value(rule) for rule in INDICES])]

    def _value(self, rule: Rule) -> Value:
        made = getattr(self, f"_value_{rule.code.replace('.', '_')}", None)
        return Value(rule, why_not=str(rule.missing)) if made is None else made(rule)

    # What there is ----------------------------------------------------------------------------------------------------

    @cached_property
    def offer(self) -> OnOffer:
        """The procedures that the units offer; two queries."""
        return on_offer(self.units, self.day)

    @cached_property
    def measured(self) -> dict[str, tuple[int, int]]:
        """Points and number of dossiers of each measure in the months of the period; one query."""
        months = IndicatorFigure.objects.filter(month__gte=self.first.replace(day=1), month__lte=self.last)
        if self.units is not None:
            months = months.filter(unit__in=self.units)
        rows: Any = months.order_by().values("measure").annotate(p=Sum("points"), c=Sum("count"))
        return {row["measure"]: (row["p"], row["c"]) for row in rows}

    @cached_property
    def used_online(self) -> set[int]:
        """Procedures for which a dossier was filed online in the period; one query."""
        days = DailyFigure.objects.filter(day__gte=self.first, day__lte=self.last, came_online__gt=0)
        if self.units is not None:
            days = days.filter(unit__in=self.units)
        return set(days.order_by().values_list("procedure", flat=True).distinct())

    @cached_property
    def answered(self) -> feedback.Answered:
        """Feedback to be answered in the period; one query."""
        return feedback.answered(self.units, self.first, self.last, self.day)

    @cached_property
    def rated(self) -> dict[str, ratings.Answers]:
        """How dossiers were rated in the period, by question: to the public in months that have ended. One query."""
        last = self.last if self.is_exact else min(self.last, ratings.told_until(self.day))
        return ratings.given(self.units, self.first, last)

    # How it is told ---------------------------------------------------------------------------------------------------

    def _hides(self, points: int, count: int, best: int = 1) -> bool:
        """Tell whether a count of 1 to 4 would follow from a value."""
        small = (count, points, best * count - points)
        return not self.is_exact and any(0 < number < LEAST for number in small)

    def _share(self, rule: Rule, part: int, whole: int) -> Value:
        """Return a share of things that are nobody's: procedures."""
        if not whole:
            return Value(rule, why_not=_("Nothing to count in this time."))
        return Value(rule, share_words(part, whole), f"{grouped(part)}/{grouped(whole)}")

    def _share_of_dossiers(self, rule: Rule, part: int, whole: int) -> Value:
        if self._hides(part, whole):
            return self._withheld(rule)
        told = self._share(rule, part, whole)
        return told if self.is_exact else Value(rule, told.words, why_not=told.why_not)

    def _withheld(self, rule: Rule) -> Value:
        return Value(rule, why_not=_("Withheld: too few dossiers."))

    def _flow(self, rule: Rule, of: tuple[str, ...], among: tuple[str, ...]) -> Value:
        """Return a share of columns of the figures, withheld where the page of figures withholds one of them."""
        if self.page.shown_sum(*among) is None:
            return self._withheld(rule)
        part, whole = self.page.shown_sum(*of) or 0, self.page.shown_sum(*among) or 0
        return self._share(rule, part, whole)

    def _of_measure(self, rule: Rule, measure: str) -> Value:
        return self._share_of_dossiers(rule, *self.measured.get(measure, (0, 0)))

    def _points(self, rule: Rule, points: int, count: int) -> Value:
        """Return an average of points to one decimal place (article 15.2)."""
        if not count:
            return Value(rule, why_not=_("Nothing to count in this time."))
        told = number_format(round(Decimal(points) / count, 1), 1)
        parts = _("%(points)s points for %(count)s") % {"points": grouped(points), "count": grouped(count)}
        return Value(rule, _("%(points)s of 2 points") % {"points": told}, parts if self.is_exact else "")

    # Quyết định 766/QĐ-TTg --------------------------------------------------------------------------------------------

    def _value_1_3(self, rule: Rule) -> Value:
        whole = len(self.offer.levels)
        return self._share(rule, len(self.offer.levels.keys() - self.offer.unverified), whole)

    def _value_2_1(self, rule: Rule) -> Value:
        return self._flow(rule, ("early", "on_time"), ("early", "on_time", "late"))

    def _value_2_2(self, rule: Rule) -> Value:
        tenths, count = self.measured.get(Measured.TIME, (0, 0))
        if self._hides(count, count):
            return self._withheld(rule)
        if not count:
            return Value(rule, why_not=_("Nothing to count in this time."))
        hours = round(Decimal(tenths) / 10 / count, 1)
        parts = _("%(hours)s hours/%(count)s dossiers") % {"hours": grouped(tenths // 10), "count": grouped(count)}
        return Value(rule, working_time_words(hours), parts if self.is_exact else "")

    def _value_3_1(self, rule: Rule) -> Value:
        return self._share(rule, len(self.offer.at_least(ONLINE_LEVEL)), len(self.offer.levels))

    def _value_3_2(self, rule: Rule) -> Value:
        online = self.offer.at_least(ONLINE_LEVEL)
        return self._share(rule, len(online & self.used_online), len(online))

    def _value_3_3(self, rule: Rule) -> Value:
        return self._flow(rule, ("online",), ("online", "direct"))

    def _value_3_5(self, rule: Rule) -> Value:
        with_fee = self.offer.with_fee & self.offer.levels.keys()
        payable = with_fee & self.offer.at_least(ONLINE_RETURN_LEVEL) if settings.PAYS_ONLINE else set()
        return self._share(rule, len(payable), len(with_fee))

    def _value_3_6(self, rule: Rule) -> Value:
        return self._of_measure(rule, Measured.PAID_ONLINE)

    def _value_4_1(self, rule: Rule) -> Value:
        return self._of_measure(rule, Measured.RESULT)

    def _value_4_2(self, rule: Rule) -> Value:
        return self._of_measure(rule, Measured.DIGITISED)

    def _value_4_3(self, rule: Rule) -> Value:
        return self._of_measure(rule, Measured.REUSED)

    def _value_5_2(self, rule: Rule) -> Value:
        return self._share_of_dossiers(rule, self.answered.on_time, self.answered.whole)

    def _value_5_4(self, rule: Rule) -> Value:
        rated, dissatisfied = (getattr(self.rated[Question.OVERALL], name) or 0 for name in ("total", "dissatisfied"))
        ended = self.page.shown_sum("early", "on_time", "late")
        if ended is None or self._hides(dissatisfied, rated):
            return self._withheld(rule)
        if not ended:
            return Value(rule, why_not=_("Nothing to count in this time."))
        late = self.page.shown_sum("late") or 0
        return Value(rule, share_words(max(ended - late - dissatisfied, 0), ended))

    # Thông tư 01/2018/TT-VPCP -----------------------------------------------------------------------------------------

    def _value_tt_1(self, rule: Rule) -> Value:
        count = self.page.shown_sum("early", "on_time", "late")
        if count is None:
            return self._withheld(rule)
        early, on_time = self.page.shown("early") or 0, self.page.shown("on_time") or 0
        return self._points(rule, 2 * early + on_time, count)

    def _value_tt_2(self, rule: Rule) -> Value:
        return self._average(rule, Measured.STEPS)

    def _value_tt_3(self, rule: Rule) -> Value:
        return self._average(rule, Measured.CONTACTS)

    def _average(self, rule: Rule, measure: str) -> Value:
        points, count = self.measured.get(measure, (0, 0))
        return self._withheld(rule) if self._hides(points, count, 2) else self._points(rule, points, count)

    def _value_tt_8(self, rule: Rule) -> Value:
        found = self.answered
        if self._hides(found.on_time, found.whole):
            return self._withheld(rule)
        share = 100 if found.percent is None else found.percent
        points = 0 if found.overdue or share < 90 else 2 if share == 100 else 1
        return Value(rule, _("%(points)s of 2 points") % {"points": points})

    def _value_tt_9(self, rule: Rule) -> Value:
        came, online = self.page.shown_sum("online", "direct"), self.page.shown("online")
        if came is None or online is None:
            return self._withheld(rule)
        if not came:
            return Value(rule, why_not=_("Nothing to count in this time."))
        in_time, filed = self.measured.get(Measured.ONLINE_IN_TIME, (0, 0))
        offered, dossiers = self._percent_on_offer(), 100 * online // came
        reached = (points for points, *least in ONLINE_POINTS if offered >= least[0] and dossiers >= least[1])
        points = next(reached, 0) if in_time == filed and offered else 0
        return Value(rule, _("%(points)s of 2 points") % {"points": points})

    def _percent_on_offer(self) -> int:
        """Return the share of procedures at level 3 or 4 in percent, 1 at least where there is any."""
        online, whole = len(self.offer.at_least(ONLINE_LEVEL)), len(self.offer.levels)
        return max(100 * online // whole, 1) if online else 0
