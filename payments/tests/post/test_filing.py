"""What a draft says about the post: the fee paid to the postman, papers fetched at home."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from dossiers.models import Delivery, Dossier
from payments.models import Parcel, Way
from payments.post import carrying
from payments.tests.post.conftest import ADDRESS
from tests import factories
from tests.present import present

pytestmark = pytest.mark.django_db
HOME = {
    "name": "Nguyễn Văn An",
    "phone": "0912000001",
    "address_province": "75",
    "address_commune": "26425",
    "address_commune_name": "xuan bac",
    "address_detail": "Ấp 3",
}


@pytest.fixture
def draft(client, road, office):
    """A complete draft with a fee of 20.000 and one promised paper; its owner is signed in."""
    cache.clear()
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    client.force_login(road.citizen)
    return road.dossier


def page(client, draft) -> str:
    return client.get(reverse("applicant:delivery", args=[draft.ref])).content.decode()


def save(client, draft, **boxes):
    return client.post(reverse("applicant:delivery", args=[draft.ref]), boxes)


def kept(draft) -> Dossier:
    return Dossier.objects.get(pk=draft.pk)


def test_the_page_offers_what_the_post_does_and_what_it_costs(client, draft) -> None:
    shown = page(client, draft)
    assert 'name="pays_on_delivery"' in shown
    assert "20.000 đồng" in shown
    assert 'name="papers_by_post"' in shown
    assert "Giấy chứng sinh" in shown
    assert escape(_("by the post's price list")) in shown
    carrying.ask_postage(draft.received_by, "75")
    assert _("about %(amount)s") % {"amount": "23.000 đồng"} in page(client, draft)


def test_without_a_carrier_nothing_of_it_is_offered(client, draft, settings) -> None:
    settings.VNPOST = settings.VNPOST | {"base_url": ""}
    shown = page(client, draft)
    assert "pays_on_delivery" not in shown
    assert "papers_by_post" not in shown
    save(client, draft, delivery="post", pays_on_delivery="on", papers_by_post="on", **HOME)
    found = kept(draft)
    assert (found.delivery, found.pays_on_delivery, found.papers_by_post) == (Delivery.POST, False, False)


def test_a_free_procedure_offers_no_payment(client, road, office) -> None:
    client.force_login(road.citizen)
    assert "pays_on_delivery" not in page(client, road.dossier)


def test_nothing_promised_is_nothing_to_fetch(client, draft) -> None:
    draft.papers.all().delete()
    assert "papers_by_post" not in page(client, draft)


def test_both_are_kept_and_shown_again(client, draft) -> None:
    answer = save(client, draft, delivery="post", pays_on_delivery="on", papers_by_post="on", **HOME)
    assert answer.status_code == 302
    found = kept(draft)
    assert (found.pays_on_delivery, found.papers_by_post) == (True, True)
    assert present(found.delivery_address)["address"]["detail"] == "Ấp 3"
    assert page(client, draft).count(" checked") == 3
    review = client.get(reverse("applicant:review", args=[draft.ref])).content.decode()
    assert _("The fee is paid to the postman.") in review
    assert _("The post fetches your papers.") in review


def test_papers_are_fetched_from_an_address_though_the_result_is_collected(client, draft) -> None:
    assert save(client, draft, delivery="desk", papers_by_post="on").status_code == 200
    assert not kept(draft).papers_by_post
    assert save(client, draft, delivery="desk", papers_by_post="on", pays_on_delivery="on", **HOME).status_code == 302
    found = kept(draft)
    assert (found.delivery, found.papers_by_post, found.pays_on_delivery) == (Delivery.DESK, True, False)
    assert present(found.delivery_address)["name"] == "Nguyễn Văn An"


def test_another_way_forgets_the_postman(client, draft) -> None:
    save(client, draft, delivery="post", pays_on_delivery="on", **HOME)
    save(client, draft, delivery="desk", pays_on_delivery="on")
    found = kept(draft)
    assert (found.pays_on_delivery, found.delivery_address) == (False, None)


def test_what_is_at_fault_is_kept_as_typed(client, draft) -> None:
    answer = save(client, draft, delivery="post", pays_on_delivery="on", **(HOME | {"phone": "12"}))
    assert answer.status_code == 200
    assert page(client, draft).count(" checked") == 2


def test_filing_orders_the_postman_who_fetches(client, draft, road) -> None:
    save(client, draft, delivery="desk", papers_by_post="on", **HOME)
    road.dossier.refresh_from_db()
    road.submitted()
    parcel = Parcel.objects.get()
    assert (parcel.way, parcel.address["name"]) == (Way.FETCH, ADDRESS["name"])
    shown = client.get(reverse("applicant:dossier", args=[draft.ref])).content.decode()
    assert _("Papers fetched by post") in shown
    assert _("Have the papers and the postage ready. The postman calls before coming.") in shown
