"""Browsers of people, the pages they may open, and reading answers to their end."""

from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.access.test_matrix import rows, undone
from tests.access.world import World


def client_of(person: User | None) -> Client:
    """A signed-in browser."""
    browser = Client()
    if person is not None:
        browser.force_login(person)
    return browser


def pages(world: World, persona: str) -> Iterator[tuple[str, Any]]:
    """Yield every page that a persona may open, files left out: (address, response)."""
    browser = client_of(world.people[persona])
    for name, method, arguments, expected in rows(world):
        if method == "get" and expected[persona] == "in":
            address = reverse(name, args=arguments)
            with undone():
                response = browser.get(address)
                read(response)
            if not response.streaming and response.headers["Content-Type"].startswith("text/"):
                yield address, response


def read(response: Any) -> bytes:
    """Return an answer's whole content and close its file.

    Not closed as a whole: that would close the test's own connection to the database.
    """
    if not response.streaming:
        return bytes(response.content)
    content = b"".join(response.streaming_content)
    for close in response._resource_closers:
        close()
    return content
