"""A process that dies amid a submission leaves nothing of it; the same form sent again submits it, once."""

from contextlib import contextmanager

import pytest
from django.db import connection

from common import onetime
from common.models import OneTimeKey
from dossiers.filing import submission
from dossiers.models import Applicant, Assignment, Dossier, DossierEvent, NumberSeries, Slip, WorklistRow
from notifications.models import Notification
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
WRITTEN = (Applicant, Assignment, DossierEvent, Notification, NumberSeries, OneTimeKey, Slip, WorklistRow)


class Died(BaseException):
    """The process is no more."""


@contextmanager
def dying_at(n: int):
    """Die instead of sending the statement with this number; yields those that were sent."""
    sent: list[str] = []

    def send(execute, sql, params, many, context):
        if len(sent) + 1 == n:
            raise Died
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(send):
        yield sent


@pytest.fixture
def draft(citizen, commune):
    return factories.draft(citizen, commune.unit, factories.version(commune.unit))


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in WRITTEN}


def test_nothing_stays_whichever_statement_was_the_last(citizen, draft, now):
    key, before = onetime.new_key(), counts()

    def submit() -> Dossier:
        return submission.submit(draft.ref, by=citizen, key=key, revision=0, now=now)

    for n in range(1, 100):
        try:
            with dying_at(n) as sent:
                done = submit()
            break
        except Died:
            assert counts() == before
            assert Dossier.objects.get().status == 0
    assert 10 < len(sent) < n
    assert done.code == "000.00.16.H19-260323-0001"
    after = counts()
    assert after == dict.fromkeys(after, 1)
    assert submit().code == done.code
    assert counts() == after


def test_a_submission_of_a_key_whose_process_died_after_the_commit_is_told_again(citizen, draft, now):
    """The answer never reached the browser: the same form leads to the same dossier, and writes nothing."""
    key = onetime.new_key()
    code = submission.submit(draft.ref, by=citizen, key=key, revision=0, now=now).code
    written = counts()
    with dying_at(0) as sent:
        assert submission.submit(draft.ref, by=citizen, key=key, revision=0, now=now).code == code
    assert counts() == written
    assert len([sql for sql in sent if not sql.startswith("BEGIN")]) == 3
