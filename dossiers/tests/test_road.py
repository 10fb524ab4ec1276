"""The whole road once, from draft to returned result."""

from dossiers import actions
from dossiers.models import Status


def test_road_from_draft_to_result(road):
    road.decided()
    assert road.dossier.status == Status.DECIDED
    road.do(actions.ReturnResult("Nguyễn Văn An", "075199000011"), road.commune.clerk)
    assert road.dossier.status == Status.RETURNED
