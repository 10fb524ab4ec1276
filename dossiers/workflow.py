"""The one function that changes a dossier's status, by the rows of :data:`~dossiers.table.TABLE`.

Each action is a small dataclass in ``dossiers/actions/`` with typed input and
its own effects; :func:`perform` guards, takes and records.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from accounts.models import Kind, User
from common import kept
from common.clock import local_day
from common.database.compiled import Compiled
from common.database.contention import once_more
from common.database.writing import insert, update
from common.files.uploads import removed_on_failure
from common.refusals import Refused
from offices.access import is_below, read_posts
from offices.models import Post, Role

from . import chain, hooks, worklist
from .models import Channel, Dossier, DossierEvent, Status
from .records.applicants import number_index
from .records.terms import marks
from .table import APPLICANT, SYSTEM, TABLE, Action

# What guards and effects read of related rows.
READ_ALONG = ("received_by", "owner", "applicant")
# What happened no longer ago has happened while the person worked.
JUST_NOW = timedelta(minutes=10)


class Overtaken(Refused):
    """A refusal because the dossier has moved on ('state', 'stale'); ``event`` is its last one, None before any.

    ``is_recent`` when that happened within :data:`JUST_NOW`. ``timeline.history.explain_refusal`` says who did what
    when.
    """

    def __init__(self, code: str, dossier: Dossier, now: datetime) -> None:
        super().__init__(_("This dossier has changed. Look at its newer state."), code=code)
        self.event = dossier.events.order_by("-n").first()
        self.is_recent = self.event is not None and now - self.event.at <= JUST_NOW


@dataclass
class Move:
    """One performance of an action: what actions, guards and hooks get to see.

    ``dossier`` is read inside the transaction and carries the new values once
    taken; ``role`` is the role in which ``by`` acts; ``event`` is set after that.
    ``now`` is when it is recorded, ``at`` when it happened for the law (papers
    brought yesterday and entered today): terms and pauses count from there.
    """

    action: Action
    dossier: Dossier
    by: User | None
    role: str
    now: datetime
    from_status: Status
    to_status: Status
    at: datetime
    event: DossierEvent | None = None
    # Those of ``by``; not read when an applicant acts.
    posts: list[Post] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    # Stored files that go again when the transaction fails.
    written: list[FieldFile] = field(default_factory=list)

    @property
    def person(self) -> User:
        """The person who acts. Raises TypeError when the system does."""
        if self.by is None:
            raise TypeError(f"{self.action} needs a person")
        return self.by

    @property
    def post(self) -> Post | None:
        """The post by which an officer acts, one of the person's own before one that was delegated; None for others."""
        units = (self.dossier.unit_id, self.dossier.received_by_id)
        fitting = [post for post in self.posts if post.role == self.role and post.unit_id in units]
        return min(fitting, key=lambda post: bool(post.signs_for), default=None)

    @property
    def recorded(self) -> DossierEvent:
        """The event of a move that has been made. Raises TypeError before."""
        if self.event is None:
            raise TypeError(f"{self.action} has not been recorded yet")
        return self.event

    @property
    def local_day(self) -> date:
        """The day in Vietnam on which the action happens."""
        return local_day(self.now)


class ActionBase:
    """What every action provides; subclasses are frozen dataclasses with their input."""

    action: ClassVar[Action]
    # Only the present holder (person, or anyone of the role when no person holds it) may act.
    holder_only: ClassVar[bool] = False
    # Roles that may act all the same when somebody else holds the dossier.
    overseers: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def target(cls, move: Move) -> Status:
        """Return the status reached; asked only where the table leaves it open."""
        raise TypeError(f"{cls.action} has no target in the table")

    @classmethod
    def prefers(cls, dossier: Dossier) -> str:
        """Return the role in which a person with several acts, if it is among them."""
        return dossier.holder_role

    @classmethod
    def permit(cls, move: Move) -> None:
        """Raise :class:`Refused` when the dossier does not allow the action, whatever is typed."""

    def guard(self, move: Move) -> None:
        """Raise :class:`Refused` when the input does not allow the action."""

    def changes(self, move: Move) -> dict[str, Any]:
        """Return the columns of the dossier that taking the dossier sets besides status."""
        return {}

    def record(self, move: Move) -> dict[str, Any]:
        """Return the event's public_text, internal_text and data."""
        return {}

    def effects(self, move: Move) -> None:
        """Write the rows that go with the change (slip, pause, assignment, messages)."""


def roles_of(user: User, dossier: Dossier, now: datetime) -> set[str]:
    """Return the roles a person has towards a dossier; one query for the posts.

    A specialist whose post does not cover the dossier's field has no role unless holding it.
    """
    return roles_by(read_posts(user, local_day(now)), user, dossier)


def roles_by(posts: Iterable[Post], user: User, dossier: Dossier) -> set[str]:
    """Return the roles that a person with these posts has towards a dossier."""
    roles: set[str] = {APPLICANT} if dossier.owner_id == user.pk else set()
    units = {dossier.unit_id, dossier.received_by_id}
    for post in posts:
        if post.unit_id not in units:
            # An administrator looks after the units below as well.
            if post.role == Role.ADMINISTRATOR and is_below(dossier.holder_unit, [post.unit_id]):
                roles.add(post.role)
            continue
        if post.role == Role.CLERK == dossier.holder_role and post.unit_id != dossier.holder_unit_id:
            # It lies at the desk of the other of its two units.
            continue
        if post.role == Role.SPECIALIST:
            if post.unit_id != dossier.unit_id:
                continue
            if dossier.holder_id != user.pk and not post.covers(dossier.version.procedure.sector.code):
                continue
        roles.add(post.role)
    return roles


def is_own(user: User, dossier: Dossier) -> bool:
    """Tell whether a dossier is a person's own: by account, as who filed it online, by the ID number at the counter,
    or as a member of the organisation whose it is. One query at most, for an organisation's.
    """
    # What comes from another system is entered by an officer, and so is what has no account.
    is_filed_online = dossier.channel == Channel.ONLINE and dossier.owner_id is not None and not dossier.external_system
    if dossier.owner_id == user.pk or (is_filed_online and dossier.filed_by_id == user.pk):
        return True
    applicant = getattr(dossier, "applicant", None)
    if applicant is not None and applicant.kind != Kind.CITIZEN and dossier.owner_id in user.acts_for:
        return True
    number = user.identity_number
    return bool(applicant is not None and number and applicant.number_index == number_index(number))


def role_among(action: type[ActionBase] | ActionBase, dossier: Dossier, by: User | None, roles: set[str]) -> str:
    """Return the role in which a person with ``roles`` performs an action; ``by`` None is the system.

    Raises Refused ('who', 'own', 'holder') when there is none: nobody
    handles a dossier of their own as an officer.
    """
    rule = TABLE[action.action]
    if by is None:
        if SYSTEM in rule.who:
            return SYSTEM
        raise Refused(_("The system may not do this."), code="who")
    if APPLICANT in roles and APPLICANT in rule.who:
        return APPLICANT
    if roles and is_own(by, dossier):
        raise Refused(_("You may not handle your own dossier. Ask a colleague."), code="own")
    fitting = [role for role in rule.who if role in roles]
    if not fitting:
        raise Refused(_("Your post does not allow this on this dossier."), code="who")
    if action.holder_only and not holds(by, fitting, dossier):
        fitting = [role for role in fitting if role in action.overseers]
        if not fitting:
            raise Refused(_("You do not hold this dossier now."), code="holder")
    preferred = action.prefers(dossier)
    return preferred if preferred in fitting else fitting[0]


def holds(user: User, roles: Iterable[str], dossier: Dossier) -> bool:
    """Tell whether a person holds a dossier, alone or as one of the role it was given to."""
    if dossier.holder_id is not None:
        return dossier.holder_id == user.pk
    return dossier.holder_role in roles


def plan(
    action: type[ActionBase] | ActionBase,
    dossier: Dossier,
    *,
    by: User | None,
    roles: set[str],
    now: datetime,
    at: datetime | None = None,
) -> Move:
    """Return the move an action would make for a person with ``roles``; writes nothing.

    Looks at who, state and what the dossier allows, in this order, not at the
    input; raises Refused.
    """
    rule = TABLE[action.action]
    role = role_among(action, dossier, by, roles)
    status = Status(dossier.status)
    if status not in rule.sources:
        raise Overtaken("state", dossier, now)
    move = Move(action.action, dossier, by, role, now, status, status, at if at is not None else now)
    move.to_status = rule.target if rule.target is not None else action.target(move)
    action.permit(move)
    return move


def check(action: ActionBase, dossier: Dossier, *, by: User | None, now: datetime, at: datetime | None = None) -> Move:
    """Return the move an action would make, or raise Refused; writes nothing.

    Order of refusal: who, state, what the dossier allows, the input.
    """
    posts: list[Post] = []
    if by is not None and not (dossier.owner_id == by.pk and APPLICANT in TABLE[action.action].who):
        # The applicant's own steps hang on no post.
        posts = read_posts(by, local_day(now))
    roles = roles_by(posts, by, dossier) if by is not None else set()
    move = plan(action, dossier, by=by, roles=roles, now=now, at=at)
    move.posts = posts
    action.guard(move)
    return move


def perform(
    action: ActionBase,
    dossier: Dossier,
    *,
    by: User | None,
    now: datetime,
    revision: int | None = None,
    at: datetime | None = None,
) -> DossierEvent:
    """Perform an action on a dossier: lock, guard, take, record, all in one transaction.

    ``revision`` is the one the person's page was made for; an older one is
    refused. ``at`` is when it happened for the law, if before ``now``: never
    before the dossier's last event. Raises :class:`Refused` and changes nothing when the action may
    not happen, :class:`Overtaken` when another one came first. Copies the
    new column values onto ``dossier``. 12 to 20 statements, whatever the number of dossiers.

    What a deadlock or a busy database undid is done once more, from the reading
    of the dossier on, unless this runs in a caller's transaction: a refusal, a
    stale page, messages and files then are those of the second run.
    """

    def work() -> Move:
        with removed_on_failure() as written, transaction.atomic():
            return carry_out(action, locked(dossier.pk), written, by=by, now=now, revision=revision, at=at)

    move = once_more(work)
    # All columns: the action may have led to a further one (a withdrawal before reception).
    for column in Dossier._meta.concrete_fields:
        setattr(dossier, column.attname, getattr(move.dossier, column.attname))
    return move.recorded


def for_action(rows: QuerySet[Dossier], read_along: tuple[str, ...] = READ_ALONG) -> QuerySet[Dossier]:
    """Have rows locked until the transaction ends, and read with them what guards and effects look at."""
    return rows.select_for_update(of=("self",), no_key=True).select_related(*read_along)


_by_key: Compiled[Dossier] = Compiled(lambda pk: for_action(Dossier.objects.filter(pk=pk)))


def locked(pk: int) -> Dossier:
    """Return a dossier for an action, locked until the caller's transaction ends; one query.

    Raises Dossier.DoesNotExist.
    """
    found = _by_key.first(pk)
    if found is None:
        raise Dossier.DoesNotExist(pk)
    return found


def carry_out(
    action: ActionBase,
    fresh: Dossier,
    written: list[FieldFile],
    *,
    by: User | None,
    now: datetime,
    revision: int | None = None,
    at: datetime | None = None,
) -> Move:
    """Do what :func:`perform` says inside the caller's transaction, in which ``fresh`` was read :func:`for_action`.

    ``written`` gets the stored files that have to go when the transaction fails.
    """
    if revision is not None and revision != fresh.revision:
        raise Overtaken("stale", fresh, now)
    if fresh.unit_id == fresh.received_by_id:
        # As nearly always: no second row of the same unit.
        fresh.unit = fresh.received_by
    last_at, last_hash = last_of(fresh)
    # Requests read the database's clock before they wait for each other: what is recorded second is never earlier.
    recorded = now if last_at is None else max(now, last_at)
    if at is not None and not (last_at or at) <= at <= recorded:
        raise Refused(_("This time lies before the dossier's last step, or in the future."), code="at", field="at")
    # What was published, closed or entered in the calendar a moment ago counts.
    kept.look()
    move = check(action, fresh, by=by, now=recorded, at=at)
    move.written = written
    lasting = marks(fresh, move.at, moves_on=move.to_status != move.from_status)
    take(fresh, move, lasting | action.changes(move) | {"status": move.to_status, "revision": fresh.revision + 1})
    move.event = write_event(move, last_hash, **action.record(move))
    action.effects(move)
    for hook in hooks.after_action:
        hook(move)
    worklist.write(fresh.pk)
    return move


def last_of(dossier: Dossier) -> tuple[datetime | None, str]:
    """Return when a dossier's last event was recorded, and its hash; None and '' before any. One query at most."""
    if dossier.is_draft:
        return None, ""
    return _last_event.first(dossier.pk) or (None, "")


_last_event: Compiled[tuple[datetime, str]] = Compiled(
    lambda dossier: DossierEvent.objects.filter(dossier=dossier).order_by("-n").values_list("at", "hash")[:1]
)


def take(fresh: Dossier, move: Move, changes: dict[str, Any]) -> None:
    """Set the columns if nobody else has moved the dossier since it was read.

    Works on both engines: the condition is in the UPDATE itself. Raises
    Overtaken('stale') when no row matched.
    """
    if not update(Dossier, changes, id=fresh.pk, revision=fresh.revision, status=move.from_status):
        raise Overtaken("stale", fresh, move.now)
    for name, value in changes.items():
        setattr(fresh, name, value)


def write_event(
    move: Move,
    previous_hash: str,
    public_text: str = "",
    internal_text: str = "",
    data: dict[str, Any] | None = None,
) -> DossierEvent:
    """Append the event of a move to the dossier's hash chain, which ends with ``previous_hash``. One statement."""
    event = DossierEvent(
        dossier=move.dossier,
        n=move.dossier.revision,
        action=move.action,
        actor=move.by,
        actor_name=move.by.signature if move.by else "",
        actor_role=move.role,
        from_status=move.from_status,
        to_status=move.to_status,
        at=move.now,
        public_text=public_text,
        internal_text=internal_text,
        data=(data or {}) | chain.circumstances(move),
        previous_hash=previous_hash,
    )
    chain.seal_event(event)
    return insert(event)
