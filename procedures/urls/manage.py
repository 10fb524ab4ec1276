"""Paths of the publishers of the catalogue."""

from django.urls import path

from ..views import (
    manage_compare,
    manage_exchange,
    manage_form,
    manage_list,
    manage_names,
    manage_preview,
    manage_procedure,
    manage_retype,
    manage_review,
    manage_rows,
    manage_version,
)

app_name = "manage"
VERSION = "manage/procedures/<str:code>/v<int:number>/"

PROCEDURE = "manage/procedures/<str:code>/"
ROW_SECTIONS = ("papers", "fees", "workflow")

urlpatterns = [
    path("manage/", manage_list.home, name="home"),
    path("manage/export/", manage_exchange.export, name="export"),
    path("manage/import/", manage_exchange.import_file, name="import"),
    path("manage/import/report/", manage_exchange.import_report, name="import_report"),
    path("manage/import/confirm/", manage_exchange.import_confirm, name="import_confirm"),
    path("manage/procedures/<str:code>/export/", manage_exchange.export_one, name="export_one"),
    path(f"{VERSION}compare/", manage_compare.compare_versions, name="compare"),
    path("manage/procedures/", manage_list.procedure_list, name="procedures"),
    path("manage/procedures/new/", manage_list.new, name="new"),
    path("manage/procedures/publish/", manage_list.bulk_confirm, name="bulk_confirm"),
    path("manage/procedures/publish/all/", manage_list.bulk_publish, name="bulk_publish"),
    path(PROCEDURE, manage_procedure.procedure, name="procedure"),
    path(f"{PROCEDURE}edit/", manage_procedure.edit, name="procedure_edit"),
    path(f"{PROCEDURE}draft/", manage_procedure.draft, name="draft"),
    path(f"{PROCEDURE}duplicate/", manage_procedure.duplicate, name="duplicate"),
    path(f"{PROCEDURE}retire/", manage_procedure.retire, name="retire"),
    path(f"{PROCEDURE}offerings/<slug:slug>/", manage_procedure.offering, name="offering"),
    path(f"{PROCEDURE}offerings/<slug:slug>/end/", manage_procedure.offering_end, name="offering_end"),
    path(VERSION, manage_version.overview, name="version"),
    path(f"{VERSION}info/", manage_version.info, name="info"),
    path(f"{VERSION}documents/", manage_version.documents, name="documents"),
    path(f"{VERSION}check/", manage_version.check, name="check"),
    path(f"{VERSION}review/", manage_review.review, name="review"),
    path(f"{VERSION}take-back/", manage_review.take_back, name="take_back"),
    path(f"{VERSION}send-back/", manage_review.send_back, name="send_back"),
    path(f"{VERSION}publish/", manage_review.publish, name="publish"),
    path(f"{VERSION}discard/", manage_review.discard, name="discard"),
    path(f"{VERSION}papers/<int:n>/template/", manage_rows.paper_template, name="paper_template"),
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
    path(f"{VERSION}form/fields/<str:field>/type/", manage_retype.form_field_type, name="form_field_type"),
    path(f"{VERSION}form/fields/<str:table>/add-column/", manage_form.form_column_add, name="form_column_add"),
    path(f"{VERSION}form/fields/<str:table>/columns/<str:field>/", manage_form.form_column, name="form_column"),
    path(
        f"{VERSION}form/fields/<str:table>/columns/<str:field>/type/",
        manage_retype.form_column_type,
        name="form_column_type",
    ),
    path(
        f"{VERSION}form/fields/<str:table>/columns/<str:field>/delete/",
        manage_form.form_column_delete,
        name="form_column_delete",
    ),
    path(f"{VERSION}preview/", manage_preview.preview, name="preview"),
]
for _kind, _path, _one in (("life_events", "life-events", "life_event"), ("sectors", "sectors", "sector")):
    _which, _whole = {"kind": _kind}, f"manage/{_path}/"
    urlpatterns += [
        path(_whole, manage_names.name_list, _which, name=_kind),
        path(f"{_whole}<slug:code>/", manage_names.name_edit, _which, name=_one),
        path(f"{_whole}<slug:code>/remove/", manage_names.name_remove, _which, name=f"{_one}_remove"),
    ]
urlpatterns.append(
    path(
        "manage/life-events/<slug:code>/move/",
        manage_names.name_move,
        {"kind": "life_events"},
        name="life_event_move",
    )
)
for _section in ROW_SECTIONS:
    _which, _whole = {"section": _section}, f"{VERSION}{_section}/"
    urlpatterns += [
        path(_whole, manage_rows.row_list, _which, name=_section),
        path(f"{_whole}new/", manage_rows.row_new, _which, name=f"{_section}_new"),
        path(f"{_whole}<int:n>/", manage_rows.row_edit, _which, name=f"{_section}_edit"),
        path(f"{_whole}<int:n>/move/", manage_rows.row_move, _which, name=f"{_section}_move"),
        path(f"{_whole}<int:n>/delete/", manage_rows.row_delete, _which, name=f"{_section}_delete"),
    ]
