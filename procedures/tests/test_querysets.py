"""Which versions are in force or still written, and which offerings run, on a day."""

from datetime import date, timedelta

import pytest

from procedures.models import Offering, ProcedureVersion
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 23)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.mark.parametrize("status", ["published", "retired"])
@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (BEFORE, None, True),
        (DAY, None, True),
        (AFTER, None, False),
        (BEFORE, DAY, True),
        (DAY, DAY, True),
        (BEFORE, BEFORE, False),
        (AFTER, AFTER, False),
    ],
)
def test_a_version_is_in_force_from_its_first_to_its_last_day(db, status, since, until, expected):
    factories.version(status=status, effective_from=since, effective_until=until)
    assert ProcedureVersion.objects.in_force(DAY).exists() is expected
    assert not ProcedureVersion.objects.open().exists()


@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_what_is_still_written_is_open_and_not_in_force(db, status):
    factories.version(status=status, effective_from=BEFORE)
    assert ProcedureVersion.objects.open().count() == 1
    assert not ProcedureVersion.objects.in_force(DAY).exists()


@pytest.mark.parametrize(
    ("since", "until", "is_active", "expected"),
    [
        (BEFORE, None, True, True),
        (DAY, DAY, True, True),
        (AFTER, None, True, False),
        (BEFORE, BEFORE, True, False),
        (BEFORE, AFTER, True, True),
        (BEFORE, None, False, False),
    ],
)
def test_an_offering_runs_from_its_first_to_its_last_day_in_an_active_unit(commune, since, until, is_active, expected):
    factories.version(commune.unit)
    Offering.objects.update(since=since, until=until)
    commune.unit.is_active = is_active
    commune.unit.save(update_fields=["is_active"])
    assert Offering.objects.on(DAY).exists() is expected
