"""Races on both engines, each with a control that shows the race when its guard is off."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.fields.files import FieldFile

from common.files.uploads import Accepted
from common.refusals import Refused
from dossiers import actions, workflow
from dossiers.filing import submission
from dossiers.models import Dossier, DossierEvent, NumberSeries, Slip, Status
from dossiers.records import numbering
from dossiers.records.applicants import data_of_account
from dossiers.timeline.history import explain_refusal
from dossiers.workflow import perform
from notifications.models import Notification
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 8


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run calls in threads that start together; return what each returned or raised, in order."""
    barrier = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(index: int) -> None:
        try:
            barrier.wait()
            outcomes[index] = calls[index]()
        except (Refused, IntegrityError, OperationalError) as error:
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def unguarded_claim(monkeypatch):
    """Lock nothing, and let every claim set the columns without asking for revision and status."""

    def take(fresh: Dossier, move: workflow.Move, changes: dict[str, Any]) -> None:
        # Both have read by now: the window that the condition in the UPDATE closes.
        meeting.wait(timeout=10)
        Dossier.objects.filter(pk=fresh.pk).update(**changes)
        for name, value in changes.items():
            setattr(fresh, name, value)

    def write_event(move: workflow.Move, *args: Any, **kwargs: Any) -> DossierEvent:
        """Write none: its UNIQUE number is a second guard, which would hide the race."""
        return DossierEvent()

    meeting = threading.Barrier(2)
    monkeypatch.setattr(workflow, "locked", lambda pk: Dossier.objects.get(pk=pk))
    monkeypatch.setattr(workflow, "take", take)
    monkeypatch.setattr(workflow, "write_event", write_event)


def receive_and_refuse(road) -> list[Callable[[], Any]]:
    dossier_pk, now = road.dossier.pk, road.now + timedelta(minutes=1)
    return [
        lambda: perform(actions.Receive(), Dossier.objects.get(pk=dossier_pk), by=road.commune.clerk, now=now),
        lambda: perform(actions.Refuse("Sai nơi"), Dossier.objects.get(pk=dossier_pk), by=road.commune.clerk, now=now),
    ]


def test_two_officers_at_once_act_once(road):
    road.submitted()
    outcomes = at_once(receive_and_refuse(road))
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(refusals) == 1
    assert refusals[0].code in {"stale", "state"}
    assert "Cán bộ clerk" in explain_refusal(refusals[0])
    dossier = Dossier.objects.get()
    assert dossier.status in {Status.RECEIVED, Status.REFUSED}
    assert dossier.events.count() == dossier.revision == 2
    assert Slip.objects.count() == 2
    assert Notification.objects.count() == 2


@pytest.mark.postgres
# SQLite lets one writer in at a time.
@pytest.mark.postgres
def test_control_two_officers_both_act_without_the_guard(road, unguarded_claim):
    road_submitted(road)
    outcomes = at_once(receive_and_refuse(road))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert set(Slip.objects.values_list("kind", flat=True)) >= {"receipt", "refusal"}


def road_submitted(road) -> None:
    """Put the dossier in status 1 without perform(), whose guard is off."""
    data_of_account(road.citizen).freeze(road.dossier)
    Dossier.objects.filter(pk=road.dossier.pk).update(
        status=Status.SUBMITTED, code="000.00.16.H19-260323-0001", holder_role="clerk", holder_unit=road.commune.unit
    )
    road.dossier.refresh_from_db()


def test_stale_read_is_refused_by_the_condition_in_the_update(road):
    """The same on one connection: the row moves between read and claim."""
    road.submitted()
    fresh = Dossier.objects.get()
    move = workflow.check(actions.Receive(), fresh, by=road.commune.clerk, now=road.now)
    Dossier.objects.update(revision=fresh.revision + 1)
    with transaction.atomic(), pytest.raises(Refused) as caught:
        workflow.take(fresh, move, {"status": Status.RECEIVED, "received_at": road.now})
    assert caught.value.code == "stale"
    assert Dossier.objects.get().status == Status.SUBMITTED


def test_control_stale_read_overwrites_without_the_condition(road):
    road.submitted()
    fresh = Dossier.objects.get()
    Dossier.objects.update(status=Status.REFUSED, closed_at=road.now)
    Dossier.objects.filter(pk=fresh.pk).update(status=Status.RECEIVED, received_at=road.now)
    assert Dossier.objects.get().status == Status.RECEIVED


def test_eight_submissions_at_once_make_one_dossier(road):
    now = road.now
    calls = [
        lambda: perform(actions.Submit(), Dossier.objects.get(), by=road.citizen, now=now) for _try in range(TRIES)
    ]
    outcomes = at_once(calls)
    assert len([outcome for outcome in outcomes if isinstance(outcome, DossierEvent)]) == 1
    assert Dossier.objects.get().code == "000.00.16.H19-260323-0001"
    assert NumberSeries.objects.get(purpose=numbering.DOSSIER).last == 1
    assert Notification.objects.count() == 1


def test_of_two_wishes_at_once_one_is_open(road):
    """As from two tabs of the owner's page."""
    road.processing()
    wish = partial(perform, actions.RequestCorrection(road.item), road.dossier, by=road.citizen, now=road.now)
    outcomes = at_once([wish, wish])
    assert sorted(getattr(outcome, "code", "done") for outcome in outcomes) == ["done", "open"]
    assert road.dossier.corrections.count() == 1


def submissions(road) -> list[Callable[[], Any]]:
    """Return eight calls that each submit another draft."""
    calls: list[Callable[[], Any]] = []
    for index in range(TRIES):
        owner = factories.citizen(email=f"nguoi{index}@example.com", full_name="Người Dân")
        draft = factories.draft(owner, road.commune.unit, road.version)
        calls.append(partial(perform, actions.Submit(), draft, by=owner, now=road.now))
    return calls


def test_codes_at_once_have_no_gap_and_no_double(road):
    outcomes = at_once(submissions(road))
    assert all(isinstance(outcome, DossierEvent) for outcome in outcomes), outcomes
    codes = sorted(str(code) for code in Dossier.objects.exclude(code=None).values_list("code", flat=True))
    assert codes == [f"000.00.16.H19-260323-{n:04d}" for n in range(1, TRIES + 1)]


def test_number_of_a_failed_transaction_is_given_again(road):
    with pytest.raises(RuntimeError), transaction.atomic():
        assert numbering.dossier_code(road.commune.unit, road.now).endswith("-0001")
        raise RuntimeError
    with transaction.atomic():
        assert numbering.dossier_code(road.commune.unit, road.now).endswith("-0001")


def numbers(road) -> list[Callable[[], Any]]:
    def draw() -> int:
        with transaction.atomic():
            return numbering.next_number(road.commune.unit, road.now.date(), "trial")

    return [draw] * TRIES


def test_numbers_at_once_are_all_different(road):
    assert sorted(at_once(numbers(road))) == list(range(1, TRIES + 1))


@pytest.mark.postgres
# SQLite lets one writer in at a time.
@pytest.mark.postgres
def test_control_numbers_double_when_the_counter_is_read_then_written(road, monkeypatch):
    meeting = threading.Barrier(TRIES)

    def read_then_write(model, name, **key) -> int:
        row = model.objects.get(**key)
        meeting.wait(timeout=10)
        model.objects.filter(pk=row.pk).update(last=row.last + 1)
        return row.last + 1

    with transaction.atomic():
        numbering.next_number(road.commune.unit, road.now.date(), "trial")
    monkeypatch.setattr(numbering, "raise_counter", read_then_write)
    drawn = at_once(numbers(road))
    assert len(set(drawn)) < TRIES


def test_numbers_are_only_given_inside_a_transaction(road):
    with pytest.raises(transaction.TransactionManagementError):
        numbering.next_number(road.commune.unit, road.now.date(), "trial")


@pytest.mark.parametrize(
    ("moment", "code"),
    [("2026-03-23T16:59:59+00:00", "260323"), ("2026-03-23T17:00:00+00:00", "260324")],
)
def test_day_of_a_code_turns_at_midnight_in_vietnam(road, moment, code):
    from datetime import datetime

    with transaction.atomic():
        assert numbering.dossier_code(road.commune.unit, datetime.fromisoformat(moment)).split("-")[1] == code


def test_ten_thousandth_dossier_of_a_day_gets_five_digits(road):
    NumberSeries.objects.create(unit=road.commune.unit, period=road.now.date(), purpose=numbering.DOSSIER, last=9999)
    road.submitted()
    assert road.dossier.code == "000.00.16.H19-260323-10000"


def deadlock_once(monkeypatch, cls) -> list[int]:
    """Have an action's effects meet a deadlock the first time they have run; returns where tries are counted."""
    effects, tries = cls.effects, []

    def failing(self, move) -> None:
        effects(self, move)
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("database is locked")

    monkeypatch.setattr(cls, "effects", failing)
    return tries


def test_what_a_deadlock_undid_is_done_once_more(road, monkeypatch):
    road.submitted()
    tries = deadlock_once(monkeypatch, actions.Receive)
    road.do(actions.Receive(), road.commune.clerk)
    assert len(tries) == 2
    assert road.dossier.status == Status.RECEIVED
    assert DossierEvent.objects.filter(action="receive").count() == 1
    assert Slip.objects.filter(kind="receipt").count() == 1
    assert Notification.objects.count() == 2


def test_a_submission_that_a_deadlock_undid_goes_in_once(road, monkeypatch):
    tries = deadlock_once(monkeypatch, actions.Submit)
    done = submission.submit(road.dossier.ref, by=road.citizen, key="k" * 32, revision=0, now=road.now)
    assert len(tries) == 2
    assert done.code == "000.00.16.H19-260323-0001"
    assert DossierEvent.objects.count() == 1


def test_no_file_stays_of_a_try_that_was_undone(road, monkeypatch):
    road.processing()
    upload = Accepted("a.pdf", b"%PDF-1.7", "application/pdf", 8, "0" * 64, 1)
    tries = deadlock_once(monkeypatch, actions.Propose)
    saved = []
    save = FieldFile.save

    def noted(self, *args: Any, **options: Any) -> None:
        save(self, *args, **options)
        saved.append(self.name)

    monkeypatch.setattr(FieldFile, "save", noted)
    road.do(actions.Propose(is_granted=True, upload=upload), road.commune.specialist)
    assert len(tries) == len(saved) == 2
    assert [default_storage.exists(name) for name in saved] == [False, True]


def test_inside_a_callers_transaction_a_deadlock_is_the_callers(road, monkeypatch):
    road.submitted()
    tries = deadlock_once(monkeypatch, actions.Receive)
    with pytest.raises(OperationalError), transaction.atomic():
        perform(actions.Receive(), road.dossier, by=road.commune.clerk, now=road.now)
    assert len(tries) == 1
    assert Dossier.objects.get().status == Status.SUBMITTED


@pytest.mark.postgres
def test_two_that_wait_for_each_other_both_end_well(road):
    """A real deadlock: each holds a dossier and asks for the other's; PostgreSQL ends one of them, who begins anew."""
    first = road.submitted().dossier
    other = factories.citizen(email="kia@example.com", personal_number="")
    second = factories.draft(other, road.commune.unit, road.version)
    perform(actions.Submit(), second, by=other, now=road.now)
    meeting, met, claim = threading.Barrier(2), [], workflow.take

    def cross(fresh, move, changes) -> None:
        claim(fresh, move, changes)
        if move.dossier.pk not in met:
            met.append(move.dossier.pk)
            meeting.wait(timeout=10)
        other = second.pk if move.dossier.pk == first.pk else first.pk
        Dossier.objects.filter(pk=other).update(step=F("step"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workflow, "take", cross)
        outcomes = at_once(
            [
                partial(
                    perform,
                    actions.Receive(),
                    Dossier.objects.get(pk=dossier.pk),
                    by=road.commune.clerk,
                    now=road.now,
                )
                for dossier in (first, second)
            ]
        )
    assert all(isinstance(outcome, DossierEvent) for outcome in outcomes), outcomes
    assert Dossier.objects.filter(status=Status.RECEIVED).count() == 2
    assert DossierEvent.objects.filter(action="receive").count() == 2
