"""How PostgreSQL answers the desk's lists among 20,000 dossiers: from which index, and reading how much."""

import pytest
from django.db import connection

from bench import plans
from common.database import append_only
from dossiers import worklist
from dossiers.models import WorklistRow
from offices.models import Unit
from procedures.models import Procedure, Sector
from tests import factories

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
DOSSIERS = 20_000
# Tables that grow with the dossiers.
LARGE = ("dossiers_worklistrow", "dossiers_dossier", "dossiers_applicant")


@pytest.fixture(scope="module")
def answered(django_db_setup, django_db_blocker):
    """Every list's plan, asked once: outside a transaction, for VACUUM tells PostgreSQL what it need not look up."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    with django_db_blocker.unblock():
        try:
            yield fill_and_explain()
        finally:
            empty()


def fill_and_explain():
    teams = [factories.commune(f"xa-{n}", f"Xã số {n}", f"000.{n}.H19") for n in range(4)]
    for n in range(20):
        version = factories.version(code=f"1.{n:06}")
        sector, _made = Sector.objects.get_or_create(code=f"linh-vuc-{n % 5}", defaults={"name": f"Lĩnh vực {n % 5}"})
        Procedure.objects.filter(pk=version.procedure_id).update(sector=sector)
    units = list(Unit.objects.filter(pk__in=[team.unit.pk for team in teams]).order_by("pk"))
    plans.fill(DOSSIERS, units)
    assert list(worklist.rebuild(is_dry=True)) == []
    assert WorklistRow.objects.count() > DOSSIERS, "those received by another unit have two rows"
    return {asked: plans.explained(asked.ask) for asked in plans.lists(units[0])}


def empty():
    """Leave the tables as the migrations made them."""
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    with append_only.lifted(), connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - kept)
        cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, tables))}")


def test_no_list_reads_more_than_it_shows(answered):
    assert {asked.name: plan.buffers for asked, plan in answered.items() if plan.buffers > asked.goal} == {}


def test_each_list_is_read_from_its_index(answered):
    read = {asked.name: plan.indexes for asked, plan in answered.items() if asked.index not in ("", *plan.indexes)}
    assert read == {}


def test_no_list_reads_a_table_of_dossiers_from_end_to_end(answered):
    read = {name for plan in answered.values() for name in plan.indexes}
    assert read.isdisjoint({f"every row of {table}" for table in LARGE})


def test_a_list_is_one_statement_and_names_are_two(answered):
    statements = {asked.name: plan.statements for asked, plan in answered.items()}
    assert {name for name, count in statements.items() if count > 2} <= {"Mine", "Mine, page 2", "Books of a unit"}
    assert statements["Waiting for reception"] == statements["Counts of the tabs"] == 1
    # Feedback is counted apart.
    assert statements["Name"] == statements["Counts of my work"] == 2
