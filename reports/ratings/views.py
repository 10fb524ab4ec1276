"""Rating without signing in: by the address on papers and in messages, or by the code; and what all said, in sum."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.clock import local_day, now
from common.onetime import once
from common.qr import qr_svg
from common.web.limits import client_ip, hit_ip, hit_target, too_many
from common.web.paging import keyset_page
from common.web.screens import Screen, answer, sent, shows_form
from dossiers.models import Dossier
from dossiers.track.lookup import code_variants
from procedures import labels

from ..models import CommentState, Question, Rating
from ..statistics.page import all_options
from ..statistics.periods import Period, usual
from .figures import told, told_until
from .forms import FindForm, RatingForm
from .giving import give, has_ended
from .tokens import by_token, ratable, token_of

COMMENTS_A_PAGE = 20


@login_not_required
@never_cache
@shows_form
def find(request: HttpRequest) -> HttpResponse:
    """Ask for code, end of the phone number and the question; a hit leads to the dossier's survey.

    Nothing tells an unknown code from a wrong number: codes are sequential, and who only knows one rates nothing of
    an applicant who gave a number.
    """
    if request.method != "POST":
        return _find_page(request, FindForm(request=request))
    moment = now()
    limit = hit_ip(request, "rate_ip", moment)
    if limit.exceeded:
        return too_many(request, limit)
    form = FindForm(request.POST, request=request)
    if not form.is_valid():
        return _find_page(request, form, status=422)
    typed = form.cleaned_data
    codes = code_variants(typed["code"])
    # The pair of code and address is limited: a stranger's tries must not use up the owner's.
    limit = hit_target("rate_target", f"{codes[-1] if codes else ''}\0{client_ip(request)}", moment)
    if limit.exceeded:
        return too_many(request, limit)
    found = ratable().filter(code__in=codes).select_related("applicant", "unit").first() if codes else None
    applicant = getattr(found, "applicant", None)
    if found is None or applicant is None or applicant.phone[-4:] != typed["phone_end"]:
        form.add_error(None, _("No dossier matches both. Check the code and the phone number on the receipt."))
        return _find_page(request, form.asking_again(), status=422)
    return redirect("rating:rate", token_of(found))


def _find_page(request: HttpRequest, form: FindForm, status: int = 200) -> HttpResponse:
    return render(request, "reports/rate_find.html", {"form": form}, status=status)


@login_not_required
@never_cache
@shows_form
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Show the survey of a dossier, or take it: once, after its end. Raises Http404 for a made-up token.

    Two queries for the page. Says of the dossier its code and procedure.
    """
    dossier = by_token(token)
    if dossier is None:
        raise Http404
    here = reverse("rating:rate", args=[token])
    context: dict[str, Any] = {"dossier": dossier, "procedure": labels.name_in(dossier.version)[0]}
    given = Rating.objects.filter(dossier=dossier).only("given_at").first() if has_ended(dossier) else None
    if not has_ended(dossier) or given is not None:
        if request.method == "POST" and given is not None:
            return redirect(here)
        return render(request, "reports/rated.html", context | {"given": given})
    moment = now()
    if request.method == "POST":
        limit = hit_ip(request, "rate_ip", moment)
        if limit.exceeded:
            return too_many(request, limit)
    form = RatingForm(sent(request))

    def act() -> str:
        once(
            form.cleaned_data["key"], "rating", None, dossier.ref, moment, lambda: _give(request, dossier, form, moment)
        )
        return here

    screen = Screen(_("How satisfied are you?"), _("Send the rating"), reverse("home"))
    return answer(request, form, screen, act, template="reports/rate.html", **context)


def _give(request: HttpRequest, dossier: Dossier, form: RatingForm, moment: datetime) -> None:
    if give(dossier, form.given(), moment):
        messages.success(request, _("Your rating has been recorded. Thank you."))


@login_not_required
@require_safe
def ratings(request: HttpRequest) -> HttpResponse:
    """What people said of each unit in months that have ended, in sum, and published comments. Four queries."""
    today = local_day(now())
    day = told_until(today)
    period = Period.read(request.GET, day, by_months=True)
    asked = request.GET.get("question", "")
    question = Question(asked) if asked in Question.values else Question.OVERALL
    found, options = told(period, today), all_options()
    shown = found[question]
    comments = Rating.objects.filter(comment_state=CommentState.PUBLISHED).select_related("unit")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    fields = dict(period.fields())
    page = {
        "period": period,
        "fields": fields,
        # But the month that has not ended.
        "periods": [(name, _query(one)) for name, one in usual(today)[1:]],
        "questions": [(one, one.label, one == question) for one in Question],
        "question": question,
        "sums": [(one.label, found[one].total) for one in Question],
        "rows": [(unit.name, shown.rows[unit.pk]) for unit in options.units if unit.pk in shown.rows],
        "total": shown.total,
        "comments": keyset_page(comments, ("-given_at", "-id"), after=after, before=before, size=COMMENTS_A_PAGE),
        "query": request.GET,
    }
    return render(request, "reports/ratings.html", page)


def _query(period: Period) -> str:
    return "&".join(f"{name}={value}" for name, value in period.fields())


@login_not_required
@require_safe
def sign(request: HttpRequest) -> HttpResponse:
    """Show a sheet to be printed and put up at the desk: a code that leads to rating."""
    link = settings.SITE_URL + reverse("rating:find")
    return render(request, "reports/rate_sign.html", {"link": link, "qr": qr_svg(link)})
