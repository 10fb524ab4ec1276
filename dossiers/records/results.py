"""The result's document: its frozen content, its number and the file with its hash.

Decided: the hash kept with a result is always that of the stored file. An
uploaded PDF is stored and hashed when proposed and hashed again when approved.
A letter gets its number, date and check code only when approved; its content is
frozen then and hashed into the event, the worker makes the PDF from it once,
and the file's hash is written together with the file.
"""

import re
from datetime import datetime
from typing import Any

from common import broker
from common.qr import qr_svg

from ..models import Dossier, Result, ResultKind, Status
from ..table import Action
from ..workflow import Move
from .links import tracking_link
from .numbering import yearly_number
from .slips import PDF_SECONDS, PRINT_LAYOUT, identity, iso, place_of, signer, unit_facts

PURPOSE = "result"
TEMPLATE = "slips/result.html"
DAY = re.compile(r"ngày (\d{1,2})/(\d{1,2})/(\d{4})")
TITLE = "Thông báo kết quả giải quyết hồ sơ"


def new_number(dossier: Dossier, now: datetime) -> str:
    """Return the next number in the competent unit's register of decisions."""
    return yearly_number(dossier.unit, now, PURPOSE, "TB-UBND")


def in_words(basis: str) -> str:
    """Return a law as a letter cites it, its day in words: 'ngày 20 tháng 11 năm 2014' for 'ngày 20/11/2014'."""
    return DAY.sub(r"ngày \1 tháng \2 năm \3", basis)


def letter_data(move: Move, result: Result) -> dict[str, Any]:
    """Return the content of a result as it is frozen, JSON values only."""
    dossier = move.dossier
    return identity(dossier) | {
        "title": TITLE,
        "form": "",
        "circular": "",
        "unit": unit_facts(dossier.unit),
        "place": place_of(dossier.unit),
        "number": result.number,
        "is_granted": result.is_granted,
        "reason": result.reason,
        "text": result.text,
        "outcome": dossier.version.outcome,
        "legal_bases": [in_words(basis) for basis in dossier.version.legal_bases],
        "received_at": iso(dossier.received_at),
        "decided_at": iso(move.now),
        "check_code": result.check_code,
        "signer": signer(move),
    }


def context_of(result: Result) -> dict[str, Any]:
    """Return what the letter's template reads; only for an approved result."""
    data = dict(result.data or {})
    for name in ("received_at", "decided_at"):
        data[name] = datetime.fromisoformat(data[name]) if data[name] else None
    return {"result": result, "data": data, "issued_at": data["decided_at"], "qr": qr_svg(data["link"])}


def page(result: Result, layout: str = PRINT_LAYOUT) -> tuple[str, dict[str, Any]]:
    """Return template and context of an approved letter in a layout."""
    return TEMPLATE, context_of(result) | {"layout": layout}


def preview(dossier: Dossier, result: Result, now: datetime, layout: str = PRINT_LAYOUT) -> tuple[str, dict[str, Any]]:
    """Return template and context of a proposed letter: no number, no check code, no signer yet."""
    move = Move(Action.APPROVE, dossier, None, "", now, Status(dossier.status), Status.DECIDED, now)
    data = letter_data(move, result) | {"received_at": dossier.received_at, "decided_at": None}
    qr = qr_svg(tracking_link(dossier))
    return TEMPLATE, {"result": result, "data": data, "issued_at": None, "qr": qr, "layout": layout}


def wake(result: Result) -> None:
    """Have the worker make a letter's PDF once the transaction commits; an upload needs none."""
    if result.kind == ResultKind.LETTER:
        broker.wake("dossiers.tasks.render_result", result.pk, expires=PDF_SECONDS)
