"""Paths of the leaders' figures; portal/leader_urls.py joins them to the leaders' other pages."""

from django.urls import path

from ..indicators import views as indicators
from . import views

urlpatterns = [
    path("leader/overview/", views.overview_page, name="overview"),
    path("leader/late/", views.late_list, name="late"),
    path("leader/late/export/", views.late_export, name="late_export"),
    path("leader/statistics/", views.figures, name="figures"),
    path("leader/statistics/export/", views.figures_export, name="figures_export"),
    path("leader/indicators/", indicators.exact, name="indicators"),
    path("leader/indicators/<slug:key>/", indicators.behind, name="indicator"),
]
