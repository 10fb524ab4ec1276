"""``permit`` and ``guard`` of every action look and write nothing: asking what is possible leaves no trace."""

from datetime import date, timedelta

import pytest
from django.db import connection

from common.refusals import Refused
from dossiers import actions
from dossiers.models import Dossier, FeeState
from dossiers.records.fees import set_fee_state
from dossiers.table import Action
from dossiers.workflow import check
from offices.models import Post, Role
from tests import factories

from ..test_workflow_table import sample

WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE")
PEOPLE = ("clerk", "specialist", "leader", "administrator")


def reading_only(execute, sql, params, many, context):
    """Let a query through that only reads."""
    assert not sql.lstrip(" (").upper().startswith(WRITING), sql
    return execute(sql, params, many, context)


def allowed_now(road) -> set[Action]:
    """Have everybody try every action in the dossier's present state; return those whose guards let it pass."""
    passed = set()
    everybody = [road.citizen, *(getattr(road.commune, role) for role in PEOPLE), None]
    with connection.execute_wrapper(reading_only):
        for name in actions.CLASSES:
            action = sample(name, road.dossier, road.now + timedelta(days=14))
            for person in everybody:
                try:
                    check(action, Dossier.objects.get(pk=road.dossier.pk), by=person, now=road.now)
                except Refused:
                    continue
                passed.add(name)
    return passed


def owe(dossier: Dossier, state: FeeState) -> None:
    """Say what is owed for a dossier, as the package that charges does."""
    set_fee_state(dossier, state)


def test_watching_tells_of_a_write(road):
    with pytest.raises(AssertionError, match="UPDATE"), connection.execute_wrapper(reading_only):
        Dossier.objects.update(revision=1)


def test_permit_and_guard_of_every_action_write_nothing(road):
    commune, passed = road.commune, allowed_now(road)
    # Somebody whom the specialist's dossiers may be handed to.
    other = factories.user(full_name="Lê Thị Hai", email="hai@example.com")
    Post.objects.create(user=other, unit=commune.unit, role=Role.SPECIALIST, valid_from=date(2025, 7, 1))
    for step in (
        road.submitted,
        lambda: road.do(actions.Receive(), commune.clerk),
        lambda: road.do(actions.Forward(commune.specialist), commune.clerk),
        lambda: road.do(actions.RequestCorrection(road.item), road.citizen),
        lambda: road.do(actions.AcceptCorrection(), commune.specialist),
        lambda: road.dossier.papers.create(
            required=road.version.papers.first(), name=road.item.name, kind="promised", uploaded_at=road.now
        ),
        lambda: road.do(actions.SendCorrection(), road.citizen),
        lambda: road.do(actions.RequestSupplement((road.item,)), commune.specialist),
        lambda: road.answer().do(actions.Supplement(), road.citizen),
        lambda: owe(road.dossier, FeeState.OWED),
        lambda: road.do(sample(Action.REQUIRE_PAYMENT, road.dossier, road.now), commune.specialist),
        lambda: owe(road.dossier, FeeState.PAID),
        lambda: road.do(actions.FeeSettled(), None),
        lambda: road.do(actions.RequestWithdrawal("Không cần nữa"), road.citizen),
        lambda: road.do(actions.DeclineWithdrawal("Đã xong"), commune.specialist),
        lambda: road.do(actions.ProposeStop("Trùng"), commune.specialist),
        lambda: road.do(actions.Propose(is_granted=True), commune.specialist),
        lambda: road.do(actions.Approve(), commune.leader),
    ):
        step()
        passed |= allowed_now(road)
    road.dossier = factories.draft(commune.clerk, commune.unit, road.version, channel="counter")
    Dossier.objects.filter(pk=road.dossier.pk).update(owner=None)
    passed |= allowed_now(road)
    Dossier.objects.filter(pk=road.dossier.pk).update(channel="online")
    passed |= allowed_now(road)
    Dossier.objects.filter(pk=road.dossier.pk).update(channel="counter")
    road.do(sample(Action.REGISTER, road.dossier, road.now), commune.clerk)
    with connection.execute_wrapper(reading_only):
        passed.add(check(actions.Link(road.citizen, "Con đẻ"), road.dossier, by=commune.clerk, now=road.now).action)
    road.dossier = factories.draft(commune.clerk, commune.unit, factories.booked(commune.unit), channel="counter")
    Dossier.objects.filter(pk=road.dossier.pk).update(owner=None)
    passed |= allowed_now(road)
    road.attested()
    passed |= allowed_now(road)
    # Each has been let through by its guards at least once, so that all of them ran to their end.
    assert passed == set(actions.CLASSES)
