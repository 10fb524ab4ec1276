"""Declarations on paper: every form of the catalogue, blank and filled in, as pages and as PDF."""

import io
import json
import random
from datetime import date
from unittest import mock

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given, settings

from common.clock import LOCAL
from common.files import loose
from eforms import declarations
from eforms import schema as form_schema
from eforms.tests import strategies
from portal.demo.answers import applicant, fill
from procedures import tasks
from procedures.models import Offering
from procedures.paper import blank_forms
from procedures.seed import FILE
from tests import factories
from tests.present import present

SHIPPED = json.loads(FILE.read_text(encoding="utf-8"))["procedures"]
FORMS = {values["code"]: values["version"]["form"] for values in SHIPPED if values["version"]["form"]}
HEAD = declarations.Head(unit="UBND xã Xuân Bắc", mark="ABCD-EFGH-JKMN-PQRS", qr_text="MC1:ABCD-EFGH-JKMN-PQRS")
EVERYTHING = {
    "schema": 1,
    "title": {"vi": "Tờ khai đủ loại câu hỏi"},
    "basis": "Thông tư thử",
    "sections": [
        {
            "key": "all",
            "title": {"vi": "Mọi thứ"},
            "fields": [
                {"key": "ten", "type": "full_name", "label": {"vi": "Họ và tên"}, "prefill": "full_name"},
                {"key": "sinh", "type": "date", "label": {"vi": "Ngày sinh"}, "partial": True},
                {"key": "nguoi", "type": "person", "label": {"vi": "Người giám hộ"}},
                {
                    "key": "gioi",
                    "type": "choice",
                    "label": {"vi": "Giới tính"},
                    "options": [{"value": "nam", "label": {"vi": "Nam"}}, {"value": "nu", "label": {"vi": "Nữ"}}],
                },
                {"key": "dan_toc", "type": "choice", "label": {"vi": "Dân tộc"}, "options_from": "ethnic_groups"},
                {
                    "key": "can",
                    "type": "choices",
                    "label": {"vi": "Cần gì"},
                    "options": [{"value": "a", "label": {"vi": "Một"}}, {"value": "b", "label": {"vi": "Hai"}}],
                    "show_if": {"field": "gioi", "op": "eq", "value": "nu"},
                },
                {"key": "bo", "type": "text", "label": {"vi": "Không in"}, "prints": False},
                {"key": "noi", "type": "address", "label": {"vi": "Nơi ở"}},
                {"key": "nh", "type": "bank_account", "label": {"vi": "Tài khoản"}},
                {"key": "dai", "type": "long_text", "label": {"vi": "Nội dung"}},
                {"key": "luu_y", "type": "note", "label": {"vi": "Lưu ý"}, "help": {"vi": "Ghi rõ ràng."}},
                {
                    "key": "con",
                    "type": "table",
                    "label": {"vi": "Các con"},
                    "columns": [
                        {"key": "ten", "type": "full_name", "label": {"vi": "Tên con"}},
                        {"key": "hoc", "type": "yes_no", "label": {"vi": "Đi học"}},
                    ],
                    "repeat": {"max": 8},
                },
            ],
        }
    ],
}
ANSWERS = {
    "ten": "Nguyễn Thị Huyền Ổn",
    "sinh": "1950",
    "gioi": "nu",
    "can": ["b"],
    "bo": "bí mật",
    "dai": "Dòng một\n<b>dòng hai</b>",
    "con": [{"ten": "Trần Văn Đức", "hoc": "co"}],
}


def filled_html(schema, answers, head=HEAD):
    return render_to_string(declarations.PDF_TEMPLATE, declarations.context(schema, answers, head))


def blank_html(schema):
    return render_to_string(declarations.BLANK_TEMPLATE, declarations.context(schema, None))


def text_of(pdf):
    """Return the text of a PDF, read back through the fonts' own tables of letters."""
    found = []
    for page in pdf.pages:
        maps = {}
        for name, font in page.Resources.Font.items():
            letters, inside = {}, False
            for line in font.ToUnicode.read_bytes().decode("ascii", "ignore").splitlines():
                inside = (inside or line.endswith("beginbfchar")) and not line.startswith("endbfchar")
                parts = line.replace(">", "").split("<")
                if inside and len(parts) == 3:
                    letters[int(parts[1], 16)] = bytes.fromhex(parts[2].strip()).decode("utf-16-be")
            maps[str(name)] = letters
        letters = {}
        for instruction in pikepdf.parse_content_stream(page):
            operands, operator = instruction.operands, instruction.operator
            if str(operator) == "Tf":
                letters = maps[str(operands[0])]
            elif str(operator) in ("Tj", "TJ"):
                pieces = operands[0] if str(operator) == "TJ" else [operands[0]]
                for piece in pieces:
                    if isinstance(piece, pikepdf.String):
                        raw = bytes(piece)
                        found += [letters.get(int.from_bytes(raw[i : i + 2]), "?") for i in range(0, len(raw), 2)]
            elif str(operator) == "ET":
                found.append(" ")
    return " ".join("".join(found).split())


@pytest.fixture(scope="module")
def blank():
    """The blank PDF of a form with every type of question."""
    with pikepdf.open(io.BytesIO(blank_forms.render(EVERYTHING, "Thủ tục thử"))) as pdf:
        yield pdf


def widgets(pdf):
    """Return every widget in the order of the pages' annotations, with the name of its field."""
    for page in pdf.pages:
        for note in page.get("/Annots", []):
            if note.get("/Subtype") == "/Widget":
                yield str(note["/T"] if "/T" in note else note["/Parent"]["/T"]), note


def test_blank_pdf_names_types_and_labels_every_field(blank):
    fields = {str(field.T): field for field in blank.Root.AcroForm.Fields}
    assert len(fields) == len(blank.Root.AcroForm.Fields)
    kinds = {name: str(field.FT) for name, field in fields.items()}
    assert kinds["ten"] == kinds["sinh-day"] == kinds["nguoi-birth-year"] == kinds["noi"] == "/Tx"
    assert kinds["gioi"] == kinds["can-a"] == kinds["nguoi-sex"] == "/Btn"
    assert kinds["dan_toc"] == kinds["con-3-hoc"] == "/Ch"
    assert "bo" not in fields and "luu_y" not in fields and "con-4-ten" not in fields
    labels = {name: str(field.TU) for name, field in fields.items()}
    assert labels["ten"] == "Mọi thứ – Họ và tên"
    assert labels["sinh-month"] == "Mọi thứ – Ngày sinh: tháng"
    assert labels["con-2-ten"] == "Mọi thứ – Các con, dòng 2: Tên con"
    assert [str(kid.TU) for kid in fields["gioi"].Kids] == ["Mọi thứ – Giới tính: Nam", "Mọi thứ – Giới tính: Nữ"]
    assert [str(value) for value in fields["gioi"].Opt] == ["nam", "nu"]
    assert int(fields["ten"].MaxLen) == 80
    assert int(fields["dai"].Ff) & 1 << 12, "several lines"
    options = [[str(part) for part in option] for option in fields["dan_toc"].Opt]
    assert options[0][0] == "" and all(value and label for value, label in options[1:])


def test_blank_pdf_is_tagged_titled_and_in_tab_order(blank):
    assert str(blank.Root.Lang) == "vi" and bool(blank.Root.MarkInfo.Marked)
    assert "TỜ KHAI" not in str(blank.docinfo.Title) and str(blank.docinfo.Title) == "Tờ khai đủ loại câu hỏi"
    assert all(str(page.Tabs) == "/S" for page in blank.pages)
    expected = list(declarations.field_labels(declarations.context(form_schema.load(EVERYTHING), None)["parts"]))
    seen = list(dict.fromkeys(name for name, _note in widgets(blank)))
    body = [name for name in expected if name not in ("unit", "place", "date-day", "date-month", "date-year")]
    assert seen == ["unit", *body, "place", "date-day", "date-month", "date-year"]
    assert all("/StructParent" in note for _name, note in widgets(blank))


def test_blank_pdf_draws_its_own_boxes(blank):
    assert "/NeedAppearances" not in blank.Root.AcroForm
    boxes = [note for _name, note in widgets(blank) if note.get("/FT") == "/Btn"]
    assert len(boxes) == 6 and all("/N" in note["/AP"] for note in boxes)


def test_blank_pdf_takes_every_vietnamese_letter(blank):
    appearance = bytes(blank.Root.AcroForm.Fields[0].DA).decode()
    assert appearance.endswith("Tf") and " gs" not in appearance
    font = blank.Root.AcroForm.DR.Font[appearance.split()[-3]]
    known = font.ToUnicode.read_bytes().decode("ascii", "ignore").lower()
    letters = "ăâđêôơưĂÂĐÊÔƠƯ" + "ảãáàạẳẵắằặẩẫấầậẻẽéèẹểễếềệỉĩíìịỏõóòọổỗốồộởỡớờợủũúùụửữứừựỷỹýỳỵ"
    assert [ch for ch in letters if f"<{ord(ch):04x}>" not in known] == []


def test_blank_pdf_reads_as_the_paper(blank):
    text = text_of(blank)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "TỜ KHAI ĐỦ LOẠI CÂU HỎI",
        "(Thủ tục thử)",
        "Kính gửi:",
        "Chỉ khai nếu “Giới tính” là",
    ):
        assert words in text, text
    assert "Không in" not in text and "Tôi cam đoan" in text and "Lưu ý" in text and "Thông tư thử" in text


def test_filled_pdf_says_what_was_declared_and_carries_the_code():
    from common.pdf import render_pdf

    schema = form_schema.load(EVERYTHING)
    content = render_pdf(declarations.PDF_TEMPLATE, declarations.context(schema, ANSWERS, HEAD))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        text = text_of(pdf)
        assert "/AcroForm" not in pdf.Root and str(pdf.Root.Lang) == "vi"
    for words in ("ABCD-EFGH-JKMN-PQRS", "Nguyễn Thị Huyền Ổn", "1950", "<b>dòng hai</b>", "Trần Văn Đức"):
        assert words in text, text
    assert "bí mật" not in text


@pytest.mark.parametrize("code", FORMS)
def test_every_form_of_the_catalogue_makes_sound_pages(code):
    schema = form_schema.load(FORMS[code])
    rng = random.Random(code)
    answers = fill(schema, applicant(schema, rng, "26428", date(2026, 3, 23)), rng, date(2026, 3, 23))
    blank_page = blank_html(schema)
    assert strict(blank_page) == []
    for given_answers in ({}, answers):
        assert strict(filled_html(schema, given_answers)) == []
    printed = [field.key for _section, field in schema.fields() if field.prints and field.type == "full_name"]
    html = filled_html(schema, answers)
    assert all(answers[key] in html for key in printed if key in answers)
    names = declarations.field_labels(declarations.context(schema, None)["parts"])
    assert len(names) > 5


def strict(html):
    """Return what the strict HTML parser finds."""
    import html5lib

    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html)
    return parser.errors


@settings(max_examples=40, deadline=None)
@given(strategies.schemas())
def test_any_schema_makes_sound_pages(raw):
    schema = form_schema.load(raw)
    answers = {
        field["key"]: strategies.good_answer(field) for section in raw["sections"] for field in section["fields"]
    }
    blank_page = blank_html(schema)
    assert strict(blank_page) == []
    assert strict(filled_html(schema, answers)) == []
    context = declarations.context(schema, None)
    for name in declarations.field_labels(context["parts"]):
        assert f'name="{name}"' in blank_page


def test_paper_is_vietnamese_whatever_the_screen_speaks():
    schema = form_schema.load(factories.FORM)
    with translation.override("en"):
        context = declarations.context(schema, factories.ANSWERS)
    assert context["title"] == "Tờ khai thử"
    assert declarations.signer_of(schema, factories.ANSWERS) == "Nguyễn Văn An"


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        ([], [["NGƯỜI KHAI"]]),
        (["Bên nữ", "Bên nam"], [["BÊN NỮ", "BÊN NAM"]]),
        (["A", "B", "C"], [["A", "B", "C"]]),
        (["A", "B", "C", "D"], [["A", "B"], ["C", "D"]]),
    ],
)
def test_everybody_has_a_place_to_sign(names, rows):
    raw = EVERYTHING | ({"signatures": [{"vi": name} for name in names]} if names else {})
    schema = form_schema.load(raw)
    signatures = declarations.context(schema, None)["signatures"]
    assert [[one.who for one in row] for row in signatures.rows] == rows
    for html in (blank_html(schema), filled_html(schema, ANSWERS)):
        assert strict(html) == []
        assert html.count('class="slip-space"') == sum(map(len, rows))
        assert all(f"<strong>{name}</strong>" in html for row in rows for name in row)


def test_brackets_say_how_to_sign():
    assert declarations.signature("Người đại diện (Ký, đóng dấu)") == declarations.Signature(
        "NGƯỜI ĐẠI DIỆN", "Ký, đóng dấu"
    )
    for odd in ("(Ký)", "Người khai", "Người khai (1) khác", "A ()"):
        assert declarations.signature(odd).how == declarations.HOW_TO_SIGN


def test_filed_online_awaits_only_the_signatures_of_several():
    filed = declarations.Head(signer="Lê Thị Hoa", filed_at=timezone.now())
    alone = filled_html(form_schema.load(EVERYTHING), ANSWERS, filed)
    assert "slip-space" not in alone and "Đã khai và nộp" in alone and "<strong>Lê Thị Hoa</strong>" in alone
    couple = EVERYTHING | {"signatures": [{"vi": "Bên nữ"}, {"vi": "Bên nam"}]}
    both = filled_html(form_schema.load(couple), ANSWERS, filed)
    assert both.count("slip-space") == 2 and "Lê Thị Hoa đã khai và nộp" in " ".join(both.split())
    assert "<strong>Lê Thị Hoa</strong>" not in both


# The stored file ------------------------------------------------------------------------------------------------------


@pytest.fixture
def version(commune):
    """A version without a stored blank form: files outlive the test that made them, and keys are used again."""
    made = factories.version(commune.unit, level=2)
    default_storage.delete(blank_forms.storage_name(made.pk, made.form, made.name))
    return made


@pytest.fixture
def rendered(monkeypatch):
    """Count renderings instead of making them."""
    made = mock.Mock(return_value=b"%PDF-1.7 mau trong")
    monkeypatch.setattr(blank_forms, "render", made)
    return made


def test_blank_form_is_made_once_and_survives_the_sweep(client, version, rendered):
    address = reverse("procedures:blank_form", args=[version.procedure.code])
    for _n in range(2):
        answer = client.get(address)
        assert answer.status_code == 200 and answer.content == b"%PDF-1.7 mau trong"
    assert answer["Content-Disposition"] == 'attachment; filename="to-khai-thu.pdf"'
    assert rendered.call_count == 1
    later = timezone.now().astimezone(LOCAL).replace(year=2099)
    loose.found(later).delete()
    assert default_storage.exists(blank_forms.storage_name(version.pk, version.form, version.name))
    tasks.make_blank_form(version.pk)
    assert rendered.call_count == 1


def test_two_makers_at_once_leave_one_file(version, monkeypatch):
    name = blank_forms.storage_name(version.pk, version.form, version.name)
    default_storage.delete(name)

    def other_was_first(form, name):
        monkeypatch.setattr(blank_forms, "render", lambda form, name: b"%PDF second")
        blank_forms.ensure(version)
        return b"%PDF first"

    monkeypatch.setattr(blank_forms, "render", other_was_first)
    assert blank_forms.ensure(version) == name
    folder = name.rpartition("/")[0]
    assert default_storage.listdir(folder)[1] == [name.rpartition("/")[2]]


def test_changed_layout_replaces_the_file(version, rendered, monkeypatch):
    blank_forms.ensure(version)
    monkeypatch.setattr(blank_forms, "_layout_revision", lambda: b"another")
    name = blank_forms.ensure(version)
    assert default_storage.listdir(name.rpartition("/")[0])[1] == [name.rpartition("/")[2]]


def test_offer_says_the_size_once_it_is_known(client, version, rendered):
    offer = present(blank_forms.offers(version, 2, version.procedure.code))
    assert blank_forms.size_words(offer.stored) == ""
    assert blank_forms.ensure(version) == offer.stored
    assert blank_forms.size_words(offer.stored) == "18\xa0byte"
    assert blank_forms.offers(version, 1, version.procedure.code) is None
    page = client.get(reverse("procedures:detail", args=[version.procedure.code])).content.decode()
    assert offer.blank_url in page and offer.fill_url in page and "PDF, 18\xa0byte" in page
    Offering.objects.update(level=1)
    page = client.get(reverse("procedures:detail", args=[version.procedure.code])).content.decode()
    assert offer.blank_url not in page and offer.fill_url not in page


def test_pdf_that_cannot_be_made_says_so(client, version, monkeypatch):
    from common.pdf import PdfFailed

    default_storage.delete(blank_forms.storage_name(version.pk, version.form, version.name))
    monkeypatch.setattr(blank_forms, "render", mock.Mock(side_effect=PdfFailed("slow")))
    assert client.get(reverse("procedures:blank_form", args=[version.procedure.code])).status_code == 503


def test_the_pattern_stands_at_the_top_right_and_nothing_after_the_signatures():
    schema = form_schema.load(EVERYTHING)
    for html in (blank_html(schema), filled_html(schema, ANSWERS)):
        assert html.index("Thông tư thử") < html.index("CỘNG HÒA XÃ HỘI") < html.index("decl-signs")
        assert "slip-foot" not in html


def test_a_blank_prints_the_answers_of_lists_that_open():
    form = json.loads(json.dumps(EVERYTHING))
    options = [{"value": f"v{n}", "label": {"vi": f"Loại {n}"}} for n in range(1, 10)]
    form["sections"][0]["fields"].append(
        {"key": "loai", "type": "choice", "label": {"vi": "Loại trợ cấp"}, "options": options}
    )
    html = " ".join(blank_html(form_schema.load(form)).split())
    assert "Ghi một trong: Loại 1; Loại 2;" in html and "Loại 9." in html
    assert '<th scope="col">Đi học (Có/Không)</th>' in html
    # Nobody needs 54 peoples beside the question for the own one.
    assert html.count("Ghi một trong") == 1
