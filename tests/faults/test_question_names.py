"""Questions keyed like the portal's own fields: wherever a form is filled in, the two never meet."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from dossiers import actions
from dossiers.models import Dossier
from dossiers.workflow import perform
from procedures.models import PreparedForm, ProcedureVersion
from procedures.paper import prepared
from tests import factories
from tests.pages import checks
from tests.pages.boxes import form_around

pytestmark = pytest.mark.django_db
# What pages post beside the answers, and what scripts call the parts of a form.
NAMES = (
    "csrfmiddlewaretoken later key revision next resume action back section state replaces file unit code delivery"
    " declared password answer website question_token method elements length submit name id language"
    # What templates ask a form for.
    " errors non_field_errors title intro helper form_html is_multipart media fields data section_form"
).split()
FORM = {
    "schema": 1,
    "title": {"vi": "Tờ khai thử", "en": "Trial form"},
    "sections": [
        {
            "key": "requester",
            "title": {"vi": "Người yêu cầu", "en": "Requester"},
            "fields": [
                *({"key": key, "type": "text", "label": {"vi": f"Câu {key}"}, "required": True} for key in NAMES),
                {"key": "born", "type": "date", "label": {"vi": "Ngày sinh"}, "required": True},
                {
                    "key": "rows",
                    "type": "table",
                    "label": {"vi": "Bảng"},
                    "repeat": {"min": 1, "max": 9},
                    "columns": [{"key": key, "type": "text", "label": {"vi": f"Cột {key}"}} for key in NAMES[:8]],
                },
            ],
        },
    ],
}


def typed(text: str) -> dict[str, str]:
    """What a person types: a text of their own for each question and each column."""
    boxes = {f"answer-{key}": f"{text} {key}" for key in NAMES}
    boxes |= {f"answer-born_{part}": number for part, number in (("day", "27"), ("month", "3"), ("year", "1990"))}
    return boxes | {f"answer-rows_0_{key}": f"{text} ô {key}" for key in NAMES[:8]}


def stored(text: str) -> dict[str, object]:
    """The answers that are kept of :func:`typed`."""
    row = {key: f"{text} ô {key}" for key in NAMES[:8]}
    return {key: f"{text} {key}" for key in NAMES} | {"born": "1990-03-27", "rows": [row]}


@pytest.fixture(autouse=True)
def clock(now):
    """Monday morning."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def browser(citizen):
    made = Client(enforce_csrf_checks=True)
    made.force_login(citizen)
    return made


def send(browser, page, needle, boxes=(), *, to=None, **headers):
    """Send the form of a page with what was typed into it, as a browser does."""
    shown = browser.get(page).content.decode()
    assert checks.faults(shown) == []
    return browser.post(to or page, form_around(shown, needle) | dict(boxes), headers=headers)


def begin(commune, citizen) -> Dossier:
    version = factories.version(commune.unit, form=FORM)
    return factories.draft(citizen, commune.unit, version, answers={}, completed_sections=[])


def test_a_dossier_is_filed(browser, commune, citizen):
    draft = begin(commune, citizen)
    section = reverse("applicant:section", args=[draft.ref, "requester"])
    assert send(browser, section, "answer-key", typed("nháp"), **{"X-Autosave": "1"}).status_code == 204
    later = send(browser, section, "answer-key", typed("mai") | {"later": "1"})
    assert later.url == reverse("applicant:dossier", args=[draft.ref])
    more = send(browser, section, "answer-key", typed("thêm") | {"answer-rows_more": "1"})
    assert 'name="answer-rows_3_key"' in more.content.decode() and "error-summary" not in more.content.decode()
    assert send(browser, section, "answer-key", typed("xong")).url == reverse("applicant:papers", args=[draft.ref])
    draft.refresh_from_db()
    assert draft.answers == stored("xong")
    review, submit = (reverse(f"applicant:{name}", args=[draft.ref]) for name in ("review", "submit"))
    anchors = [row["anchor"] for part in browser.get(review).context["sections"] for row in part["rows"]]
    page = browser.get(section).content.decode()
    assert len(anchors) == len(NAMES) + 2 and all(f'id="{anchor}"' in page for anchor in anchors)
    filed = send(browser, review, 'name="declared"', {"declared": "on"}, to=submit)
    assert filed.url == reverse("applicant:submitted", args=[draft.ref])
    draft.refresh_from_db()
    assert draft.status == 1 and draft.answers == stored("xong")


def test_a_part_is_corrected(browser, commune, citizen, now):
    dossier = begin(commune, citizen)
    Dossier.objects.filter(pk=dossier.pk).update(answers=stored("cũ"), completed_sections=["requester"])
    wanted = actions.RequestSupplement((actions.Item(None, "requester", "Người yêu cầu", "Sai"),))
    for action, by in (
        (actions.Submit(), citizen),
        (actions.Receive(), commune.clerk),
        (actions.Forward(commune.specialist), commune.clerk),
        (wanted, commune.specialist),
    ):
        perform(action, Dossier.objects.get(pk=dossier.pk), by=by, now=now)
    section = reverse("applicant:section", args=[dossier.ref, "requester"])
    supplement = reverse("applicant:supplement", args=[dossier.ref])
    assert send(browser, section, "answer-key", typed("mới")).url == supplement
    assert send(browser, supplement, 'name="revision"').status_code == 302
    dossier.refresh_from_db()
    assert dossier.status == 4 and dossier.answers == stored("mới")


def test_a_paper_form_is_filled_in(commune):
    version = factories.version(commune.unit, level=2, form=FORM)
    browser = Client(enforce_csrf_checks=True)
    begin_page, part, review, printed = (
        reverse(f"procedures:{name}", args=[version.procedure.code, *more])
        for name, more in (("fill", ()), ("fill_section", ["requester"]), ("fill_review", ()), ("fill_print", ()))
    )
    assert send(browser, begin_page, '<button class="btn btn-primary">').url == part
    assert send(browser, part, "answer-key", typed("giấy")).url == review
    assert send(browser, review, f'action="{printed}"', to=printed).url == printed
    assert prepared.answers_of(PreparedForm.objects.get()) == stored("giấy")
    assert browser.get(printed).status_code == 200


def test_a_form_is_tried_out_by_its_makers(commune, now):
    version = factories.version(commune.unit, form=FORM)
    made = ProcedureVersion.objects.create(
        procedure=version.procedure,
        number=2,
        name=version.name,
        level=4,
        effective_from=now.date(),
        processing_unit="working_days",
        form=FORM,
    )
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(commune.publisher)
    preview, builder = (reverse(f"manage:{name}", args=[version.procedure.code, 2]) for name in ("preview", "form"))
    for page in (f"{preview}?section=requester", f"{builder}?section=requester"):
        end = send(browser, page, "answer-key", typed("thử"), to=preview).content.decode()
        assert "error-summary" not in end and "thử csrfmiddlewaretoken" in end and "thử ô later" in end
    made.refresh_from_db()
    assert made.form == FORM
