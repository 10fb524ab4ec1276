"""An address of something that is there but not this person's: 404 as for nothing at all, and a security event."""

from typing import Any

from django.conf import settings
from django.db.models import Model
from django.http import Http404

from .. import alerts
from ..clock import now
from ..logs import Event, current_request, note
from ..models import AlertKind
from . import limits


def hidden(model: type[Model], **named: Any) -> Http404:
    """Return the answer to who may not see the row so named, or asked for one that is not there.

    A row that is there is written to the security log. An account that meets more than ``LIMITS["hidden_user"]`` of
    them raises an alert, once in a window. One query for what is not there, up to seven for what is.
    """
    request = current_request.get()
    # Who acts for an organisation answers for it in person.
    user = getattr(request, "person", None) or getattr(request, "user", None)
    if request is not None and user is not None and user.is_authenticated:
        if model._default_manager.filter(**named).exists():
            place = request.resolver_match.view_name if request.resolver_match else "-"
            ref = "/".join(str(getattr(value, "pk", value)) for value in named.values())
            address = limits.client_ip(request)
            note(Event.HIDDEN, page=place, object=f"{model._meta.model_name}:{ref}", user=user.pk, address=address)
            _count(user)
    return Http404()


def _count(user: Any) -> None:
    moment, (times, per) = now(), settings.LIMITS["hidden_user"]
    # Exactly once in a window: the next ones are the same finding.
    if limits.hit("hidden_user", str(user.pk), times, per, moment).count == times + 1:
        detail = f"more than {times} addresses of others in {per // 60} minutes"
        alerts.raise_alert(AlertKind.LIMITS_REACHED, f"{user.full_name} ({user.pk})", now=moment, detail=detail)
