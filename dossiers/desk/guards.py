"""Guard for desk views: admits officers and passes an Officer."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from accounts.requests import SignedInRequest
from common.clock import local_day, recorded_now
from offices.access import current_posts
from offices.models import Role

from ..querysets import DESK_ROLES
from .officer import Officer


def officer_required(*roles: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let in holders of a current post in one of ``roles`` (any desk role when empty).

    The view gets an :class:`Officer` with the posts of the desk, and those in ``roles``, as its second argument. Others
    get 403.
    """
    admitted = roles or DESK_ROLES
    counted = tuple(dict.fromkeys((*DESK_ROLES, *admitted)))

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            moment = recorded_now()
            posts = [post for post in current_posts(request.user, local_day(moment)) if post.role in counted]
            if not any(post.role in admitted for post in posts):
                raise PermissionDenied
            posts.sort(key=lambda post: (counted.index(Role(post.role)), post.pk))
            return view(request, Officer(request.user, tuple(posts), moment), *args, **kwargs)

        return guarded

    return decorate
