"""Official slips: their data and number are frozen in the action's transaction, their PDF follows.

Field lists after Thông tư 01/2018/TT-VPCP; Thông tư 03/2025/TT-VPCP renumbers
the forms. Slips are papers of the authority and always Vietnamese, whatever
language the screen has.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from common import broker
from common.database.writing import insert, update
from common.qr import qr_svg
from common.text import lower_first
from common.values import partial_date
from common.values.divisions import address_text
from offices.models import Role, Unit
from procedures.models import ProcedureVersion, TimeUnit

from .. import hooks
from ..models import Assignment, Delivery, Dossier, Paper, PaperKind, Slip, SlipKind, System
from ..workflow import Move
from .fees import fee_of
from .links import tracking_link
from .numbering import yearly_number
from .papers import present
from .terms import EARLY, LATE, ON_TIME, punctuality


@dataclass(frozen=True)
class Form:
    """A form of the desk: its title, the suffix of its numbers, its number in each set of forms.

    What an issued slip shows stays: a changed template is a new file, ``<kind>-<revision>.html``, and ``revision``
    grows. ``sheet`` is the size of its paper, A4 unless it says 'a5'.
    """

    title: str
    suffix: str
    numbers: dict[str, str]
    sheet: str = ""
    revision: int = 1


FORMS: dict[str, Form] = {
    SlipKind.FILING: Form("Phiếu nộp hồ sơ trực tuyến", "", {}),
    SlipKind.RECEIPT: Form("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "TNHS", {"2018": "01", "2025": "01"}, "a5"),
    SlipKind.SUPPLEMENT: Form("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "HDHS", {"2018": "02", "2025": "02"}, "a5"),
    SlipKind.REFUSAL: Form("Phiếu từ chối tiếp nhận giải quyết hồ sơ", "TCHS", {"2018": "03", "2025": "03"}, "a5"),
    SlipKind.APOLOGY: Form("Văn bản xin lỗi và đề nghị gia hạn", "PXL", {"2018": "04", "2025": "04"}, "a5"),
    SlipKind.STOP: Form("Thông báo dừng giải quyết hồ sơ", "TBD", {"2025": "05"}),
}
# Titles that were different in the forms of 2018.
TITLES_2018: dict[str, str] = {SlipKind.APOLOGY: "Phiếu xin lỗi và hẹn lại ngày trả kết quả"}
CIRCULARS = {"2018": "Thông tư số 01/2018/TT-VPCP", "2025": "Thông tư số 03/2025/TT-VPCP"}

CONTROL_SHEET_NUMBERS = {"2018": "05", "2025": "06"}

# What follows the office in a title: "Phó Chủ tịch Ủy ban nhân dân xã", "Chủ tịch UBND xã Xuân Bắc".
BODY = re.compile(r"\s+(?:UBND|Ủy ban nhân dân)\b.*", re.IGNORECASE)
UNIT_KINDS = ("Xã ", "Phường ", "Đặc khu ", "Tỉnh ", "Thành phố ")

# What a slip's template extends: a page to print in the browser, or the PDF's frame.
PRINT_LAYOUT = "slips/print.html"
PDF_LAYOUT = "slips/pdf.html"
# A nudge that waited so long is old news: a sweep finds what has no PDF.
PDF_SECONDS = 3600

DELIVERY_TEXTS: dict[str, str] = {
    Delivery.ONLINE: "Trên Cổng dịch vụ công trực tuyến",
    Delivery.DESK: "Tại Bộ phận Tiếp nhận và Trả kết quả",
    Delivery.POST: "Qua dịch vụ bưu chính công ích",
}
OUTCOMES = {EARLY: "Trước hạn", ON_TIME: "Đúng hạn", LATE: "Quá hạn"}
SYSTEM_TEXTS: dict[str, str] = {
    System.NATIONAL: "Cổng Dịch vụ công quốc gia",
    System.BEFORE: "hệ thống hoặc sổ trước đây",
}
TIME_UNIT_TEXTS: dict[str, str] = {
    TimeUnit.HOURS: "giờ làm việc",
    TimeUnit.DAYS: "ngày",
    TimeUnit.WORKING_DAYS: "ngày làm việc",
}


def processing_text(version: ProcedureVersion) -> str:
    """Return a version's processing time in official words."""
    if version.processing_unit == TimeUnit.SAME_DAY or not version.processing_amount:
        return "Trong ngày làm việc (tiếp nhận sau 15 giờ: ngày làm việc tiếp theo)"
    return f"{version.processing_amount} {TIME_UNIT_TEXTS[version.processing_unit]}"


def issue(move: Move, kind: str, **facts: Any) -> None:
    """Write a slip of the present set of forms and have its PDF made after the commit.

    ``facts`` are the form's own fields as JSON values (reason, items, old_due_at
    as ISO text, …). A filing note carries the dossier's code as its number; the
    others are numbered per unit and year. One statement, and one for a number.
    """
    dossier = move.dossier
    form, form_set = FORMS[kind], settings.SLIP_SET
    title = TITLES_2018.get(kind, form.title) if form_set == "2018" else form.title
    if kind == SlipKind.FILING:
        number = str(dossier.code)
    else:
        number = yearly_number(dossier.received_by, move.now, kind, form.suffix)
    slip = insert(
        Slip(
            dossier=dossier,
            kind=kind,
            number=number,
            issued_at=move.now,
            issued_by=move.by,
            form_set=form_set,
            revision=form.revision,
            data={
                "title": title,
                "form": form.numbers.get(form_set, ""),
                "circular": CIRCULARS[form_set] if form_set in form.numbers else "",
                "sheet": form.sheet,
                "number": number,
                **identity(dossier),
                "officer": signer(move),
                **facts,
            },
        )
    )
    wake(slip)


def void(move: Move, kind: str) -> str:
    """Let the slips of a kind be void, and return their numbers, '' for none. One statement.

    They print crossed out; no stored file changes.
    """
    rows = update(Slip, {"voided_at": move.now}, returning="number", dossier=move.dossier, kind=kind, voided_at=None)
    return ", ".join(rows)


def identity(dossier: Dossier) -> dict[str, Any]:
    """Return the facts that every slip repeats: unit, applicant, procedure, link.

    No ID number stands on a slip: it is carried about and lies on counters.
    """
    applicant = dossier.applicant
    return {
        "unit": unit_facts(dossier.received_by),
        "place": place_of(dossier.received_by),
        "code": dossier.code,
        "link": tracking_link(dossier),
        "procedure": dossier.version.short_name,
        "subject": lower_first(dossier.version.short_name),
        "procedure_code": dossier.version.procedure.code,
        "applicant": {
            "name": applicant.name,
            "address": address_text(applicant.address),
            "phone": applicant.phone,
            "email": applicant.email,
            "representative": (applicant.representative or {}).get("name", ""),
            "position": (applicant.representative or {}).get("position", "") if applicant.is_filed_by_another else "",
        },
        "delivery": delivery_text(dossier),
    }


def unit_facts(unit: Unit) -> dict[str, str]:
    """Return what a paper's head and foot say of a unit; one query for the unit above it."""
    return {
        "name": unit.name,
        "parent": unit.parent.name if unit.parent else "",
        "short_name": unit.short_name,
        "address": unit.address,
        "phone": unit.phone,
        "email": unit.email,
    }


def place_of(unit: Unit) -> str:
    """Return the place in a paper's date line: 'Xuân Bắc' for 'Xã Xuân Bắc'."""
    for kind in UNIT_KINDS:
        if unit.short_name.startswith(kind):
            return unit.short_name.removeprefix(kind)
    return unit.short_name


def signature(title: str, signs_as: str = "") -> list[str]:
    """Return the lines above a leader's signature (Nghị định 30/2020, phụ lục I, mục II.7).

    A chairman signs for the committee (TM.), a deputy for the one he stands in for (KT.), anybody else to whom
    signing was delegated by order of the one who is titled ``signs_as`` (TL.).
    """
    office = BODY.sub("", title)
    if signs_as:
        chief = BODY.sub("", signs_as)
        if office.casefold() != f"phó {chief}".casefold():
            return [f"TL. {chief.upper()}", office.upper()]
    head = office.removeprefix("Phó ")
    lines = ["TM. ỦY BAN NHÂN DÂN"] if head.casefold() == "chủ tịch" else []
    if head != office:
        lines.append(f"KT. {head.upper()}")
    return [*lines, office.upper()]


def delivery_text(dossier: Dossier) -> str:
    """Return how the applicant wants the result, in official words."""
    text = DELIVERY_TEXTS.get(dossier.delivery, DELIVERY_TEXTS[Delivery.DESK])
    if dossier.delivery == Delivery.POST and dossier.delivery_address:
        address = address_text(dossier.delivery_address.get("address"))
        return f"{text}, đến: {address}" if address else text
    return text


def signer(move: Move) -> dict[str, Any]:
    """Return who signs: name, from the post the title, and the lines above the signature."""
    if move.role not in Role.values or move.by is None:
        return {"name": "", "title": "", "lines": []}
    post = move.post
    title, signs_as = (post.title, post.signs_as) if post is not None else ("", "")
    return {"name": move.by.get_full_name(), "title": title, "lines": signature(title, signs_as) if title else []}


def paper_rows(version: ProcedureVersion, papers: Iterable[Paper]) -> list[dict[str, Any]]:
    """Return papers handed in, in the order of the version's list: name and how many as what."""
    place: dict[int | None, int] = {required.pk: required.n for required in version.papers.all()}
    rows: dict[Any, dict[str, Any]] = {}
    for paper in sorted(papers, key=lambda paper: (place.get(paper.required_id, 10_000), paper.pk)):
        row = rows.setdefault(
            paper.required_id or f"paper {paper.pk}", {"name": paper.name, "files": 0, "originals": 0, "copies": 0}
        )
        if paper.kind == PaperKind.FILE:
            row["files"] += 1
        elif paper.kind == PaperKind.ORIGINAL_PROMISED:
            row["promised"] = True
        row["originals"] += paper.originals
        row["copies"] += paper.copies
        row |= {
            fact: value
            for fact, value in (("number", paper.number), ("dated", partial_date.display(paper.dated)))
            if value
        }
    return list(rows.values())


def fee_text(dossier: Dossier) -> str:
    """Return the fee as the receipt states it; at most four queries."""
    with in_vietnamese():
        assessment = fee_of(dossier)
        return assessment.words() if assessment.due else "Không"


def receipt_facts(dossier: Dossier) -> dict[str, Any]:
    """Return the fields of form 01 beyond the identity block."""
    return {
        "papers": paper_rows(dossier.version, present(dossier)),
        "sets": dossier.version.dossier_sets,
        "note": dossier.version.receipt_note,
        "fee": fee_text(dossier),
        "processing": processing_text(dossier.version),
        "competent": dossier.unit.name if dossier.unit_id != dossier.received_by_id else "",
        "elsewhere": elsewhere_text(dossier),
        "papers_at": SYSTEM_TEXTS[System.NATIONAL] if dossier.external_system == System.NATIONAL else "",
        "came_at": iso(dossier.came_at),
        "received_at": iso(dossier.received_at),
        "due_at": iso(dossier.due_at),
        "rating_link": hooks.rating_link(dossier),
    }


def elsewhere_text(dossier: Dossier) -> str:
    """Return the number of a dossier in the system in which it was entered first, in official words; '' for none."""
    if not dossier.external_system:
        return ""
    return f"{dossier.external_code} ({SYSTEM_TEXTS[dossier.external_system]})"


def iso(moment: datetime | None) -> str:
    """Return a moment as it is frozen in a slip."""
    return moment.isoformat() if moment else ""


def template_of(slip: Slip) -> str:
    """Return the template of a slip's page; it extends ``layout`` (a print page or the PDF's frame)."""
    return f"slips/{slip.kind}.html" if slip.revision == 1 else f"slips/{slip.kind}-{slip.revision}.html"


def context_of(slip: Slip) -> dict[str, Any]:
    """Return what a slip's template reads: the frozen data, its moments as datetimes, the QR codes."""
    data = dict(slip.data)
    for name in ("came_at", "received_at", "due_at", "old_due_at", "submitted_at", "answer_by", "completed_at"):
        if name in data:
            data[name] = datetime.fromisoformat(data[name]) if data[name] else None
    if "last_day" in data:
        data["last_day"] = date.fromisoformat(data["last_day"])
    codes = {"qr": qr_svg(data["link"])}
    if data.get("rating_link"):
        codes["rating_qr"] = qr_svg(data["rating_link"])
    return {"slip": slip, "data": data, "issued_at": slip.issued_at, **codes}


def control_sheet(dossier: Dossier, assignments: Iterable[Assignment], now: datetime) -> tuple[str, dict[str, Any]]:
    """Return template and context of the control sheet as it stands now; it is not frozen. One query.

    Render it under :func:`in_vietnamese`.
    """
    form_set = settings.SLIP_SET
    data = {
        "title": "Phiếu kiểm soát quá trình giải quyết hồ sơ",
        "form": CONTROL_SHEET_NUMBERS[form_set],
        "circular": CIRCULARS[form_set],
        "number": "",
        "unit": unit_facts(dossier.received_by),
        "place": place_of(dossier.received_by),
        "code": dossier.code,
        "procedure": dossier.version.short_name,
        "agency": dossier.unit.name,
        "due_at": dossier.due_at,
    }
    rows = [
        {
            "n": row.n,
            "given_by": row.given_by.get_full_name() if row.given_by else "",
            "person": row.person.get_full_name() if row.person else "",
            "role": Role(row.role).label,
            "unit": row.unit.short_name,
            "since": row.since,
            "until": row.until,
            "due_at": row.due_at,
            "outcome": outcome(row),
        }
        for row in assignments
    ]
    return "slips/control-sheet.html", {"layout": PRINT_LAYOUT, "data": data, "rows": rows, "issued_at": now}


def notice(dossier: Dossier, title: str, text: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """Return template and context of a message as a letter to the applicant; it is not frozen and has no number.

    Render it under :func:`in_vietnamese`.
    """
    about = identity(dossier)
    said = f"Thông báo {lower_first(title.replace(f' {dossier.code}:', ''))}"
    data = {"circular": "", "number": "", **about, "title": said, "text": _of_letter(text, str(dossier.code))}
    return "slips/notice.html", {"layout": PRINT_LAYOUT, "data": data, "issued_at": now}


def _of_letter(message: str, code: str) -> str:
    """Return what a message says between its greeting and the lines that name the dossier: the letter has its own."""
    paragraphs = message.split("\n\n")[1:]
    named = (n for n, text in enumerate(paragraphs) if text.startswith("--") or f": {code}" in text)
    return "\n\n".join(paragraphs[: next(named, len(paragraphs))])


def outcome(row: Assignment) -> str:
    """Return how a finished step ended, in the words of the control sheet; '' while it lasts or has no time."""
    if row.until is None or row.due_at is None:
        return ""
    return OUTCOMES[punctuality(row.until, row.due_at)]


def wake(slip: Slip) -> None:
    """Have the worker make a slip's PDF once the transaction commits; a sweep finds what is missed."""
    broker.wake("dossiers.tasks.render_slip", slip.pk, expires=PDF_SECONDS)


def page(slip: Slip, layout: str = PRINT_LAYOUT) -> tuple[str, dict[str, Any]]:
    """Return template and context of a slip's page in a layout; render it under :func:`in_vietnamese`."""
    return template_of(slip), context_of(slip) | {"layout": layout}


def in_vietnamese() -> Any:
    """Return the context manager under which slips are rendered."""
    return translation.override("vi")


def item_rows(items: Iterable[Any]) -> list[dict[str, str]]:
    """Return the ticked papers of a supplement request as a slip freezes them."""
    return [{"name": item.name, "reason": item.reason} for item in items]
