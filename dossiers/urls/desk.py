"""Paths of the desk; an action's segment is its name in kebab case."""

from django.urls import path

from ..views import desk, desk_actions, desk_dossier, desk_prepared

app_name = "desk"
DOSSIER = "desk/dossiers/<str:code>/"

urlpatterns = [
    path("desk/", desk.home, name="home"),
    path("desk/dossiers/", desk.dossier_list, name="list"),
    path("desk/search/", desk.search, name="search"),
    path("desk/results/", desk.results, name="results"),
    path("desk/prepared/", desk_prepared.find, name="prepared"),
    path("desk/prepared/<int:pk>/", desk_prepared.show, name="prepared_form"),
    path("desk/prepared/<int:pk>/take-in/", desk_prepared.take_in, name="prepared_take_in"),
    path("desk/messages/", desk.messages_failed, name="messages_failed"),
    path("desk/messages/<int:pk>/called/", desk.message_called, name="message_called"),
    path("desk/shortcuts/", desk.shortcuts, name="shortcuts"),
    path("desk/print/<slug:kind>/<str:code>/", desk_dossier.print_slip, name="print"),
    path(DOSSIER, desk_dossier.dossier, name="dossier"),
    path(f"{DOSSIER}declaration/", desk_dossier.declaration, name="declaration"),
    path(f"{DOSSIER}history/", desk_dossier.history, name="history"),
    path(f"{DOSSIER}number/", desk_dossier.unmask, name="unmask"),
    path(f"{DOSSIER}papers/<str:paper_ref>/file/", desk_dossier.paper_file, name="paper_file"),
    path(f"{DOSSIER}slips/<int:pk>/", desk_dossier.slip_pdf, name="slip_pdf"),
    path(f"{DOSSIER}result/", desk_dossier.result_print, name="result_print"),
    path(f"{DOSSIER}result/file/", desk_dossier.result_file, name="result_file"),
    path(f"{DOSSIER}receive/", desk_actions.receive, name="receive"),
    path(f"{DOSSIER}refuse/", desk_actions.refuse, name="refuse"),
    path(f"{DOSSIER}supplement/", desk_actions.supplement, name="supplement"),
    path(f"{DOSSIER}supplement-received/", desk_actions.supplement_received, name="supplement_received"),
    path(f"{DOSSIER}forward/", desk_actions.forward, name="forward"),
    path(f"{DOSSIER}claim/", desk_actions.claim, name="claim"),
    path(f"{DOSSIER}draft/", desk_actions.propose, name="propose"),
    path(f"{DOSSIER}return-result/", desk_actions.return_result, name="return_result"),
    path(f"{DOSSIER}extend/", desk_actions.extend, name="extend"),
    path(f"{DOSSIER}decline-withdrawal/", desk_actions.decline_withdrawal, name="decline_withdrawal"),
    path(f"{DOSSIER}stop/", desk_actions.stop, name="stop"),
]
