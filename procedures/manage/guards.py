"""Who may open the screens of the catalogue's publishers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from common import clock

from .. import access

View = Callable[..., HttpResponseBase]


def publisher_only(view: View) -> View:
    """Let publishers in; others get 403. One query, kept for the request."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not access.can_manage(request.user, clock.local_day(clock.now())):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return never_cache(guarded)
