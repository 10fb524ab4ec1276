"""What lists of procedures cost; a file of its own, because nothing else may be in the catalogue."""

import pytest

from common.database import append_only
from procedures.models import Procedure, ProcedureVersion
from procedures.versions import drafting
from tests import factories

pytestmark = pytest.mark.django_db
FIND = "/procedures/"


def offered_with_a_fee(unit, count):
    versions = [factories.version(unit, code=f"9.{n:06d}", name=f"Thủ tục số {n}") for n in range(count)]
    with append_only.lifted():
        for version in versions:
            version.fees.create(n=1, key="phi", kind="phi", name="Phí", amount_vnd=8000)


def test_the_list_costs_the_same_for_fifty_rows_as_for_one(client, commune, django_assert_num_queries):
    offered_with_a_fee(commune.unit, 1)
    with django_assert_num_queries(13):
        assert len(client.get(FIND).context["found"].rows) == 1
    Procedure.objects.update(code="8.000000")
    offered_with_a_fee(commune.unit, 50)
    # A look, choices, what is on offer, rows; then the look alone.
    for queries in (12, 1):
        with django_assert_num_queries(queries):
            assert len(client.get(FIND).context["found"].rows) == 20


def test_publishing_several_costs_the_same_for_one_and_for_ten(
    client, commune, now, time_machine, django_assert_max_num_queries
):
    time_machine.move_to(now, tick=False)
    client.force_login(commune.publisher)
    second = factories.user(email="hai@example.com")
    for n in range(10):
        drafting.draft_from(factories.version(commune.unit, code=f"9.{n:06d}").procedure, second, now)
    drafts = ProcedureVersion.objects.open()
    drafts.update(status="in_review")
    client.get("/manage/procedures/publish/")
    for count in (1, 10):
        with django_assert_max_num_queries(10):
            page = client.get("/manage/procedures/publish/", {"version": [draft.pk for draft in drafts[:count]]})
        assert len(page.context["possible"]) == count
