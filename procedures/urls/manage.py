"""Paths of the publishers of the catalogue."""

from django.urls import path

from ..views import manage_form, manage_list, manage_preview

app_name = "manage"
VERSION = "manage/procedures/<str:code>/v<int:number>/"

urlpatterns = [
    path("manage/procedures/", manage_list.procedure_list, name="procedures"),
    path(f"{VERSION}form/", manage_form.form, name="form"),
    path(f"{VERSION}form/start/", manage_form.form_start, name="form_start"),
    path(f"{VERSION}form/title/", manage_form.form_title, name="form_title"),
    path(f"{VERSION}form/remove/", manage_form.form_remove, name="form_remove"),
    path(f"{VERSION}form/move/", manage_form.form_move, name="form_move"),
    path(f"{VERSION}form/copy/", manage_form.form_copy, name="form_copy"),
    path(f"{VERSION}form/add-section/", manage_form.form_section_add, name="form_section_add"),
    path(f"{VERSION}form/sections/<str:section>/", manage_form.form_section, name="form_section"),
    path(f"{VERSION}form/sections/<str:section>/delete/", manage_form.form_section_delete, name="form_section_delete"),
    path(f"{VERSION}form/sections/<str:section>/add-field/", manage_form.form_field_add, name="form_field_add"),
    path(f"{VERSION}form/fields/<str:field>/", manage_form.form_field, name="form_field"),
    path(f"{VERSION}form/fields/<str:field>/delete/", manage_form.form_field_delete, name="form_field_delete"),
    path(f"{VERSION}form/fields/<str:table>/add-column/", manage_form.form_column_add, name="form_column_add"),
    path(f"{VERSION}form/fields/<str:table>/columns/<str:field>/", manage_form.form_column, name="form_column"),
    path(
        f"{VERSION}form/fields/<str:table>/columns/<str:field>/delete/",
        manage_form.form_column_delete,
        name="form_column_delete",
    ),
    path(f"{VERSION}preview/", manage_preview.preview, name="preview"),
]
