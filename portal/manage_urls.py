"""Paths of those who run an installation: publishers and administrators, under one name."""

from articles.manage.urls import urlpatterns as articles
from dossiers.manage.urls import urlpatterns as keeping
from offices.urls import urlpatterns as administration
from procedures.manage.urls import urlpatterns as publishing
from reports.targets.urls import urlpatterns as targets

app_name = "manage"
urlpatterns = [*administration, *publishing, *keeping, *targets, *articles]
