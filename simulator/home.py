"""The simulator's own page: what it holds, and what takes time in life happens at a press."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from . import control
from .models import Credit, Parcel, Payment, Refund

NEWEST = 20
# What the page's buttons do, as the control interface names it.
STEPS = ("parcels", "refunds")


@csrf_exempt
def home(request: HttpRequest) -> HttpResponse:
    """Show the newest of everything; a press takes parcels one step on, or ends repayments."""
    if request.method == "POST":
        control.advance({name: True for name in STEPS if request.POST.get("step") == name})
        return HttpResponseRedirect("/")
    rows = {
        "payments": Payment.objects.order_by("-id")[:NEWEST],
        "refunds": Refund.objects.select_related("payment").order_by("-id")[:NEWEST],
        "credits": Credit.objects.order_by("-id")[:NEWEST],
        "parcels": Parcel.objects.order_by("-id")[:NEWEST],
    }
    return render(request, "simulator/home.html", rows)
