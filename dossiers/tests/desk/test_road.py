"""The desk's actions through the pages: success, wrong role, wrong state, a stale page."""

import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext

from common.clock import LOCAL
from dossiers import actions
from dossiers.models import Dossier, Status, WorklistRow
from dossiers.timeline.history import explain_refusal
from dossiers.workflow import Overtaken, perform
from tests import factories

from ..steps import LETTER, REASON, RETURN, SIGN, STEPS, address, send


@pytest.fixture(autouse=True)
def clock(now):
    """Monday morning, a few minutes after the road's own steps."""
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_action_page_shows_its_form_and_performs(client, road, commune, step):
    data, dossier, officer = step.start(road), road.dossier, getattr(commune, step.roles[0])
    client.force_login(officer)
    assert client.get(address(dossier, step.segment)).status_code == 200
    answer = send(client, officer, step.segment, dossier, data)
    assert answer.status_code == 302, answer.context["form"].errors
    before = dossier.revision
    dossier.refresh_from_db()
    assert dossier.status == step.reached
    assert dossier.revision == before + 1
    banner = client.get(answer.url).content.decode()
    assert dossier.code in banner


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_stale_action_is_refused_and_keeps_the_text(client, road, commune, step):
    data, dossier = step.start(road), road.dossier
    answer = send(client, getattr(commune, step.roles[0]), step.segment, dossier, data, revision=dossier.revision - 1)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert escape(explain_refusal(Overtaken("stale", dossier, timezone.now()))) in page
    for typed in ("reason", "rule", "text", "note", "receiver_name"):
        if typed in data:
            assert data[typed] in page
    fresh = Dossier.objects.get(pk=dossier.pk)
    assert fresh.revision == dossier.revision
    assert f'name="revision" value="{fresh.revision}"' in page


@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("other", ["cashier", "publisher", "administrator"])
def test_action_is_closed_to_other_posts(client, road, commune, step, other):
    data, dossier = step.start(road), road.dossier
    assert send(client, getattr(commune, other), step.segment, dossier, data).status_code == 403
    assert Dossier.objects.get(pk=dossier.pk).revision == dossier.revision


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_action_is_hidden_from_another_commune(client, road, commune, other_commune, step):
    data, dossier = step.start(road), road.dossier
    assert send(client, getattr(other_commune, step.roles[0]), step.segment, dossier, data).status_code == 404


@pytest.mark.parametrize("segment", ["receive", "refuse", "return-result"])
def test_action_in_a_wrong_state_leads_back_with_a_sentence(client, road, commune, segment):
    dossier = road.processing().dossier
    client.force_login(commune.clerk)
    answer = client.get(address(dossier, segment))
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert "banner-warn" in page


def test_action_that_is_not_ones_own_leads_back_with_the_real_reason(client, road, commune):
    dossier = road.proposed().dossier
    client.force_login(commune.specialist)
    page = client.get(client.get(address(dossier, "propose")).url)
    assert [str(message) for message in page.context["messages"]] == [gettext("You do not hold this dossier now.")]


def test_stale_action_that_closed_for_another_reason_says_so(client, road, commune):
    dossier = road.proposed().dossier
    answer = send(client, commune.specialist, "propose", dossier, LETTER, revision=0)
    assert answer.status_code == 409
    assert gettext("You do not hold this dossier now.") in answer.content.decode()


def test_posted_action_in_a_wrong_state_is_refused_and_offers_no_button(client, road, commune):
    dossier = road.processing().dossier
    answer = send(client, commune.clerk, "refuse", dossier, REASON | {"rule": "Điều 16"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert REASON["reason"] in page
    assert 'class="btn btn-danger"' not in page


def test_refusal_needs_a_reason_and_a_rule(client, road, commune):
    dossier = road.submitted().dossier
    answer = send(client, commune.clerk, "refuse", dossier, {"rule": ""})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"reason", "rule"}


def test_ready_made_reason_stands_before_the_own_words(client, road, commune):
    dossier = road.submitted().dossier
    send(client, commune.clerk, "refuse", dossier, REASON | {"ready": "1", "rule": "Điều 16"})
    text = dossier.events.get(action="refuse").public_text
    assert text.index(REASON["reason"]) > 0
    assert "Điều 16" in text


def test_supplement_takes_ticked_papers_and_sections_with_reasons(client, road, commune):
    dossier = road.submitted().dossier
    paper = road.version.papers.first()
    data = {
        f"paper_{paper.pk}": "on",
        f"paper_{paper.pk}_reason": "Ảnh mờ góc phải",
        f"paper_{paper.pk}_ready": "1",
        "section_requester": "on",
        "section_requester_reason": "Sai họ tên",
        "other_name": "Giấy xác nhận",
        "other_reason": "Cần đối chiếu",
    }
    assert send(client, commune.clerk, "request-supplement", dossier, data).status_code == 302
    items = {item.name: item for item in dossier.supplement_requests.get().items.all()}
    assert items["Giấy chứng sinh"].required == paper
    assert items["Giấy chứng sinh"].reason.endswith("Ảnh mờ góc phải")
    assert items["Người yêu cầu"].section == "requester"
    assert items["Giấy xác nhận"].reason == "Cần đối chiếu"


@pytest.mark.parametrize(
    "data",
    [{}, {"section_requester": "on"}, {"section_requester_reason": "Sai"}, {"other_name": "Giấy khác"}],
    ids=["nothing", "no reason", "no tick", "other without reason"],
)
def test_supplement_without_a_tick_or_a_reason_is_refused(client, road, commune, data):
    dossier = road.submitted().dossier
    answer = send(client, commune.clerk, "request-supplement", dossier, data)
    assert answer.status_code == 422
    # The summary leads to the box.
    assert answer.context["form"].errors and not answer.context["form"].non_field_errors()
    for typed in data.values():
        if typed != "on":
            assert typed in answer.content.decode()


def test_specialist_takes_what_is_offered_to_the_role(client, road, commune):
    dossier = road.received().do(actions.Forward(None), commune.clerk).dossier
    client.force_login(commune.specialist)
    page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert reverse("desk:take", args=[dossier.code]) in page
    assert send(client, commune.specialist, "take", dossier).status_code == 302
    dossier.refresh_from_db()
    assert dossier.holder == commune.specialist
    assert dossier.assignments.get(until=None).person == commune.specialist


def test_stale_claim_changes_nothing(client, road, commune):
    dossier = road.received().do(actions.Forward(None), commune.clerk).dossier
    send(client, commune.specialist, "take", dossier, revision=0)
    assert Dossier.objects.get(pk=dossier.pk).holder is None


def test_withdrawal_is_declined_or_granted(client, road, commune, citizen):
    dossier = road.processing().do(actions.RequestWithdrawal("Tôi đổi ý"), citizen).dossier
    assert send(client, commune.specialist, "decline-withdrawal", dossier, REASON).status_code == 302
    dossier.refresh_from_db()
    assert dossier.status == Status.PROCESSING
    perform(actions.RequestWithdrawal("Lại xin rút"), dossier, by=citizen, now=road.now)
    assert send(client, commune.specialist, "accept-withdrawal", dossier).status_code == 302
    dossier.refresh_from_db()
    assert dossier.status == Status.STOPPED


def test_wrong_password_signs_nothing_and_is_limited(client, road, commune):
    dossier = road.proposed().dossier
    for _try in range(5):
        answer = send(client, commune.leader, "approve", dossier, {"password": "sai-mat-khau"})
        assert answer.status_code == 422
    answer = send(client, commune.leader, "approve", dossier, SIGN)
    assert answer.status_code == 422
    assert Dossier.objects.get(pk=dossier.pk).status == Status.PROCESSING
    assert "sai-mat-khau" not in answer.content.decode()


def test_denial_needs_a_reason_and_an_upload_must_be_a_pdf(client, road, commune):
    dossier = road.processing().dossier
    answer = send(client, commune.specialist, "propose", dossier, LETTER | {"is_granted": "0"})
    assert "reason" in answer.context["form"].errors
    answer = send(client, commune.specialist, "propose", dossier, LETTER | {"source": "upload"})
    assert "upload" in answer.context["form"].errors
    assert answer.status_code == 422


def test_new_date_must_be_later(client, road, commune):
    dossier = road.processing().dossier
    for day in ("01/01/2026", "hôm nay", "31/12/9999", dossier.due_at.astimezone(LOCAL).strftime("%d/%m/%Y")):
        answer = send(client, commune.leader, "extend", dossier, REASON | {"day": day})
        assert answer.status_code == 422, day
        assert "day" in answer.context["form"].errors


def test_everything_brought_must_be_ticked(client, road, commune):
    dossier = road.asked().dossier
    answer = send(client, commune.clerk, "supplement", dossier)
    assert answer.status_code == 422
    assert "items" in answer.context["form"].errors


def test_what_came_online_need_not_be_brought(client, road, commune):
    other = actions.Item(None, "", "Ảnh", "Thiếu ảnh")
    road.processing().do(actions.RequestSupplement((road.item, other)), commune.specialist)
    first, second = road.dossier.supplement_requests.get().items.all()
    earlier = road.dossier.papers.get()
    given = road.dossier.papers.create(required=first.required, name=first.name, kind="file", uploaded_at=road.now)
    client.force_login(commune.clerk)
    page = client.get(address(road.dossier, "supplement"))
    assert [value for value, _label in page.context["form"].fields["items"].choices] == [str(second.pk)]
    answer = send(client, commune.clerk, "supplement", road.dossier, {"items": [str(second.pk)]})
    assert answer.status_code == 302
    assert set(road.dossier.papers.filter(replaced_at=None).values_list("name", "kind")) == {
        (given.name, "file"),
        ("Ảnh", "received"),
    }
    earlier.refresh_from_db()
    assert earlier.replaced_at is not None


def test_own_dossier_is_handled_by_a_colleague(client, road, commune, citizen):
    factories.Post.objects.create(user=citizen, unit=commune.unit, role="clerk", valid_from=road.now.date())
    dossier = road.submitted().dossier
    client.force_login(citizen)
    page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert reverse("desk:act", args=[dossier.code, "receive"]) not in page
    assert send(client, citizen, "receive", dossier).status_code == 403


@pytest.mark.parametrize("text", ["%00", "x%00y", "%ED%A0%80"], ids=["nul", "inner nul", "surrogate"])
def test_unreadable_text_is_refused(client, road, commune, text):
    dossier = road.submitted().dossier
    client.force_login(commune.clerk)
    answer = client.post(
        reverse("desk:act", args=[dossier.code, "refuse"]),
        f"revision={dossier.revision}&rule=16&reason={text}",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code in (400, 422)
    assert Dossier.objects.get(pk=dossier.pk).status == Status.SUBMITTED


def test_next_dossier_of_the_list_opens_after_an_action(client, road, commune, citizen):
    first = road.submitted().dossier
    second = factories.draft(citizen, commune.unit, road.version)
    road.dossier = second
    road.do(actions.Submit(), citizen)
    answer = send(client, commune.clerk, "receive", first, query="?view=waiting")
    assert answer.url == reverse("desk:dossier", args=[second.code]) + "?view=waiting"
    answer = send(client, commune.clerk, "receive", second, query="?view=waiting")
    assert answer.url == reverse("desk:list") + "?view=waiting"


def test_slip_just_made_is_what_the_key_prints(client, road, commune, citizen):
    """The next dossier opens with a slip of its own; the key belongs to the banner until another page is shown."""
    first = road.submitted().dossier
    road.dossier = second = factories.draft(citizen, commune.unit, road.version)
    road.do(actions.Submit(), citizen)
    answer = send(client, commune.clerk, "receive", first, query="?view=waiting")
    keys = re.compile(r'href="([^"]+)"[^>]* accesskey="I"')
    assert keys.findall(client.get(answer.url).content.decode()) == [
        reverse("desk:print", args=["receipt", first.code])
    ]
    assert keys.findall(client.get(answer.url).content.decode()) == [
        reverse("desk:print", args=["filing", second.code])
    ]


def test_after_handing_over_stands_the_box_for_the_next_receipt(client, road, commune, citizen):
    first = road.decided().dossier
    road.dossier = factories.draft(citizen, commune.unit, road.version)
    road.do(actions.Submit(), citizen).do(actions.Receive(), commune.clerk)
    road.do(actions.Forward(commune.specialist), commune.clerk)
    road.do(actions.Propose(is_granted=True), commune.specialist).do(actions.Approve(), commune.leader)
    answer = send(client, commune.clerk, "return-result", first, RETURN, query="?view=results")
    assert answer.url == reverse("desk:home")
    page = client.get(answer.url).content.decode()
    assert first.code in page and re.search(r'<input id="start-search"[^>]* autofocus', page)


def test_signing_leads_to_the_next_proposal_and_then_back_to_the_leaders_page(client, road, commune, citizen):
    first = road.proposed().dossier
    road.dossier = second = factories.draft(citizen, commune.unit, road.version)
    road.do(actions.Submit(), citizen).do(actions.Receive(), commune.clerk)
    road.do(actions.Forward(commune.specialist), commune.clerk)
    road.do(actions.Propose(is_granted=True), commune.specialist)
    client.force_login(commune.leader)
    WorklistRow.objects.update(procedure="Thủ tục đăng ký khai sinh")
    page = client.get(reverse("leader:home")).content.decode()
    assert "– Đăng ký khai sinh</h2>" in page and "Thủ tục đăng ký" not in page
    for dossier in (first, second):
        for place in ("", "approve/", "send-back/"):
            assert f'href="{reverse("desk:dossier", args=[dossier.code])}{place}?view=signing"' in page
    answer = send(client, commune.leader, "approve", first, SIGN, query="?view=signing")
    assert answer.url == reverse("desk:dossier", args=[second.code]) + "?view=signing"
    assert f'<a href="{reverse("leader:home")}">' in client.get(answer.url).content.decode()
    answer = send(client, commune.leader, "send-back", second, REASON, query="?view=signing")
    assert answer.url == reverse("leader:home")
