"""Small hand-written factories; each returns a saved object with sensible Vietnamese data."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile

from accounts.models import User
from common.clock import LOCAL
from common.database import append_only
from common.files.uploads import Accepted
from common.onetime import new_key
from common.text import fold
from dossiers.actions import Entry
from dossiers.books import entering
from dossiers.books.entering import Entered, Given
from dossiers.models import Applicant, Dossier, Paper, Preview
from dossiers.records.applicants import ApplicantData
from offices.models import CalendarYear, OpeningHours, Post, Role, Unit
from procedures.finding.indexing import write_search_text
from procedures.models import (
    FeeExemption,
    FeeLine,
    Offering,
    OfferingFee,
    Procedure,
    ProcedureStep,
    ProcedureVersion,
    RequiredPaper,
    Sector,
)
from procedures.versions import template_files
from reports.feedback import acts, filing
from reports.feedback.workflow import perform
from reports.models import Feedback

PASSWORD = "mat-khau-thu-2026"
NOW = datetime(2026, 3, 23, 9, 0, tzinfo=LOCAL)

FORM: dict[str, Any] = {
    "schema": 1,
    "title": {"vi": "Tờ khai thử", "en": "Trial form"},
    "sections": [
        {
            "key": "requester",
            "title": {"vi": "Người yêu cầu", "en": "Requester"},
            "fields": [
                {
                    "key": "requester_name",
                    "type": "full_name",
                    "label": {"vi": "Họ và tên", "en": "Full name"},
                    "required": True,
                    "prefill": "full_name",
                },
                {
                    "key": "wants_copy",
                    "type": "choice",
                    "label": {"vi": "Có cần bản sao không?", "en": "Do you need copies?"},
                    "required": True,
                    "options": [
                        {"value": "co", "label": {"vi": "Có", "en": "Yes"}},
                        {"value": "khong", "label": {"vi": "Không", "en": "No"}},
                    ],
                },
                {
                    "key": "copies",
                    "type": "number",
                    "label": {"vi": "Số bản sao", "en": "Number of copies"},
                    "required": True,
                    "rules": [{"name": "min", "args": [1]}, {"name": "max", "args": [20]}],
                    "show_if": {"field": "wants_copy", "op": "eq", "value": "co"},
                },
            ],
        },
    ],
}
ANSWERS: dict[str, Any] = {"requester_name": "Nguyễn Văn An", "wants_copy": "co", "copies": 2}


@cache
def _hash() -> str:
    return make_password(PASSWORD)


def user(**fields: Any) -> User:
    """An active account whose password is :data:`PASSWORD`."""
    fields.setdefault("full_name", "Nguyễn Văn An")
    fields.setdefault("password", PASSWORD)
    fields.setdefault("date_joined", NOW)
    return User.objects.create_user(**fields)


def citizen(**fields: Any) -> User:
    """A citizen with a declared personal number."""
    defaults: dict[str, Any] = {
        "full_name": "Nguyễn Văn An",
        "email": "an@example.com",
        "personal_number": "075199000011",
        "birth": "1999-05-27",
        "sex": "nam",
        "phone": "0912000001",
        "address": {"province": "75", "commune": "26425", "detail": "Ấp 3"},
    }
    return user(**(defaults | fields))


def commune(slug: str = "xuan-bac", name: str = "Xã Xuân Bắc", identifier: str = "000.00.16.H19") -> SimpleNamespace:
    """A commune open 7:00–11:30 and 13:00–17:00 on weekdays, with an officer in every role."""
    unit = Unit.objects.create(
        kind="commune",
        slug=slug,
        name=f"UBND {name}",
        short_name=name,
        identifier=identifier,
        phone="0251 3000 001",
        address=f"Trung tâm {name}, tỉnh Đồng Nai",
        filing_since=NOW,
    )
    halves = ((time(7), time(11, 30)), (time(13), time(17)))
    # Most tests begin with a commune: five statements instead of forty.
    OpeningHours.objects.bulk_create(
        OpeningHours(unit=unit, weekday=weekday, opens=opens, closes=closes)
        for weekday in range(5)
        for opens, closes in halves
    )
    years = [CalendarYear(year=year, entered_at=NOW) for year in (2025, 2026, 2027)]
    CalendarYear.objects.bulk_create(years, ignore_conflicts=True)
    officers = [
        User(
            full_name=f"Cán bộ {role.value} {slug}",
            email=f"{role.value}.{slug}@example.com",
            date_joined=NOW,
            password=_hash(),
        )
        for role in Role
    ]
    people = {role.value: person for role, person in zip(Role, User.objects.bulk_create(officers), strict=True)}
    Post.objects.bulk_create(
        Post(
            unit=unit,
            user=people[role.value],
            role=role,
            valid_from=date(2025, 7, 1),
            for_all=role == Role.ADMINISTRATOR,
        )
        for role in Role
    )
    return SimpleNamespace(unit=unit, **people)


def feedback(commune: SimpleNamespace, giver: User, file: Accepted) -> Feedback:
    """Feedback of an account with a file, given to the commune's specialist to answer, who waits for details."""
    given = filing.Given(
        commune.unit, "problem", "other", "", "Ghế chờ ít.", giver.full_name, str(giver.email), giver.phone, True, "vi"
    )
    code, _secret = filing.give(given, [file], by=giver, key=new_key(), now=NOW)
    found = Feedback.objects.get(code=code)
    perform(acts.Assign(commune.specialist), found, by=commune.clerk, now=NOW)
    return perform(acts.AskDetails("Ghế nào?"), found, by=commune.specialist, now=NOW)


def version(
    unit: Unit | None = None, *, level: int = 4, code: str = "1.000001", paper_en: str = "", **fields: Any
) -> ProcedureVersion:
    """A published procedure with a short form, two papers and three steps, offered by ``unit``.

    ``paper_en`` is the English name of its first paper.
    """
    sector, _made = Sector.objects.get_or_create(
        code="ho-tich", defaults={"name": "Hộ tịch", "name_en": "Civil status"}
    )
    procedure = Procedure.objects.create(code=code, sector=sector)
    defaults: dict[str, Any] = {
        "number": 1,
        "status": "published",
        "published_at": NOW,
        "effective_from": date(2025, 7, 1),
        "name": "Đăng ký khai sinh",
        "name_en": "Birth registration",
        "level": level,
        "audience": ["citizen"],
        "channels": ["online", "direct", "post"],
        "processing_amount": 3,
        "processing_unit": "working_days",
        "outcome": "Giấy khai sinh",
        "legal_bases": ["60/2014/QH13"],
        "form": FORM,
    }
    values = defaults | fields
    # The database lets papers and steps be added only to a draft.
    made = ProcedureVersion.objects.create(procedure=procedure, **(values | {"status": "draft"}))
    ProcedureStep.objects.bulk_create(
        ProcedureStep(version=made, n=n, role=role, text=f"Bước {n}", allotted=allotted)
        for n, (role, allotted) in enumerate((("clerk", 4), ("specialist", 16), ("leader", 4)), start=1)
    )
    RequiredPaper.objects.bulk_create(
        [
            RequiredPaper(version=made, n=1, key="chung-sinh", name="Giấy chứng sinh", name_en=paper_en, originals=1),
            RequiredPaper(
                version=made,
                n=2,
                key="uy-quyen",
                name="Văn bản ủy quyền",
                copies=1,
                is_required=False,
                condition="Khi nộp thay người khác",
            ),
        ]
    )
    made.status = values["status"]
    made.save(update_fields=["status"])
    write_search_text(procedure, made)
    if unit is not None:
        Offering.objects.create(unit=unit, procedure=procedure, level=level, since=date(2025, 7, 1))
    return made


def boxes(**answers: Any) -> dict[str, Any]:
    """Return the fields in which a browser sends answers."""
    return {f"answer-{key}": value for key, value in answers.items()}


def draft(owner: User, unit: Unit, of: ProcedureVersion | None = None, **fields: Any) -> Dossier:
    """A draft with complete answers and delivery, papers promised at the desk."""
    of = of or ProcedureVersion.objects.first() or version(unit)
    defaults: dict[str, Any] = {
        "answers": dict(ANSWERS),
        "completed_sections": ["requester"],
        "delivery": "desk",
        "created_at": NOW,
        "saved_at": NOW,
    }
    made = Dossier.objects.create(
        version=of, unit=unit, received_by=unit, owner=owner, filed_by=owner, **(defaults | fields)
    )
    for required in of.papers.filter(is_required=True):
        made.papers.create(required=required, name=required.name, kind="promised", uploaded_by=owner, uploaded_at=NOW)
    return made


def previews(paper: Paper, content: bytes = b"RIFF") -> None:
    """Put pictures beside a paper's file: the small one and that of its first page."""
    for page in (0, 1):
        row = Preview(paper=paper, page=page, size=len(content), sha256=hashlib.sha256(content).hexdigest())
        row.file.save("page.webp", ContentFile(content), save=False)
        row.save()
    Paper.objects.filter(pk=paper.pk).update(previewed=1)


def applicant(dossier: Dossier, **fields: Any) -> Applicant:
    """The frozen applicant of a dossier whose status is set by hand in a test."""
    defaults: dict[str, Any] = {"kind": "citizen", "name": "Nguyễn Văn An", "phone": "0912000001"}
    values = defaults | fields
    return Applicant.objects.create(dossier=dossier, search_name=fold(values["name"]), **values)


def template_file(paper: RequiredPaper, content: bytes, name: str = "mau.pdf") -> None:
    """Give a paper its official template, whatever the state of its version."""
    with append_only.lifted(tables=[RequiredPaper._meta.db_table]):
        template_files.keep(paper, name, content, [])
        paper.save(update_fields=["template_file", "template_sha256"])


def fee(version: ProcedureVersion, *, exemptions: Iterable[dict[str, Any]] = (), **fields: Any) -> FeeLine:
    """Give a version a fee, a lệ phí of 8.000 đồng a dossier unless said otherwise, whatever its state."""
    n = version.fees.count() + 1
    defaults = {"n": n, "key": f"le-phi-{n}", "kind": "le_phi", "name": "Lệ phí", "amount_vnd": 8000}
    with append_only.lifted(tables=[FeeLine._meta.db_table, FeeExemption._meta.db_table]):
        line = version.fees.create(**(defaults | fields))
        for place, row in enumerate(exemptions, start=1):
            line.exemptions.create(**({"n": place, "who": "Trẻ em"} | row))
    version._prefetched_objects_cache = {}  # type: ignore[attr-defined]  # the stubs leave it out
    return line


def own_fee(line: FeeLine, unit: Unit, **fields: Any) -> OfferingFee:
    """Give a unit its own amount of a fee, 5.000 đồng by a resolution unless said otherwise."""
    offering = Offering.objects.get(unit=unit, procedure=line.version.procedure_id)
    defaults = {"amount_vnd": 5000, "resolution": "NQ 12/2026/NQ-HĐND", "since": date(2026, 1, 1)}
    return offering.fees.create(key=line.key, **(defaults | fields))


def booked(unit: Unit, book: str = "copies", *, code: str = "2.000815", **fields: Any) -> ProcedureVersion:
    """A published procedure that a clerk settles in one visit, of level 2 and the fee of certified copies."""
    made = version(unit, code=code, level=2, name="Chứng thực bản sao từ bản chính", form=None, book=book, **fields)
    tiers = [{"from": 1, "to": 2, "amount_vnd": 2000}, {"from": 3, "to": None, "amount_vnd": 1000}]
    columns: dict[str, Any] = {"unit": "page", "tiers": tiers, "cap_vnd": 200_000} if book == "copies" else {}
    fee(made, kind="phi", name="Phí chứng thực", amount_vnd=2000 if columns else 10_000, **columns)
    return made


def given(commune: SimpleNamespace, of: ProcedureVersion, **fields: Any) -> Given:
    """What a clerk types for one entry of a book; ``copies``, ``pages`` and ``document`` go into it."""
    entry: dict[str, Any] = {
        name: fields.pop(name) for name in ("document", "copies", "pages", "note") if name in fields
    }
    person = {"kind": "citizen", "name": "Phạm Thị Lan", "id_kind": "personal_number", "id_number": "075199000099"}
    signer = Post.objects.get(unit=commune.unit, role=Role.LEADER)
    applicant = ApplicantData(**(person | fields.pop("person", {})))
    return Given(
        of,
        commune.unit,
        applicant,
        Entry(**(entry | {"document": entry.get("document", "Thẻ căn cước")})),
        signer,
        **fields,
    )


def attested(
    commune: SimpleNamespace, of: ProcedureVersion | None = None, now: datetime = NOW, **fields: Any
) -> Entered:
    """An entry of a book with its dossier, made as the clerk's page makes it."""
    of = of or ProcedureVersion.objects.exclude(book="").first() or booked(commune.unit)
    return entering.attest(given(commune, of, **fields), by=commune.clerk, key=new_key(), now=now)
