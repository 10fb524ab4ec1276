"""How every form page of the administrators works: one form, one change, a message, a redirect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.refusals import Refused


@dataclass(frozen=True)
class Screen:
    """The words of a form page and where its ways lead."""

    title: Any
    button: Any
    back: str
    back_label: Any
    lead: Any = ""
    is_danger: bool = False


def answer(
    request: HttpRequest,
    form: Any,
    screen: Screen,
    change: Callable[[], str],
    *,
    mark: Callable[[], str] | None = None,
    template: str = "manage/installation/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form, or make the change and go where ``change`` says.

    A refusal shows the page again with everything typed: 409, or 422 when a
    box has to be mended. ``mark`` gives the mark of the present values, for the
    next try after a stale page.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return redirect(change())
            except Refused as refused:
                status = refused.status
                form.refuse(refused)
                if refused.is_stale and mark is not None:
                    form.renew(mark())
    return render(request, template, {"form": form, "screen": screen, **context}, status=status)


def done(request: HttpRequest, text: str, address: str) -> str:
    """Say what has been done on the next page; returns its address."""
    messages.success(request, text)
    return address
