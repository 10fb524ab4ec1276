"""Views that providers call, and the page a payer comes back to. Nobody is signed in, nothing makes a session."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from common.clock import now, recorded_now
from common.logs import Event, note
from common.web import limits

from ..collecting import inbox
from ..models import Attempt
from ..providers import VNPAY, VNPOST, provider, providers
from ..providers.base import Answer, NotGenuine, Outcome, Provider

MAX_QUERY_BYTES = 4_000
MAX_BODY_BYTES = 256_000
DAY = 24 * 3600


@csrf_exempt
@login_not_required
@never_cache
@require_safe
def vnpay_ipn(request: HttpRequest) -> HttpResponse:
    """Take VNPAY's notification of how a payment ended and answer in its words; anybody may call this address."""
    spoken = _provider(VNPAY)
    params = _params(request)
    return _answer(request, spoken, Answer.NOT_GENUINE if params is None else _taken(spoken, params))


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def vnpost_webhook(request: HttpRequest) -> HttpResponse:
    """Take VNPost's hint that a parcel has moved; a worker asks what is so."""
    spoken = _provider(VNPOST)
    length = str(request.META.get("CONTENT_LENGTH") or 0)
    is_fit = request.content_type == "application/json" and length.isdecimal() and int(length) <= MAX_BODY_BYTES
    return _answer(request, spoken, _taken(spoken, {}, request.body) if is_fit else Answer.NOT_GENUINE)


@login_not_required
@never_cache
@require_safe
def vnpay_return(request: HttpRequest) -> HttpResponse:
    """Lead a payer who comes back from VNPAY to the payment's page; reads alone, one query besides who is signed in.

    The session may be gone, or the payer somebody else: then a page here says the state in words and names nobody. What
    the address says is believed only so far as to say that the portal still waits for the gateway's own word.
    """
    spoken, params = _provider(VNPAY), _params(request)
    try:
        if params is None:
            raise NotGenuine("ambiguous")
        notice = spoken.parse_notification(params)
    except NotGenuine:
        return render(request, "payments/public/return_unknown.html", status=400)
    attempt = Attempt.objects.filter(ref=notice.ref, provider=VNPAY).first()
    if attempt is None:
        return render(request, "payments/public/return_unknown.html", status=404)
    if request.user.is_authenticated and attempt.begun_by_id == request.user.pk:
        return redirect(f"{reverse('paying:attempt', args=[attempt.ref])}?back")
    says_paid = notice.state is not None and notice.state.outcome in (Outcome.SUCCEEDED, Outcome.REVIEW)
    return render(request, "payments/public/return.html", {"attempt": attempt, "says_paid": says_paid})


def _provider(key: str) -> Provider:
    """Return a provider. Raises Http404 where the installation does not have it."""
    if key not in providers():
        raise Http404
    return provider(key)


def _params(request: HttpRequest) -> dict[str, str] | None:
    """Return the parameters of a query, each once; None for one that names a signed one twice, or is far too long."""
    if len(request.META.get("QUERY_STRING", "")) > MAX_QUERY_BYTES:
        return None
    fields = dict(request.GET.lists())
    if any(len(values) != 1 for name, values in fields.items() if name.startswith("vnp_")):
        return None
    return {name: values[0] for name, values in fields.items()}


def _taken(spoken: Provider, params: dict[str, str], body: bytes = b"") -> Answer:
    return inbox.take(spoken.key, params, body, recorded_now())


def _answer(request: HttpRequest, spoken: Provider, answer: Answer) -> HttpResponse:
    """Answer a provider; what is forged is counted in the security log, of one address no more than its limit."""
    if answer == Answer.NOT_GENUINE:
        moment = now()
        if not limits.hit_target("forged_ip", limits.client_ip(request), moment).exceeded:
            count = limits.hit("forged", spoken.key, 0, DAY, moment).count
            note(Event.PAYMENT_FORGED, provider=spoken.key, today=count)
    return spoken.acknowledge(answer)
