"""From a draft to a submitted dossier: a newer version, the submission, a copy of what was submitted.

What a submission needs and does belongs to the action. Nothing here reads the clock.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import onetime
from common.clock import local_day
from common.database.compiled import Compiled
from common.database.contention import once_more
from common.files.uploads import removed_on_failure
from common.refusals import Refused
from eforms import schema as form_schema
from procedures.catalogue import current_version
from procedures.models import ProcedureVersion

from .. import hooks
from ..actions import Submit
from ..actions.readiness import DELIVERY, Readiness, require_none, schema_of
from ..models import Dossier, Paper, Status
from ..models.dossier import new_ref
from ..records.papers import AUTHORITY_NAME, listed_authority, proves_acting, remove
from ..workflow import carry_out, for_action
from . import renewal
from .drafts import locked_draft, made_once, require_room_for_a_draft, write_draft
from .papers import copy_paper

COPY = "copy_dossier"
SUBMIT = "submit"

# A draft has no applicant yet, and its owner is who submits.
_own: Compiled[Dossier] = Compiled(
    lambda owner, ref: for_action(Dossier.objects.of_owner(owner).filter(ref=ref), ("received_by",))
)


def newer_version(dossier: Dossier, day: date) -> ProcedureVersion | None:
    """Return the version in force when it is not the draft's own; None when nothing changed. One query."""
    current = current_version(dossier.version.procedure, day)
    return current if current is not None and current.pk != dossier.version_id else None


def renew(dossier: Dossier, *, now: datetime) -> None:
    """Move a draft to the version in force, keeping the answers and papers that still fit.

    What becomes of answers and finished sections is said by ``renewal.carry``.
    Papers stay where the new version asks for a paper of the same key, a power of attorney
    wherever the new one asks for it; the others go with their files.
    """
    with transaction.atomic():
        fresh = locked_draft(dossier)
        version = newer_version(fresh, local_day(now))
        if version is None:
            return
        schemas = schema_of(fresh.version), schema_of(version)
        carried = renewal.carry(*schemas, fresh.answers, fresh.completed_sections, today=local_day(now))
        by_key = {required.key: required for required in version.papers.all()}
        gone, kept = [], []
        for paper in fresh.papers.select_related("required"):
            required = by_key.get(paper.required.key) if paper.required else None
            if required is None and proves_acting(fresh, paper):
                required = listed_authority(version)
            elif required is None:
                gone.append(paper)
                continue
            paper.required, paper.name = required, required.name if required else AUTHORITY_NAME
            kept.append(paper)
        remove(gone)
        Paper.objects.bulk_update(kept, ["required", "name"])
        write_draft(
            fresh,
            now,
            version=version,
            answers=carried.answers,
            typed=still_asked(fresh.typed, schemas[1]),
            completed_sections=carried.done,
            sections_to_review=carried.changed,
        )
        for follow in hooks.renewed:
            follow(fresh, now)


def still_asked(typed: Any, schema: form_schema.Schema | None) -> Any:
    """Return what is kept as typed of the parts that a form still has."""
    keys = {section.key for section in schema.sections} if schema else set()
    return {key: boxes for key, boxes in (typed or {}).items() if key in keys or key == DELIVERY} or None


def submit(ref: str, *, by: User, key: str, revision: int, now: datetime) -> Dossier:
    """Submit a person's draft, once per key, and return it as it stands; the same key again returns it once more.

    Raises Dossier.DoesNotExist when the person has none with this ``ref``, what ``perform`` raises, and
    ``onetime.KeyMisused``; nothing is changed then, and the key stays free. What a deadlock undid is done once more.
    """

    def work() -> Dossier:
        with removed_on_failure() as written:

            def make() -> Dossier:
                fresh = _own.first(by.pk, ref)
                if fresh is None:
                    raise Dossier.DoesNotExist(ref)
                fresh.owner = by
                return carry_out(Submit(), fresh, written, by=by, now=now, revision=revision).dossier

            return made_once(key, SUBMIT, ref, make, by=by, now=now)

    found = once_more(work)
    if found.ref != ref:
        raise onetime.KeyMisused
    return found


def copy_draft(source: Dossier, *, by: User, key: str, now: datetime) -> Dossier:
    """Start a new draft with the answers and current papers of an ended dossier, once per key.

    It follows the version in force: what no longer fits is left out. Raises
    :class:`Refused` when the procedure is no longer taken online.
    """
    if source.status not in (Status.REFUSED, Status.STOPPED):
        raise Refused(_("A copy can be started once the dossier has been refused or withdrawn."), code="state")
    require_none(Readiness(source, local_day(now)).not_taken)
    ref = new_ref()
    with removed_on_failure() as written:

        def make() -> Dossier:
            require_room_for_a_draft(by)
            kept = (
                "version", "received_by", "acting", "authority", "answers", "delivery", "delivery_address",
                "papers_by_post", "pays_on_delivery", "completed_sections",
            )  # fmt: skip
            made = Dossier.objects.create(
                ref=ref,
                unit=source.received_by,
                owner=by,
                filed_by=by.person,
                created_at=now,
                saved_at=now,
                revision=1,
                **{name: getattr(source, name) for name in kept},
            )
            for paper in source.papers.filter(replaced_at=None):
                copy_paper(paper, made, by=by, now=now, written=written)
            renew(made, now=now)
            made.refresh_from_db()
            return made

        return made_once(key, COPY, ref, make, by=by, now=now)
