"""Who may open the screens of a role."""

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


def only(role: Role) -> Callable[[View], View]:
    """Let those in who hold a role today; others get 403. One query, kept for the request."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not has_role(request.user, role, clock.local_day(clock.now())):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return never_cache(guarded)

    return decorate


administrator_only = only(Role.ADMINISTRATOR)
