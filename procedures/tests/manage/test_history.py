"""What publishers read about what was done to a procedure: named by what changed, in words, the old folded away."""

from datetime import timedelta
from typing import Any

import html5lib
import pytest
from django.urls import reverse
from django.utils import translation

from offices.log import labels
from offices.models import AuditEntry
from procedures import marks
from procedures.manage.history import NAMED, history_of
from procedures.models import FeeLine
from procedures.versions import parts
from procedures.versions.changing import edit
from procedures.versions.drafting import draft_from
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def draft(commune, now):
    return draft_from(factories.version(commune.unit).procedure, commune.publisher, now)


def revision(draft):
    draft.refresh_from_db()
    return draft.revision


def change_paper(draft, by, now, **values):
    parts.change(draft.papers.order_by("n")[0], revision(draft), values, by, now)


def test_saves_of_one_day_are_one_entry_named_by_what_they_changed(draft, commune, now):
    by = commune.publisher
    change_paper(draft, by, now, copies=2)
    parts.add(FeeLine, draft, revision(draft), {"kind": "le_phi", "name": "Lệ phí", "amount_vnd": 8000}, by, now)
    change_paper(draft, by, now + timedelta(minutes=5), is_required=False)
    edit(draft, revision(draft), by, now + timedelta(minutes=6), processing_amount=7, note="Mới")
    newest, begun = history_of(draft.procedure)
    assert newest.title == "Changed: processing time, good to know, papers, fees"
    assert begun.title == "Draft of the next version made"
    assert ("Is it needed?", "1. Giấy chứng sinh: yes", "1. Giấy chứng sinh: no") in newest.changes
    assert ("Fee", "", "Lệ phí") in newest.changes and len(newest.changes) == 5


def test_another_day_person_or_act_begins_another_entry(draft, commune, other_commune, now):
    change_paper(draft, commune.publisher, now, copies=2)
    change_paper(draft, other_commune.publisher, now, copies=3)
    change_paper(draft, other_commune.publisher, now + timedelta(days=1), copies=4)
    assert [entry.title for entry in history_of(draft.procedure)] == 3 * ["Changed: papers"] + [
        "Draft of the next version made"
    ]


def test_many_things_are_counted(draft, commune, now):
    values: Any = {
        "name_en": "x",
        "outcome": "x",
        "outcome_en": "x",
        "conditions": "x",
        "note": "x",
        "receipt_note": "x",
    }
    edit(draft, revision(draft), commune.publisher, now, **values)
    title = history_of(draft.procedure)[0].title
    assert title.count(",") == NAMED - 1 and title.endswith("and 2 more")


def test_values_are_told_in_words(draft, commune, now):
    edit(draft, revision(draft), commune.publisher, now, audience=["citizen", "enterprise"], needs_presence=True)
    edit(draft, revision(draft), commune.publisher, now, processing_unit="days", channels=["post"])
    condition = {"field": "copies", "op": "eq", "value": 2}
    change_paper(draft, commune.publisher, now, show_if=condition)
    told = str(history_of(draft.procedure)[0].changes)
    for raw in ("citizen'", "enterprise", "True", "working_days", "{", "'post'"):
        assert raw not in told, (raw, told)
    assert "Citizens; Enterprises" in told and "always" in told


def test_a_checked_part_is_named(draft, commune, now):
    paper = draft.papers.order_by("n")[0]
    rows = [{"part": f"paper:{paper.key}", "confidence": "memory"}, {"part": "form:copies", "confidence": "memory"}]
    marks.write_marks(draft, rows)
    marks.clear(draft, draft.marks.all(), commune.publisher, now)
    said = [change["before"] for change in AuditEntry.objects.get(action="version.mark-clear").changes]
    assert said[0] == paper.name and "form:" not in said[1]
    assert labels.value_words("mark", "legal") == "Legal bases"


def test_the_newest_stand_open_and_the_old_are_folded(client, draft, commune, now):
    client.force_login(commune.publisher)
    address = reverse("manage:procedure", args=[draft.procedure.code])
    shown = lambda: html5lib.parse(client.get(address).content.decode(), namespaceHTMLElements=False)  # noqa: E731
    assert not shown().findall(".//details[@class='older']")
    for day in range(9):
        change_paper(draft, commune.publisher, now + timedelta(days=day), copies=day + 5)
    (old,) = shown().findall(".//details[@class='older']")
    assert "open" not in old.attrib and len(old.findall("./ol/li")) == 5
    assert len(shown().findall(".//section[@aria-labelledby='history']/ol/li")) == 5
