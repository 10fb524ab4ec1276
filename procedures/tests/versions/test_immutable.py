"""The database keeps what was published, whoever writes to it."""

import pytest
from django.db import IntegrityError, connection, transaction

from common.database import append_only
from common.database.refusing import row_triggers
from tests import factories

pytestmark = pytest.mark.django_db
CHILDREN = ["procedures_requiredpaper", "procedures_feeline", "procedures_procedurestep", "procedures_feeexemption"]


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def refused(sql, *params):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        run(sql, *params)


@pytest.mark.parametrize("column", ["name", "level", "form", "legal_bases", "processing_amount", "effective_from"])
def test_no_wording_of_a_published_version_changes(version, column):
    value = {"level": 2, "processing_amount": 9, "effective_from": "2026-01-01"}.get(column, "[]")
    refused(f"UPDATE procedures_procedureversion SET {column} = %s WHERE id = %s", value, version.pk)


def test_a_published_version_is_not_deleted(version):
    refused("DELETE FROM procedures_procedureversion WHERE id = %s", version.pk)


def test_status_and_end_may_change(version):
    sql = "UPDATE procedures_procedureversion SET status = 'retired', effective_until = '2026-12-31' WHERE id = %s"
    assert run(sql, version.pk) == 1
    refused("UPDATE procedures_procedureversion SET name = 'x' WHERE id = %s", version.pk)


def test_a_draft_changes_freely(version):
    draft = type(version).objects.create(
        procedure=version.procedure, number=2, level=1, name="Nháp", processing_unit="days", effective_from="2027-01-01"
    )
    paper = draft.papers.create(n=1, key="giay", name="Giấy")
    assert run("UPDATE procedures_procedureversion SET name = 'Khác' WHERE id = %s", draft.pk) == 1
    assert run("UPDATE procedures_requiredpaper SET name = 'Khác' WHERE id = %s", paper.pk) == 1
    assert run("DELETE FROM procedures_requiredpaper WHERE id = %s", paper.pk) == 1


def test_papers_of_a_published_version_stay(version):
    refused("UPDATE procedures_requiredpaper SET name = 'x' WHERE version_id = %s", version.pk)
    refused("DELETE FROM procedures_requiredpaper WHERE version_id = %s", version.pk)
    refused("UPDATE procedures_procedurestep SET allotted = 99 WHERE version_id = %s", version.pk)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        version.fees.create(n=9, key="phi", kind="phi", name="Phí", amount_vnd=1)


def test_fees_of_a_published_version_stay_with_their_exemptions(version):
    line = factories.fee(version, exemptions=[{}])
    refused("UPDATE procedures_feeline SET amount_vnd = 0 WHERE id = %s", line.pk)
    refused("DELETE FROM procedures_feeline WHERE id = %s", line.pk)
    refused("UPDATE procedures_feeexemption SET who = 'x' WHERE line_id = %s", line.pk)
    refused("DELETE FROM procedures_feeexemption WHERE line_id = %s", line.pk)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        line.exemptions.create(n=2, who="Người cao tuổi")


def test_exemptions_of_a_draft_change_and_do_not_move_into_a_published_version(version):
    draft = type(version).objects.create(
        procedure=version.procedure, number=2, level=1, name="Nháp", processing_unit="days", effective_from="2027-01-01"
    )
    published, line = factories.fee(version), factories.fee(draft, exemptions=[{}])
    assert run("UPDATE procedures_feeexemption SET who = 'x' WHERE line_id = %s", line.pk) == 1
    refused("UPDATE procedures_feeexemption SET line_id = %s WHERE line_id = %s", published.pk, line.pk)
    assert run("DELETE FROM procedures_feeexemption WHERE line_id = %s", line.pk) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"amount_vnd": -1},
        {"amount_online_vnd": -1},
        {"kind": "thue"},
        {"unit": "km"},
        {"cap_vnd": 0, "unit": "page"},
        {"cap_vnd": 200_000},
        {"key": "le-phi-1", "n": 2},
    ],
)
def test_the_database_takes_no_unsound_fee(version, fields):
    factories.fee(version)
    with append_only.lifted(), pytest.raises(IntegrityError), transaction.atomic():
        version.fees.create(**({"n": 2, "key": "phi", "kind": "phi", "name": "Phí", "amount_vnd": 1} | fields))


@pytest.mark.parametrize("fields", [{"since": "2027-01-02", "until": "2027-01-01"}, {"channel": "post"}])
def test_the_database_takes_no_unsound_exemption(version, fields):
    line = factories.fee(version)
    with append_only.lifted(), pytest.raises(IntegrityError), transaction.atomic():
        line.exemptions.create(n=1, who="Trẻ em", **fields)


def test_a_paper_cannot_be_moved_into_a_published_version(version):
    draft = type(version).objects.create(
        procedure=version.procedure, number=2, level=1, name="Nháp", processing_unit="days", effective_from="2027-01-01"
    )
    paper = draft.papers.create(n=9, key="giay", name="Giấy")
    refused("UPDATE procedures_requiredpaper SET version_id = %s WHERE id = %s", version.pk, paper.pk)


def test_without_the_triggers_the_same_statements_pass(version):
    with append_only.lifted():
        assert run("UPDATE procedures_procedureversion SET name = 'x' WHERE id = %s", version.pk) == 1
        assert run("DELETE FROM procedures_requiredpaper WHERE version_id = %s", version.pk) == 2


def test_triggers_are_there_after_all_migrations(db):
    names = {name for rule in append_only.rules() for name in row_triggers(rule)}
    catalogue = "pg_trigger" if connection.vendor == "postgresql" else "sqlite_master"
    column = "tgname" if connection.vendor == "postgresql" else "name"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {catalogue}")
        found = {row[0] for row in cursor.fetchall()}
    assert {f"{table}_no_{event}" for table in CHILDREN for event in ("insert", "update", "delete")} <= names
    assert names <= found
