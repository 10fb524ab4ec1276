"""Feedback comes in: to whom, under which code, and who may read it again."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from common.clock import local_day
from common.database.writing import insert
from common.files.uploads import Accepted, removed_on_failure
from common.onetime import use_key
from common.secret import blind_index
from common.text import plain
from dossiers.records.numbering import next_number
from offices.models import Unit

from ..models import Feedback, FeedbackEvent, FeedbackStatus, Topic
from . import notices, people, terms
from .acts import store
from .table import GIVER, Action

SERIES = "feedback"
# Letters and digits that nobody mixes up: 50 bits.
SECRET_LENGTH = 10


@dataclass(frozen=True)
class Given:
    """What somebody tells a unit, and how they may be reached; all but the text and what it is about may be empty."""

    unit: Unit
    kind: str
    topic: str
    about: str
    text: str
    name: str
    email: str
    phone: str
    may_publish: bool
    language: str


def give(given: Given, files: Sequence[Accepted], *, by: User | None, key: str, now: datetime) -> tuple[str, str]:
    """Take feedback in, once per key; returns its code and secret, the same ones for a form that is sent again.

    What is about the conduct of the only leader who could read it goes to the unit above. Raises Refused where
    there is none. One transaction of about ten statements.
    """
    secret, owner = secret_of(key), by.pk if by is not None else None
    with removed_on_failure() as written, transaction.atomic():
        unit, concerned = _destination(given, owner, now)
        code = _code(given.unit, now)
        earlier = use_key(key, SERIES, owner, code, now)
        if earlier is not None:
            return earlier, secret
        feedback = insert(_row(given, unit, by, code, secret, now))
        feedback.concerned.add(*concerned)
        insert(
            FeedbackEvent(feedback=feedback, n=feedback.revision, action=Action.GIVE, unit=unit, by_role=GIVER, at=now)
        )
        store(feedback, files, written)
        notices.tell_received(feedback, secret)
    return code, secret


def _code(unit: Unit, now: datetime) -> str:
    """Return a new code, such as 000.00.16.H19-PA260323-001. One statement."""
    day = local_day(now)
    return f"{unit.identifier}-PA{day:%y%m%d}-{next_number(unit, day, SERIES):03d}"


def _destination(given: Given, owner: int | None, now: datetime) -> tuple[Unit, list[int]]:
    """Return which unit gets feedback and the officers named in it. Two queries at most for what is about conduct."""
    if given.topic != Topic.CONDUCT:
        return given.unit, []
    concerned = people.named_in(f"{given.about} {given.text}", people.officers_of(given.unit, now))
    above = given.unit.parent
    if above is not None and not people.has_reader(given.unit, concerned, owner, now):
        if people.has_reader(above, concerned, owner, now):
            return above, concerned
    people.require_reader(given.unit, concerned, owner, now, "unit")
    return given.unit, concerned


def _row(given: Given, unit: Unit, by: User | None, code: str, secret: str, now: datetime) -> Feedback:
    values: dict[str, Any] = {name: getattr(given, name) for name in ("kind", "topic", "about", "text")}
    values |= {name: getattr(given, name) for name in ("name", "email", "phone", "may_publish", "language")}
    return Feedback(
        code=code,
        secret_index=index_of(secret),
        owner=by,
        unit=unit,
        unit_since=now,
        received_at=now,
        status=FeedbackStatus.RECEIVED,
        revision=1,
        due_at=terms.due(unit, now, terms.SORT_DAYS),
        answer_due_at=terms.due(unit, now, terms.ANSWER_DAYS),
        **values,
    )


def secret_of(key: str) -> str:
    """Return the secret that goes with a form's key, in A–Z and 2–7: a form sent again is told the same one."""
    digest = hashlib.sha256(blind_index("feedback_key", key).encode()).digest()
    return base64.b32encode(digest).decode()[:SECRET_LENGTH]


def index_of(secret: str) -> str:
    """Return the keyed hash of a secret, however it was typed: 0 and 1 stand for O and I."""
    typed = plain(secret[:60]).upper().replace("-", "").translate(str.maketrans("01", "OI"))
    return blind_index("feedback_secret", typed)


def find(code: str, secret: str) -> Feedback | None:
    """Return the feedback that a code and its secret open, None for no match of whatever kind. One query."""
    wanted = {"code": code_of(code), "secret_index": index_of(secret)}
    return Feedback.objects.filter(**wanted).first() if secret else None


def code_of(typed: str) -> str:
    """Return a code as it is stored, however it was typed."""
    return plain(typed[:60]).upper().replace(" ", "")
