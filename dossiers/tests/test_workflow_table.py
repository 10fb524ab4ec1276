"""The table against every role and status: what it does not allow is refused and changes nothing."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.clock import local_day
from common.refusals import Refused
from dossiers import actions
from dossiers.desk.officer import available_actions
from dossiers.filing.origins import Origin
from dossiers.models import Assignment, Dossier, DossierEvent, Pause, Slip, Status
from dossiers.records.applicants import ApplicantData
from dossiers.records.papers import Handed
from dossiers.table import APPLICANT, SYSTEM, TABLE, Action
from dossiers.timeline.history import explain_refusal
from dossiers.workflow import perform, roles_of
from notifications.models import Notification
from offices.models import Post, Role
from tests import factories
from tests.present import present

PEOPLE = ("owner", "stranger", "system", "foreign_clerk", *Role.values)


def sample(action: Action, dossier: Dossier, due_at: datetime) -> actions.ActionBase:
    """Return an action with input that is good wherever the action may happen."""
    paper = present(dossier.version.papers.first())
    applicant = ApplicantData(kind="citizen", name="Phạm Thị Lan", id_kind="personal_number", id_number="075199000099")
    inputs = {
        Action.SUBMIT: lambda: actions.Submit(),
        Action.REGISTER: lambda: actions.Register(applicant, (Handed("chung-sinh"),)),
        Action.TAKE_OVER: lambda: actions.TakeOver(applicant, Origin("national", "G1", due_at - timedelta(days=30))),
        Action.RECEIVE: actions.Receive,
        Action.REFUSE: lambda: actions.Refuse("Không thuộc thẩm quyền"),
        Action.REQUEST_SUPPLEMENT: lambda: actions.RequestSupplement((actions.Item(paper.pk, "", paper.name, "Mờ"),)),
        Action.SUPPLEMENT: actions.Supplement,
        Action.FORWARD: lambda: actions.Forward(role=Role.SPECIALIST),
        Action.REQUIRE_PAYMENT: lambda: actions.RequirePayment(local_day(due_at) + timedelta(days=7)),
        Action.FEE_SETTLED: actions.FeeSettled,
        Action.PROPOSE: lambda: actions.Propose(is_granted=True),
        Action.SEND_BACK: lambda: actions.SendBack("Sửa lại tên"),
        Action.APPROVE: actions.Approve,
        Action.RETURN_RESULT: lambda: actions.ReturnResult("Phạm Thị Lan"),
        Action.REQUEST_WITHDRAWAL: lambda: actions.RequestWithdrawal("Không cần nữa"),
        Action.DECLINE_WITHDRAWAL: lambda: actions.DeclineWithdrawal("Đã ký"),
        Action.ACCEPT_WITHDRAWAL: actions.AcceptWithdrawal,
        Action.PROPOSE_STOP: lambda: actions.ProposeStop("Hết hạn bổ sung"),
        Action.DECLINE_STOP: lambda: actions.DeclineStop("Chờ thêm"),
        Action.STOP: lambda: actions.Stop("Hết hạn bổ sung"),
        Action.EXTEND: lambda: actions.Extend(due_at, "Chờ xác minh"),
        Action.CORRECT: lambda: actions.Correct("Gõ nhầm", applicant={"name": "Phạm Thị Lân"}),
        Action.CANCEL_RECEPTION: lambda: actions.CancelReception("Tiếp nhận nhầm"),
        Action.RECALL: actions.Recall,
        Action.GIVE_BACK: lambda: actions.GiveBack("Thiếu bản chính"),
        Action.NOTE_ORIGINALS: lambda: actions.NoteOriginals(tuple(dossier.papers.values_list("ref", flat=True)[:1])),
        Action.REQUEST_CORRECTION: lambda: actions.RequestCorrection(actions.Item(paper.pk, "", paper.name, "Sai")),
        Action.ACCEPT_CORRECTION: actions.AcceptCorrection,
        Action.DECLINE_CORRECTION: lambda: actions.DeclineCorrection("Không cần"),
        Action.SEND_CORRECTION: actions.SendCorrection,
        Action.LINK: lambda: actions.Link(present(dossier.owner or dossier.filed_by), "Con đẻ"),
        Action.ATTEST: lambda: actions.Attest(
            applicant, actions.Entry("Thẻ căn cước"), Post.objects.get(role=Role.LEADER, unit=dossier.unit)
        ),
        Action.CANCEL_ENTRY: lambda: actions.CancelEntry("Ghi sai số bản"),
        Action.REASSIGN: lambda: actions.Reassign(present(dossier.holder or dossier.owner or dossier.filed_by)),
    }
    return inputs[action]()


def snapshot() -> list:
    """Return every row that an action could write."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Dossier, DossierEvent, Assignment, Pause, Slip, Notification)
    ]


@pytest.fixture
def people(road, other_commune, other_citizen):
    """Everybody who might try, by name; None is the system."""
    return {
        "owner": road.citizen,
        "stranger": other_citizen,
        "system": None,
        "foreign_clerk": other_commune.clerk,
        **{role: getattr(road.commune, role) for role in Role.values},
    }


def allowed_names(rule) -> set[str]:
    """Return the people whom the table lets try an action on the road's dossier."""
    names = {APPLICANT: "owner", SYSTEM: "system"}
    return {names.get(who, who) for who in rule.who}


def test_every_row_has_its_class():
    assert set(TABLE) == set(actions.CLASSES)
    assert all(cls.action == action for action, cls in actions.CLASSES.items())
    assert set(TABLE) == set(Action)


def code_of_refusal(action, road, by) -> str:
    """Return why an action is refused; '' when it is not."""
    try:
        perform(sample(action, road.dossier, road.now), road.dossier, by=by, now=road.now)
    except Refused as refused:
        return refused.code
    return ""


def test_wrong_person_is_refused_and_changes_nothing(road, people):
    """Every action in every source status, by whoever the table does not name."""
    road.decided()
    wrong = []
    for action in actions.CLASSES:
        rule = TABLE[action]
        for status in rule.sources:
            put(road.dossier, status)
            before = snapshot()
            for name in set(PEOPLE) - allowed_names(rule):
                if code_of_refusal(action, road, people[name]) not in {"who", "own"}:
                    wrong.append((action, status, name))
            assert snapshot() == before, (action, status)
    assert wrong == []


def test_wrong_status_is_refused_and_changes_nothing(road, people):
    """Every action in every other status, by whoever the table names."""
    road.decided()
    wrong = []
    for action in actions.CLASSES:
        rule = TABLE[action]
        for status in set(Status) - set(rule.sources):
            for name in allowed_names(rule):
                put(road.dossier, status, holder=people[name])
                before = snapshot()
                if code_of_refusal(action, road, people[name]) != "state":
                    wrong.append((action, status, name))
                assert snapshot() == before, (action, status, name)
    assert wrong == []


def put(dossier: Dossier, status: Status, holder=None) -> None:
    """Set a status by hand, with what the constraints of that status ask for."""
    at = dossier.decided_at
    Dossier.objects.filter(pk=dossier.pk).update(
        status=status,
        code=None if status == Status.DRAFT else "000.00.16.H19-260323-0001",
        former_status=Status.PROCESSING,
        closed_at=at,
        holder=holder,
    )
    dossier.refresh_from_db()


@pytest.mark.parametrize("segment", ["receive", "request-supplement", "return-result"])
def test_segment_is_the_name_in_kebab_case(segment):
    assert Action[segment.upper().replace("-", "_")].segment == segment


def test_stale_page_is_refused_with_who_did_what_when(road):
    road.submitted()
    revision = road.dossier.revision
    road.do(actions.Receive(), road.commune.clerk)
    with pytest.raises(Refused) as caught:
        perform(actions.Refuse("x"), Dossier.objects.get(), by=road.commune.clerk, now=road.now, revision=revision)
    assert caught.value.code == "stale"
    sentence = explain_refusal(caught.value)
    assert road.commune.clerk.full_name in sentence
    assert "09:02" in sentence


def test_officer_never_handles_own_dossier(road):
    road.submitted()
    Dossier.objects.update(owner=road.commune.clerk)
    with pytest.raises(Refused) as caught:
        perform(actions.Receive(), road.dossier, by=road.commune.clerk, now=road.now)
    assert caught.value.code == "own"


def test_officer_never_handles_dossier_that_carries_their_number(road):
    road.submitted()
    clerk = road.commune.clerk
    clerk.set_personal_number(road.citizen.personal_number)
    clerk.save(update_fields=["personal_number", "personal_number_index"])
    with pytest.raises(Refused) as caught:
        perform(actions.Receive(), road.dossier, by=clerk, now=road.now)
    assert caught.value.code == "own"


def test_post_that_has_ended_gives_no_role(road):
    road.submitted()
    road.commune.clerk.posts.update(valid_until=road.now.date().replace(day=1))
    with pytest.raises(Refused) as caught:
        perform(actions.Receive(), road.dossier, by=road.commune.clerk, now=road.now)
    assert caught.value.code == "who"


def test_specialist_of_another_field_has_no_role_unless_holding(road):
    road.received()
    specialist = road.commune.specialist
    specialist.posts.update(sectors=["dat-dai"])
    assert roles_of(specialist, road.dossier, road.now) == set()
    Dossier.objects.update(holder=specialist)
    road.dossier.refresh_from_db()
    assert roles_of(specialist, road.dossier, road.now) == {Role.SPECIALIST}


def test_events_are_chained_and_ride_on_revisions(road):
    from dossiers.chain import event_hash

    road.decided()
    events = list(road.dossier.events.order_by("n"))
    assert [event.n for event in events] == list(range(1, road.dossier.revision + 1))
    previous = ""
    for event in events:
        assert event.previous_hash == previous
        assert event.hash == event_hash(event)
        previous = event.hash


def test_changed_event_breaks_the_chain(road):
    from dossiers.chain import event_hash

    road.submitted()
    event = road.dossier.events.get()
    event.public_text = "khác"
    assert event.hash != event_hash(event)


@pytest.mark.parametrize(
    ("stage", "who", "expected"),
    [
        ("submitted", "clerk", {"receive", "refuse", "ask_supplement", "note_originals"}),
        ("submitted", "owner", {"ask_withdrawal", "ask_correction"}),
        (
            "received",
            "clerk",
            {"ask_supplement", "forward", "correct", "cancel_reception", "note_originals"},
        ),
        ("received", "leader", {"ask_supplement", "forward", "extend"}),
        (
            "processing",
            "specialist",
            {"ask_supplement", "forward", "propose", "propose_stop", "give_back", "note_originals"},
        ),
        ("processing", "clerk", {"correct", "recall", "note_originals"}),
        ("correcting", "owner", {"ask_withdrawal"}),
        (
            "correcting",
            "leader",
            {"ask_supplement", "forward", "stop", "extend", "accept_correction", "decline_correction"},
        ),
        ("processing", "leader", {"ask_supplement", "forward", "stop", "extend"}),
        ("proposed", "leader", {"ask_supplement", "send_back", "approve", "stop", "extend"}),
        ("proposed", "specialist", {"recall", "note_originals"}),
        ("asked", "owner", {"supplement", "ask_withdrawal"}),
        ("asked", "clerk", {"supplement", "note_originals"}),
        ("asked", "specialist", {"propose_stop", "note_originals"}),
        ("asked", "leader", {"stop"}),
        ("stopping", "leader", {"ask_supplement", "forward", "stop", "decline_stop", "extend"}),
        ("stopping", "specialist", {"ask_supplement", "forward", "propose", "give_back", "note_originals"}),
        ("withdrawing", "specialist", {"accept_withdrawal", "decline_withdrawal", "note_originals"}),
        ("withdrawing", "leader", {"accept_withdrawal", "decline_withdrawal"}),
        ("decided", "clerk", {"return_result", "note_originals"}),
        ("decided", "owner", set()),
        ("decided", "publisher", set()),
    ],
)
def test_available_actions(road, people, stage, who, expected):
    getattr(road, stage)()
    assert set(available_actions(road.dossier, people[who], road.now)) == expected


@pytest.mark.parametrize("stage", ["submitted", "received", "proposed", "asked", "decided"])
def test_available_actions_cost_few_queries(road, stage):
    getattr(road, stage)()
    dossier = Dossier.objects.select_related("version__procedure__sector", "applicant").get()
    for user in (road.commune.leader, road.commune.clerk, road.citizen):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            available_actions(dossier, user, road.now)
        assert len(queries) <= 4


def test_query_count_of_an_action_stays_bounded(road, django_assert_max_num_queries):
    road.submitted()
    with django_assert_max_num_queries(40):
        road.do(actions.Receive(), road.commune.clerk)


def test_hooks_run_inside_the_transaction(road, monkeypatch):
    from dossiers import hooks

    def fail(move):
        raise RuntimeError(move.action)

    monkeypatch.setattr(hooks, "after_action", [fail])
    before = snapshot()
    with pytest.raises(RuntimeError, match="submit"):
        road.submitted()
    assert snapshot() == before


def test_code_takes_the_local_day(road):
    """A quarter to midnight in Vietnam is still that day, though UTC and Vietnam differ by seven hours."""
    road.now = road.now.replace(hour=23, minute=44)
    road.submitted()
    assert road.dossier.code == "000.00.16.H19-260323-0001"


def test_factories_draft_is_complete(road):
    """The matrix above would prove nothing if the sample draft could not be submitted."""
    assert road.submitted().dossier.status == Status.SUBMITTED
    assert factories.ANSWERS == road.dossier.answers
