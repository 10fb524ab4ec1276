"""The commune with a dossier in every state, made once for all tests of a file."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction

from tests.access.world import World
from tests.factories import NOW


@pytest.fixture(scope="module")
def built_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Build the commune inside a transaction that lasts as long as the file's tests; a test's writes go at its end."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture
def world(built_world: World, db: None) -> Iterator[World]:
    """The commune on its Monday morning; the clock stands still. The objects are a test's own."""
    with time_machine.travel(NOW, tick=False):
        yield copy.deepcopy(built_world)
