"""Keeps forms that were sent after the session ended through signing in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from . import resume


class KeepTypedForm:
    """Answer an anonymous POST to a page that needs an account with sign-in that carries its fields.

    Stands before LoginRequiredMiddleware, which would drop them, and after the CSRF check.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return the sign-in page, or None when there is nothing to carry."""
        if request.method != "POST" or not getattr(view, "login_required", True):
            return None
        if request.user.is_authenticated:
            # What waited has been sent again, or was given up for something else.
            request.session.pop(resume.SESSION_KEY, None)
            return None
        return resume.ask_to_sign_in(request)
