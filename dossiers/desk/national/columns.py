"""The columns of the file by which dossiers of the national portal are entered, and what each takes.

The file is an officer's paper and Vietnamese. Nothing that is missing is made up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Kind
from common.forms.fields import AnyIdField, MailField, MoneyField, NfcCharField, PhoneField, TaxCodeField
from common.text import fold
from dossiers.filing.origins import Origin
from dossiers.models import Delivery, System
from dossiers.records.applicants import TAX_CODE, ApplicantData, paper_kind

from ..forms.boxes import OneBoxPartialDateField
from ..forms.origin import MomentField

SHEET = "Hồ sơ"
EXPLAINED = "Hướng dẫn"
MAX_ROWS = 200


class ChoiceOfWords(NfcCharField):
    """One of a few words, with or without marks; the value is what it stands for."""

    def __init__(self, words: Mapping[str, str], **options: Any) -> None:
        super().__init__(max_length=60, **options)
        self.words = words

    def clean(self, value: Any) -> Any:
        """Return what the word stands for, '' for none."""
        text = super().clean(value)
        found = {fold(word): meant for word, meant in self.words.items()}.get(fold(text), "")
        if text and not found:
            raise ValidationError(_("Write one of: %(words)s.") % {"words": ", ".join(self.words)})
        return found


@dataclass(frozen=True)
class Column:
    """A column: its heading, what is written there, the field that checks it."""

    heading: str
    explained: str
    field: forms.Field


KINDS = {"công dân": Kind.CITIZEN.value, "tổ chức": Kind.ORGANISATION.value, "doanh nghiệp": Kind.ENTERPRISE.value}
SEXES = {"nam": "nam", "nữ": "nu"}
WAYS = {
    "trên mạng": Delivery.ONLINE.value,
    "tại xã": Delivery.DESK.value,
    "qua bưu điện": Delivery.POST.value,
}
COLUMNS: dict[str, Column] = {
    "code": Column(
        "Mã hồ sơ quốc gia", "Đúng như trên Cổng Dịch vụ công quốc gia. Bắt buộc.", NfcCharField(max_length=60)
    ),
    "filed_at": Column("Nộp lúc", "Ngày và giờ nộp trên Cổng, ví dụ 27/03/2026 08:15. Bắt buộc.", MomentField()),
    "procedure": Column("Mã thủ tục", "Ví dụ 1.001193. Bắt buộc.", NfcCharField(max_length=40)),
    "kind": Column("Đối tượng", f"Một trong: {', '.join(KINDS)}. Bắt buộc.", ChoiceOfWords(KINDS)),
    "name": Column("Người nộp", "Họ và tên, hoặc tên tổ chức. Bắt buộc.", NfcCharField(max_length=160)),
    "number": Column(
        "Số giấy tờ",
        "Số định danh, số hộ chiếu; của tổ chức, doanh nghiệp là mã số thuế. Bắt buộc.",
        NfcCharField(max_length=40),
    ),
    "birth": Column("Ngày sinh", "Ví dụ 27/03/1990; chỉ biết năm thì ghi năm.", OneBoxPartialDateField(required=False)),
    "sex": Column("Giới tính", f"Một trong: {', '.join(SEXES)}.", ChoiceOfWords(SEXES, required=False)),
    "phone": Column("Điện thoại", "Để báo kết quả.", PhoneField(required=False)),
    "email": Column("Email", "Để báo kết quả.", MailField(required=False)),
    "address": Column(
        "Địa chỉ", "Một dòng. Bắt buộc khi nhận kết quả qua bưu điện.", NfcCharField(max_length=200, required=False)
    ),
    "delivery": Column("Nhận kết quả", f"Một trong: {', '.join(WAYS)}. Bắt buộc.", ChoiceOfWords(WAYS)),
    "fee_paid": Column(
        "Phí đã nộp trên Cổng", "Số tiền, bằng đồng. Để trống nếu chưa nộp.", MoneyField(required=False)
    ),
}
NUMBERS = {True: AnyIdField(), False: TaxCodeField()}


def checked(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the values of a row and its faults, as (heading, what is wrong)."""
    values: dict[str, Any] = {}
    faults: list[tuple[str, str]] = []
    for name, column in COLUMNS.items():
        try:
            values[name] = column.field.clean(texts.get(name, ""))
        except ValidationError as error:
            reason = error.messages[0] if texts.get(name) else _("Fill in this cell.")
            faults.append((column.heading, str(reason)))
    if values.get("kind") and values.get("number"):
        try:
            values["number"] = NUMBERS[values["kind"] == Kind.CITIZEN].clean(values["number"])
        except ValidationError as error:
            faults.append((COLUMNS["number"].heading, str(error.messages[0])))
    if values.get("delivery") == Delivery.POST and not values.get("address"):
        faults.append((COLUMNS["address"].heading, str(_("Fill in this cell."))))
    if values.get("code"):
        values["code"] = " ".join(values["code"].upper().split())
    return values, faults


def origin_of(values: Mapping[str, Any]) -> Origin:
    """Return where the dossier of a checked row comes from."""
    return Origin(System.NATIONAL, values["code"], values["filed_at"])


def applicant_of(values: Mapping[str, Any]) -> ApplicantData:
    """Return the applicant of a checked row; the address as one line."""
    is_citizen = values["kind"] == Kind.CITIZEN
    return ApplicantData(
        kind=values["kind"],
        name=values["name"],
        birth=values["birth"] if is_citizen else "",
        sex=values["sex"] if is_citizen else "",
        id_kind=paper_kind("", values["number"]) if is_citizen else TAX_CODE,
        id_number=values["number"],
        phone=values["phone"],
        email=values["email"],
        address={"elsewhere": values["address"]} if values["address"] else None,
    )


def template() -> bytes:
    """Return the empty file: headings, every cell a text so that numbers keep their zeros, and a sheet of help."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title, sheet.freeze_panes = SHEET, "A2"
    for n, column in enumerate(COLUMNS.values(), start=1):
        letter = get_column_letter(n)
        sheet.column_dimensions[letter].width = 24
        sheet.column_dimensions[letter].number_format = "@"
        cell = sheet.cell(row=1, column=n, value=column.heading)
        cell.font = Font(bold=True)
        for row in range(2, MAX_ROWS + 2):
            sheet.cell(row=row, column=n).number_format = "@"
    help_sheet: Any = book.create_sheet(EXPLAINED)
    help_sheet.column_dimensions["A"].width, help_sheet.column_dimensions["B"].width = 28, 90
    for column in COLUMNS.values():
        help_sheet.append([column.heading, column.explained])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
