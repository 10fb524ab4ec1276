"""Preview of a procedure as citizens will see it: real checks, nothing stored.

What was answered so far travels in a signed hidden box, section after section.
"""

from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from common import clock
from common.text import page_language
from eforms.filling.filled import Filled, SentSection
from eforms.filling.progress import Progress
from eforms.schema import Schema, summary
from procedures import fees, labels
from procedures.models import TimeUnit
from procedures.papers import asked_papers

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
    fee, caution = fees.fee_words(version.fees.with_exemptions())
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


def answered(desk: Desk, schema: Schema, answers: Mapping[str, Any]) -> HttpResponse:
    """Check what was typed on a section and show the next one, or the same again."""
    post = desk.request.POST
    day = clock.local_day(clock.now())
    progress = Progress(schema, Filled(answers), day)
    section = next((one for one in schema.sections if one.key == post.get("section")), None)
    if section is None:
        return page(desk, schema, (progress.sections or schema.sections)[0].key, answers)
    if "back" in post:
        return page(desk, schema, (progress.preceding(section) or section).key, answers)
    form = form_page.preview_form(schema, section, answers, day, data=post)
    if not form.is_valid():
        return page(desk, schema, section.key, answers, form=form)
    progress = Progress(
        schema, progress.filled.with_section(SentSection(section.key, form.answers(), is_done=True)), day
    )
    following = progress.following(section)
    if following is not None:
        return page(desk, schema, following.key, progress.filled.answers)
    said = [
        (part.title.say(page_language()), rows) for part, rows in summary(schema, progress.answers, page_language())
    ]
    return desk.show("preview_end", answers=said, papers=asked_papers(desk.version, progress.kept))


def page(desk: Desk, schema: Schema, key: str, answers: Mapping[str, Any], form: Any = None) -> HttpResponse:
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
        state=signing.dumps(dict(answers), salt=SALT, compress=True),
    )


def state_of(text: str) -> dict[str, Any]:
    """Return the answers that a page carried along; none when they are old or not ours."""
    try:
        answers = signing.loads(text, salt=SALT, max_age=KEPT_FOR)
    except (signing.BadSignature, ValueError):
        return {}
    return answers if isinstance(answers, dict) else {}
