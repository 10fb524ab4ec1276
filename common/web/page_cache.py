"""Rendered pages kept for a minute, for people who are not signed in."""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

from .display import display_of

# What every page says besides, now: pages that say another thing are kept apart. Filled in ``AppConfig.ready()`` of
# packages above.
on_every_page: list[Callable[[], str]] = []


def anonymous_page(request: HttpRequest, make: Callable[[], tuple[HttpResponse, str]]) -> HttpResponse:
    """Return a page with an ETag, from the cache when nobody is signed in.

    ``make`` returns the page and the one address that it is kept under, from a bounded set; '' keeps it out. A page
    that was asked for under another spelling, or with parameters that mean nothing, is made anew each time: whoever
    invents addresses fills no cache. Language, display settings and what every page says besides are part of the key.
    ``settings.PAGE_CACHE_SECONDS`` 0 turns the cache off.
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES:
        return make()[0]
    besides = [say() for say in on_every_page]
    shown = f"{request.get_full_path()}|{get_language()}|{sorted(vars(display_of(request)).items())}|{besides}"
    name = "page:" + hashlib.sha256(shown.encode()).hexdigest()
    content = cache.get(name) if settings.PAGE_CACHE_SECONDS else None
    if content is None:
        made, address = make()
        if made.status_code != 200:
            return made
        content = made.content
        if settings.PAGE_CACHE_SECONDS and address == request.get_full_path() and not made.cookies:
            cache.set(name, content, settings.PAGE_CACHE_SECONDS)
    return _answer(request, content)


def _answer(request: HttpRequest, content: bytes) -> HttpResponse:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    response = HttpResponseNotModified() if etag in known else HttpResponse(content)
    response["ETag"] = etag
    patch_cache_control(response, private=True, max_age=0, must_revalidate=True)
    patch_vary_headers(response, ["Cookie"])
    return response
