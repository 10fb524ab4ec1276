"""The applicant's addresses: starting, filling in, following and ending one's own dossiers."""

from django.urls import path

from ..views import citizen, citizen_draft, citizen_open

app_name = "my"
DOSSIER = "my/dossiers/<str:ref>/"

urlpatterns = [
    path("procedures/<str:code>/apply/", citizen.apply, name="apply"),
    path("my/dossiers/", citizen.dossiers, name="dossiers"),
    path(DOSSIER, citizen.dossier, name="dossier"),
    path(DOSSIER + "steps/<str:section>/", citizen_draft.step, name="step"),
    path(DOSSIER + "papers/", citizen_draft.papers, name="papers"),
    path(DOSSIER + "papers/<str:key>/upload/", citizen_draft.paper_upload, name="paper_upload"),
    path(DOSSIER + "papers/<str:key>/promise/", citizen_draft.paper_promise, name="paper_promise"),
    path(DOSSIER + "papers/<str:paper_ref>/remove/", citizen_draft.paper_remove, name="paper_remove"),
    path(DOSSIER + "papers/<str:paper_ref>/file/", citizen_open.paper_file, name="paper_file"),
    path(DOSSIER + "delivery/", citizen_draft.delivery, name="delivery"),
    path(DOSSIER + "review/", citizen_draft.review, name="review"),
    path(DOSSIER + "submit/", citizen_draft.submit, name="submit"),
    path(DOSSIER + "submitted/", citizen_open.submitted, name="submitted"),
    path(DOSSIER + "renew/", citizen_draft.renew, name="renew"),
    path(DOSSIER + "discard/", citizen_draft.discard, name="discard"),
    path(DOSSIER + "declaration/", citizen_open.declaration, name="declaration"),
    path(DOSSIER + "slips/<int:pk>/", citizen_open.slip, name="slip"),
    path(DOSSIER + "supplement/", citizen_open.supplement, name="supplement"),
    path(DOSSIER + "withdraw/", citizen_open.withdraw, name="withdraw"),
    path(DOSSIER + "copy/", citizen_open.copy, name="copy"),
    path(DOSSIER + "result/", citizen_open.result, name="result"),
    path(DOSSIER + "result/file/", citizen_open.result_file, name="result_file"),
]
