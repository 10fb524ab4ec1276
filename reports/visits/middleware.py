"""Middleware that counts visits, those that a cache answers too."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common import clock
from common.web.limits import client_ip

from .counting import tally

# What names itself a machine, or says nothing of itself.
MACHINE = re.compile(r"bot|crawl|spider|slurp|preview|monitor|curl|wget|python|httpclient|headless|^$", re.IGNORECASE)
# Work of officers, and what no person opens.
NOT_VISITED = re.compile(r"/(healthz|readyz|csp-report|static|desk|manage|leader|audit|robots\.txt|sitemap[-.\d]*xml)")
OPENED = (200, 304)


class Visits:
    """Counts each page that a person opens: an HTML answer to GET, also one that the browser still had."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_visit(request, response):
            agent = request.headers.get("User-Agent", "")
            tally.count(f"{client_ip(request)}\0{agent}", clock.now())
        return response


def is_visit(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether an answer is a page that a person opened."""
    if request.method != "GET" or response.status_code not in OPENED or NOT_VISITED.match(request.path):
        return False
    if response.status_code == 200 and not response.get("Content-Type", "").startswith("text/html"):
        return False
    is_ahead = "prefetch" in (request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", ""))
    return not is_ahead and MACHINE.search(request.headers.get("User-Agent", "")) is None
