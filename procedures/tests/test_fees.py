"""What a dossier costs: every fee of the catalogue by quantity, channel and exemption, and the rules behind.

``fees.csv`` says what each costs: of the unit's ``own`` amounts the one at the desk
and the one online, '-' where nobody knows the amount, ``10x3`` for ten pages in three copies.
"""

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from procedures import fees
from procedures.fees import Original, Why, assess
from procedures.models import FeeChannel, FeeExemption, FeeLine, Offering, OfferingFee, ProcedureVersion
from tests import factories

HERE = Path(__file__).parent
DAY = date(2026, 11, 28)
CHANNELS = [channel.value for channel in FeeChannel]
SHIPPED = json.loads((HERE.parent / "data" / "catalogue.json").read_text(encoding="utf-8"))["procedures"]
CATALOGUE = [{"code": row["code"], "fee": fee} for row in SHIPPED for fee in row["version"]["fees"]]
KEYS = [(row["code"], row["fee"]["key"]) for row in CATALOGUE]
AMOUNTS = list(csv.DictReader((HERE / "fees.csv").read_text(encoding="utf-8").splitlines()))
PAGES = {
    "unit": "page",
    "amount_vnd": 2000,
    "tiers": [{"from": 1, "to": 2, "amount_vnd": 2000}, {"from": 3, "to": None, "amount_vnd": 1000}],
    "cap_vnd": 200_000,
}


def version(*rows: dict[str, Any]) -> ProcedureVersion:
    """A version with fees as the exchange format has them, in memory; exemptions are numbered 11, 12, …, then 21."""
    made, lines = ProcedureVersion(pk=1), []
    for n, row in enumerate(rows, start=1):
        values: dict[str, Any] = {"key": f"phi-{n}", "kind": "phi", "name": "Phí", "amount_vnd": 8000} | row
        exemptions = [
            FeeExemption(
                pk=10 * n + place,
                who=one["who"],
                since=one.get("since") and date.fromisoformat(one["since"]),
                until=one.get("until") and date.fromisoformat(one["until"]),
                channel=one.get("channel") or "",
            )
            for place, one in enumerate(values.pop("exemptions", []), start=1)
        ]
        line = FeeLine(pk=n, n=n, version=made, **values)
        line._prefetched_objects_cache = {"exemptions": exemptions}  # type: ignore[attr-defined]
        lines.append(line)
    made._prefetched_objects_cache = {"fees": lines}  # type: ignore[attr-defined]
    return made


def offering(*rows: OfferingFee) -> Offering:
    """A unit's offering with its own amounts, in memory."""
    made = Offering(pk=1)
    made._prefetched_objects_cache = {"fees": list(rows)}  # type: ignore[attr-defined]
    return made


def own(key: str = "phi-1", amount: int = 5000, **more: Any) -> OfferingFee:
    """An amount of the unit."""
    values = {"resolution": "NQ 12/2026/NQ-HĐND", "since": date(2026, 1, 1)} | more
    return OfferingFee(key=key, amount_vnd=amount, **values)


def of_catalogue(code: str) -> ProcedureVersion:
    return version(*(dict(row["fee"]) for row in CATALOGUE if row["code"] == code))


def quantity(text: str) -> fees.Quantity:
    pages, _by, copies = text.partition("x")
    return [Original(int(pages), int(copies))] if copies else int(text)


def only(code: str, key: str, asked: fees.Quantity) -> dict[str, fees.Quantity]:
    """Quantities in which one line of a procedure is due and no other."""
    return {other: 0 for one, other in KEYS if one == code} | {key: asked}


# Every fee of the catalogue -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", AMOUNTS, ids=lambda row: f"{row['code']} {row['key']} {row['quantity']} {row['own']}")
def test_every_fee_of_the_catalogue_costs_what_the_table_says(row):
    desk, _slash, online = row["own"].partition("/")
    unit = offering(own(row["key"], int(desk), amount_online_vnd=int(online))) if desk else None
    asked = only(row["code"], row["key"], quantity(row["quantity"]))
    for channel in CHANNELS:
        found = assess(of_catalogue(row["code"]), unit, channel=channel, day=DAY, quantities=asked)
        assert found.is_complete is (row[channel] != "-")
        assert found.total_vnd == (int(row[channel]) if found.is_complete else 0)


def test_the_table_has_every_fee_in_two_quantities_at_least():
    for code, key in KEYS:
        rows = [row for row in AMOUNTS if (row["code"], row["key"]) == (code, key)]
        assert len({row["quantity"] for row in rows}) >= 2
        line = next(row["fee"] for row in CATALOGUE if (row["code"], row["fee"]["key"]) == (code, key))
        # What the province sets is known only by the unit's own amount.
        assert all((row["counter"] == "-") is (line["is_guide"] and not row["own"]) for row in rows)
    assert len(KEYS) == len(set(KEYS)) == 42 and len({code for code, _key in KEYS}) == 31


@pytest.mark.parametrize(("code", "key"), KEYS)
def test_every_exemption_of_the_catalogue_frees_its_line_and_no_other(code, key):
    """Proved, it frees by every channel and day on which it counts; a guide is no longer open then."""
    made = of_catalogue(code)
    line = next(line for line in made.fees.all() if line.key == key)
    every = {other.key: 1 for other in made.fees.all()}
    for exemption in line.exemptions.all():
        for channel in CHANNELS:
            for day in (DAY, date(2026, 8, 14), date(2027, 3, 1)):
                before = assess(made, None, channel=channel, day=day, quantities=every)
                after = assess(made, None, channel=channel, day=day, quantities=every, exemptions=[exemption.pk])
                place = next(n for n, one in enumerate(after.lines) if one.key == key)
                others = [[*found.lines[:place], *found.lines[place + 1 :]] for found in (before, after)]
                assert others[0] == others[1]
                # Resolution 66.22/2026/NQ-CP: filed online, from 15/8/2026 to 28/02/2027.
                is_dated = exemption.who.startswith("Công dân số")
                if is_dated and not (channel == "online" and day == DAY):
                    assert after.refused == (exemption,) and after.lines[place] == before.lines[place]
                    continue
                granted = after.lines[place]
                assert (granted.amount_vnd, granted.why, granted.exemption) == (0, Why.EXEMPT, exemption.pk)
                assert granted.exempt_as == exemption.who and after.refused == ()


# The rules ------------------------------------------------------------------------------------------------------------


def cost(made: ProcedureVersion, unit: Offering | None = None, *, channel: str = "counter", **case: Any):
    return assess(made, unit, channel=channel, day=case.pop("day", DAY), **case)


def test_a_guide_is_charged_by_nobody_before_the_resolution():
    made = version({"is_guide": True})
    waiting = (None, offering(), offering(own(resolution="")), offering(own(since=DAY + timedelta(1))))
    for unit in (*waiting, offering(own("phi-2"))):
        found = cost(made, unit)
        assert (found.lines[0].amount_vnd, found.lines[0].why, found.total_vnd) == (None, Why.GUIDE, 0)
        assert not found.is_complete and "8.000" not in found.total_words()
    found = cost(made, offering(own(since=DAY)))
    assert (found.total_vnd, found.is_complete, found.lines[0].resolution) == (5000, True, "NQ 12/2026/NQ-HĐND")


def test_the_newest_amount_of_the_unit_that_has_begun_counts():
    unit = offering(
        own(amount=1, since=date(2026, 1, 1)), own(amount=3, since=date(2027, 1, 1)), own(amount=2, since=DAY)
    )
    days = (date(2025, 12, 31), date(2026, 11, 27), DAY, date(2027, 1, 1))
    assert [cost(version({}), unit, day=day).total_vnd for day in days] == [8000, 1, 2, 3]


def test_an_amount_of_the_unit_takes_the_place_of_tiers_and_keeps_the_cap():
    unit = offering(own(amount=3000))
    assert cost(version(PAGES), unit, quantities={"page": 10}).total_vnd == 30_000
    assert cost(version(PAGES), unit, quantities={"page": 100}).total_vnd == 200_000
    assert cost(version({"amount_online_vnd": 1000}), offering(own()), channel="online").total_vnd == 5000


def test_pages_are_counted_by_original_and_each_copy_is_capped():
    made = version(PAGES)
    assert cost(made, quantities={"page": 5, "copy": 2}).total_vnd == 2 * 7000
    several = [Original(5, 2), Original(1), Original(500, 3)]
    assert cost(made, quantities={"page": several}).total_vnd == 14_000 + 2000 + 600_000
    line = cost(made, quantities={"phi-1": several}).lines[0]
    assert (line.quantity, line.unit_amount_vnd) == (10 + 1 + 1500, None)


def test_quantities_go_by_the_key_else_by_the_unit_else_once():
    made = version({"unit": "copy", "is_optional": True}, {"unit": "copy"}, {"amount_vnd": 100})
    amounts = [
        [line.amount_vnd for line in cost(made, quantities=asked).lines]
        for asked in ({}, {"copy": 3}, {"copy": 3, "phi-2": 0})
    ]
    assert amounts == [[0, 8000, 100], [24_000, 24_000, 100], [24_000, 0, 100]]
    assert cost(made).lines[0].why == Why.NOT_ASKED


def test_a_condition_decides_by_the_answers_and_is_open_without_them():
    made = version({"applies": "Quá hạn", "applies_if": {"field": "late", "op": "eq", "value": "co"}})
    assert cost(made, facts={"late": "co"}).total_vnd == 8000
    assert cost(made, facts={"late": "khong"}).lines[0].why == cost(made, facts={}).lines[0].why == Why.NOT_DUE
    assert (cost(made).lines[0].why, cost(made).is_complete) == (Why.UNDECIDED, False)
    assert cost(made, quantities={"phi-1": 1}).total_vnd == 8000


def test_words_alone_leave_it_to_an_officer():
    made = version({"applies": "Đăng ký sau 60 ngày từ ngày sinh", "exemptions": [{"who": "Trẻ em"}]})
    # Who is exempt need not wait for the decision.
    assert cost(made, exemptions=[11]).is_complete
    for case in ({}, {"facts": {"late": "co"}}, {"quantities": {"dossier": 1}}):
        assert cost(made, **case).lines[0].why == Why.UNDECIDED
    assert [cost(made, quantities={"phi-1": n}).total_vnd for n in (0, 1)] == [0, 8000]
    assert cost(version({"applies": "Khi yêu cầu", "is_optional": True}), quantities={"dossier": 1}).total_vnd == 8000


def test_an_exemption_outside_its_days_or_channel_is_refused():
    made = version(
        {"exemptions": [{"who": "Công dân số", "since": "2026-08-15", "until": "2027-02-28", "channel": "online"}]}
    )
    first, last, step = date(2026, 8, 15), date(2027, 2, 28), timedelta(1)
    for day in (first, last):
        assert cost(made, channel="online", day=day, exemptions=[11]).total_vnd == 0
    for channel, day in (("online", first - step), ("online", last + step), ("counter", first), ("post", last)):
        found = cost(made, channel=channel, day=day, exemptions=[11])
        assert found.total_vnd == 8000 and [one.pk for one in found.refused] == [11]


@pytest.mark.parametrize(
    "case",
    [
        {"channel": "fax"},
        {"quantities": {"phi-1": -1}},
        {"quantities": {"phi-1": [Original(1, -1)]}},
        {"quantities": {"dossier": [Original(1)]}},
        {"exemptions": [99]},
    ],
)
def test_what_no_version_knows_is_an_error(case):
    with pytest.raises(ValueError):
        cost(version({}), **case)
    with pytest.raises(ValueError):
        cost(version(PAGES), quantities={"page": 3, "copy": [Original(1)]})


def test_reading_costs_three_queries(db, commune, django_assert_num_queries):
    made = factories.version(commune.unit)
    for _n in range(3):
        factories.own_fee(factories.fee(made, exemptions=[{}, {"n": 2}]), commune.unit)
    stored, unit = ProcedureVersion.objects.get(), Offering.objects.get()
    with django_assert_num_queries(3):
        assert cost(stored, unit).total_vnd == 15_000


# For any fee ----------------------------------------------------------------------------------------------------------


@st.composite
def tiered(draw: st.DrawFn) -> dict[str, Any]:
    """A fee for pages with any sound tiers and cap."""
    ends = sorted(draw(st.sets(st.integers(1, 50), max_size=4)))
    amounts = draw(st.lists(st.integers(0, 50_000), min_size=len(ends) + 1, max_size=len(ends) + 1))
    starts = [1, *(end + 1 for end in ends)]
    rows = zip(starts, [*ends, None], amounts, strict=True)
    tiers = [{"from": first, "to": last, "amount_vnd": amount} for first, last, amount in rows]
    cap = draw(st.none() | st.integers(1, 300_000))
    return {"unit": "page", "amount_vnd": amounts[0], "tiers": tiers, "cap_vnd": cap}


@given(fee=tiered(), pages=st.integers(0, 120), copies=st.integers(0, 9), channel=st.sampled_from(CHANNELS))
def test_a_fee_grows_with_what_is_asked_and_keeps_its_cap(fee, pages, copies, channel):
    assert fees.tier_fault(fee["tiers"], fee["amount_vnd"]) == ""
    made = version(fee)

    def total(pages: int, copies: int) -> int:
        return cost(made, channel=channel, quantities={"page": pages, "copy": copies}).total_vnd

    found = total(pages, copies)
    assert 0 <= found <= total(pages + 1, copies) and found <= total(pages, copies + 1)
    by_hand = sum(
        next(tier["amount_vnd"] for tier in fee["tiers"] if tier["to"] is None or n <= tier["to"])
        for n in range(1, pages + 1)
    )
    assert found == copies * (by_hand if fee["cap_vnd"] is None else min(by_hand, fee["cap_vnd"]))


@given(
    amount=st.integers(0, 2**31 - 1),
    online=st.none() | st.integers(0, 2**31 - 1),
    count=st.integers(0, 1000),
    channel=st.sampled_from(CHANNELS),
    mine=st.none() | st.integers(0, 2**31 - 1),
    is_guide=st.booleans(),
)
def test_a_flat_fee_is_its_amount_so_many_times(amount, online, count, channel, mine, is_guide):
    unit = None if mine is None else offering(own(amount=mine))
    made = version({"amount_vnd": amount, "amount_online_vnd": online, "is_guide": is_guide})
    found = cost(made, unit, channel=channel, quantities={"dossier": count})
    each = mine if mine is not None else online if channel == "online" and online is not None else amount
    if is_guide and mine is None and count:
        assert found.lines[0].amount_vnd is None
    else:
        assert found.total_vnd == count * each


# In words -------------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def said(*rows: dict[str, Any], unit: dict[str, OfferingFee] | None = None) -> tuple[str, str]:
    lines = version(*rows).fees.all()
    for line in lines:
        line.has_exemptions = bool(line.exemptions.all())
    return fees.fee_words(lines, unit)


@pytest.mark.parametrize(
    ("rows", "words", "caution"),
    [
        ([], "Free", ""),
        ([{}], "Service fee: 8.000 đồng/dossier", ""),
        ([{"kind": "le_phi"}], "Fee: 8.000 đồng/dossier", ""),
        ([{"amount_vnd": 0}], "Free", ""),
        ([{"kind": "le_phi", "is_guide": True}], "Fee: by the amount of the province", ""),
        ([{"is_guide": True, "amount_vnd": 0}], "Service fee: by the amount of the province", ""),
        ([{"is_optional": True}], "Free in the usual case", "In some cases: 8.000 đồng/dossier."),
        ([{"applies": "Quá hạn"}], "Free in the usual case", "In some cases: 8.000 đồng/dossier."),
        ([{"exemptions": [{"who": "Trẻ em"}]}], "Service fee: 8.000 đồng/dossier", "Some people are exempt."),
        ([{"amount_vnd": 0, "exemptions": [{"who": "Trẻ em"}]}], "Free", ""),
        ([{"amount_online_vnd": 0}], "Service fee: 8.000 đồng/dossier (filed online: 0 đồng)", ""),
        (
            [PAGES],
            "Service fee: 2.000 đồng/page; from page 3: 1.000 đồng/page; at most 200.000 đồng a copy",
            "",
        ),
    ],
)
def test_the_fee_in_one_line(rows, words, caution):
    assert said(*rows) == (words, caution)


def test_the_amount_of_the_unit_in_words():
    assert said({"is_guide": True}, unit={"phi-1": own()}) == ("Service fee: 5.000 đồng/dossier", "")
    assert said({}, unit={"phi-1": own(amount=0)}) == ("Free", "")
    assert said(PAGES, unit={"phi-1": own(amount=1000)})[0].endswith("1.000 đồng/page; at most 200.000 đồng a copy")


def test_a_table_row_says_when_a_line_is_due_and_who_is_exempt():
    (row,) = fees.line_rows(
        version(
            {
                "name_en": "Late registration",
                "is_guide": True,
                "applies": "Quá hạn",
                "exemptions": [{"who": "Công dân số", "until": "2027-02-28", "channel": "online"}],
            }
        ).fees.all()
    )
    assert (row["name"], row["amount"], row["guide"]) == (
        "Late registration",
        "by the amount of the province",
        "8.000 đồng/dossier",
    )
    assert row["when"] == "Quá hạn" and [when for _one, when in row["exemptions"]] == [
        "when filed online, until 28/02/2027"
    ]
