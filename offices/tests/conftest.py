"""An administrator's browser on the Monday morning of the tests."""

import pytest
import time_machine
from django.test import Client

from tests import factories


@pytest.fixture
def standstill():
    """The clock stands at 09:00 on Monday 23 March 2026."""
    with time_machine.travel(factories.NOW, tick=False):
        yield


@pytest.fixture
def admin(commune, standstill) -> Client:
    """The administrator of the commune, signed in."""
    client = Client()
    client.force_login(commune.administrator)
    return client
