"""Error pages that say what to do next."""

import errno
import sys

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts import resume
from common.files.store import NotKept

from .context import site_unit

DISK_FAULTS = {errno.ENOSPC, errno.EROFS, errno.EDQUOT}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer input that no form of the portal sends; a body that is too large has its own page."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a page that the person may know of but not use."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address where nothing is, or nothing of this person's."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours, without database, session or context processors.

    503 while the database is away, or while the disk is full or read-only.
    """
    fault = sys.exception()
    if isinstance(fault, OperationalError | InterfaceError | NotKept) or (
        isinstance(fault, OSError) and fault.errno in DISK_FAULTS
    ):
        return unavailable(request)
    return HttpResponse(render_to_string("500.html", {"site_unit": site_unit()}), status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer while the database or the disk is away, without touching either."""
    response = HttpResponse(render_to_string("503.html", {"site_unit": site_unit()}), status=503)
    response["Retry-After"] = "60"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose one-time token does not fit; one of our own is shown again, nothing typed is lost."""
    return resume.after_csrf_failure(request) or render(request, "403_form.html", status=403)
