"""Asking providers over HTTP: short waits, no redirects, nothing of an answer in a log."""

from collections.abc import Mapping
from typing import Any

import httpx
from django.conf import settings

from .base import Unreachable

LARGEST_ANSWER = 20_000_000


def post_json(url: str, data: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Send JSON and return the JSON object that comes back. Raises Unreachable for all else."""
    return _json(_send("POST", url, json=dict(data), headers=dict(headers or {})))


def get_json(url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object behind an address. Raises Unreachable."""
    return _json(_send("GET", url, headers=dict(headers or {})))


def fetch(url: str, headers: Mapping[str, str] | None = None) -> bytes | None:
    """Return what lies behind an address, None when there is nothing (404). Raises Unreachable."""
    try:
        return _send("GET", url, headers=dict(headers or {})).content
    except Refusing as error:
        if error.status == httpx.codes.NOT_FOUND:
            return None
        raise


class Refusing(Unreachable):
    """The provider answered with a status that is no success."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


def _send(method: str, url: str, **options: Any) -> httpx.Response:
    try:
        response = httpx.request(method, url, timeout=settings.PROVIDER_TIMEOUT, **options)
    except httpx.HTTPError as error:
        raise Unreachable(type(error).__name__) from None
    if not response.is_success:
        raise Refusing(response.status_code)
    if len(response.content) > LARGEST_ANSWER:
        raise Unreachable("the answer is too long")
    return response


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        raise Unreachable("not JSON") from None
    if not isinstance(found, dict):
        raise Unreachable("not an object")
    return found
