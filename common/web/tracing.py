"""Middleware that gives every request an id, and writes every refusal to the security log."""

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ..logs import Event, current_request, note
from .limits import client_ip

_ID = re.compile(r"[0-9a-fA-F-]{8,64}")
REFUSALS = (403, 429)


class TracedRequest(HttpRequest):
    """A request past :class:`RequestTrace`."""

    request_id: str


class RequestTrace:
    """Names the request in every line of the log (``X-Request-ID``); stands before everything else.

    The name comes from the proxy where one is trusted, else it is made here: a visitor chooses none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: TracedRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXY_COUNT else ""
        request.request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        token = current_request.set(request)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request.request_id
            if response.status_code in REFUSALS:
                note_refusal(request, response.status_code)
            return response
        finally:
            current_request.reset(token)


def note_refusal(request: HttpRequest, status: int) -> None:
    """Write that something was refused: to whom, from where, and at which address of the portal."""
    # Only an account that was read already: the log asks the database nothing.
    user = getattr(request, "_cached_user", None)
    who = user.pk if user is not None and user.is_authenticated else "-"
    note(Event.REFUSED, status=status, method=request.method, path=request.path, user=who, address=client_ip(request))
