"""The worklist says what the dossiers say: after every step of random histories, and again once it was disturbed."""

from datetime import timedelta
from io import StringIO
from random import Random

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers import actions, worklist
from dossiers.models import FINAL, Dossier, Status, WorklistRow
from dossiers.table import TABLE, Action
from dossiers.workflow import perform
from offices.models import Role
from procedures.models import Sector
from procedures.versions.procedure_editing import change_procedure
from tests import factories

from .steps import STEPS, send

pytestmark = pytest.mark.django_db
ENDED_EARLY = (Status.REFUSED, Status.STOPPED)
BY_SEGMENT = {action.segment: action for action in Action}


def differences():
    return list(worklist.rebuild(is_dry=True))


def kinds(found):
    return sorted((each.kind, each.dossier_id) for each in found)


# Of papers at the counter, whose dossiers these histories have not.
APART = ("link", "cancel-entry")


def possible(dossier, *, may_end):
    """What the desk may try with a dossier in its state, as (step, role)."""
    return [
        (step, role)
        for step in STEPS
        if step.segment not in APART
        and dossier.status in TABLE[BY_SEGMENT[step.segment]].sources
        and (may_end or step.reached not in ENDED_EARLY)
        for role in step.roles
    ]


@pytest.mark.parametrize("seed", range(4))
def test_rows_follow_a_dossier_through_any_history(client, road, commune, other_commune, citizen, seed):
    """Every second history is received by one commune and decided by another."""
    draw = Random(seed)
    taken: set[str] = set()
    for _history in range(2):
        road.dossier = factories.draft(citizen, commune.unit, road.version)
        road.submitted()
        if seed % 2:
            Dossier.objects.filter(pk=road.dossier.pk).update(unit=other_commune.unit)
            worklist.write(road.dossier.pk)
        for _step in range(14):
            dossier = Dossier.objects.get(pk=road.dossier.pk)
            if dossier.status in FINAL:
                break
            if draw.random() < 0.1 and dossier.status == Status.PROCESSING:
                perform(actions.RequestWithdrawal("Đổi ý"), dossier, by=citizen, now=road.now)
                assert differences() == []
            step, role = draw.choice(possible(dossier, may_end=draw.random() < 0.1))
            officer = getattr(other_commune if seed % 2 and role != Role.CLERK else commune, role)
            typed = {key: value(dossier) if callable(value) else value for key, value in step.typed.items()}
            road.now += timedelta(minutes=draw.randrange(1, 90))
            with time_machine.travel(road.now, tick=False):
                if send(client, officer, step.segment, dossier, typed).status_code == 302:
                    taken.add(step.segment)
            assert differences() == []
    assert len(taken) > 3, "the histories went nowhere"
    units = set(WorklistRow.objects.values_list("unit", flat=True))
    assert units == ({commune.unit.pk, other_commune.unit.pk} if seed % 2 else {commune.unit.pk})


def test_each_column_is_written():
    assert list(worklist.COLUMNS) == [field.column for field in WorklistRow._meta.concrete_fields]


def test_it_is_one_statement_whatever_is_written(road, other_commune):
    road.submitted()
    Dossier.objects.update(unit=other_commune.unit)
    with CaptureQueriesContext(connection) as seen:
        worklist.write(road.dossier.pk)
    assert len(seen) == (1 if connection.vendor == "postgresql" else 2)
    assert WorklistRow.objects.count() == 2


def test_a_unit_that_no_longer_has_the_dossier_loses_its_row(road, commune, other_commune):
    road.submitted()
    Dossier.objects.update(unit=other_commune.unit, received_by=other_commune.unit)
    worklist.write(road.dossier.pk)
    assert list(WorklistRow.objects.values_list("unit", flat=True)) == [other_commune.unit.pk]


def test_a_draft_has_no_row(road):
    assert differences() == []
    assert not WorklistRow.objects.exists()


@pytest.fixture
def disturbed(road, commune, other_commune, citizen, monkeypatch):
    """Five submitted dossiers in batches of two: the first lost its row, the third's is old, the fifth's is doubled."""
    monkeypatch.setattr(worklist, "BATCH", 2)
    pks = []
    for _n in range(5):
        road.dossier = factories.draft(citizen, commune.unit, road.version)
        pks.append(road.submitted().dossier.pk)
    WorklistRow.objects.filter(dossier=pks[0]).delete()
    WorklistRow.objects.filter(dossier=pks[2]).update(status=Status.DECIDED)
    row = WorklistRow.objects.get(dossier=pks[4])
    row.unit = other_commune.unit
    row.save(force_insert=True)
    return [("missing", pks[0]), ("outdated", pks[2]), ("surplus", pks[4])]


def test_comparing_finds_every_difference_and_changes_nothing(disturbed):
    assert kinds(differences()) == disturbed
    assert kinds(differences()) == disturbed


def test_rebuilding_mends_what_differs_and_nothing_else(disturbed):
    untouched = WorklistRow.objects.exclude(dossier__in=[pk for _kind, pk in disturbed])
    before = list(untouched.values())
    assert kinds(worklist.rebuild()) == disturbed
    assert differences() == []
    assert list(untouched.values()) == before
    assert list(worklist.rebuild()) == []


def test_the_command_compares_or_mends(disturbed):
    with pytest.raises(CommandError, match=r"3 rows differ from their dossiers \(1 missing, 1 outdated, 1 surplus\)"):
        call_command("rebuild_worklist", dry_run=True, stdout=StringIO())
    for expected in ("3 rows differ", "0 rows differ"):
        said = StringIO()
        call_command("rebuild_worklist", stdout=said)
        assert expected in said.getvalue()
    assert "missing" in said.getvalue()


def test_rows_follow_the_name_of_who_holds_the_dossier(client, road, commune, other_commune):
    road.processing()
    Dossier.objects.update(received_by=other_commune.unit)
    worklist.write(road.dossier.pk)
    client.force_login(commune.specialist)
    with time_machine.travel(road.now, tick=False):
        sent = {"full_name": "Phan Thị Mới", "id_kind": "can_cuoc", "id_number": "075099000033", "phone": "0912000003"}
        assert client.post(reverse("accounts:edit"), sent).status_code == 302
    assert list(WorklistRow.objects.values_list("holder_name", flat=True)) == ["Phan Thị Mới"] * 2
    assert differences() == []


def test_rows_follow_their_procedure_into_another_field(road, commune, now):
    road.submitted()
    land = Sector.objects.create(code="dat-dai", name="Đất đai")
    procedure = road.version.procedure
    change_procedure(procedure, procedure.revision, commune.publisher, now, sector=land)
    assert WorklistRow.objects.get().sector == "dat-dai"
    assert differences() == []
