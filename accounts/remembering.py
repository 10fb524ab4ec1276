"""What an account learns from a form that its owner filed: asked once, kept with consent, taken away on request.

Facts are called as the sources that pre-fill forms. What the account itself has a column for goes there while it is
empty; the rest lies in ``User.details`` as ``{"value", "text"}``. A learned fact is declared, never checked.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy

from common.forms.checks import check_identity_paper_of_kind
from common.text import fold
from common.values.identity import id_kind

from .models import Assurance, IdKind, Kind, Sex, User

# What only ``details`` holds, with its label.
DETAILS = {
    "id_issued": gettext_lazy("Day of issue of the identity paper"),
    "id_issuer": gettext_lazy("Issuer of the identity paper"),
    "ethnicity": gettext_lazy("Ethnic group"),
    "nationality": gettext_lazy("Nationality"),
    "residence_kind": gettext_lazy("Kind of residence"),
}
# Columns of the account that facts may fill.
COLUMNS = {
    "birth": gettext_lazy("Date of birth"),
    "sex": gettext_lazy("Sex"),
    "personal_number": gettext_lazy("Identity paper"),
    "address": gettext_lazy("Address"),
}
LABELS = COLUMNS | DETAILS
# The kind of paper that the form of a number tells, as answers name it.
PAPERS = {"personal": IdKind.PERSONAL.value, "card": IdKind.CARD.value, "passport": IdKind.PASSPORT.value}


def unknown(user: User, facts: Mapping[str, Any]) -> list[str]:
    """Return which facts of a form the account does not know, of its owner alone; none once it was asked.

    Facts of somebody else, by name or number, are none of the owner's.
    """
    if user.details_answered_at is not None or user.kind != Kind.CITIZEN or not _is_owner(user, facts):
        return []
    left_out = {"birth", "sex", "personal_number"} if user.assurance == Assurance.VERIFIED else set()
    known = {"personal_number": user.identity_number, "birth": user.birth, "sex": user.sex, "address": user.address}
    # A publisher may offer other answers than the account has a place for.
    if facts.get("sex") not in Sex.values:
        left_out.add("sex")
    if not _paper_of(facts):
        left_out.add("personal_number")
    return [fact for fact in LABELS if facts.get(fact) and fact not in left_out and not known.get(fact)]


def _paper_of(facts: Mapping[str, Any]) -> str:
    """Return which of the account's papers the number is of, by its form where nobody said; '' for none of them."""
    number = str(facts.get("personal_number", ""))
    kind = str(facts.get("id_kind") or PAPERS.get(id_kind(number), ""))
    try:
        return kind if kind in PAPERS.values() and check_identity_paper_of_kind(number, kind) == number else ""
    except ValidationError:
        return ""


def _is_owner(user: User, facts: Mapping[str, Any]) -> bool:
    number = facts.get("personal_number")
    is_other = bool(number and user.identity_number and number != user.identity_number)
    return fold(str(facts.get("full_name", ""))) == fold(user.full_name) and not is_other


def remember(user: User, facts: Mapping[str, Any], texts: Mapping[str, str], now: datetime) -> bool:
    """Keep what an account does not know yet, with the moment of its owner's consent; return whether anything was.

    ``texts`` are the facts in words. Asked twice, the first answer stands. One locked row, one UPDATE.
    """
    with transaction.atomic():
        fresh = User.objects.select_for_update().get(pk=user.pk)
        new = unknown(fresh, facts)
        if not new:
            return False
        fresh.details = {fact: {"value": facts[fact], "text": texts[fact]} for fact in new if fact in DETAILS}
        fresh.details_answered_at = now
        if "personal_number" in new:
            fresh.set_identity(_paper_of(facts), facts["personal_number"])
        for fact in {"birth", "sex", "address"} & set(new):
            setattr(fresh, fact, facts[fact])
        fresh.save(update_fields=_WRITTEN)
    return True


def decline(user: User, now: datetime) -> None:
    """Note that the owner wants nothing kept; asked twice, the first answer stands. One UPDATE."""
    User.objects.filter(pk=user.pk, details_answered_at=None).update(details_answered_at=now)


def forget(user: User) -> None:
    """Take away what lies in ``details``; the account's own columns are changed on its page. One UPDATE."""
    User.objects.filter(pk=user.pk).update(details=None)


def rows(user: User) -> list[tuple[Any, str]]:
    """Return what lies in ``details`` as rows of label and text."""
    kept = user.details or {}
    return [(label, kept[fact]["text"]) for fact, label in DETAILS.items() if fact in kept]


def values(user: User) -> dict[str, Any]:
    """Return what lies in ``details`` as pre-fill takes it."""
    return {fact: one["value"] for fact, one in (user.details or {}).items()}


def labels_of(facts: Iterable[str]) -> list[str]:
    """Return what facts are called."""
    return [str(LABELS[fact]) for fact in facts]


_WRITTEN = [
    "details", "details_answered_at", "birth", "sex", "address", "personal_number", "personal_number_index", "id_kind",
    "id_number", "id_number_index",
]  # fmt: skip
