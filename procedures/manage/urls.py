"""Paths of the publishers of the catalogue."""

from django.urls import path

from .guiding import signposts, steps
from .views import (
    checks,
    compare,
    exchange,
    form,
    lists,
    names,
    preview,
    procedure,
    questions,
    review,
    rows,
    version,
)

VERSION = "manage/procedures/<str:code>/v<int:number>/"

PROCEDURE = "manage/procedures/<str:code>/"
ROW_SECTIONS = ("papers", "fees", "workflow")

urlpatterns = [
    path("manage/", lists.home, name="home"),
    path("manage/export/", exchange.export, name="export"),
    path("manage/import/", exchange.import_file, name="import"),
    path("manage/import/report/", exchange.import_report, name="import_report"),
    path("manage/import/confirm/", exchange.import_confirm, name="import_confirm"),
    path("manage/procedures/<str:code>/export/", exchange.export_one, name="export_one"),
    path(f"{VERSION}compare/", compare.compare_versions, name="compare"),
    path("manage/procedures/", lists.procedure_list, name="procedures"),
    path("manage/procedures/new/", lists.new, name="new"),
    path("manage/procedures/publish/", lists.bulk_confirm, name="bulk_confirm"),
    path("manage/procedures/publish/all/", lists.bulk_publish, name="bulk_publish"),
    path(PROCEDURE, procedure.procedure, name="procedure"),
    path(f"{PROCEDURE}edit/", procedure.edit, name="procedure_edit"),
    path(f"{PROCEDURE}draft/", procedure.draft, name="draft"),
    path(f"{PROCEDURE}duplicate/", procedure.duplicate, name="duplicate"),
    path(f"{PROCEDURE}retire/", procedure.retire, name="retire"),
    path(f"{PROCEDURE}proposals/<int:pk>/confirm/", procedure.proposal, {"answer": "confirm"}, name="proposal_confirm"),
    path(f"{PROCEDURE}proposals/<int:pk>/decline/", procedure.proposal, {"answer": "decline"}, name="proposal_decline"),
    path(f"{PROCEDURE}offerings/<slug:slug>/", procedure.offering, name="offering"),
    path(f"{PROCEDURE}offerings/<slug:slug>/end/", procedure.offering_end, name="offering_end"),
    path(VERSION, version.overview, name="version"),
    path(f"{VERSION}info/", version.info, name="info"),
    path(f"{VERSION}documents/", version.documents, name="documents"),
    path(f"{VERSION}check/", version.check, name="check"),
    path(f"{VERSION}marks/", version.marks, name="marks"),
    path(f"{VERSION}review/", review.review, name="review"),
    path(f"{VERSION}take-back/", review.take_back, name="take_back"),
    path(f"{VERSION}send-back/", review.send_back, name="send_back"),
    path(f"{VERSION}publish/", review.publish, name="publish"),
    path(f"{VERSION}discard/", review.discard, name="discard"),
    path(f"{VERSION}papers/<int:n>/template/", rows.paper_template, name="paper_template"),
    path(f"{VERSION}form/", form.form, name="form"),
    path(f"{VERSION}form/start/", form.form_start, name="form_start"),
    path(f"{VERSION}form/title/", form.form_title, name="form_title"),
    path(f"{VERSION}form/remove/", form.form_remove, name="form_remove"),
    path(f"{VERSION}form/move/", form.form_move, name="form_move"),
    path(f"{VERSION}form/copy/", questions.form_copy, name="form_copy"),
    path(f"{VERSION}form/add-section/", form.form_section, name="form_section_add"),
    path(f"{VERSION}form/sections/<str:section>/", form.form_section, name="form_section"),
    path(f"{VERSION}form/sections/<str:section>/delete/", form.form_section_delete, name="form_section_delete"),
    path(f"{VERSION}form/sections/<str:section>/add-field/", questions.form_field_add, name="form_field_add"),
    path(f"{VERSION}form/fields/<str:field>/", questions.form_field, name="form_field"),
    path(f"{VERSION}form/fields/<str:field>/delete/", questions.form_field_delete, name="form_field_delete"),
    path(f"{VERSION}form/fields/<str:field>/type/", questions.form_field_type, name="form_field_type"),
    path(f"{VERSION}form/fields/<str:table>/add-column/", questions.form_field_add, name="form_column_add"),
    path(f"{VERSION}form/fields/<str:table>/columns/<str:field>/", questions.form_field, name="form_column"),
    path(
        f"{VERSION}form/fields/<str:table>/columns/<str:field>/type/",
        questions.form_field_type,
        name="form_column_type",
    ),
    path(
        f"{VERSION}form/fields/<str:table>/columns/<str:field>/delete/",
        questions.form_field_delete,
        name="form_column_delete",
    ),
    path(f"{VERSION}form/checks/add/", checks.check_add, name="form_check_add"),
    path(f"{VERSION}form/checks/<str:check>/", checks.check_edit, name="form_check"),
    path(f"{VERSION}form/checks/<str:check>/delete/", checks.check_delete, name="form_check_delete"),
    path(f"{VERSION}preview/", preview.preview, name="preview"),
]
for _kind, _path, _one in (("life_events", "life-events", "life_event"), ("sectors", "sectors", "sector")):
    _which, _whole = {"kind": _kind}, f"manage/{_path}/"
    urlpatterns += [
        path(_whole, names.name_list, _which, name=_kind),
        path(f"{_whole}<slug:code>/", names.name_edit, _which, name=_one),
        path(f"{_whole}<slug:code>/remove/", names.name_remove, _which, name=f"{_one}_remove"),
    ]
urlpatterns.append(
    path(
        "manage/life-events/<slug:code>/move/",
        names.name_move,
        {"kind": "life_events"},
        name="life_event_move",
    )
)
EVENT = "manage/life-events/<slug:code>/"
SIGNPOST = "manage/signposts/<slug:code>/"
urlpatterns += [
    path(f"{EVENT}steps/", steps.step_list, name="steps"),
    path(f"{EVENT}steps/new/", steps.step_new, name="step_new"),
    path(f"{EVENT}steps/<int:pk>/", steps.step_edit, name="step"),
    path(f"{EVENT}steps/<int:pk>/move/", steps.step_move, name="step_move"),
    path(f"{EVENT}steps/<int:pk>/remove/", steps.step_remove, name="step_remove"),
    path("manage/signposts/", signposts.signpost_list, name="signposts"),
    path("manage/signposts/new/", signposts.signpost_new, name="signpost_new"),
    path(SIGNPOST, signposts.signpost_edit, name="signpost"),
    path(f"{SIGNPOST}show/", signposts.signpost_show, name="signpost_show"),
]
for _section in ROW_SECTIONS:
    _which, _whole = {"section": _section}, f"{VERSION}{_section}/"
    urlpatterns += [
        path(_whole, rows.row_list, _which, name=_section),
        path(f"{_whole}new/", rows.row_new, _which, name=f"{_section}_new"),
        path(f"{_whole}<int:n>/", rows.row_edit, _which, name=f"{_section}_edit"),
        path(f"{_whole}<int:n>/move/", rows.row_move, _which, name=f"{_section}_move"),
        path(f"{_whole}<int:n>/delete/", rows.row_delete, _which, name=f"{_section}_delete"),
    ]
