"""Health pages for supervisors and proxies: no session, no personal data."""

from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock
from common import store as file_store
from notifications.models import Notification, State

# A message due for longer than this means that no worker delivers.
OUTBOX_PATIENCE = timedelta(minutes=5)


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
    """Answer whether the portal can serve: 200, or 503 naming what is wrong.

    ``{"ready": bool, "checks": {"database": …, "store": …, "outbox": …}}``,
    each check "ok", "failed" or (outbox) "late". Two queries.
    """
    checks = {"database": database(), "store": store(), "outbox": outbox(clock.now())}
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


def store() -> str:
    """Tell whether uploaded files can be kept: a store that can be written to and has room."""
    return "ok" if file_store.is_there() and file_store.has_room() else "failed"


def outbox(now: datetime) -> str:
    """Tell whether messages leave in time."""
    overdue = Notification.objects.filter(state=State.WAITING, not_before__lt=now - OUTBOX_PATIENCE)
    try:
        return "late" if overdue.exists() else "ok"
    except Error:
        return "failed"
