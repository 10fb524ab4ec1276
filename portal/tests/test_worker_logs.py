"""What a worker logs is masked like everything else."""

import logging

from common.tests.test_logs import log
from portal.celery import app


def test_a_worker_keeps_the_logging_of_the_settings():
    handlers, level = list(logging.getLogger().handlers), logging.getLogger().level
    celery = logging.getLogger("celery")
    before = celery.level
    try:
        app.log.setup(loglevel="WARNING", redirect_stdouts=False)
        assert logging.getLogger().handlers == handlers and logging.getLogger().level == level
        with log() as text:
            logging.getLogger("celery.app.trace").error("Task failed for 075199000011")
            logging.getLogger("celery.app.trace").info("Task received")
    finally:
        celery.setLevel(before)
    assert "Task failed for ‹number›" in text.getvalue() and "received" not in text.getvalue()
