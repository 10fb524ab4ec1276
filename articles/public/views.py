"""Notices and guides, and how useful a page was."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from common import clock
from common.text import page_language
from common.web import limits
from common.web.own_page import is_from_own_page
from common.web.page_cache import anonymous_page
from common.web.paging import keyset_page
from common.web.screens import Screen, answer, sent, shows_form
from procedures.public.written import page_of as procedure_page

from ..guides.contents import GUIDES, HEIGHT, WIDTH
from ..models import ArticleKind, Notice
from ..notices import shown
from ..useful import counting
from ..useful.asking import question
from ..useful.forms import UsefulForm

PAGE = 20
# Larger numbers do not fit the column.
LARGEST = 2**63 - 1


@login_not_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """List the notices, the newest first. One query."""
    return anonymous_page(request, lambda: _notices(request))


def _notices(request: HttpRequest) -> tuple[HttpResponse, str]:
    day = clock.local_day(clock.now())
    after, before = (request.GET.get(name, "")[:100] for name in ("after", "before"))
    found = Notice.objects.readable(day).select_related("unit").defer("text", "text_en")
    page = keyset_page(found, ("-since", "-id"), after=after, before=before, size=PAGE)
    rows = [shown.row_of(notice, day) for notice in page.rows]
    context = {"rows": rows, "page": page, "query": request.GET}
    return render(request, "articles/notices.html", context), reverse("articles:notices")


@login_not_required
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a notice, one that is over too. One query."""
    return anonymous_page(request, lambda: _notice(request, pk))


def _notice(request: HttpRequest, pk: int) -> tuple[HttpResponse, str]:
    day = clock.local_day(clock.now())
    found = Notice.objects.readable(day).filter(pk=min(pk, LARGEST)).select_related("unit").first()
    if found is None:
        raise Http404
    address = reverse("articles:notice", args=[found.pk])
    context = {"notice": shown.page_of(found, day), "page_url": f"{settings.SITE_URL}{address}"}
    return render(request, "articles/notice.html", context), address


@login_not_required
@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """List the guides."""
    return render(request, "articles/guides.html", {"guides": list(GUIDES.values())})


@login_not_required
@require_safe
def guide(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a guide with pictures of the screens."""
    found = GUIDES.get(ref)
    if found is None:
        raise Http404
    context = {
        "guide": found,
        "steps": found.steps(),
        "width": WIDTH,
        "height": HEIGHT,
        "others": [other for other in GUIDES.values() if other is not found],
        "below": question(ArticleKind.GUIDE, found.ref),
        "page_url": f"{settings.SITE_URL}{reverse('articles:guide', args=[found.ref])}",
    }
    return render(request, "articles/guide.html", context)


@dataclass(frozen=True, slots=True)
class _Article:
    """A page that readers rate."""

    kind: str
    ref: str
    name: str
    url: str


def _article(kind: str, ref: str) -> _Article:
    """Return a page that can be rated. No query when it is kept; raises Http404."""
    if kind == ArticleKind.GUIDE and ref in GUIDES:
        return _Article(kind, ref, str(GUIDES[ref].title), reverse("articles:guide", args=[ref]))
    if kind == ArticleKind.PROCEDURE:
        page = procedure_page(ref, clock.local_day(clock.now()), page_language())
        return _Article(kind, ref, page.title, page.base)
    raise Http404


@csrf_exempt
@login_not_required
@never_cache
@shows_form
def useful(request: HttpRequest, kind: str, ref: str) -> HttpResponse:
    """Let a reader confirm how useful a page was; counts a value once, without a cookie.

    The form carries a one-time key in the place of a token, and must come from this site's own pages.
    """
    article = _article(kind, ref)
    if request.method == "POST":
        if not is_from_own_page(request):
            return HttpResponseForbidden(render(request, "403.html").content)
        now = clock.now()
        tried = limits.hit_ip(request, "useful_ip", now)
        times, per = settings.LIMITS["useful_page"]
        again = limits.hit("useful_page", f"{limits.client_ip(request)}\0{kind}\0{ref}", times, per, now)
        for limit in (tried, again):
            if limit.exceeded:
                return limits.too_many(request, limit)
    form = UsefulForm(sent(request), initial={"value": request.GET.get("value", "")[:1]})

    def change() -> str:
        typed = form.cleaned_data
        counting.rate(kind, ref, typed["value"], typed["key"], clock.recorded_now())
        return reverse("articles:thanks", args=[kind, ref])

    screen = Screen(_("Was this page of use?"), _("Send the rating"), article.url, article.name)
    return answer(request, form, screen, change, template="articles/useful.html", article=article)


@login_not_required
@require_safe
def thanks(request: HttpRequest, kind: str, ref: str) -> HttpResponse:
    """Thank the reader; show what all readers thought, from five values on. One query."""
    article = _article(kind, ref)
    outcome = counting.public_outcome(kind, ref, clock.local_day(clock.now()))
    return render(request, "articles/thanks.html", {"article": article, "outcome": outcome})
