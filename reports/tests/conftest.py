"""A year of two communes, written and counted once for all tests of a file."""

import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from offices.models import Unit
from procedures.models import Procedure, Sector
from reports.counting import rollup
from reports.tests.histories import write_year
from tests import factories


@pytest.fixture(scope="module")
def year(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    """Four hundred dossiers."""
    yield from counted_year(django_db_blocker, 400)


def counted_year(blocker: Any, count: int) -> Iterator[SimpleNamespace]:
    """Write so many dossiers of 2025 in two communes and a department, of four procedures in two fields; count them."""
    with blocker.unblock(), transaction.atomic():
        one, two = factories.commune(), factories.commune("xuan-loc", "Xã Xuân Lộc", "000.00.17.H19")
        below = Unit.objects.create(kind="department", parent=one.unit, slug="phong", name="Phòng", short_name="Phòng")
        versions = [factories.version(one.unit, code=f"1.00000{n}", level=2 + n % 3) for n in range(1, 5)]
        land = Sector.objects.create(code="dat-dai", name="Đất đai")
        Procedure.objects.filter(code__in=("1.000003", "1.000004")).update(sector=land)
        write_year(random.Random(3), [one.unit, two.unit, below], versions, factories.citizen(), 2025, count)
        for _difference in rollup.rebuild(factories.NOW):
            pass
        yield one
        transaction.set_rollback(True)
