"""The Celery application: tasks take ids, re-read the row and may run twice."""

import logging
import os
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")

# By name: the task needs the models, which are not there yet.
app = Celery("portal", task_cls="portal.worker_life:LivingTask", log="portal.worker_logs:KeptLogging")
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
