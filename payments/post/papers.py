"""Papers of the post to print, always Vietnamese: the handover record and the label of a parcel."""

from typing import Any

from common.qr import qr_svg
from common.values.divisions import address_text
from common.values.money import format_vnd
from common.values.words import amount_in_words
from dossiers.records.slips import PRINT_LAYOUT, place_of, unit_facts

from ..models import HandoverRecord, Parcel, Way
from .carrying import ends_of

NOTES = {Way.FETCH: "Hồ sơ của người nộp", Way.BRING: "Kết quả giải quyết"}


def record_page(record: HandoverRecord) -> dict[str, Any]:
    """Return what a handover record's page reads; one query. Render it in Vietnamese."""
    parcels = list(record.parcels.select_related("dossier").order_by("pk"))
    total = sum(parcel.cod_vnd for parcel in parcels)
    rows = [
        {
            "n": n,
            "item": parcel.item_code,
            "code": parcel.dossier.code,
            "receiver": str(parcel.address.get("name", "")),
            "address": address_text(parcel.address.get("address")),
            "fee": format_vnd(parcel.cod_vnd) if parcel.cod_vnd else "Không thu",
        }
        for n, parcel in enumerate(parcels, start=1)
    ]
    data = {
        "title": "Biên bản giao nhận bưu gửi",
        "circular": "",
        "number": record.number,
        "unit": unit_facts(record.unit),
        "place": place_of(record.unit),
        "code": record.number,
        "officer": record.by.get_full_name(),
        "postman": record.postman,
        "total": format_vnd(total),
        "in_words": amount_in_words(total) if total else "",
    }
    return {"layout": PRINT_LAYOUT, "data": data, "rows": rows, "issued_at": record.at}


def label_page(parcel: Parcel) -> dict[str, Any]:
    """Return what a label's page reads; no query. Render it in Vietnamese."""
    sender, receiver = ends_of(parcel)
    home, desk = address_text(parcel.address.get("address")), parcel.unit.address
    sender["place"], receiver["place"] = (home, desk) if parcel.way == Way.FETCH else (desk, home)
    return {
        "parcel": parcel,
        "title": f"Nhãn bưu gửi {parcel.item_code or parcel.order_code}",
        "sender": sender,
        "receiver": receiver,
        "fee": format_vnd(parcel.cod_vnd) if parcel.cod_vnd else "Không thu",
        "contents": NOTES[Way(parcel.way)],
        "qr": qr_svg(parcel.item_code or parcel.order_code),
    }
