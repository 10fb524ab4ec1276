"""The demonstration's mail page: everything the portal would send, readable by everybody.

Only in demo mode; an installation answers 404, because mails carry codes and names.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.web.paging import keyset_page
from notifications.models import Notification

PAGE = 50
# Larger numbers do not fit a primary key.
MAX_PK = 2**63 - 1


@login_not_required
@never_cache
@require_safe
def demo_mail(request: HttpRequest) -> HttpResponse:
    """List outgoing messages, newest first, 50 a page. One query."""
    require_demo()
    page = keyset_page(
        Notification.objects.defer("body"), ("-pk",), after=request.GET.get("after", ""), size=PAGE, has_empty=False
    )
    return render(
        request, "portal/demo_mail.html", {"mails": page.rows, "older": page.next, "simulator": settings.SIMULATOR_URL}
    )


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
