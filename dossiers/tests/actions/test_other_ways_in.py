"""Ways into the desk besides the usual: from another system, entered later, for another unit, forwarded at once."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine

from common.clock import LOCAL
from common.refusals import Refused
from common.values.working_time import OfficeCalendar
from dossiers import actions
from dossiers.filing.origins import HERE, Origin
from dossiers.models import Channel, Delivery, Dossier, FeeState, Status, System, WorklistRow
from dossiers.records import assignments
from dossiers.records.applicants import ApplicantData
from dossiers.records.papers import Handed
from dossiers.records.terms import forward_by, unforwarded_since
from dossiers.timeline.history import OFFICER, OWNER, PUBLIC, timeline
from dossiers.workflow import is_own, perform
from offices.models import Post, Role, Unit
from procedures.models import Offering
from tests import factories
from tests.present import present

APPLICANT = ApplicantData(kind="citizen", name="Phạm Thị Lan", id_kind="personal_number", id_number="075199000099")
PAPERS = (Handed("chung-sinh"),)


@pytest.fixture(autouse=True)
def clock(request, now):
    """The moment of the tests, on the portal's clock as well."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def counter(road, now):
    """Register at the desk; returns the dossier."""

    def register(*, at=None, by=None, unit=None, channel="counter", when=None, papers=PAPERS, **fields) -> Dossier:
        clerk = by or road.commune.clerk
        made = factories.draft(clerk, road.commune.unit, road.version, channel=channel)
        made.papers.all().delete()
        Dossier.objects.filter(pk=made.pk).update(owner=None, unit=unit or road.commune.unit)
        made.refresh_from_db()
        perform(actions.Register(APPLICANT, papers, **fields), made, by=clerk, now=when or now, at=at)
        return made

    return register


def code_of(refusing, *args, **fields) -> tuple[str, str | None]:
    with pytest.raises(Refused) as caught:
        refusing(*args, **fields)
    return caught.value.code, caught.value.field


def national(now, code="G22.99-260320-000123") -> Origin:
    return Origin(System.NATIONAL, code, now - timedelta(days=1))


def test_what_was_filed_at_the_national_portal_is_filed_online(counter, now):
    dossier = counter(origin=national(now), papers=())
    assert (dossier.channel, dossier.external_system) == (Channel.ONLINE, System.NATIONAL)
    assert dossier.external_code == "G22.99-260320-000123"
    assert dossier.submitted_at == dossier.external_at == now - timedelta(days=1)
    assert dossier.received_at == now
    facts = present(dossier.slips.get(kind="receipt")).data
    assert facts["elsewhere"] == "G22.99-260320-000123 (Cổng Dịch vụ công quốc gia)"
    assert facts["papers"] == [] and facts["papers_at"] == "Cổng Dịch vụ công quốc gia"
    texts = {who: timeline(dossier, who)[0].text for who in (OWNER, OFFICER, PUBLIC)}
    assert "G22.99-260320-000123" in texts[OWNER] and texts[PUBLIC] == ""


def test_what_a_clerk_enters_from_there_is_not_the_clerks_own(counter, road, citizen, now):
    dossier = counter(origin=national(now), papers=(), forward=actions.Forward())
    assert dossier.status == Status.PROCESSING and not is_own(road.commune.clerk, dossier)
    Dossier.objects.filter(pk=dossier.pk).update(owner=citizen)
    dossier.refresh_from_db()
    assert not is_own(road.commune.clerk, dossier) and is_own(citizen, dossier)


def test_a_number_is_entered_once_until_its_dossier_was_refused_or_stopped(counter, road, now):
    first = counter(origin=national(now), papers=())
    assert code_of(counter, origin=national(now), papers=()) == ("origin", "external_code")
    assert Dossier.objects.filter(status__gt=0).count() == 1
    assert counter(origin=Origin(System.NATIONAL, "G2", now), papers=()).code != first.code
    perform(actions.Forward(road.commune.specialist), first, by=road.commune.clerk, now=now)
    perform(actions.Stop("Nhập nhầm"), first, by=road.commune.leader, now=now)
    assert counter(origin=national(now), papers=()).status == Status.RECEIVED


@pytest.mark.parametrize(
    ("origin", "field"),
    [
        (Origin(System.NATIONAL, "", factories.NOW), "external_code"),
        (Origin(System.NATIONAL, "G1"), "external_at"),
        (Origin(System.NATIONAL, "G1", factories.NOW + timedelta(minutes=1)), "external_at"),
        (Origin(System.BEFORE, ""), "external_code"),
        (Origin(System.BEFORE, "12", factories.NOW + timedelta(minutes=1)), "external_at"),
    ],
)
def test_another_system_is_named_with_number_and_moment(counter, origin, field):
    assert code_of(counter, origin=origin) == ("origin", field)


@pytest.mark.parametrize(
    ("opened", "came", "refusal"),
    [
        (timedelta(days=-30), timedelta(days=-90), None),
        (timedelta(0), timedelta(days=-1), None),
        # After the 30 days; received since the opening; entered without saying when.
        (timedelta(days=-31), timedelta(days=-90), ("origin", "external_system")),
        (timedelta(days=-30), timedelta(days=-29), ("at", "at")),
        (timedelta(days=-30), timedelta(0), ("at", "at")),
    ],
)
def test_what_was_under_way_is_brought_over_for_thirty_days(counter, commune, now, opened, came, refusal):
    Unit.objects.update(filing_since=now + opened)
    origin = Origin(System.BEFORE, "12/2026-HT")
    if refusal:
        assert code_of(counter, origin=origin, at=now + came) == refusal
        return
    dossier = counter(origin=origin, at=now + came)
    assert dossier.external_code == "12/2026-HT" and dossier.code
    assert dossier.received_at <= now + came + timedelta(days=3)
    assert dossier.channel == Channel.COUNTER


@pytest.mark.parametrize(
    ("came", "reason", "refusal"),
    [
        (timedelta(minutes=-90), "Mất điện", None),
        # Monday 09:00; three working days before are Wednesday.
        (timedelta(days=-5), "Mất điện từ sáng", None),
        (timedelta(days=-6), "Mất điện", ("at", "at")),
        (timedelta(minutes=-90), "", ("reason", "late_reason")),
        (timedelta(minutes=-90), " \n", ("reason", "late_reason")),
    ],
)
def test_what_stood_in_a_book_is_entered_within_three_working_days(counter, now, came, reason, refusal):
    if refusal:
        assert code_of(counter, at=now + came, late_reason=reason) == refusal
        assert not Dossier.objects.filter(status__gt=0).exists()
        return
    dossier = counter(at=now + came, late_reason=reason)
    assert (dossier.received_at, dossier.recorded_at) == (now + came, now)
    entry = timeline(dossier, OWNER)[0]
    assert reason in entry.text and "09:00" in entry.time and f"{now + came:%H:%M}" in entry.time
    assert timeline(dossier, PUBLIC)[0].text == ""


def test_by_post_the_term_counts_from_the_hand_over_without_a_reason(counter, now):
    assert counter(at=now - timedelta(hours=1), channel="post").received_at == now - timedelta(hours=1)


def test_received_and_forwarded_are_two_events_of_one_transaction(road, now):
    road.submitted()
    forward = actions.Forward(road.commune.specialist)
    road.do(actions.Receive(forward=forward), road.commune.clerk)
    assert (road.dossier.status, road.dossier.holder) == (Status.PROCESSING, road.commune.specialist)
    assert [event.action for event in road.dossier.events.order_by("n")] == ["submit", "receive", "forward"]
    assert [row.role for row in road.dossier.assignments.order_by("n")] == ["clerk", "specialist"]
    assert road.dossier.revision == road.dossier.events.last().n
    assert WorklistRow.objects.get().holder == road.commune.specialist


def test_a_forwarding_that_is_refused_receives_nothing(road):
    road.submitted()
    Post.objects.filter(user=road.commune.specialist).update(sectors=["dat-dai"])
    receive = actions.Receive(forward=actions.Forward(road.commune.specialist))
    assert code_of(road.do, receive, road.commune.clerk)[0] == "to"
    road.dossier.refresh_from_db()
    assert road.dossier.status == Status.SUBMITTED and not road.dossier.slips.filter(kind="receipt").exists()
    assert road.do(actions.Receive(), road.commune.clerk).dossier.status == Status.RECEIVED


def test_registered_and_forwarded(counter, road):
    dossier = counter(forward=actions.Forward())
    assert (dossier.status, dossier.holder, dossier.holder_role) == (Status.PROCESSING, None, Role.SPECIALIST)


@pytest.fixture
def offered_there(other_commune, road):
    """The neighbouring commune offers the procedure too."""
    Offering.objects.create(unit=other_commune.unit, procedure=road.version.procedure, level=4, since=date(2025, 7, 1))
    return other_commune


def test_a_dossier_for_another_commune_goes_there_and_its_result_comes_back(road, offered_there):
    here, there = road.commune, offered_there
    road.submitted()
    road.do(actions.Receive(competent=there.unit), here.clerk)
    dossier = road.dossier
    assert (dossier.unit, dossier.received_by, dossier.holder_unit) == (there.unit, here.unit, here.unit)
    slip = dossier.slips.get(kind="receipt").data
    assert (slip["unit"]["name"], slip["competent"]) == (here.unit.name, there.unit.name)
    # It lies here: the other desk cannot send it on, the specialist here is not meant.
    assert code_of(road.do, actions.Forward(), there.clerk)[0] == "who"
    assert code_of(road.do, actions.Forward(here.specialist), here.clerk)[0] == "to"
    road.do(actions.Forward(there.specialist), here.clerk)
    assert code_of(road.do, actions.Propose(is_granted=True), here.specialist)[0] == "who"
    road.do(actions.Propose(is_granted=True), there.specialist)
    road.do(actions.Approve(), there.leader)
    dossier.refresh_from_db()
    assert (dossier.holder_unit, dossier.holder_role) == (here.unit, Role.CLERK)
    rows = {row.unit_id: row.is_held_here for row in WorklistRow.objects.all()}
    assert rows == {here.unit.pk: True, there.unit.pk: False}
    assert code_of(road.do, actions.ReturnResult("An"), there.clerk)[0] == "who"
    road.do(actions.ReturnResult("Nguyễn Văn An"), here.clerk)
    assert road.dossier.status == Status.RETURNED


def test_who_decides_is_said_anew_after_a_cancelled_reception(road, offered_there):
    road.submitted().do(actions.Receive(competent=offered_there.unit), road.commune.clerk)
    road.do(actions.CancelReception("Nhầm đơn vị"), road.commune.clerk)
    road.do(actions.Receive(forward=actions.Forward(road.commune.specialist)), road.commune.clerk)
    assert (road.dossier.unit, road.dossier.holder) == (road.commune.unit, road.commune.specialist)


def test_registered_for_another_commune_whose_fee_is_taken_here(counter, road, offered_there):
    factories.fee(road.version)
    dossier = counter(unit=offered_there.unit, forward=actions.Forward(offered_there.specialist))
    assert (dossier.holder_unit, dossier.code[:13]) == (offered_there.unit, "000.00.16.H19")
    assert dossier.charges.get().unit == road.commune.unit


def test_a_unit_that_does_not_offer_the_procedure_is_not_competent(road, other_commune, counter):
    road.submitted()
    receive = actions.Receive(competent=other_commune.unit)
    assert code_of(road.do, receive, road.commune.clerk) == ("unit", "competent")
    assert code_of(counter, unit=other_commune.unit) == ("unit", "competent")
    # Naming the receiving unit itself says nothing new.
    assert road.do(actions.Receive(competent=road.commune.unit), road.commune.clerk).dossier.unit == road.commune.unit


def take_over(road, now, origin, by=None, **fields) -> Dossier:
    clerk = by or road.commune.clerk
    made = Dossier.objects.create(
        version=road.version, unit=road.commune.unit, received_by=road.commune.unit, filed_by=clerk,
        created_at=now, saved_at=now,
    )  # fmt: skip
    perform(actions.TakeOver(APPLICANT, origin, **fields), made, by=clerk, now=now)
    return made


def test_what_is_taken_over_waits_for_reception_like_any_other(road, now):
    dossier = take_over(road, now, national(now))
    assert (dossier.status, dossier.channel, dossier.owner) == (Status.SUBMITTED, Channel.ONLINE, None)
    assert (dossier.external_at, dossier.submitted_at) == (now - timedelta(days=1), now - timedelta(days=1))
    assert not dossier.slips.exists() and not dossier.papers.exists()
    assert dossier.assignments.get().role == Role.CLERK
    perform(actions.Receive(), dossier, by=road.commune.clerk, now=now + timedelta(minutes=1))
    assert dossier.status == Status.RECEIVED


def test_what_the_national_portal_hands_over_online_may_be_corrected_here(road, now):
    dossier = take_over(road, now, national(now))
    Dossier.objects.filter(pk=dossier.pk).update(delivery=Delivery.ONLINE)
    perform(actions.Receive(), dossier, by=road.commune.clerk, now=now)
    stays = actions.Return(Delivery.ONLINE)
    corrected = actions.Correct("Gõ nhầm", applicant={"phone": "0912000009"}, delivery=stays)
    perform(corrected, dossier, by=road.commune.clerk, now=now)
    assert (dossier.delivery, dossier.applicant.phone) == (Delivery.ONLINE, "0912000009")
    perform(actions.Correct("x", delivery=actions.Return(Delivery.DESK)), dossier, by=road.commune.clerk, now=now)
    assert code_of(perform, actions.Correct("x", delivery=stays), dossier, by=road.commune.clerk, now=now) == (
        "delivery",
        "delivery",
    )


def test_a_fee_that_was_paid_at_the_national_portal_is_not_asked_for_again(road, now):
    factories.fee(road.version)
    paid = take_over(road, now, national(now), fee_paid_vnd=8000)
    owing = take_over(road, now, national(now, "G3"))
    assert (paid.fee_state, owing.fee_state) == (FeeState.NONE, FeeState.OWED)
    assert "8.000" in timeline(paid, OFFICER)[0].note
    other = factories.version(road.commune.unit, code="1.000077", name="Khai tử")
    factories.fee(other)
    anew = actions.Correct("Nhầm thủ tục", procedure=actions.OtherProcedure(other, {}, []))
    for dossier in (paid, owing):
        perform(actions.Receive(), dossier, by=road.commune.clerk, now=now)
        perform(anew, dossier, by=road.commune.clerk, now=now)
    assert (paid.fee_state, owing.fee_state) == (FeeState.NONE, FeeState.OWED)


@pytest.mark.parametrize("origin", [HERE, Origin(System.BEFORE, "1", factories.NOW)])
def test_only_the_national_portals_dossiers_are_taken_over(road, now, origin):
    assert code_of(take_over, road, now, origin)[0] == "origin"


def test_who_works_on_the_fewest_dossiers_stands_out(road, now):
    unit, free = road.commune.unit, factories.user(full_name="Ân", email="free@example.com")
    Post.objects.create(user=free, unit=unit, role=Role.SPECIALIST, valid_from=now.date(), sectors=["ho-tich"])
    busy, land = road.processing().commune.specialist, factories.user(full_name="Đất", email="dat@example.com")
    Post.objects.create(user=land, unit=unit, role=Role.SPECIALIST, valid_from=now.date(), sectors=["dat-dai"])
    found = {post.user: vars(post)["load"] for post in assignments.specialists(unit.pk, "ho-tich", now.date())}
    assert found == {free: 0, busy: 1}


HOURS = tuple(((time(7), time(11, 30)), (time(13), time(17))) if day < 5 else () for day in range(7))
CALENDAR = OfficeCalendar(HOURS, {}, frozenset({2026}))


def moment(text: str) -> datetime:
    return datetime.strptime(f"2026 {text}", "%Y %d/%m %H:%M").replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("received", "until"),
    [
        ("23/03 08:00", "23/03 17:00"),
        ("23/03 15:00", "23/03 17:00"),
        ("23/03 15:01", "24/03 11:30"),
        ("23/03 18:00", "24/03 17:00"),
        # Friday afternoon; Saturday.
        ("27/03 15:30", "30/03 11:30"),
        ("28/03 09:00", "30/03 17:00"),
    ],
)
def test_the_rule_of_fifteen(received, until):
    assert forward_by(CALENDAR, moment(received)) == moment(until)


def test_what_is_late_now_is_what_should_have_left_by_now():
    """Every half hour of two weeks against every half hour in which the desk receives."""
    half = [moment("23/03 00:00") + timedelta(minutes=30 * n) for n in range(48 * 12)]
    due = {at: forward_by(CALENDAR, at) for at in half if any(o <= at.time() < c for o, c in HOURS[at.weekday()])}
    for now in half:
        limit = unforwarded_since(CALENDAR, now)
        assert [at <= limit for at in due] == [until <= now for until in due.values()], now
