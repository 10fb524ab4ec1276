"""Ready-made reasons: the unit's own beside the procedure's and the portal's, kept by leaders and administrators."""

import json
from datetime import date
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from dossiers import actions
from dossiers.models import ReadyReasons, Result, SupplementItem
from offices.models import AuditEntry

from ..filing.steps import hidden

OWN = "Đề nghị mang bản gốc đến bộ phận Một cửa để đối chiếu."


@pytest.fixture(autouse=True)
def clock(now):
    """An hour after the road's steps began."""
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


def keep(client, person, unit, **texts):
    """Save reasons on the screen as a person of the unit."""
    client.force_login(person)
    address = reverse("manage:unit_reasons", args=[unit.slug])
    page = client.get(address)
    return client.post(address, {"revision": hidden(page, "revision")} | texts)


def option(page: str, text: str) -> str:
    """Return the value of the option with a text."""
    before = unescape(page).split(f">{text}</option>")[0]
    return before.rpartition('value="')[2].rstrip('"')


def test_reasons_are_kept_by_action_and_logged(client, commune):
    answer = keep(client, commune.leader, commune.unit, stop=f"  {OWN}\n\n{OWN}\nHết hạn.")
    assert answer.status_code == 302
    assert ReadyReasons.objects.get().texts == [OWN, "Hết hạn."]
    entry = AuditEntry.objects.get(action="unit.reasons")
    assert (entry.by, entry.unit) == (commune.leader, commune.unit)
    client.force_login(commune.administrator)
    page = client.get(reverse("manage:log")).content.decode()
    assert "Đổi câu lý do soạn sẵn" in page
    assert keep(client, commune.leader, commune.unit, stop="a" * 301).status_code == 422
    # Of an older page.
    old = client.post(reverse("manage:unit_reasons", args=[commune.unit.slug]), {"revision": "x", "stop": "Khác"})
    assert old.status_code == 409 and "Khác" in old.content.decode()


def test_who_looks_after_another_unit_goes_back_to_a_page_that_is_theirs(client, commune, other_commune):
    both = other_commune.leader
    both.posts.create(unit=commune.unit, role="administrator", valid_from=date(2025, 7, 1))
    client.force_login(both)
    for unit, back in (
        (commune.unit, reverse("manage:unit", args=[commune.unit.slug])),
        (other_commune.unit, reverse("leader:home")),
    ):
        page = client.get(reverse("manage:unit_reasons", args=[unit.slug]))
        assert f'<a class="back-link" href="{back}">' in page.content.decode()
        assert client.get(back).status_code == 200


def test_a_reason_of_the_unit_goes_out_alone_or_before_ones_own_words(client, road, commune):
    keep(client, commune.leader, commune.unit, stop=OWN)
    dossier = road.processing().dossier
    client.force_login(commune.leader)
    address = reverse("desk:act", args=[dossier.code, "stop"])
    page = client.get(address)
    chosen = {"revision": hidden(page, "revision"), "ready": option(page.content.decode(), OWN), "reason": ""}
    keep(client, commune.leader, commune.unit, stop="Thay đổi sau đó.")
    client.force_login(commune.leader)
    # What a page of before offered is not something else now.
    assert client.post(address, chosen).status_code == 422
    keep(client, commune.leader, commune.unit, stop=OWN)
    assert client.post(address, chosen | {"reason": "Gọi 0251."}).status_code == 302
    assert dossier.events.last().public_text == f"{OWN}\nGọi 0251."


def test_a_denial_is_proposed_with_a_ready_made_reason(client, road, commune):
    keep(client, commune.leader, commune.unit, propose=OWN)
    road.processing()
    client.force_login(commune.specialist)
    address = reverse("desk:act", args=[road.dossier.code, "propose"])
    page = client.get(address)
    ready = option(page.content.decode(), OWN)
    typed = {"revision": hidden(page, "revision"), "is_granted": "0", "source": "letter", "text": "", "reason": ""}
    refused = client.post(address, typed)
    assert refused.status_code == 422 and 'id="id_reason_error"' in refused.content.decode()
    assert client.post(address, typed | {"ready": "x"}).status_code == 422
    assert client.post(address, typed | {"ready": ready, "reason": "Gọi 0251."}).status_code == 302
    result = Result.objects.get()
    assert (result.is_granted, result.reason) == (False, f"{OWN}\nGọi 0251.")


def test_a_grant_is_proposed_without_a_reason(client, road, commune):
    road.processing()
    client.force_login(commune.specialist)
    address = reverse("desk:act", args=[road.dossier.code, "propose"])
    typed = {"revision": hidden(client.get(address), "revision"), "is_granted": "1", "source": "letter", "text": ""}
    assert client.post(address, typed).status_code == 302
    assert Result.objects.get().reason == ""


def test_reasons_of_a_supplement_fit_their_column(client, road, commune):
    kept = "Lời dài " * 30 + "."
    keep(client, commune.leader, commune.unit, ask_supplement=kept)
    dossier = road.processing().dossier
    client.force_login(commune.specialist)
    address, name = reverse("desk:act", args=[dossier.code, "request-supplement"]), f"paper_{road.item.required_id}"
    page = client.get(address)
    ready = option(page.content.decode(), kept)
    typed = {"revision": hidden(page, "revision"), name: "on", f"{name}_ready": ready}
    refused = client.post(address, typed | {f"{name}_reason": "a" * 400})
    assert refused.status_code == 422 and "tối đa 500" in refused.content.decode()
    assert client.post(address, typed | {f"{name}_reason": "a" * 100}).status_code == 302
    assert SupplementItem.objects.get().reason == f"{kept} {'a' * 100}"


def test_a_reason_of_something_else_that_is_too_long_is_a_fault_of_its_box(client, road, commune):
    road.received()
    client.force_login(commune.clerk)
    address = reverse("desk:act", args=[road.dossier.code, "request-supplement"])
    typed = {"revision": hidden(client.get(address), "revision"), "other_name": "Giấy khác", "other_reason": "a" * 501}
    answer = client.post(address, typed)
    assert answer.status_code == 422 and 'id="id_other_reason_error"' in answer.content.decode()


def test_another_unit_s_reasons_are_not_offered(client, road, commune, other_commune):
    ReadyReasons.objects.create(unit=other_commune.unit, action=actions.Stop.action, texts=["Của xã khác"])
    dossier = road.processing().dossier
    client.force_login(commune.leader)
    page = client.get(reverse("desk:act", args=[dossier.code, "stop"])).content.decode()
    assert "Của xã khác" not in page


def test_on_an_english_page_the_box_is_filled_in_vietnamese(client, road, commune):
    """What goes on slips is official, whatever language the officer reads."""
    dossier = road.submitted().dossier
    commune.clerk.language = "en"
    commune.clerk.save(update_fields=["language"])
    client.force_login(commune.clerk)
    client.cookies["django_language"] = "en"
    page = unescape(client.get(reverse("desk:act", args=[dossier.code, "refuse"])).content.decode())
    texts = json.loads(page.split('data-texts="')[1].split('}"')[0] + "}")
    assert "The conditions set by the regulation are not met." in page
    assert any("điều kiện" in text for text in texts.values())
