"""For whom a request acts: on the pages of dossiers and fees an organisation stands in its member's place."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from common.clock import recorded_now
from common.web.middleware import ACTING

from . import members, records

logger = logging.getLogger(__name__)


class Acting:
    """Put the organisation that somebody acts for into ``request.user``, and the person into ``request.person``.

    Only in the namespaces of ``settings.ACTING_NAMESPACES``: the account, the desk and what is managed stay the
    person's. ``request.acting`` names the organisation on every page. A membership that has ended ends it at once, and
    nothing that was sent is done in the person's own name. One query while somebody acts, none else; stands after
    the sign-in check.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and getattr(request, "person", None) is not None:
            try:
                records.note(request, request.user.acting, response, recorded_now())
            except DatabaseError:
                # It is done, and the dossier's own history says by whom.
                logger.exception("What was done for an organisation could not be recorded")
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Put the organisation in the person's place; an answer of its own once the membership has ended."""
        # Anonymous pages never touch the session.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        chosen = request.session.get(ACTING)
        if chosen is None:
            return None
        is_theirs = request.resolver_match.namespace in settings.ACTING_NAMESPACES
        organisation = members.acting_as(request.user, chosen)
        if organisation is None:
            del request.session[ACTING]
            if "X-Autosave" in request.headers:
                return HttpResponseForbidden()
            messages.warning(request, _("You no longer act for the organisation. Now you act for yourself."))
            return redirect("applicant:dossiers") if is_theirs else None
        request.acting = organisation
        if is_theirs:
            request.person, request.user = request.user, organisation
        return None
