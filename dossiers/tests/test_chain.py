"""What the hash of an event covers: all of the event, and through its predecessor's hash all before it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from dossiers import chain
from dossiers.models import DossierEvent

COLUMNS = [column.attname for column in DossierEvent._meta.concrete_fields]


@pytest.fixture
def event(road) -> DossierEvent:
    """The stored event of a submission."""
    return road.submitted().dossier.events.get()


def another(value: Any) -> Any:
    """Return a value of the same kind that differs."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, dict):
        return value | {"is_granted": False}
    return value + 1 if isinstance(value, int) else f"{value} khác"


@pytest.mark.parametrize("is_keyed", [True, False])
def test_no_column_of_an_event_changes_without_its_hash(event, is_keyed):
    if not is_keyed:
        event.key_id = ""
    stored = chain.event_hash(event)
    uncovered = set()
    for column in COLUMNS:
        value = getattr(event, column)
        # The key is known by its id, so another id has to be one of a key there is: none.
        setattr(event, column, "" if column == "key_id" else another(value))
        if chain.event_hash(event) == stored:
            uncovered.add(column)
        setattr(event, column, value)
    # The row's own number is given after the hash is made.
    assert uncovered == ({"id", "hash"} if is_keyed else {"id", "hash", "key_id"})


def test_a_text_may_not_move_from_what_the_applicant_reads_to_what_officers_read(event):
    event.public_text, event.internal_text = "Thiếu giấy", ""
    before = chain.event_hash(event)
    event.public_text, event.internal_text = "", "Thiếu giấy"
    assert chain.event_hash(event) != before


def test_each_event_carries_the_hash_of_the_one_before(road):
    events = list(road.decided().dossier.events.order_by("n"))
    assert [event.previous_hash for event in events] == ["", *(event.hash for event in events[:-1])]
    assert len({event.hash for event in events}) == len(events) == 5
