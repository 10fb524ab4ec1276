"""One indexed SELECT and one template; or one POST that writes five rows."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .models import Item, Part


def page(request: HttpRequest) -> HttpResponse:
    """Twenty rows, about 20 KB, nobody signed in."""
    rows = Item.objects.filter(status=1).order_by("due_at", "id")[:20]
    return render(request, "floor/page.html", {"rows": rows})


@login_required
def page_user(request: HttpRequest) -> HttpResponse:
    """The same with session and user."""
    rows = Item.objects.filter(owner=request.user).order_by("-due_at")[:20]
    return render(request, "floor/page.html", {"rows": rows})


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """Fifty rows of a work queue."""
    rows = Item.objects.filter(status=2).order_by("due_at", "id")[:50]
    return render(request, "floor/queue.html", {"rows": rows})


@login_required
def submit(request: HttpRequest) -> HttpResponse:
    """A form with three files; five rows in one transaction, then a redirect."""
    if request.method == "POST":
        with transaction.atomic():
            item = Item.objects.create(
                owner=request.user,
                code=request.POST["code"],
                name=request.POST["name"],
                person=request.POST["person"],
                text="",
                status=1,
                due_at=request.POST["due_at"],
            )
            for name, upload in request.FILES.items():
                Part.objects.create(item=item, name=name, file=upload)
            Part.objects.create(item=item, name="history")
        return redirect("page-user")
    return render(request, "floor/form.html", {"form": ""})
