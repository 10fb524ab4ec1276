"""Who sees money: the payer, the officers of the dossier, the cashier and the auditor of the unit; nobody else."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from dossiers.models import Dossier
from dossiers.querysets import DESK_ROLES
from offices.access import units_below
from offices.models import Post, Role

if TYPE_CHECKING:
    from .models import Attempt, Charge, Receipt, Refund

M = TypeVar("M", bound=models.Model)


def units_of(posts: Iterable[Post]) -> set[int]:
    """Return the units whose whole money posts open, by primary key: a cashier's own, an auditor's and all below it.

    One query for an auditor, none else.
    """
    held = list(posts)
    found = {post.unit_id for post in held if post.role == Role.CASHIER}
    if roots := [post.unit_id for post in held if post.role == Role.AUDITOR]:
        found |= {unit.pk for unit in units_below(roots, with_closed=True)}
    return found


class MoneyQuerySet(models.QuerySet[M, M], Generic[M]):
    """Scopes of what hangs on a charge; every view starts from one. ``dossier``, ``unit``: the way to these."""

    dossier: ClassVar[str]
    unit: ClassVar[str]

    def for_owner(self, user: Any) -> Self:
        """What concerns a person's own dossiers."""
        return self.filter(**{f"{self.dossier}__owner": user})

    def for_officer(self, user: Any, posts: Iterable[Post]) -> Self:
        """What a person's present posts open: :func:`units_of`, and of the dossiers that they see at the desk."""
        held = list(posts)
        allowed = Q(**{f"{self.unit}__in": units_of(held)})
        if any(post.role in DESK_ROLES for post in held):
            allowed |= Q(**{f"{self.dossier}__in": Dossier.objects.visible_with(user, held)})
        return self.filter(allowed)


class ChargeQuerySet(MoneyQuerySet["Charge"]):
    """Charges."""

    dossier, unit = "dossier", "unit"


class ReceiptQuerySet(MoneyQuerySet["Receipt"]):
    """Receipts: each is of one charge."""

    dossier, unit = "charge__dossier", "charge__unit"


class AttemptQuerySet(MoneyQuerySet["Attempt"]):
    """Attempts: those that pay for several persons are none of theirs, and one dossier in sight suffices an officer."""

    unit = "unit"

    def for_owner(self, user: Any) -> Self:
        """What pays for dossiers of one person only."""
        lines = self._lines()
        return self.filter(
            Exists(lines.filter(charge__dossier__owner=user)),
            ~Exists(lines.exclude(charge__dossier__owner=user)),
        )

    def for_officer(self, user: Any, posts: Iterable[Post]) -> Self:
        held = list(posts)
        allowed = Q(unit__in=units_of(held))
        if any(post.role in DESK_ROLES for post in held):
            seen = Dossier.objects.visible_with(user, held)
            allowed |= Q(Exists(self._lines().filter(charge__dossier__in=seen)))
        return self.filter(allowed)

    def _lines(self) -> "models.QuerySet[Any, Any]":
        lines = self.model._meta.get_field("lines").related_model
        return lines._default_manager.filter(attempt=OuterRef("pk"))


class RefundQuerySet(MoneyQuerySet["Refund"]):
    """Repayments: who sees the attempt sees what is paid back of it."""

    def for_owner(self, user: Any) -> Self:
        return self.filter(attempt__in=self._attempts().for_owner(user))

    def for_officer(self, user: Any, posts: Iterable[Post]) -> Self:
        return self.filter(attempt__in=self._attempts().for_officer(user, posts))

    def _attempts(self) -> "AttemptQuerySet":
        attempts: Any = self.model._meta.get_field("attempt").related_model
        found: AttemptQuerySet = attempts.objects.all()
        return found
