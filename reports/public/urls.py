"""Paths of figures for everybody."""

from django.urls import path

from ..indicators import views as indicators
from . import views

app_name = "statistics"
urlpatterns = [
    path("statistics/", views.figures, name="figures"),
    path("statistics/export/", views.export, name="export"),
    path("statistics/targets/", views.targets, name="targets"),
    path("statistics/indicators/", indicators.public, name="indicators"),
]
