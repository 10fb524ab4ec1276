"""Paths of the publishers of the catalogue."""

from django.urls import path

from ..views import manage_list

app_name = "manage"
VERSION = "manage/procedures/<str:code>/v<int:number>/"

urlpatterns = [
    path("manage/procedures/", manage_list.procedure_list, name="procedures"),
]
