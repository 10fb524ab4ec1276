"""Filling in the administrators' forms as a browser does."""

import re
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from tests import factories

HIDDEN = re.compile(r'<input type="hidden" name="(key|revision)" value="([^"]*)"')


def address(name: str, *arguments: object) -> str:
    """Return the address of a page."""
    return reverse(f"manage:{name}", args=arguments)


def page(client: Client, name: str, *arguments: object) -> str:
    """Open a page and return its HTML."""
    response = client.get(address(name, *arguments))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def day(name: str, value: date | None) -> dict[str, str]:
    """Return the three boxes of a day."""
    if value is None:
        return {f"{name}_{part}": "" for part in ("day", "month", "year")}
    return {f"{name}_day": str(value.day), f"{name}_month": str(value.month), f"{name}_year": str(value.year)}


def fill(client: Client, name: str, /, *arguments: object, **values: Any) -> Any:
    """Open a form, send it with these values and what it carried; days may be given as dates."""
    return send(client, name, *arguments, carried=carried(page(client, name, *arguments)), **values)


def carried(html: str) -> dict[str, str]:
    """Return the hidden key or mark of a page."""
    return dict(HIDDEN.findall(html.split("<main")[1]))


def send(client: Client, name: str, /, *arguments: object, carried: dict[str, str], **values: Any) -> Any:
    """Send a form with what an earlier page carried."""
    data: dict[str, Any] = {"password": factories.PASSWORD, **carried}
    for field, value in values.items():
        data |= day(field, value) if value is None or isinstance(value, date) else {field: value}
    return client.post(address(name, *arguments), data)


def press(client: Client, name: str, /, *arguments: object, password: str = factories.PASSWORD) -> Any:
    """Send a page that asks for nothing but the administrator's password."""
    return client.post(address(name, *arguments), {"password": password})
