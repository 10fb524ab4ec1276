"""Whom the desk has to call: only for what needs the person, the newest of a dossier; by letter without a phone."""

import pytest
import time_machine
from django.urls import reverse

from dossiers import actions
from dossiers.desk.officer import Officer
from dossiers.desk.phone_list import calls_for
from dossiers.models import Applicant, Dossier
from notifications.models import Notification


@pytest.fixture(autouse=True)
def clock(now):
    """Monday morning, an hour after the road's steps began."""
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


def test_call_is_marked_by_an_officer_of_the_unit(client, road, commune, other_commune):
    dossier = road.asked().dossier
    row = Notification.objects.get(subject_ref=dossier.ref, kind="dossier_supplement_asked")
    Notification.objects.filter(pk=row.pk).update(state="failed", last_error="550")
    client.force_login(other_commune.clerk)
    assert client.post(reverse("desk:message_called", args=[row.pk])).status_code == 404
    client.force_login(commune.clerk)
    assert dossier.code in client.get(reverse("desk:messages_failed")).content.decode()
    assert client.get(reverse("desk:message_called", args=[row.pk])).status_code == 405
    client.post(reverse("desk:message_called", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.called_by) == ("called", commune.clerk)
    assert dossier.code not in client.get(reverse("desk:messages_failed")).content.decode()


def called_about(road) -> list[str]:
    """Let every message about the road's dossier reach nobody; return the kinds for which the clerk has to call."""
    Notification.objects.filter(subject_ref=road.dossier.ref).update(state="to_call")
    post = road.commune.clerk.posts.get()
    return list(calls_for(Officer(road.commune.clerk, (post,), road.now)).values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        ("submitted", []),
        ("received", []),
        ("asked", ["dossier_supplement_asked"]),
        ("proposed", []),
        ("decided", ["dossier_decided"]),
        ("withdrawing", []),
    ],
)
def test_call_list_holds_only_what_needs_the_person(road, state, kinds):
    getattr(road, state)()
    assert called_about(road) == kinds


def test_call_ends_with_its_need(road, commune, citizen):
    road.asked()
    assert called_about(road) == ["dossier_supplement_asked"]
    road.answer().do(actions.Supplement(), citizen)
    assert called_about(road) == []
    road.do(actions.Propose(is_granted=True), commune.specialist).do(actions.Approve(), commune.leader)
    assert called_about(road) == ["dossier_decided"]
    Dossier.objects.filter(pk=road.dossier.pk).update(delivery="post")
    assert called_about(road) == []
    Dossier.objects.filter(pk=road.dossier.pk).update(delivery="desk")
    road.do(actions.ReturnResult("Nguyễn Văn An", "1"), commune.clerk)
    assert called_about(road) == []


def test_of_a_dossier_only_the_newest_need_is_called_about(road, commune, citizen):
    road.asked().answer().do(actions.Supplement(), citizen)
    road.do(actions.RequestSupplement((road.item,)), commune.leader)
    assert called_about(road) == ["dossier_supplement_asked"]
    newest = Notification.objects.filter(subject_ref=road.dossier.ref, kind="dossier_supplement_asked").latest("pk")
    Notification.objects.filter(pk=newest.pk).update(state="sent")
    post = commune.clerk.posts.get()
    assert not calls_for(Officer(commune.clerk, (post,), road.now)).exists()


def test_who_asked_to_stop_need_not_be_called(road, commune, citizen):
    road.withdrawing().do(actions.AcceptWithdrawal("Theo đề nghị"), commune.specialist)
    assert called_about(road) == []


def test_who_was_stopped_or_refused_is_called(road, commune):
    road.processing().do(actions.Stop("Không bổ sung"), commune.leader)
    assert called_about(road) == ["dossier_stopped"]


def test_person_without_a_phone_gets_a_notice_on_paper(client, road, commune):
    dossier = road.asked().dossier
    called_about(road)
    row = Notification.objects.get(subject_ref=dossier.ref, kind="dossier_supplement_asked")
    notice = reverse("desk:notice", args=[dossier.code, row.pk])
    client.force_login(commune.clerk)
    for phone, offered in (("0912345678", False), ("", True)):
        Applicant.objects.filter(dossier=dossier).update(phone=phone)
        page = client.get(reverse("desk:messages_failed")).content.decode()
        assert (f'href="{notice}"' in page) is offered
    letter = client.get(notice).content.decode()
    assert "Ảnh mờ, không đọc được" in letter and dossier.applicant.name in letter
    # A letter, not a printed e-mail: its own title, no greeting or foot of a message.
    assert "<h1>Thông báo hồ sơ cần bổ sung</h1>" in letter
    assert not [words for words in ("Xin chào", "--", "không cần trả lời") if words in letter]
    Notification.objects.filter(pk=row.pk).update(state="sent")
    assert client.get(notice).status_code == 404
