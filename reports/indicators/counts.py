"""Which dossiers an indicator counts and how many points each gets: for the figures and for the lists behind them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, When

from dossiers.models import Channel, Paper, PaperKind, Result
from payments.models import AttemptLine, AttemptStatus, Charge, ChargeStatus
from payments.providers import VIETQR, VNPAY

from ..models import Ending, Measured

# Attempts that a payer begins on the portal; what a counter takes is none.
ONLINE_PROVIDERS = (VNPAY, VIETQR)


def _points(*rules: tuple[Any, int]) -> Case:
    """Return an expression: the points of the first rule that holds, 0 where none does."""
    return Case(*(When(rule, then=points) for rule, points in rules), default=0, output_field=IntegerField())


@dataclass(frozen=True)
class Count:
    """Courses that count in the month of their ``moment``; each gets points from 0 to ``best``."""

    moment: str
    among: Any
    points: Any
    best: int = 1


_RESOLVED = Q(ending=Ending.RESOLVED)
_OF_IT = OuterRef("dossier_id")
_RESULT = Exists(Result.objects.filter(dossier=_OF_IT, approved_at__isnull=False).exclude(file=""))
_FILES = Exists(Paper.objects.filter(dossier=_OF_IT, kind=PaperKind.FILE, replaced_at=None))
_EARLIER = Exists(Paper.objects.filter(dossier=_OF_IT, earlier__isnull=False, replaced_at=None))
_NOT_DUE = (ChargeStatus.WAIVED, ChargeStatus.CANCELLED)
_CHARGED = Exists(Charge.objects.filter(dossier=_OF_IT).exclude(status__in=_NOT_DUE))
_PAID_ONLINE = Exists(
    AttemptLine.objects.filter(
        charge__dossier=_OF_IT, attempt__status=AttemptStatus.SUCCEEDED, attempt__provider__in=ONLINE_PROVIDERS
    )
)
COUNTS: dict[str, Count] = {
    "in_time": Count("ended_at", _RESOLVED, _points((Q(late_since=None), 1))),
    "total_time": Count("ended_at", _RESOLVED, _points((Q(is_early=True), 2), (Q(late_since=None), 1)), 2),
    "online": Count("came_at", Q(), _points((Q(channel=Channel.ONLINE), 1))),
    Measured.CONTACTS: Count(
        "ended_at", _RESOLVED, _points((Q(dossier__supplements_asked=0), 2), (Q(dossier__supplements_asked=1), 1)), 2
    ),
    Measured.RESULT: Count("ended_at", _RESOLVED, _points((_RESULT, 1))),
    Measured.DIGITISED: Count("ended_at", _RESOLVED, _points((_RESULT & _FILES, 1))),
    Measured.REUSED: Count("came_at", Q(), _points((_EARLIER, 1))),
    Measured.PAID_ONLINE: Count("came_at", _CHARGED, _points((_PAID_ONLINE, 1))),
    Measured.ONLINE_IN_TIME: Count("came_at", Q(channel=Channel.ONLINE), _points((Q(late_since=None), 1))),
}
# Those that days do not say; the others are added up from them.
NIGHTLY = [Measured(name) for name in COUNTS if name in Measured.values]
