"""Attacks on a commune with a dossier in every state; each must end as if it had not been tried."""

import logging
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.files import uploads as common_files
from common.refusals import Refused
from dossiers import actions
from dossiers.models import AccessRecord, Paper
from dossiers.workflow import perform
from notifications.models import Notification
from offices.models import Post
from tests import factories
from tests.factories import NOW
from tests.faults.answers import client_of, pages, read
from tests.present import present

PERIOD = (("valid_from", 1), ("valid_until", 6))


def test_every_look_of_an_officer_at_a_dossier_is_written_down(world):
    clerk, leader = world.commune.clerk, world.commune.leader
    decided, submitted, lettered = world.decided, world.submitted, world.lettered
    looks = [
        (clerk, decided, "desk:dossier", []),
        (clerk, decided, "desk:history", []),
        (clerk, decided, "desk:declaration", []),
        (clerk, decided, "desk:paper_file", [decided.papers.exclude(file="").first().ref]),
        (clerk, decided, "desk:result_file", []),
        (clerk, lettered, "desk:result_print", []),
        (clerk, submitted, "desk:slip_pdf", [submitted.slips.exclude(file="").get().pk]),
        (leader, world.proposed, "desk:dossier", []),
    ]
    addresses = [(officer, seen, reverse(name, args=[seen.code, *more])) for officer, seen, name, more in looks]
    addresses.append((clerk, decided, reverse("desk:print", args=["filing", decided.code])))
    unseen = []
    for officer, seen, address in addresses:
        written = AccessRecord.objects.filter(dossier=seen, reader=officer)
        before = written.count()
        answer = client_of(officer).get(address)
        read(answer)
        if answer.status_code != 200 or written.count() != before + 1:
            unseen.append((address, answer.status_code))
    assert unseen == []


def test_personal_numbers_stay_where_they_belong(world, caplog, monkeypatch):
    number = world.citizen.personal_number
    sent: list[Any] = []
    keys: list[str] = []
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda task, *args, **options: sent.append((args, options)))
    remember = cache.set

    def noted(key: Any, *rest: Any, **more: Any) -> None:
        keys.append(str(key))
        remember(key, *rest, **more)

    monkeypatch.setattr(cache, "set", noted)
    caplog.set_level(logging.DEBUG)
    for persona in ("citizen", "clerk", "leader"):
        for address, response in pages(world, persona):
            assert number not in address and number not in response.headers.get("Location", "")
            if persona != "citizen":
                assert number not in response.content.decode(), address
    browser = client_of(world.commune.clerk)
    answer = browser.post(reverse("desk:search"), {"q": number}, follow=True)
    assert number not in str(answer.redirect_chain) and number not in answer.content.decode()
    perform(actions.Receive(), world.submitted, by=world.commune.clerk, now=NOW)
    messages = " ".join(f"{row.subject} {row.body}" for row in Notification.objects.all())
    for place in (messages, caplog.text, str(sent), str(keys)):
        assert number not in place


def test_papers_and_items_of_others_cannot_be_named_in_a_form(world, monkeypatch):
    """Refs and ids of another person's dossier in one's own addresses and fields touch nothing."""
    stranger = world.other_citizen
    theirs = factories.draft(stranger, world.commune.unit, world.version)
    accepted = common_files.Accepted("a.pdf", b"%PDF-", "application/pdf", 5, "0" * 64, 1)
    monkeypatch.setattr("dossiers.applicant.chosen_files.accept", lambda upload, now: accepted)
    browser = client_of(stranger)
    paper, item = world.draft.papers.first(), world.asked.supplement_requests.first().items.first()
    upload = reverse("applicant:paper_upload", args=[theirs.ref, "chung-sinh"])
    browser.post(upload, {"replaces": paper.ref})
    browser.post(reverse("applicant:paper_remove", args=[theirs.ref, paper.ref]))
    browser.post(reverse("applicant:paper_upload", args=[theirs.ref, f"item-{item.pk}"]))
    browser.post(reverse("applicant:paper_promise", args=[theirs.ref, f"item-{item.pk}"]))
    assert browser.get(reverse("applicant:paper_file", args=[theirs.ref, paper.ref])).status_code == 404
    slip = world.submitted.slips.first()
    assert browser.get(reverse("applicant:slip", args=[theirs.ref, slip.pk])).status_code == 404
    assert Paper.objects.filter(pk=paper.pk, dossier=world.draft).exists()
    assert set(world.asked.papers.values_list("uploaded_by", flat=True)) == {world.citizen.pk}


def test_price_state_owner_and_dates_are_not_taken_from_a_form(world):
    browser = client_of(world.citizen)
    forged = {
        "status": "9",
        "owner": "1",
        "unit": "1",
        "code": "X",
        "received_at": "2020-01-01",
        "due_at": "2020-01-01",
    }
    before = {name: getattr(world.draft, name) for name in ("status", "owner_id", "unit_id", "code", "due_at")}
    address = reverse("applicant:section", args=[world.draft.ref, "requester"])
    forged |= factories.boxes(**forged)
    browser.post(address, forged | factories.boxes(requester_name="Nguyễn Văn An", wants_copy="khong"))
    world.draft.refresh_from_db()
    assert {name: getattr(world.draft, name) for name in before} == before
    assert world.draft.answers["wants_copy"] == "khong"
    assert set(world.draft.answers) == {"requester_name", "wants_copy", "copies"}


@pytest.mark.parametrize("who", ["other_unit", "inactive", "expired", "clerk", "applicant_by_number", "citizen"])
def test_a_dossier_is_never_handed_to_somebody_unfit(world, who):
    staff = world.commune
    colleague = factories.user(full_name="Trần Văn Nam", email="nam@example.com")
    post = Post.objects.create(user=colleague, unit=staff.unit, role="specialist", valid_from=NOW.date())
    chosen = colleague
    if who == "other_unit":
        chosen = world.neighbour.specialist
    elif who == "inactive":
        User.objects.filter(pk=colleague.pk).update(is_active=False)
        chosen = User.objects.get(pk=colleague.pk)
    elif who == "expired":
        ended = {name: NOW.date().replace(year=2025, month=month) for name, month in PERIOD}
        Post.objects.filter(pk=post.pk).update(**ended)
    elif who == "clerk":
        chosen = staff.clerk
    elif who == "applicant_by_number":
        colleague.set_personal_number(world.citizen.personal_number)
        colleague.save()
    elif who == "citizen":
        chosen = world.other_citizen
    before = world.processing.revision
    with pytest.raises(Refused):
        perform(actions.Forward(chosen), world.processing, by=staff.specialist, now=NOW)
    answer = client_of(staff.specialist).post(
        reverse("desk:act", args=[world.processing.code, "forward"]), {"to": str(chosen.pk), "revision": before}
    )
    world.processing.refresh_from_db()
    assert answer.status_code in (409, 422) and world.processing.revision == before


def test_a_fit_colleague_does_get_it(world):
    """The control of the test above."""
    colleague = factories.user(full_name="Trần Văn Nam", email="nam@example.com")
    Post.objects.create(user=colleague, unit=world.commune.unit, role="specialist", valid_from=NOW.date())
    perform(actions.Forward(colleague), world.processing, by=world.commune.specialist, now=NOW)
    assert world.processing.holder == colleague


@pytest.mark.parametrize("by", ["account", "number"])
def test_nobody_handles_a_dossier_of_their_own(world, by):
    clerk = world.commune.clerk
    if by == "account":
        type(world.submitted).objects.filter(pk=world.submitted.pk).update(owner=clerk)
    else:
        clerk.set_personal_number(world.citizen.personal_number)
        clerk.save()
    revision = world.submitted.revision
    answer = client_of(clerk).post(reverse("desk:act", args=[world.submitted.code, "receive"]), {"revision": revision})
    world.submitted.refresh_from_db()
    assert answer.status_code == 403 and world.submitted.revision == revision


def test_signing_in_changes_the_session_key(world):
    browser = Client()
    browser.get(reverse("track:find"))
    session = browser.session
    session["planted"] = True
    session.save()
    browser.cookies["sessionid"] = present(session.session_key)
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=world.citizen, email=world.citizen.email, verified=True, primary=True)
    answer = browser.post(reverse("account_login"), {"login": world.citizen.email, "password": factories.PASSWORD})
    assert answer.status_code == 302
    assert browser.session.session_key != session.session_key


@pytest.mark.parametrize(
    "following", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_never_leads_away(world, following):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=world.citizen, email=world.citizen.email, verified=True, primary=True)
    fields = {"login": world.citizen.email, "password": factories.PASSWORD, "next": following}
    assert Client().post(reverse("account_login"), fields)["Location"] == reverse("applicant:dossiers")
    for name in ("language", "display"):
        answer = Client().post(reverse(name), {"next": following}, HTTP_ORIGIN="http://testserver")
        assert answer["Location"] == "/"


def test_links_in_mails_never_follow_the_host_header(world, settings):
    settings.SITE_URL = "https://motcua.example"
    settings.ALLOWED_HOSTS = ["*"]
    from allauth.account.adapter import get_adapter
    from allauth.core import context
    from django.test import RequestFactory

    request = RequestFactory().get("/", HTTP_HOST="evil.example")
    with context.request_context(request):
        assert get_adapter().get_reset_password_from_key_url("1-abc").startswith("https://motcua.example/")
        get_adapter().send_password_reset_mail(
            world.citizen,
            world.citizen.email,
            {"password_reset_url": "https://motcua.example/x", "user": world.citizen},
        )
    assert not Notification.objects.filter(body__contains="evil.example").exists()


def test_submitting_and_discarding_at_odds_leaves_one_outcome(world):
    """A page kept open in a second tab: after the one, the other finds nothing to do."""
    browser = client_of(world.citizen)
    browser.post(reverse("applicant:discard", args=[world.submitted.ref]))
    world.submitted.refresh_from_db()
    assert world.submitted.status == 1 and world.submitted.papers.exists()
    review = browser.get(reverse("applicant:review", args=[world.draft.ref])).content.decode()
    fields = dict(re.findall(r'name="(key|revision)" value="([^"]+)"', review))
    browser.post(reverse("applicant:discard", args=[world.draft.ref]))
    answer = browser.post(reverse("applicant:submit", args=[world.draft.ref]), fields | {"declared": "on"})
    assert answer.status_code == 404
    assert not type(world.draft).objects.filter(ref=world.draft.ref).exists()


def test_a_year_without_calendar_is_told_and_not_guessed(world):
    from offices.models import CalendarYear

    CalendarYear.objects.all().delete()
    browser = client_of(world.commune.clerk)
    revision = world.submitted.revision
    answer = browser.post(reverse("desk:act", args=[world.submitted.code, "receive"]), {"revision": revision})
    world.submitted.refresh_from_db()
    assert answer.status_code == 422 and world.submitted.status == 1
    assert browser.get(reverse("desk:dossier", args=[world.processing.code])).status_code == 200
    assert browser.get(reverse("desk:list")).status_code == 200
