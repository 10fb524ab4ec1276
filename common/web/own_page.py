"""Forms without a token, on pages that are the same for everybody: sent from this site's own pages only."""

from django.http import HttpRequest

from common.values.addresses import split_address


def is_from_own_page(request: HttpRequest) -> bool:
    """Tell whether the browser says that the form stood on this site; browsers send Origin with every POST."""
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return split_address(origin).netloc == request.get_host()
