"""Every way of paying, built from settings in one place; another one is a file and an entry here."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .base import Capabilities, Provider
from .carrier import Carrier
from .counter import Counter, SeenTransfer
from .vietqr import VietQr
from .vnpay import Vnpay
from .vnpost import CODES, VnPost

COUNTER, TRANSFER, VNPAY, VIETQR, VNPOST = "counter", "transfer", "vnpay", "vietqr", "vnpost"


def providers() -> dict[str, Provider]:
    """Return the ways of paying that this installation has, by key."""
    found: list[Provider] = [
        Counter(COUNTER, _("Cash at the desk")),
        SeenTransfer(TRANSFER, _("Transfer seen at the desk")),
    ]
    if settings.VNPAY["base_url"]:
        can = Capabilities(
            redirect=True, query=True, refund=True, partial_refund=True, settlement=True, file_after_days=2
        )
        back = settings.SITE_URL + reverse("payments:vnpay_return")
        found.append(
            Vnpay(VNPAY, _("Online: bank card, account or wallet (VNPAY)"), can, return_url=back, **settings.VNPAY)
        )
    if settings.VIETQR["account"]:
        can = Capabilities(qr=True, settlement=True, file_after_days=2)
        found.append(VietQr(VIETQR, _("Bank transfer by QR (VietQR)"), can, **settings.VIETQR))
    if settings.VNPOST["base_url"]:
        can = Capabilities(cod=True, query=True, settlement=True)
        codes = CODES | settings.VNPOST_CODES
        found.append(VnPost(VNPOST, _("To the postman who brings the result"), can, codes=codes, **settings.VNPOST))
    return {provider.key: provider for provider in found}


def provider(key: str) -> Provider:
    """Return a way of paying. Raises KeyError for one that this installation does not have."""
    return providers()[key]


def carriers() -> list[Carrier]:
    """Return who carries parcels for this installation; the first one gets the orders."""
    return [found for found in providers().values() if isinstance(found, Carrier)]
