"""Paths of the leader."""

from django.urls import path

from .views import delegations, leader

app_name = "leader"
urlpatterns = [
    path("leader/", leader.home, name="home"),
    path("leader/delegations/", delegations.delegations, name="delegations"),
    path("leader/delegations/<int:pk>/end/", delegations.end, name="delegation_end"),
]
