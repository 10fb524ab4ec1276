"""Root URLs: one include per audience; each list names its paths whole.

The modules are looked up while the house is being built, so that a list hangs in as soon as it exists.
"""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from . import health

LISTS = (
    "accounts.urls",
    "procedures.urls",
    "dossiers.urls.my",
    "dossiers.urls.track",
    "dossiers.urls.desk",
    "dossiers.urls.leader",
    "notifications.urls",
    "portal.pages_urls",
)


def exists(module: str) -> bool:
    package = module.rpartition(".")[0]
    return find_spec(package) is not None and find_spec(module) is not None


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *(path("", include(module)) for module in LISTS if exists(module)),
]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
