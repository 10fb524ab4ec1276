"""Paths of the administrators of an installation."""

from django.urls import path

from .views import people

app_name = "administer"

urlpatterns = [
    path("manage/people/", people.people, name="people"),
]
