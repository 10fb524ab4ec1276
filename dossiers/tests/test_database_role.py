"""The application's own database role: it can do the portal's work, and cannot rewrite the record."""

import os
from contextlib import contextmanager

import pytest
from django.core.management import CommandError
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from common.database import append_only
from common.database.roles import prepare_role
from common.files.stored import store_once
from dossiers import actions, verifying
from dossiers.models import Dossier, Slip, Status
from portal.management.commands import prepare
from tests.present import present

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
# One for each process of the suite: roles belong to the whole server.
ROLE = f"mot_cua_app_{os.getpid()}"


@pytest.fixture
def role():
    """A second role of the server with the rights that prepare gives; gone with the test's transaction."""
    prepare_role(ROLE, "mat-khau")
    return ROLE


@contextmanager
def acting():
    """Speak to the database as the application does."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def refused(sql: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_the_whole_road_is_walked_with_the_applications_rights(role, road):
    with acting():
        road.decided()
        slip = present(Slip.objects.first())
        assert store_once(slip, "slip.pdf", b"%PDF-1.7")
        road.do(actions.ReturnResult("Nguyễn Văn An", "075199000011"), road.commune.clerk)
        assert road.dossier.status == Status.RETURNED
        assert verifying.verify(road.now).count == 0
        User.objects.filter(pk=road.citizen.pk).update(phone="0912000009")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE dossiers_dossierevent SET public_text = 'khác'",
        "DELETE FROM dossiers_dossierevent",
        "DELETE FROM dossiers_historyseal",
        "UPDATE dossiers_slip SET number = '0'",
        "DELETE FROM dossiers_slip",
        "DELETE FROM dossiers_accessrecord",
        "DELETE FROM offices_auditentry",
        "TRUNCATE dossiers_dossier CASCADE",
        "TRUNCATE accounts_user CASCADE",
        "ALTER TABLE dossiers_dossierevent DISABLE TRIGGER ALL",
        "DROP TRIGGER dossiers_dossierevent_no_update ON dossiers_dossierevent",
        "ALTER TABLE dossiers_dossier ADD COLUMN x integer",
        "DROP TABLE dossiers_accessrecord",
        "CREATE TABLE x (id integer)",
        "CREATE OR REPLACE FUNCTION append_only_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$",
        "UPDATE django_migrations SET name = 'x'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
    ],
)
def test_the_applications_role_rewrites_nothing(role, road, sql):
    road.received()
    with acting():
        refused(sql)


def test_without_the_role_the_owner_meets_the_triggers_only(role, road):
    """The control: what the role may not, the owner's triggers refuse in other words."""
    road.received()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM dossiers_dossierevent")


def test_rights_are_given_once_and_what_was_added_by_hand_goes(role):
    assert prepare_role(ROLE, "") == 0
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT DELETE, TRUNCATE ON dossiers_dossierevent TO {ROLE}")
        cursor.execute(f"GRANT UPDATE (hash) ON dossiers_historyseal TO {ROLE}")
    assert prepare_role(ROLE, "") == 2
    with acting():
        refused("DELETE FROM dossiers_dossierevent")
        refused("UPDATE dossiers_historyseal SET hash = ''")


def test_every_table_that_stays_as_written_is_closed_to_the_role(role):
    total = [rule.table for rule in append_only.rules() if rule.is_total]
    assert {"dossiers_dossierevent", "dossiers_historyseal", "dossiers_accessrecord", "offices_auditentry"} <= set(
        total
    )
    with connection.cursor() as cursor:
        for table in total:
            cursor.execute("SELECT has_table_privilege(%s, %s, 'DELETE, UPDATE, TRUNCATE, TRIGGER')", [ROLE, table])
            assert cursor.fetchone() == (False,), table


def test_prepare_gives_the_rights_and_says_what_is_missing(settings):
    settings.APP_DATABASE_ROLE, settings.APP_DATABASE_PASSWORD = ROLE, ""
    with pytest.raises(CommandError, match="APP_DATABASE_PASSWORD"):
        prepare._migrate()
    settings.APP_DATABASE_PASSWORD = "mat-khau"
    prepare._migrate()
    with acting():
        assert not Dossier.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        settings.APP_DATABASE_ROLE = cursor.fetchone()[0]
    with pytest.raises(CommandError, match="owns the tables"):
        prepare._migrate()
