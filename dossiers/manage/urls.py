"""Paths of what administrators and leaders keep for the desk."""

from django.urls import path

from . import views

urlpatterns = [path("manage/units/<slug:slug>/reasons/", views.unit_reasons, name="unit_reasons")]
