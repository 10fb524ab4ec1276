"""Paying as its payer meets it: what is owed, the ways, how a payment stands."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from common.files.stored import store_once
from dossiers import actions
from dossiers.hooks import Audience
from dossiers.models import Dossier, FeeState, Status
from payments.applicant import standing
from payments.collecting import attempts, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt, AttemptStatus, Charge, Receipt
from payments.providers.base import Outcome, ProviderState
from tests import factories
from tests.pages import checks
from tests.present import present

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer(client, citizen):
    client.force_login(citizen)
    return client


def boxes(page) -> dict[str, str]:
    """What a browser sends of a pay page's form besides what is chosen."""
    form = page.context["form"]
    return {"key": form["key"].value(), "revision": form["revision"].value()}


def begin(payer, charge: Charge, way: str = "vnpay", **more: str):
    address = reverse("paying:pay", args=[charge.dossier.ref])
    return payer.post(address, boxes(payer.get(address)) | {"way": way} | more)


def succeed(attempt: Attempt, now) -> None:
    state = ProviderState(attempt.ref, Outcome.SUCCEEDED, attempt.amount_vnd, "1", "00/00", is_asked=True)
    settling.apply(state, now=now)


def test_pay_page_shows_lines_sum_and_ways(payer, owing) -> None:
    html = payer.get(reverse("paying:pay", args=[owing.dossier.ref])).content.decode()
    assert checks.faults(html) == []
    assert "28.000 đồng" in html
    assert 'value="vnpay"' in html
    assert 'value="vietqr"' in html
    assert owing.unit.name in html


def test_paying_leads_to_the_payment_and_only_once(payer, owing) -> None:
    address = reverse("paying:pay", args=[owing.dossier.ref])
    sent = boxes(payer.get(address)) | {"way": "vnpay"}
    first, again = payer.post(address, sent), payer.post(address, sent)
    attempt = Attempt.objects.get()
    page = reverse("paying:attempt", args=[attempt.ref])
    assert (first.url, again.url) == (f"{page}?begun", page)
    # No second one, from this page or another.
    assert payer.get(address).url == page
    assert begin_other(payer, address, sent).url == page
    assert Attempt.objects.count() == 1


def begin_other(payer, address: str, sent: dict[str, str]):
    return payer.post(address, sent | {"key": "A" * 32, "way": "vietqr"})


def test_a_page_made_for_another_sum_is_refused(payer, owing, road) -> None:
    address = reverse("paying:pay", args=[owing.dossier.ref])
    sent = boxes(payer.get(address)) | {"way": "vnpay"}
    Charge.objects.filter(pk=owing.pk).update(amount_vnd=30_000)
    page = payer.post(address, sent)
    assert page.status_code == 409
    assert "30.000 đồng" in page.content.decode()
    assert not Attempt.objects.exists()


def test_a_way_that_is_none_is_refused(payer, owing) -> None:
    page = begin(payer, owing, "counter")
    assert page.status_code == 422
    assert checks.faults(page.content.decode()) == []
    assert begin(payer, owing, "").status_code == 422


def test_another_person_pays(payer, owing, now) -> None:
    refused = begin(payer, owing, payer_name="", payer_address="Hà Nội")
    assert refused.status_code == 422
    assert "Hà Nội" in refused.content.decode()
    begin(payer, owing, payer_name="Trần Thị Bình", payer_address="Ấp 3")
    succeed(Attempt.objects.get(), now)
    receipt = Receipt.objects.get()
    assert (receipt.payer_name, receipt.payer_address) == ("Trần Thị Bình", "Ấp 3")


def test_another_payer_needs_no_address_and_may_pay_the_rest(payer, owing, commune, now) -> None:
    begin(payer, owing, "vietqr")
    attempt = Attempt.objects.get()
    came = ProviderState(attempt.ref, Outcome.REVIEW, attempt.amount_vnd, is_asked=True, short_vnd=18_000)
    settling.apply(came, now=now)
    settling.decide_review(Attempt.objects.get(), is_paid=True, by=commune.leader, reason="Thiếu", now=now)
    begin(payer, owing, payer_name="Trần Thị Bình")
    rest = present(Attempt.objects.order_by("pk").last())
    assert rest.amount_vnd == 10_000
    succeed(rest, now)
    receipts = list(Receipt.objects.order_by("pk").values_list("payer_name", "payer_address", "amount_vnd"))
    assert [row[2] for row in receipts] == [18_000, 10_000]
    assert receipts[0][0] == owing.dossier.applicant.name
    assert receipts[1][:2] == ("Trần Thị Bình", "")


def test_nothing_owed_leads_back(payer, road, now) -> None:
    road.submitted()
    address = reverse("paying:pay", args=[road.dossier.ref])
    assert payer.get(address).url == reverse("applicant:dossier", args=[road.dossier.ref])


def test_a_paid_fee_offers_no_paying(payer, owing, now) -> None:
    begin(payer, owing)
    succeed(Attempt.objects.get(), now)
    assert payer.get(reverse("paying:pay", args=[owing.dossier.ref])).status_code == 302
    html = payer.get(reverse("applicant:dossier", args=[owing.dossier.ref])).content.decode()
    # The message of the filing stays as it was sent.
    assert f'href="{reverse("paying:pay", args=[owing.dossier.ref])}"' not in html
    assert reverse("paying:receipt", args=[owing.dossier.ref, Receipt.objects.get().pk]) in html


def test_a_receipt_is_printed_and_downloaded(payer, owing, now) -> None:
    begin(payer, owing)
    succeed(Attempt.objects.get(), now)
    receipt = Receipt.objects.get()
    address = reverse("paying:receipt", args=[owing.dossier.ref, receipt.pk])
    html = payer.get(address).content.decode()
    assert checks.faults(html, is_print=True) == []
    assert "28.000" in html
    assert "Hai mươi tám nghìn đồng" in html
    assert payer.get(f"{address}?pdf").status_code == 404
    store_once(receipt, "bien-lai.pdf", b"%PDF-1.4\n%%EOF\n")
    answer = payer.get(f"{address}?pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    Receipt.objects.filter(pk=receipt.pk).update(cancelled_at=now, cancelled_because="Sai tên")
    assert "Sai tên" in payer.get(address).content.decode()
    assert checks.faults(payer.get(reverse("applicant:dossier", args=[owing.dossier.ref])).content.decode()) == []


def test_an_attempt_in_each_state_has_a_valid_page(payer, owing, now) -> None:
    begin(payer, owing)
    attempt = Attempt.objects.get()
    page = reverse("paying:attempt", args=[attempt.ref])
    html = payer.get(page).content.decode()
    assert "vnp_SecureHash" in html
    assert reverse("paying:check", args=[attempt.ref]) in html
    assert "vnp_SecureHash" not in payer.get(f"{page}?back").content.decode()
    for status in AttemptStatus.values:
        Attempt.objects.filter(pk=attempt.pk).update(status=status)
        assert checks.faults(payer.get(page).content.decode()) == [], status


def test_what_the_postman_takes_has_a_page_that_leads_nowhere(payer, owing, now) -> None:
    attempt = attempts.begin([owing], "vnpost", Payer(), now, is_polled=True)
    page = payer.get(reverse("paying:attempt", args=[attempt.ref]))
    assert page.status_code == 200 and page.context["go_on"] == "" and page.context["transfer"] is None


def test_who_may_have_paid_already_asks_for_the_outcome_first(payer, owing, time_machine, now) -> None:
    time_machine.move_to(now, tick=False)
    page = begin(payer, owing).url

    def primary(address: str) -> str:
        return str(payer.get(address).context["is_pay_first"]) + str(bool(payer.get(address).context["go_on"]))

    attempt = Attempt.objects.get()
    bare = reverse("paying:attempt", args=[attempt.ref])
    assert page == f"{bare}?begun"
    assert [primary(page), primary(bare), primary(f"{bare}?back")] == ["TrueTrue", "FalseTrue", "FalseFalse"]
    # A page that was left open, and one whose gateway has been asked.
    time_machine.move_to(now + timedelta(minutes=3), tick=False)
    assert primary(page) == "FalseTrue"
    time_machine.move_to(now, tick=False)
    Attempt.objects.update(polled=1)
    assert primary(page) == "FalseTrue"


def test_a_transfer_that_is_too_small_asks_for_no_more_and_is_not_given_up(payer, owing, commune, now) -> None:
    begin(payer, owing, "vietqr")
    attempt = Attempt.objects.get()
    came = ProviderState(attempt.ref, Outcome.REVIEW, attempt.amount_vnd, is_asked=True, short_vnd=18_000)
    settling.apply(came, now=now)
    address = reverse("paying:attempt", args=[attempt.ref])
    page = payer.get(address)
    assert page.context["transfer"] is None
    html = page.content.decode()
    assert "18.000 đồng" in html and "28.000 đồng" in html
    payer.post(reverse("paying:give_up", args=[attempt.ref]))
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.REVIEW
    dossier = Dossier.objects.get(pk=owing.dossier_id)
    assert standing.next_step(dossier, Audience.OWNER) == ""
    dossier.status = Status.DECIDED
    assert "đừng nộp lại" in standing.next_step(dossier, Audience.OWNER)
    settling.decide_review(attempt, is_paid=True, by=commune.leader, reason="Thiếu", now=now)
    assert standing.next_step(dossier, Audience.OWNER) == ""
    page = payer.get(address)
    assert page.context["standing"].may_pay_again
    assert "10.000 đồng" in page.content.decode()
    assert checks.faults(page.content.decode()) == []


def test_an_old_try_offers_no_more_than_is_open(payer, owing, road, now) -> None:
    begin(payer, owing)
    old = Attempt.objects.get()
    settling.apply(ProviderState(old.ref, Outcome.CANCELLED, code="24/02"), now=now)
    address = reverse("paying:attempt", args=[old.ref])
    assert payer.get(address).context["standing"].may_pay_again
    begin(payer, owing)
    newest = present(Attempt.objects.order_by("pk").last())
    html = payer.get(address).content.decode()
    assert reverse("paying:pay", args=[owing.dossier.ref]) not in html
    assert reverse("paying:attempt", args=[newest.ref]) in html
    succeed(newest, now)
    html = payer.get(address).content.decode()
    assert reverse("paying:pay", args=[owing.dossier.ref]) not in html
    assert reverse("paying:attempt", args=[newest.ref]) not in html
    assert checks.faults(html) == []


def test_a_failed_try_can_be_tried_again(payer, owing, now) -> None:
    begin(payer, owing)
    attempt = Attempt.objects.get()
    settling.apply(ProviderState(attempt.ref, Outcome.CANCELLED, code="24/02"), now=now)
    html = payer.get(reverse("paying:attempt", args=[attempt.ref])).content.decode()
    assert reverse("paying:pay", args=[owing.dossier.ref]) in html
    begin(payer, owing)
    assert Attempt.objects.count() == 2


def test_a_transfer_shows_what_to_type_and_can_be_given_up(payer, owing) -> None:
    begin(payer, owing, "vietqr")
    attempt = Attempt.objects.get()
    html = payer.get(reverse("paying:attempt", args=[attempt.ref])).content.decode()
    assert checks.faults(html) == []
    for words in ("0000000000000", "KHÔNG CHUYỂN TIỀN", f"PHI {attempt.ref}", "<svg"):
        assert words in html
    # Shown in groups; what is copied has none.
    assert f"PHI {attempt.ref[:4]} {attempt.ref[4:8]} {attempt.ref[8:12]} {attempt.ref[12:]}" in html
    assert "0000 0000 0000 0" in html
    payer.post(reverse("paying:give_up", args=[attempt.ref]))
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.CANCELLED
    # Twice changes nothing, and a payment at the gateway is not given up here.
    payer.post(reverse("paying:give_up", args=[attempt.ref]))
    begin(payer, owing)
    newest = present(Attempt.objects.order_by("pk").last())
    payer.post(reverse("paying:give_up", args=[newest.ref]))
    newest.refresh_from_db()
    assert newest.is_live


def test_checking_has_the_gateway_asked_with_patience(payer, owing, monkeypatch) -> None:
    woken = []
    monkeypatch.setattr("common.broker.wake", lambda name, *arguments, **_options: woken.append((name, *arguments)))
    begin(payer, owing)
    attempt = Attempt.objects.get()
    for _n in range(3):
        payer.post(reverse("paying:check", args=[attempt.ref]))
    assert woken == [("payments.tasks.ask_about_attempt", attempt.pk)]


def test_strangers_learn_of_no_payment(client, payer, owing) -> None:
    begin(payer, owing)
    attempt = Attempt.objects.get()
    client.force_login(
        factories.citizen(full_name="Lê Thị Hoa", email="hoa@example.com", personal_number="075099000022")
    )
    addresses = [
        reverse("paying:pay", args=[owing.dossier.ref]),
        reverse("paying:attempt", args=[attempt.ref]),
        reverse("paying:check", args=[attempt.ref]),
        reverse("paying:give_up", args=[attempt.ref]),
    ]
    assert [client.get(address).status_code for address in addresses[:2]] == [404, 404]
    assert [client.post(address).status_code for address in addresses[2:]] == [404, 404]
    assert owing.dossier.code not in client.get(reverse("paying:owed")).content.decode()
    together = client.get(reverse("paying:together"), {"dossier": owing.dossier.ref})
    assert together.url == reverse("paying:owed")


def another(road) -> Charge:
    """One more dossier of the citizen that owes as much."""
    draft = factories.draft(road.citizen, road.commune.unit, road.version)
    actions_by_hand(draft, road)
    return Charge.objects.get(dossier=draft)


def actions_by_hand(draft: Dossier, road) -> None:
    from dossiers.workflow import perform

    perform(actions.Submit(), draft, by=road.citizen, now=road.now + timedelta(minutes=5))


def test_two_dossiers_are_paid_at_once(payer, owing, road, now) -> None:
    second = another(road)
    html = payer.get(reverse("paying:owed")).content.decode()
    assert checks.faults(html) == []
    assert owing.dossier.code in html
    assert second.dossier.code in html
    address = f"{reverse('paying:together')}?dossier={owing.dossier.ref}&dossier={second.dossier.ref}"
    page = payer.get(address)
    assert "56.000 đồng" in page.content.decode()
    assert checks.faults(page.content.decode()) == []
    payer.post(address, boxes(page) | {"way": "vnpay"})
    attempt = Attempt.objects.get()
    assert attempt.amount_vnd == 56_000
    assert checks.faults(payer.get(reverse("paying:attempt", args=[attempt.ref])).content.decode()) == []
    succeed(attempt, now)
    assert set(Dossier.objects.values_list("fee_state", flat=True)) == {FeeState.PAID}
    assert Receipt.objects.count() == 2


def test_two_fees_of_one_dossier_are_one_choice(payer, owing, road) -> None:
    more = Charge.objects.create(
        dossier=owing.dossier, unit=owing.unit, n=2, amount_vnd=8000, assessed_at=road.now, kind="copies"
    )
    html = payer.get(reverse("paying:owed")).content.decode()
    assert checks.faults(html) == []
    assert html.count('name="dossier"') == 1
    assert "36.000 đồng" in html
    page = payer.get(reverse("paying:pay", args=[owing.dossier.ref])).content.decode()
    assert checks.faults(page) == []
    begin(payer, owing)
    assert set(Attempt.objects.get().lines.values_list("charge", flat=True)) == {owing.pk, more.pk}


def test_what_is_paid_at_the_desk_is_not_ticked(payer, owing) -> None:
    owing.dossier.version.procedure.offerings.update(level=3)
    html = payer.get(reverse("paying:owed")).content.decode()
    assert checks.faults(html) == []
    assert 'name="dossier"' not in html
    assert owing.dossier.code in html


def test_what_is_owed_costs_the_same_with_more(payer, owing, road, django_assert_max_num_queries) -> None:
    address = reverse("paying:owed")
    payer.get(address)
    with django_assert_max_num_queries(9) as few:
        payer.get(address)
    for _n in range(3):
        another(road)
    with django_assert_max_num_queries(len(few)):
        payer.get(address)


@pytest.mark.parametrize("refs", [[], [""], ["x" * 300], ["'"], ["A"] * 500])
def test_odd_choices_lead_back(payer, owing, refs) -> None:
    assert payer.get(reverse("paying:together"), {"dossier": refs}).url == reverse("paying:owed")


def test_personal_pages_are_never_cached(payer, owing) -> None:
    begin(payer, owing)
    attempt = Attempt.objects.get()
    for address in (reverse("paying:owed"), reverse("paying:attempt", args=[attempt.ref])):
        assert "no-store" in payer.get(address)["Cache-Control"] or "private" in payer.get(address)["Cache-Control"]


def test_a_level_3_procedure_is_paid_at_the_desk(payer, road) -> None:
    road.version.procedure.offerings.update(level=3)
    factories.fee(road.version)
    road.submitted()
    html = payer.get(reverse("paying:pay", args=[road.dossier.ref])).content.decode()
    assert checks.faults(html) == []
    assert 'value="vnpay"' not in html
    assert '<form method="post" class="panel"' not in html
    assert road.commune.unit.name in html


def test_nothing_is_to_be_paid_while_a_withdrawal_is_asked_for(payer, owing, road) -> None:
    address = reverse("paying:pay", args=[owing.dossier.ref])
    pages = [reverse("applicant:dossier", args=[owing.dossier.ref]), reverse("applicant:dossiers")]
    assert all(f'href="{address}"' in payer.get(page).content.decode() for page in pages)
    road.do(actions.Receive(), road.commune.clerk).do(actions.Forward(road.commune.specialist), road.commune.clerk)
    road.do(actions.RequestWithdrawal("Đổi ý"), road.citizen)
    assert road.dossier.fee_state == FeeState.OWED
    assert not any(f'href="{address}"' in payer.get(page).content.decode() for page in pages)
    road.do(actions.DeclineWithdrawal("Kết quả đã ký"), road.commune.leader)
    assert all(f'href="{address}"' in payer.get(page).content.decode() for page in pages)


def test_a_small_transfer_before_the_whole_one_is_not_lost_from_sight(payer, owing, commune, now) -> None:
    begin(payer, owing, "vietqr")
    attempt = present(Attempt.objects.first())
    settling.apply(ProviderState(attempt.ref, Outcome.REVIEW, 28_000, is_asked=True, short_vnd=18_000), now=now)
    succeed(attempt, now)
    assert Receipt.objects.get().amount_vnd == 28_000
    address = reverse("paying:attempt", args=[attempt.ref])
    assert "18.000 đồng" in payer.get(address).context["standing"].text
    payer.force_login(commune.leader)
    assert "18.000 đồng" in payer.get(reverse("money:fees", args=[owing.dossier.code])).content.decode()


def test_what_the_bank_gave_back_did_not_come(payer, owing, commune, now) -> None:
    begin(payer, owing, "vietqr")
    attempt = present(Attempt.objects.first())
    settling.apply(ProviderState(attempt.ref, Outcome.REVIEW, 28_000, is_asked=True, short_vnd=18_000), now=now)
    attempt.refresh_from_db()
    settling.decide_review(attempt, is_paid=False, by=commune.leader, reason="Trả lại", now=now)
    succeed(attempt, now)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.besides_vnd) == (AttemptStatus.SUCCEEDED, 0)


def test_what_came_after_the_end_has_no_receipt_to_keep(payer, owing, road, now) -> None:
    begin(payer, owing, "vietqr")
    attempt = present(Attempt.objects.first())
    road.do(actions.RequestWithdrawal("Đổi ý"), road.citizen)
    succeed(attempt, now)
    assert not Receipt.objects.exists()
    page = payer.get(reverse("paying:attempt", args=[attempt.ref]))
    assert (page.context["standing"].text, page.context["excess"]) == (
        _("The payment has been confirmed."),
        "28.000 đồng",
    )
