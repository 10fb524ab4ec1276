"""What the hashes of events and seals cover, that they stay what they are, and which chains still want a seal."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.secret import newest_history_key
from dossiers import chain
from dossiers.models import Dossier, DossierEvent, HistorySeal
from tests import factories

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


AT = datetime(2026, 3, 23, 2, 0, 0, 5, tzinfo=UTC)
WRITTEN = SimpleNamespace(
    dossier_id=7,
    n=2,
    action="receive",
    actor_id=3,
    actor_name="Trần Thị Bình",
    actor_role="clerk",
    from_status=1,
    to_status=2,
    at=AT,
    public_text="Đủ giấy tờ",
    internal_text="Đã gọi điện",
    data={"due_at": "2026-03-26T02:00:00+00:00", "a": 1},
    previous_hash="ab" * 32,
)


def test_what_earlier_releases_hashed_still_verifies(settings):
    """Hashes are stored for ever: what is hashed, in which order and spelling, never changes."""
    settings.HISTORY_KEYS = ["history-key-of-a-test-that-never-changes"]
    key_id = newest_history_key()
    hashes = [
        key_id,
        chain.event_hash(SimpleNamespace(**vars(WRITTEN), key_id="")),
        chain.event_hash(SimpleNamespace(**vars(WRITTEN), key_id=key_id)),
        chain.seal_hash(7, 2, "ab" * 32, AT, key_id),
    ]
    assert hashes == [
        "ef1283c2cbdd",
        "d38be5563a97fe462105256d171dc632389fdd927add30003536c4899948d677",
        "510cb3e436d94ccf80f659ec001c3edb8fca90a5eb841c5d19cad46893f587a8",
        "acf19635e2f3a94f90bb856337a5e4e6449d7527c71f365d8fc2672ae505d29f",
    ]


def test_no_column_of_a_seal_changes_without_its_hash():
    stored: dict[str, Any] = {"dossier_id": 7, "n": 2, "hash_": "ab" * 32, "at": AT, "key_id": newest_history_key()}
    made = chain.seal_hash(**stored)
    for name, value in stored.items():
        other = "" if name == "key_id" else another(value)
        assert chain.seal_hash(**(stored | {name: other})) != made, name


@pytest.fixture
def old(road, now) -> list[DossierEvent]:
    """Events of two dossiers (up to the fourth, the third) from before there were keys; the later dossier first."""
    road.submitted()
    second = factories.draft(road.citizen, road.commune.unit, road.version)
    return [
        DossierEvent.objects.create(
            dossier=dossier, n=n, action="forward", actor_role="clerk", from_status=2, to_status=4, at=now,
            hash=f"{dossier.pk}-{n}",
        )
        for dossier, last in ((second, 3), (road.dossier, 4))
        for n in range(2, last + 1)
    ]  # fmt: skip


def unsealed() -> list[tuple[int, int, str]]:
    return list(chain.unsealed(DossierEvent, HistorySeal))


def seal(dossier: Dossier, n: int, now: datetime) -> None:
    HistorySeal.objects.create(dossier=dossier, n=n, event_hash="x", at=now, key_id="k", hash="x")


def test_each_chain_without_a_key_wants_one_seal_over_its_last_event(old):
    first, second = Dossier.objects.order_by("pk")
    assert unsealed() == [(first.pk, 4, f"{first.pk}-4"), (second.pk, 3, f"{second.pk}-3")]


def test_a_seal_serves_its_own_dossier_up_to_its_event(old, now):
    first, second = Dossier.objects.order_by("pk")
    seal(first, 3, now)
    assert [row[0] for row in unsealed()] == [first.pk, second.pk]
    seal(first, 4, now)
    assert [row[0] for row in unsealed()] == [second.pk]


def test_events_with_a_key_want_no_seal(old, now):
    first, _second = Dossier.objects.order_by("pk")
    DossierEvent.objects.create(
        dossier=first, n=5, action="propose", actor_role="clerk", from_status=4, to_status=4, at=now, hash="y",
        key_id=newest_history_key(),
    )  # fmt: skip
    assert [row[:2] for row in unsealed() if row[0] == first.pk] == [(first.pk, 4)]


def test_every_chain_is_sealed_however_many_there_are(old, now, monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 1)
    assert chain.write_seals(HistorySeal, unsealed(), now) == 2
    assert unsealed() == []
    assert chain.write_seals(HistorySeal, unsealed(), now) == 0
