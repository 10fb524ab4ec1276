"""The officers of an administrator's units: the list, one person, inviting, access."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions
from accounts.invitations import VALID_FOR, has_accepted
from accounts.models import User
from common.forms.warnings import point_out
from common.onetime import KeyMisused, once
from common.web import limits
from common.web.screens import Screen, answer, done, press, sent, shows_form

from .. import hooks
from ..forms.people import AccessForm, InviteForm
from ..log.lines import entries_about, lines_of
from ..models import AuditEntry, Post, Role
from ..people import changes, lists
from ..people.confirming import NEVER_TO_ONESELF
from .guards import administrator_only
from .scope import Administrator, administrator_of


@administrator_only
@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    """List the officers, fifty at a time."""
    admin = administrator_of(request)
    wanted = lists.PeopleFilter.read(request.GET, admin.units)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = {
        "page": lists.officer_page(admin.units, wanted, admin.day, after=after, before=before),
        "wanted": wanted,
        "awaiting": Post.objects.filter(unit__in=admin.unit_ids, awaits_confirmation=True).exists(),
        "unopened": [unit for unit in admin.open_units if unit.identifier and unit.filing_since is None],
        "units": admin.units,
        "roles": Role.choices,
        "states": lists.STATES.items(),
    }
    return render(request, "manage/installation/people.html", page)


@administrator_only
@shows_form
def invite(request: HttpRequest) -> HttpResponse:
    """Invite an officer, or give posts to an account that exists."""
    admin = administrator_of(request)
    form = InviteForm(
        sent(request),
        units=admin.open_units,
        may_all=admin.looks_after_all,
        today=admin.day,
        asks_attach="attach" in request.POST,
        **admin.asked,
    )
    screen = Screen(
        _("Invite an officer"),
        _("Send the invitation"),
        reverse("manage:people"),
        _("Officers"),
        _("The person gets a mail with a link, valid for 3 days, and chooses the password."),
    )

    def change() -> str:
        typed = form.cleaned_data
        once(
            typed["key"], "invite", admin.user.pk, typed["email"].lower(), admin.now,
            lambda: changes.invite(
                typed["name"], typed["email"], form.terms(), attach=typed["attach"], by=admin.user, now=admin.now
            ),
        )  # fmt: skip
        user = User.objects.filter(email__iexact=typed["email"]).first()
        if user is None:
            raise KeyMisused
        point_out(request, form)
        return done(request, _("%(name)s has been written to.") % {"name": user.full_name}, "manage:person", user.pk)

    return answer(request, form, screen, change)


@administrator_only
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One officer: posts, what is held, access, what was changed. A dozen queries, whatever there is."""
    admin = administrator_of(request)
    user = admin.person(pk)
    own = (
        Post.objects.filter(user=user, unit__in=admin.unit_ids)
        .select_related("unit", "given_by")
        .order_by("-valid_from", "pk")
    )
    row = lists.row_of(user, own, admin.day)
    sectors = dict(hooks.sector_choices())
    held = hooks.held_by(user, admin.unit_ids)
    others = lists.colleagues({(post.unit_id, post.role) for post in row.now}, user, admin.day)
    entries = entries_about(user, admin.unit_ids)
    page = {
        "person": user,
        "row": row,
        "posts": [_post_line(post, sectors, others) for post in row.now],
        "unconfirmed": [
            _post_line(post, sectors, {}) | {"may_confirm": admin.may_confirm(post)} for post in row.unconfirmed
        ],
        "coming": [_post_line(post, sectors, {}) for post in row.coming],
        "held": held,
        "held_count": sum(one.count for one in held),
        "is_self": user.pk == admin.user.pk,
        "has_accepted": has_accepted(user),
        "link": _last_link(user),
        "now": admin.now,
        "sessions": sessions.open_sessions(user, admin.now) if user.is_active else [],
        "log": lines_of(entries),
        "elsewhere": _holds_elsewhere(admin, user),
    }
    return render(request, "manage/installation/person.html", page)


def _post_line(post: Post, sectors: dict[str, str], others: dict[tuple[int, str], list[User]]) -> dict[str, object]:
    return {
        "post": post,
        "sectors": ", ".join(sectors.get(code, code) for code in post.sectors),
        "takes_sectors": post.role == Role.SPECIALIST,
        "is_never_own": post.role in NEVER_TO_ONESELF,
        "others": [other.full_name for other in others.get((post.unit_id, post.role), [])],
    }


def _last_link(user: User) -> dict[str, object] | None:
    """Return when the last link was sent and until when it works; None when none was."""
    sent = (
        AuditEntry.objects.filter(
            subject_type="user", subject_ref=str(user.pk), action__in=("person.invite", "person.send_link")
        )
        .order_by("-id")
        .first()
    )
    return None if sent is None else {"at": sent.at, "until": sent.at + VALID_FOR}


def _holds_elsewhere(admin: Administrator, user: User) -> bool:
    return Post.objects.valid_on(admin.day).filter(user=user).exclude(unit__in=admin.unit_ids).exists()


# Access: ending sessions is a button of the person's page, the rest asks for the administrator's password


@dataclass(frozen=True)
class _Access:
    """What one page changes in somebody's access, and its words."""

    act: Callable[..., None]
    title: Any
    lead: Any
    said: Any
    is_danger: bool = False


LINK = _Access(
    changes.send_link,
    gettext_lazy("Send a link for choosing a password to %(name)s"),
    gettext_lazy("The link goes to %(email)s, works for 3 days and once."),
    gettext_lazy("A link has been sent to %(email)s."),
)
CLOSE = _Access(
    changes.close_account,
    gettext_lazy("Close the account of %(name)s"),
    gettext_lazy(
        "All sessions end at once and nobody signs in with this account any more, also not to follow dossiers of their "
        "own. Posts, history and names stay as they are. The person is told by mail; the account can be opened again."
    ),
    gettext_lazy("The account of %(name)s is closed."),
    is_danger=True,
)
OPEN = _Access(
    changes.open_account,
    gettext_lazy("Open the account of %(name)s again"),
    gettext_lazy("The person signs in as before, with the posts that still run."),
    gettext_lazy("The account of %(name)s is open again."),
)


def _access(request: HttpRequest, pk: int, what: _Access, **context: Any) -> HttpResponse:
    """Ask for the administrator's password, change a person's access and go back to the person's page."""
    admin = administrator_of(request)
    user = admin.person(pk)
    words = {"name": user.full_name, "email": user.email or ""}
    title = what.title % words
    screen = Screen(
        title, title, reverse("manage:person", args=[pk]), user.full_name, what.lead % words, what.is_danger
    )

    def change() -> str:
        what.act(user, admin.unit_ids, by=admin.user, now=admin.now)
        return done(request, what.said % words, "manage:person", user.pk)

    return answer(request, AccessForm(sent(request), **admin.asked), screen, change, person=user, **context)


@administrator_only
@shows_form
def send_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a link for choosing a password."""
    admin = administrator_of(request)
    user = admin.person(pk)
    if request.method == "POST":
        limit = limits.hit_target("reset_target", f"link {user.pk}", admin.now)
        if limit.exceeded:
            return limits.too_many(request, limit)
    return _access(request, pk, LINK)


@administrator_only
@require_POST
def end_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a person out everywhere."""
    admin = administrator_of(request)
    user = admin.person(pk)

    def change() -> str:
        changes.end_sessions(user, admin.unit_ids, by=admin.user, now=admin.now)
        return done(
            request, _("%(name)s has been signed out everywhere.") % {"name": user.full_name}, "manage:person", pk
        )

    return press(request, change, reverse("manage:person", args=[pk]))


@administrator_only
@require_POST
def end_session(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """End one session of a person."""
    admin = administrator_of(request)
    user = admin.person(pk)
    shown = {one.pk: one for one in sessions.open_sessions(user, admin.now)}
    if session not in shown:
        raise Http404

    def change() -> str:
        with transaction.atomic():
            if sessions.end_session(user, session):
                browser = shown[session].browser
                changes.note_session_ended(user, admin.unit_ids, browser, by=admin.user, now=admin.now)
        return done(request, _("The session has ended."), "manage:person", user.pk)

    return press(request, change, reverse("manage:person", args=[user.pk]))


@administrator_only
@shows_form
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account, once what it means has been read."""
    admin = administrator_of(request)
    held = sum(one.count for one in hooks.held_by(admin.person(pk), admin.unit_ids))
    return _access(request, pk, CLOSE, template="manage/installation/person_close.html", held_count=held)


@administrator_only
@shows_form
def open_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    return _access(request, pk, OPEN)
