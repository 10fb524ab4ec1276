"""The Celery application: tasks take ids, re-read the row and may run twice."""

import logging
import os
import time
from pathlib import Path
from typing import Any

from celery import Celery, Task
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")

# Often enough for common/heartbeat.py, seldom enough to cost nothing.
NOTED_SECONDS = 30
_noted: dict[str, float] = {}


class LivingTask(Task):
    """A task whose start is a sign of life of the worker that serves its queue."""

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Note the sign of life; called by workers only."""
        note_life((self.request.delivery_info or {}).get("routing_key", ""))


def note_life(queue: str) -> None:
    """Note that a worker serves a queue; a database that is away stops no task. One query in half a minute."""
    from django.db import Error

    from common import clock, heartbeat

    if queue not in heartbeat.QUEUES or time.monotonic() - _noted.get(queue, -NOTED_SECONDS) < NOTED_SECONDS:
        return
    _noted[queue] = time.monotonic()
    try:
        heartbeat.note(queue, clock.now())
    except Error as error:
        logging.getLogger(__name__).warning("A sign of life cannot be noted: %s", type(error).__name__)


app = Celery("portal", task_cls=LivingTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

BROKER_FOLDERS = ("data_folder_in", "data_folder_out", "control_folder")


def make_broker_folders() -> None:
    """Create the folders of the filesystem broker, readable by the portal's own user only.

    A folder that cannot be made is logged, not raised: the web process works without a broker.
    """
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    try:
        for folder in {Path(options[name]) for name in BROKER_FOLDERS if name in options}:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        logging.getLogger(__name__).warning("The broker's folders cannot be made: %s", error)


make_broker_folders()
