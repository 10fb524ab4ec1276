"""Make everything ready that the processes need before they start."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation.reloader import translation_file_changed

from common import clock, heartbeat
from common.database import append_only, stamps
from common.database.contention import patiently
from common.database.roles import RoleRefused, prepare_role
from portal.demo.accounts import account_lines
from portal.file_broker import forget_leftovers
from procedures import seed
from procedures.finding import indexing
from procedures.guiding import seed as guiding
from procedures.models import Procedure
from reports.counting import procedures, rollup

# Any number that nobody else uses for an advisory lock.
LOCK_NUMBER = 20260
LOCK_TIMEOUT = "3s"
LOCK_TRIES = 20
LOCK_PAUSE_SECONDS = 1.0


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
            say(f"  Mail it sends: {settings.SITE_URL}/demo/mail/\n")
            if settings.SIMULATOR_URL:
                say(f"  Gateway, bank and post, simulated: {settings.SIMULATOR_URL}/\n")
            say("\n")
            for line in account_lines():
                say(f"  {line}")
        say("\n  Ctrl+C stops it.\n\n")


def migrate() -> None:
    """Bring tables and their guards up to date; touches neither when nothing differs.

    The portal may work meanwhile: a table that others hold is asked for a short time, then again. Two of these at
    once run one after the other.
    """
    with only_one():
        patiently(_migrate, tries=LOCK_TRIES, pause=LOCK_PAUSE_SECONDS)


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
        fill(clock.now())
    else:
        append_only.install()
        stamps.install()
    if settings.APP_DATABASE_ROLE and connection.vendor == "postgresql":
        try:
            prepare_role(settings.APP_DATABASE_ROLE, settings.APP_DATABASE_PASSWORD)
        except RoleRefused as refused:
            raise CommandError(str(refused)) from refused


def fill(now: datetime) -> None:
    """Fill what the nights fill, where a migration made it: nobody waits a day for search, checklists and figures."""
    if Procedure.objects.exists():
        with transaction.atomic():
            seed.fill_life_events()
            guiding.fill()
            indexing.refresh_search_text(clock.local_day(now))
            rollup.count(now)
            procedures.count(now)


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the one lock of this command; on SQLite the file's own lock does. Lifts the limits of a page's query."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        # A migration may take longer than a page's query, but must not make every page wait for a lock.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
        cursor.execute("SET lock_timeout = %s", [LOCK_TIMEOUT])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_NUMBER])


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
        # Another process may be preparing the same release.
        beside = target.with_suffix(f".mo.{os.getpid()}")
        with beside.open("wb") as mo:
            write_mo(mo, catalogue)
        beside.replace(target)
        # What this process has read before, it reads anew: the demonstration writes its messages in the same run.
        translation_file_changed(None, target)


def collect_static() -> None:
    """Collect static files when any source changed since the last time."""
    for leftover in (".collected", "staticfiles.json"):
        (Path(settings.STATIC_ROOT) / leftover).unlink(missing_ok=True)
    manifest = Path(settings.STATIC_MANIFEST)
    newest = max(
        (entry.stat().st_mtime for root in settings.STATICFILES_DIRS for entry in Path(root).rglob("*")), default=0
    )
    if manifest.exists() and manifest.stat().st_mtime >= newest:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    manifest.touch()
