"""Several people act for one organisation: who is invited, who may, for whom somebody acts, and what stays."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import closing, hooks
from accounts.acting import members
from accounts.models import ActingRecord, Kind, Member, User
from accounts.tasks import forget_unanswered
from common.onetime import new_key
from common.refusals import Refused
from common.web.middleware import ACTING
from dossiers.models import Dossier
from tests import factories
from tests.access.answers import url_names
from tests.pages import checks
from tests.present import present

PEOPLE, INVITE, CHOOSE = "/account/people/", "/account/people/invite/", "/account/acting/"
ADDRESS = "hoa@example.com"
BOXES = factories.boxes(requester_name="Lê Văn Tám", wants_copy="khong")


@pytest.fixture
def company(db) -> User:
    return factories.user(
        full_name="Công ty TNHH Hoa Lúa", email="hoalua@example.com", kind=Kind.ENTERPRISE, tax_code="0100109106"
    )


@pytest.fixture
def person(other_citizen) -> User:
    """The citizen whose confirmed address is invited."""
    EmailAddress.objects.create(user=other_citizen, email=ADDRESS, verified=True, primary=True)
    return other_citizen


def browser(user: User, acting: Member | None = None) -> Any:
    client = Client()
    client.force_login(user)
    if acting is not None:
        assert client.post(CHOOSE, {"member": acting.pk}).status_code == 302
    return client


def joined(company: User, person: User, position: str = "kế toán") -> Member:
    """Make somebody a member at once."""
    moment = timezone.now()
    address, when = person.email or "", {"invited_at": moment, "accepted_at": moment}
    return Member.objects.create(organisation=company, person=person, address=address, position=position, **when)


def invite(company: User, address: str = ADDRESS, **more: Any) -> str:
    """Invite from the domain and return the path of the mailed link."""
    moment = more.pop("now", timezone.now())
    members.invite(company, address, "kế toán", new_key(), moment)
    return link_to(address)


def link_to(address: str) -> str:
    return present(re.search(r"/accounts/joining/[^/\s]+/", mail_to(address)[-1]))[0]


def mail_to(address: str) -> list[str]:
    """Return the texts mailed to an address, the newest last."""
    return [str(one.body) for one in mail.outbox if one.to[0].lower() == address.lower()]


# Inviting


def test_invited_by_mail_accepted_by_pressing_and_told_to_the_organisation(company, person):
    mine = browser(company)
    page = mine.get(INVITE)
    key = present(re.search(r'name="key" value="(\w+)"', page.content.decode()))[1]
    sent = {"email": "Hoa@Example.com", "position": "Kế toán", "key": key, "password": factories.PASSWORD}
    assert mine.post(INVITE, sent | {"password": "sai"}).status_code == 422
    assert mine.post(INVITE, sent).url == PEOPLE == mine.post(INVITE, sent).url
    assert len(mail_to("Hoa@example.com")) == 1 == Member.objects.count()
    path = link_to("Hoa@example.com")
    theirs = browser(person)
    shown = theirs.get(path)
    assert shown.status_code == 200 and checks.faults(shown.content.decode()) == []
    # Looking at it accepts nothing, and the secret is nowhere in the database.
    member = Member.objects.get()
    assert member.accepted_at is None and member.token_hash not in path
    assert theirs.post(path).url == CHOOSE
    member.refresh_from_db()
    assert (member.person, member.token_hash) == (person, "")
    assert "Lê Thị Hoa" in mail_to("hoalua@example.com")[0]
    # Used is used, by whomever.
    assert theirs.get(path).status_code == 410 == theirs.post(path).status_code
    html = mine.get(PEOPLE).content.decode()
    assert "Lê Thị Hoa" in html and "Kế toán" in html and checks.faults(html) == []


def test_a_stranger_with_the_link_learns_nothing_and_becomes_nobody(company, citizen, person):
    path = invite(company)
    stranger = browser(citizen)
    assert ADDRESS not in stranger.get(path).content.decode()
    assert stranger.post(path).status_code == 403
    assert browser(company).post(path).status_code == 403
    # An address that was only typed proves nothing.
    EmailAddress.objects.filter(user=person).update(verified=False)
    assert browser(person).post(path).status_code == 403
    assert Member.objects.get().accepted_at is None
    anonymous: Any = Client()
    assert anonymous.get(path).status_code == 200
    assert anonymous.post(path).url.startswith("/accounts/login/?next=/accounts/joining/")


def test_a_link_ends_after_a_week_when_taken_back_and_when_sent_again(company, person):
    old = invite(company, now=timezone.now() - timedelta(days=7, minutes=1))
    theirs = browser(person)
    assert theirs.post(old).status_code == 410
    first = invite(company)
    second = invite(company)
    assert theirs.get(first).status_code == 410 and theirs.get(second).status_code == 200
    mine = browser(company)
    pk = Member.objects.get(ended_at=None).pk
    assert mine.post(f"{PEOPLE}{pk}/end/").url == PEOPLE
    assert theirs.post(second).status_code == 410
    with pytest.raises(Refused) as refused:
        members.accept(Member.objects.get(pk=pk), person, timezone.now())
    # Its address is still right: what went is the invitation.
    assert refused.value.code == "stale"
    assert forget_unanswered() == 0
    Member.objects.update(invited_at=timezone.now() - timedelta(days=31))
    assert forget_unanswered() == 3


@pytest.mark.parametrize("address", ["hoalua@example.com", "HOA@example.com"])
def test_the_organisations_own_address_and_a_members_are_refused(company, person, address):
    joined(company, person)
    with pytest.raises(Refused) as refused:
        members.invite(company, address, "", new_key(), timezone.now())
    assert refused.value.field == "email"


def test_no_more_than_so_many(company, monkeypatch):
    monkeypatch.setattr(members, "MOST", 1)
    invite(company, "mot@example.com")
    with pytest.raises(Refused) as refused:
        invite(company, "hai@example.com")
    assert refused.value.code == "many"
    # The same one again is no second one.
    invite(company, "mot@example.com")


def test_one_live_row_for_organisation_and_person(company, person):
    member = joined(company, person)
    with pytest.raises(IntegrityError), transaction.atomic():
        joined(company, person)
    EmailAddress.objects.create(user=person, email="hai@example.com", verified=True)
    second = browser(person).post(invite(company, "hai@example.com"))
    assert second.status_code == 422
    assert members.end(member.pk, company, timezone.now()) and not members.end(member.pk, company, timezone.now())
    joined(company, person)


@pytest.mark.parametrize("side", ["company", "person"])
def test_both_are_told_once_that_acting_has_ended(company, person, side):
    member, by = joined(company, person), {"company": company, "person": person}[side]
    assert members.end(member.pk, by, timezone.now()) and not members.end(member.pk, by, timezone.now())
    (theirs,), (mine,) = mail_to(ADDRESS), mail_to("hoalua@example.com")
    assert "Công ty TNHH Hoa Lúa" in theirs and "Lê Thị Hoa" in mine and theirs != mine
    # An invitation that nobody accepted is taken back in silence.
    invite(company, "mot@example.com")
    assert members.end(Member.objects.get(ended_at=None).pk, company, timezone.now())
    assert len(mail_to("mot@example.com")) == 1 == len(mail_to("hoalua@example.com"))
    # Who closes the account is told that; the other side is told this.
    joined(company, person)
    closing.close({"company": company, "person": person}[side], timezone.now())
    others = {"company": ADDRESS, "person": "hoalua@example.com"}[side]
    assert len(mail_to(others)) == 2


def test_a_citizen_has_no_people_and_a_stranger_ends_nothing(company, citizen, person):
    member, theirs = joined(company, person), browser(citizen)
    for path in (PEOPLE, INVITE, f"{PEOPLE}{member.pk}/"):
        assert theirs.get(path).status_code == 404
    assert theirs.post(f"{PEOPLE}{member.pk}/end/").status_code == 404
    assert theirs.post(CHOOSE, {"member": member.pk}).status_code == 404
    assert theirs.post(CHOOSE, {"member": "²"}).status_code == 404
    assert "Công ty" not in theirs.get(CHOOSE).content.decode()
    # Not even while one acts for it: the account's pages stay the person's.
    assert browser(person, member).get(PEOPLE).status_code == 404


# Acting


def test_the_pages_of_dossiers_are_the_organisations_and_the_account_stays_ones_own(company, person, commune):
    member = joined(company, person)
    theirs, mine = factories.draft(company, commune.unit), factories.draft(person, commune.unit, theirs_version())
    client = browser(person)
    paths = [reverse("applicant:dossier", args=[one.ref]) for one in (theirs, mine)]
    assert [client.get(path).status_code for path in paths] == [404, 200]
    client.post(CHOOSE, {"member": member.pk})
    assert [client.get(path).status_code for path in paths] == [200, 404]
    html = client.get("/my/dossiers/").content.decode()
    assert "Công ty TNHH Hoa Lúa" in html and theirs.ref in html and mine.ref not in html
    assert checks.faults(html) == []
    account = client.get("/account/").content.decode()
    assert ADDRESS in account and "hoalua@" not in account and 'class="acting"' in account
    client.post(CHOOSE, {"member": ""})
    assert [client.get(path).status_code for path in paths] == [404, 200]
    assert 'class="acting"' not in client.get("/account/").content.decode()


def theirs_version() -> Any:
    return factories.version(code="1.000009")


def test_acting_ends_at_once_and_nothing_sent_is_done_in_ones_own_name(company, person, commune):
    member, version = joined(company, person), factories.version(commune.unit)
    client = browser(person, member)
    start = reverse("applicant:apply", args=[version.procedure.code])
    members.end(member.pk, company, timezone.now())
    assert client.post(start, {"key": new_key(), "member": member.pk}).url == "/my/dossiers/"
    assert not Dossier.objects.exists() and ACTING not in client.session
    # A page opened while acting does not begin a draft for somebody else later either.
    assert client.post(start, {"key": new_key(), "member": member.pk}).url == start
    assert not Dossier.objects.exists()
    again = joined(company, person)
    client.post(CHOOSE, {"member": again.pk})
    User.objects.filter(pk=company.pk).update(is_active=False)
    draft = factories.draft(company, commune.unit, version)
    path = reverse("applicant:section", args=[draft.ref, "requester"])
    assert client.post(path, BOXES, headers={"x-autosave": "1"}).status_code == 403


def test_the_member_lays_it_down_too(company, person):
    member = joined(company, person)
    client = browser(person, member)
    assert client.post(f"{PEOPLE}{member.pk}/end/").url == CHOOSE and ACTING not in client.session
    member.refresh_from_db()
    assert member.ended_by == person
    page = client.get(CHOOSE).content.decode()
    assert "Công ty" not in page and checks.faults(page) == []


def test_what_was_done_is_recorded_and_shown_to_the_organisation_only(company, person, commune):
    member, version = joined(company, person), factories.version(commune.unit)
    client, start = browser(person, member), reverse("applicant:apply", args=[version.procedure.code])
    client.post(start, {"key": new_key(), "member": member.pk})
    dossier = Dossier.objects.get()
    assert (dossier.owner, dossier.filed_by) == (company, person)
    section = reverse("applicant:section", args=[dossier.ref, "requester"])
    for _n in range(2):
        client.post(section, BOXES, headers={"x-autosave": "1"})
    client.post(section, BOXES)
    # Looked at, sent back to be mended, refused: nothing was done.
    client.get(section)
    client.post(section, {})
    client.post(reverse("applicant:withdraw", args=[dossier.ref]), {})
    client.post(reverse("applicant:copy", args=[dossier.ref]), {"key": new_key()})
    done = [(one.what, one.subject) for one in ActingRecord.objects.order_by("pk")]
    assert done == [
        ("applicant:apply", dossier.ref),
        ("applicant:section", dossier.ref),
        ("applicant:section", dossier.ref),
    ]
    mine = browser(company)
    html = mine.get(f"{PEOPLE}{member.pk}/").content.decode()
    assert html.count(f"/my/dossiers/{dossier.ref}/") == 3 and checks.faults(html) == []
    client.post(reverse("applicant:discard", args=[dossier.ref]))
    html = mine.get(f"{PEOPLE}{member.pk}/").content.decode()
    assert f"/my/dossiers/{dossier.ref}/" not in html and dossier.ref in html
    with pytest.raises(IntegrityError), transaction.atomic():
        ActingRecord.objects.all().delete()
    # What one does for oneself is nobody else's.
    client.post(CHOOSE, {"member": ""})
    client.post(start, {"key": new_key(), "member": ""})
    assert ActingRecord.objects.count() == 4


def test_everything_that_the_applicants_pages_change_has_words():
    names = {name for name in url_names() if name.startswith(("applicant:", "paying:"))}
    only_read = {
        "applicant:dossiers", "applicant:dossier", "applicant:paper_file", "applicant:paper_preview", "paying:owed",
        "applicant:review", "applicant:submitted", "applicant:calendar", "applicant:signing_calendar",
        "applicant:declaration", "applicant:slip", "applicant:talk_file", "applicant:result_file", "paying:receipt",
        "paying:attempt",
    }  # fmt: skip
    assert set(hooks.acts) == names - only_read


def test_it_costs_one_query_while_acting_and_none_else(company, person):
    counts = []
    for one in (browser(person), browser(person, joined(company, person))):
        one.get("/account/export/")
        with CaptureQueriesContext(connection) as asked:
            one.get("/account/export/")
        counts.append(len(asked))
    assert counts[1] == counts[0] + 1


def test_the_limits_of_hidden_addresses_are_the_persons(company, person, citizen, commune, caplog):
    foreign = factories.draft(citizen, commune.unit)
    client = browser(person, joined(company, person))
    assert client.get(reverse("applicant:dossier", args=[foreign.ref])).status_code == 404
    assert f"user={person.pk}" in caplog.text and f"user={company.pk}" not in caplog.text


# What stays, and what ends


@pytest.mark.parametrize("who", ["person", "company"])
def test_closing_either_account_ends_it_and_forgets_the_address(company, person, who):
    member = joined(company, person)
    invite(company, "ai@example.com")
    closing.close(person if who == "person" else company, timezone.now())
    member.refresh_from_db()
    assert member.ended_at is not None and member.address == "" and members.organisations_of(person) == []
    assert Member.objects.standing().count() == (1 if who == "person" else 0)


def test_both_copies_tell_it(company, person, client):
    member = joined(company, person)
    ActingRecord.objects.create(member=member, at=timezone.now(), what="applicant:submit", subject="abc")
    for user in (company, person):
        client.force_login(user)
        copy = json.loads(client.post("/account/export/", {"password": factories.PASSWORD, "way": "json"}).content)
        (told,) = copy["acting"]
        assert (told["organisation"], told["person"]) == ("Công ty TNHH Hoa Lúa", "Lê Thị Hoa")
        assert [one["page"] for one in told["done"]] == ["applicant:submit"]


def test_a_form_of_an_ended_session_is_sent_for_the_organisation_again(company, person, commune, time_machine):
    time_machine.move_to("2026-03-23T02:00:00Z", tick=False)
    member, draft = joined(company, person), factories.draft(company, commune.unit)
    client: Any = Client()
    path = reverse("applicant:section", args=[draft.ref, "requester"])
    proof = {"login": person.email, "password": factories.PASSWORD}
    client.post("/accounts/login/", proof)
    client.post(CHOOSE, {"member": member.pk})
    client.get("/account/")
    time_machine.move_to("2026-03-23T04:30:00Z", tick=False)
    answer = client.post(path, BOXES)
    assert answer.status_code == 403
    token = present(re.search(r'name="resume" value="([^"]+)"', answer.content.decode()))[1]
    client.post("/accounts/login/", proof | {"resume": token})
    assert ACTING not in client.session
    assert f'action="{path}"' in client.get("/accounts/resume/").content.decode()
    assert client.session[ACTING] == member.pk
    assert client.post(path, BOXES).status_code == 302
    # Ended meanwhile, it is shown to nobody.
    client.post("/accounts/logout/")
    client.post("/accounts/login/", proof | {"resume": token})
    members.end(member.pk, company, timezone.now())
    assert client.get("/accounts/resume/").url == "/my/dossiers/"
    assert client.get("/my/dossiers/").url == "/my/dossiers/" and ACTING not in client.session
