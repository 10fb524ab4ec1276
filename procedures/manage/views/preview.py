"""Preview of a procedure as citizens will see it: real checks, nothing stored.

What was answered so far travels in a signed hidden box, section after section.
"""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from common import clock
from common.text import page_language
from eforms.schema import Schema, show, summary
from procedures import labels
from procedures.models import TimeUnit

from .. import form_page
from ..form_desk import Desk, at_version

SALT = "procedures.preview"
KEPT_FOR = 24 * 60 * 60


@at_version
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the beginning, a section, or what would be filed."""
    schema = form_page.readable(desk.version.form)
    if schema is None or not schema.sections:
        return beginning(desk, None)
    if request.method == "POST":
        return answered(desk, schema, state_of(request.POST.get("state", "")))
    key = request.GET.get("section", "")
    if key not in {section.key for section in schema.sections}:
        return beginning(desk, schema)
    return page(desk, schema, key, {})


def beginning(desk: Desk, schema: Schema | None) -> HttpResponse:
    """Show the facts of the procedure in short and where the form begins."""
    version = desk.version
    fee, caution = labels.fee_words(list(version.fees.all()))
    time = labels.time_words(version)
    has_time = version.processing_amount > 0 or version.processing_unit == TimeUnit.SAME_DAY
    return desk.show(
        "preview",
        facts=[labels.level_words(version.level, version.needs_presence), *([time] if has_time else []), fee],
        caution=caution,
        papers=version.papers.all(),
        sections=[(section.key, section.title.say(page_language())) for section in schema.sections] if schema else [],
        is_faulty=version.form is not None and schema is None,
    )


def answered(desk: Desk, schema: Schema, answers: dict[str, Any]) -> HttpResponse:
    """Check what was typed on a section and show the next one, or the same again."""
    post = desk.request.POST
    live = schema.visible_sections(answers)
    section = next((one for one in schema.sections if one.key == post.get("section")), None)
    if section is None:
        return page(desk, schema, (live or schema.sections)[0].key, answers)
    if "back" in post:
        earlier = schema.sections[: schema.sections.index(section)]
        shown = [one for one in earlier if one in live]
        return page(desk, schema, (shown or [section])[-1].key, answers)
    form = form_page.preview_form(schema, section, answers, clock.local_day(clock.now()), data=post)
    if not form.is_valid():
        return page(desk, schema, section.key, answers, form=form)
    answers = {key: value for key, value in {**answers, **form.answers()}.items() if value is not None}
    live = schema.visible_sections(answers)
    later = [one for one in schema.sections[schema.sections.index(section) + 1 :] if one in live]
    if later:
        return page(desk, schema, later[0].key, answers)
    papers = [paper for paper in desk.version.papers.all() if not paper.from_form and show(paper.show_if, answers)]
    said = [(part.title.say(page_language()), rows) for part, rows in summary(schema, answers, page_language())]
    return desk.show("preview_end", answers=said, papers=papers)


def page(desk: Desk, schema: Schema, key: str, answers: dict[str, Any], form: Any = None) -> HttpResponse:
    """Show one section with the answers so far."""
    section = schema.section(key)
    keys = [one.key for one in schema.sections]
    form = form or form_page.preview_form(schema, section, answers, clock.local_day(clock.now()))
    return desk.show(
        "preview_section",
        form=form,
        section=section,
        n=keys.index(key) + 1,
        total=len(keys),
        state=signing.dumps(answers, salt=SALT, compress=True),
    )


def state_of(text: str) -> dict[str, Any]:
    """Return the answers that a page carried along; none when they are old or not ours."""
    try:
        answers = signing.loads(text, salt=SALT, max_age=KEPT_FOR)
    except (signing.BadSignature, ValueError):
        return {}
    return answers if isinstance(answers, dict) else {}
