"""Which papers are asked for: by the answers, and by whether there is a form to make one of them from."""

import pytest

from common.database import append_only
from procedures.models import ProcedureVersion, RequiredPaper
from procedures.papers import asked_papers, needed_papers
from tests import factories

WITH_COPIES = {"field": "copies", "op": "gte", "value": 2}


@pytest.fixture
def version(commune):
    """Two papers: one made from the form, one for two copies and more; both needed."""
    made = factories.version(commune.unit)
    with append_only.lifted():
        RequiredPaper.objects.filter(key="chung-sinh").update(from_form=True)
        RequiredPaper.objects.filter(key="uy-quyen").update(show_if=WITH_COPIES, is_required=True)
    return made


def keys(papers) -> list[str]:
    return [paper.key for paper in papers]


def test_answers_decide_and_the_form_is_no_paper_beside_itself(version):
    assert keys(asked_papers(version, {"copies": 2})) == ["uy-quyen"]
    assert keys(asked_papers(version, {"copies": 1})) == []


def test_on_paper_the_signed_form_lies_before_the_clerk_but_is_never_missing(version):
    assert keys(asked_papers(version, {"copies": 1}, on_paper=True)) == ["chung-sinh"]
    assert keys(asked_papers(version, {"copies": 2}, on_paper=True)) == ["chung-sinh", "uy-quyen"]
    assert keys(needed_papers(version, {"copies": 2})) == ["uy-quyen"]


def test_without_a_form_the_paper_has_to_be_brought(version):
    with append_only.lifted():
        ProcedureVersion.objects.update(form=None)
    version.refresh_from_db()
    assert keys(asked_papers(version, {})) == keys(needed_papers(version, {})) == ["chung-sinh"]


def test_optional_papers_are_asked_for_and_not_needed(version):
    with append_only.lifted():
        RequiredPaper.objects.filter(key="uy-quyen").update(is_required=False)
    assert (keys(asked_papers(version, {"copies": 2})), needed_papers(version, {"copies": 2})) == (["uy-quyen"], [])
