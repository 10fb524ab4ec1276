"""The actions of the desk, each as a page of its own; all of them through perform()."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from common.refusals import Refused
from common.text import page_language
from dossiers import actions
from dossiers.models import Dossier, SlipKind
from dossiers.timeline.history import explain_refusal
from dossiers.workflow import perform
from offices.models import Role

from ..dossier_page import sections_of
from ..forms import decision, reception
from ..forms.reception import ActionForm
from ..guards import officer_required
from ..lists import ListSpec
from ..officer import Officer
from .act import Screen, act

SCREENS = {
    "receive": Screen(
        actions.Receive,
        gettext_lazy("Receive the dossier"),
        gettext_lazy("The clock starts now. The applicant gets the receipt with the return date."),
        gettext_lazy("Receive"),
        gettext_lazy("Received:"),
        key="T",
        slip=SlipKind.RECEIPT,
    ),
    "refuse": Screen(
        actions.Refuse,
        gettext_lazy("Refuse reception"),
        gettext_lazy("This ends the dossier. The applicant gets the refusal with your reason."),
        gettext_lazy("Refuse"),
        gettext_lazy("Refused:"),
        slip=SlipKind.REFUSAL,
        is_danger=True,
    ),
    "supplement": Screen(
        actions.RequestSupplement,
        gettext_lazy("Request a supplement"),
        gettext_lazy("Tick what is deficient and say why. The clock pauses; a supplement may be asked once."),
        gettext_lazy("Request supplement"),
        gettext_lazy("Supplement requested:"),
        key="B",
        slip=SlipKind.SUPPLEMENT,
    ),
    "supplement-received": Screen(
        actions.Supplement,
        gettext_lazy("Accept the missing papers"),
        gettext_lazy("For an applicant who brings the papers to the counter."),
        gettext_lazy("Accept the missing papers"),
        gettext_lazy("Supplement taken in:"),
        key="T",
    ),
    "forward": Screen(
        actions.Forward,
        gettext_lazy("Forward the dossier"),
        gettext_lazy("The colleague finds it under “Mine” at once."),
        gettext_lazy("Forward"),
        gettext_lazy("Forwarded:"),
        key="C",
    ),
    "propose": Screen(
        actions.Propose,
        gettext_lazy("Propose a decision"),
        gettext_lazy("The leader reads the draft and signs it, or sends it back."),
        gettext_lazy("Submit for signature"),
        gettext_lazy("Submitted for signature:"),
        key="K",
    ),
    "return-result": Screen(
        actions.ReturnResult,
        gettext_lazy("Hand over the result"),
        gettext_lazy("Check the identity paper of the person who takes it."),
        gettext_lazy("Hand over result"),
        gettext_lazy("Result handed over:"),
        key="T",
    ),
    "extend": Screen(
        actions.Extend,
        gettext_lazy("Apologise and set a new date"),
        gettext_lazy(
            "At least one working day before the present date, and only once. The applicant gets the letter of apology."
        ),
        gettext_lazy("Apologise, new date"),
        gettext_lazy("New date set:"),
        slip=SlipKind.APOLOGY,
    ),
    "decline-withdrawal": Screen(
        actions.DeclineWithdrawal,
        gettext_lazy("Decline the withdrawal"),
        gettext_lazy("The dossier goes on from where it stood."),
        gettext_lazy("Decline the withdrawal"),
        gettext_lazy("Withdrawal declined:"),
    ),
    "stop": Screen(
        actions.Stop,
        gettext_lazy("Stop the handling"),
        gettext_lazy("This ends the dossier. The applicant gets the notice with your reason."),
        gettext_lazy("Stop"),
        gettext_lazy("Stopped:"),
        slip=SlipKind.STOP,
        is_danger=True,
    ),
}


def form_of(form: type[ActionForm], request: HttpRequest, officer: Officer, dossier: Dossier, **more: Any) -> Any:
    """Bind an action's form to a POST, or leave it empty for a GET."""
    data = request.POST if request.method == "POST" else None
    return form(data, request.FILES or None, dossier=dossier, now=officer.now, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required(Role.CLERK)
def receive(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Receive a dossier filed online."""
    dossier = officer.dossier(code)
    return act(request, officer, dossier, form_of(reception.ReceiveForm, request, officer, dossier), SCREENS["receive"])


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required(Role.CLERK)
def refuse(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Refuse reception with a reason that cites the rule."""
    dossier = officer.dossier(code)
    form = form_of(reception.RefuseForm, request, officer, dossier)
    return act(request, officer, dossier, form, SCREENS["refuse"])


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required()
def supplement(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Ask for a supplement: ticked papers and parts, a reason each."""
    dossier = officer.dossier(code)
    sections = sections_of(dossier, page_language())
    form = form_of(reception.SupplementForm, request, officer, dossier, sections=sections)
    return act(request, officer, dossier, form, SCREENS["supplement"], template="desk/dossier_supplement.html")


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required(Role.CLERK)
def supplement_received(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Take in a supplement brought to the counter."""
    dossier = officer.dossier(code)
    form = form_of(reception.SupplementReceivedForm, request, officer, dossier)
    return act(request, officer, dossier, form, SCREENS["supplement-received"])


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required()
def forward(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Forward to a colleague or to a role."""
    dossier = officer.dossier(code)
    return act(request, officer, dossier, form_of(reception.ForwardForm, request, officer, dossier), SCREENS["forward"])


@require_POST
@officer_required(Role.SPECIALIST)
def take(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Take a dossier that is offered to the whole role: a hand-over to oneself."""
    dossier = officer.dossier(code)
    query = ListSpec.read(request.GET, officer).query_string()
    form = ActionForm(request.POST, dossier=dossier, now=officer.now)
    revision = form.shown_revision() if form.is_valid() else -1
    to_oneself = actions.Forward(to=officer.user, role=Role.SPECIALIST, note="")
    try:
        perform(to_oneself, dossier, by=officer.user, now=officer.now, revision=revision)
    except Refused as refused:
        messages.error(request, explain_refusal(refused))
    else:
        messages.success(request, _("You hold this dossier now."))
    return redirect(f"{reverse('desk:dossier', args=[dossier.code])}?{query}")


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required(Role.SPECIALIST)
def propose(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Propose a decision with its draft document."""
    dossier = officer.dossier(code)
    form = form_of(decision.ProposeForm, request, officer, dossier)
    return act(request, officer, dossier, form, SCREENS["propose"])


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required(Role.CLERK)
def return_result(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Hand over the result at the counter."""
    dossier = officer.dossier(code)
    form = form_of(decision.ReturnForm, request, officer, dossier)
    return act(request, officer, dossier, form, SCREENS["return-result"])


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required(Role.LEADER)
def extend(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Apologise and set a new date."""
    dossier = officer.dossier(code)
    form = form_of(decision.ExtendForm, request, officer, dossier)
    return act(request, officer, dossier, form, SCREENS["extend"])


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required()
def decline_withdrawal(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Decline a withdrawal."""
    dossier = officer.dossier(code)
    form = form_of(decision.DeclineWithdrawalForm, request, officer, dossier)
    return act(request, officer, dossier, form, SCREENS["decline-withdrawal"])


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required()
def stop(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Stop the handling."""
    dossier = officer.dossier(code)
    return act(request, officer, dossier, form_of(decision.StopForm, request, officer, dossier), SCREENS["stop"])
