"""``manage.py purge``: what the nightly clean-ups would delete, and letting one go on that stopped."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from common.database import purging


class Command(BaseCommand):
    """Lists the clean-ups; with ``--yes`` runs those that are named, however much they delete."""

    help = "Show what the nightly clean-ups would delete now; --yes NAME lets one go on that stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the names of clean-ups to let go on."""
        parser.add_argument("--yes", nargs="+", metavar="NAME", choices=purging.names(), default=[])

    def handle(self, *args: Any, yes: list[str], **options: Any) -> None:
        """Run what was agreed, or list everything; fails when the clocks differ."""
        moment = clock.now()
        self.stdout.write(f"This machine's clock says {moment.astimezone(clock.LOCAL):%d/%m/%Y %H:%M}.")
        try:
            purging.check_clocks(moment)
            for name in yes:
                self.stdout.write(f"{name}: {purging.run_agreed(name, moment)} deleted")
        except purging.ClocksDiffer as difference:
            raise CommandError(f"Nothing is deleted: {difference}.") from None
        if yes:
            return
        for name, due in purging.looks(moment):
            state = "" if due.is_usual else " – STOPPED, more than usual"
            self.stdout.write(f"{name}: {due.count} of {due.standing} are due, {due.usual} are usual{state}")
