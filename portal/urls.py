"""Root URLs: one list per audience; each names its paths whole."""

from django.urls import URLPattern, URLResolver, include, path

from . import csp_reports, health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("csp-report/", csp_reports.report, name="csp_report"),
    path("", include("portal.pages_urls")),
    path("", include("accounts.urls")),
    path("", include("procedures.public.urls")),
    path("", include("portal.manage_urls")),
    path("", include("dossiers.applicant.urls")),
    path("", include("dossiers.track.urls")),
    # Before the desk's own: one more word behind a dossier's code is the name of an action there.
    path("", include("payments.desk.urls")),
    path("", include("dossiers.desk.urls")),
    path("", include("portal.leader_urls")),
    path("", include("payments.public.urls")),
    path("", include("payments.applicant.urls")),
    path("", include("payments.post.urls")),
    path("", include("payments.audit.urls")),
    path("", include("reports.public.urls")),
    path("", include("reports.feedback.urls")),
    path("", include("reports.ratings.urls")),
    path("", include("articles.public.urls")),
]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
