"""The checklist of a life event: its steps, the day they count from, adding, changing, moving, removing."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.web.screens import Screen, answer, done, press, sent, shows_form
from procedures.guiding import changing
from procedures.guiding.checklists import time_words
from procedures.models import ChecklistStep, LifeEvent, SpanUnit

from ..forms.versions import initial_of
from ..guards import shared_only
from ..lists import names_of
from ..pages import once, publisher_of
from .forms import DayNameForm, StepForm


@shared_only
@shows_form
def step_list(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show the steps of a life event in their order, and name the day that their time counts from. Three queries."""
    publisher, event = publisher_of(request), get_object_or_404(LifeEvent, code=code)
    initial = {"day_name": event.day_name, "day_name_en": event.day_name_en}
    form = DayNameForm(sent(request), revision=changing.revision_of_day(event), initial=initial)

    def change() -> str:
        typed = form.cleaned_data
        names = typed["day_name"], typed["day_name_en"]
        changing.name_day(event, *names, typed["revision"], publisher.user, publisher.now)
        return done(request, _("Saved."), "manage:steps", code)

    def page(_refused: Any) -> dict[str, Any]:
        steps = list(event.steps.select_related("procedure", "signpost", "event"))
        names = names_of([step.procedure for step in steps if step.procedure], publisher.day)
        rows = [
            (step, names.get(step.procedure_id or 0) or changing.title_of(step), time_words(step)) for step in steps
        ]
        return {"event": event, "rows": rows}

    return answer(
        request,
        form,
        Screen(event.name, _("Save"), reverse("manage:life_events"), _("Life events"), is_name=True),
        change,
        revision=lambda: changing.revision_of_day(get_object_or_404(LifeEvent, pk=event.pk)),
        template="manage/step_list.html",
        page=page,
    )


@shared_only
@shows_form
def step_new(request: HttpRequest, code: str) -> HttpResponseBase:
    """Add a step at the end; the same form sent twice adds one."""
    publisher, event = publisher_of(request), get_object_or_404(LifeEvent, code=code)
    form = StepForm(sent(request), revision="", initial={"amount_unit": SpanUnit.DAYS})
    form.act_once()

    def change() -> str:
        values = form.values()
        subject = f"{event.code}:{values['procedure'] or values['signpost']}"[:40]
        add = lambda: changing.add_step(event, values, publisher.user, publisher.now)  # noqa: E731
        once(form, "life-event.step-new", publisher, subject, add)
        return done(request, _("The step has been added."), "manage:steps", code)

    return answer(request, form, _screen(event, _("Add a step")), change)


@shared_only
@shows_form
def step_edit(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Change a step."""
    publisher, step = publisher_of(request), _step(code, pk)
    initial = dict(initial_of(step, StepForm))
    initial["procedure"] = step.procedure.code if step.procedure else ""
    initial["signpost"] = step.signpost.code if step.signpost else ""
    form = StepForm(sent(request), revision=changing.revision_of(step), initial=initial)

    def change() -> str:
        revision = form.cleaned_data["revision"]
        changing.change_step(step, revision, form.values(), publisher.user, publisher.now)
        return done(request, _("The step has been changed."), "manage:steps", code)

    names = names_of([step.procedure], publisher.day) if step.procedure else {}
    screen = _screen(step.event, names.get(step.procedure_id or 0) or changing.title_of(step))
    return answer(request, form, screen, change, revision=lambda: changing.revision_of(_step(code, pk)))


def _screen(event: LifeEvent, title: str) -> Screen:
    return Screen(title, _("Save"), reverse("manage:steps", args=[event.code]), event.name)


def _step(code: str, pk: int) -> ChecklistStep:
    return get_object_or_404(
        ChecklistStep.objects.select_related("event", "procedure", "signpost"), event__code=code, pk=pk
    )


@shared_only
@require_POST
def step_move(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Move a step one place up or down."""
    publisher, step = publisher_of(request), _step(code, pk)
    changing.move_step(step, 1 if request.POST.get("to") == "down" else -1, publisher.user, publisher.now)
    return redirect("manage:steps", code)


@shared_only
@require_POST
def step_remove(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Remove a step."""
    publisher, step = publisher_of(request), _step(code, pk)

    def change() -> str:
        changing.remove_step(step, publisher.user, publisher.now)
        return done(request, _("The step has been removed."), "manage:steps", code)

    return press(request, change, reverse("manage:steps", args=[code]))
