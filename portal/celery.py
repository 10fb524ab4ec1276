"""The Celery application: tasks take ids, re-read the row and may run twice."""

import logging
import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from celery.utils.log import mlevel
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")

# By name: it needs the models, which are not there yet.
app = Celery("portal", task_cls="portal.worker_life:LivingTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_logging(loglevel: int | str | None = None, **_options: Any) -> None:
    """Keep the logging of the settings in workers and the clock: Celery's own masks nothing."""
    logging.getLogger("celery").setLevel(mlevel(loglevel or logging.INFO))


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
