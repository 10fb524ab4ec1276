"""The address at which a dossier is rated: it proves that it came from the dossier's papers or messages.

A token is the dossier's ``ref`` and a keyed hash of it made for this purpose alone: who has it may rate and reads the
dossier's code and procedure, nothing else; who knows a ``ref`` alone has no token.
"""

import hmac

from django.conf import settings
from django.urls import reverse

from common.secret import blind_index
from dossiers.models import Dossier
from dossiers.querysets import DossierQuerySet

# 120 bits, so that the code on a receipt stays coarse enough for a phone.
REF, PROOF = 12, 20


def token_of(dossier: Dossier) -> str:
    """Return the token of a dossier: letters, digits, ``-`` and ``_``; always the same."""
    return dossier.ref + _proof(dossier.ref)


def link_of(dossier: Dossier) -> str:
    """Return the whole address at which a dossier is rated."""
    return settings.SITE_URL + reverse("rating:rate", args=[token_of(dossier)])


def by_token(token: str) -> Dossier | None:
    """Return the submitted dossier that a token was made for, None for a made-up one. One query at most."""
    ref, proof = token[:REF], token[REF:]
    if not hmac.compare_digest(proof.encode(), _proof(ref).encode()):
        return None
    return ratable().filter(ref=ref).first()


def ratable() -> DossierQuerySet:
    """Return the dossiers that are, or will be, rated: submitted, and no mistakes."""
    rows = Dossier.objects.in_figures().filter(status__gt=0).select_related("unit")
    return rows.defer("answers", "typed", "delivery_address")


def _proof(ref: str) -> str:
    return blind_index("rating", ref)[:PROOF]
