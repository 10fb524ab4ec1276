"""The officers of an administrator's units."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .guards import administrator_only


@administrator_only
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List the officers."""
    return render(request, "administer/people.html", {})
