"""Data that an installation has comes through the migrations, there and back, on both engines."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from common.database import append_only
from common.secret import newest_history_key
from dossiers import actions, chain, verifying
from dossiers.models import DossierEvent, HistorySeal, Result
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE_KEYS = [("dossiers", "0004_sections_changed")]
BEFORE_HASHES = [("procedures", "0004_retired_before_it_began")]


@pytest.fixture
def migrate():
    """Bring the tables to a state, as `migrate` does between its signals; the newest state comes back at the end."""

    def to(targets) -> None:
        # On PostgreSQL nothing is lifted around migrations, but a test's flush may have left rows to check.
        with append_only.lifted():
            MigrationExecutor(connection).migrate(targets)

    yield to
    executor = MigrationExecutor(connection)
    to(executor.loader.graph.leaf_nodes())


def newest() -> list:
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


def resting(column: str, table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")
        return [value for (value,) in cursor.fetchall()]


def make_old() -> None:
    """Rewrite every chain as it was before there were keys."""
    with append_only.lifted():
        hashes: dict[int, str] = {}
        for event in DossierEvent.objects.order_by("dossier", "n"):
            event.previous_hash, event.key_id = hashes.get(event.dossier_id, ""), ""
            event.hash = hashes[event.dossier_id] = chain.event_hash(event)
            event.save()


def test_old_chains_are_sealed_and_receivers_numbers_encrypted(road, migrate):
    road.decided().do(actions.ReturnResult("Nguyễn Văn An", "075199000011"), road.commune.clerk)
    other = factories.citizen(email="kia@example.com", personal_number="")
    factories.draft(other, road.commune.unit, road.version)
    make_old()
    migrate(BEFORE_KEYS)
    assert resting("receiver_id", "dossiers_result") == ["075199000011"]
    migrate(newest())
    assert "075199000011" not in resting("receiver_id", "dossiers_result")[0]
    assert Result.objects.get().receiver_id == "075199000011"
    seal = HistorySeal.objects.get()
    assert (seal.dossier_id, seal.n, seal.key_id) == (road.dossier.pk, road.dossier.revision, newest_history_key())
    assert verifying.verify(road.now).faults == []
    assert append_only.install() == 0


def test_templates_get_the_hash_of_what_is_stored(road, migrate):
    paper = road.version.papers.first()
    factories.template_file(paper, b"%PDF-1.7 mau")
    before = resting("template_sha256", "procedures_requiredpaper")
    migrate(BEFORE_HASHES)
    migrate(newest())
    assert resting("template_sha256", "procedures_requiredpaper") == before
    assert sorted(map(len, before)) == [0, 64]
