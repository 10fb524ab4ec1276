"""Officers at the pages of money."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from payments.collecting import cashier
from payments.models import Charge, Shift
from tests.pages import checks

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def clock(now):
    """Monday morning, an hour after the road's steps began."""
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


@pytest.fixture
def shift(commune, now) -> Shift:
    """The cashier's open shift, with 100.000 in the box."""
    return cashier.open_shift(commune.unit, commune.cashier, 100_000, now)


def see(user: Any, name: str, *args: Any, **query: Any) -> Any:
    """Open a page as a person; a page must keep the rules of all pages."""
    browser = Client()
    browser.force_login(user)
    response: Any = browser.get(reverse(f"money:{name}", args=args), query)
    if response.status_code == 200 and not response.streaming:
        is_print = b"print_base" in response.content or name in ("shift", "receipt")
        assert checks.faults(response.content.decode(), is_print=is_print) == []
    return response


def fill(user: Any, name: str, *args: Any, query: str = "", **typed: Any) -> Any:
    """Open a form, type into it, send it with what it carried."""
    browser = Client()
    browser.force_login(user)
    address = reverse(f"money:{name}", args=args) + query
    page: Any = browser.get(address)
    if page.status_code != 200 or "form" not in page.context:
        return page
    form = page.context["form"]
    carried = {key: form[key].value() for key in form.fields if form[key].value() is not None}
    answer = browser.post(address, carried | typed)
    if answer.status_code == 422:
        page = answer.content.decode()
        assert checks.faults(page) == [] and page.count("data-error-summary") == 1
    return answer


def press(user: Any, name: str, *args: Any) -> Any:
    """Press a button and follow it."""
    browser = Client()
    browser.force_login(user)
    return browser.post(reverse(f"money:{name}", args=args), follow=True)


def text(response: Any) -> str:
    """Return a page as text."""
    return str(response.content.decode())


def code(charge: Charge) -> str:
    """Return the code of a charge's dossier."""
    return str(charge.dossier.code)
