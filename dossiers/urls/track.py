"""The public look-up, without signing in."""

from django.urls import path

from ..views import track

app_name = "track"

urlpatterns = [
    path("track/", track.find, name="find"),
    path("track/number/", track.by_number, name="by_number"),
    path("track/<str:code>/", track.dossier, name="dossier"),
]
