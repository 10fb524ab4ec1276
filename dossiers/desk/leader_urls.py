"""Paths of the leader."""

from django.urls import path

from .views import leader

app_name = "leader"
urlpatterns = [path("leader/", leader.home, name="home")]
