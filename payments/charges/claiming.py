"""What a draft claims not to owe, with its proof, and the paper copies it orders: the part of a draft about its fee."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from common.clock import local_day
from common.files.uploads import Accepted
from common.refusals import Refused
from common.text import translated
from dossiers.filing.papers import add_proof
from dossiers.hooks import DraftStep
from dossiers.models import Dossier, Paper
from dossiers.records.papers import AUTHORITY_NAME
from procedures.fees import Why, counts, exemption_words
from procedures.models import FeeExemption

from ..models import ExemptionClaim
from . import charging, copies


@dataclass(frozen=True)
class Exemption:
    """One reason not to owe a fee, of whatever lines: ``pk`` stands for all ``ids``."""

    pk: int
    ids: tuple[int, ...]
    who: str
    who_en: str
    proof: str
    proof_en: str
    when: str


def exemptions_of(dossier: Dossier, day: date) -> list[Exemption]:
    """Return what a draft may claim on a day of fees that its answers may make due; from what is kept.

    The same reason of several fees stands once.
    """
    lines = charging.assessment_of(dossier, day=day).lines
    idle = {line.key for line in lines if line.why in (Why.NOT_DUE, Why.FREE)}
    same: dict[tuple[str, str, str], list[FeeExemption]] = {}
    for row in claimable(dossier, day):
        if row.line.key in idle:
            continue
        same.setdefault((row.who, row.proof, exemption_words(row)), []).append(row)
    return [
        Exemption(found[0].pk, tuple(row.pk for row in found), who, found[0].who_en, proof, found[0].proof_en, when)
        for (who, proof, when), found in same.items()
    ]


def claim(dossier: Dossier, exemptions: Collection[int], now: datetime) -> None:
    """Set which exemptions a draft claims; three queries, and one that writes them.

    Those that are none of its version, or do not count now or by its channel (:func:`claimable`), are left out.
    Refused ('state') once the dossier is filed.
    """
    if not dossier.is_draft:
        raise Refused(_("This dossier has been filed."), code="state")
    wanted = [row for row in claimable(dossier, local_day(now)) if row.pk in set(exemptions)]
    dossier.exemption_claims.exclude(exemption__in=wanted).delete()
    ExemptionClaim.objects.bulk_create(
        (ExemptionClaim(dossier=dossier, exemption=row, claimed_at=now) for row in wanted), ignore_conflicts=True
    )


def claimable(dossier: Dossier, day: date) -> list[FeeExemption]:
    """Return the exemptions of a dossier's procedure that count on a day by its channel, from what is kept."""
    rows = (row for line in dossier.version.fees.all() for row in line.exemptions.all())
    return [row for row in rows if counts(row, dossier.channel, day)]


def claimed_by(dossier: Dossier) -> set[int]:
    """Return the exemptions a dossier claims, by their primary keys; one query."""
    return set(dossier.exemption_claims.values_list("exemption_id", flat=True))


def proofs_of(dossier: Dossier) -> list[Paper]:
    """Return the files given to prove a claim; one query."""
    return list(dossier.papers.filter(required=None, replaced_at=None).exclude(name=AUTHORITY_NAME))


def save(
    dossier: Dossier,
    exemptions: set[int],
    proof: Accepted | None,
    *,
    count: int | None,
    by: User,
    now: datetime,
) -> None:
    """Keep what a draft claims, a file that proves it, and how many copies it orders (None: they are not asked here).

    Raises Refused as ``claim``, ``copies.order`` and ``add_proof``.
    """
    with transaction.atomic():
        claim(dossier, exemptions, now)
        if count is not None:
            copies.order(dossier, count, now)
        if proof is not None:
            with override("vi"):
                name = _("Proof of the exemption from the fee")
            add_proof(dossier, name, proof, by=by, now=now)


def draft_step(dossier: Dossier, day: date) -> DraftStep | None:
    """Return the part of a draft about its fee; None where nothing can be claimed or ordered.

    Two queries at most, one more for what was claimed.
    """
    offered = exemptions_of(dossier, day)
    asks_copies = copies.may_be_ordered(dossier.version)
    if not offered and not asks_copies:
        return None
    ordered = copies.ordered(dossier) if asks_copies else 0
    claimed = claimed_by(dossier)
    mine = [exemption for exemption in offered if claimed & set(exemption.ids)]
    note = ""
    if mine:
        note = _("When an officer agrees to the exemption: %(amount)s.") % {
            "amount": charging.assessment_of(dossier, day=day, exemptions=claimed).total_words()
        }
    return DraftStep(
        url=reverse("paying:fee", args=[dossier.ref]),
        title=title_of(has_exemptions=bool(offered), asks_copies=asks_copies),
        wish=wish_of(has_exemptions=bool(offered), asks_copies=asks_copies),
        who=[translated(exemption, "who") for exemption in offered],
        is_done=bool(mine or ordered),
        rows=[
            *([(_("Paper copies of the result"), str(ordered))] if ordered else []),
            *[(_("You claim to be exempt as"), translated(exemption, "who")) for exemption in mine],
        ],
        note=note,
    )


def title_of(*, has_exemptions: bool, asks_copies: bool) -> str:
    """Return what the part is called."""
    if not asks_copies:
        return _("Exemption from the fee")
    return _("Paper copies and exemption from the fee") if has_exemptions else _("Paper copies of the result")


def wish_of(*, has_exemptions: bool, asks_copies: bool) -> str:
    """Return what somebody ticks who has something to say there."""
    if not asks_copies:
        return _("I am exempt from the fee, wholly or partly")
    return _("I want paper copies, or am exempt from the fee") if has_exemptions else _("I want paper copies")


def claim_again(dossier: Dossier, now: datetime, *, by: User, reason: str) -> None:
    """Claim for a filed dossier that was moved to another procedure what it claimed before, where it has that too.

    What waits for an answer ends with the former procedure. At most three queries.
    """
    claims = list(dossier.exemption_claims.select_related("exemption").exclude(granted=False))
    if not claims:
        return
    dossier.exemption_claims.filter(granted=None).update(granted=False, decided_by=by, decided_at=now, reason=reason)
    reasons = {claim.exemption.who for claim in claims}
    here = [row.pk for row in claimable(dossier, dossier.filed_day) if row.who in reasons]
    again = [ExemptionClaim(dossier=dossier, exemption_id=pk, claimed_at=now) for pk in here]
    ExemptionClaim.objects.bulk_create(again, ignore_conflicts=True)


def follow_version(dossier: Dossier, now: datetime) -> None:
    """Carry what a draft claims to its newer version: the same reasons there; three queries where it claims something.

    Copies ordered beside a form that now asks for them are forgotten.
    """
    reasons = set(dossier.exemption_claims.values_list("exemption__who", flat=True))
    if reasons:
        wanted = {pk for row in exemptions_of(dossier, local_day(now)) if row.who in reasons for pk in row.ids}
        claim(dossier, wanted, now)
    if not copies.may_be_ordered(dossier.version):
        copies.order(dossier, 0, now)
