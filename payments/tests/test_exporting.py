"""The copy of a person's data holds the money of their dossiers, and nobody else's."""

import json

from payments import exporting
from payments.collecting import attempts, settling
from payments.collecting.attempts import Payer
from payments.models import Charge, Receipt
from payments.providers.base import Outcome, ProviderState


def test_the_copy_names_what_was_owed_and_paid(owing, now) -> None:
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    settling.apply(ProviderState(attempt.ref, Outcome.SUCCEEDED, attempt.amount_vnd, is_asked=True), now=now)
    owner, charge, receipt = owing.dossier.owner, Charge.objects.get(), Receipt.objects.get()
    part = exporting.money_of(owner)
    assert part.data["charges"][0]["paid_vnd"] == charge.amount_vnd
    assert part.data["receipts"][0]["number"] == str(receipt)
    assert json.dumps(part.data) and part.sheets[0].rows[0][0].startswith(owing.dossier.code)


def test_it_holds_nothing_of_others(owing, other_citizen) -> None:
    part = exporting.money_of(other_citizen)
    assert not any(part.data.values()) and part.sheets == []
