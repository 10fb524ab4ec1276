"""Root URLs: one list per audience; each names its paths whole."""

from django.urls import URLPattern, URLResolver, include, path

from . import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("portal.pages_urls")),
    path("", include("accounts.urls")),
    path("", include("offices.urls")),
    path("", include("procedures.public.urls")),
    path("", include("procedures.manage.urls")),
    path("", include("dossiers.urls.my")),
    path("", include("dossiers.urls.track")),
    path("", include("dossiers.urls.desk")),
    path("", include("dossiers.urls.leader")),
]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
