"""Paper copies: ordered by the form or beside it, charged, and in sight until they are handed over."""

import pytest

from common.refusals import Refused
from dossiers import actions
from payments.charges import copies
from payments.models import Charge, CopyOrder
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(road):
    """A procedure whose copies can be ordered: 8.000 each, when asked for."""
    return factories.fee(road.version, key="ban-sao", kind="phi", name="Bản sao", unit="copy", is_optional=True)


def code(call) -> str:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.code


def test_copies_ordered_are_charged(road, offered, now) -> None:
    copies.order(road.dossier, 2, now)
    copies.order(road.dossier, 3, now)
    road.submitted()
    charge = Charge.objects.get()
    assert (charge.amount_vnd, charge.quantities, copies.waiting(road.dossier)) == (24_000, {"copy": 3}, 3)


def test_none_ordered_cost_nothing(road, offered, now) -> None:
    copies.order(road.dossier, 2, now)
    copies.order(road.dossier, 0, now)
    road.submitted()
    assert not Charge.objects.exists() and not CopyOrder.objects.exists()


@pytest.mark.parametrize(("count", "reason"), [(51, "count"), (-1, "count")])
def test_wrong_numbers_are_refused(road, offered, now, count, reason) -> None:
    assert code(lambda: copies.order(road.dossier, count, now)) == reason


def test_none_where_the_procedure_gives_none(road, now) -> None:
    assert code(lambda: copies.order(road.dossier, 1, now)) == "copies"


def test_not_once_it_is_filed(road, offered, now) -> None:
    road.submitted()
    assert code(lambda: copies.order(road.dossier, 1, now)) == "state"


def test_handed_over_at_the_desk_with_the_result(road, offered, now) -> None:
    copies.order(road.dossier, 1, now)
    road.decided()
    charge = Charge.objects.get()
    Charge.objects.filter(pk=charge.pk).update(status="waived", waived_at=road.now)
    road.dossier.fee_state = ""
    type(road.dossier).objects.filter(pk=road.dossier.pk).update(fee_state="waived")
    road.do(actions.ReturnResult("Nguyễn Văn An", "0751"), road.commune.clerk)
    order = CopyOrder.objects.get()
    assert (order.handed_by, order.handed_at, copies.waiting(road.dossier)) == (road.commune.clerk, road.now, 0)


def test_after_an_online_result_they_wait_at_the_desk(road, offered, now) -> None:
    copies.order(road.dossier, 1, now)
    road.decided()
    assert copies.waiting(road.dossier) == 1
    assert copies.hand_over(road.dossier, by=road.commune.clerk, now=now, to="Nguyễn Văn An")
    assert not copies.hand_over(road.dossier, by=road.commune.clerk, now=now)
    assert CopyOrder.objects.get().handed_to == "Nguyễn Văn An"


def test_a_draft_that_is_thrown_away_takes_its_order_along(road, offered, now) -> None:
    copies.order(road.dossier, 1, now)
    road.dossier.delete()
    assert not CopyOrder.objects.exists()


class TestAskedByTheForm:
    """The form asks: want_copy, and copy_count when it is 'co'."""

    FORM = {
        "schema": 1,
        "title": {"vi": "Tờ khai"},
        "sections": [
            {
                "key": "copies",
                "title": {"vi": "Bản sao"},
                "fields": [
                    {
                        "key": "want_copy",
                        "type": "choice",
                        "label": {"vi": "Cấp bản sao?"},
                        "options": [
                            {"value": "co", "label": {"vi": "Có"}},
                            {"value": "khong", "label": {"vi": "Không"}},
                        ],
                    },
                    {
                        "key": "copy_count",
                        "type": "number",
                        "label": {"vi": "Số bản"},
                        "show_if": {"field": "want_copy", "op": "eq", "value": "co"},
                    },
                ],
            }
        ],
    }

    @pytest.mark.parametrize(
        ("answers", "count"),
        [
            ({"want_copy": "co", "copy_count": 4}, 4),
            ({"want_copy": "khong", "copy_count": 4}, 0),
            ({"want_copy": "co"}, 0),
            ({}, 0),
        ],
    )
    def test_the_answer_counts_where_it_is_shown(self, commune, citizen, answers, count) -> None:
        version = factories.version(commune.unit, code="1.000777", form=self.FORM)
        factories.fee(version, key="ban-sao", unit="copy", is_optional=True)
        dossier = factories.draft(citizen, commune.unit, version, answers=answers)
        assert copies.ordered(dossier) == count
        assert not copies.may_be_ordered(dossier.version)
