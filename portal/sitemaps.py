"""What search engines read: robots.txt and the site map in parts, by the order in which procedures were made."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db.models import F, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.clock import local_day, now
from procedures.models import ProcedureVersion

# A part may hold 50,000 addresses; smaller ones are made quickly.
PART = 5000
KEPT_SECONDS = 3600
PAGES = (
    *("home", "procedures:find", "track:find", "help", "contact", "statistics:figures", "rating:ratings"),
    *("articles:notices", "articles:guides"),
    *("feedback:give", "feedback:published", "accessibility", "privacy", "site_map"),
)
PRIVATE = (
    "/manage/",
    "/administer/",
    "/desk/",
    "/leader/",
    "/my/",
    "/account/",
    "/accounts/",
    "/demo/",
    "/track/",
    "/rate/",
    "/useful/",
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep search engines out of people's own pages, and out of a demonstration altogether."""
    closed = ("/",) if settings.DEMO else (*PRIVATE, "/procedures/*/fill/", "/procedures/*/apply/", "/*?q=")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return HttpResponse("\n".join([*lines, "", f"Sitemap: {_address(reverse('sitemap'))}", ""]), "text/plain")


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Name the parts of the site map: the pages, and the procedures by thousands. One query an hour."""
    return _kept("index", _index)


@login_not_required
@require_safe
def part(request: HttpRequest, n: int) -> HttpResponse:
    """List the addresses of one part; the part 0 has the pages. One query an hour."""
    if n >= 2**31:
        raise Http404
    return _kept(f"part-{n}", lambda day: _part(n, day))


def _kept(name: str, make: Callable[[date], str]) -> HttpResponse:
    day = local_day(now())
    key = f"sitemap:{name}:{day:%Y%m%d}"
    seconds = KEPT_SECONDS if settings.PAGE_CACHE_SECONDS else 0
    text = cache.get(key) if seconds else None
    if text is None:
        text = make(day)
        if seconds:
            cache.set(key, text, seconds)
    return HttpResponse(text, "application/xml")


def _index(day: date) -> str:
    parts = _in_force(day).annotate(part=F("procedure_id") / PART).values_list("part")
    rows: list[tuple[str, datetime | None]] = [(reverse("sitemap_part", args=[0]), None)]
    for n, changed in parts.annotate(changed=Max("published_at")).order_by("part"):
        rows.append((reverse("sitemap_part", args=[n + 1]), changed))
    return f"{_HEAD}<sitemapindex {_SPACE}>\n{_rows('sitemap', rows)}</sitemapindex>\n"


def _part(n: int, day: date) -> str:
    rows: list[tuple[str, datetime | None]]
    if n == 0:
        rows = [(reverse(name), None) for name in PAGES]
    else:
        found = _in_force(day).filter(procedure_id__gte=(n - 1) * PART, procedure_id__lt=n * PART)
        changed = dict(found.order_by("number").values_list("procedure__code", "published_at"))
        rows = [(reverse("procedures:detail", args=[code]), moment) for code, moment in sorted(changed.items())]
    if not rows:
        raise Http404
    return f"{_HEAD}<urlset {_SPACE}>\n{_rows('url', rows)}</urlset>\n"


def _in_force(day: date) -> Any:
    return ProcedureVersion.objects.in_force(day)


def _rows(tag: str, rows: Iterable[tuple[str, datetime | None]]) -> str:
    lines = []
    for path, changed in rows:
        when = f"<lastmod>{local_day(changed):%Y-%m-%d}</lastmod>" if changed else ""
        lines.append(f"<{tag}><loc>{escape(_address(path))}</loc>{when}</{tag}>\n")
    return "".join(lines)


def _address(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
