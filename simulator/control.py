"""The control interface ``/_sim/``: scenarios, the clock, one step of all that is due, the log."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from . import faults, post, vnpay
from .log import note
from .models import Clock, Credit, Delivery, Log, Parcel, Payment, Refund, Scenario

# One step at a time: a message goes out once, whoever asks.
_stepping = threading.Lock()


@csrf_exempt
@require_POST
def scenario(request: HttpRequest) -> HttpResponse:
    """Set the faults of a reference: {"ref": "…" or "*", "faults": {…}}."""
    asked = json.loads(request.body)
    if wrong := faults.unknown(asked["faults"]) - {"seconds"}:
        return JsonResponse({"unknown": sorted(wrong)}, status=400)
    Scenario.objects.update_or_create(ref=asked["ref"], defaults={"faults": asked["faults"]})
    return JsonResponse({"ok": True})


@csrf_exempt
@require_POST
def clock(request: HttpRequest) -> HttpResponse:
    """Put the clock ahead: {"minutes": n}; answers the simulated moment."""
    row, _made = Clock.objects.get_or_create(pk=1)
    row.ahead += 60 * float(json.loads(request.body or b"{}").get("minutes", 0))
    row.save()
    return JsonResponse({"now": Clock.now().isoformat()})


@csrf_exempt
@require_POST
def step_now(request: HttpRequest) -> HttpResponse:
    """Send what is due; with {"parcels": true} every parcel goes one step on, with {"refunds": true} repayments end."""
    return JsonResponse(advance(json.loads(request.body or b"{}")))


def advance(asked: dict[str, Any]) -> dict[str, int]:
    """Do what takes time in life; return how many messages were sent and how many parcels moved."""
    moved = 0
    if asked.get("parcels"):
        moved = sum(post.advance(parcel) for parcel in Parcel.objects.order_by("id"))
    if asked.get("refunds"):
        for refund in Refund.objects.filter(status="05").select_related("payment"):
            if Scenario.of(refund.payment.ref).get("refund") != "stuck":
                refund.status = "00"
                refund.save()
    return {"sent": step(), "moved": moved}


def step() -> int:
    """Send every message that is due, tried again after five minutes at most ten times; return how many were sent."""
    with _stepping:
        return _step()


def _step() -> int:
    now, sent = Clock.now(), 0
    for row in Delivery.objects.filter(done=False, due_at__lte=now).order_by("id"):
        answers = _send(row)
        sent += len(answers)
        row.tries += 1
        row.done = row.tries >= vnpay.TRIES or any(_is_final(row, answer) for answer in answers)
        row.due_at = now + vnpay.RETRY
        row.save()
        note("sent", row.query[:60] or "webhook", " ".join(answers))
    return sent


@csrf_exempt
@require_POST
def reset(request: HttpRequest) -> HttpResponse:
    """Forget everything, and put the clock back."""
    for model in (Clock, Credit, Delivery, Log, Parcel, Refund, Payment, Scenario):
        model.objects.all().delete()
    return JsonResponse({"ok": True})


def look(request: HttpRequest) -> HttpResponse:
    """Return the log's newest lines, payments, repayments and parcels."""
    return JsonResponse(
        {
            "log": list(Log.objects.order_by("-id").values("at", "what", "ref", "text")[:200]),
            "payments": list(Payment.objects.values("ref", "amount", "status", "response", "number")),
            "refunds": list(Refund.objects.values("payment__ref", "amount", "status")),
            "parcels": list(Parcel.objects.values("order_code", "item_code", "cod", "status")),
        },
        json_dumps_params={"ensure_ascii": False},
    )


def _send(row: Delivery) -> list[str]:
    with ThreadPoolExecutor(row.at_once) as pool:
        return list(pool.map(lambda _n: _send_one(row), range(row.at_once)))


def _send_one(row: Delivery) -> str:
    """Send one message and return what came back, '' for nothing."""
    url = f"{row.url}?{row.query}" if row.query else row.url
    data = row.body.encode() or None
    headers = {"Host": urlsplit(settings.SITE_URL).netloc}
    request = Request(url, data=data, headers=headers | ({"Content-Type": "application/json"} if data else {}))
    try:
        with urlopen(request, timeout=15) as answer:
            return str(answer.read(2000).decode())
    except HTTPError as error:
        return f"status {error.code}"
    except (URLError, OSError, ValueError):
        return ""


def _is_final(row: Delivery, answer: str) -> bool:
    """Tell whether a message need not be sent again: 00 and 02 of an IPN, any success of a webhook."""
    if not row.query:
        return bool(answer) and not answer.startswith("status")
    try:
        found: dict[str, Any] = json.loads(answer)
    except ValueError:
        return False
    return found.get("RspCode") in vnpay.FINAL
