"""Two versions of a procedure, compared in words."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common import clock
from common.text import page_language
from procedures.models import ProcedureVersion, VersionStatus
from procedures.versions.comparing import compare
from procedures.versions.serialising import PARTS, plain_version, template_digest

from ..guards import publisher_only

MOST_VERSIONS = 100


@publisher_only
@require_safe
def compare_versions(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show what a version changes, by default against the one that applies before it. Nine queries."""
    versions = list(
        ProcedureVersion.objects.filter(procedure__code=code)
        .select_related("procedure")
        .order_by("-number")
        .prefetch_related(*PARTS)[:MOST_VERSIONS]
    )
    version = next((row for row in versions if row.number == number), None)
    if version is None:
        raise Http404
    others = [row for row in versions if row.number != number]
    asked = request.GET.get("with", "")
    other = next((row for row in others if str(row.number) == asked), None) or usual(version, others)
    sections = []
    if other is not None:
        language = page_language()
        before, after = (plain_version(row, template_digest) for row in (other, version))
        sections = compare(before, after, language)
    context = {
        "version": version,
        "other": other,
        "others": others,
        "sections": sections,
        "count": sum(len(section.changes) for section in sections),
    }
    return render(request, "manage/compare.html", context)


def usual(version: ProcedureVersion, others: list[ProcedureVersion]) -> ProcedureVersion | None:
    """Return what a version is compared with unless asked otherwise: an open one with the one in force."""
    earlier = [row for row in others if row.number < version.number] or others
    if version.status in (VersionStatus.DRAFT, VersionStatus.IN_REVIEW):
        day = clock.local_day(clock.now())
        in_force = [
            row
            for row in earlier
            if row.status in (VersionStatus.PUBLISHED, VersionStatus.RETIRED)
            and row.effective_from <= day
            and (row.effective_until is None or row.effective_until >= day)
        ]
        return next(iter(in_force or earlier), None)
    return next(iter(earlier), None)
