"""What stands on a declaration on paper, blank and filled in: the lines, before any page is laid out."""

from typing import Any

import pytest

from eforms import declarations
from eforms import schema as form_schema
from eforms.declarations import Box, Line

YES = {"field": "wants", "op": "eq", "value": "co"}


def words(vi: str) -> dict[str, str]:
    return {"vi": vi}


def question(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": words(f"Câu {key}")} | more


def options(count: int) -> list[dict[str, Any]]:
    return [{"value": f"v{n}", "label": words(f"Đáp án {n}")} for n in range(1, count + 1)]


def section(key: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "title": words(f"Phần {key}"), "fields": list(fields)} | more


def form(*sections: dict[str, Any]) -> form_schema.Schema:
    return form_schema.load({"schema": 1, "title": words("Tờ khai"), "sections": list(sections)})


def parts(schema: form_schema.Schema, answers: dict[str, Any] | None = None) -> tuple[Any, ...]:
    return declarations.context(schema, answers)["parts"]


def line(field: dict[str, Any], answers: dict[str, Any] | None = None, *others: dict[str, Any]) -> Line:
    """Return how one question stands on paper, the first of its section; ``others`` follow it."""
    return parts(form(section("a", field, *others)), answers)[0].groups[0].lines[0]


# Both -----------------------------------------------------------------------------------------------------------------


def test_parts_are_numbered_as_official_forms_are():
    first = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
    assert [declarations.roman(n) for n in range(1, 11)] == first
    assert [declarations.roman(n) for n in (14, 20, 39)] == ["XIV", "XX", "XXXIX"]


def test_a_colon_stands_after_a_label_that_does_not_end_itself():
    labels = {"Họ tên": ":", "Có con không?": "", "Gồm:": ""}
    assert {label: Line("text", "a", label).colon for label in labels} == labels


def test_what_no_printer_shows_becomes_a_blank_and_lines_stay():
    assert declarations.plain(" Một\x07hai\nba\u200b ") == "Một hai\nba"


def test_the_declaring_person_is_the_first_whose_name_an_account_would_fill_in():
    whole = question("who", "person", prefill="person")
    schema = form(
        section("a", question("note"), whole, question("name", "full_name", prefill="full_name"), question("z"))
    )
    told = {"note": "Ghi chú", "who": {"full_name": " Lê Văn Tám "}, "name": "Trần Thị Bé", "z": "Sau"}
    assert declarations.signer_of(schema, told) == "Lê Văn Tám"
    assert declarations.signer_of(schema, told | {"who": {}}) == "Trần Thị Bé"
    assert declarations.signer_of(schema, {"note": "Ghi chú"}) == ""


@pytest.mark.parametrize(
    ("text", "who", "how"),
    [
        ("Người đại diện (Ký, đóng dấu)", "NGƯỜI ĐẠI DIỆN", "Ký, đóng dấu"),
        ("Người khai (Ký) ", "NGƯỜI KHAI", "Ký"),
        ("Người khai", "NGƯỜI KHAI", "Ký, ghi rõ họ, chữ đệm, tên"),
        ("Người khai ()", "NGƯỜI KHAI", "Ký, ghi rõ họ, chữ đệm, tên"),
        ("Người khai (Ký", "NGƯỜI KHAI (KÝ", "Ký, ghi rõ họ, chữ đệm, tên"),
        ("Người khai)", "NGƯỜI KHAI)", "Ký, ghi rõ họ, chữ đệm, tên"),
        ("(Ký)", "(KÝ)", "Ký, ghi rõ họ, chữ đệm, tên"),
    ],
)
def test_brackets_at_the_end_of_a_signature_say_how_to_sign(text, who, how):
    assert declarations.signature(text) == declarations.Signature(who, how)


@pytest.mark.parametrize(("count", "rows"), [(1, [1]), (2, [2]), (3, [3]), (4, [2, 2])])
def test_one_to_three_sign_side_by_side_and_four_two_by_two(count, rows):
    names = [{"vi": f"Bên {n}"} for n in range(count)]
    raw = {"schema": 1, "title": words("T"), "signatures": names, "sections": [section("a", question("x"))]}
    signatures = declarations.context(form_schema.load(raw), None)["signatures"]
    assert [len(row) for row in signatures.rows] == rows
    assert [one.who for row in signatures.rows for one in row] == [f"BÊN {n}" for n in range(count)]
    assert signatures.only == (declarations.Signature("BÊN 0", declarations.HOW_TO_SIGN) if count == 1 else None)


def test_what_stands_around_the_answers():
    schema = form_schema.load(
        {"schema": 1, "title": words("Tờ khai"), "basis": "Mẫu số 01", "sections": [section("a", question("x"))]}
    )
    bare = declarations.context(schema, None)
    assert (bare["title"], bare["basis"], bare["qr"], bare["head"]) == ("Tờ khai", "Mẫu số 01", "", declarations.Head())
    assert bare["undertaking"].startswith("Tôi cam đoan") and bare["undertaking"].endswith("cam đoan của mình.")
    assert "<svg" in declarations.context(schema, {}, declarations.Head(qr_text="x"))["qr"]


# Filled ---------------------------------------------------------------------------------------------------------------


def test_a_filled_declaration_has_only_what_was_asked_and_prints_and_numbers_it_without_gaps():
    schema = form(
        section("first", question("wants", "yes_no")),
        section("second", question("why"), show_if=YES),
        section("third", question("inside", prints=False)),
        section("fourth", question("more", show_if=YES), question("last")),
    )
    found = parts(schema, {"wants": "khong", "why": "cũ", "last": "x"})
    assert [(part.number, part.title) for part in found] == [("I", "Phần first"), ("II", "Phần fourth")]
    assert [row.name for part in found for group in part.groups for row in group.lines] == ["wants", "last"]
    assert [part.title for part in parts(schema, {"wants": "co"})] == ["Phần first", "Phần second", "Phần fourth"]


def test_short_lists_are_boxes_with_a_tick_and_long_ones_the_answer_in_words():
    short, several = question("c", "choice", options=options(7)), question("c", "choices", options=options(3))
    assert [box.value for box in line(short, {"c": "v2"}).boxes if box.is_on] == ["v2"]
    assert [box.value for box in line(several, {"c": ["v1", "v3"]}).boxes if box.is_on] == ["v1", "v3"]
    assert len(line(short, {"c": "v2"}).boxes) == 7
    long = line(question("c", "choice", options=options(8)), {"c": "v2"})
    assert (long.kind, long.text, long.boxes) == ("text", "Đáp án 2", ())


def test_what_was_left_empty_is_a_dash():
    assert line(question("a"), {}).text == "–"
    assert line(question("a"), {"a": "Có"}).text == "Có"


def test_a_date_in_words_is_written_from_the_date_and_left_out_without():
    derived = question("w", derive={"name": "date_in_words", "of": "d"})
    schema = form(section("a", question("d", "date"), derived))
    known, unknown = (parts(schema, answers)[0].groups[0].lines for answers in ({"d": "2026-03-02"}, {}))
    assert "tháng ba năm hai nghìn" in known[1].text
    assert [row.name for row in unknown] == ["d"]


def test_a_note_is_printed_with_its_help_and_a_table_with_its_rows():
    note = line(question("n", "note", help=words("Đọc kỹ")), {}, question("x"))
    assert (note.kind, note.label, note.help) == ("note", "Câu n", "Đọc kỹ")
    columns = [question("name"), question("sex", "choice", options=options(2))]
    table = question("t", "table", columns=columns)
    rows = line(table, {"t": [{"name": "Bé", "sex": "v1"}, {"name": "Tí"}]})
    assert (rows.heads, rows.rows) == (("Câu name", "Câu sex"), (("Bé", "Đáp án 1"), ("Tí", "")))
    assert line(table, {}).rows == ()


# Blank ----------------------------------------------------------------------------------------------------------------


def test_a_blank_asks_everything_that_prints_and_says_when():
    schema = form(
        section("notes", question("n", "note"), question("hidden", prints=False)),
        section("a", question("wants", "yes_no"), question("why", show_if=YES), question("how", show_if=YES)),
        section("b", question("inside", prints=False), question("x"), show_if=YES),
    )
    found = parts(schema)
    assert [(part.number, part.title) for part in found] == [("I", "Phần a"), ("II", "Phần b")]
    when = "Chỉ khai nếu “Câu wants” là “Có”"
    assert [(group.when, [row.name for row in group.lines]) for group in found[0].groups] == [
        ("", ["wants"]),
        (when, ["why", "how"]),
    ]
    assert [part.when for part in found] == ["", when]
    assert [row.name for row in found[1].groups[0].lines] == ["x"]


@pytest.mark.parametrize(
    ("count", "kind", "help_"),
    [
        (1, "tick", "Ghi rõ"),
        (2, "radios", "Ghi rõ"),
        (7, "radios", "Ghi rõ"),
        (8, "select", None),
        (12, "select", None),
        (13, "select", "Ghi rõ"),
    ],
)
def test_lists_are_a_tick_boxes_or_a_list_that_opens_with_its_answers_beside(count, kind, help_):
    found = line(question("c", "choice", options=options(count), help=words("Ghi rõ")))
    assert (found.kind, len(found.boxes)) == (kind, count)
    answers = "; ".join(f"Đáp án {n}" for n in range(1, count + 1))
    assert found.help == (help_ or f"Ghi rõ Ghi một trong: {answers}.")
    assert {box.name for box in found.boxes} == {"c"}


def test_yes_and_no_are_two_boxes_on_either_paper():
    blank, answered = line(question("y", "yes_no")), line(question("y", "yes_no"), {"y": "khong"})
    assert (blank.kind, [box.value for box in blank.boxes]) == ("radios", ["co", "khong"])
    assert (answered.kind, [box.value for box in answered.boxes if box.is_on]) == ("boxes", ["khong"])


@pytest.mark.parametrize(("count", "named"), [(1, False), (2, True), (7, True), (8, False)])
def test_a_column_names_its_answers_when_there_is_a_choice_and_room(count, named):
    found = line(question("t", "table", columns=[question("c", "choice", options=options(count))]))
    answers = "/".join(f"Đáp án {n}" for n in range(1, count + 1))
    assert found.heads == (f"Câu c ({answers})" if named else "Câu c",)


def test_several_answers_are_boxes_of_their_own():
    found = line(question("c", "choices", options=options(2)))
    assert (found.kind, found.boxes) == ("choices", (Box("c-v1", "Đáp án 1"), Box("c-v2", "Đáp án 2")))


@pytest.mark.parametrize(("repeat", "rows"), [({}, 3), ({"min": 5}, 5), ({"max": 2}, 2), ({"min": 1, "max": 9}, 3)])
def test_a_table_has_rows_to_write_into(repeat, rows):
    columns = [
        question("d", "date"),
        question("sex", "choice", options=options(2)),
        question("k", "choice", options=options(8)),
    ]
    found = line(question("t", "table", columns=columns, repeat=repeat))
    assert found.heads == ("Câu d (ngày/tháng/năm)", "Câu sex (Đáp án 1/Đáp án 2)", "Câu k")
    assert [[cell.kind for cell in row] for row in found.rows] == [["line", "select", "select"]] * rows
    assert [cell.name for cell in found.rows[-1]] == [f"t-{rows}-d", f"t-{rows}-sex", f"t-{rows}-k"]
    assert [box.value for box in found.rows[0][1].boxes] == ["v1", "v2"]


def test_a_box_takes_as_many_letters_as_the_answer_may_have():
    longest = {
        kind: line(question("a", kind)).longest for kind in ("full_name", "id_number", "phone", "text", "long_text")
    }
    assert longest == {"full_name": 80, "id_number": 40, "phone": 30, "text": 300, "long_text": 5000}
    rules = [{"name": "max_length", "args": [20]}]
    assert line(question("a", "text", rules=rules)).longest == 20
    assert line(question("a", "number", rules=[{"name": "max", "args": [5]}])).longest == 18
    table = line(question("t", "table", columns=[question("x", rules=rules)]))
    assert table.rows[0][0].longest == 20
    assert [row.longest for row in line(question("p", "person")).lines] == [80, 0, 0, 40]


def test_each_kind_of_answer_has_its_own_room():
    kinds = ("tax_code", "email", "number", "money", "phone", "id_number")
    room = {kind: (found.size, found.longest) for kind in kinds for found in [line(question("a", kind))]}
    assert room == {
        "tax_code": ("short", 20), "email": ("", 254), "number": ("short", 18), "money": ("short", 18),
        "phone": ("short", 30), "id_number": ("half", 40),
    }  # fmt: skip


def test_long_answers_have_ruled_lines_and_short_ones_half_a_line():
    assert [
        (row.kind, len(row.rules)) for row in map(line, (question("a", "long_text"), question("a", "address")))
    ] == [
        ("area", 5),
        ("area", 2),
    ]
    sizes = {kind: line(question("a", kind)).size for kind in ("phone", "number", "id_number", "full_name")}
    assert sizes == {"phone": "short", "number": "short", "id_number": "half", "full_name": ""}


def test_a_person_an_account_and_a_date_are_written_part_by_part():
    person = line(question("p", "person"))
    assert [(row.kind, row.name, row.label) for row in person.lines] == [
        ("line", "p-full_name", "Họ, chữ đệm, tên"),
        ("date", "p-birth", "Ngày sinh"),
        ("radios", "p-sex", "Giới tính"),
        ("line", "p-id_number", "Giấy tờ tùy thân (loại giấy tờ, số)"),
    ]
    assert [box.label for box in person.lines[2].boxes] == ["Nam", "Nữ"]
    assert [(box.name, box.value) for box in person.lines[2].boxes] == [("p-sex", "nam"), ("p-sex", "nu")]
    account = line(question("b", "bank_account"))
    assert [(box.name, box.label, box.longest) for box in account.boxes] == [
        ("b-number", "Số tài khoản", 30),
        ("b-bank", "Tại ngân hàng", 100),
        ("b-holder", "Chủ tài khoản", 100),
    ]
    day = line(question("d", "date"))
    assert [(box.name, box.label, box.longest) for box in day.boxes] == [
        ("d-day", "ngày", 2),
        ("d-month", "tháng", 2),
        ("d-year", "năm", 4),
    ]


def test_every_field_of_a_blank_is_called_by_section_question_and_part():
    columns = [question("x")]
    schema = form(
        section(
            "a",
            question("n", "note"),
            question("t", "table", columns=columns, repeat={"max": 1}),
            question("p", "person"),
            question("c", "choices", options=options(1)),
            question("k", "choice", options=options(1)),
            question("b", "bank_account"),
            question("z"),
        )
    )
    labels = declarations.field_labels(parts(schema))
    assert labels["t-1-x"] == "Phần a – Câu t, dòng 1: Câu x"
    assert labels["p-birth-day"] == "Phần a – Câu p: Ngày sinh: ngày"
    assert labels["c-v1"] == "Phần a – Câu c: Đáp án 1"
    assert labels["z"] == "Phần a – Câu z"
    assert "n" not in labels
    assert (labels["k"], labels["b-bank"]) == ("Phần a – Câu k: Đáp án 1", "Phần a – Câu b: Tại ngân hàng")
    around = {"unit": "Kính gửi", "place": "Nơi khai", "date-day": "Ngày", "date-month": "Tháng", "date-year": "Năm"}
    assert labels | around == labels
