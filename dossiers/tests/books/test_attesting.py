"""Entries of the yearly books: what is written, numbered, charged and crossed out, and who may not."""

import html
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from common import onetime
from common.onetime import new_key
from common.refusals import Refused
from common.templatetags.ui import status_tag
from dossiers import actions
from dossiers.applicant.pages import listing
from dossiers.books import entering, kinds, reading
from dossiers.books.entering import begin_at
from dossiers.books.rules import title_of
from dossiers.models import Assignment, BookEntry, Dossier, FeeState, Slip, Status
from dossiers.timeline import history, promises
from dossiers.track import lookup
from dossiers.workflow import perform
from notifications.models import Notification
from offices.models import AuditEntry, Post, Role
from payments.collecting import cashier
from payments.models import Charge, ChargeStatus, ExemptionClaim, Receipt, Refund
from procedures.models import ProcedureFigures
from reports.counting import procedures, rollup
from tests import factories
from tests.present import present

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(commune):
    return factories.booked(commune.unit)


def refusal_of(call, *args, **options) -> str:
    with pytest.raises(Refused) as caught:
        call(*args, **options)
    return caught.value.code


def cancel(dossier, by, now, reason="Ghi sai số bản") -> None:
    perform(actions.CancelEntry(reason), dossier, by=by, now=now)


# What is written ----------------------------------------------------------------------------------------------------


def test_an_entry_is_a_dossier_that_is_done(commune, booked, now):
    made = factories.attested(commune, booked, now, copies=3, pages=2, note="Bản gốc cũ")
    dossier, entry = made.dossier, made.entry
    assert (dossier.status, dossier.code) == (Status.RETURNED, "000.00.16.H19-260323-0001")
    assert {dossier.received_at, dossier.decided_at, dossier.closed_at, dossier.due_at, dossier.submitted_at} == {now}
    assert (dossier.holder_id, dossier.holder_role, dossier.channel) == (None, "", "counter")
    assert (entry.number, entry.year, entry.book, entry.day) == (1, 2026, "copies", date(2026, 3, 23))
    assert (entry.person, entry.id_paper, entry.document) == ("Phạm Thị Lan", "075199000099", "Thẻ căn cước")
    assert (entry.copies, entry.pages, entry.fee_vnd, entry.note) == (3, 2, 12_000, "Bản gốc cũ")
    assert entry.signer_name == commune.leader.full_name
    event = dossier.events.get()
    assert (event.action, event.data) == ("attest", {"book": "copies", "year": 2026, "number": 1, "level": 2})
    assert event.internal_text == "1, quyển số 01/2026-SCT/BS"
    # No receipt unless asked, nobody is told, nobody holds it.
    assert not (Slip.objects.exists() or Notification.objects.exists() or Assignment.objects.exists())


def test_the_number_of_the_paper_rests_encrypted(commune, booked, now):
    factories.attested(commune, booked, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_paper FROM dossiers_bookentry")
        assert "075199000099" not in cursor.fetchone()[0]


def test_a_receipt_is_issued_where_it_is_asked_for(commune, booked, now):
    made = factories.attested(commune, booked, now, wants_receipt=True)
    slip = made.dossier.slips.get()
    assert slip.kind == "receipt" and "2.000 đồng" in slip.data["fee"]


@pytest.mark.parametrize(
    ("copies", "pages", "fee"),
    [(1, 1, 2_000), (1, 2, 4_000), (2, 3, 10_000), (1, 500, 200_000), (3, 500, 600_000)],
)
def test_certified_copies_cost_by_pages_of_each_copy_up_to_the_most(commune, booked, now, copies, pages, fee):
    made = factories.attested(commune, booked, now, copies=copies, pages=pages)
    assert (made.entry.fee_vnd, Charge.objects.get().amount_vnd) == (fee, fee)


def test_each_signed_paper_costs_a_case_and_copies_of_a_contract_cost_one(commune, now):
    signed = factories.booked(commune.unit, "signatures", code="2.000884")
    deal = factories.booked(commune.unit, "contracts", code="2.001035")
    assert factories.attested(commune, signed, now, copies=3).entry.fee_vnd == 30_000
    assert factories.attested(commune, deal, now, copies=3).entry.fee_vnd == 10_000


def test_a_fee_that_the_province_sets_is_not_guessed(commune, now):
    version = factories.version(commune.unit, code="2.000815", book="copies")
    factories.fee(version, is_guide=True)
    made = factories.attested(commune, version, now)
    assert made.entry.fee_vnd is None and not Charge.objects.exists()


def test_an_exemption_whose_proof_was_seen_is_granted_with_it(commune, now):
    version = factories.version(commune.unit, code="2.000635", book="extracts")
    line = factories.fee(version, unit="copy", exemptions=[{"who": "Hộ nghèo"}])
    made = factories.attested(commune, version, now, copies=2, exemptions=(line.exemptions.get().pk,))
    with override("en"):
        assert reading.remark(made.entry) == "Exempt: Hộ nghèo"
    assert (made.entry.fee_vnd, made.entry.exempt_as) == (0, "Hộ nghèo")
    claim = ExemptionClaim.objects.get()
    assert claim.granted and claim.decided_by == commune.clerk and claim.reason
    assert not Charge.objects.exists() and made.dossier.fee_state == FeeState.NONE


# Who and what may not -----------------------------------------------------------------------------------------------


def test_what_is_no_entry_is_refused_and_leaves_no_gap(commune, booked, now, other_commune):
    good = factories.given(commune, booked)
    paid = factories.given(commune, factories.version(commune.unit, code="1.000002"))
    specialist = Post.objects.get(user=commune.specialist)
    specialist.sectors = ["dat-dai"]
    specialist.save()
    ended = Post.objects.create(
        user=commune.clerk,
        unit=commune.unit,
        role=Role.LEADER,
        valid_from=date(2025, 7, 1),
        valid_until=date(2026, 3, 22),
    )
    foreign = Post.objects.get(user=other_commune.leader)
    given = {
        "book": paid,
        "exemption": replace(good, exemptions=(10**6,)),
        "entry": replace(good, entry=actions.Entry(" ")),
        **{f"signer {post.pk}": replace(good, signer=post) for post in (specialist, ended, foreign)},
        "signer clerk": replace(good, signer=Post.objects.get(user=commune.clerk, role=Role.CLERK)),
    }
    for name, wrong in given.items():
        code = refusal_of(entering.attest, wrong, by=commune.clerk, key=new_key(), now=now)
        assert code == name.partition(" ")[0], name
    for person in (commune.specialist, commune.leader, other_commune.clerk):
        assert refusal_of(entering.attest, good, by=person, key=new_key(), now=now) == "who"
    assert not (BookEntry.objects.exists() or Dossier.objects.exists())
    assert entering.attest(good, by=commune.clerk, key=new_key(), now=now).entry.number == 1


def test_nobody_enters_or_signs_for_themselves(commune, booked, now):
    for user, code in ((commune.clerk, "own"), (commune.leader, "signer")):
        type(user).objects.filter(pk=user.pk).update(personal_number="075199000099")
        user.refresh_from_db()
        good = factories.given(commune, booked)
        assert refusal_of(entering.attest, good, by=commune.clerk, key=new_key(), now=now) == code
        type(user).objects.filter(pk=user.pk).update(personal_number="")
        user.refresh_from_db()


def test_a_signature_needs_the_identity_paper_and_a_copy_does_not(commune, booked, now):
    signed = factories.booked(commune.unit, "signatures", code="2.000884")
    nobody = {"id_number": "", "id_kind": ""}
    given = factories.given(commune, signed, person=nobody)
    assert refusal_of(entering.attest, given, by=commune.clerk, key=new_key(), now=now) == "entry"
    assert factories.attested(commune, booked, now, person=nobody).entry.id_paper == ""


def test_the_same_key_enters_once_and_of_nobody_else(commune, booked, now):
    key, given = new_key(), factories.given(commune, booked)
    first, second = (entering.attest(given, by=commune.clerk, key=key, now=now) for _try in range(2))
    assert (first.dossier, first.is_new, second.is_new) == (second.dossier, True, False)
    assert BookEntry.objects.count() == 1
    with pytest.raises(onetime.KeyMisused):
        entering.attest(given, by=commune.leader, key=key, now=now)


def test_who_signs_by_order_is_written_so(commune, booked, now):
    given = factories.given(commune, booked)
    signs: dict[str, str] = {"title": "Công chức Tư pháp", "signs_for": "Lê Văn Chủ", "signs_as": "Chủ tịch"}
    lasting = {"valid_from": date(2026, 3, 1), "valid_until": date(2026, 4, 1)}
    post = Post.objects.create(user=commune.specialist, unit=commune.unit, role=Role.LEADER, **signs, **lasting)
    entry = entering.attest(replace(given, signer=post), by=commune.clerk, key=new_key(), now=now).entry
    assert entry.signer_title == "Công chức Tư pháp (TL. CHỦ TỊCH)"
    post.title = "Phó Chủ tịch"
    assert title_of(post) == "Phó Chủ tịch"


# Numbers ------------------------------------------------------------------------------------------------------------


def test_each_book_counts_on_its_own_and_begins_anew_each_year(commune, other_commune, booked, now):
    signed = factories.booked(commune.unit, "signatures", code="2.000884")
    other = factories.booked(other_commune.unit, code="2.000999")
    made = [
        factories.attested(place, version, moment).entry
        for place, version, moment in (
            (commune, booked, now),
            (commune, signed, now),
            (commune, booked, now),
            (other_commune, other, now),
            (commune, booked, now + timedelta(days=300)),
        )
    ]
    assert [(row.book, row.year, row.number) for row in made] == [
        ("copies", 2026, 1),
        ("signatures", 2026, 1),
        ("copies", 2026, 2),
        ("copies", 2026, 1),
        ("copies", 2027, 1),
    ]


def test_a_book_goes_on_from_the_one_on_paper_once(commune, booked, now):
    begin_at(commune.unit, "copies", 1533, by=commune.clerk, now=now)
    assert factories.attested(commune, booked, now).entry.number == 1533
    assert AuditEntry.objects.get().action == "book.begin"
    for number, code in ((1600, "begun"), (0, "number")):
        assert refusal_of(begin_at, commune.unit, "copies", number, by=commune.clerk, now=now) == code
    factories.attested(commune, factories.booked(commune.unit, "signatures", code="2.000884"), now)
    assert refusal_of(begin_at, commune.unit, "signatures", 5, by=commune.clerk, now=now) == "begun"


def test_how_numbers_and_documents_are_read():
    assert kinds.full_number("copies", 2026, 12) == "12, quyển số 01/2026-SCT/BS"
    assert kinds.full_number("extracts", 2026, 12) == "12/2026"
    assert kinds.document_of("copies", "2") == "Giấy khai sinh"
    assert [kinds.document_of("copies", text) for text in ("0", "10", "²", "Học bạ")] == ["0", "10", "²", "Học bạ"]
    assert kinds.document_of("register", "1") == "1"


# Crossed out --------------------------------------------------------------------------------------------------------


def test_a_cancelled_entry_keeps_its_number_and_gives_the_money_back(commune, booked, now):
    shift = cashier.open_shift(commune.unit, commune.cashier, 0, now)
    paid, owed = (factories.attested(commune, booked, now).dossier for _n in range(2))
    cashier.take_cash([Charge.objects.get(dossier=paid)], shift, now)
    for dossier, by in ((paid, commune.clerk), (owed, commune.leader)):
        dossier.refresh_from_db()
        cancel(dossier, by, now)
        assert dossier.status == Status.RETURNED
    entry = BookEntry.objects.get(dossier=paid)
    assert (entry.number, entry.cancelled_by, entry.cancelled_because) == (1, commune.clerk, "Ghi sai số bản")
    assert present(paid.events.order_by("n").last()).action == "cancel_entry"
    assert Refund.objects.get().attempt.lines.get().charge.dossier == paid
    assert Charge.objects.get(dossier=owed).status == ChargeStatus.CANCELLED
    assert refusal_of(cancel, paid, commune.clerk, now) == "entry"
    assert factories.attested(commune, booked, now).entry.number == 3


def test_a_cancelled_entry_reads_so_wherever_its_dossier_is_looked_up(client, commune, booked, now):
    dossier = factories.attested(commune, booked, now).dossier
    assert "Đã trả kết quả" in status_tag(dossier) and promises.stages(dossier)
    cancel(dossier, commune.clerk, now)
    assert (dossier.status, dossier.cancelled_at) == (Status.RETURNED, now)
    session = client.session
    lookup.remember(session, [str(dossier.code)], timezone.now())
    session.save()
    text = client.get(reverse("track:dossier", args=[dossier.code])).content.decode()
    assert "Đã trả kết quả" not in text and "Ghi sai số bản" not in text
    assert history.status_sentence(dossier, history.PUBLIC, now) in html.unescape(text)
    assert [entry.action for entry in history.timeline(dossier, history.PUBLIC)] == ["cancel_entry", "attest"]
    Dossier.objects.filter(pk=dossier.pk).update(owner=commune.clerk)
    assert "Đã hủy" in listing.list_page(commune.clerk, "", language="vi")[0][0].status
    assert not promises.stages(dossier) and "Ghi sai" in history.timeline(dossier, history.OFFICER)[0].note


def test_the_receipt_of_a_cancelled_entry_is_void(commune, booked, now):
    dossier = factories.attested(commune, booked, now, wants_receipt=True).dossier
    cancel(dossier, commune.clerk, now)
    assert dossier.slips.get().voided_at == now


def test_only_the_units_clerks_and_leaders_cancel_and_only_with_a_reason(commune, other_commune, booked, road, now):
    dossier = factories.attested(commune, booked, now).dossier
    for person in (commune.specialist, commune.cashier, other_commune.clerk, other_commune.leader, None):
        assert refusal_of(cancel, dossier, person, now) == "who"
    assert refusal_of(cancel, dossier, commune.clerk, now, " ") == "reason"
    assert refusal_of(cancel, road.decided().dossier, commune.clerk, road.now) == "state"


def test_the_database_lets_nobody_rewrite_an_entry(commune, booked, now):
    entry = factories.attested(commune, booked, now).entry
    cancel(entry.dossier, commune.clerk, now)
    rows = BookEntry.objects.filter(pk=entry.pk)
    for change in (
        lambda: rows.update(number=7),
        lambda: rows.update(cancelled_because="Khác"),
        rows.delete,
        lambda: BookEntry.objects.create(**{**rows.values().get(), "id": None, "dossier_id": 10**6}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# Money and figures --------------------------------------------------------------------------------------------------


def test_the_fee_goes_into_the_clerks_own_open_box(commune, booked, now):
    unit, clerk = commune.unit, commune.clerk
    assert not entering.till_is_open(unit, clerk, now)
    assert refusal_of(entering.attest, factories.given(commune, booked, is_paid=True), by=clerk, key=new_key(), now=now)
    Post.objects.create(user=clerk, unit=unit, role=Role.CASHIER, valid_from=date(2025, 7, 1))
    clerk.__dict__.pop("_posts_by_day", None)
    shift = cashier.open_shift(unit, clerk, 0, now)
    assert entering.till_is_open(unit, clerk, now)
    made = factories.attested(commune, booked, now, is_paid=True)
    assert cashier.taken_vnd(shift) == made.entry.fee_vnd == 2_000
    assert made.receipts == [(f"/desk/receipts/{Receipt.objects.get().pk}/", Receipt.objects.get().full_number)]
    assert Dossier.objects.get().fee_state == FeeState.PAID
    assert made.entry.number == 1


def test_it_counts_as_received_and_decided_on_time_at_the_counter(commune, booked, now):
    factories.attested(commune, booked, now)
    rollup.count(now + timedelta(hours=1))
    procedures.count(now + timedelta(hours=1))
    row = ProcedureFigures.objects.get()
    assert (row.received, row.received_online, row.decided, row.on_time, row.median_hours) == (1, 0, 1, 1, 0)
    # Crossed out, what it stood for counts no more.
    cancel(Dossier.objects.get(), commune.clerk, now)
    rollup.count(now + timedelta(hours=1))
    assert procedures.count(now + timedelta(hours=1)) == 0


def test_what_a_unit_settles_in_one_visit(commune, other_commune, booked, now):
    factories.version(commune.unit, code="1.000002")
    over = factories.booked(commune.unit, "signatures", code="2.000884")
    type(over.procedure).objects.filter(pk=over.procedure_id).update(accept_until=date(2026, 3, 22))
    assert [one.pk for one in entering.offered(commune.unit, date(2026, 3, 22))] == [booked.pk, over.pk]
    assert [one.pk for one in entering.offered(commune.unit, date(2026, 3, 23))] == [booked.pk]
    assert entering.offered(other_commune.unit, date(2026, 3, 23)) == []
