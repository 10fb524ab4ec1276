"""Each step's message: in the step's transaction, code only in the subject, in the person's language."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from common.clock import local_day
from dossiers import actions, hooks
from dossiers.models import Dossier, FeeState
from dossiers.records.fees import set_fee_state
from notifications.models import Notification
from tests import factories
from tests.present import present


def owing(road, state):
    """Say what is owed for the road's dossier, as the package that charges does."""
    set_fee_state(road.dossier, state)
    return road


# Tried where they are caused: actions/test_stopping.py, actions/test_lateness.py.
OF_OFFICERS = ("dossier_sent_back", "dossier_given_back", "dossier_correction_asked", "dossier_stop_declined")
OF_THE_CLOCK = ("dossier_supplement_reminder", "dossier_supplement_lapsed")
STEPS: dict[str, Callable[[Any], Any]] = {
    "dossier_submitted": lambda road: road.submitted(),
    "dossier_received": lambda road: road.received(),
    "dossier_refused": lambda road: road.submitted().do(actions.Refuse("Sai nơi"), road.commune.clerk),
    "dossier_supplement_asked": lambda road: road.asked(),
    "dossier_supplement_received": lambda road: road.asked().answer().do(actions.Supplement(), road.citizen),
    "dossier_extended": lambda road: road.processing().do(
        actions.Extend(road.dossier.due_at + timedelta(days=5), "Chờ"), road.commune.leader
    ),
    "dossier_decided": lambda road: road.decided(),
    "dossier_returned": lambda road: road.decided().do(actions.ReturnResult("Lê B"), road.commune.clerk),
    "dossier_withdrawal_asked": lambda road: road.processing().do(actions.RequestWithdrawal(), road.citizen),
    "dossier_withdrawal_declined": lambda road: (
        road.processing()
        .do(actions.RequestWithdrawal(), road.citizen)
        .do(actions.DeclineWithdrawal("Đã ký"), road.commune.leader)
    ),
    "dossier_payment_required": lambda road: owing(road.processing(), FeeState.OWED).do(
        actions.RequirePayment(local_day(road.now) + timedelta(days=3)), road.commune.specialist
    ),
    "dossier_fee_settled": lambda road: owing(STEPS["dossier_payment_required"](road), FeeState.WAIVED).do(
        actions.FeeSettled(), None
    ),
    "dossier_reception_cancelled": lambda road: road.received().do(
        actions.CancelReception("Tiếp nhận nhầm"), road.commune.clerk
    ),
    "dossier_corrected": lambda road: road.received().do(
        actions.Correct("Gõ nhầm", applicant={"name": "Nguyễn Văn Ân"}), road.commune.clerk
    ),
    "dossier_correction_answered": lambda road: road.correcting().do(actions.AcceptCorrection(), road.commune.leader),
    "dossier_stopped": lambda road: road.submitted().do(actions.RequestWithdrawal(), road.citizen),
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", STEPS)
def test_message_of_a_step(road, kind, language):
    road.citizen.language = language
    road.citizen.save(update_fields=["language"])
    STEPS[kind](road)
    message = present(Notification.objects.order_by("-pk").first())
    dossier = road.dossier
    assert (message.kind, message.language, message.to_address) == (kind, language, "an@example.com")
    assert (message.subject_type, message.subject_ref) == ("dossier", dossier.ref)
    assert dossier.code in message.subject
    assert "An" not in message.subject
    assert f"http://testserver/my/dossiers/{dossier.ref}/" in message.body
    assert "UNDEFINED" not in message.subject + message.body
    assert "075199000011" not in message.subject + message.body
    # One blank line between paragraphs: conditions in the template leave no holes.
    assert "\n\n\n" not in message.body


def test_template_for_every_step_and_no_other():
    from pathlib import Path

    from django.conf import settings

    folder = Path(settings.BASE_DIR) / "templates" / "notifications"
    assert {path.stem for path in folder.glob("dossier_*.txt")} == {*STEPS, *OF_OFFICERS, *OF_THE_CLOCK}


def test_an_officer_is_told_that_a_proposal_came_back_but_not_why(road):
    road.proposed().do(actions.SendBack("Thiếu căn cứ pháp lý"), road.commune.leader)
    message = present(Notification.objects.get(kind="dossier_sent_back"))
    specialist = road.commune.specialist
    assert (message.recipient, message.to_address) == (specialist, specialist.email)
    assert f"http://testserver/desk/dossiers/{road.dossier.code}/" in message.body
    assert road.commune.leader.get_full_name() in message.body
    assert "Thiếu căn cứ" not in message.body and road.dossier.applicant.name not in message.body
    assert "\n\n\n" not in message.body
    # What an officer misses is no call to a citizen.
    assert message.subject_type != "dossier"


def test_packages_above_add_to_a_message_by_audience(road, monkeypatch):
    added = [lambda move, audience: f"Thêm: {move.action}." if audience == "owner" else ""]
    monkeypatch.setattr(hooks, "messages", added)
    road.proposed().do(actions.SendBack("Xem lại"), road.commune.leader)
    bodies = dict(Notification.objects.values_list("kind", "body"))
    assert "\n\nThêm: receive.\n\n--" in bodies["dossier_received"]
    assert "Thêm" not in bodies["dossier_sent_back"]


def test_dates_are_shown_in_vietnam(road):
    road.received()
    with translation.override("en"):
        body = present(Notification.objects.last()).body
    assert "09:02 ngày 23/03/2026" in body
    assert "09:02" in body.partition("26/03/2026")[0].splitlines()[-1]


def test_person_without_address_is_to_be_called(road):
    road.citizen.email = None
    road.citizen.save(update_fields=["email"])
    road.submitted()
    message = Notification.objects.get()
    assert (message.state, message.to_address) == ("to_call", "0912000001")


def test_a_message_greets_by_name_belongs_to_the_account_and_says_where_to_call(road):
    road.submitted()
    message = Notification.objects.get()
    assert message.recipient == road.citizen
    assert "Xin chào Nguyễn Văn An," in message.body
    assert "Điện thoại: 0251 3000 001" in message.body


@pytest.mark.parametrize(
    ("name_en", "named"), [("Birth registration", "Birth registration"), ("", "Đăng ký khai sinh")]
)
def test_the_procedure_is_named_in_the_readers_language_as_far_as_it_is_translated(road, name_en, named):
    version = factories.version(road.commune.unit, code="1.000002", name_en=name_en)
    road.dossier = factories.draft(road.citizen, road.commune.unit, version)
    road.citizen.language = "en"
    road.citizen.save(update_fields=["language"])
    road.submitted()
    assert named in Notification.objects.get().body


def test_a_vietnamese_reader_reads_the_vietnamese_name(road):
    road.submitted()
    body = Notification.objects.get().body
    assert "Đăng ký khai sinh" in body and "Birth registration" not in body


def test_who_has_no_account_is_told_to_come_to_the_desk_in_vietnamese(road):
    road.submitted()
    Dossier.objects.update(owner=None)
    road.dossier = Dossier.objects.get()
    road.do(actions.Refuse("Sai nơi"), road.commune.clerk)
    message = Notification.objects.get(kind="dossier_refused")
    assert (message.recipient, message.language) == (None, "vi")
    with translation.override("vi"):
        at_the_desk = translation.gettext("What you can do: ask the one-stop desk how to correct it.")
    assert at_the_desk in message.body
    assert "/my/dossiers/" not in message.body


def test_an_officer_is_greeted_in_the_language_of_the_officer(road):
    specialist = road.commune.specialist
    specialist.language = "en"
    specialist.save(update_fields=["language"])
    road.proposed().do(actions.SendBack("Xem lại"), road.commune.leader)
    message = Notification.objects.get(kind="dossier_sent_back")
    assert message.language == "en"
    assert f"Hello {specialist.full_name}," in message.body


def test_an_officer_without_an_address_is_no_fault(road):
    specialist = road.commune.specialist
    specialist.email = None
    specialist.save(update_fields=["email"])
    road.proposed().do(actions.SendBack("Xem lại"), road.commune.leader)
    assert Notification.objects.get(kind="dossier_sent_back").state == "to_call"
