"""What an administrator has to look at: a list, and taking one thing on."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import alerts, heartbeat
from common.clock import now
from common.models import Alert

from ..log import audit
from .guards import administrator_only
from .scope import administrator_of


@administrator_only
@require_safe
def alert_list(request: HttpRequest) -> HttpResponse:
    """Show silent workers and the alerts that stand, with what to do about each. Two queries beyond the guard's."""
    found = [*heartbeat.silent(now()), *alerts.listed()[:200]]
    shown = [(alert, alerts.ADVICE.get(alert.kind, "")) for alert in found]
    return render(request, "manage/installation/alerts.html", {"alerts": shown})


@administrator_only
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the administrator takes an alert on; it leaves the banner and stays on the list."""
    admin = administrator_of(request)
    alert = get_object_or_404(Alert, pk=pk)
    with transaction.atomic():
        is_first = alerts.acknowledge(alert, by=admin.user, now=admin.now)
        if is_first:
            name = f"{alert.get_kind_display()} {alert.subject}".strip()
            audit.record("alert.acknowledge", alert, by=admin.user, now=admin.now, ref=str(alert.pk), name=name)
    if is_first:
        messages.success(request, _("Noted: you look after this alert."))
    else:
        messages.info(request, _("Somebody looks after this alert already."))
    return redirect("manage:alerts")
