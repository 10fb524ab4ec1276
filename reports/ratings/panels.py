"""Where people are asked to rate, on the owner's page and in the last message; ratings in the copy of one's data."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.hooks import Part, Sheet
from accounts.models import User
from dossiers.hooks import Audience, Panel
from dossiers.models import FINAL, Dossier
from dossiers.workflow import Move

from ..models import Rating
from .giving import has_ended
from .tokens import link_of, token_of


def rating_panel(dossier: Dossier, reader: User) -> Panel | None:
    """Return the card that asks for a rating, or thanks for it; None before the end. One query after it."""
    if not has_ended(dossier):
        return None
    given = Rating.objects.filter(dossier=dossier).first()
    return "reports/_rating_panel.html", {"given": given, "token": token_of(dossier)}


def rating_words(move: Move, audience: Audience) -> str:
    """Return the paragraph that asks for a rating in the message that a dossier has ended; '' for any other."""
    if audience != Audience.OWNER or not has_ended(move.dossier) or move.from_status in FINAL:
        return ""
    asked = _("How satisfied are you? It takes a minute, without signing in:")
    return f"{asked}\n{link_of(move.dossier)}"


def ratings_of(user: User) -> Part:
    """Return how a person's dossiers were rated. One query."""
    rows = list(Rating.objects.filter(dossier__owner=user).select_related("dossier").order_by("pk"))
    data: list[dict[str, Any]] = [
        {
            "reference": row.dossier.ref,
            "at": row.given_at.isoformat(),
            "overall": row.overall,
            "convenience": row.convenience,
            "punctuality": row.punctuality,
            "attitude": row.attitude,
            "comment": row.comment,
        }
        for row in rows
    ]
    sheet = [
        (str(row.dossier.code), ", ".join([str(row.get_overall_display()), *filter(None, [row.comment])]))
        for row in rows
    ]
    return Part("ratings", data, [Sheet(_("Ratings"), sheet)] if rows else [])
