"""``manage.py rebuild_figures``: whether the figures say what the dossiers say, and making them say it."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.clock import recorded_now
from reports.counting import monthly, procedures, rollup, steps
from reports.indicators import measuring


class Command(BaseCommand):
    """Count every dossier anew, write what differs, measure every month; safe to repeat, at any time."""

    help = "Count the daily figures anew from the dossiers, and write those that differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only compare; ends with 1 when something differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Name each row that differs, then their number."""
        found: Counter[str] = Counter()
        for difference in rollup.rebuild(recorded_now(), is_dry=options["dry_run"]):
            found[difference.what] += 1
            if options["verbosity"] > 1:
                self.stdout.write(f"{difference.what} {difference.name}")
        said = f"{found.total()} rows differ from the dossiers ({found['course']} courses, {found['figure']} figures)."
        if found and options["dry_run"]:
            raise CommandError(said)
        if not options["dry_run"]:
            self.measure()
        self.stdout.write(f"{said} They are written anew." if found else said)

    def measure(self) -> None:
        """Measure anew what the nights measure: procedures of the year, steps of late, indicators of every month."""
        now = recorded_now()
        procedures.count(now, monthly.ALWAYS)
        steps.measure(now, monthly.ALWAYS)
        measuring.measure(now, monthly.ALWAYS)
