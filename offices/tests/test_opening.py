"""A unit is closed to filing until an administrator opens it; the checklist says what is missing."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common import alerts, heartbeat
from common.models import AlertKind
from common.onetime import new_key
from dossiers.models import Dossier
from notifications.models import Channel, Notification, State
from offices.models import AuditEntry, CalendarYear, Holiday, Post, Role, Unit
from offices.units import opening
from procedures.models import FeeLine, Offering
from tests import factories
from tests.pages import checks

from .steps import fill, page, press


@pytest.fixture
def ready(commune):
    """A closed unit with all that an opening needs."""
    Unit.objects.filter(pk=commune.unit.pk).update(filing_since=None)
    commune.unit.refresh_from_db()
    version = factories.version(commune.unit)
    second = factories.user(full_name="Người Công Bố", email="cong-bo-2@example.com")
    Post.objects.create(user=second, unit=commune.unit, role=Role.PUBLISHER, valid_from="2025-07-01")
    heartbeat.expect(heartbeat.QUEUES, factories.NOW)
    sent = {"to_name": "x", "to_address": "x@example.com", "message_id": "<1@x>", "created_at": factories.NOW}
    Notification.objects.create(
        channel=Channel.EMAIL, state=State.SENT, kind="x", subject="x", body="x", not_before=factories.NOW, **sent
    )
    return version


def missing(unit) -> list[str]:
    return [check.url for check in opening.checklist(unit, factories.NOW) if not check.is_done]


def test_nobody_files_with_a_closed_unit(commune, ready, citizen, standstill):
    assert not Offering.objects.on(factories.NOW.date()).exists()
    browser = Client()
    browser.force_login(citizen)
    address = reverse("applicant:apply", args=[ready.procedure.code])
    browser.post(address, {"unit": commune.unit.slug, "key": new_key()})
    assert not Dossier.objects.exists()
    Unit.objects.update(filing_since=factories.NOW)
    browser.post(address, {"unit": commune.unit.slug, "key": new_key()})
    assert Dossier.objects.count() == 1


def test_all_is_there(commune, ready):
    assert missing(commune.unit) == []


def lacking_leader(commune, version):
    User.objects.filter(pk=commune.leader.pk).update(password="!")


def lacking_specialist_of_the_field(commune, version):
    Post.objects.filter(role=Role.SPECIALIST).update(sectors=["dat-dai"])


def lacking_second_publisher(commune, version):
    User.objects.filter(email="cong-bo-2@example.com").update(is_active=False)


def lacking_hours(commune, version):
    commune.unit.opening_hours.all().delete()


def lacking_year(commune, version):
    CalendarYear.objects.all().delete()
    Holiday.objects.all().delete()


def lacking_worker(commune, version):
    heartbeat.expect(["pdf"], factories.NOW.replace(hour=1))


def lacking_mail(commune, version):
    Notification.objects.update(state=State.FAILED)


def lacking_stuck_mail(commune, version):
    alerts.raise_alert(AlertKind.MAIL_STUCK, now=factories.NOW)


LACKING = (
    lacking_leader,
    lacking_specialist_of_the_field,
    lacking_second_publisher,
    lacking_hours,
    lacking_year,
    lacking_worker,
    lacking_mail,
    lacking_stuck_mail,
)


@pytest.mark.parametrize("lack", LACKING)
def test_the_checklist_names_what_is_missing(commune, ready, lack):
    lack(commune, ready)
    assert len(missing(commune.unit)) == 1


def test_the_checklist_names_local_fees(commune):
    factories.version(commune.unit)
    before = len(missing(commune.unit))
    version = factories.version(commune.unit, code="1.000009", status="draft")
    FeeLine.objects.create(
        version=version, n=1, key="le-phi", kind="le_phi", name="Lệ phí", amount_vnd=5000, is_guide=True
    )
    type(version).objects.filter(pk=version.pk).update(status="published", published_at=factories.NOW)
    assert len(missing(commune.unit)) == before + 1
    offering = Offering.objects.get(procedure=version.procedure)
    fee = offering.fees.create(key="le-phi", amount_vnd=8000, since="2025-07-01")
    assert len(missing(commune.unit)) == before + 1
    offering.fees.filter(pk=fee.pk).update(resolution="NQ 12/2026/NQ-HĐND")
    assert len(missing(commune.unit)) == before


def test_an_administrator_opens_it_with_the_password(admin, commune, ready):
    where = ("unit_filing", "xuan-bac")
    assert reverse("manage:unit_filing", args=["xuan-bac"]) in page(admin, "people")
    html = page(admin, *where)
    assert checks.faults(html) == []
    assert 'name="anyway"' not in html
    assert press(admin, *where, password="sai").status_code == 422
    assert press(admin, *where).status_code == 302
    assert Unit.objects.get().filing_since == factories.NOW
    assert AuditEntry.objects.get(action="unit.open-filing").unit == commune.unit
    assert press(admin, *where).status_code == 409
    assert reverse("manage:unit_filing", args=["xuan-bac"]) not in page(admin, "people")


def test_what_is_missing_has_to_be_accepted_and_is_kept(admin, commune, ready):
    lacking_second_publisher(commune, ready)
    assert fill(admin, "unit_filing", "xuan-bac").status_code == 422
    assert Unit.objects.get().filing_since is None
    assert fill(admin, "unit_filing", "xuan-bac", anyway="on").status_code == 302
    assert len(AuditEntry.objects.get(action="unit.open-filing").changes) == 1
