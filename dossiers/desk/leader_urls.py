"""Paths of the leader."""

from django.urls import path

from .views import leader

app_name = "leader"
DOSSIER = "leader/dossiers/<str:code>/"

urlpatterns = [
    path("leader/", leader.home, name="home"),
    path(DOSSIER, leader.dossier, name="dossier"),
    path(f"{DOSSIER}approve/", leader.approve, name="approve"),
    path(f"{DOSSIER}send-back/", leader.send_back, name="send_back"),
]
