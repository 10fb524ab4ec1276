"""The form on paper: its blank PDF, and "fill in here, print, sign, send", without an account.

Only the visitor's session leads to what was filled in; addresses carry nothing
of it. The pages begin no session before the first POST.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.clock import LOCAL, local_day, now, recorded_now
from common.files.store import NotKept
from common.forms.warnings import point_out
from common.pdf import PdfFailed, render_pdf
from common.refusals import Refused
from common.text import page_language
from common.web.limits import hit_ip, hit_target, too_many
from eforms import declarations
from eforms.answering import known_data
from eforms.filling.filled import SentSection
from eforms.filling.offers import fill_in, groups, known_here, wish
from eforms.schema import Section
from offices.units.hours import hours_lines

from .. import labels
from ..catalogue import Entry, current_version, entry_of
from ..forms import PaperUnitForm
from ..levels import PAPER_LEVEL
from ..models import PreparedForm, Procedure
from . import blank_forms, prepared

SESSION_KEY = "prepared_forms"
MAX_FORMS = 20
View = Callable[..., HttpResponseBase]


# Which form ----------------------------------------------------------------------------------------------------------


def on_paper(view: View) -> View:
    """Give a view the procedure and where its form is taken on paper: 404 below level 2, 410 once it has ended."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        procedure = get_object_or_404(Procedure, code=code)
        entry = entry_of(procedure, local_day(now()), PAPER_LEVEL)
        if entry.is_over:
            return gone(request, procedure)
        if not entry.offerings or entry.version is None or entry.version.form is None:
            raise Http404
        return view(request, procedure, entry, *args, **kwargs)

    return guarded


def gone(request: HttpRequest, procedure: Procedure) -> HttpResponse:
    """Answer 410 and name the procedure that came in its place."""
    last = procedure.versions.exclude(successor=None).select_related("successor").order_by("-number").first()
    successor = None
    if last is not None and last.successor is not None:
        version = current_version(last.successor, local_day(now()))
        if version is not None:
            successor = {"url": reverse("procedures:detail", args=[last.successor.code]), "name": version.short_name}
    return render(request, "410.html", {"successor": successor}, status=410)


def on_form(view: View) -> View:
    """Give a view the visitor's own form of the version in force; without one it leads to the first page."""

    @never_cache
    @on_paper
    @wraps(view)
    def guarded(
        request: HttpRequest, procedure: Procedure, entry: Entry, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        form = own_form(request, procedure)
        if form is None or entry.version is None or form.version_id != entry.version.pk:
            return redirect("procedures:fill", procedure.code)
        try:
            return view(request, procedure, entry, form, *args, **kwargs)
        except Refused as refused:
            messages.info(request, refused.message)
            return redirect("procedures:fill", procedure.code)

    return guarded


def own_form(request: HttpRequest, procedure: Procedure) -> PreparedForm | None:
    """Return the live form that the visitor's session holds for a procedure; no session is begun. One query."""
    kept = request.session.get(SESSION_KEY, {})
    pk = kept.get(procedure.code)
    form = prepared.find(pk, now()) if pk is not None else None
    return form if form is not None and form.version.procedure_id == procedure.pk else None


def keep(request: HttpRequest, procedure: Procedure, form: PreparedForm | None) -> None:
    """Let the visitor's session remember a form, or forget it; each call lengthens the session's life."""
    kept = {code: pk for code, pk in request.session.get(SESSION_KEY, {}).items() if code != procedure.code}
    if form is not None:
        kept = dict([*kept.items(), (procedure.code, form.pk)][-MAX_FORMS:])
    request.session[SESSION_KEY] = kept


# Blank ---------------------------------------------------------------------------------------------------------------


@on_paper
@require_safe
def blank_form(request: HttpRequest, procedure: Procedure, entry: Entry) -> HttpResponse:
    """Send the blank fillable form; it is made now when nobody has asked before."""
    version = entry.version
    assert version is not None and version.form is not None
    name = blank_forms.storage_name(version.pk, version.form, version.name)
    if not default_storage.exists(name):
        limit = hit_ip(request, "declaration_ip", now())
        if limit.exceeded:
            return too_many(request, limit)
        try:
            try:
                blank_forms.ensure(version)
            except NotKept:
                # Whoever asks need not know that it cannot be kept.
                return pdf_response(blank_forms.render(version.form, version.name), version.form["title"]["vi"])
        except PdfFailed:
            return render(request, "503.html", status=503)
    with default_storage.open(name) as stored:
        response = pdf_response(stored.read(), version.form["title"]["vi"])
    response["Cache-Control"] = "private, max-age=600"
    return response


def pdf_response(content: bytes, title: str) -> HttpResponse:
    """Return a PDF to be saved under the plain letters of its title."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{blank_forms.file_name(title)}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


# Filling in ----------------------------------------------------------------------------------------------------------


@never_cache
@on_paper
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, procedure: Procedure, entry: Entry) -> HttpResponse:
    """Say what this is and how long it is kept; POST begins, or goes on under the form in force."""
    form = own_form(request, procedure)
    version = entry.version
    assert version is not None
    unit_form = PaperUnitForm(entry=entry)
    if request.method == "POST":
        limit = hit_ip(request, "prepare_ip", now())
        if limit.exceeded:
            return too_many(request, limit)
        if form is not None:
            if form.version_id != version.pk:
                form = prepared.renew(form, version, recorded_now())
            keep(request, procedure, form)
            return redirect(next_page(procedure, form))
        unit_form = PaperUnitForm(request.POST, entry=entry)
        if unit_form.is_valid():
            form = prepared.start(version, unit_form.cleaned_data["unit"], recorded_now())
            keep(request, procedure, form)
            return redirect(next_page(procedure, form))
    name, name_language = labels.name_in(version)
    context = {
        "procedure": procedure,
        "name": name,
        "language": name_language,
        "form": unit_form,
        "chooses_unit": len(entry.offerings) > 1 and form is None,
        "unit": entry.offerings[0].unit,
        "has_begun": form is not None,
        "has_changed": form is not None and form.version_id != version.pk,
        "days": prepared.DAYS,
    }
    return render(request, "procedures/fill_begin.html", context, status=422 if unit_form.errors else 200)


def next_page(procedure: Procedure, form: PreparedForm) -> str:
    """Return the first part that is not finished, or the check when none is left."""
    missing = prepared.progress_of(form, local_day(now())).missing
    return page_of(procedure, missing[0] if missing else None)


def page_of(procedure: Procedure, section: Section | None) -> str:
    """Return the address of a part, that of the check for None."""
    if section is None:
        return reverse("procedures:fill_review", args=[procedure.code])
    return reverse("procedures:fill_section", args=[procedure.code, section.key])


@on_form
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, procedure: Procedure, entry: Entry, form: PreparedForm, section: str) -> HttpResponse:
    """Ask one topic; what was typed is kept even when something is wrong with it."""
    progress = prepared.progress_of(form, local_day(now()))
    chosen = progress.section(section)
    if chosen is None:
        messages.info(request, _("This part is not needed for your answers."))
        return redirect("procedures:fill_review", procedure.code)
    sent = request.POST if request.method == "POST" else None
    prefill = known_data(request.user) if request.user.is_authenticated else {}
    asked = progress.form(chosen, sent, prefill=prefill, language=page_language())
    is_from_review = request.GET.get("back") == "review"
    wished = wish(request, asked) if sent is not None else ""
    if wished:
        answered = fill_in(request, asked, wished, known_here(asked, prefill), now())
        prepared.save_section(form, SentSection(chosen.key, answered.answers(), False, answered.typed), recorded_now())
        keep(request, procedure, form)
        return redirect(request.get_full_path())
    if sent is not None:
        is_valid = asked.is_valid()
        filled_in = SentSection(chosen.key, asked.answers(), is_valid, asked.typed)
        prepared.save_section(form, filled_in, recorded_now())
        keep(request, procedure, form)
        if is_valid:
            point_out(request, asked)
            form.refresh_from_db()
            following = prepared.progress_of(form, progress.day).following(chosen)
            return redirect(page_of(procedure, None if is_from_review else following))
    before = progress.preceding(chosen)
    back = reverse("procedures:fill", args=[procedure.code])
    if before or is_from_review:
        back = page_of(procedure, None if is_from_review else before)
    asked.offers = groups(asked, known_here(asked, prefill))
    context = progress.page(chosen, asked) | {
        "procedure": procedure,
        "back": back,
        "is_printed": form.code_index is not None,
    }
    is_refused = sent is not None and bool(asked.errors)
    return render(request, "procedures/fill_section.html", context, status=422 if is_refused else 200)


@on_form
@require_safe
def review(request: HttpRequest, procedure: Procedure, entry: Entry, form: PreparedForm) -> HttpResponse:
    """Show everything filled in, with links to change it and what is still missing."""
    progress = prepared.progress_of(form, local_day(now()))
    missing = [
        {
            "url": f"{page_of(procedure, section)}?back=review",
            "text": section.title.say(page_language()),
            "is_faulty": progress.is_faulty(section),
        }
        for section in progress.missing
    ]
    context = {
        "procedure": procedure,
        "title": progress.schema.title.say(page_language()),
        "sections": progress.review(page_language(), partial(page_of, procedure)),
        "missing": missing,
        "is_printed": form.code_index is not None,
        "back": page_of(procedure, progress.sections[-1]),
        "days": prepared.DAYS,
    }
    return render(request, "procedures/fill_review.html", context)


# Printing ------------------------------------------------------------------------------------------------------------


@on_form
@require_http_methods(["GET", "HEAD", "POST"])
def print_page(request: HttpRequest, procedure: Procedure, entry: Entry, form: PreparedForm) -> HttpResponse:
    """Show the declaration to print and what to do with it; POST makes it ready with its code."""
    if prepared.progress_of(form, local_day(now())).missing:
        messages.info(request, _("Some parts are still missing. They are listed below."))
        return redirect("procedures:fill_review", procedure.code)
    if request.method == "POST":
        prepared.make_ready(form, recorded_now())
        keep(request, procedure, form)
        return redirect("procedures:fill_print", procedure.code)
    if form.code_index is None:
        return redirect("procedures:fill_review", procedure.code)
    unit = chosen_unit(entry, form)
    context = declaration(entry, form) | {
        "procedure": procedure,
        "code": prepared.grouped(prepared.code_of(form)),
        "units": [unit] if unit else [offering.unit for offering in entry.offerings],
        "hours": hours_lines(unit.opening_hours.all()) if unit else [],
        "days": prepared.DAYS,
        "until": form.expires_at,
    }
    return render(request, "procedures/fill_print.html", context)


def chosen_unit(entry: Entry, form: PreparedForm) -> Any:
    """Return the unit that a form is for, None when it no longer takes it."""
    only = entry.offerings[0] if len(entry.offerings) == 1 else None
    offering = only or entry.offering(prepared.unit_of(form))
    return offering.unit if offering else None


def declaration(entry: Entry, form: PreparedForm) -> dict[str, Any]:
    """Return the context of a filled declaration with its code."""
    progress = prepared.progress_of(form, local_day(now()))
    unit, code = chosen_unit(entry, form), prepared.code_of(form)
    head = declarations.Head(
        procedure=declarations.plain(form.version.name),
        unit=unit.name if unit else "",
        mark=prepared.grouped(code),
        mark_label="Mã tờ khai",
        qr_text=prepared.qr_text(code),
        qr_hint=f"Dùng đến {form.expires_at.astimezone(LOCAL):%d/%m/%Y}",
        signer=declarations.signer_of(progress.schema, progress.kept),
    )
    return declarations.context(progress.schema, progress.kept, head)


@on_form
@require_safe
def print_pdf(request: HttpRequest, procedure: Procedure, entry: Entry, form: PreparedForm) -> HttpResponse:
    """Send the declaration as a PDF, made in memory and kept nowhere."""
    if form.code_index is None or prepared.progress_of(form, local_day(now())).missing:
        return redirect("procedures:fill_review", procedure.code)
    for limit in (hit_target("declaration_pdf", str(form.pk), now()), hit_ip(request, "declaration_ip", now())):
        if limit.exceeded:
            return too_many(request, limit)
    context = declaration(entry, form)
    try:
        content = render_pdf(declarations.PDF_TEMPLATE, context)
    except PdfFailed:
        messages.error(request, _("The PDF could not be made. Print this page instead."))
        return redirect("procedures:fill_print", procedure.code)
    return pdf_response(content, context["title"])


@on_form
@require_POST
def discard(request: HttpRequest, procedure: Procedure, entry: Entry, form: PreparedForm) -> HttpResponse:
    """Delete what was filled in, at once."""
    prepared.discard(form)
    keep(request, procedure, None)
    messages.success(request, _("What you filled in has been deleted."))
    return redirect("procedures:detail", procedure.code)
