"""The catalogue that comes with the portal, with its signposts and checklists."""

from datetime import date

import pytest
import time_machine
from django.db import transaction

from procedures import seed
from procedures.catalogue import offer_all
from tests import factories


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """One commune that offers everything; once for all tests of a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        commune = factories.commune()
        seed.import_catalogue(now=factories.NOW)
        offer_all(commune.unit, since=date(2025, 7, 1))
        yield commune
        transaction.set_rollback(True)


@pytest.fixture
def commune(built, db):
    """The commune, on the day of the factories."""
    with time_machine.travel(factories.NOW, tick=False):
        yield built
