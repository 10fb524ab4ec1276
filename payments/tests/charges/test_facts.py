"""What a fee hangs on: the answers that count, and those that the portal makes of them."""

from datetime import date

import pytest

from eforms.tests.test_schema import field, form_of
from payments.charges import claiming
from payments.charges.charging import assessment_of
from procedures.fees import Why
from tests import factories

pytestmark = pytest.mark.django_db
ASKED = date(2026, 3, 23)
IN_TIME = {"name": "within", "of": "born", "amount": 60, "unit": "days"}
ANSWERS = [{"value": "dung_han", "label": {"vi": "Đúng hạn"}}, {"value": "qua_han", "label": {"vi": "Quá hạn"}}]
FORM = form_of(
    field("born", "date", partial=True),
    field("kind", "choice", options=ANSWERS, derive=IN_TIME),
    field("copy", "yes_no"),
    field("sealed", "yes_no", show_if={"field": "copy", "op": "eq", "value": "co"}),
)


@pytest.fixture
def draft(citizen, commune):
    version = factories.version(commune.unit, form=FORM)
    late = {"not": {"field": "kind", "op": "eq", "value": "dung_han"}}
    factories.fee(version, key="late", applies="Quá hạn", applies_if=late, exemptions=[{"who": "Trẻ em"}])
    factories.fee(version, key="sealed", applies_if={"field": "sealed", "op": "eq", "value": "co"})
    return factories.draft(citizen, commune.unit, version)


def whys(draft, **answers):
    draft.answers = answers
    return [line.why for line in assessment_of(draft, day=ASKED).lines]


def test_a_fee_hangs_on_what_is_made_of_the_answers(draft):
    assert whys(draft, born="2026-03-01")[0] == Why.NOT_DUE
    assert whys(draft, born="2025-03-01")[0] == Why.CHARGED
    # Who does not know the day has not shown that it is in time.
    assert whys(draft, born="2026")[0] == Why.CHARGED
    # What was recorded on another day does not count.
    assert whys(draft, born="2025-03-01", kind="dung_han")[0] == Why.CHARGED


def test_a_hidden_answer_makes_nothing_due(draft):
    assert whys(draft, copy="co", sealed="co")[1] == Why.CHARGED
    assert whys(draft, copy="khong", sealed="co")[1] == Why.NOT_DUE


def test_no_exemption_is_offered_from_a_fee_that_is_not_due(draft):
    def offered(**answers):
        draft.answers = answers
        return [exemption.who for exemption in claiming.exemptions_of(draft, ASKED)]

    assert offered(born="2026-03-01") == []
    assert offered(born="2025-03-01") == ["Trẻ em"] == offered()
