"""Rendered pages kept for a minute, for people who are not signed in."""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

from .display import display_of


def anonymous_page(request: HttpRequest, key: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """Return a page with an ETag, from the cache when nobody is signed in.

    ``key`` names what the page shows and must come from a bounded set; ''
    keeps the page out of the cache. Language and display settings are added.
    ``settings.PAGE_CACHE_SECONDS`` 0 turns the cache off.
    """
    is_anonymous = settings.SESSION_COOKIE_NAME not in request.COOKIES and "messages" not in request.COOKIES
    if not is_anonymous:
        return make()
    name = ""
    if key and settings.PAGE_CACHE_SECONDS:
        shown = f"{key}|{request.get_full_path()}|{get_language()}|{sorted(vars(display_of(request)).items())}"
        name = "page:" + hashlib.sha256(shown.encode()).hexdigest()
    content = cache.get(name) if name else None
    if content is None:
        made = make()
        if made.status_code != 200:
            return made
        content = made.content
        if name and not made.cookies:
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
