"""What every change of money begins with: locks in one order, and nobody decides about money of their own.

The order: a cashier's box, dossiers by their keys, charges by theirs, then an attempt.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused
from dossiers.models import Dossier
from dossiers.workflow import is_own

from .models import Charge


def lock(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the primary keys of rows, to be read under a lock in their order; new rows may refer to them meanwhile."""
    return rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True)


def lock_charges(pks: Iterable[int]) -> None:
    """Lock charges by their keys, and their dossiers before them; two queries."""
    ids = list(pks)
    list(lock(Dossier.objects.filter(pk__in=Charge.objects.filter(pk__in=ids).values("dossier"))))
    list(lock(Charge.objects.filter(pk__in=ids)))


def require_not_own(by: User | None, dossier: Dossier) -> None:
    """Refuse an officer who decides about the fee of a dossier of their own ('own')."""
    if by is not None and is_own(by, dossier):
        raise Refused(_("You may not handle your own dossier. Ask a colleague."), code="own")
