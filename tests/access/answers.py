"""How a page answers a person: in a browser of their own, in a world that nobody before has changed."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import FileResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User


def url_names(resolver: URLResolver | None = None, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every URL name of the portal with its namespace."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from url_names(entry, (*spaces, *([entry.namespace] if entry.namespace else [])))
        elif isinstance(entry, URLPattern):
            assert entry.name, f"a URL without a name: {entry.pattern}"
            yield ":".join((*spaces, entry.name))


def answer_of(client: Client, method: str, address: str) -> str:
    """Return the kind of answer a persona gets."""
    response = getattr(client, method)(address, HTTP_ORIGIN="http://testserver")
    assert response.status_code < 500 or address == "/readyz", f"{method} {address} → {response.status_code}"
    return answer_kind(response)


def answer_kind(response: Any) -> str:
    """Name an answer as the matrix does; its file is read to the end."""
    if isinstance(response, FileResponse):
        response.getvalue()
        sent: Any = response
        # Not closed as a whole: that would close the test's own connection to the database.
        for close in sent._resource_closers:
            close()
    if response.status_code == 302 and response.url.startswith(reverse("account_login")):
        return "login"
    if response.status_code == 403 and b'name="login"' in response.content:
        # What was typed before the session ended waits on the sign-in page.
        return "login"
    if response.status_code in (403, 404, 405):
        return str(response.status_code)
    return "in"


class Browsers:
    """New browsers of one person, who signs in once: what one browser does with its cookies, no other sees."""

    def __init__(self, person: User | None) -> None:
        self.first = Client()
        if person is not None:
            self.first.force_login(person)

    def new(self) -> Client:
        """Open a browser that holds nothing but the session."""
        client = Client()
        client.cookies.load({name: morsel.value for name, morsel in self.first.cookies.items()})
        return client


class undone:
    """Run a block and take back what it wrote, so that every cell of the matrix sees the same world."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *failure: object) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
