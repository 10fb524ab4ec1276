"""Health pages for supervisors and proxies: no session, no personal data."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.files import store


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is up; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer whether this process can serve requests: 200, or 503 naming what is wrong.

    ``{"ready": bool, "checks": {"database": …, "store": …}}``, each check "ok" or "failed". What is late or full is
    an alert (``common/alerts.py``): taking every web process out of service would not mend it. One query.
    """
    checks = {"database": database(), "store": "ok" if store.is_there() else "failed"}
    ready = all(answer == "ok" for answer in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def database() -> str:
    """Tell whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "failed"
    return "ok"
