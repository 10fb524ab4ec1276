"""Text size, contrast, theme and language: forms that set preference cookies and nothing else.

They carry no CSRF token, so that anonymous pages stay cacheable; instead the
request must come from this site's own pages.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.web.display import CHOICES
from common.web.own_page import is_from_own_page
from common.web.screens import shows_form

YEAR = 365 * 24 * 3600


@csrf_exempt
@login_not_required
@shows_form
def display(request: HttpRequest) -> HttpResponse:
    """Show the display settings; a POST sets one or more of them and goes back."""
    if request.method != "POST":
        return render(request, "portal/display.html")
    if not is_from_own_page(request):
        return HttpResponseForbidden(render(request, "403.html").content)
    response = HttpResponseRedirect(_next(request))
    for name, allowed in CHOICES.items():
        value = request.POST.get(name)
        if value in allowed:
            _set_cookie(request, response, name, value)
    return response


@csrf_exempt
@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Set the language and go back."""
    if not is_from_own_page(request):
        return HttpResponseForbidden(render(request, "403.html").content)
    response = HttpResponseRedirect(_next(request))
    chosen = request.POST.get("language")
    if chosen in dict(settings.LANGUAGES):
        _set_cookie(request, response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


def _next(request: HttpRequest) -> str:
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if safe and url.startswith("/") and len(url) <= 2000 else "/"


def _set_cookie(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    if value:
        response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    else:
        response.delete_cookie(name, samesite="Lax")
