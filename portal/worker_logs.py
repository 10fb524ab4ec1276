"""Logging of workers and the clock: that of the settings, for Celery's own masks nothing."""

import logging
from typing import Any

from celery.app.log import Logging
from celery.utils.log import mlevel


class KeptLogging(Logging):
    """Takes from the command line how much Celery itself says, and leaves the rest as the settings have it."""

    def setup_logging_subsystem(self, loglevel: int | str | None = None, *args: Any, **options: Any) -> bool:
        """Return that logging is looked after."""
        logging.getLogger("celery").setLevel(mlevel(loglevel or self.loglevel))
        return True
