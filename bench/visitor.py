"""Visitors of a server: what they ask, what they send, and that they insist on the right answer."""

import http.client
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

FILE = os.urandom(300 * 1024)
FORM = "application/x-www-form-urlencoded"

Request = Callable[[], None]


@dataclass
class Visitor:
    """A browser without pictures: keeps cookies, fills in forms, follows nothing."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, body: bytes | None = None, content_type: str = FORM) -> tuple[int, str, str]:
        """Send a GET, or a POST with a body; return status, Location and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"Accept-Language": "vi", "Accept": "text/html"}
        if body is not None:
            headers |= {"Content-Type": content_type, "Origin": f"http://127.0.0.1:{self.port}"}
        connection.request("POST" if body is not None else "GET", path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        connection.close()
        return answer.status, answer.getheader("Location", "") or "", text

    def page(self, path: str) -> str:
        """Return a page; raises RuntimeError for any answer but 200."""
        status, _location, text = self.ask(path)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}")
        return text

    def form(self, path: str, action: str = "") -> dict[str, str]:
        """Open a page and return what its form that posts to ``action`` (else to the page itself) sends as shown."""
        return form_of(self.page(path), path, action)

    def send(self, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        """POST fields as a form."""
        return self.ask(path, urlencode(fields).encode())

    def sign_in(self, path: str, fields: dict[str, str]) -> "Visitor":
        """Sign in through the application's own page; raises RuntimeError when it does not let us in."""
        status, location, _text = self.send(path, self.form(path) | fields)
        if status != 302 or urlsplit(location).path == path:
            raise RuntimeError(f"Cannot sign in at {path}: {status}")
        return self

    def look_up(self, code: str) -> str:
        """Find a dossier as a stranger does, copying the word of the question; return the address of its page."""
        page = self.page("/track/")
        word = re.search(r'<label for="id_answer">[^<]*“([^”]+)”', page)
        fields = form_of(page, "/track/") | {"code": code, "answer": word[1] if word else ""}
        status, location, _text = self.send("/track/", fields)
        if status != 302:
            raise RuntimeError(f"{code} cannot be looked up: {status}")
        return location


def form_of(page: str, path: str, action: str = "") -> dict[str, str]:
    """Return what a form of a page sends as shown; raises RuntimeError when the page has none for that address."""
    for form in Forms(page).found:
        if form.is_post and (form.action or path) == (action or path):
            return form.fields
    raise RuntimeError(f"{path} has no form for {action or path}")


@dataclass
class Form:
    """A form of a page: where it goes and what is in its boxes."""

    is_post: bool
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """Reads the forms of a page; of boxes with one name the last one counts, text areas stay empty."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value, kind = given.get("name") or self.select, given.get("value") or "", given.get("type") or "text"
        if tag == "form":
            self.found.append(Form((given.get("method") or "").lower() == "post", given.get("action") or ""))
        elif not self.found or not name:
            return
        elif tag == "select":
            self.select = name
        elif tag == "option" and ("selected" in given or name not in self.found[-1].fields):
            self.found[-1].fields[name] = value
        elif tag == "textarea":
            self.found[-1].fields[name] = ""
        elif (
            tag == "input"
            and kind not in ("file", "submit")
            and (kind not in ("checkbox", "radio") or "checked" in given)
        ):
            self.found[-1].fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""


def getter(visitor: Visitor, path: str) -> Request:
    """Return a GET that insists on 200."""

    def ask() -> None:
        visitor.page(path)

    return ask


def poster(visitor: Visitor, path: str, body: bytes, content_type: str = FORM) -> Request:
    """Return a POST that insists on being taken: a redirect away from its own page."""

    def ask() -> None:
        status, location, text = visitor.ask(path, body, content_type)
        if status != 302:
            raise RuntimeError(f"{path} answers {status}: {text[:500]}")
        if "review" in location or urlsplit(location).path == path:
            raise RuntimeError(f"{path} sends back to {location}")

    return ask


def multipart(fields: dict[str, str], files: dict[str, bytes]) -> tuple[bytes, str]:
    """Return body and content type of a form with files."""
    mark = "bench-6f1c7f0a"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    ]
    for name, content in files.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.jpg"\r\n'
        parts.append(f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"
