"""Giving feedback, following it by code and secret or by account, reading what was published."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.clock import recorded_now
from common.files.uploads import serve
from common.refusals import Refused
from common.text import page_language, readable
from common.web.limits import Limit, client_ip, hit_ip, hit_target, too_many
from common.web.paging import keyset_page
from common.web.screens import Screen, answer, done, sent, shows_form
from dossiers.talk.receiving import accepted
from offices.models import Unit

from ...models import Feedback, FeedbackStatus, Topic
from .. import filing, history
from ..acts import GiveDetails
from ..table import GIVER
from ..workflow import perform
from .forms import DetailsForm, GiveForm, TrackForm

SESSION_KEY = "feedback_read"
LIFE = timedelta(minutes=30)
PAGE_SIZE, MOST_OWN = 20, 10


@login_not_required
@never_cache
@shows_form
def give(request: HttpRequest) -> HttpResponse:
    """Say what may be sent here and what may not, and take feedback. Two queries, giving it about 20."""
    moment = recorded_now()
    user = request.user if request.user.is_authenticated else None
    if request.method == "POST" and (limit := _counted(request, moment)).exceeded:
        return too_many(request, limit)
    units = list(Unit.objects.receiving())
    form = GiveForm(
        sent(request), request.FILES or None, request=request, asks=user is None, units=units, initial=_known(request)
    )

    def change() -> str:
        data = form.cleaned_data
        facts = ("unit", "kind", "topic", "about", "text", "name", "email", "phone", "may_publish")
        given = filing.Given(**{name: data[name] for name in facts}, language=page_language())
        files = accepted(data["attached"], moment)
        code, secret = filing.give(given, files, by=user, key=data["key"], now=moment)
        _remember(request, code, secret, moment)
        return done(request, _("Your feedback has been received."), "feedback:case", code)

    screen = Screen(_("Send feedback"), _("Send the feedback"), reverse("home"))
    own = user.feedback_given.order_by("-pk").only("code", "status", "received_at")[:MOST_OWN] if user else []
    return answer(request, form, screen, change, template="reports/feedback/give.html", own=own)


def _counted(request: HttpRequest, moment: datetime) -> Limit:
    """Count what is sent: of an account or address, and for the mailbox that is told of it."""
    if request.user.is_authenticated:
        limit = hit_target("feedback_user", str(request.user.pk), moment)
    else:
        limit = hit_ip(request, "feedback_ip", moment)
    mailbox = request.POST.get("email", "").strip().casefold()
    return hit_target("feedback_mail", mailbox, moment) if mailbox and not limit.exceeded else limit


def _known(request: HttpRequest) -> dict[str, Any]:
    """Return what is known of who gives feedback, and what a link says that it is about."""
    known: dict[str, Any] = {}
    if request.user.is_authenticated:
        user = request.user
        known |= {"name": user.get_full_name(), "email": user.email or "", "phone": user.phone}
    for topic in (Topic.PROCEDURE, Topic.DOSSIER):
        if about := readable(request.GET.get(topic.value, ""), 300):
            known |= {"topic": topic.value, "about": about}
    return known


def _remember(request: HttpRequest, code: str, secret: str, moment: datetime) -> None:
    """Let this visitor read feedback for half an hour; ``secret`` is shown again to who has just given it."""
    kept = {name: value for name, value in _open(request, moment).items() if name != code}
    request.session[SESSION_KEY] = kept | {code: [(moment + LIFE).timestamp(), secret]}


def _open(request: HttpRequest, moment: datetime) -> dict[str, list[Any]]:
    if not request.session.session_key:
        return {}
    kept: dict[str, list[Any]] = request.session.get(SESSION_KEY, {})
    return {code: value for code, value in kept.items() if value[0] > moment.timestamp()}


def _own(request: HttpRequest, code: str, moment: datetime) -> Feedback | None:
    """Return feedback that this visitor gave, or opened with its secret a moment ago; at most one query."""
    rows = Feedback.objects.select_related("unit").filter(code=code[:40])
    if code in _open(request, moment):
        return rows.first()
    return rows.filter(owner=request.user).first() if request.user.is_authenticated else None


@login_not_required
@never_cache
@shows_form
def track(request: HttpRequest) -> HttpResponse:
    """Ask for code and secret, and open the feedback; nothing tells an unknown code from a wrong secret."""
    moment = recorded_now()
    if request.method == "POST":
        for limit in (
            hit_ip(request, "lookup_ip", moment),
            hit_target(
                "feedback_code", f"{filing.code_of(request.POST.get('code', ''))}\0{client_ip(request)}", moment
            ),
        ):
            if limit.exceeded:
                return too_many(request, limit)
    form = TrackForm(sent(request))

    def change() -> str:
        found = filing.find(form.cleaned_data["code"], form.cleaned_data["secret"])
        if found is None:
            raise Refused(_("No feedback has this code and this secret. Check both."), field="code")
        _remember(request, found.code, "", moment)
        return reverse("feedback:case", args=[found.code])

    return answer(request, form, _track_screen(), change, template="reports/feedback/track.html")


def _track_screen() -> Screen:
    return Screen(_("Follow feedback"), _("Open the feedback"), reverse("feedback:give"), _("Send feedback"))


@login_not_required
@never_cache
@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Show feedback to who gave it; anybody else is asked for the secret. Four queries."""
    moment = recorded_now()
    found = _own(request, code, moment)
    if found is None:
        page = {"form": TrackForm(initial={"code": code[:40]}), "screen": _track_screen()}
        return render(request, "reports/feedback/track.html", page)
    return render(request, "reports/feedback/case.html", _case_page(request, found, moment))


def _case_page(request: HttpRequest, found: Feedback, moment: datetime) -> dict[str, Any]:
    return {
        "feedback": found,
        "secret": _open(request, moment).get(found.code, ["", ""])[1],
        "sentence": history.holder_words(found),
        "light": history.light(found, moment),
        "tag": history.TAGS[FeedbackStatus(found.status)],
        "files": history.files_of(found, "feedback:file"),
        "entries": history.entries(found, is_officer=False),
        "is_asked": found.status == FeedbackStatus.DETAILS,
    }


@login_not_required
@never_cache
@shows_form
def details(request: HttpRequest, code: str) -> HttpResponse:
    """Add the details that were asked for."""
    moment = recorded_now()
    found = _own(request, code, moment)
    if found is None:
        raise Http404
    here = reverse("feedback:case", args=[found.code])
    if request.method != "POST" and found.status != FeedbackStatus.DETAILS:
        return redirect(here)
    if request.method == "POST" and (limit := _counted(request, moment)).exceeded:
        return too_many(request, limit)
    form = DetailsForm(sent(request), request.FILES or None, revision=found.revision)
    user = request.user if request.user.is_authenticated else None

    def change() -> str:
        files = accepted(form.cleaned_data["attached"], moment)
        act = GiveDetails(form.cleaned_data["text"], files)
        perform(act, found, by=user, now=moment, revision=form.shown_revision(), role=GIVER)
        return done(request, _("Your details have been sent."), here)

    asked = found.events.filter(action="ask_details").order_by("-n").first()
    screen = Screen(_("Add details"), _("Send the details"), here, _("Back to the feedback"))
    return answer(
        request,
        form,
        screen,
        change,
        revision=lambda: Feedback.objects.get(pk=found.pk).revision,
        template="reports/feedback/details.html",
        asked=asked.public_text if asked is not None else "",
    )


@login_not_required
@never_cache
@require_safe
def file(request: HttpRequest, code: str, ref: str) -> HttpResponseBase:
    """A file that came with feedback, to who gave it."""
    found = _own(request, code, recorded_now())
    if found is None:
        raise Http404
    row = get_object_or_404(found.files.exclude(scan_state__in=history.SHUT), ref=ref)
    return serve(request, row.file, row.media_type, row.original_name, sha256=row.sha256, inline=True)


@login_not_required
@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """Answers that everybody may read, the newest first. One query."""
    shown = ("kind", "published_at", "public_question", "public_answer", "unit__name")
    rows = Feedback.objects.published().select_related("unit").only(*shown)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = keyset_page(rows, ("-published_at", "-id"), after=after, before=before, size=PAGE_SIZE, has_empty=False)
    return render(request, "reports/feedback/published.html", {"page": page})
