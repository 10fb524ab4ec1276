"""What the desk sees of what is put right: the form of a correction, void slips, originals owed, a wish to correct."""

import re

import pytest
import time_machine
from django.urls import reverse

from dossiers import actions
from dossiers.models import Applicant, Slip, Status
from tests import factories
from tests.present import present

from ..steps import address, send


@pytest.fixture(autouse=True)
def clock(now):
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


def boxes_of(page, **typed) -> dict:
    """Return what a browser would send of a form that was changed in some boxes."""
    form = page.context["form"]
    data: dict = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if hasattr(value, "get"):
            commune = present(re.search(rf'name="{name}_commune_name"[^>]*value="([^"]*)"', page.content.decode()))[1]
            data |= {f"{name}_province": value.get("province", ""), f"{name}_commune": value.get("commune", "")}
            data |= {f"{name}_commune_name": commune, f"{name}_detail": value.get("detail", "")}
        elif value:
            data[name] = value
    year, month, day = (present(form.initial.get("birth") or "--")).split("-")
    data |= {"birth_year": year, "birth_month": month, "birth_day": day}
    return data | typed


def test_a_form_sent_as_it_stands_corrects_nothing_and_hides_the_number(client, road, commune):
    road.received()
    client.force_login(commune.clerk)
    page = client.get(address(road.dossier, "correct"))
    text = page.content.decode()
    assert "075199000011" not in text and "•••••••••011" in text
    answer = client.post(address(road.dossier, "correct"), boxes_of(page, reason="Gõ nhầm"))
    assert answer.status_code == 422 and not answer.context["form"].errors.keys() - {"__all__"}
    answer = client.post(address(road.dossier, "correct"), boxes_of(page, reason="Gõ nhầm", name="Nguyễn Văn Ân"))
    assert answer.status_code == 302
    applicant = Applicant.objects.get()
    assert (applicant.name, applicant.id_number, applicant.birth) == ("Nguyễn Văn Ân", "075199000011", "1999-05-27")
    road.dossier.refresh_from_db()
    assert road.dossier.status == Status.RECEIVED


def test_who_changes_to_the_post_finds_the_applicants_address_in_the_boxes(client, road, commune):
    road.received()
    client.force_login(commune.clerk)
    page = client.get(address(road.dossier, "correct"))
    answer = client.post(address(road.dossier, "correct"), boxes_of(page, reason="Xin gửi về nhà", delivery="post"))
    assert answer.status_code == 302
    road.dossier.refresh_from_db()
    assert road.dossier.delivery_address == {
        "name": "Nguyễn Văn An",
        "phone": "0912000001",
        "address": Applicant.objects.get().address,
    }


def test_another_procedure_is_chosen_by_name_while_nobody_has_acted(client, road, commune):
    other = factories.version(commune.unit, code="1.000077", name="Thủ tục khai tử")
    road.received()
    client.force_login(commune.clerk)
    page = client.get(address(road.dossier, "correct"))
    assert ">Khai tử (1.000077)</option>" in page.content.decode()
    data = boxes_of(page, reason="Nhầm thủ tục", procedure="1.000077")
    assert client.post(address(road.dossier, "correct"), data).status_code == 302
    road.dossier.refresh_from_db()
    assert road.dossier.version_id == other.pk and road.dossier.answers == factories.ANSWERS
    road.do(actions.Forward(commune.specialist), commune.clerk)
    assert 'name="procedure"' not in client.get(address(road.dossier, "correct")).content.decode()


def test_a_void_slip_prints_crossed_out_and_its_pdf_is_not_handed_out(client, road, commune):
    road.received()
    void = present(Slip.objects.get(kind="receipt"))
    Slip.objects.filter(pk=void.pk).update(file="slips/x.pdf")
    send(client, commune.clerk, "correct", road.dossier, {"reason": "x", "name": "An", "delivery": "desk"})
    page = client.get(reverse("desk:dossier", args=[road.dossier.code])).content.decode()
    crossed = f"{reverse('desk:print', args=['receipt', road.dossier.code])}?slip={void.pk}"
    assert f'href="{crossed}"' in page and reverse("desk:slip_pdf", args=[road.dossier.code, void.pk]) not in page
    assert "ĐÃ HỦY" in client.get(crossed).content.decode()
    assert client.get(reverse("desk:slip_pdf", args=[road.dossier.code, void.pk])).url == crossed
    newest = client.get(reverse("desk:print", args=["receipt", road.dossier.code])).content.decode()
    assert f"Thay giấy tiếp nhận số {void.number}" in newest and "ĐÃ HỦY" not in newest
    assert client.get(crossed.replace(str(void.pk), "x")).status_code == 404
    client.force_login(road.citizen)
    mine = reverse("applicant:slip", args=[road.dossier.ref, void.pk])
    assert "ĐÃ HỦY" in client.get(f"{mine}?pdf=1").content.decode()


@pytest.mark.parametrize(
    ("state", "segment", "who"), [("proposed", "approve", "leader"), ("decided", "return-result", "clerk")]
)
def test_an_owed_original_is_listed_and_warned_of(client, road, commune, state, segment, who):
    getattr(road, state)()
    client.force_login(getattr(commune, who))
    page = client.get(f"{reverse('desk:list')}?view=owed")
    assert [row.code for row in page.context["page"].rows] == [road.dossier.code]
    assert "Giấy chứng sinh" in client.get(address(road.dossier, segment)).context["form"].warning
    ref = present(road.dossier.papers.get()).ref
    if state == "decided":
        send(client, commune.clerk, "note-originals", road.dossier, {"refs": ref})
        client.force_login(getattr(commune, who))
        assert not client.get(f"{reverse('desk:list')}?view=owed").context["page"].rows
        assert not client.get(address(road.dossier, segment)).context["form"].warning


def test_a_wished_correction_stands_on_top_and_is_compared_once_it_came(client, road, commune):
    item = actions.Item(None, "requester", "Người yêu cầu", "Tôi ghi nhầm số bản")
    road.processing().do(actions.RequestCorrection(item), road.citizen)
    client.force_login(commune.specialist)
    here = reverse("desk:dossier", args=[road.dossier.code])
    page = client.get(here).content.decode()
    assert "Tôi ghi nhầm số bản" in page and address(road.dossier, "accept-correction") in page
    send(client, commune.specialist, "accept-correction", road.dossier, {"note": ""})
    client.force_login(road.citizen)
    answers = reverse("applicant:correction_answers", args=[road.dossier.ref])
    assert client.post(answers, factories.boxes(**factories.ANSWERS | {"copies": 7})).status_code == 302
    client.force_login(commune.specialist)
    page = client.get(here).content.decode()
    assert "<del>2</del> → <ins>7</ins>" in page and address(road.dossier, "accept-correction") not in page
