"""Who may open the screens of a role."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from common import clock

from ..access import has_role, looks_after_all
from ..models import Role

View = Callable[..., HttpResponseBase]


def admitting(is_admitted: Callable[[Any, date], bool]) -> Callable[[View], View]:
    """Let those in of whom a rule says so today; others get 403. One query, kept for the request."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not is_admitted(request.user, clock.local_day(clock.now())):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return never_cache(guarded)

    return decorate


def only(role: Role) -> Callable[[View], View]:
    """Let those in who hold a role today."""
    return admitting(lambda user, day: has_role(user, role, day))


administrator_only = only(Role.ADMINISTRATOR)
# What all units share is changed by administrators whose post is marked for it.
shared_only = admitting(looks_after_all)
