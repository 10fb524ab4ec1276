"""What a level does not allow cannot be reached, whatever address is asked for."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from common import onetime
from dossiers.desk import lists
from dossiers.filing import submission
from dossiers.models import Dossier, WorklistRow
from procedures import labels
from procedures.models import Offering, Procedure, ProcedureVersion, RequiredPaper
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_work(now):
    """Monday 23 March 2026, 09:00."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def version(commune):
    made = factories.version(commune.unit)
    factories.template_file(RequiredPaper.objects.get(key="chung-sinh"), b"%PDF-1.7")
    return made


def paths(version):
    base = f"/procedures/{version.procedure.code}/"
    return {
        "template": f"{base}templates/1/",
        "blank": f"{base}blank-form/",
        "fill": f"{base}fill/",
        "apply": f"{base}apply/",
    }


def answers(client, version):
    found = {}
    for name, path in paths(version).items():
        if name != "blank":
            response = client.get(path)
            found[name] = response.status_code
            if hasattr(response, "streaming_content"):
                b"".join(response.streaming_content)
    return found


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (1, {"template": 404, "fill": 404, "apply": 404}),
        (2, {"template": 200, "fill": 200, "apply": 404}),
        (3, {"template": 200, "fill": 200, "apply": 200}),
        (4, {"template": 200, "fill": 200, "apply": 200}),
    ],
)
def test_each_level_opens_its_addresses(client, version, level, expected):
    Offering.objects.update(level=level)
    assert answers(client, version) == expected
    html = client.get(f"/procedures/{version.procedure.code}/").content.decode()
    assert ("/apply/" in html) == (expected["apply"] == 200)
    assert ("/templates/1/" in html) == (expected["template"] == 200)
    assert ("/fill/" in html) == (expected["fill"] == 200)
    if level == 1:
        assert client.get(paths(version)["blank"]).status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"since": date(2026, 3, 24)}, 404),
        ({"since": date(2026, 1, 1), "until": date(2026, 3, 22)}, 404),
    ],
)
def test_an_offering_counts_on_its_days_only(client, version, change, status):
    Offering.objects.update(**change)
    assert answers(client, version) == {"template": 404, "fill": 404, "apply": status}
    html = client.get(paths(version)["apply"]).content.decode()
    assert ("24/03/2026" in html) == (change["since"] == date(2026, 3, 24))


def test_the_last_day_still_counts(client, version):
    Offering.objects.update(until=date(2026, 3, 23))
    Procedure.objects.update(accept_until=date(2026, 3, 23))
    assert answers(client, version) == {"template": 200, "fill": 200, "apply": 200}


def test_after_the_last_day_of_acceptance_nothing_is_handed_out(client, version):
    Procedure.objects.update(accept_until=date(2026, 3, 22))
    assert answers(client, version) == {"template": 404, "fill": 410, "apply": 410}
    assert "22/03/2026" in client.get(paths(version)["apply"]).content.decode()
    assert client.get(f"/procedures/{version.procedure.code}/").status_code == 200


def test_a_retired_procedure_names_its_successor(client, commune, version):
    successor = factories.version(commune.unit, code="2.000001", name="Thủ tục mới")
    ProcedureVersion.objects.filter(pk=version.pk).update(
        status="retired",
        effective_until=date(2026, 3, 22),
        retired_at=factories.NOW,
        retirement_reason="Luật mới.",
        successor=successor.procedure,
    )
    assert answers(client, version) == {"template": 410, "fill": 410, "apply": 410}
    for path in (*list(paths(version).values()), f"/procedures/{version.procedure.code}/"):
        assert f'href="/procedures/{successor.procedure.code}/"' in client.get(path).content.decode()


def test_an_end_that_was_settled_counts_from_its_day(client, version):
    ProcedureVersion.objects.filter(pk=version.pk).update(
        status="retired", effective_until=date(2026, 3, 23), retired_at=factories.NOW
    )
    assert answers(client, version) == {"template": 200, "fill": 200, "apply": 200}
    assert "23/03/2026" in client.get(f"/procedures/{version.procedure.code}/").content.decode()


def test_what_has_yet_to_begin_says_when(client, commune):
    version = factories.version(commune.unit, effective_from=date(2026, 4, 1))
    response = client.get(paths(version)["apply"])
    assert response.status_code == 404 and "01/04/2026" in response.content.decode()
    assert client.get(f"/procedures/{version.procedure.code}/").status_code == 404


def test_what_was_never_published_is_nobodys_business(client, commune):
    version = factories.version(commune.unit, status="draft", published_at=None, name="Bản nháp kín")
    for path in paths(version).values():
        response = client.get(path)
        assert response.status_code == 404 and "Bản nháp kín" not in response.content.decode()


def test_only_units_of_a_sufficient_level_may_be_chosen(client, citizen, commune, other_commune, version):
    lowered = Offering.objects.create(
        unit=other_commune.unit, procedure=version.procedure, level=2, since=date(2025, 7, 1)
    )
    client.force_login(citizen)
    page = client.get(paths(version)["apply"], {"unit": "xuan-loc"})
    key = page.context["key"]
    # One unit is left: whatever unit is posted, the draft goes there.
    client.post(paths(version)["apply"], {"unit": "xuan-loc", "key": key})
    assert Dossier.objects.get().received_by == commune.unit
    third = factories.commune(slug="xuan-dong", name="Xã Xuân Đông", identifier="000.00.18.H19")
    Offering.objects.create(unit=third.unit, procedure=version.procedure, level=4, since=date(2025, 7, 1))
    key = client.get(paths(version)["apply"]).context["key"]
    refused = client.post(paths(version)["apply"], {"unit": lowered.unit.slug, "key": key})
    assert refused.status_code == 422 and Dossier.objects.count() == 1


def test_a_draft_under_a_lowered_level_keeps_its_answers_and_is_not_submitted(client, citizen, commune, version):
    draft = factories.draft(citizen, commune.unit, version)
    client.force_login(citizen)
    review = f"/my/dossiers/{draft.ref}/review/"
    body = {"declared": "on"} | client.get(review).context["form"].initial
    Offering.objects.update(level=2)
    assert client.get(f"/my/dossiers/{draft.ref}/").context["is_taken"] is False
    html = client.get(review).content.decode()
    assert "Nguyễn Văn An" in html and "/submit/" not in html and "data-print" in html
    answer = client.post(f"/my/dossiers/{draft.ref}/submit/", body, follow=True)
    assert answer.status_code == 200
    draft.refresh_from_db()
    assert draft.is_draft and draft.answers == factories.ANSWERS
    # Taken online again, it can be submitted as it is.
    Offering.objects.update(level=3)
    client.post(f"/my/dossiers/{draft.ref}/submit/", {"declared": "on"} | client.get(review).context["form"].initial)
    draft.refresh_from_db()
    assert not draft.is_draft


def test_a_way_of_return_that_the_level_no_longer_allows_is_not_submitted(client, citizen, commune, version):
    draft = factories.draft(citizen, commune.unit, version, delivery="online")
    client.force_login(citizen)
    review = f"/my/dossiers/{draft.ref}/review/"
    body = {"declared": "on"} | client.get(review).context["form"].initial
    Offering.objects.update(level=3)
    with pytest.raises(submission.Refused) as refused:
        submission.submit(draft.ref, by=citizen, key=onetime.new_key(), revision=draft.revision, now=factories.NOW)
    assert refused.value.code == "delivery"
    client.post(f"/my/dossiers/{draft.ref}/submit/", body)
    draft.refresh_from_db()
    assert draft.is_draft and draft.delivery == "online"
    Offering.objects.update(level=4)
    client.post(f"/my/dossiers/{draft.ref}/submit/", body)
    draft.refresh_from_db()
    assert not draft.is_draft


def test_where_people_must_come_the_result_is_handed_out_there(client, citizen, commune):
    version = factories.version(commune.unit, needs_presence=True)
    draft = factories.draft(citizen, commune.unit, version)
    client.force_login(citizen)
    page = client.get(f"/my/dossiers/{draft.ref}/delivery/").content.decode()
    assert 'value="desk"' in page and 'value="online"' not in page and 'value="post"' not in page
    answer = client.post(f"/my/dossiers/{draft.ref}/delivery/", {"delivery": "online"})
    assert answer.status_code == 200 and answer.context["form"].errors


@pytest.mark.parametrize(
    ("level", "found"), [("1", 0), ("2", 0), ("3", 1), ("4", 2), ("wholly", 1), ("partly", 2), ("information", 0)]
)
def test_the_desk_filters_by_either_scheme(commune, citizen, level, found):
    for n, (number, needs_presence) in enumerate([(3, False), (4, False), (4, True)]):
        made = factories.version(commune.unit, code=f"9.00000{n}", level=number, needs_presence=needs_presence)
        draft = factories.draft(citizen, commune.unit, made)
        submission.submit(draft.ref, by=citizen, key=onetime.new_key(), revision=draft.revision, now=factories.NOW)
    assert WorklistRow.objects.filter(lists.level_condition(level)).count() == found


@pytest.mark.parametrize("scheme", ["four", "two"])
def test_levels_are_named_as_the_installation_chose(client, commune, settings, scheme):
    settings.LEVEL_NAMES = scheme
    client.force_login(commune.clerk)
    for level in ("4", "wholly", "5", "²"):
        page = client.get(reverse("desk:list"), {"view": "all", "level": level}, headers={"accept-language": "vi"})
        html = page.content.decode()
        assert page.status_code == 200 and ("Mức 4" in html) == (scheme == "four")
        assert ('value="wholly"' in html) == (scheme == "two")
        is_known = level == ("4" if scheme == "four" else "wholly")
        assert (f'value="{level}" selected' in html) == is_known
    help_page = client.get(reverse("help"), headers={"accept-language": "vi"}).content.decode()
    assert ("Mức 1:" in help_page) == (scheme == "four")


def test_publishers_tell_all_four_levels_apart(settings):
    for scheme in ("four", "two"):
        settings.LEVEL_NAMES = scheme
        assert len({labels.level_set_words(level) for level in (1, 2, 3, 4)}) == 4
