"""``manage.py load_demo``: two communes with officers, inhabitants and a hundred dossiers."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common import clock
from portal.demo.accounts import account_lines
from portal.demo.loading import is_loaded, load


class Command(BaseCommand):
    """Load the demonstration once; only in demo mode."""

    help = "Load the demonstration: two communes, accounts and a hundred dossiers. Only in demo mode, once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, or say that it is there."""
        if not settings.DEMO:
            raise CommandError("Demo data belong to demo mode only; a real installation starts with setup_portal.")
        if is_loaded():
            self.say("The demo data are there already.", options)
            return
        self.say(f"{load(clock.now())} demo dossiers loaded.", options)
        for line in account_lines():
            self.say(line, options)

    def say(self, line: str, options: dict[str, Any]) -> None:
        """Print a line unless asked to be silent."""
        if options["verbosity"]:
            self.stdout.write(line)
