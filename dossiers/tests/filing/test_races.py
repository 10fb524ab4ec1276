"""Eight taps at once: one draft, one dossier; and the same race with its guards off."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from common import onetime
from common.refusals import Refused
from dossiers import workflow
from dossiers.actions import filing as filing_action
from dossiers.actions.readiness import schema_of
from dossiers.filing import drafts, submission
from dossiers.models import Dossier, DossierEvent, Status
from dossiers.records.applicants import ApplicantData
from eforms.filling.filled import SentSection
from tests import factories
from tests.present import present

pytestmark = pytest.mark.django_db(transaction=True)
TAPS = 8


def at_once(send) -> list:
    """Call ``send`` from eight threads that start together; returns what each call gave or raised."""
    barrier = Barrier(TAPS)

    def tap(_n: int):
        try:
            barrier.wait(timeout=30)
            return send()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(TAPS) as pool:
        return list(pool.map(tap, range(TAPS)))


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


@pytest.fixture
def draft(citizen, commune, version):
    return factories.draft(citizen, commune.unit, version)


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_eight_submits_with_one_key_make_one_dossier(citizen, draft):
    client = browser(citizen)
    cookies = client.cookies
    fields = {"key": onetime.new_key(), "revision": "0", "declared": "on"}

    def submit() -> str:
        tapping = Client()
        tapping.cookies = cookies
        return tapping.post(reverse("applicant:submit", args=[draft.ref]), fields)["Location"]

    answers = at_once(submit)
    assert set(answers) == {reverse("applicant:submitted", args=[draft.ref])}
    assert DossierEvent.objects.count() == 1
    draft.refresh_from_db()
    assert draft.code.endswith("-0001")


def test_eight_submits_with_eight_keys_make_one_dossier(citizen, draft, now):
    def submit() -> str:
        return str(submission.submit(draft.ref, by=citizen, key=onetime.new_key(), revision=0, now=now).code)

    answers = at_once(submit)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(refused) == TAPS - 1
    assert DossierEvent.objects.count() == 1


def test_a_draft_is_saved_or_submitted_never_both_from_one_state(citizen, draft, now):
    """Half of the taps save, half submit the state of before: whoever comes first, no answer is lost unseen."""
    turns = itertools.count()

    def tap() -> str:
        if next(turns) % 2:
            return str(submission.submit(draft.ref, by=citizen, key=onetime.new_key(), revision=0, now=now).code)
        drafts.save_sections(draft, [SentSection("requester", {"requester_name": "Lê Văn Tám"}, is_done=True)], now)
        return "saved"

    answers = at_once(tap)
    submitted = [answer for answer in answers if isinstance(answer, str) and answer != "saved"]
    draft.refresh_from_db()
    assert len(submitted) == DossierEvent.objects.count() <= 1
    if submitted:
        assert answers.count("saved") == 0
        assert draft.answers["requester_name"] == "Nguyễn Văn An"
    else:
        assert draft.revision == answers.count("saved") == TAPS // 2
    assert all(isinstance(answer, str | Refused) for answer in answers), answers


def test_codes_have_no_gap_where_submissions_fail(citizen, commune, version, now, monkeypatch):
    """Every second submission fails after it got its code: the code goes to the next one."""
    refs = [factories.draft(citizen, commune.unit, version).ref for _n in range(2 * TAPS)]
    turns, failing = itertools.count(), itertools.count()
    tell = filing_action.notices.tell

    def tell_or_fail(*args, **kwargs):
        if next(failing) % 2:
            raise RuntimeError
        return tell(*args, **kwargs)

    monkeypatch.setattr(filing_action.notices, "tell", tell_or_fail)

    def tap() -> list[str]:
        codes = []
        for ref in (refs[next(turns)], refs[next(turns)]):
            with suppress(RuntimeError):
                codes.append(str(submission.submit(ref, by=citizen, key=onetime.new_key(), revision=0, now=now).code))
        return codes

    codes = sorted(code for answer in at_once(tap) for code in answer)
    assert [int(code[-4:]) for code in codes] == list(range(1, TAPS + 1))


def test_without_guards_eight_submits_act_more_than_once(citizen, draft, now, monkeypatch):
    """The control: with state and claim switched off the race is there."""
    revisions = itertools.count(100)

    def take(fresh, move, changes):
        Dossier.objects.filter(pk=fresh.pk).update(**changes)
        # Past the last guard too: no two events of one revision.
        changes = changes | {"revision": next(revisions)}
        for name, value in changes.items():
            setattr(fresh, name, value)

    rule = workflow.TABLE[workflow.Action.SUBMIT]
    anywhere = replace(rule, sources=(Status.DRAFT, Status.SUBMITTED))
    monkeypatch.setitem(workflow.TABLE, workflow.Action.SUBMIT, anywhere)
    monkeypatch.setattr(workflow, "take", take)
    monkeypatch.setattr(ApplicantData, "freeze", lambda self, dossier: None)
    monkeypatch.setattr(filing_action.slips, "issue", lambda *args, **kwargs: None)
    monkeypatch.setattr(filing_action.notices, "tell", lambda *args, **kwargs: None)
    monkeypatch.setattr(filing_action.assignments, "begin", lambda *args, **kwargs: None)

    def submit() -> str:
        mine = Dossier.objects.get(pk=draft.pk)
        workflow.perform(filing_action.Submit(), mine, by=citizen, now=now)
        return str(mine.code)

    codes = [answer for answer in at_once(submit) if isinstance(answer, str)]
    assert len(set(codes)) > 1
    assert DossierEvent.objects.count() > 1


def test_eight_starts_with_one_key_make_one_draft(citizen, commune, version, now):
    key = onetime.new_key()
    refs = at_once(lambda: drafts.start_draft(version, commune.unit, citizen, key=key, now=now).ref)
    assert len(set(refs)) == 1
    assert Dossier.objects.count() == 1


def test_without_the_key_eight_starts_make_more_drafts(citizen, commune, version, now, monkeypatch):
    """The control: neither the key nor the untouched draft holds anybody back."""
    monkeypatch.setattr(onetime, "use_key", lambda *args: None)
    monkeypatch.setattr(drafts, "F", lambda name: None)
    refs = at_once(lambda: drafts.start_draft(version, commune.unit, citizen, key="x", now=now).ref)
    assert len(set(refs)) > 1
    assert Dossier.objects.count() > 1


def test_answers_saved_in_two_tabs_both_stay(citizen, draft, now):
    schema = schema_of(draft.version)
    section = present(schema).section("requester")
    answers = iter([{"requester_name": f"Lê Văn {letter}"} for letter in "ABCDEFGH"])

    def save() -> None:
        mine = Dossier.objects.get(pk=draft.pk)
        drafts.save_sections(mine, [SentSection(section.key, next(answers), is_done=True)], now)

    assert at_once(save) == [None] * TAPS
    draft.refresh_from_db()
    assert draft.revision == TAPS
    assert draft.answers["wants_copy"] == "co"
