"""What a draft costs and claims not to owe, and the same sum wherever it is shown."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _

from common.values.money import format_vnd
from dossiers import actions
from dossiers.models import Dossier, FeeState
from dossiers.records import slips
from payments.charges import charging, claiming
from payments.models import Charge, ExemptionClaim
from tests import factories
from tests.journeys.steps import photo
from tests.pages import checks
from tests.present import present

pytestmark = pytest.mark.django_db
POOR = {"who": "Người thuộc hộ nghèo", "proof": "Giấy chứng nhận hộ nghèo"}


@pytest.fixture
def claimable(client, road):
    """A draft whose one fee of 20.000 đồng has an exemption; its owner is signed in."""
    factories.fee(road.version, key="le-phi", amount_vnd=20_000, exemptions=[POOR, {"n": 2, "who": "Trẻ em"}])
    client.force_login(road.citizen)
    return road.dossier


def fee_url(dossier: Dossier) -> str:
    return reverse("paying:fee", args=[dossier.ref])


def send(client, dossier: Dossier, **data):
    page = client.get(fee_url(dossier))
    return client.post(fee_url(dossier), {"revision": page.context["form"]["revision"].value()} | data)


def exemption(dossier: Dossier):
    return present(present(dossier.version.fees.first()).exemptions.first())


def test_every_exemption_is_shown_before_anybody_pays(client, claimable) -> None:
    html = client.get(fee_url(claimable)).content.decode()
    assert checks.faults(html) == []
    for words in ("Người thuộc hộ nghèo", "Giấy chứng nhận hộ nghèo", "Trẻ em", "20.000 đồng"):
        assert words in html
    assert fee_url(claimable) in client.get(reverse("applicant:dossier", args=[claimable.ref])).content.decode()


def test_without_exemptions_there_is_no_such_part(client, road) -> None:
    factories.fee(road.version)
    client.force_login(road.citizen)
    assert client.get(fee_url(road.dossier)).url == reverse("applicant:review", args=[road.dossier.ref])
    assert (
        fee_url(road.dossier) not in client.get(reverse("applicant:dossier", args=[road.dossier.ref])).content.decode()
    )


def test_a_claim_is_kept_shown_and_taken_back(client, claimable) -> None:
    chosen = exemption(claimable).pk
    assert send(client, claimable, exemptions=[chosen]).url == reverse("applicant:review", args=[claimable.ref])
    html = client.get(reverse("applicant:review", args=[claimable.ref])).content.decode()
    assert checks.faults(html) == []
    assert "Người thuộc hộ nghèo" in html
    assert "20.000 đồng" in html
    send(client, claimable)
    assert not ExemptionClaim.objects.exists()


def test_an_older_page_is_refused_and_keeps_what_was_ticked(client, claimable) -> None:
    page = client.get(fee_url(claimable))
    claiming.claim(claimable, [exemption(claimable).pk], factories.NOW)
    old = {"revision": page.context["form"]["revision"].value(), "exemptions": []}
    answer = client.post(fee_url(claimable), old)
    assert answer.status_code == 409
    assert ExemptionClaim.objects.count() == 1


def test_a_proof_is_stored_with_the_dossier_and_stays(client, claimable) -> None:
    made = photo("ho-ngheo")
    send(
        client,
        claimable,
        exemptions=[exemption(claimable).pk],
        proof=SimpleUploadedFile(made["name"], made["buffer"], made["mimeType"]),
    )
    paper = claimable.papers.get(required=None)
    html = client.get(fee_url(claimable)).content.decode()
    assert checks.faults(html) == []
    assert paper.original_name in html
    from dossiers.workflow import perform

    perform(actions.Submit(), Dossier.objects.get(pk=claimable.pk), by=claimable.owner, now=factories.NOW)
    assert claimable.papers.filter(pk=paper.pk).exists()


def test_what_is_no_paper_is_refused_at_its_box(client, claimable) -> None:
    answer = send(
        client,
        claimable,
        exemptions=[exemption(claimable).pk],
        proof=SimpleUploadedFile("x.pdf", b"MZ no paper", "application/pdf"),
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert checks.faults(html) == []
    assert "#id_proof" in html
    assert not claimable.papers.filter(required=None).exists()


def test_a_proof_can_be_removed(client, claimable) -> None:
    made = photo("x")
    send(client, claimable, more="1", proof=SimpleUploadedFile(made["name"], made["buffer"], made["mimeType"]))
    paper = claimable.papers.get(required=None)
    for _n in range(2):
        answer = client.post(reverse("paying:proof_remove", args=[claimable.ref, paper.ref]))
        assert answer.url == fee_url(claimable)
    assert not claimable.papers.filter(required=None).exists()


@pytest.mark.parametrize("chosen", ["999999", "x", "-1", "1 OR 1", ""])
def test_what_is_no_exemption_of_the_procedure_is_refused(client, claimable, chosen) -> None:
    assert send(client, claimable, exemptions=[chosen]).status_code == 422
    assert not ExemptionClaim.objects.exists()


def test_a_claim_waits_for_an_officer_then_is_paid(client, claimable, road) -> None:
    claiming.claim(claimable, [exemption(claimable).pk], factories.NOW)
    road.submitted()
    dossier = road.dossier
    page = reverse("applicant:dossier", args=[dossier.ref])
    html = client.get(page).content.decode()
    assert checks.faults(html) == []
    assert dossier.fee_state == FeeState.CLAIMED
    assert reverse("paying:pay", args=[dossier.ref]) not in html
    assert client.get(reverse("paying:pay", args=[dossier.ref])).status_code == 302
    claim = ExemptionClaim.objects.get()
    charging.decide_claim(claim, granted=False, by=road.commune.clerk, reason="Thiếu giấy", now=road.now)
    html = client.get(page).content.decode()
    assert "Thiếu giấy" in html
    assert reverse("paying:pay", args=[dossier.ref]) in html


def test_a_claim_is_confirmed_as_undecided_and_decided_beside_its_proof(client, claimable, road) -> None:
    made = photo("Giấy chứng nhận hộ nghèo")
    proof = SimpleUploadedFile(made["name"], made["buffer"], made["mimeType"])
    send(client, claimable, exemptions=[exemption(claimable).pk], proof=proof)
    claimable.refresh_from_db()
    road.submitted()
    html = client.get(reverse("applicant:submitted", args=[claimable.ref])).content.decode()
    assert _("You have claimed an exemption. Nothing is to be paid until an officer has decided.") in html
    assert _("You pay it at %(unit)s (%(address)s) in office hours.").partition("%")[0] not in html
    assert checks.faults(html) == []
    [paper] = claiming.proofs_of(claimable)
    client.force_login(road.commune.clerk)
    code = Dossier.objects.values_list("code", flat=True).get()
    html = client.get(reverse("money:claim", args=[code, ExemptionClaim.objects.get().pk])).content.decode()
    assert reverse("desk:paper_file", args=[code, paper.ref]) in html
    assert checks.faults(html) == []


def test_a_granted_claim_leaves_nothing_to_pay(client, claimable, road) -> None:
    claiming.claim(claimable, [exemption(claimable).pk], factories.NOW)
    road.submitted()
    claim = ExemptionClaim.objects.get()
    charging.decide_claim(claim, granted=True, by=road.commune.clerk, reason="", now=road.now)
    html = client.get(reverse("applicant:dossier", args=[road.dossier.ref])).content.decode()
    assert checks.faults(html) == []
    assert "Người thuộc hộ nghèo" in html
    assert reverse("paying:pay", args=[road.dossier.ref]) not in html


def test_one_sum_is_shown_everywhere(client, road) -> None:
    factories.fee(road.version, key="ban-sao", kind="phi", unit="copy", name="Bản sao", amount_vnd=8000)
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    client.force_login(road.citizen)
    pages = [client.get(reverse("applicant:review", args=[road.dossier.ref])).content.decode()]
    road.submitted()
    pages += [
        client.get(reverse(name, args=[road.dossier.ref])).content.decode()
        for name in ("applicant:submitted", "applicant:dossier", "paying:pay")
    ]
    pages.append(client.get(reverse("applicant:dossiers")).content.decode())
    pages.append(slips.fee_text(road.dossier))
    total = format_vnd(Charge.objects.get().amount_vnd)
    assert [total in page for page in pages] == [True] * len(pages)
    assert [checks.faults(page) for page in pages[:-1]] == [[]] * (len(pages) - 1)


def test_an_amount_of_the_province_is_said_so_and_not_charged(client, road) -> None:
    factories.fee(road.version, is_guide=True, amount_vnd=15_000)
    client.force_login(road.citizen)
    review = client.get(reverse("applicant:review", args=[road.dossier.ref])).content.decode()
    road.submitted()
    after = client.get(reverse("applicant:dossier", args=[road.dossier.ref])).content.decode()
    for html in (review, after, client.get(reverse("applicant:submitted", args=[road.dossier.ref])).content.decode()):
        assert "15.000" not in html
        assert "theo mức của tỉnh" in html


def test_paper_copies_are_ordered_with_the_result_and_charged(client, road) -> None:
    factories.fee(road.version, key="ban-sao", kind="phi", unit="copy", name="Bản sao", is_optional=True)
    client.force_login(road.citizen)
    html = client.get(fee_url(road.dossier)).content.decode()
    assert checks.faults(html) == []
    assert 'name="exemptions"' not in html
    for wrong in ("-1", "51", "x", "9" * 30):
        assert send(client, road.dossier, copies=wrong).status_code == 422
    send(client, road.dossier, copies="3")
    review = client.get(reverse("applicant:review", args=[road.dossier.ref])).content.decode()
    assert checks.faults(review) == []
    assert "24.000 đồng" in review
    road.submitted()
    assert Charge.objects.get().amount_vnd == 24_000


def test_a_claim_follows_the_draft_to_a_newer_version(claimable, road) -> None:
    claiming.claim(claimable, [exemption(claimable).pk], factories.NOW)
    newer = factories.version(road.commune.unit, code="1.000777")
    line = factories.fee(newer, exemptions=[{"who": "Trẻ em"}, POOR | {"n": 2}])
    claimable.version = newer
    claimable.save(update_fields=["version"])
    claiming.follow_version(claimable, factories.NOW)
    assert [claim.exemption.line for claim in ExemptionClaim.objects.all()] == [line]
    newest = factories.version(road.commune.unit, code="1.000778")
    claimable.version = newest
    claimable.save(update_fields=["version"])
    claiming.follow_version(claimable, factories.NOW)
    assert not ExemptionClaim.objects.exists()


def test_who_ticks_to_be_exempt_where_the_result_s_way_is_chosen_comes_here(client, claimable) -> None:
    delivery = reverse("applicant:delivery", args=[claimable.ref])
    html = client.get(delivery).content.decode()
    assert checks.faults(html) == []
    for words in ("20.000 đồng", "Người thuộc hộ nghèo; Trẻ em"):
        assert words in " ".join(html.split()).replace(" ;", ";")
    assert client.post(delivery, {"delivery": "desk"}).url == reverse("applicant:review", args=[claimable.ref])
    assert client.post(delivery, {"delivery": "desk", "steps": ["0"]}).url == fee_url(claimable)
    # Who has claimed one finds the tick set.
    send(client, claimable, exemptions=[exemption(claimable).pk])
    assert "checked" in client.get(delivery).content.decode().partition('name="steps"')[2].partition("<label")[0]
