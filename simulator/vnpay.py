"""The gateway: its pay page, its messages, its interface of questions and repayments, its file of a day."""

import json
import secrets
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from . import signing
from .log import note
from .models import Clock, Delivery, Payment, Refund, Scenario

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
REQUIRED = (
    "vnp_Version vnp_Command vnp_TmnCode vnp_Amount vnp_CreateDate vnp_ExpireDate vnp_CurrCode vnp_IpAddr vnp_Locale "
    "vnp_OrderInfo vnp_OrderType vnp_ReturnUrl vnp_TxnRef vnp_SecureHash"
).split()
# How a payer may end: (ResponseCode, TransactionStatus).
ENDS = {
    "paid": ("00", "00"),
    "cancelled": ("24", "02"),
    "failed": ("51", "02"),
    "fraud": ("07", "07"),
    "reversed": ("00", "04"),
    "lapsed": ("11", "02"),
}
# What is left in a browser that was closed.
CLOSED = (
    '<!doctype html><html lang="vi"><meta name="viewport" content="width=device-width"><title>Đã đóng</title>'
    "<p>Người nộp đã đóng trình duyệt ở đây.</p></html>"
)
TRIES, RETRY = 10, timedelta(minutes=5)
FINAL = ("00", "02")


def stamp(moment: datetime) -> str:
    """Write a moment as the gateway does."""
    return moment.astimezone(LOCAL).strftime("%Y%m%d%H%M%S")


def pay(request: HttpRequest) -> HttpResponse:
    """Show what may happen to a payment; refuses what the gateway refuses: signature, fields, a passed time."""
    params = {key: str(value) for key, value in request.GET.items()}
    missing = [name for name in REQUIRED if not params.get(name)]
    note("pay", params.get("vnp_TxnRef", ""), ",".join(missing))
    if missing or not params["vnp_Amount"].isdigit():
        return _refuse(request, "03", f"Thiếu hoặc sai trường: {', '.join(missing) or 'vnp_Amount'}")
    if not signing.fits(settings.VNPAY_SECRET, signing.query_text(params), params["vnp_SecureHash"].lower()):
        return _refuse(request, "97", "Chữ ký không hợp lệ")
    if params["vnp_TmnCode"] != settings.TERMINAL:
        return _refuse(request, "02", "Mã website không tồn tại")
    if stamp(Clock.now()) > params["vnp_ExpireDate"]:
        return _refuse(request, "15", "Giao dịch đã quá thời gian chờ thanh toán")
    ref = params["vnp_TxnRef"]
    with transaction.atomic():
        payment, is_new = Payment.objects.get_or_create(
            ref=ref,
            defaults={"params": params, "amount": int(params["vnp_Amount"]), "begun_at": Clock.now()},
        )
    if not is_new and payment.status != "01":
        return _refuse(request, "94", "Giao dịch đã được xử lý")
    outcome = Scenario.of(ref).get("outcome")
    if outcome:
        return end(payment, str(outcome))
    until = f"{params['vnp_ExpireDate'][8:10]}:{params['vnp_ExpireDate'][10:12]}"
    return render(request, "simulator/pay.html", {"payment": payment, "until": until})


@csrf_exempt
def choose(request: HttpRequest, ref: str) -> HttpResponse:
    """Take what the payer chose on the page."""
    payment = Payment.objects.filter(ref=ref).first()
    if payment is None:
        return HttpResponse(status=404)
    choice = request.POST.get("choice", "")
    faults = {name: request.POST[name] for name in ("ipn", "return") if request.POST.get(name)}
    if choice == "unknown":
        # Paid, and nobody hears of it: neither the portal nor the payer's browser comes back.
        choice, faults = "paid", {"ipn": "lost", "return": "lost"}
    if choice not in ENDS:
        return HttpResponse(status=400)
    if faults:
        row, _made = Scenario.objects.get_or_create(ref=ref)
        row.faults |= faults
        row.save()
    return end(payment, choice)


def end(payment: Payment, outcome: str) -> HttpResponse:
    """End a payment once, have its message sent, and lead the payer back unless the scenario loses him."""
    faults = Scenario.of(payment.ref)
    with transaction.atomic():
        fresh = Payment.objects.get(pk=payment.pk)
        if fresh.status == "01":
            fresh.response, fresh.status = ENDS[outcome]
            fresh.number = f"9{secrets.randbelow(10**7):07d}"
            fresh.paid_at = Clock.now()
            fresh.save()
            _queue_ipn(fresh, faults)
    if faults.get("ipn") == "before_return":
        from .control import step

        step()
    if faults.get("return") == "lost":
        return HttpResponse(CLOSED, content_type="text/html; charset=utf-8")
    return HttpResponseRedirect(f"{fresh.params['vnp_ReturnUrl']}?{_signed(fresh, faults)}")


def _message(payment: Payment, faults: dict[str, Any]) -> dict[str, str]:
    params = {
        "vnp_TmnCode": str(faults.get("terminal", settings.TERMINAL)),
        "vnp_Amount": str(faults.get("amount", payment.amount)),
        "vnp_BankCode": "NCB",
        "vnp_CardType": "ATM",
        "vnp_PayDate": stamp(payment.paid_at or Clock.now()),
        "vnp_OrderInfo": payment.params["vnp_OrderInfo"],
        "vnp_TransactionNo": payment.number,
        "vnp_ResponseCode": payment.response,
        "vnp_TransactionStatus": payment.status,
        "vnp_TxnRef": payment.ref,
    }
    if payment.response == "00":
        params["vnp_BankTranNo"] = f"VNP{payment.number}"
    return params


def _signed(payment: Payment, faults: dict[str, Any], **other: str) -> str:
    text = signing.query_text(_message(payment, faults) | other)
    how = faults.get("signature")
    if how == "missing":
        return text
    key = settings.OLD_VNPAY_SECRET if how == "old" else settings.VNPAY_SECRET
    value = signing.mac(key, text, "sha256" if how == "sha256" else "sha512")
    if how == "bad":
        value = value[:-1] + ("0" if value[-1] != "0" else "1")
    return f"{text}&vnp_SecureHash={value}"


def _queue_ipn(payment: Payment, faults: dict[str, Any]) -> None:
    how = faults.get("ipn")
    if how == "lost":
        return
    now = Clock.now()
    due = now + (timedelta(hours=1) if how == "late" else timedelta())
    times = 2 if how == "duplicate" else 1
    for _n in range(times):
        Delivery.objects.create(
            url=settings.PORTAL_URL + settings.IPN_PATH,
            query=_signed(payment, faults),
            due_at=due,
            at_once=8 if how == "concurrent" else 1,
        )
    if how == "twice_different":
        other = {"vnp_ResponseCode": "24", "vnp_TransactionStatus": "02"}
        if payment.response != "00":
            other = {"vnp_ResponseCode": "00", "vnp_TransactionStatus": "00"}
        Delivery.objects.create(
            url=settings.PORTAL_URL + settings.IPN_PATH, query=_signed(payment, faults, **other), due_at=due
        )


@csrf_exempt
def interface(request: HttpRequest) -> HttpResponse:
    """Answer querydr and refund."""
    try:
        asked: dict[str, Any] = json.loads(request.body)
    except ValueError:
        return JsonResponse({"vnp_ResponseCode": "03", "vnp_Message": "Invalid format"})
    command, ref = str(asked.get("vnp_Command")), str(asked.get("vnp_TxnRef"))
    note(command, ref)
    fields = {"querydr": signing.QUERY_FIELDS, "refund": signing.REFUND_FIELDS}.get(command)
    if fields is None or any(not asked.get(name) for name in fields.split("|")):
        return JsonResponse({"vnp_ResponseCode": "03", "vnp_Message": "Invalid format"})
    if not signing.fits(settings.VNPAY_SECRET, signing.bar_text(asked, fields), str(asked.get("vnp_SecureHash"))):
        return JsonResponse({"vnp_ResponseCode": "97", "vnp_Message": "Invalid signature"})
    if asked["vnp_TmnCode"] != settings.TERMINAL:
        return JsonResponse({"vnp_ResponseCode": "02", "vnp_Message": "Invalid TmnCode"})
    return _query(asked) if command == "querydr" else _refund(asked)


def _answer(
    asked: dict[str, Any], code: str, message: str, payment: Payment | None = None, **more: str
) -> HttpResponse:
    """Sign an answer; of a question with its two fields of promotions."""
    found: dict[str, Any] = {
        "vnp_ResponseId": secrets.token_hex(16),
        "vnp_Command": asked["vnp_Command"],
        "vnp_ResponseCode": code,
        "vnp_Message": message,
        "vnp_TmnCode": settings.TERMINAL,
        "vnp_TxnRef": asked["vnp_TxnRef"],
        "vnp_OrderInfo": asked["vnp_OrderInfo"],
    }
    if payment is not None:
        found |= {
            "vnp_Amount": str(payment.amount),
            "vnp_BankCode": "NCB",
            "vnp_PayDate": stamp(payment.paid_at) if payment.paid_at else "",
            "vnp_TransactionNo": payment.number,
            "vnp_TransactionType": "01",
            "vnp_TransactionStatus": payment.status,
        }
    found |= more
    fields = signing.ANSWER_FIELDS + (signing.PROMOTION_FIELDS if asked["vnp_Command"] == "querydr" else "")
    found["vnp_SecureHash"] = signing.mac(settings.VNPAY_SECRET, signing.bar_text(found, fields))
    if Scenario.of(str(asked["vnp_TxnRef"])).get("query") == "unsigned" and asked["vnp_Command"] == "querydr":
        del found["vnp_SecureHash"]
    return JsonResponse(found)


def _query(asked: dict[str, Any]) -> HttpResponse:
    ref = str(asked["vnp_TxnRef"])
    fault = Scenario.of(ref).get("query")
    if fault == "timeout":
        time.sleep(float(Scenario.of("*").get("seconds", 30)))  # type: ignore[arg-type]
    if fault == "error":
        return HttpResponse(status=500)
    if fault == "repeated":
        return _answer(asked, "94", "Duplicate request")
    payment = Payment.objects.filter(ref=ref).first()
    if payment is None or fault == "unknown" or payment.params["vnp_CreateDate"] != asked["vnp_TransactionDate"]:
        return _answer(asked, "91", "Transaction not found")
    refund = payment.refunds.order_by("-id").first()
    if refund is not None:
        more = {"vnp_TransactionType": refund.kind, "vnp_TransactionStatus": refund.status}
        return _answer(asked, "00", "QueryDR Success", payment, **more)
    return _answer(asked, "00", "QueryDR Success", payment)


def _refund(asked: dict[str, Any]) -> HttpResponse:
    ref = str(asked["vnp_TxnRef"])
    fault = Scenario.of(ref).get("refund")
    payment = Payment.objects.filter(ref=ref).first()
    if payment is None:
        return _answer(asked, "91", "Transaction not found")
    if payment.status != "00" or fault == "failed":
        return _answer(asked, "95", "Original transaction failed", payment)
    before = payment.refunds.exclude(status="09").aggregate(sum=Sum("amount"))["sum"] or 0
    is_known = Refund.objects.filter(request_id=asked["vnp_RequestId"]).exists()
    if is_known or fault == "repeated" or payment.refunds.filter(status="05").exists():
        return _answer(asked, "94", "Refund already requested", payment)
    if before + int(asked["vnp_Amount"]) > payment.amount:
        return _answer(asked, "02", "Invalid amount", payment)
    status = {"rejected": "09", "stuck": "05", None: "05", "timeout_done": "00"}.get(
        str(fault) if fault else None, "05"
    )
    Refund.objects.create(
        payment=payment,
        request_id=str(asked["vnp_RequestId"])[:32],
        kind=str(asked["vnp_TransactionType"]),
        amount=int(asked["vnp_Amount"]),
        status=status,
        at=Clock.now(),
    )
    if fault == "timeout_done":
        return HttpResponse(status=504)
    kind = str(asked["vnp_TransactionType"])
    return _answer(asked, "00", "Refund Success", payment, vnp_TransactionType=kind, vnp_TransactionStatus=status)


def settlement(request: HttpRequest) -> HttpResponse:
    """Return the file of a day: every payment and repayment that moved money, signed."""
    day = request.GET.get("date", "")
    note("settlement", day)
    how = str(Scenario.of("settlement").get("settlement", ""))
    if how == "never":
        return HttpResponse(status=404)
    before = (datetime.strptime(day, "%Y%m%d").replace(tzinfo=LOCAL) - timedelta(days=1)).strftime("%Y%m%d")
    days = {"late": [before], "replayed": [before, day]}.get(how, [day])
    lines: list[dict[str, Any]] = []
    for payment in Payment.objects.filter(status="00", paid_at__isnull=False).order_by("id"):
        if payment.paid_at and stamp(payment.paid_at)[:8] in days:
            fee = payment.amount * 11 // 1000 // 100 * 100
            lines.append(
                {
                    "type": "01",
                    "txnRef": payment.ref,
                    "transactionNo": payment.number,
                    "amount": payment.amount,
                    "fee": fee,
                    "payDate": stamp(payment.paid_at),
                }
            )
    for refund in Refund.objects.filter(status="00").select_related("payment").order_by("id"):
        if stamp(refund.at)[:8] in days:
            lines.append(
                {
                    "type": refund.kind,
                    "txnRef": refund.payment.ref,
                    "transactionNo": refund.payment.number,
                    "amount": refund.amount,
                    "fee": 0,
                    "payDate": stamp(refund.at),
                }
            )
    if lines and how == "short":
        lines[0]["amount"] -= 100_000
    elif lines and how == "extra":
        lines.append({**lines[0], "txnRef": "K" * 14})
    elif lines and how == "duplicated":
        lines.append(lines[0])
    total = sum(line["amount"] * (1 if line["type"] == "01" else -1) for line in lines)
    total += 100 if lines and how == "wrong_total" else 0
    batch = f"VNP{settings.TERMINAL}{day}"
    text = f"{batch}|{day}|{total}|{json.dumps(lines, sort_keys=True, separators=(',', ':'))}"
    return JsonResponse(
        {
            "batchId": batch,
            "date": day,
            "total": total,
            "lines": lines,
            "signature": signing.mac(settings.VNPAY_SECRET, text),
        }
    )


def _refuse(request: HttpRequest, code: str, words: str) -> HttpResponse:
    return render(request, "simulator/refused.html", {"code": code, "words": words}, status=400)
