"""A draft and the browser of the citizen it belongs to."""

import pytest
import time_machine

from tests import factories


@pytest.fixture
def at_work(now):
    """Monday 09:00 for everything that reads the clock."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


@pytest.fixture
def mine(client, citizen):
    """A browser in which the citizen is signed in."""
    client.force_login(citizen)
    return client


@pytest.fixture
def draft(citizen, commune, version):
    return factories.draft(citizen, commune.unit, version)
