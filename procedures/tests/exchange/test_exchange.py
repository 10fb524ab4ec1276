"""Procedures out of the portal and back: nothing is lost, nothing is published, all or nothing."""

import base64
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.refusals import Refused
from eforms.tests.strategies import LETTERS, schemas
from offices.models import AuditEntry
from procedures.exchange import apply as exchange_apply
from procedures.exchange import plan as exchange_plan
from procedures.exchange.item import MAX_PROCEDURES
from procedures.exchange.json_reading import read_json
from procedures.exchange.outcome import CHANGED, FAULTY, NEW, SAME, Options
from procedures.models import LifeEvent, Procedure, ProcedureVersion, Sector
from procedures.seed import FILE, import_catalogue
from procedures.versions import drafting, procedure_editing, publishing
from procedures.versions import serialising as exchange
from tests import factories
from tests.factories import NOW
from tests.present import present

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 23)
FEE: dict[str, Any] = {"key": "phi", "kind": "phi", "name": "Phí", "amount_vnd": 8000}
TIERS = [{"from": 1, "to": 2, "amount_vnd": 2000}, {"from": 3, "to": None, "amount_vnd": 1000}]
EXEMPTIONS: list[dict[str, Any]] = [
    {"who": "Trẻ em", "who_en": "", "proof": "", "proof_en": "", "since": None, "until": None, "channel": None},
    {
        "who": "Công dân số",
        "who_en": "Digital citizens",
        "proof": "VNeID",
        "proof_en": "VNeID",
        "since": "2026-08-15",
        "until": "2027-02-28",
        "channel": "online",
    },
]


QUESTIONS = [
    {"question": "Mất bao lâu?", "answer": "Ba ngày.\nCó khi hai."},
    {"question": "Mất bao lâu?", "answer": "Ba ngày.", "question_en": "How long?", "answer_en": "Three days."},
]


@pytest.fixture
def publisher(commune):
    return commune.publisher


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


def exported(*codes):
    """The catalogue, or some procedures of it, as data."""
    rows = Procedure.objects.filter(code__in=codes) if codes else Procedure.objects.all()
    return json.loads("".join(exchange.export_json(rows, NOW, TODAY)))


def parcels_of(data):
    return read_json(json.dumps(data).encode())


def file_with(*procedures):
    return {"portal": "mot-cua", "exchange": 1, "procedures": list(procedures)}


def dry_run(data, by, **options):
    return exchange_plan.plan(parcels_of(data), by=by, options=Options(**options), day=TODAY)


def bring_in(data, by, **options):
    planned = dry_run(data, by, **options)
    assert not planned.is_faulty, [outcome.faults for outcome in planned.outcomes if outcome.faults]
    return exchange_apply.apply(
        parcels_of(data), planned.digest(), "Nhập từ tệp", by=by, options=Options(**options), now=NOW
    )


def test_a_procedure_retired_on_its_first_day_comes_in_again(version, publisher):
    publishing.retire(version.procedure, TODAY, "Bỏ", None, publisher, NOW)
    ProcedureVersion.objects.filter(pk=version.pk).update(effective_until=version.effective_from - timedelta(days=1))
    planned = dry_run(exported(), publisher)
    assert [outcome.state for outcome in planned.outcomes] == [SAME]


def shipped(count):
    """Load the first procedures that come with the portal."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["procedures"]
    import_catalogue(json.dumps(file_with(*rows[:count])).encode(), now=NOW)


def wipe():
    """Forget every procedure, published ones too."""
    from common.database import append_only

    with append_only.lifted():
        ProcedureVersion.objects.all().delete()
        Procedure.objects.all().delete()
        Sector.objects.all().delete()
        LifeEvent.objects.all().delete()


def test_the_shipped_catalogue_survives_a_journey(publisher, django_assert_max_num_queries):
    import_catalogue(now=NOW)
    before = exported()
    assert len(before["procedures"]) >= 57
    with django_assert_max_num_queries(16):
        planned = dry_run(before, publisher)
    assert planned.count(SAME) == len(before["procedures"])
    wipe()
    planned = bring_in(before, publisher)
    assert planned.count(NEW) == len(before["procedures"])
    assert exported()["procedures"] == before["procedures"]
    made = ProcedureVersion.objects.all()
    assert {version.status for version in made} == {"draft"}
    assert {version.author for version in made} == {publisher}


def test_what_is_there_already_changes_nothing(version, publisher):
    bring_in(exported(), publisher)
    assert not ProcedureVersion.objects.open().exists()
    assert not AuditEntry.objects.exists()


def test_a_step_names_the_unit_that_does_it(version, publisher, other_commune):
    code = other_commune.unit.identifier
    data = exported()
    data["procedures"][0]["version"]["steps"][0]["unit"] = code
    bring_in(data, publisher)
    draft = ProcedureVersion.objects.open().get()
    assert present(draft.steps.first()).unit == other_commune.unit
    assert exchange.plain_version(draft)["steps"][0]["unit"] == code
    assert dry_run(data, publisher).count(SAME) == 1


def test_a_unit_of_a_step_that_the_portal_does_not_know_is_left_out(version, publisher):
    data = exported()
    data["procedures"][0]["version"]["steps"][0]["unit"] = "999.99"
    planned = dry_run(data, publisher)
    assert planned.count(SAME) == 1
    assert any("999.99" in note for note in planned.outcomes[0].notes)


PROCEDURES = st.fixed_dictionaries(
    {
        "code": st.just("1.000777"),
        "sector": st.just({"code": "ho-tich", "name": "Hộ tịch", "name_en": ""}),
        "life_events": st.lists(
            st.sampled_from([{"code": "con-nho", "name": "Có con nhỏ", "name_en": "", "n": 3}]), unique_by=str
        ),
        "synonyms": st.lists(LETTERS.map(lambda text: " ".join(text.split())), max_size=3),
        "faq": st.lists(st.sampled_from(QUESTIONS), max_size=2),
        "notice": st.sampled_from(["", "Nghỉ từ 1/5.\nTrở lại 4/5."]),
        "accept_until": st.sampled_from([None, "2026-12-31"]),
        "supplement_days": st.integers(1, 250),
        "related": st.just([]),
        "popularity": st.integers(0, 9),
        "version": st.fixed_dictionaries(
            {
                "name": LETTERS.map(lambda text: "=" + " ".join(text.split())),
                "name_en": st.sampled_from(["", "Trial"]),
                "level": st.integers(1, 4),
                "needs_presence": st.booleans(),
                "audience": st.permutations(["citizen", "organisation", "enterprise"]),
                "channels": st.permutations(["online", "direct", "post"]),
                "processing_amount": st.integers(0, 999),
                "processing_unit": st.sampled_from(["same_day", "hours", "days", "working_days"]),
                "processing_note": st.sampled_from(["", "a\nb"]),
                "processing_note_en": st.sampled_from(["", "c\nd"]),
                "outcome": st.sampled_from(["", "Giấy"]),
                "outcome_en": st.just(""),
                "conditions": st.just("- Một\n- Hai"),
                "conditions_en": st.sampled_from(["", "- One\n- Two"]),
                "note": st.just(""),
                "note_en": st.just(""),
                "legal_bases": st.lists(st.sampled_from(["60/2014/QH13", "123/2015/NĐ-CP"]), max_size=2),
                "dossier_sets": st.integers(1, 9),
                "book": st.sampled_from(["", "copies", "contracts"]),
                "receipt_note": st.just("Mang theo bản chính"),
                "letter_text": st.just("Căn cứ\n\nLuật"),
                "reasons": st.lists(st.just("Thiếu giấy tờ"), max_size=1),
                "form": st.none() | schemas(),
                "effective_from": st.sampled_from(["2025-07-01", "2027-01-01"]),
                "effective_until": st.sampled_from([None, "2028-01-01"]),
                "papers": st.lists(
                    st.fixed_dictionaries(
                        {
                            "key": st.sampled_from(["a", "b", "c-1"]),
                            "name": st.just("Giấy tờ"),
                            "name_en": st.just(""),
                            "originals": st.integers(0, 99),
                            "copies": st.integers(0, 99),
                            "is_required": st.booleans(),
                            "condition": st.sampled_from(["", "Khi có"]),
                            "condition_en": st.sampled_from(["", "If there is one"]),
                            "show_if": st.sampled_from([None, {"not": {"field": "f0", "op": "filled"}}]),
                            "from_form": st.booleans(),
                            "may_bring_original": st.booleans(),
                            "valid_days": st.sampled_from([0, 180]),
                            "template_file": st.none(),
                        }
                    ),
                    max_size=3,
                    unique_by=lambda paper: paper["key"],
                ),
                "fees": st.lists(
                    st.fixed_dictionaries(
                        {
                            "key": st.sampled_from(["phi", "le-phi", "ban-sao"]),
                            "kind": st.sampled_from(["phi", "le_phi"]),
                            "name": st.just("Phí cấp bản sao"),
                            "name_en": st.sampled_from(["", "Copies"]),
                            "amount_vnd": st.just(2000),
                            "amount_online_vnd": st.none() | st.integers(0, 2**31 - 1),
                            "unit": st.just("page"),
                            "tiers": st.sampled_from([[], TIERS]),
                            "cap_vnd": st.none() | st.integers(1, 2**31 - 1),
                            "is_optional": st.booleans(),
                            "applies": st.sampled_from(["", "Khi đề nghị"]),
                            "applies_en": st.sampled_from(["", "If asked for"]),
                            "applies_if": st.sampled_from([None, {"field": "f0", "op": "filled"}]),
                            "is_guide": st.booleans(),
                            "note": st.sampled_from(["", "Hai\ndòng"]),
                            "note_en": st.sampled_from(["", "Two\nlines"]),
                            "exemptions": st.lists(st.sampled_from(EXEMPTIONS), max_size=3),
                        }
                    ),
                    max_size=2,
                    unique_by=lambda fee: fee["key"],
                ),
                "steps": st.lists(
                    st.fixed_dictionaries(
                        {
                            "role": st.sampled_from(["", "clerk", "specialist", "leader", "cashier"]),
                            "text": st.just("Làm"),
                            "text_en": st.just(""),
                            "allotted": st.integers(0, 99999).map(lambda tenths: tenths / 10),
                        }
                    ),
                    max_size=3,
                ),
                "marks": st.lists(
                    st.fixed_dictionaries(
                        {
                            "part": st.sampled_from(["legal", "time", "form:ten", "paper:giay", "fee:phi"]),
                            "confidence": st.sampled_from(["partial", "older", "memory"]),
                            "source": st.sampled_from(["", "bản ghi Cổng dịch vụ công quốc gia"]),
                            "note": st.just("Chưa thấy bản in.\nCần đối chiếu."),
                        }
                    ),
                    max_size=3,
                    unique_by=lambda mark: mark["part"],
                ),
            }
        ),
    }
)


@given(procedure=PROCEDURES)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_procedure_survives_a_journey(publisher, procedure):
    Procedure.objects.filter(code="1.000777").delete() if not ProcedureVersion.objects.exists() else wipe()
    bring_in(file_with(procedure), publisher)
    assert exported("1.000777")["procedures"] == [procedure]
    assert dry_run(exported("1.000777"), publisher).count(SAME) == 1


def test_a_change_becomes_a_draft_and_the_whole_changes_at_once(version, publisher):
    data = exported()
    found = data["procedures"][0]
    found["synonyms"] = ["đẻ con"]
    found["version"]["processing_amount"] = 2
    found["version"]["papers"][0]["copies"] = 1
    found["version"]["papers"].append({"name": "Giấy mới"})
    found["version"]["fees"] = [{"kind": "le_phi", "name": "Lệ phí", "amount_vnd": 8000}]
    planned = dry_run(data, publisher)
    outcome = planned.outcomes[0]
    assert outcome.state == CHANGED
    assert [section.key for section in outcome.sections] == ["info", "papers", "fees"]
    assert not ProcedureVersion.objects.open().exists()
    bring_in(data, publisher)
    draft = ProcedureVersion.objects.open().get()
    assert (draft.number, draft.status, draft.author, draft.processing_amount) == (2, "draft", publisher, 2)
    assert draft.effective_from == date(2026, 4, 1)
    assert draft.change_note == "Nhập từ tệp"
    assert [paper.key for paper in draft.papers.all()] == ["chung-sinh", "uy-quyen", "giay-moi"]
    assert draft.fees.get().amount_vnd == 8000
    version.refresh_from_db()
    assert (version.status, version.processing_amount, version.fees.count()) == ("published", 3, 0)
    assert Procedure.objects.get().synonyms == ["đẻ con"]
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {
        "version.new", "version.import", "procedure.edit",
    }  # fmt: skip
    assert list(draft.editors.all()) == [publisher]


def test_what_a_file_leaves_out_stays(version, publisher):
    data = file_with({"code": version.procedure.code, "version": {"outcome": "Giấy khai sinh mới"}})
    bring_in(data, publisher)
    draft = ProcedureVersion.objects.open().get()
    assert draft.outcome == "Giấy khai sinh mới"
    assert draft.form == version.form
    assert (draft.papers.count(), draft.steps.count()) == (2, 3)


def test_sectors_and_life_events_are_made_when_unknown(publisher):
    data = file_with(
        {
            "code": "1.000001",
            "sector": {"code": "dat-dai", "name": "Đất đai"},
            "life_events": [{"code": "nha-dat", "name": "Nhà đất"}],
            "related": ["1.000002", "9.999999"],
            "version": {"name": "Một", "level": 1, "processing_unit": "days"},
        },
        {
            "code": "1.000002",
            "sector": {"code": "dat-dai", "name": "Đất đai"},
            "version": {"name": "Hai", "level": 2, "processing_unit": "days"},
        },
    )
    outcome = dry_run(data, publisher).outcomes[0]
    assert any("9.999999" in note for note in outcome.notes) and len(outcome.notes) == 3
    bring_in(data, publisher)
    one = Procedure.objects.get(code="1.000001")
    assert (one.sector.name, one.life_events.get().name, one.related.get().code) == ("Đất đai", "Nhà đất", "1.000002")


@pytest.mark.parametrize(
    "change",
    [
        {"code": "x y"},
        {"code": "1.000001", "sector": None},
        {"code": "1.000001", "version": {"level": 5}},
        {"code": "1.000001", "version": {"level": True}},
        {"code": "1.000001", "version": {"name": "a\0b"}},
        {"code": "1.000001", "version": {"name": "\ud800"}},
        {"code": "1.000001", "version": {"name": "x" * 301}},
        {"code": "1.000001", "version": {"name": ["x"] * 2}},
        {"code": "1.000001", "version": {"form": {"schema": 1}}},
        {"code": "1.000001", "version": {"form": [[[[[]]]]]}},
        {"code": "1.000001", "version": {"papers": [{"key": "a", "name": "A"}, {"key": "a", "name": "B"}]}},
        {"code": "1.000001", "version": {"papers": [{"name": "A", "show_if": {"field": 3, "op": []}}]}},
        {"code": "1.000001", "version": {"papers": [{"name": "A", "show_if": {"field": "a", "op": "in", "value": 5}}]}},
        {"code": "1.000001", "version": {"papers": [{"name": "A", "show_if": {"field": "a", "op": "is", "value": 5}}]}},
        {"code": "1.000001", "version": {"papers": [{"name": "A", "template_file": {"name": "a.exe", "content": ""}}]}},
        {
            "code": "1.000001",
            "version": {"papers": [{"name": "A", "template_file": {"name": "a.pdf", "content": "?"}}]},
        },
        {"code": "1.000001", "version": {"papers": "all"}},
        {"code": "1.000001", "version": {"fees": [FEE | {"amount_vnd": 2**31}]}},
        {"code": "1.000001", "version": {"fees": [FEE | {"amount_vnd": 1.5}]}},
        {"code": "1.000001", "version": {"fees": [FEE, FEE]}},
        {"code": "1.000001", "version": {"fees": [FEE | {"cap_vnd": 0}]}},
        {"code": "1.000001", "version": {"fees": [FEE | {"tiers": [{"from": 1, "to": None}]}]}},
        {"code": "1.000001", "version": {"fees": [FEE | {"exemptions": [{"proof": "Giấy"}]}]}},
        {"code": "1.000001", "version": {"fees": [FEE | {"exemptions": [{"who": "Trẻ em", "channel": "post"}]}]}},
        {
            "code": "1.000001",
            "version": {"fees": [FEE | {"exemptions": [EXEMPTIONS[1] | {"until": "2026-08-14"}]}]},
        },
        {"code": "1.000001", "version": {"steps": [{"text": "x", "allotted": 1e300}]}},
        {"code": "1.000001", "version": {"steps": [{"text": "x", "allotted": 0.25}]}},
        {"code": "1.000001", "version": {"steps": [{"text": "x", "role": "publisher"}]}},
        {"code": "1.000001", "version": {"effective_from": "2026-02-30"}},
        {"code": "1.000001", "version": {"effective_from": "2026-02-02", "effective_until": "2026-02-01"}},
        {"code": "1.000001", "version": {"status": "published"}},
        {"code": "1.000001", "synonyms": ["x"] * 61},
        {"code": "1.000001", "accept_until": 20260101},
        {"code": "1.000001", "popularity": 5},
        {"code": "1.000001", "version": {"name": "Chưa đủ"}},
        "text",
        None,
        [],
    ],
)
def test_faults_are_named_and_keep_the_rest_out(publisher, change):
    good = {
        "code": "1.000009", "sector": {"code": "a", "name": "A"},
        "version": {"name": "Tốt", "level": 1, "processing_unit": "days"},
    }  # fmt: skip
    data = file_with(change, good)
    planned = dry_run(data, publisher)
    assert [outcome.state for outcome in planned.outcomes] == [FAULTY, NEW]
    assert all(fault.place and fault.reason for fault in planned.outcomes[0].faults)
    with pytest.raises(exchange_apply.Stale):
        exchange_apply.apply(parcels_of(data), planned.digest(), "", by=publisher, options=Options(), now=NOW)
    assert not Procedure.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"null", b"{}", b"\xff\xfe", b"{" * 5000, b"[" * 100_000, b'{"a":' * 5000,
        b'{"portal": "mot-cua", "exchange": 1, "procedures": []}',
        b'{"portal": "mot-cua", "exchange": 2, "procedures": [{}]}',
        b'{"portal": "mot-cua", "exchange": true, "procedures": [{}]}',
        b'{"portal": "other", "exchange": 1, "procedures": [{}]}',
        b'{"portal": "mot-cua", "exchange": 1, "procedures": [{}], "more": 1}',
        b'{"portal": "mot-cua", "portal": "mot-cua", "exchange": 1, "procedures": [{}]}',
        b'{"portal": "mot-cua", "exchange": 1, "procedures": [{"a": NaN}]}',
        b'{"portal": "mot-cua", "exchange": 1, "procedures": [' + b"9" * 5000 + b"]}",
        b'{"portal": "mot-cua", "exchange": 1, "procedures": [' + b"[" * 40 + b"]" * 40 + b"]}",
        b" " * (10 * 1024 * 1024 + 1),
    ],
    ids=range(18),
)  # fmt: skip
def test_hostile_files_are_refused_whole(content):
    with pytest.raises(Refused) as refusal:
        read_json(content)
    assert refusal.value.message


def test_too_many_procedures_and_twins():
    with pytest.raises(Refused):
        parcels_of(file_with(*({"code": f"1.{n:06}"} for n in range(MAX_PROCEDURES + 1))))
    assert parcels_of(file_with({"code": "1.000001"}, {"code": "1.000001"}))[1].faults


def test_colleagues_drafts_are_left_alone_unless_chosen(version, publisher):
    colleague = factories.user(full_name="Người khác", email="khac@example.com")
    draft = drafting.draft_from(version.procedure, colleague, NOW)
    data = exported()
    assert dry_run(data, publisher).count(SAME) == 1
    data["procedures"][0]["version"]["outcome"] = "Khác"
    outcome = dry_run(data, publisher).outcomes[0]
    assert outcome.state == FAULTY and "Người khác" in outcome.faults[0].reason
    bring_in(data, publisher, overwrite=True)
    draft.refresh_from_db()
    assert (draft.outcome, set(draft.editors.all())) == ("Khác", {colleague, publisher})
    assert dry_run(data, publisher).count(SAME) == 1
    ProcedureVersion.objects.filter(pk=draft.pk).update(status="in_review")
    data["procedures"][0]["version"]["outcome"] = "Khác nữa"
    assert dry_run(data, publisher, overwrite=True).is_faulty


def test_own_drafts_are_written_over(version, publisher):
    data = exported()
    data["procedures"][0]["version"]["outcome"] = "Một"
    bring_in(data, publisher)
    data["procedures"][0]["version"]["outcome"] = "Hai"
    assert dry_run(data, publisher).outcomes[0].notes
    bring_in(data, publisher)
    assert ProcedureVersion.objects.open().get().outcome == "Hai"


def test_a_catalogue_that_moved_on_is_noticed(version, publisher):
    data = exported()
    data["procedures"][0]["version"]["outcome"] = "Một"
    planned = dry_run(data, publisher)
    procedure_editing.change_procedure(version.procedure, 0, publisher, NOW, notice="Nghỉ lễ")
    with pytest.raises(exchange_apply.Stale) as stale:
        exchange_apply.apply(parcels_of(data), planned.digest(), "", by=publisher, options=Options(), now=NOW)
    assert stale.value.plan.digest() != planned.digest()
    assert not ProcedureVersion.objects.open().exists()


def test_drafts_go_to_review_only_without_faults(publisher):
    shipped(2)
    data = exported()
    kept = data["procedures"][0]
    kept["version"]["note"] = "Mới"
    data["procedures"] = [kept]
    bring_in(data, publisher, to_review=True)
    assert ProcedureVersion.objects.open().get().status == "in_review"
    faulty = {
        "code": "1.999999",
        "sector": kept["sector"],
        "version": {"name": "A", "level": 4, "processing_unit": "days"},
    }
    assert dry_run(file_with(faulty), publisher).count(NEW) == 1
    assert dry_run(file_with(faulty), publisher, to_review=True).count(FAULTY) == 1


def test_new_procedures_may_go_to_review_although_they_began_elsewhere(publisher):
    shipped(2)
    data = exported()
    wipe()
    bring_in(data, publisher, to_review=True)
    assert set(ProcedureVersion.objects.values_list("status", "effective_from")) == {("in_review", TODAY)}


def test_template_files_travel(version, publisher, commune):
    content = b"%PDF-1.7 mau don"
    draft = drafting.draft_from(version.procedure, publisher, NOW)
    draft.papers.get(key="uy-quyen").template_file.save("x.pdf", ContentFile(content))
    ProcedureVersion.objects.filter(pk=draft.pk).update(
        status="published", published_at=NOW, published_by=commune.leader, effective_from=TODAY
    )
    data = exported()
    paper = data["procedures"][0]["version"]["papers"][1]
    assert base64.b64decode(paper["template_file"]["content"]) == content
    assert dry_run(data, publisher).count(SAME) == 1
    paper["template_file"] = {"name": "b.pdf", "content": base64.b64encode(b"%PDF-1.7 khac").decode()}
    data["procedures"][0]["version"]["papers"][0]["copies"] = 5
    outcome = bring_in(data, publisher).outcomes[0]
    made = outcome.draft.papers.get(key="uy-quyen").template_file
    with made.open("rb") as stored:
        assert stored.read() == b"%PDF-1.7 khac"
    assert made.name.startswith("templates/") and "uy-quyen" not in made.name
    wipe()
    bring_in(data, publisher)
    assert (
        exported()["procedures"][0]["version"]["papers"][1]["template_file"]["content"]
        == paper["template_file"]["content"]
    )
