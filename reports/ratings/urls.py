"""Paths of rating for everybody; ``of_leaders`` are joined to the leaders' other pages."""

from django.urls import path

from . import leader_views, views

app_name = "rating"
urlpatterns = [
    path("ratings/", views.ratings, name="ratings"),
    path("rate/", views.find, name="find"),
    path("rate/sign/", views.sign, name="sign"),
    path("rate/<str:token>/", views.rate, name="rate"),
]
of_leaders = [
    path("leader/ratings/", leader_views.ratings, name="ratings"),
    path("leader/ratings/<int:pk>/note/", leader_views.note, name="rating_note"),
    path("leader/ratings/<int:pk>/comment/", leader_views.comment, name="rating_comment"),
]
