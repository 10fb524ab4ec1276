"""``manage.py prepare`` beside a portal that works: nothing changes when nothing differs, and nobody is refused."""

import threading
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override
from django.utils.translation.reloader import translation_file_changed

from common.database import append_only
from dossiers import actions
from dossiers.models import Dossier, DossierEvent, Status
from dossiers.workflow import perform
from portal.management.commands import prepare
from procedures import seed
from procedures.models import LifeEvent, ProcedureFigures, ProcedureVersion, TitleWord
from reports.counting import rollup
from tests import factories

WRITERS = 8
ROUNDS = 5
READING = {"SELECT", "PRAGMA", "BEGIN", "COMMIT", "SET"}


class Writer(threading.Thread):
    """Files and receives one dossier after the other until it is told to stop; keeps what was refused."""

    def __init__(self, number: int, commune: Any, version: Any, stop: threading.Event) -> None:
        super().__init__()
        self.number, self.commune, self.version, self.stop = number, commune, version, stop
        self.done = 0
        self.refused: list[Exception] = []

    def run(self) -> None:
        try:
            owner = factories.citizen(email=f"nguoi{self.number}@example.com", personal_number="")
            while not self.stop.is_set():
                draft = factories.draft(owner, self.commune.unit, self.version)
                perform(actions.Submit(), draft, by=owner, now=factories.NOW)
                perform(actions.Receive(), draft, by=self.commune.clerk, now=factories.NOW)
                self.done += 1
        except Exception as error:
            self.refused.append(error)
        finally:
            connection.close()


def work_meanwhile(commune, once: Any) -> list[Writer]:
    """Run ``once`` several times while eight writers work; returns the writers, ended."""
    version, stop = factories.version(commune.unit), threading.Event()
    writers = [Writer(number, commune, version, stop) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        for _round in range(ROUNDS):
            once()
            time.sleep(0.3)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    return writers


def test_messages_compiled_in_this_run_are_read_in_this_run(tmp_path, settings):
    """The demonstration, loaded right after the first compilation, writes its mails in Vietnamese."""
    text = "Only here"
    folder = tmp_path / "locale" / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Only here"\nmsgstr "Chỉ ở đây"\n'
    )
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    translation_file_changed(None, folder / "django.mo")
    try:
        with override("vi"):
            assert gettext(text) == "Only here"
        prepare.compile_messages()
        with override("vi"):
            assert gettext(text) == "Chỉ ở đây"
    finally:
        translation_file_changed(None, folder / "django.mo")


@pytest.mark.django_db(transaction=True)
def test_prepare_beside_eight_writers_refuses_nobody(commune):
    writers = work_meanwhile(commune, lambda: call_command("prepare", verbosity=0))
    assert [error for writer in writers for error in writer.refused] == []
    done = sum(writer.done for writer in writers)
    assert done
    assert Dossier.objects.filter(status=Status.RECEIVED).count() == done
    assert DossierEvent.objects.count() == 2 * done


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_guards_that_differ_are_mended_beside_eight_writers(commune):
    """Each time every guard of the history and the slips has to be made anew: one short transaction a table."""
    tables = ["dossiers_dossierevent", "dossiers_slip", "dossiers_result", "dossiers_accessrecord"]

    def spoil_and_mend() -> None:
        for table in tables:
            with connection.cursor() as cursor:
                cursor.execute(f"COMMENT ON TRIGGER {table}_no_update ON {table} IS 'another'")
        prepare.migrate()

    writers = work_meanwhile(commune, spoil_and_mend)
    assert [error for writer in writers for error in writer.refused] == []
    assert append_only.install() == 0


@pytest.mark.django_db(transaction=True)
def test_prepare_changes_nothing_when_nothing_differs():
    with CaptureQueriesContext(connection) as done:
        prepare.migrate()
    assert [sql for query in done if (sql := query["sql"].strip()).split()[0] not in READING] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_prepare_at_once_run_one_after_the_other():
    order: list[str] = []

    def other() -> None:
        try:
            with prepare.only_one():
                order.append("other")
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    with prepare.only_one():
        thread.start()
        time.sleep(0.5)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


@pytest.mark.django_db
def test_after_an_upgrade_search_life_events_and_figures_are_there(commune, now):
    seed.import_catalogue(now=now)
    for model in (LifeEvent, TitleWord, ProcedureFigures):
        model.objects.all().delete()
    owner = factories.citizen()
    draft = factories.draft(owner, commune.unit, ProcedureVersion.objects.get(procedure__code="1.001193"))
    Dossier.objects.filter(pk=draft.pk).update(
        status=Status.DECIDED, code="X-1", submitted_at=now, received_at=now, due_at=now, decided_at=now
    )
    for _difference in rollup.rebuild(now):
        pass
    prepare.fill(now)
    assert LifeEvent.objects.filter(procedures__code="1.001193").exists()
    assert TitleWord.objects.filter(word="sinh").exists()
    assert ProcedureFigures.objects.get(procedure__code="1.001193").decided == 1
    # What publishers took away stays away.
    LifeEvent.objects.filter(code=LifeEvent.objects.values_list("code", flat=True)[0]).delete()
    kept = set(LifeEvent.objects.values_list("code", flat=True))
    prepare.fill(now)
    assert set(LifeEvent.objects.values_list("code", flat=True)) == kept
