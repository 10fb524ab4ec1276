from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from dossiers import tasks
from dossiers.models import Dossier
from procedures.finding import indexing
from procedures.models import Procedure
from tests import factories


def filed(citizen, unit, version, count, at):
    """Write submitted dossiers as a portal has them after a while."""
    Dossier.objects.bulk_create(
        Dossier(
            version=version,
            received_by=unit,
            unit=unit,
            owner=citizen,
            filed_by=citizen,
            status=1,
            code=f"000.00.16.H19-260101-{version.pk:03}{at:%m%d}{n:04}",
            created_at=at,
            saved_at=at,
            submitted_at=at,
        )
        for n in range(count)
    )


@pytest.fixture
def two(commune, citizen, now):
    """A procedure put first by the catalogue, and one that people file more."""
    rare = factories.version(commune.unit, code="1.000001")
    common = factories.version(commune.unit, code="1.000002")
    Procedure.objects.filter(pk=rare.procedure_id).update(popularity=8)
    return rare, common


def order():
    return list(Procedure.objects.order_by("-popularity", "code").values_list("code", "popularity"))


def test_what_people_file_most_comes_first(two, commune, citizen, now, django_assert_max_num_queries):
    rare, common = two
    filed(citizen, commune.unit, rare, 20, now - timedelta(days=2))
    filed(citizen, commune.unit, rare, 60, now - timedelta(days=91))
    filed(citizen, commune.unit, common, 40, now - timedelta(days=89))
    with time_machine.travel(now), django_assert_max_num_queries(5):
        tasks.rank_procedures()
    assert order() == [("1.000002", 40), ("1.000001", 20)]


def test_a_few_filings_leave_the_order_of_the_catalogue(two, commune, citizen, now):
    _rare, common = two
    filed(citizen, commune.unit, common, indexing.FILINGS_THAT_TELL - 1, now)
    with time_machine.travel(now):
        tasks.rank_procedures()
    assert order() == [("1.000001", 8), ("1.000002", 0)]


def test_what_nobody_files_any_more_sinks(two, commune, citizen, now):
    _rare, common = two
    filed(citizen, commune.unit, common, indexing.FILINGS_THAT_TELL, now)
    with time_machine.travel(now):
        tasks.rank_procedures()
    assert order() == [("1.000002", indexing.FILINGS_THAT_TELL), ("1.000001", 0)]


def test_it_happens_every_night():
    assert "dossiers.tasks.rank_procedures" in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
