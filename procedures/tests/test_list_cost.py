"""What the list of procedures costs; a file of its own, because nothing else may be in the catalogue."""

import pytest

from common import append_only
from procedures.models import Procedure
from tests import factories

pytestmark = pytest.mark.django_db
FIND = "/procedures/"


def offered_with_a_fee(unit, count):
    versions = [factories.version(unit, code=f"9.{n:06d}", name=f"Thủ tục số {n}") for n in range(count)]
    with append_only.lifted():
        for version in versions:
            version.fees.create(n=1, kind="phi", amount_vnd=8000, per="bản")


def test_the_list_costs_two_queries_more_for_fifty_rows_than_for_one(client, commune, django_assert_num_queries):
    offered_with_a_fee(commune.unit, 1)
    with django_assert_num_queries(7):
        assert len(client.get(FIND).context["found"].rows) == 1
    Procedure.objects.update(code="8.000000")
    offered_with_a_fee(commune.unit, 50)
    with django_assert_num_queries(9):
        assert len(client.get(FIND).context["found"].rows) == 20
