"""What became of a person's own dossiers, for the checklists of life events."""

from collections.abc import Collection
from datetime import date, datetime, time

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import LOCAL
from common.templatetags.ui import vi_date
from procedures.guiding.hooks import OwnFiling

from ..models import Dossier, Status

WITH_RESULT = (Status.DECIDED, Status.RETURNED)
WITHOUT_RESULT = (Status.REFUSED, Status.STOPPED)


def own_filings(user: User, procedures: Collection[int], since: date) -> dict[int, OwnFiling]:
    """Return what became of the newest dossier of each procedure that was begun or filed since a local day. One query.

    One that ended without a result counts only while there is no other.
    """
    begun = datetime.combine(since, time.min, LOCAL)
    rows = (
        Dossier.objects.of_owner(user)
        .filter(version__procedure__in=procedures, saved_at__gte=begun, cancelled_at=None)
        .order_by("saved_at", "pk")
        .values_list("version__procedure", "status", "ref", "submitted_at", named=True)
    )
    # The last one of a key stands: those that came to something after the others.
    ordered = sorted(rows, key=lambda row: row.status not in WITHOUT_RESULT)
    return {row.version__procedure: _told(row.status, row.ref, row.submitted_at) for row in ordered}


def _told(status: int, ref: str, submitted: datetime | None) -> OwnFiling:
    url = reverse("applicant:dossier", args=[ref])
    if status == Status.DRAFT:
        return OwnFiling(_("Begun, not filed yet"), url, is_filed=False, is_done=False)
    words = str(Status(status).label)
    if status in WITH_RESULT:
        return OwnFiling(words, url, is_filed=True, is_done=True)
    facts = {"day": vi_date(submitted), "status": words[:1].lower() + words[1:]}
    is_filed = status not in WITHOUT_RESULT
    return OwnFiling(_("Filed on %(day)s, %(status)s") % facts, url, is_filed=is_filed, is_done=False)
