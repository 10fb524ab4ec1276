"""Officers' pages of money: the fees of a dossier, the cashier's day, repayments, receipts."""

from django.urls import path

from .views import cash, fees, receipts, refunds, taking

app_name = "money"
FEES = "desk/dossiers/<str:code>/fees/"
ATTEMPT = f"{FEES}payments/<slug:ref>/"

urlpatterns = [
    path(FEES, fees.fees, name="fees"),
    path(f"{FEES}cash/", taking.cash, name="take_cash"),
    path(f"{FEES}transfer/", taking.transfer, name="take_transfer"),
    path(f"{FEES}claims/<int:pk>/", fees.claim, name="claim"),
    path(f"{FEES}copies/", fees.copies_out, name="copies"),
    path(f"{FEES}add/", fees.add, name="add"),
    path(f"{FEES}follow/", fees.follow, name="follow"),
    path(f"{FEES}<int:n>/assess/", fees.reassess, name="reassess"),
    path(f"{FEES}<int:n>/waive/", fees.waive, name="waive"),
    path(f"{FEES}<int:n>/payer/", fees.payer, name="payer"),
    path(f"{ATTEMPT}ask/", taking.ask, name="ask"),
    path(f"{ATTEMPT}end/", taking.resolve, name="resolve"),
    path(f"{ATTEMPT}proof/", taking.proof, name="proof"),
    path(f"{ATTEMPT}refund/", refunds.ask_refund, name="ask_refund"),
    path("desk/copies/", fees.copies_waiting, name="copies_waiting"),
    path("desk/cash/", cash.home, name="cash"),
    path("desk/cash/find/", cash.find, name="find"),
    path("desk/cash/open/", cash.open_shift, name="open_shift"),
    path("desk/cash/close/", cash.close_shift, name="close_shift"),
    path("desk/cash/shifts/", cash.shifts, name="shifts"),
    path("desk/cash/shifts/<int:pk>/", cash.shift, name="shift"),
    path("desk/cash/receipts/", cash.receipts, name="receipts"),
    path("desk/cash/deposits/", cash.deposits, name="deposits"),
    path("desk/refunds/", refunds.refunds, name="refunds"),
    path("desk/refunds/<int:pk>/", refunds.refund, name="refund"),
    path("desk/refunds/<int:pk>/decide/", refunds.decide, name="refund_decide"),
    path("desk/refunds/<int:pk>/hand-out/", refunds.hand_out, name="refund_hand_out"),
    path("desk/refunds/<int:pk>/transferred/", refunds.transferred, name="refund_transferred"),
    path("desk/refunds/<int:pk>/ask/", refunds.ask, name="refund_ask"),
    path("desk/receipts/<int:pk>/", receipts.receipt, name="receipt"),
    path("desk/receipts/<int:pk>/file/", receipts.file, name="receipt_file"),
    path("desk/receipts/<int:pk>/replace/", receipts.replace, name="receipt_replace"),
]
