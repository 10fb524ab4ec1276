"""Figures kept from events are those of a direct count, and those made anew from nothing."""

import random
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from common.clock import LOCAL, local_day
from dossiers import actions
from dossiers.models import Dossier, DossierEvent
from dossiers.records.applicants import ApplicantData
from dossiers.records.papers import Handed
from dossiers.records.terms import is_overdue
from dossiers.workflow import perform
from procedures.models import Offering
from reports.counting import rollup
from reports.counting.lateness import Fact, lateness
from reports.models import Counted, Course, DailyFigure
from reports.statistics.figures import By, Selection, table
from reports.statistics.periods import Period
from reports.tests.histories import Lives, late_by
from reports.tests.plain import balances
from tests import factories

S, R, P, ASKED, PAY, WITHDRAW, STOP, DONE = 1, 2, 4, 5, 6, 7, 8, 9


def day(n: int) -> datetime:
    return datetime(2026, 3, n, 17, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("facts", "due", "at", "since", "turns"),
    [
        ([], None, 9, None, None),
        ([(0, S, 1, None)], None, 30, None, None),
        ([(0, S, 1, None), (S, R, 1, 5)], 5, 4, None, 5),
        ([(0, S, 1, None), (S, R, 1, 5)], 5, 5, None, 5),
        ([(0, S, 1, None), (S, R, 1, 5)], 5, 6, 5, None),
        # Decided at the very moment is in time, a moment later is late.
        ([(S, R, 1, 5), (P, DONE, 5, None)], 5, 30, None, None),
        ([(S, R, 1, 5), (P, DONE, 6, None)], 5, 30, 5, None),
        # Late before the supplement was asked for: late, whatever the new term.
        ([(S, R, 1, 5), (P, ASKED, 6, None), (ASKED, P, 8, 15)], 15, 9, 5, None),
        # The clock stands still while the citizen is awaited, also when a withdrawal is asked for meanwhile.
        ([(S, R, 1, 5), (P, ASKED, 4, None)], 5, 30, None, None),
        ([(S, R, 1, 5), (P, ASKED, 4, None), (ASKED, WITHDRAW, 9, None)], 5, 30, None, None),
        ([(S, R, 1, 5), (P, PAY, 4, None), (PAY, P, 9, 12)], 12, 10, None, 12),
        ([(S, R, 1, 5), (P, WITHDRAW, 4, None)], 5, 6, 5, None),
        # A new date before the old one has passed.
        ([(S, R, 1, 5), (P, P, 3, 9)], 9, 8, None, 9),
        # A second supplement counts as late from when it is asked for; a declined withdrawal asks for none.
        ([(S, ASKED, 2, None), (ASKED, S, 3, None), (S, ASKED, 4, None)], None, 5, 4, None),
        ([(S, ASKED, 2, None), (ASKED, WITHDRAW, 3, None), (WITHDRAW, ASKED, 4, None)], None, 5, None, None),
        # Nor does what changes no status: a stop proposed, originals noted, a link to an account, another holder.
        ([(S, R, 1, 5), (P, ASKED, 2, None), (ASKED, ASKED, 3, None), (ASKED, ASKED, 4, None)], 5, 9, None, None),
    ],
)
def test_a_dossier_is_late_once_its_clock_runs_beyond_what_held_then(facts, due, at, since, turns):
    given = [Fact(a, b, day(when), day(end) if end else None) for a, b, when, end in facts]
    found = lateness(given, day(due) if due else None, day(at))
    assert (found.since, found.turns_at) == (day(since) if since else None, day(turns) if turns else None)


def figures() -> list[tuple]:
    names = [field.attname for field in DailyFigure._meta.concrete_fields if field.name != "id"]
    return list(DailyFigure.objects.order_by("unit", "procedure", "level", "day").values_list(*names))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_random_histories_are_counted_as_they_were_lived(seed, commune, citizen, now):
    rng = random.Random(seed)
    lives = Lives(rng, commune, citizen, now)
    for _n in range(45):
        lives.step()
        if rng.random() < 0.3:
            rollup.count(lives.now)
    lives.now += timedelta(days=3)
    rollup.count(lives.now)
    assert list(rollup.rebuild(lives.now, is_dry=True)) == []
    for course in Course.objects.select_related("dossier"):
        dossier = course.dossier
        is_late = dossier.was_late or dossier.counts_late or is_overdue(dossier, lives.now)
        assert is_late == (course.late_since is not None), dossier
    for n in range(0, (local_day(lives.now) - local_day(now)).days + 1, 3):
        on = local_day(now) + timedelta(days=n)
        end = min(datetime.combine(on + timedelta(days=1), datetime.min.time(), LOCAL), lives.now)
        pending = late = came = 0
        for seen in lives.seen.values():
            known = [each for each in seen if each[0] < end]
            came += bool(known) and local_day(known[0][0]) == on
            if known and known[-1][1] not in (3, 8, 9, 10):
                is_late = late_by(seen, end)
                late, pending = late + is_late, pending + (not is_late)
        found = table(Selection(), Period(on, on), By.UNIT).total
        assert (found.received, found.pending, found.overdue) == (came, pending, late), on
        assert balances(found)


@pytest.mark.django_db
def test_counting_twice_adds_nothing_and_a_rebuild_mends_what_is_wrong(commune, citizen, now):
    lives = Lives(random.Random(5), commune, citizen, now)
    for _n in range(12):
        lives.step()
    rollup.count(lives.now)
    right = figures()
    assert right and rollup.count(lives.now) >= 0 and figures() == right
    DailyFigure.objects.update(came_online=99)
    Course.objects.filter(pk=lives.dossiers[0].pk).delete()
    with time_machine.travel(lives.now, tick=False), pytest.raises(CommandError, match="1 courses"):
        call_command("rebuild_figures", "--dry-run")
    assert figures() != right
    for _difference in rollup.rebuild(lives.now):
        pass
    assert figures() == right and list(rollup.rebuild(lives.now, is_dry=True)) == []


@pytest.mark.django_db
def test_a_dossier_turns_late_without_an_event(commune, citizen, now):
    lives = Lives(random.Random(5), commune, citizen, now)
    while not Dossier.objects.filter(status=4, paused_since=None).exists():
        lives.step()
    rollup.count(lives.now)
    dossier = Dossier.objects.filter(status=4, paused_since=None).get()
    assert Course.objects.get(pk=dossier.pk).late_since is None
    assert dossier.due_at is not None and rollup.count(dossier.due_at + timedelta(seconds=1)) >= 1
    course = Course.objects.get(pk=dossier.pk)
    assert (course.late_since, course.turns_late_at) == (dossier.due_at, None)
    assert DailyFigure.objects.get(day=local_day(dossier.due_at)).turned_late == 1


@pytest.mark.django_db
def test_an_event_that_was_committed_late_is_counted_by_the_next_run(commune, citizen, now):
    lives = Lives(random.Random(5), commune, citizen, now)
    lives.step()
    first = lives.dossiers[0]
    rollup.count(now)
    # As if its transaction had still been open when the last run looked.
    Course.objects.filter(pk=first.pk).delete()
    DailyFigure.objects.all().delete()
    rollup.count(now)
    assert Course.objects.filter(pk=first.pk).exists()


@pytest.mark.django_db
def test_a_long_backlog_is_counted_piece_by_piece(commune, citizen, now, monkeypatch):
    lives = Lives(random.Random(5), commune, citizen, now)
    for _n in range(10):
        lives.step()
    monkeypatch.setattr(rollup, "MOST_EVENTS", 2)
    monkeypatch.setattr(rollup, "BATCH", 1)
    for n in range(DossierEvent.objects.count() // 2 + 1):
        rollup.count(lives.now)
        assert n or Counted.objects.get().at is None
    assert Counted.objects.get().at == lives.now
    assert list(rollup.rebuild(lives.now, is_dry=True)) == []


@pytest.mark.django_db
def test_the_number_of_statements_does_not_grow_with_the_dossiers(commune, citizen, now, django_assert_max_num_queries):
    lives = Lives(random.Random(5), commune, citizen, now)
    for _n in range(12):
        lives.step()
    with django_assert_max_num_queries(24):
        rollup.count(lives.now)


@pytest.mark.django_db
def test_no_dossier_no_figures(client, now):
    assert client.get("/statistics/").status_code == 200
    assert rollup.count(now) == 0 and list(rollup.rebuild(now)) == []
    assert balances(table(Selection(), Period(date(2026, 1, 1), date(2026, 3, 1)), By.MONTH).total)


@pytest.mark.django_db
def test_what_was_cancelled_as_a_mistake_counts_in_no_figure(commune, now):
    version, lan = factories.version(commune.unit), ApplicantData(kind="citizen", name="Phạm Thị Lan")
    taken = factories.draft(commune.clerk, commune.unit, version, channel="counter")
    Dossier.objects.update(owner=None)
    taken.refresh_from_db()
    perform(actions.Register(lan, (Handed("chung-sinh"),)), taken, by=commune.clerk, now=now)
    entered = factories.attested(commune, factories.booked(commune.unit, code="2.000815"), now).dossier
    rollup.count(now)
    assert Course.objects.count() == 2 and len(figures()) == 2
    perform(actions.CancelReception("Nhầm"), taken, by=commune.clerk, now=now)
    perform(actions.CancelEntry("Nhầm"), entered, by=commune.clerk, now=now)
    rollup.count(now)
    assert not Course.objects.exists() and figures() == []
    assert list(rollup.rebuild(now)) == []


@pytest.mark.django_db
def test_a_withdrawn_dossier_stays_withdrawn_once_it_is_linked_to_an_account(commune, citizen, other_citizen, now):
    lives = Lives(random.Random(5), commune, citizen, now)
    lives.step()
    dossier = lives.dossiers[0]
    perform(actions.RequestWithdrawal("Đổi ý"), dossier, by=citizen, now=now)
    rollup.count(now)
    assert Course.objects.get().ending == "withdrawn"
    Dossier.objects.update(owner=None)
    dossier.refresh_from_db()
    perform(actions.Link(other_citizen, "Ông đã mất, con theo dõi"), dossier, by=commune.clerk, now=now)
    rollup.count(now)
    assert Course.objects.get().ending == "withdrawn"


@pytest.mark.django_db
def test_a_dossier_counts_at_the_level_at_which_its_unit_took_it(commune, citizen, now):
    lives = Lives(random.Random(5), commune, citizen, now)
    lives.step()
    Offering.objects.update(level=3)
    lives.do(factories.draft(citizen, commune.unit, lives.version), actions.Submit(), citizen)
    rollup.count(lives.now)
    levels = [lives.version.level, 3]
    assert levels[0] == 4 and list(Course.objects.order_by("pk").values_list("level", flat=True)) == levels
    Offering.objects.update(level=2)
    assert list(rollup.rebuild(lives.now)) == []
    assert set(DailyFigure.objects.values_list("level", flat=True)) == set(levels)
