"""Paths of feedback: for everybody, for who gave it, and for the desk."""

from django.urls import path

from .desk import views as desk
from .public import views

app_name = "feedback"
CASE = "feedback/<str:code>/"
DESK = "desk/feedback/<str:code>/"

urlpatterns = [
    path("feedback/", views.give, name="give"),
    path("feedback/published/", views.published, name="published"),
    path("feedback/track/", views.track, name="track"),
    path(CASE, views.case, name="case"),
    path(f"{CASE}details/", views.details, name="details"),
    path(f"{CASE}files/<str:ref>/", views.file, name="file"),
    path("desk/feedback/", desk.feedback_list, name="list"),
    path(DESK, desk.case, name="desk"),
    path(f"{DESK}files/<str:ref>/", desk.file, name="desk_file"),
    path(f"{DESK}<slug:segment>/", desk.act, name="act"),
]
