"""Who may open the screens of an installation's administrators."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from common import clock

from ..access import has_role
from ..models import Role

View = Callable[..., HttpResponseBase]


def administrator_only(view: View) -> View:
    """Let administrators in; others get 403. One query, kept for the request."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.ADMINISTRATOR, clock.local_day(clock.now())):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return never_cache(guarded)
