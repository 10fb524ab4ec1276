"""Dossiers that owe a fee."""

import pytest

from dossiers.tests.conftest import Road, road  # noqa: F401
from payments.models import Charge
from tests import factories


@pytest.fixture
def owing(road: Road, now) -> Charge:  # noqa: F811
    """The charge of a submitted dossier: 8.000 for each copy and 20.000 for the dossier."""
    factories.fee(road.version, key="ban-sao", kind="phi", name="Bản sao")
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    road.submitted()
    return Charge.objects.get(dossier=road.dossier)
