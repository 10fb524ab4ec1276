"""The same number of another system entered at once, on both engines; the control shows what the second look is for."""

from functools import partial

import pytest
from django.db import IntegrityError

from common.refusals import Refused
from dossiers import actions
from dossiers.filing import origins
from dossiers.filing.origins import Origin
from dossiers.models import Dossier, DossierEvent, NumberSeries, System
from dossiers.records.applicants import ApplicantData
from dossiers.workflow import perform

from .test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
CLERKS = 3


@pytest.fixture
def entering(road):
    """Calls that enter one number, each by another draft of the clerk's."""
    applicant = ApplicantData(kind="citizen", name="An", id_kind="personal_number", id_number="075199000099")
    action = actions.TakeOver(applicant, Origin(System.NATIONAL, "G22-1", road.now))
    unit, clerk = road.commune.unit, road.commune.clerk
    facts = {"version": road.version, "received_by": unit, "unit": unit, "filed_by": clerk}
    drafts = [Dossier.objects.create(created_at=road.now, saved_at=road.now, **facts) for _clerk in range(CLERKS)]
    return [partial(perform, action, draft, by=clerk, now=road.now) for draft in drafts]


def test_one_is_entered_and_the_others_are_told(entering):
    outcomes = at_once(entering)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [isinstance(outcome, DossierEvent) for outcome in outcomes].count(True) == 1, outcomes
    assert {(each.code, each.field) for each in refused} == {("origin", "external_code")} and len(refused) == CLERKS - 1
    assert Dossier.objects.filter(external_code="G22-1").count() == 1
    # The codes of those that were refused are given again.
    assert NumberSeries.objects.get(purpose="dossier").last == 1


def test_control_without_looking_the_database_alone_stands_in_the_way(entering, monkeypatch):
    monkeypatch.setattr(origins, "entered", lambda origin, unit: None)
    outcomes = at_once(entering)
    assert [isinstance(outcome, IntegrityError) for outcome in outcomes].count(True) == CLERKS - 1, outcomes
    assert Dossier.objects.filter(external_code="G22-1").count() == 1
