"""The declaration of a submitted dossier as a page to print."""

from typing import Any

from common.clock import LOCAL
from eforms import declarations
from eforms import schema as form_schema

from ..models import Applicant, Channel, Dossier
from ..records.links import tracking_link
from ..records.slips import place_of

TEMPLATE = "declarations/page.html"


def page(dossier: Dossier, back: str) -> dict[str, Any] | None:
    """Return the context of a dossier's declaration; None for a draft and for a procedure without a form. One query.

    What was filed online says so in place of a signature.
    """
    if dossier.is_draft or dossier.version.form is None:
        return None
    schema = form_schema.load(dossier.version.form)
    applicant = dossier.applicant
    is_online = dossier.channel == Channel.ONLINE
    head = declarations.Head(
        procedure=declarations.plain(dossier.version.name),
        unit=dossier.received_by.name,
        place=place_of(dossier.received_by) if is_online else "",
        mark=str(dossier.code),
        mark_label="Mã hồ sơ",
        qr_text=tracking_link(dossier),
        qr_hint="Quét để tra cứu",
        signer=(applicant.representative or {}).get("name") or applicant.name,
        filed_by=_filed_by(applicant),
        filed_at=dossier.submitted_at.astimezone(LOCAL) if is_online and dossier.submitted_at else None,
    )
    return declarations.context(schema, dossier.answers, head) | {"back": back}


def _filed_by(applicant: Applicant) -> tuple[str, ...]:
    """Return who files for the applicant, as what and with which paper; () for who files alone or leads what files."""
    if not applicant.is_filed_by_another:
        return ()
    agent = applicant.representative or {}
    name, position, number = (agent.get(part, "") for part in ("name", "position", "id_number"))
    lines = [f"Người nộp thay: {name} ({position})" if position else f"Người nộp thay: {name}"]
    if number:
        lines.append(f"Số giấy tờ tùy thân của người nộp thay: {number}")
    return tuple(lines)
