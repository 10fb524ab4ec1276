"""What a dossier costs as every page and paper shows it, and what its owner is to pay now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _

from common.values.money import format_vnd
from dossiers.hooks import Owed
from dossiers.models import Dossier, FeeState
from dossiers.models.dossier import NOT_LEFT_TO_POST
from procedures.fees import AssessedLine, Assessment, Why

from ..models import OWED, AttemptLine, Charge, ChargeLine, ChargeStatus
from . import charging

IS_LEFT_TO_POST = Q(dossier__pays_on_delivery=True, dossier__fee_state__in=(FeeState.OWED, FeeState.ON_DELIVERY)) & ~Q(
    dossier__status__in=NOT_LEFT_TO_POST
)
# As an annotation of charges.
IS_LEFT = Case(When(IS_LEFT_TO_POST, then=True), default=False, output_field=BooleanField())


def fee_of(dossier: Dossier, day: date | None = None) -> Assessment:
    """Return what a dossier costs: as its charges were frozen, without one by its answers and what was granted.

    ``day`` is the present one for a draft. Two queries; none where the procedure knows no fee.
    """
    return fee_by(dossier, standing(dossier), day)


def fee_by(dossier: Dossier, charges: Sequence[Charge], day: date | None = None) -> Assessment:
    """Return what a dossier with these charges costs; one query where it has none."""
    if charges:
        return assessment_of_lines(line for charge in charges for line in charge.lines.all())
    may_be_granted = not dossier.is_draft and bool(dossier.version.fees.all())
    granted = charging.granted_to(dossier) if may_be_granted else ()
    return charging.assessment_of(dossier, day=day, exemptions=granted)


def standing(dossier: Dossier) -> list[Charge]:
    """Return a dossier's charges in their order, without those that were replaced or taken back; two queries.

    None where the dossier says that nothing is charged.
    """
    if dossier.fee_state == FeeState.NONE:
        return []
    charges = dossier.charges.exclude(status=ChargeStatus.CANCELLED).filter(replaced_by=None).select_related("unit")
    return list(charges.prefetch_related("lines").order_by("n"))


def assessment_of_lines(lines: Iterable[ChargeLine]) -> Assessment:
    """Return frozen lines as the assessment that they were."""
    kept = ({name: getattr(line, name) for name in charging.FROZEN} for line in lines)
    return Assessment(tuple(AssessedLine(**values | {"why": Why(values["why"])}) for values in kept))


def owed_by(dossiers: Collection[int]) -> Mapping[int, Owed]:
    """Return what is owed for dossiers, by their primary keys; one query.

    What was left to the postman can be paid before there is a parcel, and is said to be his.
    """
    live = AttemptLine.objects.filter(charge=OuterRef("pk"), is_live=True)
    rows = (
        Charge.objects.filter(dossier__in=dossiers, status__in=OWED)
        .annotate(
            is_on_its_way=Exists(live),
            is_left=IS_LEFT,
        )
        .values_list("dossier", "dossier__ref", F("amount_vnd") - F("paid_vnd"), "is_on_its_way", "is_left")
    )
    sums: dict[int, tuple[str, int, bool, bool]] = {}
    for dossier, ref, owed, is_on_its_way, is_left in rows:
        _ref, so_far, on_its_way, _is_left = sums.get(dossier, (ref, 0, False, False))
        sums[dossier] = (ref, so_far + owed, on_its_way or is_on_its_way, is_left)
    return {dossier: _owed(*found) for dossier, found in sums.items()}


def _owed(ref: str, owed_vnd: int, is_on_its_way: bool, is_left: bool) -> Owed:
    words, url = format_vnd(owed_vnd), reverse("paying:pay", args=[ref])
    if is_on_its_way:
        return Owed(words, url, _("See the payment"))
    if is_left:
        return Owed(_("%(amount)s, to the postman") % {"amount": words}, url, _("Pay the fee now"))
    return Owed(words, url, _("Pay the fee"))
