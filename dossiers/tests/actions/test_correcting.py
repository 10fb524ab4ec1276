"""Corrections: by the desk after reception, and those that the owner asks for."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from dossiers import actions
from dossiers.models import Applicant, CorrectionRequest, DossierEvent, Slip, Status, TalkEntry, WorklistRow
from dossiers.records.applicants import told_anew
from dossiers.timeline.history import OFFICER, OWNER, PUBLIC, timeline
from eforms import schema as form_schema
from eforms.filling.filled import SentSection
from notifications.models import Notification
from tests import factories
from tests.present import present

from .test_actions import check_sheet, refused
from .test_righting import colleague

pytestmark = pytest.mark.django_db
HOME = {"province": "75", "commune": "26425", "detail": "Ấp 9"}


def correct(**wanted: Any) -> actions.Correct:
    return actions.Correct("Gõ nhầm", **wanted)


def test_a_corrected_applicant_is_kept_old_and_new_with_a_receipt_that_replaces_the_void_one(road):
    road.received()
    due_at, first = road.dossier.due_at, present(Slip.objects.get(kind="receipt"))
    wanted = {"name": "Nguyễn Văn Ân", "id_number": "075199000012", "address": HOME, "sex": "nam"}
    road.do(correct(applicant=wanted), road.commune.clerk)
    applicant = Applicant.objects.get(dossier=road.dossier)
    assert (applicant.name, applicant.search_name, applicant.id_number) == (
        "Nguyễn Văn Ân",
        "nguyen van an",
        "075199000012",
    )
    assert present(WorklistRow.objects.get()).applicant == "Nguyễn Văn Ân"
    assert road.dossier.due_at == due_at
    newer = present(Slip.objects.exclude(pk=first.pk).get(kind="receipt"))
    first.refresh_from_db()
    assert (first.voided_at, newer.voided_at, newer.data["replaces"]) == (road.now, None, first.number)
    assert newer.data["applicant"]["name"] == "Nguyễn Văn Ân"
    event = present(DossierEvent.objects.order_by("-n").first())
    kept = json.dumps(event.data, ensure_ascii=False) + event.public_text
    assert "075199000011" not in kept and "075199000012" not in kept and "Ấp 9" not in kept
    for audience in (OWNER, OFFICER):
        text = timeline(road.dossier, audience)[0].text
        assert "Nguyễn Văn An → Nguyễn Văn Ân" in text and "•••••••••011 → •••••••••012" in text
    assert not timeline(road.dossier, PUBLIC)[0].text
    body = present(Notification.objects.last()).body
    assert "Nguyễn Văn Ân" in body and first.number in body and "075199000012" not in body


def test_only_what_differs_is_a_correction(road):
    road.received()
    same = correct(
        applicant={"name": "Nguyễn Văn An"}, delivery=actions.Return("desk"), papers={"chung-sinh": "promised"}
    )
    assert refused(road, same, road.commune.clerk) == "same"
    assert refused(road, actions.Correct(" ", applicant={"name": "x"}), road.commune.clerk) == "reason"
    assert refused(road, correct(papers={"khac": "received"}), road.commune.clerk) == "papers"
    assert refused(road, correct(papers={"chung-sinh": ""}), road.commune.clerk) == "papers"
    assert refused(road, correct(delivery=actions.Return("post")), road.commune.clerk) == "delivery"
    # Decomposed accents are the form's to compose; the rule compares what it gets.
    assert refused(road, correct(applicant={"name": " "}), road.commune.clerk) == "reason"


def test_nothing_is_corrected_under_the_eyes_of_who_signs(road):
    road.proposed()
    assert refused(road, correct(applicant={"name": "x"}), road.commune.clerk) == "signing"


def test_papers_and_way_of_return_are_corrected(road):
    road.received()
    address = {"name": "An", "phone": "0912000001", "address": HOME}
    papers = {"chung-sinh": "copy", "uy-quyen": "received"}
    road.do(correct(papers=papers, delivery=actions.Return("post", address, pays_on_delivery=True)), road.commune.clerk)
    now = (
        road.dossier.papers.filter(replaced_at=None).order_by("required__n").values_list("kind", "originals", "copies")
    )
    assert list(now) == [("copy", 0, 1), ("received", 1, 0)]
    assert (road.dossier.delivery, road.dossier.delivery_address, road.dossier.pays_on_delivery) == (
        "post",
        address,
        True,
    )
    receipt = present(Slip.objects.filter(kind="receipt").last())
    assert [(row["originals"], row["copies"]) for row in receipt.data["papers"]] == [(0, 1), (1, 0)]
    assert "Ấp 9" in receipt.data["delivery"]
    road.do(correct(delivery=actions.Return("desk")), road.commune.clerk)
    assert (road.dossier.delivery_address, road.dossier.pays_on_delivery) == (None, False)


def other_procedure(road, **fields: Any) -> actions.OtherProcedure:
    """Return another procedure of the unit that takes a week."""
    version = factories.version(road.commune.unit, code="1.000077", processing_amount=7, name="Khai tử", **fields)
    return actions.OtherProcedure(version, dict(road.dossier.answers), ["requester"])


def test_another_procedure_counts_its_time_from_the_first_reception(road):
    road.received()
    old_due_at, received_at = road.dossier.due_at, road.dossier.received_at
    other = other_procedure(road)
    road.now += timedelta(hours=2)
    road.do(correct(procedure=other), road.commune.clerk)
    dossier = road.dossier
    assert (dossier.version_id, dossier.received_at, dossier.term_from) == (other.version.pk, received_at, received_at)
    assert present(dossier.due_at).date() == present(old_due_at).date() + timedelta(days=6)
    assert present(dossier.papers.get()).required == other.version.papers.first()
    check_sheet(dossier)
    receipt = present(Slip.objects.filter(kind="receipt").last())
    assert receipt.data["procedure"] == "Khai tử" and datetime.fromisoformat(receipt.data["old_due_at"]) == old_due_at
    assert "Đăng ký khai sinh → Khai tử" in timeline(dossier, OWNER)[0].text
    road.do(actions.Forward(road.commune.specialist), road.commune.clerk).do(
        actions.Propose(is_granted=True), road.commune.specialist
    ).do(actions.Approve(), road.commune.leader)


@pytest.mark.parametrize("is_opened", [False, True])
def test_what_was_to_be_corrected_of_the_former_procedure_ends_with_it(road, is_opened):
    road.submitted().do(actions.RequestCorrection(SECTION), road.citizen)
    if is_opened:
        road.do(actions.AcceptCorrection(), road.commune.clerk)
    road.do(actions.Receive(), road.commune.clerk)
    road.do(correct(procedure=other_procedure(road)), road.commune.clerk)
    request = present(CorrectionRequest.objects.get())
    assert (request.is_accepted, request.closed_at) == (is_opened, road.now)
    assert refused(road, actions.SendCorrection(section(copies=5)), road.citizen) == "closed"
    road.do(actions.RequestCorrection(SECTION), road.citizen)


def test_the_procedure_is_fixed_once_somebody_else_has_acted(road):
    road.received()
    other = other_procedure(road)
    assert refused(road, correct(procedure=other), colleague(road)) == "acted"
    road.do(actions.Forward(road.commune.specialist), road.commune.clerk)
    assert refused(road, correct(procedure=other), road.commune.clerk) == "acted"
    # The rest may still be corrected, by any clerk.
    assert road.do(correct(applicant={"phone": "0912000009"}), road.commune.clerk).dossier.status == Status.PROCESSING


def test_a_procedure_that_the_unit_does_not_offer_is_refused(road):
    road.received()
    version = factories.version(None, code="1.000078")
    wanted = correct(procedure=actions.OtherProcedure(version, {}, []))
    assert refused(road, wanted, road.commune.clerk) == "procedure"


# Asked by the owner ---------------------------------------------------------------------------------------------------


def section(**answers: Any) -> SentSection:
    return SentSection("requester", answers, is_done=True)


SECTION = actions.Item(None, "requester", "Người yêu cầu", "Sai số bản sao")


def test_an_accepted_section_is_corrected_and_both_answers_are_kept(road):
    road.processing().do(actions.RequestCorrection(SECTION), road.citizen)
    assert refused(road, actions.RequestCorrection(road.item), road.citizen) == "open"
    assert refused(road, actions.SendCorrection(section(copies=5)), road.citizen) == "closed"
    row = present(WorklistRow.objects.get())
    assert row.has_message and "Sai số bản sao" in present(TalkEntry.objects.get()).text
    assert present(Notification.objects.last()).recipient == road.commune.specialist
    due_at = road.dossier.due_at
    road.do(actions.AcceptCorrection("Sửa trong ngày"), road.commune.specialist)
    assert not present(WorklistRow.objects.get()).has_message
    assert present(Notification.objects.last()).kind == "dossier_correction_answered"
    assert refused(road, actions.SendCorrection(section(copies=2)), road.citizen) == "same"
    assert refused(road, actions.SendCorrection(), road.citizen) == "items"
    other = SentSection("khac", {"copies": 3}, is_done=True)
    assert refused(road, actions.SendCorrection(other), road.citizen) == "items"
    road.do(actions.SendCorrection(section(copies=5)), road.citizen)
    request = present(CorrectionRequest.objects.get())
    assert request.changed == {"before": {"copies": 2}, "after": {"copies": 5}} and request.closed_at == road.now
    assert (road.dossier.answers["copies"], road.dossier.due_at, road.dossier.paused_since) == (5, due_at, None)
    assert "Số bản sao" in timeline(road.dossier, OWNER)[0].text
    # The next one may be asked for.
    road.do(actions.RequestCorrection(SECTION), road.citizen)


def test_who_asks_follows_a_corrected_section_as_after_a_correction_by_the_desk(road):
    road.processing()
    # The desk has corrected what no answer says; a later correction by the owner leaves that alone.
    road.do(correct(applicant={"phone": "0912000009"}), road.commune.clerk)
    first = present(Slip.objects.filter(kind="receipt").last())
    road.do(actions.RequestCorrection(SECTION), road.citizen).do(actions.AcceptCorrection(), road.commune.specialist)
    road.do(actions.SendCorrection(section(**factories.ANSWERS | {"requester_name": "Nguyễn Văn Ân"})), road.citizen)
    applicant = Applicant.objects.get()
    assert (applicant.name, applicant.search_name) == ("Nguyễn Văn Ân", "nguyen van an")
    assert (applicant.phone, applicant.id_number, applicant.email) == ("0912000009", "075199000011", "an@example.com")
    assert present(WorklistRow.objects.get()).applicant == "Nguyễn Văn Ân"
    for audience in (OWNER, OFFICER):
        assert "Nguyễn Văn An → Nguyễn Văn Ân" in timeline(road.dossier, audience)[0].text
    newer = present(Slip.objects.filter(kind="receipt").last())
    first.refresh_from_db()
    assert first.voided_at == road.now and newer.data["replaces"] == first.number
    assert newer.data["applicant"]["name"] == "Nguyễn Văn Ân"
    told = present(Notification.objects.filter(kind="dossier_corrected").last())
    assert first.number in told.body and "Nguyễn Văn Ân" in told.body
    # Another answer of the section changes nothing of it, and voids no receipt.
    road.do(actions.RequestCorrection(SECTION), road.citizen).do(actions.AcceptCorrection(), road.commune.specialist)
    road.do(actions.SendCorrection(section(**road.dossier.answers | {"copies": 5})), road.citizen)
    newer.refresh_from_db()
    assert newer.voided_at is None


def test_messages_keep_going_to_the_account_s_own_address(road):
    """Though the form repeats it: what is typed in its place is an address that nobody confirmed."""
    own = {"key": "email", "type": "email", "label": {"vi": "Email"}, "prefill": "email"}
    title = {"vi": "Đơn"}
    schema = form_schema.load(
        {"schema": 1, "title": title, "sections": [{"key": "a", "title": {"vi": "A"}, "fields": [own]}]}
    )
    applicant = Applicant(kind="citizen", name="An", email="an@example.com")
    answers = {"email": "an@example.com"}, {"email": "khac@example.com"}
    assert told_anew(applicant, schema, *answers, confirmed="an@example.com") == {}
    assert told_anew(applicant, schema, *answers) == {"email": "khac@example.com"}


def test_a_declined_correction_changes_nothing_and_says_why(road):
    road.correcting()
    assert refused(road, actions.DeclineCorrection(" "), road.commune.specialist) == "reason"
    assert refused(road, actions.AcceptCorrection(), road.commune.clerk) == "holder"
    road.do(actions.DeclineCorrection("Đúng rồi"), road.commune.specialist)
    assert refused(road, actions.AcceptCorrection(), road.commune.specialist) == "closed"
    assert "Đúng rồi" in present(Notification.objects.last()).body
    assert "Đúng rồi" in present(TalkEntry.objects.order_by("pk").last()).text
    assert road.do(actions.RequestCorrection(road.item), road.citizen).dossier.status == Status.PROCESSING


def test_a_paper_given_anew_takes_the_place_of_the_old_one(road):
    road.correcting().do(actions.AcceptCorrection(), road.commune.leader)
    assert refused(road, actions.SendCorrection(), road.citizen) == "items"
    old = present(road.dossier.papers.get())
    new = road.dossier.papers.create(required=old.required, name=old.name, kind="promised", uploaded_at=road.now)
    road.do(actions.SendCorrection(), road.citizen)
    assert list(road.dossier.papers.filter(replaced_at=None)) == [new]


def test_what_is_signed_is_not_opened_meanwhile_and_a_decision_ends_what_was_asked(road):
    road.processing().do(actions.Propose(is_granted=True), road.commune.specialist)
    road.do(actions.RequestCorrection(SECTION), road.citizen)
    assert refused(road, actions.AcceptCorrection(), road.commune.leader) == "signing"
    road.do(actions.Approve(), road.commune.leader)
    assert refused(road, actions.DeclineCorrection("Muộn"), road.commune.leader) == "state"


@pytest.mark.parametrize(
    "item",
    [
        actions.Item(None, "khac", "Phần khác", "x"),
        actions.Item(10**6, "", "Giấy khác", "x"),
        actions.Item(None, "", "Giấy lạ", "x"),
    ],
)
def test_what_is_not_there_cannot_be_corrected(road, item):
    road.processing()
    assert refused(road, actions.RequestCorrection(item), road.citizen) == "items"


def test_an_unread_message_stays_unread_when_a_correction_is_answered(road):
    from dossiers.talk import writing

    road.processing()
    writing.write(road.dossier, "Bao giờ xong?", [], by=road.citizen, key="k" * 32, shown=0, now=road.now)
    road.do(actions.RequestCorrection(SECTION), road.citizen)
    road.do(actions.AcceptCorrection(), road.commune.specialist)
    assert present(WorklistRow.objects.get()).has_message
