"""Data that an installation has comes through the migrations, there and back, on both engines."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from common.database import append_only, stamps
from common.secret import newest_history_key
from dossiers import actions, chain, verifying, worklist
from dossiers.models import Dossier, DossierEvent, HistorySeal, Result, WorklistRow
from procedures import fees
from procedures.models import OfferingFee
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
# Before histories had keys, receivers' numbers were encrypted, templates had hashes, fees were data, lists had rows.
OLD = [("dossiers", "0004_sections_changed"), ("procedures", "0004_retired_before_it_began")]


@pytest.fixture
def migrate():
    """Bring the tables to a state, as `migrate` does between its signals; the newest state comes back at the end."""

    def to(targets) -> None:
        # On PostgreSQL nothing is lifted around migrations, but a test's flush may have left rows to check.
        with append_only.lifted():
            stamps.lift_before_migrate(connection.alias, targets)
            MigrationExecutor(connection).migrate(targets)
        stamps.install()

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


def test_what_an_installation_has_comes_through(road, other_commune, migrate):
    """One way down and one up for all of it: each costs ten seconds."""
    road.decided().do(actions.ReturnResult("Nguyễn Văn An", "075199000011"), road.commune.clerk)
    other = factories.citizen(email="kia@example.com", personal_number="")
    factories.draft(other, road.commune.unit, road.version)
    make_old()
    Dossier.objects.update(received_by=other_commune.unit)
    factories.template_file(road.version.papers.first(), b"%PDF-1.7 mau")
    templates = resting("template_sha256", "procedures_requiredpaper")
    migrate(OLD)
    assert resting("receiver_id", "dossiers_result") == ["075199000011"]
    write_old_fees(road.version)
    migrate(newest())
    histories_are_sealed_and_numbers_encrypted(road)
    assert WorklistRow.objects.count() == 2
    assert list(worklist.rebuild(is_dry=True)) == []
    assert resting("template_sha256", "procedures_requiredpaper") == templates
    assert sorted(map(len, templates)) == [0, 64]
    fees_are_data(road)
    assert append_only.install() == 0


def histories_are_sealed_and_numbers_encrypted(road) -> None:
    assert "075199000011" not in resting("receiver_id", "dossiers_result")[0]
    assert Result.objects.get().receiver_id == "075199000011"
    seal = HistorySeal.objects.get()
    assert (seal.dossier_id, seal.n, seal.key_id) == (road.dossier.pk, road.dossier.revision, newest_history_key())
    assert verifying.verify(road.now).faults == []


def write_old_fees(version) -> None:
    old = MigrationExecutor(connection).loader.project_state(OLD).apps
    lines = [
        ("le_phi", 15_000, "hồ sơ", "", True),
        ("phi", 8000, "bản sao", "Người khuyết tật,\nhộ nghèo", False),
        ("phi", 50_000, "giao dịch", "", False),
        ("phi", 1000, "lần tra cứu", "", False),
        ("phi", 2000, "trang; từ trang thứ 3: 1.000 đồng/trang; tối đa 200.000 đồng/bản", "", False),
    ]
    with append_only.lifted():
        for n, (kind, amount, per, exemption, is_local) in enumerate(lines, start=1):
            old.get_model("procedures", "FeeLine").objects.create(
                version_id=version.pk,
                n=n,
                kind=kind,
                amount_vnd=amount,
                per=per,
                exemption=exemption,
                is_local=is_local,
            )
    old.get_model("procedures", "Offering").objects.update(fee_vnd=5000)


def fees_are_data(road) -> None:
    """Words become a unit or stay as a note, exemptions rows; the fee of a unit stands for the first line."""
    found = [(line.key, line.name, line.amount_vnd, line.unit, line.note) for line in road.version.fees.all()]
    assert found == [
        ("le-phi-1", "Lệ phí", 15_000, "dossier", ""),
        ("phi-2", "Phí", 8000, "copy", ""),
        ("phi-3", "Phí", 50_000, "dossier", "mỗi giao dịch"),
        ("phi-4", "Phí", 1000, "dossier", "lần tra cứu"),
        ("phi-5", "Phí", 2000, "page", ""),
    ]
    assert [line.is_guide for line in road.version.fees.all()] == [True, False, False, False, False]
    pages = road.version.fees.get(key="phi-5")
    assert fees.tier_fault(pages.tiers, pages.amount_vnd) == "" and pages.cap_vnd == 200_000
    assert [row.who for row in road.version.fees.get(key="phi-2").exemptions.all()] == ["Người khuyết tật, hộ nghèo"]
    own = OfferingFee.objects.order_by("key")
    assert [(row.key, row.amount_vnd) for row in own] == [("le-phi-1", 5000), *((f"phi-{n}", 0) for n in (2, 3, 4, 5))]
    # The last release asked for no resolution; without one an amount counts for nothing.
    assert fees.in_force(own, road.now.date()) == {}
