"""``manage.py rebuild_figures``: whether the figures say what the dossiers say, and making them say it."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.clock import local_day, recorded_now
from reports.counting import monthly, procedures, rollup, steps
from reports.indicators import measuring
from reports.ratings import figures as rating_figures


class Command(BaseCommand):
    """Count every dossier anew, write what differs, measure every month; safe to repeat, at any time."""

    help = "Count the daily figures anew from the dossiers, and write those that differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only compare; ends with 1 when something differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Name each row that differs, then their number."""
        found: Counter[str] = Counter()
        moment, is_dry = recorded_now(), options["dry_run"]
        differences = [(each.what, each.name) for each in rollup.rebuild(moment, is_dry=is_dry)]
        differences += [("rating", name) for name in rating_figures.rebuild(local_day(moment), is_dry=is_dry)]
        for what, name in differences:
            found[what] += 1
            if options["verbosity"] > 1:
                self.stdout.write(f"{what} {name}")
        parts = f"{found['course']} courses, {found['figure']} figures, {found['rating']} days of ratings"
        said = f"{found.total()} rows differ from the dossiers ({parts})."
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
