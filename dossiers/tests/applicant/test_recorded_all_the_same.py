"""What was recorded is never told as a failure: the session may end meanwhile, old pages lead to the dossier."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from common import onetime
from dossiers.models import Dossier
from procedures.models import PreparedForm
from procedures.paper import prepared
from tests import factories

pytestmark = pytest.mark.django_db


def url(name, dossier, *more):
    return reverse(f"applicant:{name}", args=[dossier.ref, *more])


@pytest.fixture
def clock(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def draft(citizen, commune, clock):
    return factories.draft(citizen, commune.unit, factories.version(commune.unit))


def browser_of(person):
    browser = Client()
    browser.force_login(person)
    assert (
        browser.get(reverse("applicant:dossiers" if person.email == "an@example.com" else "desk:home")).status_code
        == 200
    )
    return browser


@pytest.fixture
def ended(monkeypatch, clock):
    """End a person's sessions in the middle of a request, as signing out elsewhere does."""

    def end(module, name):
        clock.shift(timedelta(minutes=2))
        action = getattr(module, name)

        def done_then_signed_out(*args, **kwargs):
            made = action(*args, **kwargs)
            Session.objects.all().delete()
            return made

        monkeypatch.setattr(module, name, done_then_signed_out)

    return end


def submit_fields(draft):
    return {"key": onetime.new_key(), "revision": draft.revision, "declared": "on"}


def test_a_submission_leads_to_the_dossier_by_way_of_signing_in(draft, citizen, ended):
    from dossiers.applicant.views import draft as citizen_draft

    browser = browser_of(citizen)
    ended(citizen_draft.submission, "submit")
    answer = browser.post(url("submit", draft), submit_fields(draft))
    draft.refresh_from_db()
    assert (draft.status, answer.status_code, answer.url) == (1, 302, url("submitted", draft))
    assert browser.cookies["sessionid"].value == ""
    asked = browser.get(answer.url)
    assert asked.status_code == 302 and asked.url == f"{reverse('account_login')}?next={answer.url}"
    browser.force_login(citizen)
    assert draft.code in browser.get(answer["Location"]).content.decode()


def test_every_other_step_leads_on(draft, citizen, commune, ended):
    from dossiers.applicant.views import draft as citizen_draft
    from dossiers.desk.views import act

    answers = factories.boxes(requester_name="Lê An", wants_copy="khong")
    browser = browser_of(citizen)
    ended(citizen_draft.drafts, "save_sections")
    assert browser.post(url("section", draft, "requester"), answers).url == url("papers", draft)
    browser = browser_of(citizen)
    ended(citizen_draft.drafts, "set_delivery")
    assert browser.post(url("delivery", draft), {"delivery": "desk"}).url == url("review", draft)
    draft.refresh_from_db()
    assert (draft.answers["requester_name"], draft.delivery) == ("Lê An", "desk")
    browser_of(citizen).post(url("submit", draft), submit_fields(draft))
    draft.refresh_from_db()
    clerk = browser_of(commune.clerk)
    ended(act, "perform")
    answer = clerk.post(reverse("desk:act", args=[draft.code, "receive"]), {"revision": draft.revision})
    draft.refresh_from_db()
    assert (draft.status, answer.status_code) == (2, 302)


def test_a_page_that_only_reads_is_shown(draft, citizen, ended):
    from dossiers.applicant.views import start as citizen

    browser = browser_of(draft.owner)
    ended(citizen.listing, "list_page")
    assert browser.get(reverse("applicant:dossiers")).status_code == 200


def test_a_session_that_cannot_be_written_is_no_fault_of_the_action(draft, citizen, clock, monkeypatch):
    browser = browser_of(citizen)
    clock.shift(timedelta(minutes=2))

    def busy(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", busy)
    answer = browser.post(url("submit", draft), submit_fields(draft))
    assert answer.url == url("submitted", draft)
    assert browser.get(answer.url).status_code == 200


def test_a_stranger_keeps_what_was_filled_in(commune, clock, ended):
    from procedures.paper import views

    version = factories.version(commune.unit, level=2)
    browser = Client()
    pages = {name: reverse(f"procedures:{name}", args=[version.procedure.code]) for name in ("fill", "fill_review")}
    part = browser.post(pages["fill"])["Location"]
    ended(views.prepared, "save_section")
    answer = browser.post(part, factories.boxes(requester_name="Lê An", wants_copy="khong"))
    assert answer["Location"] == pages["fill_review"]
    assert "Lê An" in browser.get(answer["Location"]).content.decode()
    assert prepared.answers_of(PreparedForm.objects.get())["requester_name"] == "Lê An"


# Going back -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def filed(draft, citizen):
    """A draft whose pages were open when it was submitted: (browser, dossier, the fields that were sent)."""
    browser = browser_of(citizen)
    fields = submit_fields(draft)
    assert browser.post(url("submit", draft), fields).url == url("submitted", draft)
    draft.refresh_from_db()
    return browser, draft, fields


@pytest.mark.parametrize("method", ["get", "head"])
def test_pages_of_a_submitted_draft_lead_to_the_dossier(filed, method):
    browser, dossier, _fields = filed
    for page in (
        url("section", dossier, "requester"),
        *(url(name, dossier) for name in ("papers", "delivery", "review")),
    ):
        answer = getattr(browser, method)(page)
        assert (answer.status_code, answer.url) == (302, url("dossier", dossier)), page
    assert dossier.code in browser.get(url("dossier", dossier)).content.decode()


def test_forms_of_a_submitted_draft_lead_to_the_dossier(filed):
    browser, dossier, fields = filed
    assert browser.post(url("submit", dossier), fields).url == url("submitted", dossier)
    for again in (fields | {"key": onetime.new_key()}, {"key": "x", "revision": "?"}, {}):
        assert browser.post(url("submit", dossier), again).url == url("dossier", dossier)
    answers = factories.boxes(requester_name="Lê An", wants_copy="khong")
    for name, data in (
        ("delivery", {"delivery": "post"}),
        ("renew", {}),
        ("discard", {}),
    ):
        assert browser.post(url(name, dossier), data).url == url("dossier", dossier), name
    for name in ("paper_upload", "paper_promise"):
        assert browser.post(url(name, dossier, "chung-sinh")).url == url("dossier", dossier), name
    paper = dossier.papers.first()
    assert browser.post(url("paper_remove", dossier, paper.ref)).status_code == 302
    assert browser.post(url("section", dossier, "requester"), answers).url == url("dossier", dossier)
    assert dossier.papers.filter(ref=paper.ref).exists()
    assert Dossier.objects.get(pk=dossier.pk).answers == factories.ANSWERS
    assert dossier.code in browser.get(url("dossier", dossier)).content.decode()


def test_pages_of_the_road_ask_whether_they_still_stand(draft, citizen):
    browser = browser_of(citizen)
    for page in (url("section", draft, "requester"), *(url(name, draft) for name in ("papers", "delivery", "review"))):
        html = " ".join(browser.get(page).content.decode().split())
        assert f'data-fresh="{page}" data-else="{url("dossier", draft)}"' in html
    refused = " ".join(browser.post(url("submit", draft), {}).content.decode().split())
    assert f'data-fresh="{url("review", draft)}"' in refused
