"""The clock of the periodic tasks keeps going after the machine's clock was wrong."""

import shelve
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery import Celery
from celery.beat import PersistentScheduler
from celery.schedules import crontab
from django.conf import settings

from common import heartbeat
from portal import celery_app
from portal.beat import Scheduler

NOW = datetime(2026, 3, 23, 2, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture
def make(tmp_path):
    """``make(kind)`` starts a scheduler over the same schedule file, one run each 30 seconds and one each night."""

    def started(kind=Scheduler):
        app = Celery("trial", broker="memory://", set_as_current=False)
        app.conf.update(timezone="Asia/Ho_Chi_Minh", result_expires=None)
        app.conf.beat_schedule = {
            "often": {"task": "often", "schedule": timedelta(seconds=30)},
            "nightly": {"task": "nightly", "schedule": crontab(hour=3, minute=10)},
        }
        scheduler = kind(app=app, schedule_filename=str(tmp_path / "beat-schedule"))
        scheduler.sent = []
        scheduler.apply_entry = lambda entry, producer=None: scheduler.sent.append(entry.name)
        scheduler.__dict__["producer"] = None
        return scheduler

    return started


def run(scheduler, traveller, seconds):
    """Let the scheduler tick through so many seconds; returns what it sent."""
    scheduler.sent.clear()
    for _second in range(seconds):
        while scheduler.tick() == 0:
            pass
        traveller.shift(timedelta(seconds=1))
    return list(scheduler.sent)


def test_a_schedule_file_from_the_future_does_not_stop_a_start(make):
    with time_machine.travel(NOW + YEAR, tick=False) as traveller:
        scheduler = make()
        assert run(scheduler, traveller, 61).count("often") == 2
        scheduler.close()
        scheduler._store.close()
    with time_machine.travel(NOW, tick=False) as traveller:
        assert run(make(), traveller, 61).count("often") == 2


def test_the_control_celerys_own_scheduler_stands_still_for_a_year(make):
    with time_machine.travel(NOW + YEAR, tick=False) as traveller:
        scheduler = make(PersistentScheduler)
        run(scheduler, traveller, 61)
        scheduler.close()
        scheduler._store.close()
    with time_machine.travel(NOW, tick=False) as traveller:
        assert run(make(PersistentScheduler), traveller, 61) == []


def test_a_clock_set_back_does_not_stop_the_running_process(make):
    with time_machine.travel(NOW + YEAR, tick=False) as traveller:
        scheduler = make()
        run(scheduler, traveller, 61)
        traveller.move_to(NOW)
        sent = run(scheduler, traveller, 61)
        assert sent.count("often") == 2 and "nightly" not in sent


def test_a_nightly_task_runs_at_its_hour_after_the_clock_was_set_back(make):
    with time_machine.travel(NOW + YEAR, tick=False) as traveller:
        scheduler = make()
        run(scheduler, traveller, 2)
        # 03:09:30 in Vietnam.
        traveller.move_to(datetime(2026, 3, 22, 20, 9, 30, tzinfo=UTC))
        assert run(scheduler, traveller, 61).count("nightly") == 1


def test_a_clock_set_forward_makes_due_what_is_due(make):
    with time_machine.travel(NOW, tick=False) as traveller:
        scheduler = make()
        run(scheduler, traveller, 2)
        traveller.shift(timedelta(hours=1))
        assert run(scheduler, traveller, 1) == ["often"]


def test_the_moment_corrected_is_what_the_file_keeps(make, tmp_path):
    with time_machine.travel(NOW + YEAR, tick=False) as traveller:
        scheduler = make()
        run(scheduler, traveller, 31)
        scheduler.close()
        scheduler._store.close()
    with time_machine.travel(NOW, tick=False):
        scheduler = make()
        scheduler._store.close()
    with shelve.open(str(tmp_path / "beat-schedule")) as kept:
        assert kept["entries"]["often"].last_run_at == NOW


def test_settings_use_this_clock():
    assert settings.CELERY_BEAT_SCHEDULER == "portal.beat:Scheduler"


@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_a_periodic_task_exists_and_is_dropped_when_nobody_takes_it(name):
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    celery_app.loader.import_default_modules()
    assert entry["task"] in celery_app.tasks
    every = entry["schedule"]
    longest = every.total_seconds() if isinstance(every, timedelta) else 12 * 3600
    assert 0 < entry["options"]["expires"] <= longest


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("notifications.tasks.deliver", "mail"),
        ("notifications.tasks.sweep", "mail"),
        ("notifications.tasks.watch", "celery"),
        ("dossiers.tasks.render_slip", "pdf"),
        ("dossiers.tasks.render_result", "pdf"),
        ("dossiers.tasks.render_waiting_slips", "pdf"),
        ("payments.tasks.ask_about_attempts", "money"),
        ("payments.tasks.render_receipt", "pdf"),
        ("dossiers.tasks.expire_drafts", "celery"),
        ("common.tasks.watch_store", "celery"),
    ],
)
def test_mail_and_pdf_have_queues_of_their_own(task, queue):
    found = celery_app.amqp.router.route({}, task)["queue"]
    assert (found.name, found.routing_key) == (queue, queue)
    assert queue in heartbeat.QUEUES


def test_every_queue_gets_a_sign_of_life_each_minute():
    """Some task that runs at least each minute goes to each queue."""
    often = [entry for entry in settings.CELERY_BEAT_SCHEDULE.values() if isinstance(entry["schedule"], timedelta)]
    served = {
        celery_app.amqp.router.route({}, entry["task"])["queue"].name
        for entry in often
        if entry["schedule"] <= timedelta(minutes=1)
    }
    assert served == set(heartbeat.QUEUES) == set(celery_app.amqp.queues)
