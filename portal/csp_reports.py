"""Counts what browsers refused to load on our pages: a script that somebody smuggled in, or one we forgot to allow."""

import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.clock import now
from common.logs import Event, note
from common.web import limits

# The report-uri of today and the Reporting API. A form's body was read before it comes here.
KINDS = ("application/csp-report", "application/reports+json", "application/json")
MAX_BYTES = 8_000
DAY = 24 * 3600


@csrf_exempt
@login_not_required
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Take a browser's report of a violated policy and write it to the security log with the count of the day.

    Answers 204 whatever comes; what is too long, too often or no report counts for nothing.
    """
    moment = now()
    length = str(request.META.get("CONTENT_LENGTH") or 0)
    is_report = request.content_type in KINDS and length.isdecimal() and int(length) <= MAX_BYTES
    if is_report and not limits.hit_target("csp_ip", limits.client_ip(request), moment).exceeded:
        for directive, blocked, page in read(request.body):
            count = limits.hit("csp", directive, 0, DAY, moment).count
            note(Event.CSP_VIOLATED, directive=directive, blocked=blocked, page=page, today=count)
    return HttpResponse(status=204)


def read(body: bytes) -> list[tuple[str, str, str]]:
    """Return (directive, what was blocked, path of the page) of each violation in a report, of either format."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return []
    entries = content if isinstance(content, list) else [content]
    return [facts for entry in entries[:5] if isinstance(entry, dict) and (facts := _facts(entry))]


def _facts(entry: dict[str, Any]) -> tuple[str, str, str] | None:
    found = entry.get("csp-report") or entry.get("body")
    if not isinstance(found, dict):
        return None
    directive = _first(found, "effective-directive", "effectiveDirective", "violated-directive").partition(" ")[0]
    # script-src-elem and the like are parts of a directive of ours.
    ours = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    known = next((name for name in ours if directive == name or directive.startswith(f"{name}-")), "other")
    blocked, page = _first(found, "blocked-uri", "blockedURL"), _first(found, "document-uri", "documentURL")
    return known, _origin(blocked), _parts(page)[1]


def _first(found: dict[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := found.get(name), str)), "")


def _origin(address: str) -> str:
    """Return scheme and host, or a word such as ``inline``: the rest may hold what somebody typed."""
    origin, path = _parts(address)
    return origin or (path if path.isascii() and path.replace("-", "").isalpha() else "-")


def _parts(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return (f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""), parts.path
