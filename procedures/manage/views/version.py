"""One version: its task list, the sections that are one form each, and the check."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from common.refusals import Refused
from common.text import digits_in, in_order
from common.web.screens import Screen, answer, done, press, sent, shows_form
from procedures.labels import in_vietnamese
from procedures.marks import clear, counts
from procedures.models import ProcedureVersion, VersionStatus
from procedures.versions import changing, checking

from .. import marks as marks_page
from .. import sections
from ..forms.versions import DocumentsForm, DraftForm, InfoForm
from ..guards import publisher_only
from ..pages import Publisher, fresh_revision, publisher_of, version_of
from ..sections import link


def frame(version: ProcedureVersion, publisher: Publisher) -> dict[str, Any]:
    """Return what every page of a version shows above its content."""
    words, tag = sections.state_words(version, publisher.day)
    return {
        "version": version,
        "procedure": version.procedure,
        "state": words,
        "state_tag": tag,
        "is_draft": version.status == VersionStatus.DRAFT,
        "titles": sections.section_titles(),
        "second_person": lambda: sections.second_person(publisher.user, version, publisher.day),
    }


def faults_of(version: ProcedureVersion, publisher: Publisher) -> list[checking.Fault]:
    """Check a version as it would be published today; six queries."""
    is_open = version.status in (VersionStatus.DRAFT, VersionStatus.IN_REVIEW)
    return checking.check(
        version,
        today=publisher.day if is_open else None,
        is_offered=sections.is_offered(version.procedure, publisher.day),
        uncovered=sections.uncovered_units(version.procedure, publisher.day),
    )


@publisher_only
@require_safe
def overview(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Show the sections with their state and the next thing to do. Thirteen queries at most."""
    publisher, version = publisher_of(request), version_of(code, number)
    prefetch_related_objects([version], "papers", "fees", "steps")
    faults = faults_of(version, publisher)
    at = (version.procedure.code, version.number)
    context = frame(version, publisher) | {
        "sections": sections.sections(version, faults),
        "missing": len(checking.blocking(faults)),
        "advice": len(faults) - len(checking.blocking(faults)),
        "doing": sections.doing(request.user, version, publisher.day),
        "marked": counts([version.pk]).get(version.pk, 0),
        "preview_url": link("manage:preview", *at),
        "compare_url": link("manage:compare", *at),
        "export_url": link("manage:export_one", version.procedure.code),
        "editors": in_order(version.editors.order_by("pk"), name=lambda user: user.full_name),
    }
    return render(request, "manage/version.html", context)


@publisher_only
@require_safe
def check(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """List every fault with a link to its place. Eight queries."""
    publisher, version = publisher_of(request), version_of(code, number)
    lines = sections.fault_lines(version, faults_of(version, publisher))
    context = frame(version, publisher) | {
        "faults": [line for line in lines if line["is_blocking"]],
        "warnings": [line for line in lines if not line["is_blocking"]],
    }
    return render(request, "manage/version_check.html", context)


@publisher_only
@shows_form
def marks(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """List what of a version is unverified; note who has checked the parts that are ticked. Eight queries."""
    publisher, version = publisher_of(request), version_of(code, number)
    if request.method == "POST":
        at = reverse("manage:marks", args=[version.procedure.code, version.number])
        ticked = [pk for typed in request.POST.getlist("mark") if (pk := digits_in(typed)) is not None]

        def change() -> str:
            chosen = version.marks.filter(pk__in=ticked, cleared_at=None)
            count = clear(version, chosen, publisher.user, publisher.now)
            if not count:
                raise Refused(_("Tick what you have checked."))
            said = ngettext("%(n)d part has been checked.", "%(n)d parts have been checked.", count)
            return done(request, said % {"n": count}, at)

        return press(request, change, at)
    context = frame(version, publisher) | {
        "lines": marks_page.lines(version),
        "cleared": marks_page.checked_lines(version),
        "in_vietnamese": in_vietnamese(),
    }
    return render(request, "manage/version_marks.html", context)


@publisher_only
@shows_form
def info(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Change what the procedure's page says."""
    publisher, version = publisher_of(request), version_of(code, number)
    form = InfoForm(sent(request), version=version)
    return _section(request, publisher, version, form, "info")


@publisher_only
@shows_form
def documents(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Change the texts of slips and letters; see which papers have a template to download."""
    publisher, version = publisher_of(request), version_of(code, number)
    form = DocumentsForm(sent(request), version=version)
    papers = list(version.papers.all())
    return _section(request, publisher, version, form, "documents", papers=papers)


def _section(
    request: HttpRequest, publisher: Publisher, version: ProcedureVersion, form: DraftForm, key: str, **more: Any
) -> HttpResponse:
    """Show a section, or save it and go back to the task list."""
    title, at = sections.section_titles()[key], (version.procedure.code, version.number)

    def change() -> str:
        changing.edit(version, form.shown_revision(), publisher.user, publisher.now, **form.values())
        return done(request, _("Saved: %(section)s.") % {"section": title}, "manage:version", *at)

    more["marks"] = marks_page.lines(version, key)
    if version.status != VersionStatus.DRAFT and request.method != "POST":
        more["rows"] = sections.rows_of(form)
    screen = Screen(title, _("Save"), link("manage:version", *at))
    return version_answer(request, publisher, version, form, screen, change, f"version_{key}", **more)


def version_answer(
    request: HttpRequest,
    publisher: Publisher,
    version: ProcedureVersion,
    form: DraftForm,
    screen: Screen,
    change: Callable[[], str],
    template: str,
    **context: Any,
) -> HttpResponse:
    """Show or take a form about a version, in the frame of its pages."""
    return answer(
        request,
        form,
        screen,
        change,
        revision=partial(fresh_revision, version),
        template=f"manage/{template}.html",
        page=lambda refused: frame(version, publisher) | context,
    )
