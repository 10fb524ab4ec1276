"""How every page that changes something works: one form, one change, a message, a redirect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_http_methods

from common.forms.screen_forms import ChangeForm, ScreenForm
from common.refusals import Refused

# Decorates a view that shows a form and takes it.
shows_form = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Screen:
    """The words of a form page and where its ways lead; ``is_name``: the title is what somebody called the thing."""

    title: Any
    button: Any
    back: str
    back_label: Any = ""
    lead: Any = ""
    is_danger: bool = False
    is_name: bool = False


def answer(
    request: HttpRequest,
    form: ScreenForm,
    screen: Any,
    change: Callable[[], str],
    *,
    revision: Callable[[], Any] | None = None,
    template: str = "manage/screen.html",
    page: Callable[[Refused | None], Mapping[str, Any]] | None = None,
    **context: Any,
) -> HttpResponse:
    """Show a form, or make the change and go where ``change`` says.

    A refusal shows the page again with everything typed: 403 for the wrong
    person, 409 for an older page, 422 when a box has to be mended. ``revision``
    reads the present state and gives its revision, for the next try after a
    stale page. ``page`` makes what the template shows besides, once the outcome is known.
    """
    status, refused = 200, None
    if request.method == "POST":
        status = 200 if form.asks_more else 422
        if form.is_valid():
            try:
                return redirect(change())
            except Refused as error:
                status, refused = error.status, error
                form.refuse(error)
                if isinstance(form, ChangeForm) and error.is_stale and revision is not None:
                    form.renew(revision())
    shown = {"form": form, "screen": screen, **context, **(page(refused) if page else {})}
    return render(request, template, shown, status=status)


def press(request: HttpRequest, change: Callable[[], str], back: str) -> HttpResponseRedirect:
    """Make the change of a button and go where it says; a refusal is told on the page that the button stands on."""
    try:
        return redirect(change())
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect(back)


def done(request: HttpRequest, text: Any, to: str, *args: Any) -> str:
    """Say what has been done on the next page; returns its address, from an address or a name with its arguments."""
    messages.success(request, text)
    return resolve_url(to, *args)


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: the boxes of a POST, None when the page is only looked at."""
    return request.POST if request.method == "POST" else None
