"""Paths of the administrators' targets; portal/manage_urls.py joins them to the other screens of management."""

from django.urls import path

from . import views

urlpatterns = [
    path("manage/targets/", views.targets, name="targets"),
    path("manage/targets/add/", views.add, name="target_add"),
    path("manage/targets/<int:pk>/", views.change, name="target_change"),
    path("manage/targets/<int:pk>/remove/", views.remove, name="target_remove"),
]
