"""One procedure: its versions, what stands beside them, who offers it, its history, its end, copies of it."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.forms.screen_forms import ScreenForm
from common.web.hidden import hidden
from common.web.screens import Screen, answer, done, press, sent, shows_form
from offices.models import Unit
from procedures import access, fees
from procedures.catalogue import lacks_specialist
from procedures.models import FeeLine, Offering, Procedure, Proposal, VersionStatus
from procedures.versions import drafting, procedure_editing, publishing
from procedures.versions.changing import overtaken
from procedures.versions.checking import NO_SPECIALIST

from .. import lists
from ..forms.offerings import OfferingForm, revision_of
from ..forms.procedures import DuplicateForm, ProcedureForm, RetireForm
from ..guards import publisher_only
from ..history import history_of
from ..pages import Publisher, once_procedure, procedure_of, publisher_of
from ..sections import link, state_words


@publisher_only
@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show a procedure as its publishers see it. Fifteen queries."""
    publisher, found = publisher_of(request), procedure_of(code)
    versions = lists.versions_of([found.pk])[found.pk]
    shown = lists.shown_of(versions, publisher.day)
    related = list(found.related.order_by("code"))
    retired = _retirement(versions)
    proposals = list(found.proposals.select_related("unit", "by", "successor"))
    successors = [one.successor for one in (retired, *proposals) if one is not None and one.successor is not None]
    named = related + successors
    names = lists.names_of(named, publisher.day) if named else {}
    listed = [(version, *state_words(version, publisher.day)) for version in versions]
    context = {
        "procedure": found,
        "name": shown.name if shown else found.code,
        "versions": listed,
        "open": next((version for version in versions if version.status in ("draft", "in_review")), None),
        "retired": retired,
        "retired_for": _called(retired and retired.successor, names),
        "proposals": [(one, _called(one.successor, names)) for one in proposals],
        "can_retire": any(_is_ahead(version, publisher) for version in versions),
        "life_events": list(found.life_events.all()),
        "related": [(other, _called(other, names)) for other in related],
        "offerings": _offerings(found, request.user, publisher),
        "history": history_of(found),
        "export_url": link("manage:export_one", found.code),
        "public_url": link("procedures:detail", found.code) if shown and shown.published_at else "",
    }
    return render(request, "manage/procedure.html", context)


@publisher_only
@shows_form
def edit(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change notice, synonyms, life events, questions and what else is no matter of a version."""
    publisher, found = publisher_of(request), procedure_of(code)
    others = list(found.related.order_by("code"))
    names = lists.names_of(others, publisher.day) if others else {}
    related = [f"{other.code} {names.get(other.pk, '')}".strip() for other in others]
    form = ProcedureForm(sent(request), procedure=found, related=related)

    def change() -> str:
        procedure_editing.change_procedure(found, form.shown_revision(), publisher.user, publisher.now, **form.values())
        return done(request, _("Saved."), "manage:procedure", found.code)

    words = _("Notice, search words, questions"), _("Save")
    lead = _("This takes effect immediately, without a new version.")
    revision = partial(Procedure.objects.values_list("revision", flat=True).get, pk=found.pk)
    return _answer(request, found, publisher, form, words, change, lead, revision=revision)


def _answer(
    request: HttpRequest,
    found: Procedure,
    publisher: Publisher,
    form: ScreenForm,
    words: tuple[str, str],
    change: Callable[[], str],
    lead: str = "",
    *,
    is_danger: bool = False,
    **more: Any,
) -> HttpResponseBase:
    """Show or take a form about a procedure; ``words`` are title and button, ``more`` goes to the engine."""
    screen = Screen(*words, link("manage:procedure", found.code), lead=lead, is_danger=is_danger)
    return answer(
        request,
        form,
        screen,
        change,
        **({"template": "manage/procedure_screen.html"} | more),
        page=lambda refused: {"procedure": found, "name": _name(found, publisher)},
    )


@publisher_only
@require_POST
def draft(request: HttpRequest, code: str) -> HttpResponseBase:
    """Open the draft of the next version, made from the newest one when there is none."""
    publisher, found = publisher_of(request), procedure_of(code)

    def change() -> str:
        version = drafting.draft_from(found, publisher.user, publisher.now)
        return link("manage:version", found.code, version.number)

    return press(request, change, link("manage:procedure", found.code))


@publisher_only
@shows_form
def duplicate(request: HttpRequest, code: str) -> HttpResponseBase:
    """Make a new procedure that says what this one says."""
    publisher, found = publisher_of(request), procedure_of(code)
    proposed = {"code": drafting.next_local_code(), "name": _name(found, publisher)}
    form = DuplicateForm(sent(request), initial=None if request.POST else proposed)

    def change() -> str:
        code = form.cleaned_data["code"]
        once_procedure(
            form, "procedure.duplicate", publisher,
            lambda: drafting.duplicate(found, code, publisher.user, publisher.now, form.cleaned_data["name"]),
        )  # fmt: skip
        return done(request, _("The copy is there. Go on with its sections."), "manage:version", code, 1)

    lead = _(
        "The copy takes everything of the newest version: texts, papers with their templates, fees, form and steps; "
        "also the search words, life events, questions and answers."
    )
    return _answer(request, found, publisher, form, (_("Duplicate"), _("Make the copy")), change, lead)


@publisher_only
@shows_form
def retire(request: HttpRequest, code: str) -> HttpResponseBase:
    """Decide that a procedure no longer applies: from when, why, what takes its place."""
    publisher, found = publisher_of(request), procedure_of(code)
    form = RetireForm(sent(request), procedure=found, initial=_decided(found))

    def change() -> str:
        data = form.cleaned_data
        typed = data["on"], data["reason"], data["successor"]
        publishing.propose_retirement(found, *typed, publisher.user, publisher.now)
        said = _("Proposed: another publisher confirms that it ends before %(date)s.")
        said %= {"date": f"{data['on']:%d/%m/%Y}"}
        return done(request, said, "manage:procedure", found.code)

    words = _("Retire"), _("Propose to retire it")
    lead = _("It takes effect once another publisher has confirmed it.") + " "
    lead += _(
        "The page stays readable and names the reason and the successor. Nobody files new dossiers from that day on. "
        "A new version would begin it anew."
    )
    more = {"template": "manage/procedure_retire.html", "open": found.versions.open().defer("form").first()}
    return _answer(request, found, publisher, form, words, change, lead, is_danger=True, **more)


def _decided(found: Procedure) -> dict[str, Any]:
    """Return the end that has been decided already, as the form's first values. One query."""
    last = (
        found.versions.exclude(published_at=None).select_related("successor").defer("form").order_by("-number").first()
    )
    if last is None or last.status != VersionStatus.RETIRED or last.effective_until is None:
        return {}
    return {
        "on": last.effective_until + timedelta(days=1),
        "reason": last.retirement_reason,
        "successor": last.successor.code if last.successor else "",
    }


def _own_unit(publisher: Publisher, slug: str) -> Unit:
    """Return a unit whose offerings the publisher may change. Raises Http404."""
    own = access.offering_units(publisher.user, publisher.day)
    unit = next((mine for mine in own if mine.slug == slug), None)
    if unit is None:
        raise hidden(Unit, slug=slug)
    return unit


@publisher_only
@shows_form
def offering(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """Say how one of one's own units offers a procedure; other units' are 404."""
    publisher, found = publisher_of(request), procedure_of(code)
    unit = _own_unit(publisher, slug)
    present = Offering.objects.filter(unit=unit, procedure=found).first()
    maximum = procedure_editing.highest_level(found, publisher.day)
    lines = procedure_editing.due_lines(found, publisher.day)
    form = OfferingForm(sent(request), offering=present, maximum=maximum, today=publisher.day, lines=lines)

    def change() -> str:
        if form.cleaned_data["revision"] != revision_of(present):
            raise overtaken(found)
        procedure_editing.set_offering(found, unit, by=publisher.user, now=publisher.now, seen=present, **form.values())
        said = _("Saved: %(unit)s.")
        if present is not None and form.cleaned_data["level"] < present.level:
            said = _("Saved: %(unit)s. The lower level counts once another publisher has confirmed it.")
        return done(request, said % {"unit": unit.name}, "manage:procedure", found.code)

    bare = lacks_specialist([unit.pk], [found.sector.code], publisher.day)
    lead = NO_SPECIALIST % {"unit": unit.name} if bare else ""
    words = unit.name, _("Save") if present else _("Offer the procedure")
    revision: Any = lambda: revision_of(Offering.objects.filter(unit=unit, procedure=found).first())  # noqa: E731
    return _answer(request, found, publisher, form, words, change, lead, revision=revision)


@publisher_only
@require_POST
def offering_end(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """Let a unit stop offering a procedure after today."""
    publisher, found = publisher_of(request), procedure_of(code)
    present = get_object_or_404(
        Offering.objects.select_related("unit"), unit=_own_unit(publisher, slug), procedure=found
    )
    present.procedure = found

    def change() -> str:
        procedure_editing.end_offering(present, publisher.day, publisher.user, publisher.now)
        is_ahead = present.since > publisher.day
        words = _("Saved: %(unit)s.") if is_ahead else _("Today is the last day on which %(unit)s offers it.")
        return done(request, words % {"unit": present.unit.name}, "manage:procedure", found.code)

    return press(request, change, link("manage:procedure", found.code))


@publisher_only
@require_POST
def proposal(request: HttpRequest, code: str, pk: int, answer: str) -> HttpResponseBase:
    """Confirm or decline what another publisher has proposed; one's own is taken back by declining it."""
    publisher, found = publisher_of(request), procedure_of(code)
    waiting = get_object_or_404(
        Proposal.objects.select_related("procedure", "unit", "successor"), procedure=found, pk=pk
    )
    act = {"confirm": publishing.confirm, "decline": publishing.decline}[answer]

    def change() -> str:
        act(waiting, publisher.user, publisher.now)
        said = _("Confirmed.") if answer == "confirm" else _("The proposal is off.")
        return done(request, said, "manage:procedure", found.code)

    return press(request, change, link("manage:procedure", found.code))


def _name(found: Procedure, publisher: Publisher) -> str:
    return lists.names_of([found], publisher.day).get(found.pk, found.code)


def _is_ahead(version: Any, publisher: Publisher) -> bool:
    is_public = version.status in (VersionStatus.PUBLISHED, VersionStatus.RETIRED)
    return is_public and (version.effective_until is None or version.effective_until >= publisher.day)


def _called(other: Procedure | None, names: dict[int, str]) -> str:
    """Return the name of a procedure among names read before, or its code; '' for none."""
    return names.get(other.pk, other.code) if other is not None else ""


def _retirement(versions: list[Any]) -> Any:
    """Return the newest published version when it is the end of the procedure."""
    newest = next((version for version in versions if version.published_at), None)
    return newest if newest is not None and newest.status == VersionStatus.RETIRED else None


def _offerings(found: Procedure, user: Any, publisher: Publisher) -> list[dict[str, Any]]:
    """Return how each unit a person looks after offers a procedure, and how many others do."""
    units = access.offering_units(user, publisher.day)
    offerings = Offering.objects.filter(procedure=found, unit__in=units).prefetch_related("fees")
    by_unit = {one.unit_id: one for one in offerings}
    due = procedure_editing.due_lines(found, publisher.day)
    lines = []
    for unit in units:
        one = by_unit.get(unit.pk)
        is_running = one is not None and (one.until is None or one.until >= publisher.day)
        lines.append(
            {
                "unit": unit,
                "offering": one,
                "fees": _own_fees(one, due, publisher.day) if one else [],
                "is_running": is_running,
                "is_receiving": unit.identifier is not None,
            }
        )
    return [line for line in lines if line["is_receiving"] or line["offering"]]


def _own_fees(offering: Offering, lines: list[FeeLine], day: date) -> list[str]:
    """Return the unit's own amounts in words: what counts on a day, and what waits."""
    rows = list(offering.fees.all())
    present = fees.in_force(rows, day)
    waiting = [row for row in rows if not row.resolution or row.since > day]
    by_key = {line.key: line for line in lines}
    return [fees.own_words(by_key[row.key], row, day) for row in (*present.values(), *waiting) if row.key in by_key]
