"""Where a publisher begins: every procedure with the state of its newest version."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .guards import publisher_only


@publisher_only
@require_safe
def procedure_list(request: HttpRequest) -> HttpResponse:
    """List the procedures."""
    return render(request, "manage/procedure_list.html", {})
