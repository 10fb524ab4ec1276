"""Addresses of the simulated houses, as theirs are."""

from django.urls import path

from . import bank, control, home, post, vnpay

urlpatterns = [
    path("", home.home),
    path("paymentv2/vpcpay.html", vnpay.pay),
    path("paymentv2/choose/<str:ref>/", vnpay.choose, name="choose"),
    path("merchant_webapi/api/transaction", vnpay.interface),
    path("merchant_webapi/api/settlement", vnpay.settlement),
    path("bank/transfer", bank.transfer, name="transfer"),
    path("bank/credits", bank.credits),
    path("post/GetAccessToken", post.token),
    path("post/CreateOrder", post.create),
    path("post/orderCancel", post.cancel),
    path("post/ServicesCharge", post.charge),
    path("post/getOrder", post.read),
    path("post/GetStatusHistoryOrder", post.history),
    path("post/settlements", post.remittance),
    path("post/track", post.track),
    path("post/public-key", post.public_key),
    path("_sim/scenario", control.scenario),
    path("_sim/clock", control.clock),
    path("_sim/step", control.step_now),
    path("_sim/log", control.look),
    path("_sim/reset", control.reset),
]
