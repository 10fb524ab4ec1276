"""Paths of the catalogue."""

from django.urls import path

from . import views

app_name = "procedures"
urlpatterns = [
    path("procedures/", views.find, name="find"),
    path("procedures/<str:code>/", views.detail, name="detail"),
    path("procedures/<str:code>/templates/<int:n>/", views.template, name="template"),
]
