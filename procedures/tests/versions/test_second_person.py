"""The second person: told by mail that a version waits, and told before touching it that nobody else is left."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from common.refusals import Refused
from notifications.models import Notification
from offices.models import AuditEntry, Post, Role
from procedures import access
from procedures.manage import sections
from procedures.manage.pages import Publisher
from procedures.manage.views.version import faults_of
from procedures.models import Offering, Proposal
from procedures.versions import changing, drafting, procedure_editing, publishing
from procedures.versions.checking import NO_SPECIALIST, OFFERINGS, blocking
from tests import factories
from tests.pages import checks

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 23)


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


@pytest.fixture
def draft(version, commune, now):
    return drafting.draft_from(version.procedure, commune.publisher, now)


@pytest.fixture
def second(commune):
    person = factories.user(full_name="Người Thứ Hai", email="hai@example.com")
    Post.objects.create(user=person, unit=commune.unit, role=Role.PUBLISHER, valid_from=date(2025, 7, 1))
    return person


@pytest.fixture
def frozen(now):
    with time_machine.travel(now, tick=False):
        yield


def test_who_may_publish_is_told_that_a_version_waits(draft, commune, second, now):
    factories.user(full_name="Chưa Nhận", email="chua@example.com", password=None)
    waiting = factories.user(full_name="Lời Mời", email="moi@example.com", password=None)
    Post.objects.create(user=waiting, unit=commune.unit, role=Role.PUBLISHER, valid_from=date(2025, 7, 1))
    publishing.send_to_review(draft, draft.revision, commune.publisher, now, "Đổi lệ phí")
    letter = Notification.objects.get()
    assert (letter.recipient, letter.kind) == (second, "version_waits")
    assert reverse("manage:version", args=[draft.procedure.code, draft.number]) in letter.body
    assert "Đổi lệ phí" in letter.body


def test_nobody_is_told_of_what_did_not_go_to_review(draft, commune, second, now):
    with pytest.raises(Refused):
        publishing.send_to_review(draft, draft.revision + 1, commune.publisher, now)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("page", ["version", "info", "papers", "form"])
def test_the_last_who_may_publish_is_told_before_touching_the_draft(client, draft, commune, second, frozen, now, page):
    client.force_login(second)
    address = reverse(f"manage:{page}", args=[draft.procedure.code, draft.number])
    said = sections.second_person(second, draft, TODAY)
    html = client.get(address).content.decode()
    assert said and said in html
    assert checks.faults(html) == []
    # The author is told nothing while somebody else may still publish it.
    assert sections.second_person(commune.publisher, draft, TODAY) == ""
    changing.edit(draft, draft.revision, second, now, name="Tên mới")
    assert access.may_still_publish(draft, TODAY) == []
    assert sections.second_person(commune.publisher, draft, TODAY) not in ("", said)


def test_with_a_third_publisher_nobody_is_warned(draft, commune, second):
    third = factories.user(full_name="Người Thứ Ba", email="ba@example.com")
    Post.objects.create(user=third, unit=commune.unit, role=Role.PUBLISHER, valid_from=date(2025, 7, 1))
    assert sections.second_person(second, draft, TODAY) == ""


def test_a_published_version_warns_nobody(version, commune):
    assert sections.second_person(commune.publisher, version, TODAY) == ""


# A field without a specialist


def advice(version, commune, now):
    faults = faults_of(version, Publisher(commune.publisher, now, TODAY))
    assert not [fault for fault in blocking(faults) if fault.section == OFFERINGS]
    return [fault.message for fault in faults if fault.section == OFFERINGS]


@pytest.mark.parametrize("why", ["other field", "never accepted", "closed", "unconfirmed", "ended"])
def test_a_field_without_a_specialist_is_a_warning(draft, commune, other_commune, now, why):
    assert advice(draft, commune, now) == []
    post = Post.objects.filter(user=commune.specialist)
    if why == "other field":
        post.update(sectors=["dat-dai"])
    elif why == "unconfirmed":
        post.update(awaits_confirmation=True)
    elif why == "ended":
        post.update(valid_until=date(2026, 3, 1))
    else:
        change = {"password": "!"} if why == "never accepted" else {"is_active": False}
        type(commune.specialist).objects.filter(pk=commune.specialist.pk).update(**change)
    (message,) = advice(draft, commune, now)
    assert commune.unit.name in message


def test_the_offering_says_so_too(client, version, commune, frozen):
    client.force_login(commune.publisher)
    address = reverse("manage:offering", args=[version.procedure.code, commune.unit.slug])
    warning = str(NO_SPECIALIST % {"unit": commune.unit.name})
    assert warning not in client.get(address).content.decode()
    Post.objects.filter(user=commune.specialist).update(sectors=["dat-dai"])
    assert warning in client.get(address).content.decode()


# Retiring and lowering a level


def propose(version, by, now, on=date(2026, 5, 1)):
    return publishing.propose_retirement(version.procedure, on, "Luật mới", None, by, now)


def propose_level(version, commune, now, level=2):
    seen = Offering.objects.get()
    procedure_editing.set_offering(
        version.procedure,
        commune.unit,
        level=level,
        since=seen.since,
        until=None,
        by=commune.publisher,
        now=now,
        seen=seen,
    )
    return Proposal.objects.get(level=level)


def test_retiring_waits_for_another_publisher(version, commune, second, now):
    proposal = propose(version, commune.publisher, now)
    version.refresh_from_db()
    assert version.status == "published"
    assert [letter.recipient for letter in Notification.objects.all()] == [second]
    for person in (commune.publisher, commune.clerk):
        with pytest.raises(Refused):
            publishing.confirm(proposal, person, now)
    publishing.confirm(proposal, second, now)
    version.refresh_from_db()
    assert (version.status, version.effective_until) == ("retired", date(2026, 4, 30))
    entries = AuditEntry.objects.order_by("pk").values_list("action", "by")
    assert list(entries)[-2:] == [
        ("procedure.propose-retire", commune.publisher.pk),
        ("procedure.retire", second.pk),
    ]
    with pytest.raises(Refused):
        publishing.confirm(proposal, second, now)


def test_what_cannot_be_retired_is_not_proposed(version, commune, now):
    with pytest.raises(Refused):
        propose(version, commune.publisher, now, on=date(2026, 3, 22))
    assert not Proposal.objects.exists()


def test_what_no_longer_fits_is_not_carried_out_and_stays(version, commune, second, now):
    proposal = propose(version, commune.publisher, now)
    with pytest.raises(Refused):
        publishing.confirm(proposal, second, now.replace(month=6))
    assert Proposal.objects.exists()


def test_a_newer_proposal_is_not_confirmed_by_an_older_page(version, commune, second, now):
    seen = propose(version, commune.publisher, now)
    propose(version, commune.publisher, now.replace(hour=10), on=date(2026, 7, 1))
    with pytest.raises(Refused):
        publishing.confirm(seen, second, now)
    assert Proposal.objects.get().on == date(2026, 7, 1)


@pytest.mark.parametrize("who", ["publisher", "second"])
def test_a_proposal_is_declined_or_taken_back(version, commune, second, now, who):
    proposal = propose(version, commune.publisher, now)
    publishing.decline(proposal, second if who == "second" else commune.publisher, now)
    assert not Proposal.objects.exists()
    version.refresh_from_db()
    assert version.status == "published"
    assert AuditEntry.objects.filter(action="procedure.decline").count() == 1


def test_a_lower_level_waits_and_the_rest_is_saved(version, commune, second, now):
    proposal = propose_level(version, commune, now)
    assert Offering.objects.get().level == 4
    with pytest.raises(Refused):
        publishing.confirm(proposal, commune.publisher, now)
    publishing.confirm(proposal, second, now)
    assert Offering.objects.get().level == 2
    # Raising it again is no matter for two.
    seen = Offering.objects.get()
    common = {"since": seen.since, "until": date(2027, 1, 1), "by": commune.publisher, "now": now}
    procedure_editing.set_offering(version.procedure, commune.unit, level=3, seen=seen, **common)
    seen = Offering.objects.get()
    assert seen.level == 3
    procedure_editing.set_offering(version.procedure, commune.unit, level=1, seen=seen, **(common | {"until": None}))
    assert (Offering.objects.get().level, Offering.objects.get().until) == (3, None)
    assert Proposal.objects.get().level == 1


def test_the_page_offers_it_to_the_second_person_only(client, version, commune, second, frozen, now):
    proposal = propose_level(version, commune, now)
    code = version.procedure.code
    confirm = reverse("manage:proposal_confirm", args=[code, proposal.pk])
    for person, offered in ((commune.publisher, False), (second, True)):
        client.force_login(person)
        html = client.get(reverse("manage:procedure", args=[code])).content.decode()
        assert (confirm in html) == offered
        assert checks.faults(html) == []
    client.force_login(commune.publisher)
    client.post(confirm)
    assert Offering.objects.get().level == 4
    client.force_login(second)
    assert client.post(confirm).status_code == 302
    assert Offering.objects.get().level == 2
    assert client.post(confirm).status_code == 404
