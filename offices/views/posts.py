"""Posts of an officer: given, changed, ended, stood in for; what the officer holds handed on."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from common.onetime import once
from common.refusals import fingerprint
from common.templatetags.ui import vi_date
from common.web.screens import Screen, answer, done, sent, shows_form

from .. import hooks
from ..forms.people import AccessForm, PostChangeForm, PostEndForm, PostForm, ReassignForm, SubstituteForm
from ..models import Post, Role, Unit
from ..people import changes, lists
from ..people.confirming import NEVER_TO_ONESELF
from .guards import administrator_only
from .scope import Administrator, administrator_of

# So many dossiers are handed on in one go; the page then offers the rest.
MAX_AT_ONCE = 500
RESULT = "handed_over"
WAITS = gettext_lazy("The post has been given. It counts once another administrator has confirmed it.")


def _back(user: User) -> str:
    return reverse("manage:person", args=[user.pk])


@administrator_only
@shows_form
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an officer one more post."""
    admin = administrator_of(request)
    user = admin.person(pk)
    form = PostForm(
        sent(request), to=user, units=admin.open_units, may_all=admin.looks_after_all, today=admin.day, **admin.asked
    )
    screen = Screen(
        _("Give a post to %(name)s") % {"name": user.full_name},
        _("Give the post"),
        _back(user),
        user.full_name,
        _("It counts from its first day at once, also in sessions that are open."),
    )

    def change() -> str:
        terms = form.terms()
        once(
            form.cleaned_data["key"], "post", admin.user.pk, str(user.pk), admin.now,
            lambda: changes.give_post(user, terms, by=admin.user, now=admin.now),
        )  # fmt: skip
        waits = _waits(user, terms.unit, terms.role, terms.since)
        return done(request, WAITS if waits else _("The post has been given."), _back(user))

    return answer(request, form, screen, change)


def _waits(user: User, unit: Unit, role: str, since: date) -> bool:
    """Tell whether a post that begins on a day awaits a second administrator. One query."""
    posts = Post.objects.filter(user=user, unit=unit, role=role, valid_from=since)
    return posts.filter(awaits_confirmation=True).exists()


@administrator_only
@shows_form
def confirm(request: HttpRequest, pk: int, post: int) -> HttpResponse:
    """Let a post count that another administrator gave."""
    admin = administrator_of(request)
    user = admin.person(pk)
    given = admin.post(user, post)
    words = {"post": _name_of(given), "name": user.full_name}
    screen = Screen(
        _("Confirm the post of %(name)s: %(post)s") % words,
        _("Confirm the post"),
        _back(user),
        user.full_name,
        _("Given by %(by)s. Leaders and administrators are named by two people.")
        % {"by": given.given_by.full_name if given.given_by else _("The system")},
    )

    def act() -> str:
        changes.confirm_post(given, by=admin.user, now=admin.now)
        return done(request, _("The post has been confirmed."), _back(user))

    return answer(request, AccessForm(sent(request), **admin.asked), screen, act)


@administrator_only
@shows_form
def change(request: HttpRequest, pk: int, post: int) -> HttpResponse:
    """Change title, fields and last day of a post."""
    admin = administrator_of(request)
    user = admin.person(pk)
    held = admin.post(user, post)
    form = PostChangeForm(sent(request), post=held, revision=_revision(held), **admin.asked)

    def act() -> str:
        typed = form.cleaned_data
        changes.change_post(
            held,
            title=typed["title"],
            sectors=typed.get("sectors", ()),
            until=typed["until"],
            revision=typed["revision"],
            by=admin.user,
            now=admin.now,
        )
        return done(request, _("The post has been changed."), _back(user))

    screen = Screen(_name_of(held), _("Save the changes"), _back(user), user.full_name)
    return answer(request, form, screen, act, revision=lambda: _revision(admin.post(user, post)))


@administrator_only
@shows_form
def end(request: HttpRequest, pk: int, post: int) -> HttpResponse:
    """End a post with a day; asks first when dossiers are still held in it."""
    admin = administrator_of(request)
    user = admin.person(pk)
    held = admin.post(user, post)
    count = _held_in(user, held)
    form = PostEndForm(sent(request), today=admin.day, held=count, revision=_revision(held), **admin.asked)
    is_coming = held.valid_from > admin.day

    def act() -> str:
        until = form.cleaned_data["until"]
        changes.end_post(held, until, revision=form.cleaned_data["revision"], by=admin.user, now=admin.now)
        words = _("The post ends with %(day)s.") % {"day": vi_date(until)}
        if held.valid_from > until:
            words = _("The post has been taken back.")
        return done(request, words, _back(user) if _still_here(admin, user) else reverse("manage:people"))

    screen = Screen(
        _("End the post: %(post)s") % {"post": _name_of(held)},
        _("End the post"),
        _back(user),
        user.full_name,
        _("The post has not begun yet. A last day before its first day takes it back.") if is_coming else "",
        is_danger=True,
    )
    return answer(
        request,
        form,
        screen,
        act,
        revision=lambda: _revision(admin.post(user, post)),
        template="manage/installation/post_end.html",
        held_count=count,
        person=user,
    )


@administrator_only
@shows_form
def substitute(request: HttpRequest, pk: int, post: int) -> HttpResponse:
    """Let somebody stand in for a post for some days."""
    admin = administrator_of(request)
    user = admin.person(pk)
    held = admin.post(user, post)
    candidates = lists.possible_substitutes(admin.open_units, user, admin.day)
    if held.role in NEVER_TO_ONESELF:
        candidates = [candidate for candidate in candidates if candidate.pk != admin.user.pk]
    form = SubstituteForm(sent(request), people=candidates, today=admin.day, **admin.asked)

    def act() -> str:
        typed = form.cleaned_data
        stand_in = form.people[typed["person"]]
        once(
            typed["key"], "substitute", admin.user.pk, str(held.pk), admin.now,
            lambda: changes.substitute(held, stand_in, typed["since"], typed["until"], by=admin.user, now=admin.now),
        )  # fmt: skip
        if _waits(stand_in, held.unit, held.role, typed["since"]):
            return done(request, WAITS, _back(user))
        words = _("%(name)s stands in from %(since)s to %(until)s.")
        shown = {"name": stand_in.full_name, "since": vi_date(typed["since"]), "until": vi_date(typed["until"])}
        return done(request, words % shown, _back(user))

    screen = Screen(
        _("Somebody stands in for %(name)s") % {"name": user.full_name},
        _("Give the post for these days"),
        _back(user),
        user.full_name,
        _(
            "The substitute gets the same post (%(post)s) for these days and loses it by itself afterwards. What is "
            "done in it carries the substitute's own name. Dossiers that %(name)s holds stay there: hand them on "
            "when they cannot wait."
        )
        % {"post": _name_of(held), "name": user.full_name},
    )
    return answer(request, form, screen, act)


@administrator_only
@shows_form
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand on what an officer holds, all in one go; the page then says what became of each dossier."""
    admin = administrator_of(request)
    user = admin.person(pk)
    held = hooks.held_by(user, admin.unit_ids)
    others = lists.colleagues({(one.unit_id, one.role) for one in held}, user, admin.day)
    form = ReassignForm(sent(request), held=held, units=admin.by_pk, colleagues=others)
    if request.method == "POST" and held and form.is_valid():
        lines = [line for one, to in form.chosen() for line in _reassign(admin, user, one, to)]
        passed = sum(not line.reason for line in lines)
        request.session[RESULT] = {
            "person": user.pk,
            "lines": [[line.name, line.to, str(line.reason)] for line in lines],
        }
        words = ngettext("%(count)d dossier has been handed on.", "%(count)d dossiers have been handed on.", passed)
        messages.success(request, words % {"count": passed})
        return redirect("manage:reassign", pk=user.pk)
    result = request.session.get(RESULT) or {}
    page = {
        "person": user,
        "form": form,
        "held": held,
        "lines": result.get("lines", []) if result.get("person") == user.pk else [],
    }
    return render(request, "manage/installation/reassign.html", page, status=422 if held and form.errors else 200)


def _reassign(admin: Administrator, user: User, held: hooks.Held, to: User | None) -> list[hooks.ReassignedLine]:
    """Hand on what is held in one role of a unit; each dossier in a transaction of its own."""
    unit = admin.by_pk[held.unit_id]
    lines: list[hooks.ReassignedLine] = []
    for duty in hooks.duties:
        lines += duty.reassign(
            user, unit, held.role, to, by=admin.user, now=admin.now, maximum=MAX_AT_ONCE - len(lines)
        )
    passed = sum(not line.reason for line in lines)
    if passed:
        name = to.full_name if to else ""
        changes.handed_over(user, unit, held.role, name, passed, by=admin.user, now=admin.now)
    return lines


def _revision(post: Post) -> str:
    return fingerprint(*changes.post_values(post))


def _name_of(post: Post) -> str:
    return f"{Role(post.role).label}, {post.unit.name}"


def _held_in(user: User, post: Post) -> int:
    return sum(one.count for one in hooks.held_by(user, [post.unit_id]) if one.role == post.role)


def _still_here(admin: Administrator, user: User) -> bool:
    return Post.objects.filter(user=user, unit__in=admin.unit_ids).exists()
