"""The page after filing: true while the dossier waits for its first answer; then the dossier's own page says more."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from dossiers import actions


def confirmation(client, road):
    with time_machine.travel(road.now, tick=False):
        client.force_login(road.citizen)
        return client.get(reverse("applicant:submitted", args=[road.dossier.ref]))


def test_coming_back_before_reception_shows_the_same_page(client, road):
    road.submitted()
    assert [confirmation(client, road).status_code for _n in range(2)] == [200, 200]


@pytest.mark.parametrize("state", ["received", "processing", "asked", "withdrawing", "decided"])
def test_once_answered_it_leads_to_the_dossiers_own_page(client, road, state):
    getattr(road, state)()
    answer = confirmation(client, road)
    assert (answer.status_code, answer.url) == (302, reverse("applicant:dossier", args=[road.dossier.ref]))


def test_an_ended_dossier_promises_no_reception(client, road):
    road.submitted().do(actions.Refuse("Sai nơi"), road.commune.clerk)
    assert confirmation(client, road).status_code == 302


def test_after_a_supplement_the_answer_is_promised_from_then(client, road):
    road.submitted().do(actions.RequestSupplement((road.item,)), road.commune.clerk).answer()
    road.now += timedelta(days=7)
    road.do(actions.Supplement(), road.citizen)
    html = confirmation(client, road).content.decode()
    # Completed on Monday a week later.
    assert "trả lời chậm nhất" in html
    assert "31/03" in html
