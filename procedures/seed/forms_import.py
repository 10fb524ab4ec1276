"""Forms for the procedures that come with the portal.

The six official declarations are translated from ``data/forms.json``; every
other procedure that may be filed online gets a general application form that
fits its field. Long because it is a list of translations that goes when the seed becomes an exchange file.
"""

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from . import wording

_COUPLE = [{"vi": "Bên nữ", "en": "Bride"}, {"vi": "Bên nam", "en": "Groom"}]
# Declarations that more than the requester signs, by the procedure's slug.
_SIGNATURES = {"ket-hon": _COUPLE, "dang-ky-lai-ket-hon": _COUPLE}
_APPLICANT = {"vi": "Người yêu cầu", "en": "Applicant"}
_REPRESENTATIVE = {"vi": "Người đại diện (Ký, ghi rõ họ tên, đóng dấu)", "en": "Representative"}
_EITHER = {
    "vi": "Người yêu cầu (Ký, ghi rõ họ, chữ đệm, tên; tổ chức thì người đại diện ký, đóng dấu)",
    "en": "Applicant",
}
# Asked by the portal's own pages, not by the form.
DROPPED_SECTIONS = frozenset({"delivery"})
_TYPES = {
    "text": "text",
    "date": "date",
    "choice": "choice",
    "id_number": "id_number",
    "phone": "phone",
    "address": "address",
    "number": "number",
    "person": "full_name",
}
_PREFILL = {
    "requester_name": "full_name",
    "requester_dob": "birth",
    "requester_residence": "address",
    "requester_id_number": "personal_number",
    "requester_phone": "phone",
    "requester_email": "email",
    "contact_phone": "phone",
}
_COMPARISON = re.compile(r"(\w+) (==|!=) '(\w+)'")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_NO_RULE = frozenset(
    {
        "person_name",
        "phone",
        "email",
        "list of 54 ethnic groups",
        "must be true",
        "place object {country, province, commune, detail}",
    }
)
_FIXED_RULES: dict[str, list[dict[str, Any]]] = {
    "past_date": [{"name": "not_future"}],
    "book_no": [{"name": "book_number"}],
    "HH:MM": [{"name": "time"}],
    "working day": [{"name": "not_past"}, {"name": "weekday"}],
    "within desk hours, working day": [{"name": "not_past"}, {"name": "weekday"}],
    "past_date and >= deceased_dob": [{"name": "not_future"}, {"name": "not_before", "args": ["deceased_dob"]}],
    ">= period_from": [{"name": "not_before", "args": ["period_from"]}],
    "1 if purpose_kind == 'ket_hon' else 1..10": [
        {"name": "min", "args": [1]},
        {"name": "max_if", "args": [1, {"field": "purpose_kind", "op": "eq", "value": "ket_hon"}]},
        {"name": "max", "args": [10]},
    ],
}
# Questions about a person who is the requester too are not asked twice.
_SAME_PERSON = {"field": "same_as_requester", "op": "eq", "value": "khong"}
# Who marries shows a paper by law; anybody else may have none.
_SHOWS_A_PAPER = ("bride", "groom")
_NO_PAPER: dict[str, Any] = {"value": "khong_co", "label": {"vi": "Không có giấy tờ", "en": "No identity paper"}}
_REPEATED = frozenset(
    "subject_name subject_residence_type subject_residence subject_id_type subject_id_number subject_id_date "
    "subject_id_place".split()
)


def convert_form(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form schema of an official declaration; raises ValueError for a rule that is not known."""
    sections = []
    for section in raw["sections"]:
        if section["key"] in DROPPED_SECTIONS:
            continue
        fields = [_convert_field(field, section["fields"]) for field in section["fields"] if field["type"] != "file"]
        if section.get("repeatable"):
            fields = [_as_table(section, fields)]
        made = {"key": section["key"], "title": _words(section, "title"), "fields": fields}
        if section["key"] == "marriage":
            # The whole page hangs on the question that its first field hangs on.
            made["show_if"] = fields[0].pop("show_if")
        sections.append(made)
    form = {"schema": 1, "title": _words(raw, "title"), "basis": raw["basis"], "sections": sections}
    if raw["slug"] in _SIGNATURES:
        form["signatures"] = copy.deepcopy(_SIGNATURES[raw["slug"]])
    return form


def _words(raw: Mapping[str, Any], name: str) -> dict[str, str]:
    vi = raw[f"{name}_vi"].removesuffix(" (lặp lại cho từng giấy)")
    return {"vi": wording.LABELS.get(vi, vi), "en": raw[f"{name}_en"]}


def _convert_field(raw: Mapping[str, Any], section: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    key, validation = raw["key"], raw.get("validation", "")
    made: dict[str, Any] = {"key": key, "type": _TYPES[raw["type"]], "label": _words(raw, "label")}
    help_vi = wording.HELP.get(raw.get("help_vi", ""), raw.get("help_vi", ""))
    if validation.startswith("computed:"):
        return {"key": key, "type": "note", "label": made["label"], "help": {"vi": help_vi}}
    if key.endswith("_words"):
        return made | {"type": "text", "derive": {"name": "date_in_words", "of": key.removesuffix("_words")}}
    if help_vi:
        made["help"] = {"vi": help_vi}
    made["required"] = raw["required"]
    if raw.get("show_if"):
        made["show_if"] = condition(raw["show_if"])
    elif key in _REPEATED and any(field["key"] == "same_as_requester" for field in section):
        made["show_if"] = dict(_SAME_PERSON)
    about_paper = re.fullmatch(r"(\w+)_id_(?:number|date|place)", key)
    kind = f"{about_paper[1]}_id_type" if about_paper and about_paper[1] not in _SHOWS_A_PAPER else ""
    if any(field["key"] == kind for field in section):
        # The kind is asked under the same condition; while it is hidden this one is false.
        made["show_if"] = _has_paper(kind)
    if key in _PREFILL:
        made["prefill"] = _PREFILL[key]
    _type_details(made, raw, validation)
    rules = convert_rule("past_date" if validation == "yyyy or dd/mm/yyyy" else validation)
    id_kind = key.removesuffix("_number") + "_type"
    if made["type"] == "id_number" and any(field["key"] == id_kind for field in section):
        rules = [{"name": "id_kind", "args": [id_kind]}]
    if rules:
        made["rules"] = rules
    return made


def _type_details(made: dict[str, Any], raw: Mapping[str, Any], validation: str) -> None:
    """Settle what the raw type leaves open: e-mail and dates among texts, lists and beforehand choices."""
    key = made["key"]
    if validation == "email":
        made["type"] = "email"
    if validation == "yyyy or dd/mm/yyyy" or (raw["type"] == "date" and key.endswith("_dob") and key != "child_dob"):
        made |= {"type": "date", "partial": True}
    if raw["type"] == "choice":
        if raw.get("options"):
            made["options"] = [
                {"value": option["value"], "label": {"vi": option["vi"], "en": option["en"]}}
                for option in raw["options"]
            ]
        else:
            made["options_from"] = "countries" if key.endswith("_nationality") else "ethnic_groups"
    if key.endswith("_nationality"):
        made["default"] = "VN"
    if key.endswith("_id_type"):
        made["default"] = "can_cuoc"
        if key.removesuffix("_id_type") not in _SHOWS_A_PAPER:
            made["options"].append(copy.deepcopy(_NO_PAPER))


def _has_paper(kind: str) -> dict[str, str]:
    return {"field": kind, "op": "ne", "value": _NO_PAPER["value"]}


def convert_rule(validation: str) -> list[dict[str, Any]]:
    """Return the rules of the closed list that a rule in prose means; raises ValueError for an unknown one."""
    if not validation or validation in _NO_RULE or validation == "id_number":
        return []
    if validation in _FIXED_RULES:
        return [dict(rule) for rule in _FIXED_RULES[validation]]
    if found := _RANGE.fullmatch(validation):
        return [{"name": "min", "args": [int(found[1])]}, {"name": "max", "args": [int(found[2])]}]
    if validation.startswith("max "):
        return [{"name": "max_length", "args": [int(validation[4:])]}]
    if validation.startswith("age >= "):
        return [{"name": "age_at_least", "args": [int(validation[7:])]}]
    raise ValueError(f"unknown rule {validation!r}")


def condition(text: str) -> dict[str, str]:
    """Return the condition that a comparison such as \"relation == 'khac'\" means; raises ValueError otherwise."""
    found = _COMPARISON.fullmatch(text)
    if found is None:
        raise ValueError(f"unknown condition {text!r}")
    return {"field": found[1], "op": "eq" if found[2] == "==" else "ne", "value": found[3]}


def _as_table(section: Mapping[str, Any], fields: list[dict[str, Any]]) -> dict[str, Any]:
    columns = [field for field in fields if field["type"] != "note"]
    notes = [field["help"]["vi"] for field in fields if field["type"] == "note"]
    table: dict[str, Any] = {
        "key": section["key"],
        "type": "table",
        "label": _words(section, "title"),
        "required": True,
        "columns": columns,
        "repeat": {"min": 1, "max": 10},
    }
    if notes:
        table["help"] = {"vi": "Phí tạm tính: " + notes[0][0].lower() + notes[0][1:] + "."}
    return table


# The general application form ---------------------------------------------------------------------------------------


def _field(key: str, kind: str, vi: str, en: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": {"vi": vi, "en": en}, "required": True} | more


def _options(*rows: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"value": value, "label": {"vi": vi, "en": en}} for value, vi, en in rows]


def _requester() -> dict[str, Any]:
    papers = _options(
        ("can_cuoc", "Thẻ căn cước / CCCD", "Identity card"),
        ("cmnd", "Chứng minh nhân dân (9 số)", "Old ID card"),
        ("ho_chieu", "Hộ chiếu", "Passport"),
        ("khac", "Giấy tờ khác", "Other"),
    )
    papers.append(copy.deepcopy(_NO_PAPER))
    return {
        "key": "requester",
        "title": {"vi": "Người yêu cầu", "en": "Applicant"},
        "fields": [
            _field("requester_name", "full_name", "Họ, chữ đệm, tên", "Full name", prefill="full_name"),
            _field(
                "requester_dob",
                "date",
                "Ngày, tháng, năm sinh",
                "Date of birth",
                partial=True,
                prefill="birth",
                rules=[{"name": "not_future"}],
            ),
            _field(
                "requester_id_type",
                "choice",
                "Loại giấy tờ tùy thân",
                "Identity paper",
                options=papers,
                default="can_cuoc",
            ),
            _field(
                "requester_id_number",
                "id_number",
                "Số giấy tờ / số định danh cá nhân",
                "Paper number / personal number",
                prefill="personal_number",
                rules=[{"name": "id_kind", "args": ["requester_id_type"]}],
                show_if=_has_paper("requester_id_type"),
            ),
            _field("requester_residence", "address", "Nơi cư trú", "Residence", prefill="address"),
            _field("requester_phone", "phone", "Số điện thoại", "Phone", prefill="phone"),
            _field("requester_email", "email", "Thư điện tử", "E-mail", required=False, prefill="email"),
        ],
    }


def _organisation(audience: list[str]) -> dict[str, Any]:
    fields = [
        _field("org_name", "text", "Tên tổ chức", "Name of the organisation", prefill="organisation_name"),
        _field(
            "org_tax_code",
            "tax_code",
            "Mã số thuế / mã số doanh nghiệp",
            "Tax code",
            required=False,
            prefill="tax_code",
        ),
        _field("org_address", "address", "Địa chỉ trụ sở", "Registered office", prefill="address"),
        _field(
            "org_position",
            "text",
            "Chức vụ của người nộp",
            "Position of the person filing",
            required=False,
            prefill="representative_position",
        ),
    ]
    if "citizen" in audience:
        on_behalf = _field("on_behalf", "yes_no", "Bạn nộp thay mặt một tổ chức?", "Do you file for an organisation?")
        for field in fields:
            field["show_if"] = {"field": "on_behalf", "op": "eq", "value": "co"}
        fields.insert(0, on_behalf)
    return {"key": "organisation", "title": {"vi": "Tổ chức", "en": "Organisation"}, "fields": fields}


def _signer(audience: list[str]) -> dict[str, str]:
    if "citizen" not in audience:
        return _REPRESENTATIVE
    return _EITHER if set(audience) - {"citizen"} else _APPLICANT


def _person(vi: str, en: str) -> dict[str, Any]:
    """The person whom the request is about, when that is not the requester."""
    other = {"show_if": {"field": "same_as_requester", "op": "eq", "value": "khong"}}
    return {
        "key": "subject",
        "title": {"vi": vi, "en": en},
        "fields": [
            _field("same_as_requester", "yes_no", "Bạn yêu cầu cho chính mình?", "Do you ask for yourself?"),
            _field("subject_name", "full_name", "Họ, chữ đệm, tên", "Full name", **other),
            _field(
                "subject_dob",
                "date",
                "Ngày, tháng, năm sinh",
                "Date of birth",
                partial=True,
                rules=[{"name": "not_future"}],
                help={"vi": "Không rõ ngày, tháng thì chỉ ghi năm."},
                **other,
            ),
            _field(
                "subject_gender",
                "choice",
                "Giới tính",
                "Sex",
                options=_options(("nam", "Nam", "Male"), ("nu", "Nữ", "Female")),
                **other,
            ),
            _field(
                "subject_id", "id_number", "Số định danh hoặc số giấy tờ", "ID number", **(other | {"required": False})
            ),
            _field("subject_residence", "address", "Nơi cư trú", "Residence", **(other | {"required": False})),
            _field(
                "subject_relation", "text", "Quan hệ của bạn với người này", "Your relation to this person", **other
            ),
        ],
    }


def _register_entry() -> list[dict[str, Any]]:
    return [
        _field(
            "registered_at",
            "text",
            "Nơi đã đăng ký trước đây",
            "Registered before at",
            required=False,
            help={"vi": "Tên UBND xã, phường; xã đã sáp nhập thì ghi tên cũ. Chưa đăng ký thì bỏ trống."},
        ),
        _field(
            "registered_no",
            "text",
            "Số, quyển số",
            "Number and book",
            required=False,
            rules=[{"name": "max_length", "args": [60]}],
            help={"vi": "Không nhớ thì bỏ trống."},
        ),
    ]


def _residence_details() -> list[dict[str, Any]]:
    people = [
        _field("name", "full_name", "Họ, chữ đệm, tên", "Full name"),
        _field("birth", "date", "Ngày sinh", "Date of birth", partial=True),
        _field("relation", "text", "Quan hệ với chủ hộ", "Relation to the head of household"),
    ]
    return [
        _field("stay_address", "address", "Chỗ ở liên quan đến yêu cầu", "Place of residence concerned"),
        _field("stay_from", "date", "Từ ngày", "From"),
        _field(
            "stay_until",
            "date",
            "Đến ngày",
            "Until",
            required=False,
            rules=[{"name": "not_before", "args": ["stay_from"]}],
            help={"vi": "Bỏ trống nếu ở lâu dài."},
        ),
        _field(
            "household_head",
            "full_name",
            "Họ tên chủ hộ hoặc chủ chỗ ở",
            "Head of household or owner",
            required=False,
        ),
        _field(
            "people",
            "table",
            "Những người cùng thay đổi",
            "People who change with you",
            required=False,
            columns=people,
            repeat={"min": 0, "max": 10},
        ),
    ]


def _business_details() -> list[dict[str, Any]]:
    return [
        _field("business_name", "text", "Tên hộ kinh doanh", "Name of the household business"),
        _field(
            "business_code",
            "text",
            "Mã số hộ kinh doanh",
            "Business code",
            required=False,
            rules=[{"name": "max_length", "args": [20]}],
            help={"vi": "Thành lập mới thì bỏ trống."},
        ),
        _field("business_address", "address", "Địa điểm kinh doanh", "Place of business"),
        _field("business_lines", "long_text", "Ngành, nghề kinh doanh", "Lines of business"),
        _field("business_capital", "money", "Vốn kinh doanh (đồng)", "Capital in đồng", required=False),
    ]


def _payment_details() -> list[dict[str, Any]]:
    return [
        _field(
            "bank_account",
            "bank_account",
            "Tài khoản nhận tiền",
            "Account for payments",
            required=False,
            help={"vi": "Bỏ trống nếu muốn nhận tiền mặt tại xã."},
        )
    ]


_SUBJECTS = {
    "ho-tich": ("Người được đăng ký", "The person registered"),
    "nuoi-con-nuoi": ("Người được nhận làm con nuôi", "The person to be adopted"),
    "bao-tro-xa-hoi": ("Người hưởng chính sách", "The person supported"),
    "nguoi-co-cong": ("Người hưởng chính sách", "The person supported"),
}


def general_form(row: Mapping[str, Any], sector: str) -> dict[str, Any]:
    """Return an application form for a procedure of the catalogue that has no official declaration in the data."""
    sections = [_requester()]
    if set(row["audience"]) - {"citizen"}:
        sections.append(_organisation(row["audience"]))
    if sector in _SUBJECTS:
        sections.append(_person(*_SUBJECTS[sector]))
    details = {
        "ho-tich": _register_entry,
        "cu-tru": _residence_details,
        "ho-kinh-doanh": _business_details,
        "bao-tro-xa-hoi": _payment_details,
        "nguoi-co-cong": _payment_details,
    }.get(sector, list)()
    request = [
        *details,
        _field(
            "request",
            "long_text",
            "Nội dung đề nghị",
            "What you ask for",
            help={"vi": "Viết ngắn gọn: bạn đề nghị việc gì, vì lý do gì."},
            rules=[{"name": "min_length", "args": [10]}],
        ),
        _field(
            "request_note",
            "long_text",
            "Điều khác cần cho cán bộ biết",
            "Anything else officers should know",
            required=False,
        ),
    ]
    sections.append({"key": "request", "title": {"vi": "Nội dung đề nghị", "en": "Request"}, "fields": request})
    return {
        "schema": 1,
        "title": {"vi": "Đơn đề nghị giải quyết thủ tục", "en": "Application"},
        "signatures": copy.deepcopy(_SIGNATURES.get(row["slug"]) or [_signer(row["audience"])]),
        "sections": sections,
    }
