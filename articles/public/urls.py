"""Paths of notices, guides and of the question whether a page was of use."""

from django.urls import path

from . import views

app_name = "articles"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("guides/", views.guides, name="guides"),
    path("guides/<slug:ref>/", views.guide, name="guide"),
    path("useful/<slug:kind>/<str:ref>/", views.useful, name="useful"),
    path("useful/<slug:kind>/<str:ref>/thanks/", views.thanks, name="thanks"),
]
