"""Signing delegated by a leader: another officer of the unit signs for some days, and no day longer.

What it gives is a leader's post that names whom its holder signs for; every rule and list follows from that post.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.refusals import Refused

from ..log import audit
from ..models import Delegation, Post, Role, Unit

LONGEST = timedelta(days=184)
# Who may be asked to sign: whoever works on dossiers of the unit.
TAKERS = (Role.CLERK, Role.SPECIALIST)


def own_posts(user: User, day: date) -> list[Post]:
    """Return the posts in which a person leads a unit, none that was delegated; by key. One query."""
    return list(
        Post.objects.valid_on(day).of(user).filter(role=Role.LEADER, signs_for="").select_related("unit").order_by("pk")
    )


def takers(unit: Unit, day: date) -> QuerySet[Post]:
    """Return the posts whose holders may sign for a leader of a unit: who can sign in and do not lead it."""
    leading = Post.objects.running_on(day).filter(unit=unit, role=Role.LEADER, signs_for="").values("user")
    posts = Post.objects.valid_on(day).able().filter(unit=unit, role__in=TAKERS).exclude(user__in=leading)
    return posts.select_related("user")


def delegate(
    giver: User, unit: Unit, taker: User, since: date, until: date, reason: str, *, now: datetime
) -> Delegation:
    """Let an officer sign for a leader from a day to a day, both included.

    Refusals: who, taker, since, until. Six statements.
    """
    today = local_day(now)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        own = next((post for post in own_posts(giver, today) if post.unit_id == unit.pk), None)
        if own is None:
            raise Refused(_("Only who leads the unit delegates signing there."), code="who")
        if since < today:
            raise Refused(_("The first day lies in the past."), field="valid_from")
        if until < since:
            raise Refused(_("The last day comes before the first one."), field="valid_until")
        if until - since > LONGEST:
            raise Refused(_("Half a year at the most. Delegate again when it is over."), field="valid_until")
        if own.valid_until is not None and until > own.valid_until:
            raise Refused(_("Your own post ends before that day."), field="valid_until")
        held = next((post for post in takers(unit, today) if post.user_id == taker.pk), None)
        if held is None or taker.pk == giver.pk:
            raise Refused(_("Choose an officer of the unit who does not sign already."), field="taker")
        overlapping = Post.objects.filter(user=taker, unit=unit, role=Role.LEADER, valid_from__lte=until)
        if overlapping.exclude(valid_until__lt=since).exists():
            raise Refused(_("This person holds this post in that time already."), field="taker")
        post = Post.objects.create(
            user=taker,
            unit=unit,
            role=Role.LEADER,
            title=held.title,
            valid_from=since,
            valid_until=until,
            given_by=giver,
            signs_for=giver.get_full_name()[:160],
            signs_as=own.title,
        )
        found = Delegation.objects.create(
            unit=unit,
            giver=giver,
            taker=taker,
            valid_from=since,
            valid_until=until,
            reason=reason,
            given_at=now,
            post=post,
        )
        changes = [("valid_from", "", since), ("valid_until", "", until), ("reason", "", reason)]
        _log("delegation.give", found, giver, now, changes)
    return found


def end(delegation: Delegation, *, by: User, now: datetime) -> None:
    """End a delegation at once: its holder signs nothing any more. Any leader of the unit may.

    Refusals: who, state.
    """
    with transaction.atomic():
        rows = Delegation.objects.select_for_update(of=("self",)).select_related("taker", "unit")
        held = rows.get(pk=delegation.pk)
        if all(post.unit_id != held.unit_id for post in own_posts(by, local_day(now))):
            raise Refused(_("Only who leads the unit ends this."), code="who")
        if held.ended_at is not None or held.valid_until < local_day(now):
            raise Refused(_("This delegation has ended already."), code="state")
        _end(held, by, now)


def end_all_of(giver: User, *, by: User, now: datetime, unit: Unit | None = None) -> None:
    """End what a person delegated (in one unit) whose own post or account ends; inside the caller's transaction."""
    rows = Delegation.objects.filter(giver=giver, ended_at=None, valid_until__gte=local_day(now))
    for row in rows.filter(unit=unit) if unit is not None else rows:
        _end(row, by, now)


def _end(delegation: Delegation, by: User, now: datetime) -> None:
    Delegation.objects.filter(pk=delegation.pk).update(ended_at=now, ended_by=by)
    if delegation.post_id is not None:
        Post.objects.filter(pk=delegation.post_id).delete()
    _log("delegation.end", delegation, by, now, [("valid_until", delegation.valid_until, local_day(now))])


def _log(action: str, row: Delegation, by: User, now: datetime, changes: Iterable[tuple[str, object, object]]) -> None:
    name = row.taker.get_full_name()
    audit.record(action, row, by=by, now=now, ref=str(row.pk), unit=row.unit, name=name, changes=changes)
