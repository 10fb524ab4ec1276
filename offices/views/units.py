"""The units of an administrator."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .guards import administrator_only


@administrator_only
@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    """List the units as a tree."""
    return render(request, "administer/units.html", {})
