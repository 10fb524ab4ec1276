"""The log of changes."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ..log import audit, labels, lines
from .guards import administrator_only
from .scope import administrator_of


@administrator_only
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Who changed what, newest first, fifty lines at a time."""
    admin = administrator_of(request)
    wanted = lines.LogFilter.read(request.GET, admin.units)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = {
        "page": lines.log_page(admin.units, wanted, after=after, before=before),
        "wanted": wanted,
        "units": admin.units,
        "areas": labels.areas().items(),
    }
    return render(request, "manage/installation/log.html", page)


@administrator_only
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """Save the lines that a filter leaves as a CSV file; that this was done is a line of its own."""
    admin = administrator_of(request)
    wanted = lines.LogFilter.read(request.POST, admin.units)
    found = lines.entries(admin.units, wanted).select_related("unit").order_by("-id")
    count = found[: lines.MAX_LINES + 1].count()
    if count > lines.MAX_LINES:
        messages.error(request, _("More than %(count)d lines. Choose a shorter time.") % {"count": lines.MAX_LINES})
        return redirect("manage:log")
    newest = found.values_list("pk", flat=True).first() or 0
    with transaction.atomic():
        audit.record(
            "log.export",
            admin.user,
            by=admin.user,
            now=admin.now,
            ref=str(admin.user.pk),
            unit=next((unit for unit in admin.units if unit.slug == wanted.unit), None),
            name=_("Log"),
            changes=[("since", "", wanted.since), ("until", "", wanted.until), ("lines", "", count)],
        )
    # Only what was there before: the file does not hold the line about itself.
    rows = found.filter(pk__lte=newest).iterator(chunk_size=500)
    response = StreamingHttpResponse(lines.csv_rows(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="nhat-ky-{admin.day:%Y%m%d}.csv"'
    return response
