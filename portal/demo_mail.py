"""The demonstration's mail page: everything the portal would send, readable by everybody.

Only in demo mode; an installation answers 404, because mails carry codes and names.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.models import Notification

PAGE = 50
# Larger numbers do not fit a primary key.
MAX_PK = 2**63 - 1


@login_not_required
@never_cache
@require_safe
def demo_mail(request: HttpRequest) -> HttpResponse:
    """List outgoing messages, newest first, 50 a page; ``before`` is the id above the page. One query."""
    require_demo()
    rows = Notification.objects.order_by("-pk").defer("body")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and int(before[:20]) <= MAX_PK:
        rows = rows.filter(pk__lt=int(before[:20]))
    page = list(rows[: PAGE + 1])
    older = page[PAGE - 1].pk if len(page) > PAGE else None
    return render(request, "portal/demo_mail.html", {"mails": page[:PAGE], "older": older})


@login_not_required
@never_cache
@require_safe
def demo_mail_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one outgoing message. One query."""
    require_demo()
    if pk > MAX_PK:
        raise Http404
    return render(request, "portal/demo_mail_message.html", {"mail": get_object_or_404(Notification, pk=pk)})


def require_demo() -> None:
    """Raise Http404 unless this is a demonstration."""
    if not settings.DEMO:
        raise Http404
