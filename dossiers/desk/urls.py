"""Paths of the desk; an action's segment is its name in kebab case."""

from django.urls import path

from .national import views as national
from .views import act, attest, books, dossier, intake, lists, talk

app_name = "desk"
DOSSIER = "desk/dossiers/<str:code>/"
BOOK = "desk/books/<slug:slug>/<slug:book>/"

urlpatterns = [
    path("desk/", lists.home, name="home"),
    path("desk/dossiers/", lists.dossier_list, name="list"),
    path("desk/search/", lists.search, name="search"),
    path("desk/results/", lists.results, name="results"),
    path("desk/counter/new/", intake.start, name="counter"),
    path("desk/counter/new/<str:code>/", intake.procedure, name="counter_procedure"),
    path("desk/counter/declarations/<int:pk>/", intake.declaration, name="counter_declaration"),
    path("desk/national/", national.national, name="national"),
    path("desk/national/template/", national.template, name="national_template"),
    path("desk/national/confirm/", national.confirm, name="national_confirm"),
    path("desk/national/export/", national.export, name="national_export"),
    path("desk/attest/", attest.attest, name="attest"),
    path("desk/books/", books.books, name="books"),
    path(f"{BOOK}begin/", books.begin, name="book_begin"),
    path(f"{BOOK}<int:year>/", books.book, name="book"),
    path(f"{BOOK}<int:year>/export/", books.export, name="book_export"),
    path("desk/messages/", lists.messages_failed, name="messages_failed"),
    path("desk/messages/<int:pk>/called/", lists.message_called, name="message_called"),
    path("desk/calls/<int:pk>/called/", talk.called, name="called"),
    path("desk/shortcuts/", lists.shortcuts, name="shortcuts"),
    path("desk/print/<slug:kind>/<str:code>/", dossier.print_slip, name="print"),
    path(DOSSIER, dossier.dossier, name="dossier"),
    path(f"{DOSSIER}declaration/", dossier.declaration, name="declaration"),
    path(f"{DOSSIER}history/", dossier.history, name="history"),
    path(f"{DOSSIER}deadline/", dossier.deadline, name="deadline"),
    path(f"{DOSSIER}number/", dossier.unmask, name="unmask"),
    path(f"{DOSSIER}papers/<str:paper_ref>/file/", dossier.paper_file, name="paper_file"),
    path(f"{DOSSIER}papers/<str:paper_ref>/preview/", dossier.paper_preview, name="paper_preview"),
    path(f"{DOSSIER}notices/<int:pk>/", dossier.notice, name="notice"),
    path(f"{DOSSIER}slips/<int:pk>/", dossier.slip_pdf, name="slip_pdf"),
    path(f"{DOSSIER}result/", dossier.result_print, name="result_print"),
    path(f"{DOSSIER}result/file/", dossier.result_file, name="result_file"),
    path(f"{DOSSIER}talk/", talk.talk, name="talk"),
    path(f"{DOSSIER}talk/read/", talk.talk_read, name="talk_read"),
    path(f"{DOSSIER}talk/<str:file_ref>/file/", talk.talk_file, name="talk_file"),
    path(f"{DOSSIER}take/", act.take, name="take"),
    path(f"{DOSSIER}<slug:segment>/", act.act, name="act"),
]
