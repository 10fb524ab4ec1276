"""Paths of those who write notices; portal/manage_urls.py joins them to the other screens of management."""

from django.urls import path

from . import views

urlpatterns = [
    path("manage/notices/", views.notices, name="notices"),
    path("manage/notices/add/", views.add, name="notice_add"),
    path("manage/notices/<int:pk>/", views.change, name="notice"),
    path("manage/notices/<int:pk>/show/", views.show, name="notice_show"),
    path("manage/useful/", views.useful, name="useful"),
]
