"""The applicant's addresses: starting, filling in, following and ending one's own dossiers."""

from django.urls import path

from .views import authority, correction, draft, linking, sheets, start, submitted, talk

app_name = "applicant"
DOSSIER = "my/dossiers/<str:ref>/"

urlpatterns = [
    path("procedures/<str:code>/apply/", start.apply, name="apply"),
    path("my/dossiers/", start.dossiers, name="dossiers"),
    path("my/link/", linking.link, name="link"),
    path(DOSSIER, start.dossier, name="dossier"),
    path(DOSSIER + "sections/<str:section>/", draft.section, name="section"),
    path(DOSSIER + "authority/", authority.authority, name="authority"),
    path(DOSSIER + "papers/", draft.papers, name="papers"),
    path(DOSSIER + "papers/<str:key>/upload/", draft.paper_upload, name="paper_upload"),
    path(DOSSIER + "papers/<str:key>/promise/", draft.paper_promise, name="paper_promise"),
    path(DOSSIER + "papers/<str:paper_ref>/remove/", draft.paper_remove, name="paper_remove"),
    path(DOSSIER + "papers/<str:paper_ref>/turn/", sheets.paper_turn, name="paper_turn"),
    path(DOSSIER + "papers/<str:paper_ref>/move-up/", sheets.paper_move_up, name="paper_move_up"),
    path(DOSSIER + "papers/<str:key>/again/<str:paper_ref>/", sheets.paper_again, name="paper_again"),
    path(DOSSIER + "papers/<str:paper_ref>/file/", submitted.paper_file, name="paper_file"),
    path(DOSSIER + "papers/<str:paper_ref>/preview/", submitted.paper_preview, name="paper_preview"),
    path(DOSSIER + "delivery/", draft.delivery, name="delivery"),
    path(DOSSIER + "review/", draft.review, name="review"),
    path(DOSSIER + "submit/", draft.submit, name="submit"),
    path(DOSSIER + "submitted/", submitted.submitted, name="submitted"),
    path(DOSSIER + "remember/", submitted.remember, name="remember"),
    path(DOSSIER + "renew/", draft.renew, name="renew"),
    path(DOSSIER + "discard/", draft.discard, name="discard"),
    path(DOSSIER + "calendar/", submitted.calendar, name="calendar"),
    path(DOSSIER + "calendar/signing/", submitted.signing_calendar, name="signing_calendar"),
    path(DOSSIER + "declaration/", submitted.declaration, name="declaration"),
    path(DOSSIER + "slips/<int:pk>/", submitted.slip, name="slip"),
    path(DOSSIER + "supplement/", submitted.supplement, name="supplement"),
    path(DOSSIER + "correction/", correction.correction, name="correction"),
    path(DOSSIER + "correction/answers/", correction.answers, name="correction_answers"),
    path(DOSSIER + "withdraw/", submitted.withdraw, name="withdraw"),
    path(DOSSIER + "copy/", submitted.copy, name="copy"),
    path(DOSSIER + "talk/", talk.talk, name="talk"),
    path(DOSSIER + "talk/<str:file_ref>/file/", talk.talk_file, name="talk_file"),
    path(DOSSIER + "call/", talk.call, name="call"),
    path(DOSSIER + "result/", submitted.result, name="result"),
    path(DOSSIER + "result/file/", submitted.result_file, name="result_file"),
]
