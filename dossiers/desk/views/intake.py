"""The counter: papers that people bring or send are taken in on one page, with a declaration's code or without.

A declaration's code is sent in a form, never in an address; what it opened is remembered in the officer's session.
"""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from common import onetime
from common.forms.adjusting import with_values
from common.forms.card import ACCEPT, boxes_of, unchecked, wants_card, with_card
from common.forms.warnings import point_out
from common.refusals import Refused
from common.text import page_language
from common.values.identity import compact
from common.web.hidden import hidden
from common.web.limits import hit_target, too_many
from common.web.screens import shows_form
from dossiers.models import Channel, SlipKind
from dossiers.timeline.history import explain_refusal
from eforms import schema as form_schema
from offices.models import Role
from procedures import labels
from procedures.catalogue import version_of
from procedures.finding.listing import Listed
from procedures.models import PreparedForm, Procedure
from procedures.paper import prepared

from ..counter import intake as taking_in
from ..counter import people
from ..forms.intake import IntakeForm, StartForm, of_card
from ..guards import officer_required
from ..officer import Officer

SESSION_KEY = "desk_prepared"
KEPT = 20
# The dossier whose receipt is printed as soon as its page is there.
PRINT_KEY = "desk_printed"


@shows_form
@officer_required(Role.CLERK)
def start(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The scan box: a declaration's code, or words for a procedure; one that is meant opens, of several one chooses."""
    return by_words(request, officer, StartForm(request.POST if request.method == "POST" else None))


def by_words(request: HttpRequest, officer: Officer, form: StartForm) -> HttpResponse:
    """Show the scan box, or lead to what was scanned or typed in it."""
    found: list[Listed] = []
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data["what"]
        is_scanned = typed.upper().startswith(prepared.QR_PREFIX)
        # Sixteen letters may be words as well as a code that somebody types.
        found = [] if is_scanned else taking_in.meant(typed, officer)
        if not found and (is_scanned or prepared.read_code(typed)):
            return by_code(request, officer, form)
        if len(found) == 1:
            return redirect(address_of(found[0].code, request))
        if not found:
            form.add_error("what", _("No procedure of your unit is called so. Try other words, or choose it below."))
    if found:
        # The first of them has the focus.
        del form.fields["what"].widget.attrs["autofocus"]
    page = {
        "form": form,
        "found": rows_of(found, request),
        "offered": rows_of(taking_in.offered(officer), request),
        "is_by_post": is_by_post(request),
    }
    return render(request, "desk/counter_start.html", page, status=422 if form.errors else 200)


def by_code(request: HttpRequest, officer: Officer, form: StartForm) -> HttpResponse:
    """Lead to the declaration that a code opens; the same answer for an unknown and an expired one."""
    limit = hit_target("prepared_user", str(officer.user.pk), officer.now)
    if limit.exceeded:
        return too_many(request, limit)
    found = prepared.find_by_code(form.cleaned_data["what"], officer.now)
    if found is not None:
        taking_in.mark_opened(found, officer.user, officer.now)
        kept = [pk for pk in request.session.get(SESSION_KEY, []) if pk != found.pk]
        request.session[SESSION_KEY] = [*kept, found.pk][-KEPT:]
        return redirect(with_channel(reverse("desk:counter_declaration", args=[found.pk]), request))
    form.add_error("what", _("No declaration has this code, or its 30 days are over. Then type from the paper."))
    page = {
        "form": form,
        "offered": rows_of(taking_in.offered(officer), request),
        "is_by_post": is_by_post(request),
    }
    return render(request, "desk/counter_start.html", page, status=422)


def is_by_post(request: HttpRequest) -> bool:
    """Tell whether the counter stands switched to papers that came by post."""
    return request.GET.get("channel") == Channel.POST


def address_of(code: str, request: HttpRequest) -> str:
    """Return the page on which papers of a procedure are taken in, with the channel that is switched to."""
    return with_channel(reverse("desk:counter_procedure", args=[code]), request)


def with_channel(address: str, request: HttpRequest) -> str:
    """Return an address of the counter with the channel that is switched to."""
    return f"{address}?channel={Channel.POST}" if is_by_post(request) else address


def rows_of(listed: list[Listed], request: HttpRequest) -> list[dict[str, str]]:
    """Return procedures as the page lists them, with the folded words by which scripts find them."""
    return [
        {
            "url": address_of(one.code, request),
            "name": labels.name_in(version_of(one.version))[0],
            "code": one.code,
            "words": " ".join(one.text.split()),
        }
        for one in listed
    ]


def opened(request: HttpRequest, officer: Officer, pk: int) -> PreparedForm | None:
    """Return a declaration whose code this session has shown, None when it is gone; raises Http404 for others."""
    if pk not in request.session.get(SESSION_KEY, []):
        raise hidden(PreparedForm, pk=pk)
    return prepared.find(pk, officer.now)


@shows_form
@officer_required(Role.CLERK)
def procedure(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Take in papers of a procedure; leads to the receipt to print."""
    found = get_object_or_404(Procedure, code=code)
    try:
        intake = taking_in.intake_for(found, officer)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("desk:counter")
    return take_in(request, officer, intake, {"declaration": None})


@shows_form
@officer_required(Role.CLERK)
def declaration(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Take in a declaration: every answer in words, to be compared with the paper; leads to the receipt to print."""
    form = opened(request, officer, pk)
    if form is None:
        if before := taken_before(request, officer):
            return before
        messages.info(request, taking_in.gone().message)
        return redirect("desk:counter")
    page = declared(form, officer)
    try:
        intake = taking_in.intake_of(form, officer)
    except Refused as refused:
        page["refusal"] = refused.message
        return render(request, "desk/counter.html", page, status=403 if request.method == "POST" else 200)
    return take_in(request, officer, intake, page)


def declared(form: PreparedForm, officer: Officer) -> dict[str, Any]:
    """Return what the page shows of a declaration."""
    schema = form_schema.load(form.version.form or {})
    language = page_language()
    answers = form_schema.with_calculated(schema, prepared.answers_of(form), today=officer.day)
    return {
        "declaration": form,
        "title": schema.title.say(language),
        "procedure": form.version.short_name,
        "code": prepared.grouped(prepared.code_of(form)),
        "answers": [
            (section.title.say(language), [(label, text or "–") for _key, label, text in rows])
            for section, rows in form_schema.summary(schema, answers, language)
        ],
        "answer_notes": [check.said for check in form_schema.warnings(schema, answers, officer.day)],
        "opened_before": form.opened_by if form.opened_by_id != officer.user.pk else None,
    }


def take_in(request: HttpRequest, officer: Officer, intake: taking_in.Intake, page: dict[str, Any]) -> HttpResponse:
    """Show the counter's page, fill in who stands there, or take the papers in."""
    is_sent, status = request.method == "POST", 200
    channel = request.POST.get("channel") or (Channel.POST if is_by_post(request) else Channel.COUNTER)
    channel = Channel.POST if channel == Channel.POST else Channel.COUNTER
    form_of = partial(
        IntakeForm,
        intake=intake,
        officer=officer,
        key=onetime.new_key(),
        channel=channel,
        fee_by_post=taking_in.fee_by_post(intake, officer.now),
        fee=taking_in.counter_fee(intake, officer, channel),
    )
    twin = None if is_sent else taking_in.declared_twin(intake, officer)
    asked = form_of(request.POST if is_sent else None, request.FILES if is_sent else None, twin=twin)
    if wants_card(request, "applicant"):
        data = filled(request, officer, asked)
        asked = unchecked(form_of(data, twin=twin_in(data, intake, officer)))
    elif before := taken_before(request, officer):
        return before
    elif is_sent:
        asked = form_of(request.POST, request.FILES, twin=twin_in(request.POST, intake, officer))
        status = 422
        if asked.is_valid():
            try:
                taken = taking_in.register(
                    intake, asked.taking(), by=officer.user, key=asked.cleaned_data["key"], now=officer.now
                )
            except Refused as refused:
                asked.add_error(refused.field if refused.field in asked.fields else None, explain_refusal(refused))
                status = refused.status
            else:
                return taken_in(request, asked, taken)
    if status == 200:
        asked.begin()
    shown = {
        "form": asked,
        "intake": intake,
        "start": taking_in.start_words(intake, officer.now),
        "card": boxes_of("applicant"),
        "accept": ACCEPT,
        "procedure": intake.version.short_name,
    }
    return render(request, "desk/counter.html", page | shown, status=status)


def taken_before(request: HttpRequest, officer: Officer) -> HttpResponse | None:
    """Lead to the receipt when the same page was sent before; None otherwise, two queries at most."""
    key = request.POST.get("key", "")
    before = taking_in.taken_with(key, officer.user) if key else None
    return redirect("desk:print", SlipKind.RECEIPT, str(before.code)) if before is not None else None


def twin_in(data: Any, intake: taking_in.Intake, officer: Officer) -> Any:
    """Return an open dossier of the person that a sent page names, with this procedure; one query at most."""
    is_person = data.get("kind", "citizen") == "citizen"
    return taking_in.twin_of(intake, compact(data.get("id_number" if is_person else "tax_code", "")[:60]), officer)


def filled(request: HttpRequest, officer: Officer, asked: IntakeForm) -> Any:
    """Return what the page was sent, with the boxes of the person filled in: by a card, a number or a phone."""
    typed = request.POST.get(boxes_of("applicant")[1], "").strip()
    if not typed or "|" in typed:
        return with_card(request, "applicant", asked, of_card(asked), officer.now)
    try:
        found = people.been_here(typed[:60], officer)
    except Refused as refused:
        messages.warning(request, refused.message)
        return asked.data
    values = people.boxes_of_applicant(found)
    words = _("Filled in from dossier %(code)s: %(name)s. Compare with the identity paper.")
    messages.success(request, words % {"code": found.dossier.code, "name": found.name})
    return with_values(asked, {name: value for name, value in values.items() if name in asked.fields})


def taken_in(request: HttpRequest, asked: IntakeForm, taken: taking_in.Taken) -> HttpResponse:
    """Lead to the receipt, which prints at once; say what was taken in on the page after it."""
    code = str(taken.dossier.code)
    links = format_html_join(", ", '<a href="{}">{}</a>', taken.receipts)
    text = format_html('{} <a href="{}">{}</a>', _("Accepted:"), reverse("desk:dossier", args=[code]), code)
    if taken.receipts:
        text = format_html("{} {} {}", text, _("Print the receipt:"), links)
    messages.success(request, text)
    point_out(request, asked)
    request.session[PRINT_KEY] = {"code": code, "receipts": [list(row) for row in taken.receipts]}
    return redirect("desk:print", SlipKind.RECEIPT, code)
