"""How declarations fall on their pages: nothing stands alone on the last one, the pattern's number at the top right."""

import io
import json
import random
from datetime import date
from typing import Any

import pikepdf
import pytest

from common.pdf import render_pdf
from eforms import declarations
from eforms import schema as form_schema
from portal.demo.answers import applicant, fill
from procedures.paper import blank_forms
from procedures.seed import FILE

DAY = date(2026, 3, 23)
SHIPPED = json.loads(FILE.read_text(encoding="utf-8"))["procedures"]
FORMS = {row["code"]: row["version"]["form"] for row in SHIPPED if row["version"]["form"]}
BY_LENGTH = sorted(FORMS, key=lambda code: len(json.dumps(FORMS[code])))
HEAD = declarations.Head(unit="UBND xã Xuân Bắc", mark="ABCD-EFGH-JKMN-PQRS", qr_text="MC1:ABCD-EFGH-JKMN-PQRS")
# An A4 page in the pixels of its layout.
WIDTH = 210 / 25.4 * 96
# The undertaking in two lines, place and day, who signs and how.
LEAST = 5
QUESTIONS: list[dict[str, Any]] = [
    {"key": f"dong_{n}", "type": "text", "label": {"vi": f"Dòng {n}"}, "required": True} for n in range(30)
]


def places(content: bytes) -> list[dict[float, float]]:
    """Return of each page of a PDF where its lines stand: pixels from the top, with the leftmost text of each."""
    pages = []
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            lines: dict[float, float] = {}
            for instruction in pikepdf.parse_content_stream(page):
                if str(instruction.operator) == "Tm":
                    x, y = (round(float(number)) for number in instruction.operands[4:])
                    lines[y] = min(x, lines.get(y, x))
            pages.append(lines)
    return pages


def printed(schema: form_schema.Schema, answers: dict[str, Any]) -> bytes:
    """Return a declaration as it is printed when somebody has filled it in."""
    return render_pdf(declarations.PDF_TEMPLATE, declarations.context(schema, answers, HEAD))


def of_length(lines: int, basis: str = "") -> form_schema.Schema:
    """Return a form that asks so many questions."""
    section = {"key": "all", "title": {"vi": "Nội dung"}, "fields": QUESTIONS[:lines]}
    return form_schema.load({"schema": 1, "title": {"vi": "Tờ khai"}, "basis": basis, "sections": [section]})


def test_no_line_stands_alone_on_the_last_page_wherever_it_ends():
    """Longer by a line each time: the signature moves to the second page with the undertaking, then more follows it."""
    last = []
    for lines in range(18, 28):
        schema = of_length(lines)
        pages = places(printed(schema, {question["key"]: "Có" for question in QUESTIONS[:lines]}))
        if len(pages) > 1:
            last.append(len(pages[-1]))
    assert len(last) > 5 and last[-1] > last[0] >= LEAST, last
    assert last == sorted(last)


@pytest.mark.parametrize("code", BY_LENGTH[-2:])
def test_no_line_stands_alone_on_the_last_page_of_the_longest_forms(code):
    schema, rng = form_schema.load(FORMS[code]), random.Random(code)
    answers = fill(schema, applicant(schema, rng, "26428", DAY), rng, DAY)
    assert min(len(page) for page in places(printed(schema, answers))) >= LEAST


def test_no_line_stands_alone_on_the_last_page_of_a_blank_form():
    code = next(code for code in BY_LENGTH if len(FORMS[code]["sections"]) > 2)
    pages = places(blank_forms.render(FORMS[code], "Thủ tục"))
    assert min(len(page) for page in pages) >= LEAST


def test_the_blank_birth_registration_does_not_end_with_a_page_of_nothing_but_the_signature():
    pages = places(blank_forms.render(FORMS["1.001193"], "Đăng ký khai sinh"))
    # Pledge, place and day, who signs and how are five lines.
    assert len(pages) == 3 and len(pages[-1]) > 2 * LEAST


def test_the_number_of_the_pattern_is_at_the_top_right():
    """It begins beyond the middle, above the state's name, which is centred."""
    answers = {question["key"]: "Có" for question in QUESTIONS[:3]}
    for basis in ("Mẫu số 01 (Thông tư 04/2024/TT-BTP)", ""):
        top = places(printed(of_length(3, basis), answers))[0]
        assert (top[min(top)] > WIDTH * 0.45) is bool(basis)
