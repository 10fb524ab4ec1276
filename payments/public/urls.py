"""What providers call: notifications, and the payer's way back."""

from django.urls import path

from . import views

app_name = "payments"
urlpatterns = [
    path("pay/vnpay/ipn/", views.vnpay_ipn, name="vnpay_ipn"),
    path("pay/vnpay/return/", views.vnpay_return, name="vnpay_return"),
    path("pay/vnpost/webhook/", views.vnpost_webhook, name="vnpost_webhook"),
]
