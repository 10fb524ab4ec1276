"""The triggers refuse what they should, allow what they may, and survive every migration."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common.database import append_only
from common.database.refusing import row_triggers

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


def test_what_broke_the_transaction_is_told_and_not_hidden_by_closing_the_table(scratch):
    append_only.register(TABLE)
    append_only.install()
    with pytest.raises(IntegrityError), transaction.atomic(), append_only.lifted():
        with transaction.atomic(savepoint=False):
            run(f"INSERT INTO {TABLE} VALUES (1, 'again', '', NULL, 'draft')")
    refused(f"DELETE FROM {TABLE}")


@pytest.mark.postgres
def test_truncate_is_refused(scratch):
    append_only.register(TABLE)
    append_only.install()
    refused(f"TRUNCATE {TABLE}")


@pytest.mark.postgres
def test_truncate_is_refused_where_a_parent_decides(scratch):
    """`TRUNCATE … CASCADE` of the parent reaches its children by their own trigger."""
    run(f"CREATE TABLE scratch_line (id integer PRIMARY KEY, register_id integer REFERENCES {TABLE} (id))")
    append_only.register("scratch_line", parent=append_only.Parent(TABLE, "register_id", "status = 'published'"))
    append_only.install()
    refused("TRUNCATE scratch_line")
    refused(f"TRUNCATE {TABLE} CASCADE")
    run("DROP TABLE scratch_line")


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["accounts_user", "offices_unit", "procedures_procedure", "dossiers_dossier"])
def test_no_truncate_cascades_into_what_the_database_keeps(table):
    refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT OR REPLACE INTO {TABLE} VALUES (1, 'second', '', NULL, 'draft')",
        f"REPLACE INTO {TABLE} VALUES (1, 'second', '', NULL, 'draft')",
        f"UPDATE OR REPLACE {TABLE} SET id = 1 WHERE id = 2",
        f"INSERT INTO {TABLE} VALUES (1, 'second', '', NULL, 'draft') ON CONFLICT (id) DO UPDATE SET text = 'second'",
        f"INSERT OR REPLACE INTO {TABLE} VALUES (9, 'second', 'first.pdf', 7, 'draft')",
        f"INSERT OR REPLACE INTO {TABLE} VALUES (9, 'only one', '', NULL, 'sent')",
    ],
)
@pytest.mark.parametrize("when", ["", "OLD.text = 'first'"])
def test_no_replace_pushes_a_kept_row_out(scratch, when, statement):
    run(f"CREATE UNIQUE INDEX scratch_pair ON {TABLE} (file, size)")
    run(f"CREATE UNIQUE INDEX scratch_sent ON {TABLE} (status) WHERE status = 'sent'")
    run(f"UPDATE {TABLE} SET file = 'first.pdf', size = 7, status = 'sent'")
    run(f"INSERT INTO {TABLE} VALUES (2, 'other', '', NULL, 'draft')")
    append_only.register(TABLE, when=when)
    append_only.install()
    refused(statement)
    assert value("text") == "first"
    run(f"INSERT INTO {TABLE} VALUES (3, 'next', 'next.pdf', 7, 'draft')")


@pytest.mark.sqlite
def test_no_replace_pushes_out_a_row_that_its_parent_keeps(scratch):
    run(f"CREATE TABLE scratch_line (id integer PRIMARY KEY, register_id integer REFERENCES {TABLE} (id), words text)")
    run(f"INSERT INTO {TABLE} VALUES (2, 'open', '', NULL, 'draft')")
    run(f"UPDATE {TABLE} SET status = 'published' WHERE id = 1")
    run("INSERT INTO scratch_line VALUES (1, 1, 'kept'), (2, 2, 'free')")
    append_only.register("scratch_line", parent=append_only.Parent(TABLE, "register_id", "status = 'published'"))
    append_only.install()
    refused("INSERT OR REPLACE INTO scratch_line VALUES (1, 2, 'other')")
    refused("UPDATE OR REPLACE scratch_line SET id = 1 WHERE id = 2")
    run("INSERT OR REPLACE INTO scratch_line VALUES (2, 2, 'changed')")
    run("DROP TABLE scratch_line")


def is_reading(sql):
    return sql.split()[0] in {"SELECT", "PRAGMA", "BEGIN", "COMMIT"}


@pytest.mark.sqlite
def test_rows_may_share_what_is_not_unique_and_none_is_pushed_out_by_what_is(scratch):
    run(f"CREATE INDEX scratch_text ON {TABLE} (text)")
    run(f"CREATE UNIQUE INDEX scratch_file ON {TABLE} (file) WHERE file <> ''")
    run(f"CREATE INDEX scratch_status ON {TABLE} (status)")
    append_only.register(TABLE)
    append_only.install()
    run(f"INSERT INTO {TABLE} VALUES (2, 'first', '', NULL, 'draft')")
    run(f"INSERT INTO {TABLE} VALUES (3, 'first', 'a.pdf', NULL, 'draft')")
    refused(f"INSERT OR REPLACE INTO {TABLE} VALUES (4, 'next', 'a.pdf', NULL, 'draft')")
    refused(f"INSERT OR REPLACE INTO {TABLE} VALUES (1, 'next', 'b.pdf', NULL, 'draft')")


@pytest.mark.sqlite
def test_a_unique_expression_is_not_passed_over(scratch):
    run(f"CREATE UNIQUE INDEX scratch_lower ON {TABLE} (lower(text))")
    append_only.register(TABLE)
    with pytest.raises(NotImplementedError, match=f"{TABLE} has a unique expression.*scratch_lower"):
        append_only.install()


def test_a_stricter_rule_takes_the_place_of_the_one_before(scratch):
    append_only.register(TABLE, allowed_columns=["text"])
    append_only.install()
    run(f"UPDATE {TABLE} SET text = 'second'")
    append_only.register(TABLE)
    assert append_only.install() == 1
    refused(f"UPDATE {TABLE} SET text = 'third'")


def test_installing_again_touches_nothing(scratch):
    append_only.register(TABLE, allowed_columns=["status"])
    assert append_only.install() == 1
    with CaptureQueriesContext(connection) as done:
        assert append_only.install() == 0
    assert not [query["sql"] for query in done if not is_reading(query["sql"])], done.captured_queries


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(f'DROP TRIGGER "{TABLE}_no_delete" ON {TABLE}', marks=pytest.mark.postgres),
        pytest.param(f'ALTER TABLE {TABLE} DISABLE TRIGGER "{TABLE}_no_update"', marks=pytest.mark.postgres),
        pytest.param(
            f'CREATE OR REPLACE TRIGGER "{TABLE}_no_update" BEFORE UPDATE ON {TABLE} FOR EACH ROW '
            "WHEN (OLD.id = 7) EXECUTE FUNCTION append_only_refuse()",
            marks=pytest.mark.postgres,
        ),
        pytest.param(
            "CREATE OR REPLACE FUNCTION append_only_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NEW; END $$",
            marks=pytest.mark.postgres,
        ),
        pytest.param(f'DROP TRIGGER "{TABLE}_no_delete"', marks=pytest.mark.sqlite),
        pytest.param(f'DROP TRIGGER "{TABLE}_no_replace"', marks=pytest.mark.sqlite),
    ],
)
def test_a_guard_that_was_weakened_is_made_whole_again(scratch, harm):
    append_only.register(TABLE)
    append_only.install()
    run(harm)
    assert append_only.install() == 1
    refused(f"UPDATE {TABLE} SET text = 'second'")
    refused(f"DELETE FROM {TABLE}")


def test_a_trigger_of_an_older_rule_goes(scratch):
    append_only.register(TABLE, parent=append_only.Parent(TABLE, "id", "status = 'published'"))
    append_only.install()
    append_only.register(TABLE)
    append_only.install()
    assert f"{TABLE}_no_insert" not in triggers()
    run(f"INSERT INTO {TABLE} VALUES (2, 'next', '', NULL, 'published')")


def test_lifted_opens_only_the_tables_that_are_named(scratch):
    append_only.register(TABLE)
    append_only.install()
    with append_only.lifted(tables=["another_table"]):
        refused(f"UPDATE {TABLE} SET text = 'second'")
    with append_only.lifted(tables=[TABLE]):
        run(f"UPDATE {TABLE} SET text = 'second'")
    refused(f"UPDATE {TABLE} SET text = 'third'")


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
    expected = {name for rule in append_only.rules() for name in row_triggers(rule)}
    assert expected <= triggers()


@pytest.mark.parametrize("table", ["dossiers_dossierevent", "dossiers_accessrecord"])
def test_what_happened_and_who_looked_are_registered(table):
    assert table in {rule.table for rule in append_only.rules()}


@pytest.mark.django_db(transaction=True)
def test_triggers_are_back_after_a_transactional_test_emptied_the_tables():
    """The flush of the test before this one needed them lifted; here they stand again."""
    expected = {name for rule in append_only.rules() for name in row_triggers(rule)}
    assert expected <= triggers()
