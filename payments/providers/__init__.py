"""Every way of paying, built from settings in one place; another one is a file and an entry here."""

from functools import lru_cache

from django.conf import settings
from django.core.signals import setting_changed
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .base import Capabilities, Provider
from .counter import Counter
from .vietqr import VietQr
from .vnpay import Vnpay
from .vnpost import CODES, VnPost

COUNTER, TRANSFER, VNPAY, VIETQR, VNPOST = "counter", "transfer", "vnpay", "vietqr", "vnpost"


@lru_cache(maxsize=1)
def providers() -> dict[str, Provider]:
    """Return the ways of paying that this installation has, by key."""
    found: list[Provider] = [
        Counter(COUNTER, _("Cash at the desk")),
        Counter(TRANSFER, _("Transfer seen at the desk"), Capabilities(settlement=True)),
    ]
    if settings.VNPAY["base_url"]:
        can = Capabilities(redirect=True, query=True, refund=True, partial_refund=True, settlement=True)
        back = settings.SITE_URL + reverse("payments:vnpay_return")
        found.append(
            Vnpay(VNPAY, _("Online: bank card, account or wallet (VNPAY)"), can, return_url=back, **settings.VNPAY)
        )
    if settings.VIETQR["account"]:
        can = Capabilities(qr=True, settlement=True)
        found.append(VietQr(VIETQR, _("Bank transfer by QR (VietQR)"), can, **settings.VIETQR))
    if settings.VNPOST["base_url"]:
        can = Capabilities(cod=True, query=True, settlement=True)
        codes = CODES | settings.VNPOST_CODES
        found.append(VnPost(VNPOST, _("To the postman who brings the result"), can, codes=codes, **settings.VNPOST))
    return {provider.key: provider for provider in found}


def provider(key: str) -> Provider:
    """Return a way of paying. Raises KeyError for one that this installation does not have."""
    return providers()[key]


def _forget(*, setting: str, **_kwargs: object) -> None:
    """Build anew after a test has changed a setting."""
    if setting in ("VNPAY", "VIETQR", "VNPOST", "VNPOST_CODES", "SITE_URL"):
        providers.cache_clear()


setting_changed.connect(_forget)
