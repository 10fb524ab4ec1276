"""Publishing a version, the review before it, and retiring it.

What changes a draft is in ``changing.py``, what makes one in ``drafting.py``,
what belongs to the procedure itself in ``procedure_editing.py``.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common import broker, clock
from common.refusals import Refused

from .. import access
from ..finding.indexing import write_search_text
from ..models import Procedure, ProcedureVersion, Proposal, VersionStatus
from ..paper import blank_forms
from . import checking, telling
from .changing import overtaken, record, touch
from .procedure_editing import called, lower_level

# Later the pages have been written for those who asked for them.
WRITE_WITHIN = 600


def send_to_review(version: ProcedureVersion, revision: int, by: User, now: datetime, note: str = "") -> None:
    """Hand a draft to a second person; ``note`` tells them what is new.

    Raises Refused with the faults of the check, and when the draft has moved on. One transaction.
    """
    with transaction.atomic():
        fresh = ProcedureVersion.objects.get(pk=version.pk)
        reasons = _reasons(fresh, today=clock.local_day(now))
        if reasons and fresh.status == VersionStatus.DRAFT:
            raise Refused(*reasons)
        touch(version, revision, by, now, "version.review", [("change_note", version.change_note, note)])
        ProcedureVersion.objects.filter(pk=version.pk).update(
            status=VersionStatus.IN_REVIEW, change_note=note, review_note=""
        )
        version.refresh_from_db()
        telling.version_waits(version, by, now)


def take_back(version: ProcedureVersion, by: User, now: datetime) -> None:
    """Let those who wrote a version change it again.

    Raises Refused for others, and when it is not in review.
    """
    if access.can_publish(by, version, clock.local_day(now)):
        raise Refused(_("You did not write this version: send it back with a reason."))
    _reopen(version, by, now, "version.take-back", version.review_note)


def send_back(version: ProcedureVersion, by: User, now: datetime, reason: str, revision: int | None = None) -> None:
    """Return a version to its authors with the reason; raises Refused when it is not in review."""
    if not reason.strip():
        raise Refused(_("Write the reason."))
    _reopen(version, by, now, "version.send-back", reason, revision)


def _reopen(
    version: ProcedureVersion, by: User, now: datetime, action: str, note: str, revision: int | None = None
) -> None:
    with transaction.atomic():
        claimed = _in_review(version, revision).update(
            status=VersionStatus.DRAFT, review_note=note, revision=F("revision") + 1
        )
        if claimed != 1:
            raise _not_in_review(version)
        changes = [("review_note", None, note)] if action == "version.send-back" else []
        record(version.procedure, action, by=by, now=now, version=version, changes=changes)
        version.refresh_from_db()


def publish(
    version: ProcedureVersion,
    by: User,
    now: datetime,
    *,
    revision: int | None = None,
    effective_from: date | None = None,
) -> None:
    """Publish a version in review; from then on the database keeps its wording.

    ``by`` is a second person, who had no hand in it and may settle the first
    day (``effective_from``). ``revision`` is what that person has read. Earlier
    versions end the day before; a later one that is published already follows.
    Raises Refused. One transaction.
    """
    day = clock.local_day(now)
    with transaction.atomic():
        if not access.can_publish(by, version, day):
            raise Refused(_why_not(by, version, day))
        version.effective_from = effective_from or version.effective_from
        _publish(version, _in_review(version, revision), by, now, today=day)
        blank_forms.wake(version.pk)
        broker.wake("procedures.tasks.write_pages", version.procedure_id, expires=WRITE_WITHIN)


def publish_with_portal(version: ProcedureVersion, now: datetime) -> None:
    """Publish a draft that came with the portal: a step of the system, which the log names so.

    Nobody wrote such a draft, so there is no second person to ask; what a person began or changed is refused,
    here and by the database. Raises Refused. One transaction.
    """
    with transaction.atomic():
        if version.author_id is not None or version.editors.exists():
            raise Refused(_("A person worked on this version: another publisher checks and publishes it."))
        _publish(version, ProcedureVersion.objects.filter(pk=version.pk, status=VersionStatus.DRAFT), None, now)


def _publish(
    version: ProcedureVersion, waiting: Any, by: User | None, now: datetime, *, today: date | None = None
) -> None:
    """Publish what ``waiting`` still finds, once the check has no fault; log it and let it be found."""
    if reasons := _reasons(version, today=today):
        raise Refused(*reasons)
    claimed = waiting.update(
        status=VersionStatus.PUBLISHED,
        published_by=by,
        published_at=now,
        effective_from=version.effective_from,
        effective_until=_fit_among_others(version),
    )
    if claimed != 1:
        raise _not_in_review(version)
    version.refresh_from_db()
    changes = [("effective_from", None, version.effective_from), ("effective_until", None, version.effective_until)]
    action = "version.publish" if by is not None else "version.publish-with-portal"
    record(version.procedure, action, by=by, now=now, version=version, changes=changes)
    if version.effective_from <= clock.local_day(now):
        # A later version is found by its own words from its first night on.
        write_search_text(version.procedure, version)


def reasons_against(version: ProcedureVersion, by: User, day: date) -> list[str]:
    """Return why a person could not publish a version on a day; empty when they could. Five queries."""
    if not access.can_publish(by, version, day):
        return [_why_not(by, version, day)]
    return _reasons(version, today=day)


def _fit_among_others(version: ProcedureVersion) -> date | None:
    """End earlier versions the day before and return the last day of this one: before the next one begins, if any."""
    first = version.effective_from
    others = version.procedure.versions.filter(status__in=[VersionStatus.PUBLISHED, VersionStatus.RETIRED])
    others = others.exclude(pk=version.pk)
    runs_into = Q(effective_until=None) | Q(effective_until__gte=first)
    others.filter(runs_into, effective_from__lt=first).update(effective_until=first - timedelta(days=1))
    # One that was to begin the same day is replaced: of two in force the newest number counts.
    others.filter(runs_into, effective_from=first).update(effective_until=first)
    later = others.filter(effective_from__gt=first, status=VersionStatus.PUBLISHED).order_by("effective_from").first()
    ends = [day for day in (version.effective_until, later and later.effective_from - timedelta(days=1)) if day]
    return min(ends, default=None)


def _ahead(procedure: Procedure, day: date) -> QuerySet[ProcedureVersion]:
    lasting = Q(effective_until=None) | Q(effective_until__gte=day)
    return procedure.versions.filter(lasting, status__in=[VersionStatus.PUBLISHED, VersionStatus.RETIRED])


def _against_retiring(procedure: Procedure, on: date, reason: str, successor: Procedure | None, day: date) -> list[str]:
    reasons = []
    if on < day:
        reasons.append(_("Choose today or a later day."))
    if not reason.strip():
        reasons.append(_("Write the reason."))
    if successor is not None and successor.pk == procedure.pk:
        reasons.append(_("A procedure cannot replace itself."))
    elif successor is not None and not _applies(successor, on):
        reasons.append(_("The successor does not apply on that day. Choose another one."))
    if not _ahead(procedure, day).exists():
        reasons.append(_("Nothing of this procedure is in force or still to come."))
    return reasons


def propose_retirement(
    procedure: Procedure, on: date, reason: str, successor: Procedure | None, by: User, now: datetime
) -> Proposal:
    """Propose to retire a procedure; another publisher confirms it. A second proposal takes the first one's place.

    Raises Refused like :func:`retire`.
    """
    if reasons := _against_retiring(procedure, on, reason, successor, clock.local_day(now)):
        raise Refused(*reasons)
    wanted = {"on": on, "reason": reason, "successor": successor, "by": by, "at": now}
    with transaction.atomic():
        proposal, _made = Proposal.objects.update_or_create(procedure=procedure, unit=None, defaults=wanted)
        changes = [("effective_until", None, on - timedelta(days=1)), ("retirement_reason", None, reason)]
        name = called(procedure, clock.local_day(now))
        record(procedure, "procedure.propose-retire", by=by, now=now, name=name, changes=changes)
        telling.proposal_waits(proposal, now)
    return proposal


def confirm(proposal: Proposal, by: User, now: datetime) -> None:
    """Carry out what another publisher has proposed. Raises Refused for the same person and what no longer fits."""
    with transaction.atomic():
        held = _taken(proposal)
        if held.by_id == by.pk or not access.can_manage(by, clock.local_day(now)):
            raise Refused(_("Another publisher than the one who proposed this confirms it."), code="who")
        if held.unit is not None and held.level is not None:
            lower_level(held.procedure, held.unit, held.level, by=by, now=now)
        elif held.on is not None:
            retire(held.procedure, held.on, held.reason, held.successor, by, now)


def decline(proposal: Proposal, by: User, now: datetime) -> None:
    """Take back or turn down what was proposed. Raises Refused when it was settled already."""
    with transaction.atomic():
        held = _taken(proposal)
        changes = [("level", held.level, None), ("retirement_reason", held.reason, None)]
        name = called(held.procedure, clock.local_day(now), held.unit)
        record(held.procedure, "procedure.decline", by=by, now=now, unit=held.unit, name=name, changes=changes)


def _taken(proposal: Proposal) -> Proposal:
    """Take a proposal away, once; what follows may still refuse and leave it."""
    if Proposal.objects.filter(pk=proposal.pk, at=proposal.at).delete()[0] != 1:
        raise Refused(_("This has been settled or proposed anew meanwhile."), code="state")
    return proposal


def retire(
    procedure: Procedure, on: date, reason: str, successor: Procedure | None, by: User, now: datetime
) -> list[ProcedureVersion]:
    """Decide that a procedure no longer applies from the day ``on``; returns the versions concerned.

    Those that were to begin later never apply. Deciding again moves the end
    while it is still ahead; a new version begins anew. Open drafts stay.
    On screen it is what :func:`confirm` does. Raises Refused. One transaction.
    """
    day = clock.local_day(now)
    reasons = _against_retiring(procedure, on, reason, successor, day)
    with transaction.atomic():
        versions = list(_ahead(procedure, day).select_for_update().order_by("effective_from", "number"))
        if reasons:
            raise Refused(*reasons)
        last_day = on - timedelta(days=1)
        decided = versions[-1].effective_until if versions[-1].status == VersionStatus.RETIRED else None
        for n, version in enumerate(versions, start=1):
            before, is_last = version.effective_until, n == len(versions)
            # What an earlier decision cut off reaches again to the version after it.
            was_cut = decided is not None and version.status == VersionStatus.RETIRED and before == decided
            natural = None if is_last else versions[n].effective_from - timedelta(days=1)
            until = min(day for day in (natural if was_cut else before, last_day) if day is not None)
            ProcedureVersion.objects.filter(pk=version.pk).update(
                status=VersionStatus.RETIRED,
                effective_until=until,
                retired_at=now,
                retirement_reason=reason,
                successor=successor,
            )
            version.refresh_from_db()
            changes: list[tuple[str, Any, Any]] = [("effective_until", before, until)]
            if is_last:
                changes += [("retirement_reason", None, reason), ("successor", None, successor and successor.code)]
            record(procedure, "procedure.retire", by=by, now=now, version=version, changes=changes)
    return versions


def _applies(procedure: Procedure, day: date) -> bool:
    return procedure.versions.in_force(day).filter(status=VersionStatus.PUBLISHED).exists()


def _in_review(version: ProcedureVersion, revision: int | None) -> Any:
    waiting = ProcedureVersion.objects.filter(pk=version.pk, status=VersionStatus.IN_REVIEW)
    return waiting if revision is None else waiting.filter(revision=revision)


def _not_in_review(version: ProcedureVersion) -> Refused:
    status = ProcedureVersion.objects.filter(pk=version.pk).values_list("status", flat=True).first()
    if status in (VersionStatus.PUBLISHED, VersionStatus.RETIRED):
        return Refused(_("This version has been published already."), code="state")
    if status == VersionStatus.IN_REVIEW:
        return overtaken(version.procedure)
    return Refused(_("This version is not in review any more."), code="state")


def _why_not(by: User, version: ProcedureVersion, day: date) -> str:
    if not access.can_manage(by, day):
        return _("Only a publisher may publish.")
    if version.status != VersionStatus.IN_REVIEW:
        is_draft = version.status == VersionStatus.DRAFT
        return _("Send the draft to review first.") if is_draft else _not_in_review(version).message
    return _("You worked on this version: another publisher checks and publishes it.")


def _reasons(version: ProcedureVersion, *, today: date | None) -> list[str]:
    return [fault.message for fault in checking.blocking(checking.check(version, today=today))]
