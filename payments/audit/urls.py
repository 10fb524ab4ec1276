"""Auditors' pages: the ledger, receipts, reconciliation and reports; officers close discrepancies here."""

from django.urls import path

from . import discrepancies, reports, views

app_name = "audit"
urlpatterns = [
    path("audit/", views.home, name="home"),
    path("audit/ledger/", views.journal, name="journal"),
    path("audit/ledger/export/", views.journal_export, name="journal_export"),
    path("audit/receipts/", views.receipts, name="receipts"),
    path("audit/receipts/monthly/", reports.monthly, name="monthly"),
    path("audit/receipts/monthly/export/", reports.monthly_export, name="monthly_export"),
    path("audit/discrepancies/", discrepancies.found, name="discrepancies"),
    path("audit/discrepancies/<int:pk>/", discrepancies.one, name="discrepancy"),
    path("audit/discrepancies/<int:pk>/note/", discrepancies.note, name="note"),
    path("audit/discrepancies/<int:pk>/propose/", discrepancies.propose, name="propose"),
    path("audit/discrepancies/<int:pk>/send-back/", discrepancies.send_back, name="send_back"),
    path("audit/discrepancies/<int:pk>/close/", discrepancies.close, name="close"),
    path("audit/files/", views.files, name="files"),
    path("audit/files/bring/", views.bring, name="bring"),
    path("audit/files/<int:pk>/", views.file, name="file"),
    path("audit/days/", reports.days, name="days"),
    path("audit/days/<int:pk>/", reports.day, name="day"),
    path("audit/period/", reports.by_period, name="period"),
    path("audit/period/export/", reports.by_period_export, name="period_export"),
]
