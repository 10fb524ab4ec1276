"""``manage.py verify_history``: whether the record of dossiers and the stored files are what was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from dossiers import verifying


class Command(BaseCommand):
    """Verify every chain of events, the dossiers' last events, results and files; ends with 1 when one is not whole."""

    help = "Verify the history of every dossier and every stored file; alerts are raised and cleared as it goes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seal",
            action="store_true",
            help="first seal the chains that the former release wrote without a key while this one was installed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was verified, or every fault."""
        moment = clock.recorded_now()
        if options["seal"]:
            self.stdout.write(f"{verifying.seal_loose_chains(moment)} chains sealed.")
        report = verifying.verify(moment)
        self.stdout.write(f"{report.dossiers} dossiers, {report.events} events and their files verified.")
        if report.count:
            lines = [f"{fault.subject}: {fault.why}" for fault in report.faults]
            if report.count > len(lines):
                lines.append(f"… {report.count - len(lines)} more.")
            raise CommandError("\n".join([f"{report.count} faults:", *lines]))
