"""Payers' pages: what is owed, the ways to pay, how a payment stands, receipts; and what a draft claims."""

from django.urls import path

from . import draft_views, views

app_name = "paying"
DOSSIER = "my/dossiers/<str:ref>/"

urlpatterns = [
    path(DOSSIER + "fee/", draft_views.fee, name="fee"),
    path(DOSSIER + "fee/proofs/<str:paper_ref>/remove/", draft_views.proof_remove, name="proof_remove"),
    path(DOSSIER + "pay/", views.pay, name="pay"),
    path(DOSSIER + "pay/no-postman/", views.no_postman, name="no_postman"),
    path(DOSSIER + "receipts/<int:pk>/", views.receipt, name="receipt"),
    path("my/payments/", views.owed, name="owed"),
    path("my/payments/together/", views.pay_together, name="together"),
    path("my/payments/<str:ref>/", views.attempt, name="attempt"),
    path("my/payments/<str:ref>/check/", views.check, name="check"),
    path("my/payments/<str:ref>/give-up/", views.give_up, name="give_up"),
]
