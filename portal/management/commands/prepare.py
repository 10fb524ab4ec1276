"""Make everything ready that the processes need before they start."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from common import clock, heartbeat
from portal.demo.accounts import account_lines
from portal.file_broker import forget_leftovers


class Command(BaseCommand):
    """Folders, catalogues of messages, tables, static files and, in demo mode, demo data; safe to repeat."""

    help = "Make folders, message catalogues, database tables, static files and demo data ready."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--announce", action="store_true", help="say where the portal will be reached")

    def handle(self, *args: Any, **options: Any) -> None:
        make_folders()
        compile_messages()
        migrate()
        heartbeat.expect(heartbeat.QUEUES, clock.now())
        collect_static()
        if settings.DEMO:
            call_command("load_demo", verbosity=0)
        if options["announce"]:
            self.announce()

    def announce(self) -> None:
        """Print the address and, in demo mode, who may sign in and where mail is read."""
        say = self.stdout.write
        say(f"\n  Một Cửa: {settings.SITE_URL}/")
        if settings.DEMO:
            say(f"  Mail it sends: {settings.SITE_URL}/demo/mail/\n\n")
            for line in account_lines():
                say(f"  {line}")
        say("\n  Ctrl+C stops it.\n\n")


def migrate() -> None:
    """Bring the tables up to date; a migration may take longer than a page's query."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
    call_command("migrate", interactive=False, verbosity=0)


def make_folders() -> None:
    """Create the folders of the embedded services, readable by this user only."""
    folders = [settings.VAR_DIR, Path(settings.MEDIA_ROOT)]
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    folders += [Path(options[key]) for key in ("data_folder_in", "data_folder_out", "control_folder") if key in options]
    for folder in folders:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    for key in ("data_folder_in", "control_folder"):
        if key in options:
            forget_leftovers(Path(options[key]))


def compile_messages() -> None:
    """Compile catalogues older than their sources, with Babel: gettext may not be installed."""
    for source in settings.BASE_DIR.glob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as po:
            catalogue = read_po(po)
        beside = target.with_suffix(".mo.new")
        with beside.open("wb") as mo:
            write_mo(mo, catalogue)
        beside.replace(target)


def collect_static() -> None:
    """Collect static files when any source changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    newest = max(
        (entry.stat().st_mtime for root in settings.STATICFILES_DIRS for entry in Path(root).rglob("*")), default=0
    )
    if stamp.exists() and stamp.stat().st_mtime >= newest:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.touch()
