"""The record is verified: what is changed behind the portal's back is found, and nothing else."""

import hashlib
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db.models import F

from common.database import append_only
from common.files.uploads import Accepted
from common.models import Alert, AlertKind
from common.secret import newest_history_key
from dossiers import actions, chain, verifying
from dossiers.models import Dossier, DossierEvent, HistorySeal, Paper, PaperKind, Result, Status
from dossiers.tasks import verify_record
from tests import factories
from tests.present import present

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 quyet dinh"
NEXT = "next-history-key-of-a-test"


@pytest.fixture
def decided(road):
    """A dossier with five events and an uploaded result."""
    upload = Accepted("a.pdf", PDF, "application/pdf", len(PDF), hashlib.sha256(PDF).hexdigest(), 1)
    return road.decided(upload=upload)


def codes(now) -> set[str]:
    return {fault.code for fault in verifying.verify(now).faults}


def event(road, action: str):
    return DossierEvent.objects.filter(dossier=road.dossier, action=action)


def make_old(upto: int | None = None) -> None:
    """Rewrite chains as they were before there were keys, up to an event."""
    with append_only.lifted():
        hashes: dict[int, str] = {}
        for one in DossierEvent.objects.order_by("dossier", "n"):
            one.previous_hash = hashes.get(one.dossier_id, "")
            if upto is None or one.n <= upto:
                one.key_id = ""
            one.hash = chain.event_hash(one)
            one.save()
            hashes[one.dossier_id] = one.hash


def seal_all(now) -> int:
    return chain.write_seals(HistorySeal, chain.unsealed(DossierEvent, HistorySeal), now)


@pytest.mark.parametrize("stage", ["submitted", "received", "processing", "proposed", "decided", "asked"])
def test_every_stage_of_the_road_is_whole(road, stage):
    factories.draft(road.citizen, road.commune.unit, road.version)
    getattr(road, stage)()
    report = verifying.verify(road.now)
    assert (report.count, report.dossiers) == (0, 2)
    assert report.events == DossierEvent.objects.count() == road.dossier.revision


def test_an_extended_a_supplemented_and_a_returned_dossier_are_whole(road):
    road.asked(at="received").answer()
    road.do(actions.Supplement(), road.citizen)
    due_at = road.dossier.due_at + timedelta(days=7)
    road.do(actions.Extend(due_at, "Chờ xác minh"), road.commune.leader)
    road.do(actions.Forward(road.commune.specialist), road.commune.leader)
    road.do(actions.Propose(is_granted=True), road.commune.specialist)
    road.do(actions.Approve(), road.commune.leader)
    road.do(actions.ReturnResult("Nguyễn Văn An", "075199000011"), road.commune.clerk)
    assert codes(road.now) == set()


def test_a_withdrawn_dossier_is_whole(road):
    road.submitted().do(actions.RequestWithdrawal("Nhầm"), road.citizen)
    assert road.dossier.status == Status.STOPPED
    assert codes(road.now) == set()


TAMPERINGS = {
    "text": (lambda road: event(road, "forward").update(internal_text="khác"), "hash"),
    "time": (lambda road: event(road, "receive").update(at=F("at") - timedelta(days=3)), "hash"),
    "actor": (lambda road: event(road, "approve").update(actor_name="Người Khác"), "hash"),
    "data": (lambda road: event(road, "approve").update(data={"is_granted": False}), "hash"),
    "first gone": (lambda road: event(road, "submit").delete(), "gap"),
    "one gone": (lambda road: event(road, "forward").delete(), "gap"),
    "last gone": (lambda road: event(road, "approve").delete(), "last"),
    "all gone": (lambda road: DossierEvent.objects.all().delete(), "none"),
    "status": (lambda road: Dossier.objects.update(status=Status.PROCESSING), "last"),
    "revision": (lambda road: Dossier.objects.update(revision=F("revision") + 1), "last"),
    "due": (lambda road: Dossier.objects.update(due_at=F("due_at") + timedelta(days=9)), "due"),
    "result": (lambda road: Result.objects.update(is_granted=False), "result"),
    "letter": (lambda road: Result.objects.update(data={"title": "khác"}), "result"),
    "hash of the file": (lambda road: Result.objects.update(sha256="0" * 64), "result"),
    "unknown key": (lambda road: event(road, "receive").update(key_id="0" * 12), "key"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_is_changed_behind_the_portals_back_is_found(decided, name):
    tamper, expected = TAMPERINGS[name]
    with append_only.lifted():
        tamper(decided)
    assert expected in codes(decided.now)
    alert = Alert.objects.get(kind=AlertKind.RECORD_TAMPERED)
    assert alert.subject == decided.dossier.code
    assert alert.detail


def test_a_chain_rewritten_without_the_key_is_found(decided):
    """Whoever can write to the database but has no key can make every plain hash fit."""
    with append_only.lifted():
        event(decided, "forward").update(internal_text="khác")
    make_old()
    assert codes(decided.now) == {"unsealed"}


def test_a_chain_rewritten_under_another_key_is_found(decided, settings):
    kept = settings.HISTORY_KEYS
    settings.HISTORY_KEYS = ["key-of-somebody-else"]
    foreign = newest_history_key()
    with append_only.lifted():
        DossierEvent.objects.update(key_id=foreign)
    make_old(upto=0)
    assert codes(decided.now) == set()
    settings.HISTORY_KEYS = kept
    assert codes(decided.now) == {"key"}


def test_an_old_chain_is_whole_under_its_seal_and_goes_on_with_keys(road):
    road.processing()
    make_old()
    assert seal_all(road.now) == 1
    assert seal_all(road.now) == 0
    road.do(actions.Propose(is_granted=True), road.commune.specialist)
    assert codes(road.now) == set()
    seal = HistorySeal.objects.get()
    assert (seal.n, seal.key_id) == (3, newest_history_key())


def test_an_old_chain_rewritten_after_its_seal_is_found(road):
    road.processing()
    make_old()
    seal_all(road.now)
    with append_only.lifted():
        event(road, "receive").update(public_text="khác")
    make_old()
    assert codes(road.now) == {"seal"}


def test_a_plain_event_after_the_seal_is_found(road):
    road.processing()
    make_old()
    seal_all(road.now)
    road.do(actions.Forward(None), road.commune.specialist)
    make_old()
    assert codes(road.now) == {"unsealed"}


def test_a_seal_made_by_hand_is_found(road):
    road.processing()
    make_old()
    last = road.dossier.events.last()
    HistorySeal.objects.create(
        dossier=road.dossier, n=last.n, event_hash=last.hash, at=road.now, key_id=newest_history_key(), hash="0" * 64
    )
    assert codes(road.now) == {"seal"}


def test_new_events_take_the_newest_key_and_old_ones_keep_theirs(road, settings):
    road.received()
    settings.HISTORY_KEYS = [NEXT, *settings.HISTORY_KEYS]
    road.do(actions.Forward(road.commune.specialist), road.commune.clerk)
    assert codes(road.now) == set()
    assert len(set(road.dossier.events.values_list("key_id", flat=True))) == 2
    settings.HISTORY_KEYS = [NEXT]
    assert codes(road.now) == {"key"}


def test_seals_rest_like_events(road):
    road.submitted()
    make_old()
    seal_all(road.now)
    with pytest.raises(Exception, match="append-only"):
        HistorySeal.objects.update(n=9)


def paper(road, content: bytes = b"anh") -> Paper:
    made = road.dossier.papers.create(
        name="Giấy chứng sinh",
        kind=PaperKind.FILE,
        media_type="image/png",
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_at=road.now,
    )
    made.file.save("x.png", ContentFile(content))
    return made


def rewrite(name: str, content: bytes) -> None:
    default_storage.delete(name)
    assert default_storage.save(name, ContentFile(content)) == name


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_a_file_that_is_not_what_was_stored_is_told_until_it_is_restored(decided, harm):
    name = present(paper(decided).file.name)
    assert codes(decided.now) == set()
    default_storage.delete(name)
    if harm == "changed":
        rewrite(name, b"khac")
    assert codes(decided.now) == {harm}
    assert Alert.objects.get().subject == name
    rewrite(name, b"anh")
    assert codes(decided.now + timedelta(days=1)) == set()
    assert not Alert.objects.exists()


def test_results_and_templates_are_verified_like_papers(decided):
    required = present(decided.version.papers.first())
    factories.template_file(required, b"%PDF-1.7 mau")
    for file in (required.template_file, Result.objects.get().file):
        with file.open("rb") as stored:
            before = stored.read()
        rewrite(present(file.name), b"khac")
        assert codes(decided.now) == {"changed"}
        rewrite(present(file.name), before)
    assert codes(decided.now) == set()


def test_the_command_says_what_it_verified_and_fails_on_a_fault(decided):
    said = StringIO()
    call_command("verify_history", stdout=said)
    assert "1 dossiers, 5 events" in said.getvalue()
    with append_only.lifted():
        event(decided, "receive").update(public_text="khác")
    with pytest.raises(CommandError, match=decided.dossier.code):
        call_command("verify_history", stdout=said)
    assert verify_record() == 1


def test_the_command_seals_what_the_former_release_wrote_meanwhile(road):
    road.processing()
    make_old()
    with pytest.raises(CommandError):
        call_command("verify_history", stdout=StringIO())
    call_command("verify_history", "--seal", stdout=StringIO())
    assert HistorySeal.objects.count() == 1
    with append_only.lifted():
        event(road, "receive").update(public_text="khác")
    with pytest.raises(CommandError):
        call_command("verify_history", "--seal", stdout=StringIO())
    assert HistorySeal.objects.count() == 1


def test_verifying_costs_the_same_for_many_dossiers(road, django_assert_max_num_queries):
    road.received()
    for index in range(3):
        owner = factories.citizen(email=f"{index}@example.com", personal_number="")
        draft = factories.draft(owner, road.commune.unit, road.version)
        road.dossier, road.citizen = draft, owner
        road.do(actions.Submit(), owner)
    # Chains, seals, counts; a statement for each column of stored files.
    with django_assert_max_num_queries(16):
        assert verifying.verify(road.now).dossiers == 4
