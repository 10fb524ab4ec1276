"""Paths of leaders: what they sign, their figures and ratings, under one name."""

from dossiers.desk.leader_urls import urlpatterns as signing
from reports.leader.urls import urlpatterns as figures
from reports.ratings.urls import of_leaders as ratings

app_name = "leader"
urlpatterns = [*signing, *figures, *ratings]
