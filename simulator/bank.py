"""The bank: a page where somebody transfers money by a VietQR, and the list of credits of a day."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from .log import note
from .models import Clock, Credit, Scenario, dotted
from .vnpay import LOCAL


@csrf_exempt
def transfer(request: HttpRequest) -> HttpResponse:
    """Transfer money: ``account``, ``amount``, ``description``; a scenario of its reference bends what arrives."""
    if request.method != "POST":
        return render(request, "simulator/transfer.html", {"given": request.GET})
    account, text = request.POST.get("account", ""), request.POST.get("description", "")
    wanted = request.POST.get("amount", "").replace(".", "").strip()
    if not (account and wanted.isascii() and wanted.isdigit() and len(wanted) <= 13 and int(wanted)):
        wrong = "Nhập số tài khoản và số tiền bằng chữ số."
        return render(request, "simulator/transfer.html", {"given": request.POST, "wrong": wrong}, status=422)
    amount = int(wanted)
    how = request.POST.get("how") or Scenario.of(text.rpartition(" ")[2]).get("credit")
    if how == "under":
        amount -= 1000
    elif how == "over":
        amount += 1000
    elif how == "no_reference":
        text = "CHUYEN TIEN"
    elif how == "mistyped":
        text = text[:-1] + ("2" if text[-1:] != "2" else "3")
    for _n in range(2 if how == "twice" else 1):
        words = f"MBVCB.{text}.CT tu 0011"[:200]
        Credit.objects.create(account=account[:19], amount=amount, description=words, at=Clock.now())
    note("transfer", text, str(amount))
    return render(request, "simulator/transfer.html", {"done": True, "vnd": dotted(amount)})


def credits(request: HttpRequest) -> HttpResponse:
    """Return the credits of an account on a day: a line with batch, day and sum, then CSV."""
    account, day = request.GET.get("account", ""), request.GET.get("date", "")
    rows = [
        row
        for row in Credit.objects.filter(account=account).order_by("id")
        if row.at.astimezone(LOCAL).strftime("%Y%m%d") == day
    ]
    out = io.StringIO()
    out.write(f"CR-{account}-{day};{day[:4]}-{day[4:6]}-{day[6:]};{sum(row.amount for row in rows)}\n")
    table = csv.writer(out)
    table.writerow(["id", "time", "amount", "description"])
    for row in rows:
        table.writerow([row.pk, row.at.astimezone(LOCAL).isoformat(timespec="seconds"), row.amount, row.description])
    return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
