"""What publishers write for slips and letters reaches the officers' pages and papers."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from common.database import append_only
from dossiers.models import SlipKind
from dossiers.records import slips
from procedures.models import ProcedureVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts(road):
    with append_only.lifted():
        ProcedureVersion.objects.update(
            receipt_note="Mang bản chính\nkhi nhận kết quả",
            letter_text="Căn cứ Luật Hộ tịch",
            reasons=["Thiếu chữ ký của mẹ"],
            dossier_sets=2,
        )
    road.dossier.refresh_from_db()
    return road


def test_the_receipt_keeps_the_note_as_it_was(texts):
    texts.received()
    slip = texts.dossier.slips.get(kind=SlipKind.RECEIPT)
    with append_only.lifted():
        ProcedureVersion.objects.update(receipt_note="Khác")
    assert (slip.data["note"], slip.data["sets"]) == ("Mang bản chính\nkhi nhận kết quả", 2)
    template, context = slips.page(slip)
    with slips.in_vietnamese():
        html = render_to_string(template, context)
    assert "Mang bản chính<br>khi nhận kết quả" in html
    del slip.data["note"]
    template, context = slips.page(slip)
    assert "khi nhận kết quả<br>" not in render_to_string(template, context)


def test_the_letter_begins_with_the_procedures_text(client, texts):
    texts.processing()
    client.force_login(texts.commune.specialist)
    page = client.get(reverse("desk:act", args=[texts.dossier.code, "propose"])).content.decode()
    assert "Căn cứ Luật Hộ tịch" in page


@pytest.mark.parametrize("segment", ["refuse", "request-supplement"])
def test_reasons_of_the_procedure_come_first(client, texts, segment):
    texts.submitted()
    client.force_login(texts.commune.clerk)
    page = client.get(reverse("desk:act", args=[texts.dossier.code, segment])).content.decode()
    assert '<option value="0">Thiếu chữ ký của mẹ</option>' in page


def test_a_reason_of_the_procedure_is_written_on_the_refusal(client, texts):
    texts.submitted()
    client.force_login(texts.commune.clerk)
    data = {"revision": texts.dossier.revision, "ready": "0", "rule": "Điều 16"}
    assert client.post(reverse("desk:act", args=[texts.dossier.code, "refuse"]), data).status_code == 302
    slip = texts.dossier.slips.get(kind=SlipKind.REFUSAL)
    assert slip.data["reason"].startswith("Thiếu chữ ký của mẹ\n")


def test_the_leader_finds_them_when_sending_back(client, texts):
    texts.proposed()
    client.force_login(texts.commune.leader)
    address = reverse("desk:act", args=[texts.dossier.code, "send-back"])
    assert "Thiếu chữ ký của mẹ" in client.get(address).content.decode()
    assert client.post(address, {"revision": texts.dossier.revision, "ready": "0"}).status_code == 302


def test_where_they_sign_they_are_handed_the_result(client, road):
    with append_only.lifted():
        ProcedureVersion.objects.update(needs_presence=True)
    client.force_login(road.citizen)
    page = client.get(reverse("applicant:delivery", args=[road.dossier.ref])).content.decode()
    assert 'value="desk"' in page and 'value="online"' not in page and 'value="post"' not in page
