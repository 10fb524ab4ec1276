"""The desk's screens of the post, and what pages of the dossier show of parcels."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext as _

from common.onetime import new_key
from dossiers.models import Dossier, FeeState
from dossiers.track.views import public_page
from payments.models import HandoverRecord, Parcel, ParcelStatus
from payments.tests.post.conftest import ADDRESS, Sent
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client, sent):
    client.force_login(sent.road.commune.clerk)
    return client


def send(clerk, sent: Sent, **changes):
    boxes = {"unit": sent.parcel.unit.slug, "parcels": [sent.parcel.order_code], "postman": "Lê Văn Tư"}
    return clerk.post(reverse("post:waiting"), {**boxes, "key": new_key(), **changes})


def test_a_clerk_hands_over_and_prints_the_record(clerk, sent) -> None:
    page = clerk.get(reverse("post:waiting")).content.decode()
    assert sent.parcel.item_code in page
    assert sent.road.dossier.code in page
    assert "20.000 đồng" in page
    answer = send(clerk, sent)
    record = HandoverRecord.objects.get()
    assert answer.url == reverse("post:record", args=[record.pk])
    printed = clerk.get(answer.url).content.decode()
    for text in ("1/BBGN", sent.parcel.item_code, sent.road.dossier.code, "Hai mươi nghìn đồng", "Lê Văn Tư"):
        assert text in printed
    assert sent.parcel.item_code not in clerk.get(reverse("post:waiting")).content.decode()
    assert sent.parcel.item_code in clerk.get(reverse("post:parcels")).content.decode()
    assert "1/BBGN" in clerk.get(reverse("post:records")).content.decode()


def test_what_was_ticked_and_typed_is_kept(clerk, sent) -> None:
    answer = send(clerk, sent, parcels=[sent.parcel.order_code, "PKHONGCO22"])
    assert answer.status_code == 409
    page = answer.content.decode()
    assert f'value="{sent.parcel.order_code}" id="parcel-{sent.parcel.order_code}" checked' in page
    assert 'value="Lê Văn Tư"' in page
    assert not HandoverRecord.objects.exists()


@pytest.mark.parametrize("ticked", [[], ["<script>"], ["A" * 5000], ["ẤP"]])
def test_nothing_sensible_ticked_is_said_so(clerk, sent, ticked) -> None:
    assert send(clerk, sent, parcels=ticked).status_code == 422
    assert not HandoverRecord.objects.exists()


def test_a_form_sent_twice_leads_to_the_same_record(clerk, sent) -> None:
    key = new_key()
    first = send(clerk, sent, key=key)
    assert send(clerk, sent, key=key).url == first.url
    assert send(clerk, sent).status_code == 409
    assert HandoverRecord.objects.count() == 1


def test_a_stale_list_says_what_has_left(clerk, sent) -> None:
    send(clerk, sent)
    answer = send(clerk, sent)
    assert sent.road.dossier.code in answer.content.decode()


@pytest.mark.parametrize("typed", ["item", "order", "dossier", "link", "spaced"])
def test_a_scan_finds_a_parcel(clerk, sent, typed) -> None:
    parcel = sent.parcel
    texts = {
        "item": parcel.item_code,
        "order": parcel.order_code.lower(),
        "dossier": parcel.dossier.code,
        "link": f"https://x.example/track/{parcel.dossier.code}/",
        "spaced": " ".join(parcel.item_code),
    }
    answer = clerk.post(reverse("post:find"), {"q": texts[typed]})
    assert answer.url == reverse("post:parcel", args=[parcel.order_code])


def test_a_scan_in_the_list_ticks_what_it_finds(clerk, sent) -> None:
    parcel = sent.parcel
    answer = clerk.post(reverse("post:find"), {"q": parcel.item_code, "ticks": "1", "scanned": "PKHAC22222"})
    assert answer.url == f"{reverse('post:waiting')}?scanned=PKHAC22222.{parcel.order_code}"
    page = clerk.get(answer.url).content.decode()
    assert page.count(f'id="parcel-{parcel.order_code}" checked') == 1
    assert f'name="scanned" value="PKHAC22222.{parcel.order_code}"' in page
    again = clerk.post(reverse("post:find"), {"q": "nothing", "ticks": "1", "scanned": parcel.order_code})
    assert again.url.endswith(f"?scanned={parcel.order_code}")
    hostile = clerk.get(reverse("post:waiting"), {"scanned": "<script>.ẤP." + "A" * 9999})
    assert b"<script>." not in hostile.content


@pytest.mark.parametrize("typed", ["", "EA999999999VN", "x" * 500, "%"])
def test_a_scan_that_finds_nothing_says_so(clerk, typed) -> None:
    assert clerk.post(reverse("post:find"), {"q": typed}).url == reverse("post:waiting")


def test_a_parcel_is_cancelled_once(clerk, sent) -> None:
    url = reverse("post:cancel", args=[sent.parcel.order_code])
    page = clerk.get(reverse("post:parcel", args=[sent.parcel.order_code])).content.decode()
    assert url in page
    for _n in range(2):
        clerk.post(url)
    assert sent.parcel.status == ParcelStatus.CANCELLED
    page = clerk.get(reverse("post:parcel", args=[sent.parcel.order_code])).content.decode()
    assert url not in page
    clerk.post(reverse("post:again", args=[sent.parcel.order_code]))
    clerk.post(reverse("post:again", args=[sent.parcel.dossier.parcels.order_by("pk")[0].order_code]))
    assert Parcel.objects.count() == 2


def test_another_communes_clerk_finds_nothing(client, sent) -> None:
    send_as = factories.commune(slug="xuan-loc", name="Xã Xuân Lộc", identifier="000.00.17.H19")
    client.force_login(send_as.clerk)
    assert sent.parcel.item_code not in client.get(reverse("post:waiting")).content.decode()
    assert client.get(reverse("post:parcel", args=[sent.parcel.order_code])).status_code == 404
    assert client.post(reverse("post:find"), {"q": sent.parcel.item_code}).url == reverse("post:waiting")
    boxes = {"unit": sent.parcel.unit.slug, "parcels": [sent.parcel.order_code], "key": new_key()}
    assert client.post(reverse("post:waiting"), boxes).status_code == 422


@pytest.mark.parametrize("view", ["moving", "held", "arrived", "silent", "all", "nonsense"])
def test_every_tab_opens_with_the_same_queries(clerk, sent, view, django_assert_max_num_queries) -> None:
    send(clerk, sent)
    with django_assert_max_num_queries(14):
        assert clerk.get(f"{reverse('post:parcels')}?view={view}&after=x&before=~").status_code == 200


def test_lists_cost_the_same_whatever_their_length(clerk, sent) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            clerk.get(reverse("post:waiting"))
        return len(asked)

    cost()
    one = cost()
    for n in range(5):
        made = factories.draft(sent.road.citizen, sent.parcel.unit, sent.road.version)
        type(made).objects.filter(pk=made.pk).update(code=f"X-{n}", status=9, received_at=sent.now)
        Parcel.objects.create(
            dossier=made, unit=sent.parcel.unit, carrier="vnpost", way="bring", order_code=f"PNR{n}",
            item_code=f"I{n}", address=ADDRESS, ordered_at=sent.now, moved_at=sent.now,
        )  # fmt: skip
    assert cost() == one


def test_words_in_the_place_of_a_number_look_like_words(clerk, sent) -> None:
    address = reverse("post:parcel", args=[sent.parcel.order_code])
    assert (
        f'<a class="code" href="{address}">{sent.parcel.item_code}'
        in clerk.get(reverse("post:waiting")).content.decode()
    )
    Parcel.objects.update(item_code="")
    for page in (reverse("post:waiting"), f"{reverse('post:parcels')}?view=all"):
        assert f'<a href="{address}">{_("No item number yet")}' in clerk.get(page).content.decode()


def test_what_waits_for_its_fee_cannot_be_ticked(clerk, sent) -> None:
    type(sent.road.dossier).objects.filter(pk=sent.road.dossier.pk).update(fee_state=FeeState.OWED)
    page = clerk.get(reverse("post:waiting")).content.decode()
    assert f'id="parcel-{sent.parcel.order_code}"' not in page


def test_the_label_carries_both_ends(clerk, sent) -> None:
    page = clerk.get(reverse("post:label", args=[sent.parcel.order_code])).content.decode()
    for text in (sent.parcel.item_code, "Nguyễn Văn An", "0912000001", "Ấp 3", sent.parcel.unit.name, "20.000 đồng"):
        assert text in page


class TestPanels:
    def test_the_owner_sees_where_the_result_is(self, client, sent) -> None:
        client.force_login(sent.road.citizen)
        url = reverse("applicant:dossier", args=[sent.road.dossier.ref])
        page = client.get(url).content.decode()
        assert sent.parcel.item_code in page
        sent.after("6", "12", "16", "19")
        page = client.get(url).content.decode()
        held = _("The result is kept for you at the commune. Pay the fee, then collect it there.")
        waiting = _("Wait for the postman; he brings the result to the address you gave.")
        assert page.count(held) == 1 and waiting not in page
        page = client.get(reverse("applicant:result", args=[sent.road.dossier.ref])).content.decode()
        assert held in page and reverse("paying:pay", args=[sent.road.dossier.ref]) in page
        assert held in str(public_page(Dossier.objects.get())["next_step"])

    def test_everybody_reads_of_no_sum_and_no_claim(self, client, sent) -> None:
        sent.after("6", "12")
        mine = reverse("applicant:dossier", args=[sent.road.dossier.ref])
        client.force_login(sent.road.citizen)
        assert "20.000 đồng" in str(client.get(mine).context["next_step"])
        said = str(public_page(Dossier.objects.get())["next_step"])
        assert said == _("Have the fee and the postage ready for the postman.")
        sent.after("16", "19")
        Dossier.objects.update(fee_state=FeeState.CLAIMED)
        said = str(public_page(Dossier.objects.get())["next_step"])
        assert said == _("Nothing to do now. The result follows once the fee is settled.")
        claimed = _(
            "Nothing to do now. The result follows once an officer has decided about the exemption you claimed."
        )
        for name in ("dossier", "result"):
            page = client.get(reverse(f"applicant:{name}", args=[sent.road.dossier.ref]))
            assert str(page.context["next_step"]) == claimed

    def test_what_is_kept_at_the_desk_waits_for_its_owner(self, client, sent) -> None:
        client.force_login(sent.road.citizen)

        def row():
            return client.get(reverse("applicant:dossiers")).context["rows"][0]

        assert (row().group, row().todo_url) == (_("Under way"), "")
        sent.after("6", "12", "16", "19")
        result = reverse("applicant:result", args=[sent.road.dossier.ref])
        assert (row().group, row().todo_url) == (_("Waiting for you"), result)

    def test_papers_that_the_postman_fetches_are_not_to_be_brought(self, client, road, office) -> None:
        road.dossier.delivery_address, road.dossier.papers_by_post = ADDRESS, True
        road.dossier.save()
        road.submitted()
        client.force_login(road.citizen)
        ready = _("Have the papers and the postage ready. The postman calls before coming.")
        for name in ("dossier", "submitted"):
            page = client.get(reverse(f"applicant:{name}", args=[road.dossier.ref])).content.decode()
            assert page.count(ready) == 1 and _("Bring these papers to the commune:") not in page

    def test_the_desk_sees_parcel_and_label(self, clerk, sent) -> None:
        page = clerk.get(reverse("desk:dossier", args=[sent.road.dossier.code])).content.decode()
        assert reverse("post:parcel", args=[sent.parcel.order_code]) in page
        assert reverse("post:label", args=[sent.parcel.order_code]) in page

    def test_a_carrier_that_is_gone_breaks_no_page(self, clerk, client, sent, settings) -> None:
        settings.VNPOST = settings.VNPOST | {"base_url": ""}
        assert clerk.get(reverse("desk:dossier", args=[sent.road.dossier.code])).status_code == 200
        assert clerk.get(reverse("post:waiting")).status_code == 200
        assert clerk.get(reverse("post:parcel", args=[sent.parcel.order_code])).status_code == 200
