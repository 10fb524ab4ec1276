"""The days off."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .guards import administrator_only


@administrator_only
@require_safe
def year(request: HttpRequest) -> HttpResponse:
    """Show a year."""
    return render(request, "administer/calendar.html", {})
