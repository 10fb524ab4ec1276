"""The demonstration fills every screen and could have happened."""

from collections import Counter
from datetime import datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.test import override_settings

from accounts.models import Kind, Member, User
from common.clock import LOCAL, local_day, now
from common.text import fold
from common.values.working_time import is_open
from dossiers import verifying
from dossiers.chain import event_hash
from dossiers.models import BookEntry, Channel, Dossier, DossierEvent, FeeState, Result, Slip, Status, System
from dossiers.timeline import declaration
from notifications.models import Notification, State
from offices.calendar.office_calendar import calendar_of
from offices.models import Post, Role, Unit
from portal.demo.accounts import ACCOUNTS, PASSWORD
from procedures.models import Offering, Sector
from tests.present import present

from .oddities import COUPLES, PUBLIC, cast, oddities

# Also tells pytest-django to make the test database before the fixture below writes to it.
pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 3, 25, 15, 20, tzinfo=LOCAL)


def load():
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker):
    """The demonstration as loaded on a Wednesday afternoon, once for all tests here; what it printed."""
    demo_mode = override_settings(DEMO=True, NOTIFICATION_SMS=True)
    with django_db_blocker.unblock(), demo_mode, time_machine.travel(WEDNESDAY, tick=False), transaction.atomic():
        yield load()
        transaction.set_rollback(True)


def test_accounts_units_and_posts(demo, client):
    for account in ACCOUNTS:
        assert account.email in demo
        assert present(User.objects.find(account.email)).check_password(PASSWORD)
    assert PASSWORD in demo
    assert present(User.objects.find("075199000011")).email == "cong-dan@example.com"
    assert present(User.objects.find("075099000022")).email == "cong-dan-2@example.com"
    assert present(User.objects.find("0314409058")).email == "doanh-nghiep@example.com"
    (member,) = Member.objects.acting()
    assert (present(member.person).email, member.organisation.email) == (
        "thanh-vien@example.com",
        "to-chuc@example.com",
    )
    day = local_day(now())
    for unit in Unit.objects.receiving():
        assert Offering.objects.on(day).filter(unit=unit).count() == 57
        posts = list(Post.objects.valid_on(day).filter(unit=unit))
        assert {Role.CLERK, Role.SPECIALIST, Role.LEADER, Role.CASHIER} <= {post.role for post in posts}
        specialists = [post for post in posts if post.role == Role.SPECIALIST]
        for code in Sector.objects.values_list("code", flat=True):
            assert any(post.covers(code) for post in specialists), f"{unit}: {code}"
    client.post("/accounts/login/", {"login": "tiep-nhan@example.com", "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_a_hundred_dossiers_in_every_status_but_waiting_for_payment(demo):
    statuses = Counter(Dossier.objects.values_list("status", flat=True))
    assert sum(statuses.values()) >= 100
    assert set(statuses) == set(Status) - {Status.AWAITING_PAYMENT}
    for unit in Unit.objects.receiving():
        assert Dossier.objects.filter(unit=unit).count() >= 20
    own = set(Dossier.objects.filter(owner__email="cong-dan@example.com").values_list("status", flat=True))
    assert len(own) >= 7
    under_way = Dossier.objects.filter(status__in=[Status.RECEIVED, Status.PROCESSING])
    assert under_way.filter(due_at__lt=now()).count() >= 5
    assert [row for row in under_way.filter(due_at__gte=now()) if local_day(present(row.due_at)) == local_day(now())]
    assert Dossier.objects.exclude(paused_since=None).exists()
    assert Dossier.objects.filter(extended_once=True).exists()
    assert Dossier.objects.filter(channel="counter").exists()
    assert Result.objects.filter(is_granted=False, approved_at__isnull=False).exists()
    assert Dossier.objects.filter(status=Status.RETURNED, delivery="online").exists()


def test_about_a_tenth_is_overdue(demo):
    filed = Dossier.objects.exclude(status=Status.DRAFT).filter(book_entry=None)
    late = filed.filter(status__in=[Status.RECEIVED, Status.PROCESSING], due_at__lt=now()).count()
    assert 0.06 <= late / filed.count() <= 0.12


def test_dossiers_come_by_every_road(demo):
    filed = Dossier.objects.exclude(status=Status.DRAFT).filter(book_entry=None)
    for channel in Channel:
        assert filed.filter(channel=channel, external_system=System.HERE).count() >= 3, channel
    national = filed.filter(external_system=System.NATIONAL)
    assert national.filter(status=Status.SUBMITTED).exists() and national.filter(status=Status.RETURNED).exists()
    before = filed.filter(external_system=System.BEFORE)
    assert before.exists() and not before.filter(submitted_at__gte=F("received_by__filing_since")).exists()
    # Nobody filed on a portal that had not opened yet.
    assert (
        not filed.exclude(channel=Channel.POST)
        .filter(external_system=System.HERE, submitted_at__lt=F("received_by__filing_since"))
        .exists()
    )
    elsewhere = filed.exclude(unit=F("received_by"))
    assert elsewhere.filter(status=Status.RETURNED).exists() and elsewhere.exclude(closed_at=None).exists()


def test_the_books_of_a_month_run_on_without_a_gap(demo):
    for unit in Unit.objects.receiving():
        for book in ("copies", "signatures"):
            numbers = list(BookEntry.objects.filter(unit=unit, book=book).values_list("number", flat=True))
            assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 1
    entries = BookEntry.objects.order_by("pk")
    assert 60 <= entries.count() <= 120
    assert [row.entered_at for row in entries] == sorted(row.entered_at for row in entries)
    assert entries.exclude(cancelled_at=None).exists()
    assert not Dossier.objects.filter(
        book_entry__in=entries.filter(cancelled_at=None), fee_state=FeeState.OWED
    ).exists()


def test_no_company_or_association_lives_anywhere_and_each_has_its_own_head(demo):
    filed = Dossier.objects.exclude(applicant__kind=Kind.CITIZEN).exclude(applicant=None)
    assert filed.exists()
    assert not filed.filter(version__procedure__sector__code="dang-ky-quan-ly-cu-tru").exists()
    assert not filed.filter(version__name__iregex="cư trú|tạm trú|thường trú|hộ tịch").exists()
    heads = [user.representative.full_name for user in User.objects.exclude(kind=Kind.CITIZEN)]
    assert len(set(heads)) == len(heads) == 2


def test_a_clerk_finds_nothing_odd(demo):
    """Ages, sexes and relations fit, days follow one another, and each number is one person in all dossiers."""
    assert not PUBLIC & set(User.objects.values_list("full_name", flat=True))
    odd: list[str] = []
    known: dict[str, tuple[str, str]] = {}
    married: dict[str, str] = {}
    deaths: dict[str, str] = {}
    for dossier in Dossier.objects.select_related("version__procedure", "owner__representative").order_by("pk"):
        odd += [f"{dossier.pk} {dossier.version.procedure.code}: {words}" for words in oddities(dossier)]
        people = cast(dossier.answers)
        for one in people.values():
            if (
                one.number
                and one.birth
                and known.setdefault(one.number, (one.name, one.birth)) != (one.name, one.birth)
            ):
                odd.append(f"{dossier.pk}: {one.number} is {one.name} and {known[one.number][0]}")
        if dead := people.get("deceased"):
            died = dossier.answers["death_date"]
            if dead.number and deaths.setdefault(dead.number, died) != died:
                odd.append(f"{dossier.pk}: {dead.name} dies twice")
        for couple in COUPLES:
            pair = [people[role].number for role in couple if role in people and people[role].number]
            for mine, theirs in zip(pair, reversed(pair), strict=True):
                if len(pair) == 2 and married.setdefault(mine, theirs) != theirs:
                    odd.append(f"{dossier.pk}: {known[mine][0]} is married to two")
    assert not odd, "\n".join(odd)


def test_the_declaration_of_whatever_was_filed_prints(demo):
    rows = Dossier.objects.filter(status__gt=0).select_related("version__procedure", "applicant", "received_by")
    filed = {dossier.version.procedure.code: dossier for dossier in rows}
    assert len(filed) > 15
    for dossier in filed.values():
        if context := declaration.page(dossier, ""):
            text = render_to_string(declaration.TEMPLATE, context)
            assert str(dossier.code) in text, dossier.version.procedure.code


def test_nobody_asks_for_the_same_twice_and_each_shop_has_one_name(demo):
    """An inhabitant's newborn is registered once; who closes a shop closes their own."""
    asked = Counter(
        Dossier.objects.filter(owner__email__startswith="nguoi-dan").values_list("owner", "version__procedure__code")
    )
    assert max(asked.values()) == 1
    shops = {
        (row.owner_id, row.answers["hkd_name"])
        for row in Dossier.objects.exclude(owner=None)
        if "hkd_name" in row.answers
    }
    assert len({owner for owner, _name in shops}) == len({name for _owner, name in shops}) == len(shops) > 3


def test_the_past_could_have_happened(demo):
    calendars = {unit.pk: calendar_of(unit, around=now()) for unit in Unit.objects.receiving()}
    last: dict[int, DossierEvent] = {}
    for event in DossierEvent.objects.select_related("dossier").order_by("dossier", "n"):
        assert event.at <= now()
        assert event.hash == event_hash(event)
        if event.dossier_id in last:
            assert event.at >= last[event.dossier_id].at
            assert event.previous_hash == last[event.dossier_id].hash
        last[event.dossier_id] = event
        if event.actor_role in (Role.CLERK, Role.SPECIALIST, Role.LEADER):
            calendar = calendars[event.dossier.unit_id]
            # A step may end on the minute in which the desk closes.
            assert is_open(calendar, event.at) or is_open(calendar, event.at.replace(minute=(event.at.minute - 1) % 60))
    # In the order in which the codes were given: letters and what was filed elsewhere were submitted before.
    begun = DossierEvent.objects.filter(n=1).order_by("at", "dossier")
    codes = list(begun.values_list("dossier__code", flat=True))
    for unit in Unit.objects.receiving():
        mine = [str(code) for code in codes if str(code).startswith(f"{unit.identifier}-")]
        assert mine == sorted(mine)


def test_its_record_is_whole(demo):
    report = verifying.verify(now())
    assert (report.faults, report.dossiers) == ([], Dossier.objects.count())
    assert report.events == DossierEvent.objects.count()


def test_its_messages_are_in_vietnamese(demo):
    """The first `make run` loads them: without compiled texts they would be English."""
    subjects = set(Notification.objects.values_list("subject", flat=True))
    assert subjects and [subject for subject in subjects if fold(subject) == subject.lower()] == []


def test_nothing_is_sent_or_rendered_again(demo):
    states = Counter(Notification.objects.values_list("state", flat=True))
    assert states[State.WAITING] == 0
    assert states[State.SENT] > 100
    assert states[State.FAILED] >= 1
    assert states[State.TO_CALL] >= 1
    assert not Slip.objects.exclude(file="").exists()


def test_loading_again_changes_nothing():
    before = (Dossier.objects.count(), User.objects.count(), Notification.objects.count())
    assert "already" in load()
    assert (Dossier.objects.count(), User.objects.count(), Notification.objects.count()) == before


def test_it_belongs_to_demo_mode(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("load_demo")
