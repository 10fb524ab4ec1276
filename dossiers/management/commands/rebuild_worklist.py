"""``manage.py rebuild_worklist``: whether the desk's lists say what the dossiers say, and making them say it."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers import worklist


class Command(BaseCommand):
    """Compare every row of the worklist with its dossier and write those that differ; safe to repeat, at any time."""

    help = "Write anew what the desk's lists are read from, where it differs from the dossiers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only compare; ends with 1 when something differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Name each row that differs and what is wrong with it, then their number."""
        found: Counter[str] = Counter()
        for difference in worklist.rebuild(is_dry=options["dry_run"]):
            found[difference.kind] += 1
            if options["verbosity"]:
                self.stdout.write(f"{difference.code}, unit {difference.unit_id}: {difference.kind}")
        kinds = ", ".join(f"{found[kind]} {kind}" for kind in ("missing", "outdated", "surplus"))
        said = f"{found.total()} rows differ from their dossiers ({kinds})."
        if found and options["dry_run"]:
            raise CommandError(said)
        self.stdout.write(f"{said} They are written anew." if found else said)
