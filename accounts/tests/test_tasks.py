"""What the nightly tasks of accounts and the ground tables take away, and what they leave."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.models import User
from accounts.tasks import forget_ended_sessions, forget_unconfirmed
from common.models import AttemptCounter, OneTimeKey
from common.tasks import tidy
from common.web import limits
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 23, 20, tzinfo=UTC)


def test_only_old_unconfirmed_accounts_are_forgotten(commune, time_machine):
    time_machine.move_to(NOW, tick=False)
    old, young = NOW - timedelta(days=8), NOW - timedelta(days=6)
    factories.user(email="quen@example.com", date_joined=old)
    stay = [
        factories.user(email="moi@example.com", date_joined=young),
        factories.user(email="xa@example.com", date_joined=old, assurance="verified"),
        factories.user(full_name="Cụ Bảy", date_joined=old),
        factories.user(email="da-vao@example.com", date_joined=old, last_login=old),
        factories.user(email="da-xac-nhan@example.com", date_joined=old),
    ]
    EmailAddress.objects.create(user=stay[-1], email=stay[-1].email, verified=True, primary=True)
    assert forget_unconfirmed() == 1
    assert not User.objects.filter(email="quen@example.com").exists()
    assert User.objects.filter(pk__in=[user.pk for user in [*stay, commune.clerk]]).count() == 6
    assert forget_unconfirmed() == 0


def test_counters_and_questions_whose_time_is_over_go(time_machine):
    time_machine.move_to(NOW, tick=False)
    for age in (timedelta(days=3), timedelta(hours=1)):
        limits.hit("x", "a", 3, 3600, NOW - age)
        OneTimeKey.objects.create(key=str(age), purpose="question", at=NOW - age)
        OneTimeKey.objects.create(key=str(age), purpose="submit", at=NOW - age)
    assert tidy() == 2
    assert AttemptCounter.objects.count() == 1
    assert sorted(OneTimeKey.objects.values_list("purpose", flat=True)) == ["question", "submit", "submit"]


def test_where_somebody_was_signed_in_is_forgotten_with_the_session(citizen, time_machine):
    time_machine.move_to(NOW, tick=False)
    for key, ends in (("live", NOW + timedelta(hours=1)), ("over", NOW - timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
        UserSession.objects.create(user=citizen, session_key=key, ip="127.0.0.1", user_agent="x")
    UserSession.objects.create(user=citizen, session_key="gone", ip="127.0.0.1", user_agent="x")
    assert forget_ended_sessions() == 2
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["live"]
