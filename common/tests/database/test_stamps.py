"""A statement on a watched table, whoever makes it and how, raises the table's stamp; nothing else does."""

import os
import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common.database import append_only, stamps
from common.database.roles import prepare_role
from offices.models import Holiday, Unit
from procedures.models import LifeEvent, ProcedureVersion, Sector
from tests import factories

pytestmark = pytest.mark.django_db
TABLE = "procedures_sector"


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def stamp(table=TABLE):
    return stamps.read().get(table)


def sector(code="dat-dai"):
    return Sector(code=code, name="Đất đai")


@pytest.mark.parametrize(
    "change",
    [
        lambda: sector("moi").save(),
        lambda: Sector.objects.update(name="Khác"),
        lambda: Sector.objects.all().delete(),
        lambda: Sector.objects.bulk_create([sector("a"), sector("b")]),
        lambda: Sector.objects.bulk_create([sector("dat-dai"), sector("c")], ignore_conflicts=True),
        lambda: run("UPDATE procedures_sector SET name_en = 'Land'"),
        lambda: run("DELETE FROM procedures_sector"),
        pytest.param(
            lambda: run("INSERT OR REPLACE INTO procedures_sector (code, name, name_en) VALUES ('dat-dai', 'x', '')"),
            marks=pytest.mark.sqlite,
        ),
    ],
)
def test_every_kind_of_change_raises_the_stamp(change):
    sector().save()
    before = stamp()
    change()
    assert stamp() != before


@pytest.mark.postgres
def test_emptying_a_table_raises_it_as_well(commune):
    factories.own_fee(factories.fee(factories.version(commune.unit)), commune.unit)
    before = stamp("procedures_offeringfee")
    # Its foreign keys wait to be checked.
    connection.check_constraints()
    run("TRUNCATE procedures_offeringfee")
    assert stamp("procedures_offeringfee") != before


def test_links_of_many_to_many_raise_it_as_well(commune):
    version = factories.version(commune.unit)
    event = LifeEvent.objects.create(code="sinh-con", name="Sinh con")
    table = "procedures_procedure_life_events"
    before = stamp(table)
    version.procedure.life_events.add(event)
    assert stamp(table) != before


def test_work_on_a_draft_changes_nothing_that_anybody_sees(commune):
    version = factories.version(commune.unit, status="draft", published_at=None)
    tables = [f"procedures_{name}" for name in ("procedureversion", "requiredpaper", "procedurestep", "feeline")]
    before = [stamp(table) for table in tables]
    version.papers.update(name="Khác")
    version.papers.filter(n=2).delete()
    factories.fee(version, exemptions=[{}])
    version.save()
    assert [stamp(table) for table in tables] == before
    ProcedureVersion.objects.update(status="published", published_at=factories.NOW)
    assert stamp(tables[0]) != before[0]
    with append_only.lifted():
        rows: Any
        for table, rows in zip(tables[1:], (version.papers, version.steps, version.fees), strict=True):
            rows.filter(n=1).update(n=9)
            assert stamp(table) != before[tables.index(table)], table
        version.fees.get().exemptions.update(who="Khác")
        assert stamp("procedures_feeexemption")


def test_reading_and_other_tables_leave_it(commune):
    sector().save()
    before = stamp()
    list(Sector.objects.all())
    Unit.objects.update(phone="0251")
    assert stamp() == before


def test_one_table_has_one_row_however_often_it_changes():
    for n in range(3):
        sector(f"s{n}").save()
    assert len(stamp()) == 1


def test_a_change_that_is_rolled_back_never_meets_the_value_of_the_next():
    sector().save()
    before = stamp()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Sector.objects.update(name="Một")
        rolled_back = stamp()
        raise ZeroDivisionError
    assert stamp() == before
    Sector.objects.update(name="Hai")
    assert stamp() not in (before, rolled_back)


def test_reading_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        stamps.read()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_wait_for_nobody():
    """Each changes two watched tables, in opposite order, and commits last; locks on one row would be a deadlock."""
    unit = Unit.objects.create(kind="commune", slug="a", name="A", short_name="A")
    row = Sector.objects.create(code="a", name="A")
    other_row = Sector.objects.create(code="b", name="B")
    meeting, faults = threading.Barrier(2, timeout=10), []

    def work(steps):
        try:
            with transaction.atomic():
                for step in steps:
                    step()
                    meeting.wait()
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    one = (
        lambda: Sector.objects.filter(pk=row.pk).update(name="Một"),
        lambda: Holiday.objects.create(day="2026-01-01", name="Tết"),
    )
    two = (
        lambda: Holiday.objects.create(unit=unit, day="2026-01-02", name="Nghỉ"),
        lambda: Sector.objects.filter(pk=other_row.pk).update(name="Hai"),
    )
    before = stamps.read()
    threads = [threading.Thread(target=work, args=[steps]) for steps in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    after = stamps.read()
    assert len(after[TABLE]) == 2 and not after[TABLE] & before.get(TABLE, frozenset())
    Sector.objects.filter(pk=row.pk).update(name="Ba")
    assert len(stamp()) == 1


# The triggers themselves ----------------------------------------------------------------------------------------------


def triggers():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
        return {(table, name) for table, name in cursor.fetchall() if "_raises" in name}


def test_every_watched_table_has_its_triggers_after_all_migrations():
    tables = {table for table, _name in triggers()}
    assert tables == stamps.watched()
    assert {"procedures_procedureversion", "offices_unit", "procedures_procedure_life_events"} <= tables


def test_installing_again_touches_nothing():
    with CaptureQueriesContext(connection) as asked:
        assert stamps.install() == 0
    assert all(query["sql"].lstrip().upper().startswith(("SELECT", "PRAGMA")) for query in asked.captured_queries)


def test_a_trigger_that_is_missing_changed_or_off_is_made_anew():
    if connection.vendor == "postgresql":
        run(f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_raises")
        run("DROP TRIGGER offices_unit_raises ON offices_unit")
    else:
        run(f"DROP TRIGGER {TABLE}_raises_update")
        run("DROP TRIGGER offices_unit_raises_delete")
        run("CREATE TRIGGER offices_unit_raises_delete AFTER DELETE ON offices_unit BEGIN SELECT 1; END")
    sector().save()
    assert stamps.install() == 2
    before = stamp()
    Sector.objects.update(name="Khác")
    assert stamp() != before


def test_without_its_table_there_are_no_triggers(monkeypatch):
    monkeypatch.setattr(
        type(connection.introspection), "table_names", lambda self, *args: ["procedures_sector", "offices_unit"]
    )
    assert stamps.install() == 2
    assert triggers() & {(TABLE, name) for _table, name in triggers()} == set()


def test_migrating_everything_again_leaves_them(capsys):
    before = triggers()
    call_command("migrate", verbosity=0)
    assert triggers() == before


@pytest.mark.postgres
def test_a_role_that_may_write_no_stamps_raises_them_all_the_same():
    sector().save()
    role = f"mot_cua_stamps_{os.getpid()}"
    prepare_role(role, "mat-khau")
    before = stamp()
    run(f"SET ROLE {role}")
    Sector.objects.update(name="Khác")
    assert stamp() != before
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run("DELETE FROM common_stamp")
    run("RESET ROLE")
