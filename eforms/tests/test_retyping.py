"""Another type for a question: what stays, what is said to get lost, when it is refused."""

import copy
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from common.refusals import Refused
from tests import factories
from tests.factories import FORM, NOW
from tests.pages import checks

from ..builder import editing, raw, retyping
from ..parts import COLUMN_TYPES, TYPES
from ..schema import load
from .test_schema import form_of

LABEL, HELP = {"vi": "Lý do", "en": "Reason"}, {"vi": "Viết ngắn."}
OPTIONS = [{"value": "a", "label": {"vi": "A"}}, {"value": "b", "label": {"vi": "B"}}]
TABLE = {"key": "t", "type": "table", "label": LABEL, "repeat": {"min": 0, "max": 3},
         "columns": [{"key": "c", "type": "text", "label": LABEL, "required": True}]}  # fmt: skip


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"), time_machine.travel(NOW, tick=False):
        yield


def part(kind, **more):
    return {"key": "x", "type": kind, "label": LABEL, "help": HELP, **more}


def changed(form, key="x", table=""):
    return raw.find_field(form, key, table)[1]


def test_between_one_answer_and_several_nothing_gets_lost():
    form = form_of(part("choice", options=OPTIONS, required=True, prints=False))
    made, lost = retyping.retype(form, "x", "choices")
    assert lost == [] and load(made)
    assert changed(made) == part("choices", options=OPTIONS, required=True, prints=False)
    back, lost = retyping.retype(made, "x", "choice")
    assert lost == [] and back == form


def test_what_gets_lost_is_said():
    form = form_of(part("choice", options=OPTIONS, default="a"), TABLE)
    made, lost = retyping.retype(form, "x", "text")
    assert changed(made) == part("text") and lost == ["the answers to choose from", "the answer chosen beforehand"]
    made, lost = retyping.retype(form, "t", "note")
    assert lost == ["the columns with their questions"] and changed(made, "t")["type"] == "note"
    made, lost = retyping.retype(form_of(part("full_name", prefill="full_name", example=LABEL)), "x", "date")
    assert lost == ["filled in beforehand: Full name"] and changed(made) == part("date", example=LABEL)
    made, lost = retyping.retype(
        form_of(part("number", rules=[{"name": "max", "args": [9]}], required=True)), "x", "note"
    )
    assert changed(made) == part("note") and len(lost) == 2
    made, lost = retyping.retype(form_of(part("text", prefill="phone", required=True)), "x", "phone")
    assert lost == [] and changed(made) == part("phone", prefill="phone", required=True)
    made, lost = retyping.retype(form_of(part("date", about="mother:birth")), "x", "text")
    assert lost == ["asks of a person: mother: Date of birth"] and changed(made) == part("text")
    made, lost = retyping.retype(form_of(part("text", about="mother:phone")), "x", "phone")
    assert lost == [] and changed(made) == part("phone", about="mother:phone")


def test_what_is_read_keeps_its_kind():
    reader = {"key": "y", "type": "text", "label": LABEL, "show_if": {"field": "x", "op": "gt", "value": 3}}
    form = form_of(part("number"), reader)
    assert changed(retyping.retype(form, "x", "money")[0])["type"] == "money"
    for kind in ("text", "choice", "date"):
        with pytest.raises(Refused, match="Lý do"):
            retyping.retype(form, "x", kind)
    with pytest.raises(Refused, match="Giấy"):
        retyping.retype(form_of(part("yes_no")), "x", "text", readers=[("Giấy", {"field": "x", "op": "filled"})])
    with pytest.raises(Refused):
        retyping.retype(form, "nobody", "text")
    copied = {"key": "z", "type": "text", "label": LABEL, "prefill": "answer:x"}
    with pytest.raises(Refused):
        retyping.retype(form_of(part("text"), copied), "x", "phone")


@pytest.mark.parametrize("old", sorted(TYPES))
def test_every_type_becomes_every_other_one_without_a_new_fault(old):
    extras: dict[str, dict[str, Any]] = {"choice": {"options": OPTIONS}, "choices": {"options": OPTIONS},
             "table": {"repeat": TABLE["repeat"], "columns": TABLE["columns"]}}  # fmt: skip
    form = form_of(part(old, **extras.get(old, {})))
    before = copy.deepcopy(form)
    for kind in retyping.types_for(old, is_column=False):
        made, _lost = retyping.retype(form, "x", kind)
        assert changed(made)["type"] == kind and editing.wrong(made) == []
    assert form == before


def test_columns_become_what_columns_may_be():
    for kind in retyping.types_for("text", is_column=True):
        made, lost = retyping.retype(form_of(TABLE), "c", kind, table="t")
        assert changed(made, "c", "t")["type"] == kind and lost == []
    assert retyping.types_for("text", is_column=True) == COLUMN_TYPES - {"text"}


@pytest.mark.django_db
def test_the_pages_ask_before_they_change(client, commune):
    draft = factories.version(
        commune.unit, status="draft", published_at=None, form=copy.deepcopy(FORM), author=commune.publisher
    )
    client.force_login(commune.publisher)
    at = [draft.procedure.code, draft.number]
    address = reverse("manage:form_field_type", args=[*at, "copies"])
    field_page = reverse("manage:form_field", args=[*at, "copies"])
    assert address in client.get(field_page).content.decode()
    for query in ("", "?type=text", "?type=number", "?type=file", "?type=<x>"):
        response = client.get(address + query)
        assert response.status_code == 200 and checks.faults(response.content.decode()) == []
    stale = client.post(address + "?type=text", {"revision": "77"})
    assert stale.status_code == 409
    done = client.post(address + "?type=text", {"revision": draft.revision})
    draft.refresh_from_db()
    assert done.url == field_page and changed(draft.form, "copies")["type"] == "text"
    # The question that decides over another one stays what it is.
    read = reverse("manage:form_field_type", args=[*at, "wants_copy"]) + "?type=text"
    refused = client.post(read, {"revision": draft.revision})
    draft.refresh_from_db()
    assert "banner-warn" in refused.content.decode() and changed(draft.form, "wants_copy")["type"] == "choice"
    gone = client.get(reverse("manage:form_field_type", args=[*at, "nobody"]))
    assert gone.status_code == 302
