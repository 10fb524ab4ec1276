"""The triggers refuse what they should, allow what they may, and survive every migration."""

import pytest
from django.db import IntegrityError, connection, transaction

from common import append_only

pytestmark = pytest.mark.django_db
TABLE = "scratch_register"


@pytest.fixture
def scratch(monkeypatch):
    """A table of its own, with one row, and a registry without the portal's tables."""
    monkeypatch.setattr(append_only, "_rules", {})
    run(
        f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, text varchar(20) NOT NULL, file varchar(20) NOT NULL, "
        "size integer NULL, status varchar(10) NOT NULL)"
    )
    run(f"INSERT INTO {TABLE} VALUES (1, 'first', '', NULL, 'draft')")
    yield
    run(f"DROP TABLE {TABLE}")


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def refused(sql):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        run(sql)


def value(column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {TABLE} WHERE id = 1")
        row = cursor.fetchone()
    return row[0] if row else None


def test_a_plain_rule_refuses_every_update_and_delete_but_no_insert(scratch):
    append_only.register(TABLE)
    append_only.install()
    refused(f"UPDATE {TABLE} SET text = 'second'")
    refused(f"UPDATE {TABLE} SET text = text")
    refused(f"DELETE FROM {TABLE}")
    run(f"INSERT INTO {TABLE} VALUES (2, 'next', '', NULL, 'draft')")
    assert value("text") == "first"


def test_without_triggers_the_same_statements_pass(scratch):
    run(f"UPDATE {TABLE} SET text = 'second'")
    assert value("text") == "second"
    run(f"DELETE FROM {TABLE}")
    assert value("text") is None


def test_allowed_columns_change_freely_and_alone(scratch):
    append_only.register(TABLE, allowed_columns=["status"])
    append_only.install()
    run(f"UPDATE {TABLE} SET status = 'a'")
    run(f"UPDATE {TABLE} SET status = 'b'")
    assert value("status") == "b"
    refused(f"UPDATE {TABLE} SET status = 'c', text = 'second'")
    refused(f"DELETE FROM {TABLE}")


def test_set_once_columns_are_filled_once(scratch):
    append_only.register(TABLE, set_once=["file", "size"])
    append_only.install()
    run(f"UPDATE {TABLE} SET file = 'a.pdf', size = 10")
    assert (value("file"), value("size")) == ("a.pdf", 10)
    refused(f"UPDATE {TABLE} SET file = 'b.pdf'")
    refused(f"UPDATE {TABLE} SET file = ''")
    refused(f"UPDATE {TABLE} SET size = NULL")


def test_a_condition_keeps_only_the_rows_it_names(scratch):
    append_only.register(TABLE, allowed_columns=["status"], when="OLD.status = 'published'")
    append_only.install()
    run(f"UPDATE {TABLE} SET text = 'second'")
    run(f"UPDATE {TABLE} SET status = 'published'")
    refused(f"UPDATE {TABLE} SET text = 'third'")
    refused(f"DELETE FROM {TABLE}")
    run(f"UPDATE {TABLE} SET status = 'retired'")
    run(f"DELETE FROM {TABLE}")
    assert value("text") is None


def test_lifted_opens_the_table_only_inside_the_block(scratch):
    append_only.register(TABLE)
    append_only.install()
    with append_only.lifted():
        run(f"UPDATE {TABLE} SET text = 'second'")
    assert value("text") == "second"
    refused(f"UPDATE {TABLE} SET text = 'third'")


def test_lifted_closes_the_table_after_an_error(scratch):
    append_only.register(TABLE)
    append_only.install()
    with pytest.raises(ZeroDivisionError), append_only.lifted():
        raise ZeroDivisionError
    refused(f"DELETE FROM {TABLE}")


@pytest.mark.postgres
def test_truncate_is_refused(scratch):
    append_only.register(TABLE)
    append_only.install()
    refused(f"TRUNCATE {TABLE}")


def test_installing_again_and_a_missing_table_are_no_error(scratch):
    append_only.register(TABLE)
    append_only.register("table_of_another_day")
    append_only.install()
    append_only.install()
    refused(f"DELETE FROM {TABLE}")


def triggers():
    source = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(source)
        return {name for (name,) in cursor.fetchall()}


def test_every_registered_table_has_its_triggers_after_all_migrations():
    assert append_only.rules()
    expected = {name for rule in append_only.rules() for name in append_only.triggers_of(rule)}
    assert expected <= triggers()


@pytest.mark.parametrize("table", ["dossiers_dossierevent", "dossiers_reading"])
def test_what_happened_and_who_looked_are_registered(table):
    assert table in {rule.table for rule in append_only.rules()}


@pytest.mark.django_db(transaction=True)
def test_triggers_are_back_after_a_transactional_test_emptied_the_tables():
    """The flush of the test before this one needed them lifted; here they stand again."""
    expected = {name for rule in append_only.rules() for name in append_only.triggers_of(rule)}
    assert expected <= triggers()
