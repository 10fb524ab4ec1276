"""What drafts and submitted dossiers both show: files, the way of the result."""

from collections.abc import Sequence
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from common.files import quality
from common.files.previews import PREVIEWED
from common.files.stored import ScanState
from common.values.divisions import address_text

from ...filing.sheets import TURNED
from ...models import Delivery, Dossier
from ...models.papers import Paper


def file_rows(papers: Sequence[Paper], user: Any) -> list[dict[str, Any]]:
    """Return the files of one card: several are the pages of one paper, the first of which cannot be moved up."""
    rows = [file_row(paper, user) for paper in papers]
    if len(rows) > 1:
        for n, row in enumerate(rows, start=1):
            row |= {"n": n, "of": len(rows)}
    return rows


def file_row(paper: Paper, user: Any) -> dict[str, Any]:
    """Return one given paper as its card shows it; a link only when this person may open the file."""
    return {
        "ref": paper.ref,
        "name": paper.original_name or paper.name,
        "size": filesizeformat(paper.size) if paper.file else "",
        "pages": paper.pages if paper.media_type == "application/pdf" else 0,
        "can_open": may_open(paper, user),
        "is_shown": bool(paper.previewed),
        "is_awaited": paper.previewed is None and paper.media_type in PREVIEWED and may_open(paper, user),
        "may_turn": paper.media_type in TURNED,
        "advice": quality.advice(paper.faults),
        "is_again": paper.earlier_id is not None,
        "n": 0,
        "of": 1,
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
    if dossier.pays_on_delivery:
        lines.append(_("The fee is paid to the postman."))
    if dossier.papers_by_post:
        lines.append(_("The post fetches your papers."))
    target = dossier.delivery_address if dossier.delivery == Delivery.POST or dossier.papers_by_post else None
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
