"""Officers of an installation: invited, given posts, and let go; every change leaves a line in the log.

All functions open their own transaction. Rows that decide are locked first
(PostgreSQL) or read inside a transaction that already owns the write lock
(SQLite begins them IMMEDIATE), so that two administrators at once cannot
together do what neither may do alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Kind, User
from accounts.sessions import end_all_sessions
from common.clock import local_day
from common.refusals import Refused, require_fresh

from ..access import looks_after_all
from ..log import audit
from ..models import AuditEntry, Post, Role, Unit
from . import confirming, delegating, mail

SAME_POST = gettext_lazy("This person holds this post in that time already.")
LAST_ADMINISTRATOR = gettext_lazy(
    "This is the last administrator of the installation. Give the post to somebody else first."
)
LAST_FOR_ALL = gettext_lazy(
    "Nobody else administers what all units share. Give somebody else such a post for good first."
)


def account_exists() -> Refused:
    """Return the refusal of an address that belongs to an account: the administrator has to say that it is meant."""
    return Refused(
        _("This account exists already. Tick below to give it the post; the name in the account stays as it is."),
        code="exists",
        field="attach",
    )


@dataclass(frozen=True)
class Terms:
    """What a post is: role, unit and time.

    ``sectors`` counts for specialists only, empty means all fields; ``for_all`` for administrators only.
    """

    unit: Unit
    role: str
    title: str
    sectors: tuple[str, ...]
    since: date
    until: date | None = None
    for_all: bool = False


# Inviting


def invite(name: str, email: str, terms: list[Terms], *, attach: bool, by: User, now: datetime) -> User:
    """Give posts to the holder of an address; makes the account when there is none, and mails the person.

    Raises what :func:`account_exists` returns for a known address unless ``attach``, and
    :class:`Refused` for an account that cannot hold a post.
    """
    try:
        with transaction.atomic():
            user = User.objects.select_for_update().filter(email__iexact=email).first()
            if user is None:
                user = _new_account(name, email, by, now, terms[0].unit)
                _give(user, terms, by, now)
                mail.invitation(user, terms, by)
            else:
                _attach(user, attach)
                _tell(user, terms, _give(user, terms, by, now), by)
    except IntegrityError as error:
        # Somebody else made the account in the same moment.
        raise account_exists() from error
    return user


def _new_account(name: str, email: str, by: User, now: datetime, unit: Unit) -> User:
    user = User.objects.create_user(full_name=name, email=email, date_joined=now)
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    _log("person.invite", user, by, now, unit, [("email", "", user.email)])
    return user


def _attach(user: User, attach: bool) -> None:
    if not attach:
        raise account_exists()
    if user.kind != Kind.CITIZEN:
        raise Refused(
            _("This address belongs to an organisation or enterprise. Use the officer's own one."), field="email"
        )
    if not user.is_active:
        raise Refused(_("This account is closed. It cannot be given a post."), field="email")


# Posts


def give_post(user: User, terms: Terms, *, by: User, now: datetime) -> Post:
    """Give a person one more post and tell them by mail."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if not user.is_active:
            raise Refused(_("This account is closed. It cannot be given a post."))
        posts = _give(user, [terms], by, now)
        _tell(user, [terms], posts, by)
    return posts[0]


def substitute(post: Post, user: User, since: date, until: date, *, by: User, now: datetime) -> Post:
    """Let another person stand in for a post for some days: a post of the same kind that ends by itself."""
    if user.pk == post.user_id:
        raise Refused(_("Choose another person."), field="person")
    with translation.override("vi"):
        title = _("In place of %(name)s") % {"name": post.user.get_full_name()}
    for_all = post.for_all and looks_after_all(by, local_day(now))
    terms = Terms(post.unit, post.role, title[:80], tuple(post.sectors), since, until, for_all)
    return give_post(user, terms, by=by, now=now)


def _give(user: User, terms: Iterable[Terms], by: User, now: datetime) -> list[Post]:
    """Write the posts of a locked person; an officer of today ends old sessions, which have a citizen's limits."""
    today = local_day(now)
    was_officer = Post.objects.valid_on(today).of(user).exists()
    posts = []
    for one in terms:
        unit = Unit.objects.select_for_update().get(pk=one.unit.pk)
        if not unit.is_active:
            raise Refused(_("This unit is closed."), field="unit")
        if one.role in confirming.NEVER_TO_ONESELF and user.pk == by.pk:
            # A substitute of some days would stay for good.
            raise Refused(_("Nobody gives themselves this post. Ask another administrator."), field="role")
        for_all = one.for_all and one.role == Role.ADMINISTRATOR
        if for_all and not looks_after_all(by, today):
            raise Refused(
                _("Only an administrator of the whole installation makes another one."), field="for_all", code="who"
            )
        if one.until is not None and one.until < one.since:
            raise Refused(_("The last day comes before the first one."), field="until")
        same = Post.objects.filter(user=user, unit=unit, role=one.role).filter(
            Q(valid_until=None) | Q(valid_until__gte=one.since)
        )
        if one.until is not None:
            same = same.filter(valid_from__lte=one.until)
        if same.exists():
            raise Refused(SAME_POST, field="role")
        post = Post.objects.create(
            user=user,
            unit=unit,
            role=one.role,
            title=one.title,
            sectors=list(one.sectors) if one.role == Role.SPECIALIST else [],
            valid_from=one.since,
            valid_until=one.until,
            for_all=for_all,
            awaits_confirmation=confirming.awaits_second(one.role, unit, besides=[by, user], day=today),
            given_by=by,
        )
        changes = [
            ("role", "", post.role),
            ("title", "", post.title),
            ("sectors", "", ", ".join(post.sectors)),
            ("valid_from", "", post.valid_from),
            ("valid_until", "", post.valid_until or ""),
            ("for_all", "", _yes() if post.for_all else ""),
            ("awaits_confirmation", "", _yes() if post.awaits_confirmation else ""),
        ]
        _log("post.give", user, by, now, unit, changes)
        if post.awaits_confirmation:
            seconds = confirming.administrators_of(unit, today).exclude(user__in=[by, user]).select_related("user")
            mail.post_waits(user, post, {one.user_id: one.user for one in seconds}.values(), by)
        posts.append(post)
    if not was_officer and any(post.valid_from <= today and not post.awaits_confirmation for post in posts):
        end_all_sessions(user, now)
    return posts


def confirm_post(post: Post, *, by: User, now: datetime) -> None:
    """Let a post count that another administrator gave, and tell its holder; raises Refused."""
    today = local_day(now)
    with transaction.atomic():
        held = Post.objects.select_for_update(of=("self",)).select_related("user", "unit").filter(pk=post.pk).first()
        if held is None:
            raise Refused(_("This post has been taken back."))
        if not held.awaits_confirmation:
            raise Refused(_("This post has been confirmed already."), code="state")
        if by.pk in (held.given_by_id, held.user_id):
            raise Refused(_("Another administrator than the one who gave the post confirms it."), code="who")
        if held.for_all and not looks_after_all(by, today):
            raise Refused(_("Only an administrator of the whole installation makes another one."), code="who")
        if held.valid_until is not None and held.valid_until < today:
            raise Refused(_("This post has ended. Give a new one."))
        was_officer = Post.objects.valid_on(today).of(held.user).exists()
        Post.objects.filter(pk=held.pk).update(awaits_confirmation=False)
        if not was_officer and held.valid_from <= today:
            end_all_sessions(held.user, now)
        _log("post.confirm", held.user, by, now, held.unit, [("role", held.role, None)])
        terms = Terms(held.unit, held.role, held.title, tuple(held.sectors), held.valid_from, held.valid_until)
        mail.posts_given(held.user, [terms], by)


def _tell(user: User, terms: list[Terms], posts: list[Post], by: User) -> None:
    """Tell a person of the posts that count; of those that wait once they are confirmed."""
    told = [one for one, post in zip(terms, posts, strict=True) if not post.awaits_confirmation]
    if told:
        mail.posts_given(user, told, by)


def _yes() -> str:
    with translation.override("vi"):
        return _("yes")


def post_values(post: Post) -> tuple[object, ...]:
    """Return what a page about a post was made for."""
    return (post.title, post.sectors, post.valid_from, post.valid_until)


def change_post(
    post: Post, *, title: str, sectors: Iterable[str], until: date | None, revision: str, by: User, now: datetime
) -> None:
    """Change a post's title, fields and last day."""
    with transaction.atomic():
        held = _locked(post, revision, by, now)
        if held.signs_for:
            raise Refused(_("This post comes with a delegation of signing. The leader gives another one."))
        if held.user_id == by.pk and held.role in confirming.NEVER_TO_ONESELF:
            raise Refused(_("Nobody changes their own post. Ask another administrator."))
        if until != held.valid_until:
            _check_end(held, until, now)
            _check_longer(held, until, by, now)
        fields = list(sectors) if held.role == Role.SPECIALIST else []
        changes = [
            ("title", held.title, title),
            ("sectors", ", ".join(held.sectors), ", ".join(fields)),
            ("valid_until", held.valid_until, until),
        ]
        Post.objects.filter(pk=held.pk).update(title=title, sectors=fields, valid_until=until)
        if any(before != after for _field, before, after in changes):
            _log("post.change", held.user, by, now, held.unit, [("role", held.role, None), *changes])


def end_post(post: Post, last_day: date, *, revision: str, by: User, now: datetime) -> None:
    """Let a post end with a day, today or later; one that has not begun by then is taken back as if never given."""
    with transaction.atomic():
        held = _locked(post, revision, by, now)
        if held.role == Role.LEADER and not held.signs_for:
            # Nobody signs for a leader who has gone.
            delegating.end_all_of(held.user, by=by, now=now, unit=held.unit)
        if held.valid_from > last_day or held.awaits_confirmation:
            Post.objects.filter(pk=held.pk).delete()
            _log("post.take_back", held.user, by, now, held.unit, [("role", held.role, None)])
            return
        _check_end(held, last_day, now)
        Post.objects.filter(pk=held.pk).update(valid_until=last_day)
        changes = [("role", held.role, None), ("valid_until", held.valid_until, last_day)]
        _log("post.end", held.user, by, now, held.unit, changes)


def _locked(post: Post, revision: str, by: User, now: datetime) -> Post:
    """Return a post read anew for changing; refuses a stale page, one that ended and one's own as administrator."""
    # All posts of administrators in one order: two who end each other's wait here.
    administrators = Post.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk")
    list(administrators.values_list("pk", flat=True))
    held = Post.objects.select_for_update(of=("self",)).select_related("user", "unit").filter(pk=post.pk).first()
    if held is None:
        raise Refused(_("This post has been taken back."))
    require_fresh(revision, *post_values(held), overtaken=partial(audit.overtaken, held.user, str(held.user_id)))
    if held.valid_until is not None and held.valid_until < local_day(now) and not held.awaits_confirmation:
        raise Refused(_("This post has ended. Give a new one."))
    if held.role == Role.ADMINISTRATOR and held.user_id == by.pk:
        raise Refused(_("Nobody changes their own post of administrator. Ask another administrator."))
    return held


def _check_longer(post: Post, until: date | None, by: User, now: datetime) -> None:
    """Refuse to lengthen alone what is not given alone."""
    is_longer = post.valid_until is not None and (until is None or until > post.valid_until)
    if is_longer and confirming.awaits_second(post.role, post.unit, besides=[by, post.user], day=local_day(now)):
        raise Refused(
            _("This post is not lengthened: give a new one after it, which another administrator confirms."),
            field="until",
        )


def _check_end(post: Post, until: date | None, now: datetime) -> None:
    if until is None:
        return
    if until < max(local_day(now), post.valid_from):
        raise Refused(_("A post ends today or later; days that have passed cannot be taken back."), field="until")
    if post.role == Role.ADMINISTRATOR:
        _require_others([post], now, besides=Q(pk=post.pk))


def _require_others(ending: Iterable[Post], now: datetime, *, besides: Q) -> None:
    """Refuse to end the last administrator, or the last one of the whole installation: able to sign in, no last day."""
    staying = (
        Post.objects.valid_on(local_day(now))
        .able()
        .filter(role=Role.ADMINISTRATOR, valid_until=None, unit__is_active=True)
        .exclude(besides)
    )
    if not staying.exists():
        raise Refused(LAST_ADMINISTRATOR)
    if any(post.for_all for post in ending) and not staying.filter(for_all=True).exists():
        raise Refused(LAST_FOR_ALL)


# Accounts


def close_account(user: User, unit_ids: set[int], *, by: User, now: datetime) -> None:
    """Keep a person from signing in and end their sessions; the posts stay as they are."""
    with transaction.atomic():
        list(Post.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk").values_list("pk"))
        user = User.objects.select_for_update().get(pk=user.pk)
        if user.pk == by.pk:
            raise Refused(_("Nobody closes their own account here."))
        if not user.is_active:
            raise Refused(_("This account is closed already."))
        _require_officer(user, unit_ids, now)
        current = Post.objects.filter(user=user).filter(Q(valid_until=None) | Q(valid_until__gte=local_day(now)))
        if current.exclude(unit__in=unit_ids).exists():
            raise Refused(_("This person also holds a post in a unit that you do not look after. End the posts here."))
        ending = list(current.filter(role=Role.ADMINISTRATOR, awaits_confirmation=False))
        if ending:
            _require_others(ending, now, besides=Q(user=user))
        delegating.end_all_of(user, by=by, now=now)
        User.objects.filter(pk=user.pk).update(is_active=False)
        end_all_sessions(user, now)
        _log("person.close", user, by, now, _unit_of(user, unit_ids))
        mail.account_closed(user, by)


def _require_officer(user: User, unit_ids: set[int], now: datetime) -> None:
    """Refuse to touch the account of somebody who has left: it is a citizen's again."""
    posts = Post.objects.filter(user=user, unit__in=unit_ids)
    if not posts.filter(Q(valid_until=None) | Q(valid_until__gte=local_day(now))).exists():
        raise Refused(_("This person holds no post any more. The account is their own."))


def open_account(user: User, unit_ids: set[int], *, by: User, now: datetime) -> None:
    """Let a person sign in again, unless the account was closed for units out of one's sight."""
    closed = AuditEntry.objects.filter(action="person.close", subject_type="user", subject_ref=str(user.pk))
    where = closed.order_by("-id").values_list("unit_id", flat=True)[:1]
    if where and where[0] not in unit_ids:
        raise Refused(_("An administrator of another unit closed this account. Ask there."))
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True) != 1:
            raise Refused(_("This account is open already."))
        _log("person.open", user, by, now, _unit_of(user, unit_ids))


def send_link(user: User, unit_ids: set[int], *, by: User, now: datetime) -> None:
    """Mail a link with which the person chooses a password, for the first time or anew."""
    if not user.is_active:
        raise Refused(_("This account is closed."))
    if not user.email:
        raise Refused(_("This account has no email address. Access is reset at the desk, with the identity card."))
    _require_officer(user, unit_ids, now)
    with transaction.atomic():
        mail.link(user, by)
        _log("person.send_link", user, by, now, _unit_of(user, unit_ids))


def end_sessions(user: User, unit_ids: set[int], *, by: User, now: datetime) -> None:
    """Sign a person out everywhere."""
    _require_officer(user, unit_ids, now)
    with transaction.atomic():
        end_all_sessions(user, now)
        _log("person.end_sessions", user, by, now, _unit_of(user, unit_ids))


def note_session_ended(user: User, unit_ids: set[int], browser: str, *, by: User, now: datetime) -> None:
    """Write that one session was ended; refuses for somebody who has left, like the rest."""
    _require_officer(user, unit_ids, now)
    _log("person.end_session", user, by, now, _unit_of(user, unit_ids), [("browser", browser, "")])


def handed_over(user: User, unit: Unit, role: str, to: str, count: int, *, by: User, now: datetime) -> None:
    """Write that what a person held was handed on."""
    _log("person.hand_over", user, by, now, unit, [("role", role, None), ("to", "", to), ("count", "", count)])


def _unit_of(user: User, unit_ids: Iterable[int]) -> Unit | None:
    post = (
        Post.objects.filter(user=user, unit__in=unit_ids).select_related("unit").order_by("-valid_from", "pk").first()
    )
    return post.unit if post else None


def _log(
    action: str,
    user: User,
    by: User,
    now: datetime,
    unit: Unit | None,
    changes: Iterable[tuple[str, object, object]] = (),
) -> None:
    audit.record(action, user, by=by, now=now, ref=str(user.pk), unit=unit, name=user.full_name, changes=changes)
