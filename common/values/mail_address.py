"""E-mail addresses as mail servers take them."""

import re

from django.utils.encoding import punycode

_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}", re.ASCII)
_DOMAIN = re.compile(r"[\w.:\[\]-]{1,255}", re.ASCII)


def ascii_address(address: str) -> str:
    """Return an address with its domain in ASCII: ``an@ví-dụ.vn`` → ``an@xn--v-d-rma6749a.vn``.

    Raises ValueError for what no mail server takes: no domain, a domain without such a form (IDNA), letters with
    accents before the @, spaces, characters that cannot be seen.
    """
    local, _, domain = address.rpartition("@")
    # UnicodeError is a ValueError.
    domain = punycode(domain)
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise ValueError("Not an address that mail can be sent to.")
    return f"{local}@{domain}"
