"""The second person: told by mail that a version waits, and told before touching it that nobody else is left."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from notifications.models import Notification
from offices.models import Post, Role
from procedures import access
from procedures.manage import sections
from procedures.manage.pages import Publisher
from procedures.manage.views.version import faults_of
from procedures.versions import publishing
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
    return publishing.draft_from(version.procedure, commune.publisher, now)


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
    with pytest.raises(publishing.Refused):
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
    publishing.edit(draft, draft.revision, second, now, name="Tên mới")
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
