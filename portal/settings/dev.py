"""A whole portal on one machine: demo data, embedded services, readable mail."""

from .base import *  # noqa: F403
from .base import env

DEMO = True
NOTIFICATION_SMS = True
DEBUG = env.bool("DEBUG", default=False)
