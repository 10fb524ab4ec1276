"""Desk pages for declarations that were filled in on the portal and came on paper.

The code is sent in a form, never in an address; what it opened is remembered in
the officer's session.
"""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common import onetime
from common.forms.card import ACCEPT, boxes_of, unchecked, wants_card, with_card
from common.forms.warnings import point_out
from common.refusals import Refused
from common.text import page_language
from common.web.hidden import hidden
from common.web.limits import hit_target, too_many
from dossiers.models import SlipKind
from dossiers.timeline.history import explain_refusal
from eforms import schema as form_schema
from offices.models import Role
from procedures.models import PreparedForm
from procedures.paper import prepared

from .. import intake as prepared_intake
from ..forms.intake import CodeForm, IntakeForm, of_card
from ..guards import officer_required
from ..officer import Officer

SESSION_KEY = "desk_prepared"
KEPT = 20


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required(Role.CLERK)
def find(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Take a scanned or typed code; the same answer for an unknown and an expired one."""
    return by_code(request, officer, CodeForm(request.POST if request.method == "POST" else None))


def by_code(request: HttpRequest, officer: Officer, form: CodeForm) -> HttpResponse:
    """Show the box for codes, or lead to the declaration that a sent code opens."""
    if form.is_bound:
        limit = hit_target("prepared_user", str(officer.user.pk), officer.now)
        if limit.exceeded:
            return too_many(request, limit)
        if form.is_valid():
            found = prepared.find_by_code(form.cleaned_data["code"], officer.now)
            if found is not None:
                prepared_intake.mark_opened(found, officer.user, officer.now)
                kept = [pk for pk in request.session.get(SESSION_KEY, []) if pk != found.pk]
                request.session[SESSION_KEY] = [*kept, found.pk][-KEPT:]
                return redirect("desk:prepared_form", found.pk)
            form.add_error(
                "code", _("No declaration has this code, or its 30 days are over. Then type from the paper.")
            )
    return render(request, "desk/prepared.html", {"form": form}, status=422 if form.errors else 200)


def opened(request: HttpRequest, officer: Officer, pk: int) -> PreparedForm | None:
    """Return a declaration whose code this session has shown, None when it is gone; raises Http404 for others."""
    if pk not in request.session.get(SESSION_KEY, []):
        raise hidden(PreparedForm, pk=pk)
    return prepared.find(pk, officer.now)


def lead_back(request: HttpRequest) -> HttpResponse:
    """Say that a declaration is gone and return to the box for codes."""
    messages.info(request, prepared_intake.gone().message)
    return redirect("desk:prepared")


@require_safe
@officer_required(Role.CLERK)
def show(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Show every answer in words, to be compared with the paper."""
    form = opened(request, officer, pk)
    if form is None:
        return lead_back(request)
    schema = form_schema.load(form.version.form or {})
    language = page_language()
    answers = form_schema.with_calculated(schema, prepared.answers_of(form), today=officer.day)
    page = {
        "form": form,
        "title": schema.title.say(language),
        "procedure": form.version.short_name,
        "code": prepared.grouped(prepared.code_of(form)),
        "answers": [
            (section.title.say(language), [(label, text or "–") for _key, label, text in rows])
            for section, rows in form_schema.summary(schema, answers, language)
        ],
        "answer_notes": [check.said for check in form_schema.warnings(schema, answers, officer.day)],
        "opened_before": form.opened_by if form.opened_by_id != officer.user.pk else None,
        "refusal": "",
    }
    try:
        page["intake"] = prepared_intake.intake_of(form, officer)
    except Refused as refused:
        page |= {"intake": None, "refusal": refused.message}
    return render(request, "desk/prepared_form.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required(Role.CLERK)
def register(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Take the papers in with the declared answers; leads to the receipt to print."""
    form = opened(request, officer, pk)
    if form is None:
        return taken_before(request, officer) or lead_back(request)
    try:
        intake = prepared_intake.intake_of(form, officer)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("desk:prepared_form", pk)
    status = 200
    fee_by_post = prepared_intake.fee_by_post(intake, officer.now)
    form_of = partial(IntakeForm, intake=intake, officer=officer, key=onetime.new_key(), fee_by_post=fee_by_post)
    asked = form_of(request.POST if request.method == "POST" else None)
    if wants_card(request, "applicant"):
        asked = unchecked(form_of(with_card(request, "applicant", asked, of_card(asked), officer.now)))
    elif request.method == "POST":
        status = 422
        if asked.is_valid():
            try:
                dossier = prepared_intake.register(
                    intake, asked.intake_data(), by=officer.user, key=asked.cleaned_data["key"], now=officer.now
                )
            except Refused as refused:
                asked.add_error(refused.field if refused.field in asked.fields else None, explain_refusal(refused))
                status = refused.status
            else:
                link = format_html('<a href="{}">{}</a>', reverse("desk:dossier", args=[dossier.code]), dossier.code)
                messages.success(request, format_html("{} {}", _("Accepted:"), link))
                point_out(request, asked)
                return redirect("desk:print", SlipKind.RECEIPT, dossier.code)
    page = {
        "form": asked,
        "intake": intake,
        "start": prepared_intake.start_words(intake, officer.now),
        "card": boxes_of("applicant"),
        "accept": ACCEPT,
        "procedure": intake.version.short_name,
        "back": reverse("desk:prepared_form", args=[pk]),
    }
    return render(request, "desk/prepared_register.html", page, status=status)


def taken_before(request: HttpRequest, officer: Officer) -> HttpResponse | None:
    """Lead to the receipt when the same form was sent twice."""
    dossier = prepared_intake.taken_with(request.POST.get("key", ""), officer.user)
    return None if dossier is None else redirect("desk:print", SlipKind.RECEIPT, str(dossier.code))
