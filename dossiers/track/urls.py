"""The public look-up, without signing in."""

from django.urls import path

from . import views

app_name = "track"

urlpatterns = [
    path("track/", views.find, name="find"),
    path("track/number/", views.by_number, name="by_number"),
    path("track/<str:code>/", views.dossier, name="dossier"),
]
