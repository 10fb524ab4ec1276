"""``manage.py load_catalogue``: load the procedures that come with the portal."""

from typing import Any

from django.core.management.base import BaseCommand

from common import clock
from procedures.seed import import_catalogue


class Command(BaseCommand):
    """Load missing procedures; running it again changes nothing."""

    help = "Load the procedures that come with the portal; existing ones stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many were new."""
        made = import_catalogue(now=clock.now())
        self.stdout.write(f"{made} new procedures loaded.")
