"""What a person owes, paid and got back, and the parcels of their dossiers, in the copy of their data."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.hooks import Part, Sheet
from accounts.models import User
from common.templatetags.ui import vi_datetime
from common.values.divisions import address_text
from common.values.money import format_vnd

from .models import Charge, ExemptionClaim, Parcel, Receipt, RefundLine


def money_of(user: User) -> Part:
    """Return charges, claims, receipts, repayments and parcels of a person's dossiers. Six queries."""
    charges = Charge.objects.for_owner(user).select_related("dossier").prefetch_related("lines").order_by("pk")
    data = {
        "charges": [_charge(charge) for charge in charges],
        "exemptions_claimed": _rows(
            ExemptionClaim.objects.filter(dossier__owner=user),
            reference=F("dossier__ref"),
            who=F("exemption__who"),
            at=F("claimed_at"),
            is_granted=F("granted"),
            why=F("reason"),
        ),
        "receipts": [_receipt(one) for one in Receipt.objects.for_owner(user).select_related("series").order_by("pk")],
        "repayments": _rows(
            RefundLine.objects.filter(charge__dossier__owner=user),
            reference=F("charge__dossier__ref"),
            vnd=F("amount_vnd"),
            status=F("refund__status"),
            at=F("refund__requested_at"),
        ),
        "parcels": [_parcel(one) for one in Parcel.objects.filter(dossier__owner=user).select_related("dossier")],
    }
    rows = [(_charge_title(charge), str(charge.get_status_display())) for charge in charges]
    return Part("money", data, [Sheet(_("Fees"), rows)] if rows else [])


def _rows(found: Any, **columns: F) -> list[dict[str, Any]]:
    rows = found.order_by("pk").values(**columns)
    return [row | {"at": row["at"].isoformat()} for row in rows]


def _charge_title(charge: Charge) -> str:
    return f"{charge.dossier.code} – {format_vnd(charge.amount_vnd)}, {vi_datetime(charge.assessed_at)}"


def _charge(charge: Charge) -> dict[str, Any]:
    return {
        "reference": charge.dossier.ref,
        "at": charge.assessed_at.isoformat(),
        "status": charge.status,
        "amount_vnd": charge.amount_vnd,
        "paid_vnd": charge.paid_vnd,
        "refunded_vnd": charge.refunded_vnd,
        "payer": {"name": charge.payer_name, "address": charge.payer_address},
        "lines": [[line.name, line.quantity, line.amount_vnd] for line in charge.lines.all()],
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "number": str(receipt),
        "amount_vnd": receipt.amount_vnd,
        "at": receipt.issued_at.isoformat(),
        "payer": {"name": receipt.payer_name, "address": receipt.payer_address},
        "cancelled_at": receipt.cancelled_at.isoformat() if receipt.cancelled_at else "",
    }


def _parcel(parcel: Parcel) -> dict[str, Any]:
    return {
        "reference": parcel.dossier.ref,
        "way": parcel.way,
        "status": parcel.status,
        "item": parcel.item_code,
        "name": parcel.address.get("name", ""),
        "address": address_text(parcel.address.get("address")),
        "at": parcel.ordered_at.isoformat(),
    }
