"""Paths of leaders: what they sign, and their figures, under one name."""

from dossiers.desk.leader_urls import urlpatterns as signing
from reports.leader.urls import urlpatterns as figures

app_name = "leader"
urlpatterns = [*signing, *figures]
