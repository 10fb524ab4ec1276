"""Paths of the catalogue as everybody sees it."""

from django.urls import path

from ..views import public

app_name = "procedures"
urlpatterns = [
    path("procedures/", public.find, name="find"),
    path("procedures/<str:code>/", public.detail, name="detail"),
    path("procedures/<str:code>/templates/<int:n>/", public.template, name="template"),
]
