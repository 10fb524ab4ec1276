"""Marks on what is unverified: carried from version to version, cleared once by a person, never seen by citizens."""

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from common.refusals import Refused
from offices.models import AuditEntry
from procedures import marks
from procedures.exchange import apply, plan
from procedures.exchange.json_reading import read_json
from procedures.exchange.outcome import Options
from procedures.models import Mark, Procedure, ProcedureVersion
from procedures.versions import drafting
from procedures.versions.serialising import export_json, plain_version
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 23)
ROWS = [
    {"part": "legal", "confidence": "memory", "source": "", "note": "Tên chưa đối chiếu."},
    {"part": "form:copies", "confidence": "partial", "source": "bản lưu", "note": ""},
    {"part": "paper:chung-sinh", "confidence": "older", "source": "trang cũ", "note": ""},
]


@pytest.fixture
def version(commune):
    made = factories.version(commune.unit)
    marks.write_marks(made, ROWS)
    return made


def parts(version):
    return [mark["part"] for mark in marks.plain_marks(ProcedureVersion.objects.get(pk=version.pk))]


def exported():
    return json.loads("".join(export_json(Procedure.objects.all(), NOW, TODAY)))


def bring_in(data, by):
    items, options = read_json(json.dumps(data).encode()), Options()
    planned = plan.plan(items, by=by, options=options, day=TODAY)
    assert not planned.is_faulty, [outcome.faults for outcome in planned.outcomes]
    return apply.apply(items, planned.digest(), "", by=by, options=options, now=NOW)


@pytest.mark.parametrize("part", ["legal", "form", "form:ten", "form:con.ten", "paper:giay-1", "fee:phi"])
def test_a_part_is_named(part):
    assert marks.is_part(part)


@pytest.mark.parametrize("part", ["", "steps", "legal:x", "form:", ":x", "tên", "Form"])
def test_anything_else_names_no_part(part):
    assert not marks.is_part(part)


def test_a_published_version_keeps_its_wording_while_a_person_clears_a_mark(version, commune):
    before = {**plain_version(version), "marks": None}
    mark = version.marks.get(part="legal")
    assert marks.clear(version, [mark], commune.publisher, NOW) == 1
    mark.refresh_from_db()
    assert (mark.cleared_by, mark.cleared_at) == (commune.publisher, NOW)
    version = ProcedureVersion.objects.get(pk=version.pk)
    assert {**plain_version(version), "marks": None} == before
    assert parts(version) == ["form:copies", "paper:chung-sinh"]
    entry = AuditEntry.objects.get(action="version.mark-clear")
    assert (entry.by, entry.changes) == (commune.publisher, [{"field": "mark", "before": "legal", "after": ""}])


def test_who_comes_second_is_told(version, commune):
    mark = version.marks.get(part="legal")
    marks.clear(version, [mark], commune.publisher, NOW)
    with pytest.raises(Refused) as refused:
        marks.clear(version, [mark], commune.leader, NOW + timedelta(hours=1))
    assert refused.value.is_stale and Mark.objects.get(pk=mark.pk).cleared_by == commune.publisher
    assert AuditEntry.objects.filter(action="version.mark-clear").count() == 1


def test_clearing_several_is_all_or_nothing(version, commune):
    first, second = version.marks.order_by("id")[:2]
    marks.clear(version, [second], commune.publisher, NOW)
    with pytest.raises(Refused):
        marks.clear(version, [first, second], commune.publisher, NOW)
    assert Mark.objects.get(pk=first.pk).cleared_at is None


def test_the_next_draft_takes_over_what_is_open_and_is_cleared_along(version, commune):
    marks.clear(version, [version.marks.get(part="legal")], commune.publisher, NOW)
    draft = drafting.draft_from(version.procedure, commune.publisher, NOW)
    assert parts(draft) == ["form:copies", "paper:chung-sinh"]
    marks.clear(draft, [draft.marks.get(part="form:copies")], commune.publisher, NOW)
    assert parts(draft) == parts(version) == ["paper:chung-sinh"]


def test_a_copy_of_a_procedure_is_as_unverified(version, commune):
    twin = drafting.duplicate(version.procedure, "XA-0009", commune.publisher, NOW)
    assert parts(twin) == parts(version)
    marks.clear(twin, twin.marks.all(), commune.publisher, NOW)
    assert parts(twin) == [] and len(parts(version)) == 3


def test_a_mark_is_open_once_and_cleared_whole(version, commune):
    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.create(version=version, part="legal", confidence="memory")
    with pytest.raises(IntegrityError), transaction.atomic():
        version.marks.filter(part="legal").update(cleared_by=commune.publisher)


def test_files_carry_what_is_open(version, commune):
    marks.clear(version, [version.marks.get(part="legal")], commune.publisher, NOW)
    data = exported()
    assert [mark["part"] for mark in data["procedures"][0]["version"]["marks"]] == ["form:copies", "paper:chung-sinh"]
    data["procedures"][0]["code"] = "1.000002"
    bring_in(data, commune.publisher)
    made = ProcedureVersion.objects.get(procedure__code="1.000002")
    assert marks.plain_marks(made) == marks.plain_marks(version)


def test_a_file_brings_no_mark_back_that_somebody_cleared(version, commune):
    data = exported()
    marks.clear(version, [version.marks.get(part="legal")], commune.publisher, NOW)
    data["procedures"][0]["version"]["note"] = "Lời mới"
    data["procedures"][0]["version"]["marks"].append({"part": "time", "confidence": "memory"})
    bring_in(data, commune.publisher)
    draft = ProcedureVersion.objects.open().get()
    assert parts(draft) == ["form:copies", "paper:chung-sinh", "time"]


def test_marks_alone_make_no_draft(version, commune):
    data = exported()
    data["procedures"][0]["version"]["marks"] = []
    bring_in(data, commune.publisher)
    assert not ProcedureVersion.objects.open().exists() and len(parts(version)) == 3


@pytest.mark.parametrize(
    "rows",
    [
        [{"part": "steps", "confidence": "memory"}],
        [{"part": "legal", "confidence": "sure"}],
        [{"part": "legal"}],
        [{"part": "legal", "confidence": "memory"}] * 2,
        [{"part": "legal", "confidence": "memory", "cleared_at": "2026-03-23"}],
    ],
)
def test_faulty_marks_are_named(version, rows):
    data = exported()
    data["procedures"][0]["version"]["marks"] = rows
    (item,) = read_json(json.dumps(data).encode())
    assert len(item.faults) == 1


def test_citizens_see_no_marks(version, client):
    page = client.get(f"/procedures/{version.procedure.code}/").content.decode()
    assert "Tên chưa đối chiếu" not in page and "bản lưu" not in page
