"""Markup in names, answers, papers and reasons is text on every page."""

import re

import pytest
import time_machine
from crispy_forms.utils import render_crispy_form
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from dossiers.actions import filing
from dossiers.applicant.forms import RevisionForm
from dossiers.records.applicants import data_of_account
from notifications.models import Notification
from tests import factories
from tests.access.world import World
from tests.factories import NOW
from tests.faults.answers import client_of, pages

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
TAG = re.compile(r"<script>alert|<img src=x", re.IGNORECASE)


@pytest.fixture(scope="module")
def built_world(django_db_setup, django_db_blocker):
    """A world in which the applicant, the answers, the papers and the reasons carry markup; as in tests/conftest.py."""
    make = factories.citizen
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(factories, "citizen", lambda **fields: make(**({"full_name": EVIL} | fields)))
            # The form would refuse such a name: the applicant is the account's.
            patch.setattr(filing, "data_of_filing", lambda user, *_asked, **_more: data_of_account(user))
            world = World()
        for dossier in (world.submitted, world.asked, world.processing, world.decided):
            dossier.papers.update(original_name=EVIL, name=EVIL)
            type(dossier).objects.filter(pk=dossier.pk).update(answers=dossier.answers | {"requester_name": EVIL})
        User.objects.filter(pk=world.commune.specialist.pk).update(full_name=EVIL)
        Notification.objects.update(to_name=EVIL, subject=EVIL[:200], last_error=EVIL, body=EVIL)
        yield world
        transaction.set_rollback(True)


@pytest.mark.parametrize("persona", ["citizen", "clerk", "specialist", "leader"])
def test_markup_in_names_and_answers_never_runs(world, persona):
    seen = 0
    for address, response in pages(world, persona):
        page = response.content.decode()
        assert not TAG.search(page), address
        seen += "&lt;script&gt;alert" in page
    assert seen > 5


def test_markup_in_a_name_does_not_run_in_the_banner_after_an_action(world):
    browser = client_of(world.commune.clerk)
    code, revision = world.submitted.code, world.submitted.revision
    page = browser.post(
        reverse("desk:act", args=[code, "receive"]), {"revision": revision}, follow=True
    ).content.decode()
    assert code in page and not TAG.search(page)


def test_a_help_text_of_a_form_is_text_and_not_markup(world):
    form = RevisionForm()
    form.fields["revision"].widget = type(form.fields["revision"]).widget()
    form.fields["revision"].help_text = EVIL
    assert not TAG.search(render_crispy_form(form, helper=form.helper))
