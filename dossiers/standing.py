"""How a filed dossier stands besides its status: its last step, originals still owed, what its owner wants to correct.

Asked by the guards of several actions of one page, so it is read in one query and kept while the revision stands.
"""

from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from common.database.compiled import Compiled

from .models import CorrectionRequest, Dossier, DossierEvent, Paper, PaperKind

_OPEN = CorrectionRequest.objects.filter(dossier=OuterRef("dossier"), closed_at=None)
_PROMISED = Paper.objects.filter(dossier=OuterRef("dossier"), kind=PaperKind.ORIGINAL_PROMISED, replaced_at=None)
_standing: Compiled[Any] = Compiled(
    lambda dossier: (
        DossierEvent.objects.filter(dossier=dossier)
        .order_by("-n")
        .annotate(
            owes=Exists(_PROMISED),
            correction=Subquery(_OPEN.values("pk")[:1]),
            is_opened=Subquery(_OPEN.values("is_accepted")[:1]),
        )
        .values_list(
            "action", "actor", "actor_role", "at", "from_status", "owes", "correction", "is_opened", named=True
        )[:1]
    )
)


# Of what has no step yet.
NONE = SimpleNamespace(
    action="", actor=None, actor_role="", at=None, from_status=0, owes=False, correction=None, is_opened=None
)


def standing_of(dossier: Dossier) -> Any:
    """Return how a dossier stands; of a draft nothing.

    ``action``, ``actor`` (its key), ``actor_role``, ``at`` and ``from_status`` are those of the last step; ``owes``
    whether a promised original has not come; ``correction`` the key of the open request of its owner, None for none,
    ``is_opened`` whether that was accepted, None while it waits for an answer. One query.
    """
    if dossier.is_draft:
        return NONE
    kept: dict[int, Any] = dossier.__dict__.setdefault("_standing", {})
    if dossier.revision not in kept:
        kept[dossier.revision] = _standing.first(dossier.pk) or NONE
    return kept[dossier.revision]
