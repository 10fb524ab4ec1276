"""Settings of the workers: the broker, its queues, and what runs when."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab
from kombu import Queue

from .environment import VAR_DIR, env

NOTIFICATION_SWEEP_SECONDS = env.int("NOTIFICATION_SWEEP_SECONDS", default=30)
# How often the bank's list of credits is read; a demonstration's payers wait in front of it.
CREDITS_SECONDS = env.int("CREDITS_SECONDS", default=15 if env("SIMULATOR_URL", default="") else 300)
# How long a process leaves a broker alone that did not answer.
BROKER_REST_SECONDS = 30

REDIS_URL = env("REDIS_URL", default="")
REDIS_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 3600,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
    # Without these a publisher tries for ever while Redis is away.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any]
CELERY_BROKER_TRANSPORT: str | None = None
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = REDIS_TRANSPORT_OPTIONS
else:
    CELERY_BROKER_URL = "filesystem://localhost/"
    CELERY_BROKER_TRANSPORT = "portal.file_broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker" / "queue"),
        "data_folder_out": str(VAR_DIR / "broker" / "queue"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
        "polling_interval": 0.2,
        "store_processed": False,
    }
# Mail, money and PDF files never wait for each other: the two that wait for others have workers of threads.
CELERY_TASK_DEFAULT_QUEUE = "celery"
# A worker that is not told its queues serves all of them.
CELERY_TASK_QUEUES = [Queue(_name, routing_key=_name) for _name in ("celery", "mail", "money", "pdf")]
CELERY_TASK_ROUTES = {
    "notifications.tasks.deliver": {"queue": "mail"},
    "notifications.tasks.sweep": {"queue": "mail"},
    "dossiers.tasks.render_*": {"queue": "pdf"},
    # The first that fits.
    "payments.tasks.render_*": {"queue": "pdf"},
    "payments.tasks.*": {"queue": "money"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# The web process only wakes the worker: a broker that is down must not hold a request.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULER = "portal.beat:Scheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-outbox": {
        "task": "notifications.tasks.sweep",
        "schedule": timedelta(seconds=NOTIFICATION_SWEEP_SECONDS),
    },
    "watch-store": {"task": "common.tasks.watch_store", "schedule": timedelta(seconds=60)},
    "watch-calendar": {"task": "offices.tasks.watch_calendar", "schedule": crontab(minute=5)},
    "watch-supplements": {"task": "dossiers.tasks.watch_supplements", "schedule": crontab(minute=5)},
    "watch-reading": {"task": "dossiers.tasks.watch_reading", "schedule": crontab(minute="*/15")},
    "watch-outbox": {"task": "notifications.tasks.watch", "schedule": timedelta(seconds=60)},
    "render-slips": {"task": "dossiers.tasks.render_waiting_slips", "schedule": timedelta(seconds=60)},
    "ask-about-attempts": {"task": "payments.tasks.ask_about_attempts", "schedule": timedelta(seconds=60)},
    "move-parcels": {"task": "payments.tasks.move_parcels", "schedule": timedelta(seconds=60)},
    "settle-refunds": {"task": "payments.tasks.settle_refunds", "schedule": timedelta(seconds=60)},
    "render-receipts": {"task": "payments.tasks.render_waiting_receipts", "schedule": timedelta(seconds=60)},
    "check-money": {"task": "payments.tasks.check_money", "schedule": crontab(hour=4, minute=30)},
    "fetch-credits": {"task": "payments.tasks.fetch_credits", "schedule": timedelta(seconds=CREDITS_SECONDS)},
    "reconcile": {"task": "payments.tasks.reconcile", "schedule": crontab(hour=4, minute=20)},
    "tidy-counters": {"task": "common.tasks.tidy", "schedule": crontab(hour=3, minute=10)},
    "forget-unanswered": {"task": "accounts.tasks.forget_unanswered", "schedule": crontab(hour=3, minute=25)},
    "forget-unconfirmed": {"task": "accounts.tasks.forget_unconfirmed", "schedule": crontab(hour=3, minute=20)},
    "forget-ended-sessions": {"task": "accounts.tasks.forget_ended_sessions", "schedule": crontab(hour=3, minute=30)},
    "expire-drafts": {"task": "dossiers.tasks.expire_drafts", "schedule": crontab(hour=2, minute=30)},
    "sweep-loose-files": {"task": "common.tasks.sweep_loose_files", "schedule": crontab(hour=3, minute=40)},
    "verify-record": {"task": "dossiers.tasks.verify_record", "schedule": crontab(hour=1, minute=10)},
    "mend-worklist": {"task": "dossiers.tasks.mend_worklist", "schedule": crontab(hour=2, minute=0)},
    "rank-procedures": {"task": "dossiers.tasks.rank_procedures", "schedule": crontab(hour=2, minute=10)},
    "count-days": {"task": "reports.tasks.count_days", "schedule": timedelta(minutes=5)},
    "mend-figures": {"task": "reports.tasks.mend_figures", "schedule": crontab(hour=2, minute=15)},
    "forget-comments": {"task": "reports.tasks.forget_comments", "schedule": crontab(hour=2, minute=50)},
    "measure-steps": {"task": "reports.tasks.measure_steps", "schedule": crontab(hour=2, minute=25)},
    "forget-feedback": {"task": "reports.tasks.forget_feedback", "schedule": crontab(hour=3, minute=35)},
    "count-procedures": {"task": "reports.tasks.count_procedures", "schedule": crontab(hour=2, minute=35)},
    "measure-indicators": {"task": "reports.tasks.measure_indicators", "schedule": crontab(hour=2, minute=45)},
    "expire-prepared-forms": {
        "task": "procedures.tasks.expire_prepared_forms",
        "schedule": crontab(hour=2, minute=40),
    },
    "forget-imports": {"task": "procedures.tasks.forget_imports", "schedule": crontab(minute=25)},
    "refresh-search-text": {
        "task": "procedures.tasks.refresh_search_text",
        "schedule": crontab(hour=0, minute=5),
    },
}
# Nothing piles up: what no worker has begun when its next run comes, or within a night, is dropped.
for _entry in CELERY_BEAT_SCHEDULE.values():
    _every = _entry["schedule"]
    _entry["options"] = {"expires": _every.total_seconds() if isinstance(_every, timedelta) else 6 * 3600}
