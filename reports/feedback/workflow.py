"""How feedback moves: the only writer of its state, one transaction for each action with its event and messages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.database.contention import once_more
from common.database.writing import insert, update
from common.files.uploads import removed_on_failure
from common.refusals import Refused, stale
from dossiers.querysets import DESK_ROLES
from offices.access import read_posts
from offices.models import Post, Role

from ..models import Feedback, FeedbackEvent, FeedbackStatus, Topic
from .table import ASSIGNEE, GIVER, SYSTEM, TABLE, Action, Rule


@dataclass
class Move:
    """One performance of an action: ``feedback`` as it was read, with the new values once it has been taken.

    ``source`` is the state in which it was.
    """

    action: Action
    feedback: Feedback
    by: User | None
    role: str
    now: datetime
    concerned: frozenset[int]
    source: str
    event: FeedbackEvent | None = None
    # Stored files that go again when the transaction fails.
    written: list[FieldFile] = field(default_factory=list)


class Act:
    """What every action provides; subclasses are frozen dataclasses with their input."""

    action: ClassVar[Action]

    def target(self, move: Move) -> FeedbackStatus:
        """Return the state reached; asked only where the table leaves it open."""
        return FeedbackStatus(move.feedback.status)

    def guard(self, move: Move) -> None:
        """Raise :class:`Refused` when the input does not allow the action."""

    def changes(self, move: Move) -> dict[str, Any]:
        """Return the columns that are set besides state, revision and lateness."""
        return {}

    def due_at(self, feedback: Feedback) -> datetime | None:
        """Return by when this should have been done."""
        return feedback.due_at

    def texts(self) -> dict[str, str]:
        """Return the event's public_text and internal_text."""
        return {}

    def effects(self, move: Move) -> None:
        """Write the rows that go with the change: files, messages."""


def concerned_by(feedback: Feedback) -> frozenset[int]:
    """Return the keys of the officers whom feedback is about. One query."""
    return frozenset(feedback.concerned.values_list("pk", flat=True))


def roles_by(posts: Iterable[Post], user: User, feedback: Feedback, concerned: frozenset[int]) -> set[str]:
    """Return the roles that an officer with these posts has towards feedback; none where it is one's own affair.

    One query at most, where an account gave it.
    """
    if user.pk in concerned or feedback.owner_id == user.pk:
        return set()
    if feedback.owner_id is not None and feedback.owner_id in user.acts_for:
        return set()
    held = {post.role for post in posts if post.unit_id == feedback.unit_id and post.role in DESK_ROLES}
    roles: set[str] = held & {Role.CLERK, Role.LEADER}
    if feedback.topic == Topic.CONDUCT:
        roles.discard(Role.CLERK)
    if held and feedback.holder_id == user.pk:
        roles.add(ASSIGNEE)
    return roles


def role_for(rule: Rule, roles: Iterable[str]) -> str:
    """Return the role in which somebody with these performs an action, '' for none."""
    held = set(roles)
    return next((role for role in rule.who if role in held), "")


def available(feedback: Feedback, roles: Iterable[str]) -> list[Action]:
    """Return what somebody with these roles may try now; no query."""
    held = set(roles)
    return [action for action, rule in TABLE.items() if feedback.status in rule.sources and role_for(rule, held)]


def perform(
    act: Act, feedback: Feedback, *, by: User | None, now: datetime, revision: int | None = None, role: str = ""
) -> Feedback:
    """Perform an action: lock, guard, take, record, tell, in one transaction; returns the feedback as it then is.

    ``revision`` is that of the page. ``role`` is given where a page or a hook has found it (giver, system); an
    officer's is read here. Raises :class:`Refused` and changes nothing: 'who', 'state', 'stale', or what the input
    lacks. Seven to twelve statements. What a deadlock undid is done once more.
    """

    def work() -> Feedback:
        with removed_on_failure() as written, transaction.atomic():
            fresh = locked(feedback.pk)
            if revision is not None and revision != fresh.revision:
                raise overtaken(fresh, role)
            rule, concerned = TABLE[act.action], concerned_by(fresh)
            acting = role
            if not acting and by is not None:
                acting = role_for(rule, roles_by(read_posts(by, local_day(now)), by, fresh, concerned))
            if acting not in rule.who:
                raise Refused(_("Your post does not allow this on this feedback."), code="who")
            if fresh.status not in rule.sources:
                raise overtaken(fresh, role)
            move = Move(act.action, fresh, by, acting, now, concerned, fresh.status, written=written)
            act.guard(move)
            _carry_out(act, move, rule)
            return fresh

    return once_more(work)


def locked(pk: int) -> Feedback:
    """Return feedback locked until the caller's transaction ends; one query."""
    return (
        Feedback.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit", "owner", "holder")
        .get(pk=pk)
    )


def _carry_out(act: Act, move: Move, rule: Rule) -> None:
    fresh, due_at = move.feedback, act.due_at(move.feedback)
    event = FeedbackEvent(
        feedback=fresh,
        n=fresh.revision + 1,
        action=move.action,
        unit=fresh.unit,
        # Who gave it stands in the feedback alone, where it is forgotten one day.
        by=move.by if move.role != GIVER else None,
        by_name=move.by.signature if move.by and move.role != GIVER else "",
        by_role=move.role,
        at=move.now,
        due_at=due_at,
        **act.texts(),
    )
    changes = act.changes(move) | {
        "status": rule.target if rule.target is not None else act.target(move),
        "revision": fresh.revision + 1,
    }
    missed = [at for at in (due_at, fresh.due_at) if at is not None and at < move.now]
    if missed and fresh.late_since is None:
        changes["late_since"] = min(missed)
    if not update(Feedback, changes, id=fresh.pk, revision=fresh.revision, status=fresh.status):
        raise overtaken(fresh, move.role)
    for name, value in changes.items():
        setattr(fresh, name, value)
    move.event = insert(event)
    act.effects(move)


def overtaken(feedback: Feedback, role: str) -> Refused:
    """Return the refusal of a page that another action came before; officers read who did it, who gave it no name."""
    last = feedback.events.order_by("-n").first() if role != GIVER else None
    return stale(last.by_name, last.at) if last is not None and last.by_role not in (GIVER, SYSTEM) else stale()
