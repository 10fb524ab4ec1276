"""Somebody who reads money's record, and a ledger with something in it."""

import pytest
from django.test import Client

from payments.collecting import attempts, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt
from payments.providers.base import Outcome, ProviderState


@pytest.fixture
def paid(owing, now) -> Attempt:
    """A payment of 28.000 đồng with VNPAY."""
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    settling.apply(ProviderState(attempt.ref, Outcome.SUCCEEDED, 28_000, "900", is_asked=True), now=now)
    attempt.refresh_from_db()
    return attempt


@pytest.fixture
def browser():
    """Sign somebody in."""

    def signed_in(person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in
