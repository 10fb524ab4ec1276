"""What people type and paste arrives clean in every text box, search and import; passwords alone stay as typed."""

import ast
import datetime
import importlib
import json
import pkgutil
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.http import QueryDict

from accounts.forms import ConfirmCodeForm, password_field
from common.clock import LOCAL
from common.forms import fields
from common.forms.fields import (
    AddressField,
    AnyIdField,
    BankAccountField,
    CodeField,
    DayField,
    DecimalField,
    FullNameField,
    LineField,
    LinesField,
    MailField,
    MoneyField,
    NfcCharField,
    OneBoxDateField,
    PartialDateField,
    PersonalNumberField,
    PhoneField,
    PlainField,
    TableField,
    TaxCodeField,
    WholeNumberField,
)
from common.forms.person import PersonField
from common.text import clean
from dossiers.applicant.forms import AnyPaperField
from dossiers.desk.forms.boxes import OneBoxPartialDateField
from dossiers.desk.forms.origin import MomentField
from dossiers.desk.national.columns import ChoiceOfWords
from dossiers.desk.searching import Search
from dossiers.track.lookup import code_variants
from eforms.builder.conditions import ConditionField
from offices.calendar.days import plan_of
from offices.forms.units import DayHoursField, DivisionField
from offices.log.lines import LogFilter
from offices.people.lists import PeopleFilter
from procedures.exchange.json_reading import read_json
from procedures.finding.search import Filters
from procedures.manage import lists
from procedures.manage.forms.fees import FeeField
from procedures.manage.forms.procedures import FaqField
from procedures.manage.forms.versions import CountField, HoursField
from procedures.paper.prepared import qr_text, read_code

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    *("portal", "reports", "articles", "payments", "dossiers", "procedures", "notifications", "offices", "eforms"),
    *("accounts", "common"),
)
MARKS = "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\ufe0e\ufe0f"
XUAN_BAC = "26428"
MOMENT = datetime.datetime(2026, 3, 27, 8, 15, tzinfo=LOCAL)
PASTED = f"\u202d\u00d0ặng{MARKS}\u00a0Va\u0306n\u2003An\u202c"
MEANT = "Đặng Văn An"
# Boxes of Django that hold text; outside the shared fields they stand only for what nobody types.
TEXT_BOXES = {
    "CharField", "EmailField", "URLField", "SlugField", "RegexField", "DateField", "DateTimeField", "TimeField",
    "DecimalField", "FloatField", "JSONField", "GenericIPAddressField", "UUIDField", "DurationField",
}  # fmt: skip
NOT_TYPED = ("HiddenInput", "PasswordInput")
TAKES_NO_TEXT = (
    forms.BooleanField, forms.ChoiceField, forms.MultipleChoiceField, forms.FileField, forms.ModelChoiceField,
    fields.OptionField,
)  # fmt: skip


def modules():
    """Import every module of the program."""
    for package in PACKAGES:
        folder = importlib.import_module(package)
        for found in pkgutil.walk_packages(folder.__path__, f"{package}."):
            if not {"migrations", "tests", "settings", "wsgi", "asgi"} & set(found.name.split(".")):
                yield importlib.import_module(found.name)


def subclasses(kind):
    """Return the program's own classes below a class."""
    list(modules())
    found, waiting = [], [kind]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found += [each for each in below if each.__module__.split(".")[0] in PACKAGES]
    own = (each for each in set(found) if ".tests" not in each.__module__)
    return sorted(own, key=lambda each: f"{each.__module__}.{each.__qualname__}")


def own_fields():
    """Return the classes of fields that take text, with how to make one."""
    return [field for field in subclasses(forms.Field) if not issubclass(field, TAKES_NO_TEXT)]


def test_no_form_has_a_text_box_of_its_own():
    faults = []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if {"tests", "migrations"} & set(path.parts):
                continue
            source = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(source)):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                    continue
                called = node.func
                is_of_django = isinstance(called.value, ast.Name) and called.value.id == "forms"
                if called.attr not in TEXT_BOXES or not is_of_django:
                    continue
                text = ast.get_source_segment(source, node) or ""
                if not any(widget in text for widget in NOT_TYPED):
                    faults.append(f"{path.relative_to(ROOT)}:{node.lineno}: {called.attr}")
    assert faults == []


def test_every_declared_box_of_every_form_is_a_clean_one():
    checked, faults = 0, []
    for form in subclasses(forms.BaseForm):
        # What allauth declares is replaced when the form is made.
        foreign = [each for each in form.__mro__ if each.__module__.split(".")[0] not in PACKAGES]
        theirs = {name for each in foreign for name in getattr(each, "base_fields", {})}
        for name, field in form.base_fields.items():
            is_typed = not isinstance(field.widget, forms.HiddenInput | forms.PasswordInput)
            if isinstance(field, forms.CharField) and is_typed and name not in theirs:
                checked += 1
                if not isinstance(field, fields.NfcCharField):
                    faults.append(f"{form.__qualname__}.{name}")
    assert faults == [] and checked > 40


def test_every_kind_of_field_cleans_what_is_pasted():
    kinds, faults = own_fields(), []
    assert len(kinds) > 20
    for kind in kinds:
        if kind not in CLEANED and not kind.__name__.startswith("_"):
            faults.append(f"{kind}: say in CLEANED what it makes of pasted text")
        for make, pasted, meant in CLEANED.get(kind, []):
            if (cleaned := make().clean(pasted)) != meant:
                faults.append(f"{kind}: {cleaned!r} instead of {meant!r}")
        if issubclass(kind, NfcCharField) and kind is not PlainField:
            if kind.to_python is not NfcCharField.to_python:
                faults.append(f"{kind} cleans in a way of its own")
    assert faults == []


def _number(digits):
    """Return digits as they come out of a chat: with marks around them and foreign dashes and spaces between."""
    return "\u202d" + "\u2011".join(digits) + "\u00a0\u202c"


def _cases():
    """Return for each kind of field how to make one, what is pasted and what it means."""
    day = datetime.date(2026, 3, 27)
    faq = {"question": MEANT, "answer": f"{MEANT}\nx"}
    account = {"bank": MEANT, "number": "0123456789", "holder": MEANT}
    person = {"full_name": MEANT, "birth": "1950", "sex": "", "id_kind": "can_cuoc", "id_number": "075150000011"}
    told = {**person, "full_name": PASTED, "birth": ["00", "00", "1950\u200b"], "id_number": _number("075150000011")}
    return {
        NfcCharField: [(NfcCharField, PASTED, MEANT)],
        LineField: [(LineField, PASTED, MEANT)],
        LinesField: [
            (LinesField, f"{PASTED}\u2028x", [MEANT, "x"]),
            (lambda: LinesField(distinct=False), f"{PASTED}\r\n{PASTED}", [MEANT, MEANT]),
        ],
        FullNameField: [(FullNameField, PASTED, MEANT)],
        PersonalNumberField: [(PersonalNumberField, _number("075199000011"), "075199000011")],
        AnyPaperField: [(AnyPaperField, _number("B1234567"), "B1234567")],
        AnyIdField: [(AnyIdField, _number("B1234567"), "B1234567")],
        TaxCodeField: [(TaxCodeField, _number("0100233488"), "0100233488")],
        PhoneField: [(PhoneField, "\u202a0084\u00a0912\u2013345\u2013678\u202c", "0912345678")],
        CodeField: [(CodeField, _number("123456"), "123456")],
        MailField: [(MailField, "\u200ban@example.vn\u2060", "an@example.vn")],
        WholeNumberField: [(WholeNumberField, "\u200e8\u00a0000\ufeff", 8000)],
        MoneyField: [(MoneyField, "8.000\u00a0₫\u200b", 8000)],
        DecimalField: [(lambda: DecimalField(decimals=1, unit="m²"), "\u200b1.234,5\u00a0m2", "1234.5")],
        FeeField: [(FeeField, "\u200b8.000 đồng", 8000)],
        CountField: [(lambda: CountField(maximum=9), "\u200b7", 7)],
        HoursField: [(HoursField, "\u200b１,5\u00a0", Decimal("1.5"))],
        OneBoxPartialDateField: [(OneBoxPartialDateField, "\u200b3\u00a0\u20132026", "2026-03")],
        MomentField: [(MomentField, "\u200b27/3/2026\u00a08:15", MOMENT)],
        ChoiceOfWords: [(lambda: ChoiceOfWords({"công dân": "citizen"}), "\u200bCông\u00a0dân", "citizen")],
        OneBoxDateField: [(OneBoxDateField, "27\u20133\u20132026\u200b", day)],
        PartialDateField: [(PartialDateField, ["\u200b27", "3\u00a0", "\u202d2026"], "2026-03-27")],
        DayField: [(DayField, ["\u200b27", "3\u00a0", "\u202d2026"], day)],
        DayHoursField: [(DayHoursField, ["\u200b7:00", "9\u00a0", "", ""], [(datetime.time(7), datetime.time(9))])],
        DivisionField: [(DivisionField, {"province": "75", "commune_name": "Xuân\u200b\u00a0Bắc"}, XUAN_BAC)],
        FaqField: [(FaqField, [{"question": PASTED, "answer": f"{PASTED}\r\nx"}], [faq])],
        PlainField: [(PlainField, "\u200b1.00\u20111\uff0d２\u00a0", "1.00-1-2")],
        AddressField: [
            (AddressField, {"elsewhere": PASTED}, {"elsewhere": MEANT}),
            (
                AddressField,
                {"province": "75", "commune_name": "Xuân\u200b\u00a0Bắc", "detail": PASTED},
                {"province": "75", "commune": XUAN_BAC, "detail": MEANT},
            ),
        ],
        BankAccountField: [(BankAccountField, [PASTED, _number("0123456789"), PASTED], account)],
        PersonField: [(PersonField, told, person)],
        TableField: [(lambda: TableField(columns={"a": NfcCharField()}, max_rows=2), [{"a": PASTED}], [{"a": MEANT}])],
        # Its box is checked by the type of the question compared with: text, WholeNumberField or a date.
        ConditionField: [],
    }


CLEANED = _cases()


def test_widgets_of_several_boxes_clean_each_of_them():
    sent = QueryDict(mutable=True)
    sent.update({"h_elsewhere": PASTED, "h_detail": PASTED, "b_0": PASTED, "p-full_name": PASTED})
    assert fields.AddressField.widget().value_from_datadict(sent, {}, "h")["elsewhere"] == MEANT
    assert PersonField.widget().value_from_datadict(sent, {}, "p")["full_name"] == MEANT
    account = fields.BankAccountField.widget()
    sent.update({f"b_{name}": PASTED for name in ("bank", "number", "holder")})
    assert account.value_from_datadict(sent, {}, "b") == [MEANT] * 3


def test_a_password_stays_as_typed():
    secret = "  a\u200b\u00d0\u00a0b "
    assert password_field("x", fresh=True).clean(secret) == secret


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["123-456", "123\u2013456", "\u202d123 456\u202c", "１２３４５６", "1\u200b2\u00a03456"]
)
def test_the_code_from_a_mail_may_be_pasted_in_any_form(typed, citizen):
    form = ConfirmCodeForm({"code": typed}, code="123456", email="an@example.vn", user=citizen)
    assert form.is_valid(), form.errors


def test_searches_find_what_was_pasted():
    query = QueryDict(mutable=True)
    query.update({"q": PASTED, "who": PASTED, "since": "01\u201303\u20132026\u200b"})
    assert Filters.read(query).q == MEANT and Filters.read(query).words == ["dang", "van", "an"]
    assert lists.Filters.read(query).q == MEANT
    assert PeopleFilter.read(query, []).query == MEANT
    log = LogFilter.read(query, [])
    assert (log.who, str(log.since)) == (MEANT, "2026-03-01")
    assert (Search.read(PASTED).kind, Search.read(PASTED).value) == ("name", "dang van an")


def test_codes_are_read_with_every_dash_and_space():
    code = "000.00.16.H19-260322-0001"
    pasted = f"\u202a{code.replace('-', chr(0x2011))}\u00a0\u202c"
    assert Search.read(pasted).value == code and code in code_variants(pasted)
    assert Search.read("260322\u20130001").kind == "tail"
    assert Search.read(_number("075199000011")).kind == "number"
    assert Search.read("0314409058002").value == Search.read("0314409058-002").value
    prepared = "ABCDEFGHJKMNPQRS"
    assert read_code(f"\u200b{qr_text(prepared).replace('-', chr(0x2013))} ") == read_code(qr_text(prepared)) != ""


def test_the_exchange_file_is_cleaned():
    procedure = {"code": "1.000001", "sector": {"code": "a", "name": PASTED}}
    file = {"portal": "mot-cua", "exchange": 1, "procedures": [procedure]}
    text = json.dumps(read_json(json.dumps(file).encode())[0].values, ensure_ascii=False, default=str)
    assert MEANT in text and clean(text) == text


@pytest.mark.django_db
def test_the_calendar_import_reads_pasted_days():
    lines = ["\u200b30\u20134\u20132026\u202c; nghỉ; Ngày\u00a0Chiến\u200b thắng", "2026-05-01 00:00:00; nghỉ; 1/5"]
    plan = plan_of("\n".join(lines), None)
    found = [(str(line.day), line.name) for line in plan.lines]
    assert plan.faults == [] and found == [("2026-04-30", "Ngày Chiến thắng"), ("2026-05-01", "1/5")]
