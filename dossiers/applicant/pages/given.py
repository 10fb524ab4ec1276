"""What drafts and submitted dossiers both show: files, the way of the result."""

from typing import Any

from django.template.defaultfilters import filesizeformat

from common.files.stored import ScanState
from common.values.divisions import address_text

from ...models import Delivery, Dossier
from ...models.papers import Paper


def file_row(paper: Paper, user: Any) -> dict[str, Any]:
    """Return one given paper as its card shows it; a link only when this person may open the file."""
    return {
        "ref": paper.ref,
        "name": paper.original_name or paper.name,
        "size": filesizeformat(paper.size) if paper.file else "",
        "pages": paper.pages if paper.media_type == "application/pdf" else 0,
        "can_open": may_open(paper, user),
        "scan": paper.get_scan_state_display() if paper.scan_state in (ScanState.PENDING, ScanState.INFECTED) else "",
    }


def may_open(paper: Paper, user: Any) -> bool:
    """Tell whether a person who may see the dossier may fetch this file: until it is clean only its uploader."""
    if not paper.file or paper.scan_state == ScanState.INFECTED:
        return False
    return paper.scan_state != ScanState.PENDING or paper.uploaded_by_id == user.pk


def delivery_words(dossier: Dossier) -> list[str]:
    """Return how the result travels as lines; empty when not chosen yet."""
    if not dossier.delivery:
        return []
    lines = [str(dossier.get_delivery_display())]
    target = dossier.delivery_address if dossier.delivery == Delivery.POST else None
    if target:
        lines += [f"{target.get('name', '')}, {target.get('phone', '')}", address_text(target.get("address"))]
    return lines


def box_of(cards: list[dict[str, Any]], key: str) -> str:
    """Return the id that the error of a file leads to: the box of its card, the card when it has none, else ''."""
    card = next((card for card in cards if card["key"] == key), None)
    if card is None:
        return ""
    has_box = not (card["promise"] or card.get("section_url"))
    return f"file-{key}" if has_box else f"paper-{key}"
