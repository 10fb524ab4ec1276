"""The catalogue as everybody sees it: the list, one procedure, its official templates."""

import mimetypes
from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from common import clock
from common.files.uploads import serve
from common.text import in_order, page_language, translated
from common.web.page_cache import anonymous_page

from ..finding import search
from ..finding.cards import Card
from ..finding.search import Filters
from ..guiding import signposts
from ..labels import audience_words, level_choices
from ..levels import PAPER_LEVEL
from ..models import Procedure
from . import detail as detail_page
from .written import page_of


@login_not_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """List the procedures that a search finds, twenty a page. No query when all is kept, one for a misspelt search."""
    return anonymous_page(request, lambda: _find(request, Filters.read(request.GET)))


def _find(request: HttpRequest, asked: Filters) -> tuple[HttpResponse, str]:
    """Return the list and the address it is kept under: no words, one filter at most."""
    day, base = clock.local_day(clock.now()), reverse("procedures:find")
    options, filters = search.choices(asked)
    after, before = (request.GET.get(name, "")[:200] for name in ("after", "before"))
    is_first = not (after or before)
    guiding = signposts.answering(filters.q, day, page_language(), is_exact=filters.exact) if is_first else []
    found = search.find(filters, options, day, base, after=after, before=before, forgives=not guiding)
    event = options.event(filters.event)
    heading = "h4" if found.groups else "h3"
    context = {
        "filters": filters,
        "options": options,
        "event": translated(event, "name") if event else "",
        "events": [(event.code, translated(event, "name")) for event in options.events],
        "fields": in_order(((row.code, translated(row, "name")) for row in options.sectors), name=lambda row: row[1]),
        "levels": level_choices(),
        "audiences": [(kind, audience_words([kind])) for kind in search.AUDIENCES],
        "found": found,
        "signposts": guiding,
        "active": search.active(filters, options, base),
        "next_url": filters.url(base, after=found.page.next) if found.page.next else "",
        "previous_url": filters.url(base, before=found.page.previous) if found.page.previous else "",
        "groups": [
            {"name": group["name"], "count": len(group["rows"]), "html": _written(group["rows"], heading)}
            for group in found.groups or [{"name": "", "rows": found.rows}]
        ],
        "exact_url": filters.url(base, exact=1),
        "suggestion_url": filters.url(base, q=found.suggestion),
        "base": base,
    }
    is_kept = not filters.q and len(filters.parameters()) <= 1
    return render(request, "procedures/procedure_find.html", context), filters.url(base) if is_kept else ""


def _written(rows: Iterable[Card], heading: str) -> SafeString:
    """Return the rows as they are written under headings of one rank."""
    return mark_safe("".join(row[heading] for row in rows))  # noqa: S308


@login_not_required
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show everything about one procedure; a retired one says so, with its successor. No query when it is kept."""
    return anonymous_page(request, lambda: _detail(request, code))


def _detail(request: HttpRequest, code: str) -> tuple[HttpResponse, str]:
    page = page_of(code, clock.local_day(clock.now()), page_language())
    return render(request, "procedures/procedure_detail.html", {"page": page}), page.base


@login_not_required
@require_safe
def template(request: HttpRequest, code: str, n: int) -> HttpResponseBase:
    """Serve the official template of a paper, from level 2 on; 410 when nobody may file any more. Four queries."""
    day = clock.local_day(clock.now())
    procedure = get_object_or_404(Procedure, code=code)
    shown = detail_page.shown_version(procedure, day)
    # Larger numbers do not fit the column.
    paper = shown.version.papers.filter(n=n).first() if shown and n < 2**15 else None
    if shown is None or paper is None or not paper.template_file:
        raise Http404
    if not shown.is_in_force:
        context = {"successor": detail_page.successor_of(shown.version, day)}
        return render(request, "410.html", context, status=410)
    if detail_page.allowed_level(procedure, shown, day) < PAPER_LEVEL:
        raise Http404
    stored = str(paper.template_file.name)
    media_type = mimetypes.guess_type(stored)[0] or "application/octet-stream"
    suffix = stored.rpartition(".")[2]
    return serve(
        request,
        paper.template_file,
        media_type,
        f"{procedure.code}-{paper.key}.{suffix}",
        sha256=paper.template_sha256,
    )
