"""The postal service: orders, states, the money collected on delivery, remittances, webhooks."""

import base64
import hmac
import json
import re
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt

from .log import note
from .models import Clock, Delivery, Parcel, Scenario
from .vnpay import LOCAL

# The road of a parcel when nothing goes wrong, and what a fault makes of it.
ROAD = ("2", "6", "10", "12", "14")
ROADS = {
    "pickup_failed": ("2", "5", "2", "6", "10", "12", "14"),
    "refused": ("2", "6", "10", "12", "15", "16", "18", "19"),
    "returned": ("2", "6", "10", "12", "15", "12", "15", "12", "15", "16", "18", "19"),
    "lost": ("2", "6", "10"),
    "partial": ("2", "6", "10", "12", "20"),
    "delivered_then_returned": ("2", "6", "10", "12", "14", "16", "19"),
}
WORDS = {
    "1": "Đã nhận đơn",
    "2": "Đang đi nhận",
    "5": "Chưa nhận được",
    "6": "Đã nhận",
    "9": "Đã hủy",
    "10": "Đang chuyển",
    "12": "Bưu tá đang phát",
    "14": "Phát thành công",
    "15": "Không phát được",
    "16": "Chờ chuyển hoàn",
    "18": "Đang chuyển hoàn",
    "19": "Đã chuyển hoàn",
    "20": "Phát một phần",
}
WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
FEE, COD_FEE = 15_000, 8_000


@lru_cache(maxsize=1)
def key() -> rsa.RSAPrivateKey:
    """Return the key that signs webhooks, kept in the file ``WEBHOOK_KEY_FILE`` (PEM), made where there is none."""
    path = Path(settings.WEBHOOK_KEY_FILE)
    if not path.exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(pem)
    found = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(found, rsa.RSAPrivateKey)
    return found


def public_text() -> str:
    """Return the webhook's public key, DER in base64."""
    der = key().public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def public_key(request: HttpRequest) -> HttpResponse:
    """Answer with the webhook's public key."""
    return HttpResponse(public_text(), content_type="text/plain")


def item_code() -> str:
    """Return a fresh item number with the check digit of UPU S10."""
    digits = f"{secrets.randbelow(10**8):08d}"
    rest = 11 - sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11
    return f"EF{digits}{ {10: 0, 11: 5}.get(rest, rest) }VN"


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Give a token for the right password."""
    asked = json.loads(request.body or b"{}")
    if asked.get("password") != settings.POST_PASSWORD:
        return JsonResponse({"message": "Sai tài khoản"}, status=401)
    return JsonResponse({"token": hmac.new(settings.POST_PASSWORD.encode(), b"token", "sha256").hexdigest()})


def may(request: HttpRequest) -> bool:
    """Tell whether a request bears a token."""
    good = hmac.new(settings.POST_PASSWORD.encode(), b"token", "sha256").hexdigest()
    return hmac.compare_digest(request.headers.get("token", ""), good)


@csrf_exempt
def create(request: HttpRequest) -> HttpResponse:
    """Take an order; the same order again gives the same item."""
    if not may(request):
        return HttpResponse(status=401)
    order = json.loads(request.body)["informationOrder"]
    cod = 0
    for addon in order.get("addonService", []):
        if addon["code"] == "GTG021" and (found := re.fullmatch(r"PROP0018:(\d+)", addon["propValue"])):
            cod = int(found[1])
    parcel, _made = Parcel.objects.get_or_create(
        order_code=order["saleOrderCode"],
        defaults={"item_code": item_code(), "cod": cod, "at": Clock.now(), "history": [["1", _time(), "Bưu cục"]]},
    )
    note("order", parcel.order_code, parcel.item_code)
    return JsonResponse({"itemCode": parcel.item_code, "saleOrderCode": parcel.order_code, "status": parcel.status})


@csrf_exempt
def cancel(request: HttpRequest) -> HttpResponse:
    """Cancel an order that nobody has collected."""
    if not may(request):
        return HttpResponse(status=401)
    parcel = Parcel.objects.filter(order_code=json.loads(request.body).get("saleOrderCode")).first()
    if parcel is None or parcel.status not in ("1", "2", "5"):
        return JsonResponse({"message": "Không hủy được"}, status=409)
    move(parcel, "9")
    return JsonResponse({"itemCode": parcel.item_code, "status": "9"})


@csrf_exempt
def charge(request: HttpRequest) -> HttpResponse:
    """Say what a letter costs."""
    if not may(request):
        return HttpResponse(status=401)
    asked = json.loads(request.body)
    far = asked.get("senderProvinceCode") != asked.get("receiverProvinceCode")
    return JsonResponse({"totalFee": FEE + (5_000 if far else 0) + (COD_FEE if asked.get("codAmount") else 0)})


def read(request: HttpRequest) -> HttpResponse:
    """Return a parcel as it is now."""
    if not may(request):
        return HttpResponse(status=401)
    parcel = Parcel.objects.filter(item_code=request.GET.get("code", "")).first()
    if parcel is None:
        return JsonResponse({"message": "Không tìm thấy"}, status=404)
    return JsonResponse(
        {
            "itemCode": parcel.item_code,
            "saleOrderCode": parcel.order_code,
            "status": parcel.status,
            "codAmount": parcel.cod,
        }
    )


def history(request: HttpRequest) -> HttpResponse:
    """Return what happened to a parcel."""
    if not may(request):
        return HttpResponse(status=401)
    parcel = Parcel.objects.filter(item_code=request.GET.get("code", "")).first()
    if parcel is None:
        return JsonResponse({"message": "Không tìm thấy"}, status=404)
    return JsonResponse({"events": [{"status": s, "time": t, "place": p} for s, t, p in parcel.history]})


@csrf_exempt
def track(request: HttpRequest) -> HttpResponse:
    """Show a parcel to anybody, as the post's look-up page does; whoever looks chooses what happens next."""
    parcel = get_object_or_404(Parcel, item_code=request.GET.get("code", ""))
    if request.method == "POST":
        choice = request.POST.get("choice", "")
        if choice == "step":
            advance(parcel)
        elif choice in WORDS:
            move(parcel, choice)
        return HttpResponseRedirect(request.get_full_path())
    events = [{"code": s, "time": t, "place": p, "words": WORDS.get(s, s)} for s, t, p in parcel.history]
    return render(request, "simulator/parcel.html", {"parcel": parcel, "events": events})


def move(parcel: Parcel, code: str) -> None:
    """Let something happen to a parcel, and tell the portal."""
    parcel.status = code
    parcel.history = [*parcel.history, [code, _time(), "Bưu cục huyện" if code in ("10", "11") else "Bưu cục xã"]]
    parcel.save()
    faults = Scenario.of(parcel.item_code) | Scenario.of(parcel.order_code)
    how = faults.get("webhook")
    if how == "lost":
        return
    late = timedelta(minutes=10) if how == "out_of_order" and len(parcel.history) % 2 else timedelta()
    Delivery.objects.create(
        url=settings.PORTAL_URL + settings.WEBHOOK_PATH,
        body=_webhook(parcel, code, str(how or "")),
        due_at=Clock.now() + late,
    )


def advance(parcel: Parcel) -> bool:
    """Take a parcel one step along its road; tell whether there was one."""
    faults = Scenario.of(parcel.item_code) | Scenario.of(parcel.order_code)
    road = ROADS.get(str(faults.get("parcel")), ROAD)
    done = len(parcel.history) - 1
    if done >= len(road) or parcel.status in ("9", "22"):
        return False
    move(parcel, road[done])
    return True


def remittance(request: HttpRequest) -> HttpResponse:
    """Return the remittance of a day: what was collected on it and before and never paid out."""
    if not may(request):
        return HttpResponse(status=401)
    day = request.GET.get("date", "")
    iso = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    how = str(Scenario.of("remittance").get("remittance", ""))
    if how == "never":
        return HttpResponse(status=404)
    batch = f"VNP-{day}"
    lines: list[dict[str, Any]] = []
    for parcel in Parcel.objects.filter(cod__gt=0).order_by("id"):
        delivered = [time for code, time, _place in parcel.history if code == "14"]
        if not delivered or delivered[0][:10] > iso or (how == "late" and delivered[0][:10] == iso):
            continue
        # What was paid out in another batch comes again only when the fault says so.
        if parcel.remitted_in not in ("", batch) and how != "replayed":
            continue
        if parcel.remitted_in == "":
            parcel.remitted_in = batch
            parcel.save()
        lines.append(
            {
                "itemCode": parcel.item_code,
                "saleOrderCode": parcel.order_code,
                "deliveredAt": delivered[0],
                "codCollected": parcel.cod,
                "codRemitted": parcel.cod,
                "feeWithheld": 0,
            }
        )
    if not lines:
        return HttpResponse(status=404)
    if how == "short":
        lines[0]["codCollected"] = lines[0]["codRemitted"] = lines[0]["codCollected"] - 1000
    elif how == "extra":
        lines.append({**lines[0], "saleOrderCode": "PXKHONGCO", "itemCode": item_code()})
    elif how == "duplicated":
        lines.append(lines[0])
    total = sum(line["codRemitted"] for line in lines) + (1 if how == "wrong_total" else 0)
    found = {"batchId": batch, "day": iso, "total": total, "lines": lines, "bankRef": f"CT{day}"}
    text = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    found["signature"] = hmac.new(settings.SETTLEMENT_KEY.encode(), text.encode(), "sha512").hexdigest()
    return JsonResponse(found)


def _webhook(parcel: Parcel, code: str, how: str) -> str:
    sent = Clock.now().astimezone(LOCAL).strftime("%d/%m/%Y %H:%M:%S")
    text = f"MYVNP{sent}{parcel.item_code}{code}"
    signature = base64.b64encode(key().sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    amount = parcel.cod * 10 if how == "tampered" else parcel.cod
    body: dict[str, Any] = {
        "data": [
            {"itemCode": parcel.item_code, "saleOrderCode": parcel.order_code, "status": code, "codAmount": amount}
        ],
        "sendDate": sent,
    }
    if how != "unsigned":
        body["signature"] = signature
    return json.dumps(body)


def _time() -> str:
    moment: datetime = Clock.now()
    return moment.astimezone(LOCAL).replace(tzinfo=None).isoformat(timespec="seconds")
