"""Checks between answers, answers worked out of others, decimals: what they hold, when, where it is told."""

from datetime import date

import pytest
from django.utils import translation

from ..across.checks import KINDS
from ..answering import section_form
from ..builder import cross_checks, usage
from ..checking import check_form
from ..comparing import compare_forms
from ..filling.filled import Filled
from ..filling.progress import Progress
from ..schema import SchemaError, clean_all, load, summary, warnings, with_calculated

TODAY = date(2026, 3, 23)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def field(key, kind="text", **more):
    return {"key": key, "type": kind, "label": {"vi": f"Nhãn {key}", "en": f"Label {key}"}} | more


def check(kind, fields=(), **more):
    named = {"fields": list(fields)} if fields else {}
    words = {"message": {"vi": "Xem lại", "en": "Look again"}}
    return {"key": "c", "kind": kind, "severity": "error"} | words | named | more


def form_of(*sections, checks=()):
    made = [
        {"key": f"s{n}", "title": {"vi": f"Phần {n}", "en": f"Part {n}"}, "fields": list(fields)}
        for n, fields in enumerate(sections)
    ]
    return {"schema": 1, "title": {"vi": "Đơn"}, "sections": made} | ({"checks": list(checks)} if checks else {})


def sex(key):
    options = [{"value": value, "label": {"vi": value}} for value in ("nam", "nu")]
    return field(key, "choice", options=options)


def faults(kind, types, answers, **more):
    """What a check says of two answers of given types, the second on a later page."""
    keys = ["a", "b"][: len(types)]
    asked = [sex(key) if kind_ == "sex" else field(key, kind_) for key, kind_ in zip(keys, types, strict=True)]
    for one in asked:
        if one["type"] == "date":
            one["partial"] = True
        if one["type"] == "table":
            one["columns"] = [field("x")]
    schema = load(form_of(*[[one] for one in asked], checks=[check(kind, keys, **more)]))
    return clean_all(schema, dict(zip(keys, answers, strict=True)), today=TODAY)[1]


def person(**parts):
    return {"full_name": "An", "birth": "", "sex": "", "id_kind": "", "id_number": ""} | parts


YEARS = {"amount": 16, "unit": "years"}
DATES = ("date", "date")
BROKEN = [
    ("before", DATES, ("2000-01-02", "2000-01-02"), {}),
    ("before", ("person", "date"), (person(birth="2001"), "2000-12-31"), {}),
    ("not_after", DATES, ("2000-01-03", "2000-01-02"), {}),
    ("within", DATES, ("2026-01-01", "2026-03-03"), {"amount": 60, "unit": "days"}),
    ("within", ("date",), ("2025-12-01",), {"amount": 60, "unit": "days"}),
    ("within", DATES, ("2026-01-31", "2026-03-01"), {"amount": 1, "unit": "months"}),
    ("apart", DATES, ("2000-05-06", "2016-05-05"), YEARS),
    ("apart", ("date",), ("2010-03-24",), YEARS),
    ("differ", ("id_number", "id_number"), ("075199000011", "075199000011"), {}),
    ("differ", ("person", "id_number"), (person(id_number="075199000011"), "075199000011"), {}),
    ("same", ("text", "text"), ("Nguyễn An", "Nguyễn Ân"), {}),
    ("not_more", ("number", "table"), (2, [{"x": "1"}]), {}),
    ("not_more", ("decimal", "number"), ("2.5", 2), {}),
    ("as_many", ("number", "decimal"), (3, "3.5"), {}),
    ("sex", ("sex",), ("nam",), {"value": "nu"}),
    ("sex", ("id_number",), ("075099000012",), {"value": "nu"}),
    ("sex", ("person",), (person(sex="nu"),), {"value": "nam"}),
]
HELD = [
    ("before", DATES, ("2000-01-01", "2000-01-02"), {}),
    # What a partial date leaves open counts for the applicant.
    ("before", DATES, ("2000", "2000"), {}),
    ("not_after", DATES, ("2000-01-02", "2000-01-02"), {}),
    ("within", DATES, ("2026-01-01", "2026-03-02"), {"amount": 60, "unit": "days"}),
    ("within", DATES, ("2026-01-31", "2026-02-28"), {"amount": 1, "unit": "months"}),
    ("apart", DATES, ("2000", "2016"), YEARS),
    ("apart", ("date",), ("2010-03-23",), YEARS),
    ("differ", ("id_number", "id_number"), ("075199000011", "075199000013"), {}),
    # Of a person without a number nothing is known.
    ("differ", ("person", "person"), (person(), person()), {}),
    ("same", ("text", "text"), ("Nguyễn  An", "Nguyễn An"), {}),
    ("not_more", ("number", "table"), (1, [{"x": "1"}]), {}),
    ("as_many", ("number", "decimal"), (3, "3"), {}),
    ("sex", ("id_number",), ("075199000011",), {"value": "nu"}),
    # A passport tells no sex.
    ("sex", ("id_number",), ("C1234567",), {"value": "nu"}),
    # Unanswered, nothing is compared.
    ("before", DATES, ("2000-01-01", ""), {}),
]


@pytest.mark.parametrize(("kind", "types", "answers", "more"), BROKEN)
def test_a_broken_check_refuses_at_the_last_of_its_questions(kind, types, answers, more):
    last = len(types) - 1
    assert faults(kind, types, answers, **more) == {f"s{last}": {"ab"[last]: "Look again"}}


@pytest.mark.parametrize(("kind", "types", "answers", "more"), HELD)
def test_a_check_that_holds_says_nothing(kind, types, answers, more):
    assert faults(kind, types, answers, **more) == {}


def test_every_kind_is_tried():
    assert {one[0] for one in BROKEN} | {"never"} == set(KINDS)


def parents(severity="error", **more):
    either = {"field": "known", "op": "eq", "value": "khong"}
    rule = {"all": [either, {"field": "both", "op": "eq", "value": "co"}]}
    one = check("never", when=rule, severity=severity, **more)
    return load(form_of([field("known", "yes_no")], [field("both", "yes_no")], checks=[one]))


def test_answers_exclude_each_other_and_a_warning_refuses_nothing():
    answers = {"known": "khong", "both": "co"}
    assert clean_all(parents(), answers, today=TODAY) == ({"known": "khong"}, {"s1": {"both": "Look again"}})
    assert clean_all(parents("warning"), answers, today=TODAY) == (answers, {})
    assert [one.key for one in warnings(parents("warning"), answers, TODAY)] == ["c"]
    assert warnings(parents("warning"), answers | {"both": "khong"}, TODAY) == []


def test_the_page_refuses_or_warns_and_the_review_shows_both():
    answers = {"known": "khong"}
    for severity, is_valid in (("error", False), ("warning", True)):
        schema = parents(severity)
        page = section_form(schema, schema.section("s1"), answers, data={"answer-both": "co"}, today=TODAY)
        assert page.is_valid() == is_valid
        assert (page.errors.get("both") == ["Look again"]) is not is_valid
        assert page.warning == ("Look again" if is_valid else "")
        progress = Progress(schema, Filled(answers | {"both": "co"}, ["s0", "s1"]), TODAY)
        assert [section.key for section in progress.missing] == ([] if is_valid else ["s1"])
        row = progress.review("en", lambda section: section.key)[1]["rows"][0]
        assert (row["error"], row["warning"]) == (("", "Look again") if is_valid else ("Look again", ""))


def test_where_one_part_alone_is_open_what_goes_against_the_others_is_told_there():
    schema = parents()
    answers = {"known": "co", "both": "co"}
    for filed in (None, TODAY):
        data = {"answer-known": "khong"}
        page = section_form(schema, schema.section("s0"), answers, data=data, today=TODAY, filed=filed)
        assert page.is_valid() is (filed is None)
        assert page.errors.get("known", []) == (["Look again"] if filed else [])


def test_where_one_part_alone_is_open_the_day_of_filing_counts():
    kinds = [{"value": "kip", "label": {"vi": "Kịp"}}, {"value": "muon", "label": {"vi": "Muộn"}}]
    kind = {"name": "within", "of": "born", "amount": 60, "unit": "days"}
    fields = [
        field("born", "date"),
        field("kind", "choice", options=kinds, derive=kind),
        field("why", required=True, show_if={"field": "kind", "op": "eq", "value": "muon"}),
    ]
    worked_out = load(form_of(fields))
    compared = load(form_of(fields[:1], checks=[check("within", ["born"], amount=60, unit="days")]))
    data = {"answer-born_day": "1", "answer-born_month": "1", "answer-born_year": "2026"}
    for filed, is_valid in ((date(2026, 3, 2), True), (date(2026, 3, 3), False), (None, False)):
        for schema in (worked_out, compared):
            page = section_form(schema, schema.section("s0"), {}, data=data, today=TODAY, filed=filed)
            assert page.is_valid() is is_valid


def test_where_one_part_alone_is_open_what_is_worked_out_elsewhere_follows():
    total = field("total", "number", derive={"name": "sum", "of": ["a", "b"]})
    checks = [check("not_more", ["a", "total"])]
    schema = load(form_of([field("a", "number")], [field("b", "number"), total], checks=checks))
    answers, data = {"a": 1, "b": 2}, {"answer-a": "9"}
    assert section_form(schema, schema.section("s0"), answers, data=data, today=TODAY, filed=TODAY).is_valid()


def test_a_condition_says_when_a_check_counts():
    when = {"field": "ask", "op": "eq", "value": "co"}
    asked = [field("ask", "yes_no"), field("a"), field("b")]
    schema = load(form_of(asked, checks=[check("differ", ["a", "b"], when=when)]))
    same = {"a": "x", "b": "x"}
    assert clean_all(schema, same | {"ask": "co"}, today=TODAY)[1] == {"s0": {"b": "Look again"}}
    assert not clean_all(schema, same | {"ask": "khong"}, today=TODAY)[1]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (check("smaller", ["a", "b"]), "unknown check"),
        (check("before", ["a", "b"]), "does not fit the question"),
        (check("differ", ["a"]), "another number of questions"),
        (check("differ", ["a", "nobody"]), "no question of the form"),
        (check("differ", ["a", "a"]), "with itself"),
        (check("differ", ["a", "b"], severity="fatal"), "severity"),
        (check("differ", ["a", "b"], message={"en": "x"}), "'vi' is needed"),
        (check("differ", ["a", "b"], html="<b>"), "unknown property"),
        (check("differ", ["a", "b"], basis=1), "basis"),
        (check("within", ["d"], amount=-1, unit="days"), "span of time"),
        (check("within", ["d"], amount=1, unit="weeks"), "span of time"),
        (check("sex", ["a"], value="nu"), "does not fit the question"),
        (check("sex", ["i"], value="x"), "nam or nu"),
        (check("never"), "condition is needed"),
        (check("never", when={"field": "nobody", "op": "filled"}), "missing or comes later"),
        ("no object", "unknown check"),
    ],
)
def test_faults_of_checks_are_named(broken, reason):
    asked = [field("a"), field("b"), field("d", "date"), field("i", "id_number")]
    with pytest.raises(SchemaError) as refused:
        load(form_of(asked, checks=[broken]))
    assert any(reason in one for one in refused.value.reasons), refused.value.reasons


# Worked out -----------------------------------------------------------------------------------------------------------


def made(derive, answers, *asked, kind="number", **more):
    return clean_all(load(form_of([*asked, field("made", kind, derive=derive, **more)])), answers, today=TODAY)[0].get(
        "made"
    )


AREAS = field("t", "table", columns=[field("area", "decimal", decimals=3), field("n", "number")])


@pytest.mark.parametrize(
    ("derive", "asked", "answers", "kind", "expected"),
    [
        ({"name": "sum", "of": "t.area"}, [AREAS], {"t": [{"area": "1.25"}, {"area": "0.005"}]}, "decimal", "1.26"),
        ({"name": "sum", "of": "t.area"}, [AREAS], {"t": [{"n": 1}]}, "decimal", None),
        ({"name": "sum", "of": ["a", "b"]}, [field("a", "number"), field("b", "money")], {"b": 7}, "money", 7),
        ({"name": "product", "of": ["a", "t"]}, [field("a", "money"), AREAS], {"a": 8000, "t": [{"n": 1}] * 3},
         "money", 24000),
        ({"name": "product", "of": ["a", "b"]}, [field("a", "number"), field("b", "number")], {"a": 2}, "number", None),
        ({"name": "count", "of": "t"}, [AREAS], {"t": [{"n": 1}, {"n": 2}]}, "number", 2),
        ({"name": "age", "of": "d"}, [field("d", "date")], {"d": "2010-03-24"}, "number", 15),
        ({"name": "age", "of": ["d", "e"]}, [field("d", "date"), field("e", "date")],
         {"d": "2010-03-24", "e": "2020-03-24"}, "number", 10),
        ({"name": "age", "of": "d"}, [field("d", "date", partial=True)], {"d": "2010"}, "number", None),
        ({"name": "days_between", "of": ["d", "e"]}, [field("d", "date"), field("e", "date")],
         {"d": "2026-02-27", "e": "2026-03-01"}, "number", 2),
        ({"name": "number_in_words", "of": "a"}, [field("a", "number")], {"a": 21}, "text", "Hai mươi mốt"),
        ({"name": "amount_in_words", "of": "a"}, [field("a", "money")], {"a": 21000}, "text",
         "Hai mươi mốt nghìn đồng"),
        ({"name": "date_in_words", "of": "d"}, [field("d", "date", partial=True)], {"d": "2026"}, "text",
         "Năm hai nghìn không trăm hai mươi sáu"),
    ],
)  # fmt: skip
def test_answers_are_worked_out(derive, asked, answers, kind, expected):
    assert made(derive, answers | {"made": "forged"}, *asked, kind=kind) == expected


@pytest.mark.parametrize(("born", "expected"), [("2026-01-22", "kip"), ("2026-01-21", "muon"), ("2026-03-15", "kip")])
def test_in_time_or_late_is_worked_out_on_the_day_of_filing(born, expected):
    """Sixty days from the birth are in time; eight days old is never late."""
    options = [{"value": value, "label": {"vi": value}} for value in ("kip", "muon")]
    derive = {"name": "within", "of": "d", "amount": 60, "unit": "days"}
    schema = load(form_of([field("d", "date"), field("made", "choice", derive=derive, options=options)]))
    assert clean_all(schema, {"d": born}, today=TODAY)[0]["made"] == expected
    # Shown later as it was recorded, made anew with the answers it follows from.
    recorded = {"d": born, "made": expected}
    assert summary(schema, recorded, "vi")[0][1][1][2] == expected
    assert with_calculated(schema, recorded | {"d": "2026-03-20"}, today=TODAY)["made"] == "kip"


def test_what_is_worked_out_is_shown_and_never_typed():
    schema = load(form_of([AREAS, field("sum", "decimal", unit={"vi": "m²"}, derive={"name": "sum", "of": "t.area"})]))
    page = section_form(schema, schema.section("s0"), {"t": [{"area": "1234.5"}]}, language="vi", today=TODAY)
    html = str(page.helper.layout.render(page, {}))
    assert "1.234,5 m²" in html and "answer-sum" not in html and 'value="1.234,5"' in html
    sent = {"answer-t_0_area": "2.000,5", "answer-sum": "9"}
    page = section_form(schema, schema.section("s0"), {}, data=sent, language="vi", today=TODAY)
    assert page.is_valid() and page.answers() == {"t": [{"area": "2000.5"}]} and page.counted["sum"] == "2000.5"


def test_a_check_of_a_sum_is_told_at_the_table_it_is_made_of():
    rule = {"field": "sum", "op": "gt", "value": 70}
    table = field("t", "table", columns=[field("n", "number")])
    total = field("sum", "number", derive={"name": "sum", "of": "t.n"})
    schema = load(form_of([table, total], checks=[check("never", when=rule)]))
    rows = [{"n": 40}, {"n": 31}]
    assert clean_all(schema, {"t": rows}, today=TODAY)[1] == {"s0": {"t": "Look again"}}
    data = {"answer-t_0_n": "40", "answer-t_1_n": "31"}
    page = section_form(schema, schema.section("s0"), {}, data=data, today=TODAY)
    assert not page.is_valid() and page.errors == {"t": ["Look again"]}


@pytest.mark.parametrize(
    ("derive", "kind", "reason"),
    [
        ({"name": "square", "of": "n"}, "number", "known 'name'"),
        ({"name": "sum", "of": "n", "amount": 1}, "number", "known 'name'"),
        ({"name": "sum", "of": "later"}, "number", "cannot be made of"),
        ({"name": "sum", "of": "t.nothing"}, "number", "cannot be made of"),
        ({"name": "product", "of": "n"}, "number", "another number of answers"),
        ({"name": "count", "of": "t"}, "text", "does not fit type"),
        ({"name": "within", "of": "d", "amount": 1, "unit": "days"}, "choice", "needs two answers"),
    ],
)
def test_faults_of_what_is_worked_out_are_named(derive, kind, reason):
    options = {"options": [{"value": "x", "label": {"vi": "x"}}]} if kind == "choice" else {}
    asked = [
        field("n", "number"),
        field("d", "date"),
        AREAS,
        field("m", kind, derive=derive, **options),
        field("later"),
    ]
    with pytest.raises(SchemaError) as refused:
        load(form_of(asked))
    assert any(reason in one for one in refused.value.reasons), refused.value.reasons


# Decimals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("1.234,5", "1234.5"), ("120 m2", "120"), ("120,50 m²", "120.5"), ("0.5", "0.5"), ("", None)],
)
def test_a_decimal_is_typed_as_in_vietnam_and_kept_exactly(typed, expected):
    schema = load(form_of([field("a", "decimal", unit={"vi": "m²"}, required=False)]))
    page = section_form(schema, schema.section("s0"), {}, data={"answer-a": typed}, language="vi", today=TODAY)
    assert page.is_valid() and page.answers() == {"a": expected}
    assert page.fields["a"].label == "Nhãn a (m²)"
    again = section_form(schema, schema.section("s0"), page.answers(), language="vi", today=TODAY)
    assert expected is None or f'value="{expected.replace(".", ",").replace("1234", "1.234")}"' in str(again["a"])


@pytest.mark.parametrize(
    ("typed", "words"),
    [("-1", "for example 120,5"), ("1,234", "at most 2 digits"), ("120 kg", "for example"), ("0,5", "at least 1")],
)
def test_a_wrong_decimal_is_refused_and_stays_as_it_was_typed(typed, words):
    rules = [{"name": "min", "args": [1]}]
    schema = load(form_of([field("a", "decimal", unit={"vi": "m²"}, rules=rules)]))
    page = section_form(schema, schema.section("s0"), {}, data={"answer-a": typed}, today=TODAY)
    assert not page.is_valid() and words in str(page.errors["a"]) and f'value="{typed}"' in str(page["a"])
    assert page.typed == {"answer-a": [typed]}


@pytest.mark.parametrize("value", ["1,5", "1.50", 1.5, "-1", "1e5", ["1"], "1.234"])
def test_no_other_form_of_a_decimal_is_kept(value):
    schema = load(form_of([field("a", "decimal")]))
    assert "a" in clean_all(schema, {"a": value}, today=TODAY)[1]["s0"]


# Publishers -----------------------------------------------------------------------------------------------------------


def test_what_a_page_does_not_know_yet_is_said_before_publishing():
    same = form_of([field("a"), field("b", prefill="answer:a")])
    total = field("n", "number", derive={"name": "count", "of": "t"})
    hangs = form_of([AREAS, total, field("b", show_if={"field": "n", "op": "gt", "value": 1})])
    never = form_of([field("a", "yes_no")], checks=[check("never", when={"all": [
        {"field": "a", "op": "eq", "value": "co"}, {"field": "a", "op": "eq", "value": "khong"}]})])  # fmt: skip
    for data, words in ((same, "asked on the same page"), (hangs, "once the page is sent"), (never, "can never hold")):
        load(data)
        assert [words in one.message for one in check_form(data)] == [True]
    assert check_form(form_of([field("a")], [field("b", prefill="answer:a")])) == []


def test_a_check_is_compared_and_keeps_its_questions():
    before = form_of([field("a"), field("b")], checks=[check("differ", ["a", "b"])])
    after = form_of([field("a"), field("b")], checks=[check("differ", ["a", "b"], severity="warning")])
    found = compare_forms(load(before), load(after), "en")
    assert [(one.kind, one.field) for one in found] == [("checks", "b")]
    assert "refuses" in found[0].before and "warns" in found[0].after
    assert [one.kind for one in compare_forms(load(before), load(form_of([field("a"), field("b")])), "en")] == [
        "checks"
    ]
    assert usage.used_by(before, "a") == ["the check “Xem lại”"]


def test_checks_are_added_changed_and_taken_away():
    form = form_of([field("a"), field("b")])
    values = {name: value for name, value in check("differ", ["a", "b"]).items() if name != "key"}
    with_one, key = cross_checks.add_check(form, values)
    assert load(with_one).checks[0].key == key == "xem_lai"
    changed = cross_checks.change_check(with_one, key, values | {"severity": "warning"})
    assert not load(changed).checks[0].is_error
    assert cross_checks.remove_check(changed, key) == form


def test_a_calculated_nought_is_an_answer():
    days = field("days", "number", derive={"name": "days_between", "of": ["d", "d"]})
    schema = load(form_of([field("d", "date"), days]))
    kept, _errors = clean_all(schema, {"d": "2026-03-01"}, today=TODAY)
    assert kept["days"] == 0
    assert [row[0] for _section, rows in summary(schema, kept, "vi") for row in rows] == ["d", "days"]
