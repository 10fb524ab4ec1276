"""Administrators' screens of signposts and checklists: added once, changed unseen by nobody, logged."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from common.refusals import Refused
from offices.models import AuditEntry
from procedures.guiding import changing
from procedures.models import ChecklistStep, LifeEvent, Signpost
from procedures.versions import vocabularies
from tests import factories
from tests.pages import checks

pytestmark = pytest.mark.django_db
MATTER = {
    "name": "Cấp hộ chiếu",
    "words": "hộ chiếu\nlàm  hộ chiếu\n",
    "agency": "Công an tỉnh",
    "how": "Nộp trên mạng",
    "url": "https://dichvucong.gov.vn/",
    "procedures": "1.000001",
    "basis": "Luật số 49/2019/QH14",
    "reviewed_on_day": "1",
    "reviewed_on_month": "3",
    "reviewed_on_year": "2026",
}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


@pytest.fixture
def event(version):
    return LifeEvent.objects.create(code="co-con", name="Có con", day_name="ngày sinh")


@pytest.fixture
def signpost(version):
    about = {"words": ["hộ chiếu"], "agency": "Công an", "how": "Đến", "basis": "Luật", "reviewed_on": date(2026, 3, 1)}
    return Signpost.objects.create(code="ho-chieu", name="Cấp hộ chiếu", **about)


@pytest.fixture
def administrator(client, commune, now):
    client.force_login(commune.administrator)
    with time_machine.travel(now, tick=False):
        yield client


def box(client, path, name="key"):
    text = client.get(path).content.decode()
    assert checks.faults(text) == []
    return text.split(f'name="{name}" value="')[1].split('"')[0]


def values(**changes):
    """Return a step as :mod:`changing` takes it."""
    texts = {name: "" for name in changing.STEP_COLUMNS if not name.endswith(("_id", "amount"))}
    return (
        texts
        | {"procedure": None, "signpost": None, "amount": None, "amount_unit": "days", "is_alternative": False}
        | changes
    )


def test_a_signpost_is_added_once_and_answers_searches(administrator, version):
    new = reverse("manage:signpost_new")
    key = box(administrator, new)
    for _time in range(2):
        assert administrator.post(new, MATTER | {"key": key}).status_code == 302
    made = Signpost.objects.get()
    assert (made.code, made.words) == ("cap-ho-chieu", ["hộ chiếu", "làm hộ chiếu"])
    assert [one.code for one in made.procedures.all()] == ["1.000001"]
    assert AuditEntry.objects.get(action="signpost.new").subject_name == "Cấp hộ chiếu"
    assert "Công an tỉnh" in administrator.get("/procedures/?q=ho chieu").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "x" * 121}, {"words": ""}, {"words": "…\nhộ chiếu"}, {"words": "x" * 81}, {"agency": ""},
        {"url": "javascript:alert(1)"}, {"url": "http://a.vn"}, {"procedures": "9.999999"}, {"basis": ""},
        {"reviewed_on_day": "31", "reviewed_on_month": "2"}, {"how": ""}, {"procedures": "\n".join(["1.000001"] * 50)},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_box(administrator, version, wrong):
    new = reverse("manage:signpost_new")
    answer = administrator.post(new, MATTER | {"key": box(administrator, new)} | wrong)
    doubled = wrong.get("procedures", "").count("1.000001") > 1
    assert answer.status_code == (302 if doubled else 422)
    assert Signpost.objects.exists() is doubled
    if not doubled:
        assert checks.faults(answer.content.decode()) == []


def test_two_who_change_a_signpost_at_once_are_told(administrator, signpost, version):
    path = reverse("manage:signpost", args=[signpost.code])
    revision = box(administrator, path, "revision")
    sent = MATTER | {"revision": revision, "how": "Đến nơi"}
    assert administrator.post(path, sent).status_code == 302
    late = administrator.post(path, sent | {"how": "Khác"})
    assert late.status_code == 409 and "Khác" in late.content.decode()
    signpost.refresh_from_db()
    assert (signpost.how, signpost.revision) == ("Đến nơi", 1)
    fields = {change["field"] for change in AuditEntry.objects.get(action="signpost.edit").changes}
    assert {"how", "agency", "words", "procedures"} <= fields and "name" not in fields
    again = sent | {"revision": "1"}
    assert administrator.post(path, again).status_code == 302
    assert AuditEntry.objects.filter(action="signpost.edit").count() == 1


def test_a_name_stands_for_one_signpost(administrator, signpost, version):
    new = reverse("manage:signpost_new")
    assert (
        administrator.post(new, MATTER | {"name": "CẤP  HỘ CHIẾU", "key": box(administrator, new)}).status_code == 422
    )
    assert Signpost.objects.count() == 1


def test_two_who_add_one_name_at_once_are_told(signpost, commune, monkeypatch, now):
    # As the second of them reads it, before the first has finished.
    monkeypatch.setattr(changing, "_make_sure_it_is_new", lambda *_one: None)
    monkeypatch.setattr(changing, "_code", lambda _name: signpost.code)
    typed = {"name": signpost.name, "agency": "X", "how": "Y", "basis": "Z", "procedures": []}
    with pytest.raises(Refused) as refused:
        changing.add_signpost(typed, commune.administrator, now)
    assert refused.value.field == "name" and Signpost.objects.count() == 1


def test_a_signpost_is_hidden_and_shown_again(administrator, signpost, event, version):
    ChecklistStep.objects.create(event=event, n=1, signpost=signpost)
    path = reverse("manage:signpost_show", args=[signpost.code])
    for shown, count in (("0", 0), ("0", 0), ("1", 1)):
        administrator.post(path, {"shown": shown})
        assert administrator.get("/procedures/?q=ho chieu").content.decode().count("card signpost") == count
        assert ("Cấp hộ chiếu" in administrator.get("/life-events/co-con/").content.decode()) is bool(count)
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["signpost.hide", "signpost.show"]
    assert checks.faults(administrator.get(reverse("manage:signposts")).content.decode()) == []


def test_steps_are_added_changed_arranged_and_removed(administrator, event, signpost, version):
    new, listed = (reverse(f"manage:{name}", args=[event.code]) for name in ("step_new", "steps"))
    for target in ({"procedure": "1.000001", "amount": "60"}, {"signpost": "ho-chieu"}):
        key = box(administrator, new)
        for _time in range(2):
            assert administrator.post(new, {"amount_unit": "days", "key": key} | target).status_code == 302
    first, second = event.steps.all()
    assert (first.amount, second.signpost) == (60, signpost)
    path = reverse("manage:step", args=[event.code, first.pk])
    revision = box(administrator, path, "revision")
    changed = {"procedure": "1.000001", "amount": "2", "amount_unit": "months", "revision": revision}
    assert administrator.post(path, changed).status_code == 302
    assert administrator.post(path, changed).status_code == 409
    administrator.post(reverse("manage:step_move", args=[event.code, second.pk]), {"to": "up"})
    administrator.post(reverse("manage:step_move", args=[event.code, second.pk]), {"to": "up"})
    assert list(event.steps.values_list("pk", flat=True)) == [second.pk, first.pk]
    text = administrator.get(listed).content.decode()
    assert "Trong 2 tháng kể từ ngày sinh" in text and checks.faults(text) == []
    for _time in range(2):
        administrator.post(reverse("manage:step_remove", args=[event.code, second.pk]))
    actions = [
        action.partition(".step-")[2] for action in AuditEntry.objects.order_by("id").values_list("action", flat=True)
    ]
    assert actions == ["new", "new", "edit", "move", "remove"]


def test_another_way_of_a_removed_step_stands_for_it(event, signpost, version, commune, now):
    by = commune.administrator
    first = changing.add_step(event, values(procedure=factories.version(code="1.000777").procedure), by, now)
    second = changing.add_step(event, values(procedure=version.procedure), by, now)
    third = changing.add_step(event, values(signpost=signpost, is_alternative=True), by, now)
    changing.remove_step(second, by, now)
    assert not event.steps.get(pk=third.pk).is_alternative
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True))[-2:] == [
        "life-event.step-remove",
        "life-event.step-edit",
    ]
    ChecklistStep.objects.filter(pk=third.pk).update(is_alternative=True)
    changing.remove_step(third, by, now)
    assert list(event.steps.all()) == [first] and AuditEntry.objects.latest("id").action == "life-event.step-remove"


@pytest.mark.parametrize(
    "typed",
    [
        {}, {"procedure": "1.000001", "signpost": "ho-chieu"}, {"procedure": "khong co"}, {"signpost": "khong-co"},
        {"procedure": "1.000001", "amount": "0"}, {"procedure": "1.000001", "amount": "9999999"},
        {"procedure": "1.000001", "amount_unit": "x"}, {"procedure": "1.000001", "gain": "x" * 301},
    ],
)  # fmt: skip
def test_a_step_leads_to_one_thing(administrator, event, signpost, typed):
    new = reverse("manage:step_new", args=[event.code])
    answer = administrator.post(new, {"amount_unit": "days", "key": box(administrator, new)} | typed)
    assert answer.status_code == 422 and not event.steps.exists()
    assert checks.faults(answer.content.decode()) == []


def test_what_a_list_cannot_count_is_refused(event, signpost, version, commune, now):
    by = commune.administrator
    step = changing.add_step(event, values(procedure=version.procedure, amount=60), by, now)
    with pytest.raises(Refused) as twice:
        changing.add_step(event, values(procedure=version.procedure), by, now)
    assert twice.value.field == "procedure"
    with pytest.raises(Refused):
        changing.name_day(event, "", "", changing.revision_of_day(event), by, now)
    LifeEvent.objects.update(day_name="")
    with pytest.raises(Refused) as unnamed:
        changing.add_step(event, values(signpost=signpost, amount=1), by, now)
    assert unnamed.value.field == "since"
    changing.add_step(event, values(signpost=signpost, amount=1, since="ngày khác"), by, now)
    ChecklistStep.objects.filter(pk=step.pk).delete()
    with pytest.raises(Refused) as gone:
        changing.change_step(step, changing.revision_of(step), values(procedure=version.procedure), by, now)
    assert gone.value.is_stale


def test_the_day_is_named_once(administrator, event):
    path = reverse("manage:steps", args=[event.code])
    revision = box(administrator, path, "revision")
    typed = {"day_name": "ngày sinh của con", "day_name_en": "the birth", "revision": revision}
    assert administrator.post(path, typed).status_code == 302
    assert administrator.post(path, typed | {"day_name": "khác"}).status_code == 409
    event.refresh_from_db()
    assert event.day_name == "ngày sinh của con"


def test_an_event_with_steps_stays(event, signpost, commune, now):
    ChecklistStep.objects.create(event=event, n=1, signpost=signpost)
    with pytest.raises(Refused):
        vocabularies.remove(vocabularies.LIFE_EVENTS, event, commune.administrator, now)
    event.steps.all().delete()
    vocabularies.remove(vocabularies.LIFE_EVENTS, event, commune.administrator, now)


def test_lists_cost_the_same_with_more_rows(administrator, event, signpost):
    pages = {reverse("manage:signposts"): 0, reverse("manage:steps", args=[event.code]): 0}

    def cost(path):
        with CaptureQueriesContext(connection) as captured:
            administrator.get(path)
        return len(captured)

    ChecklistStep.objects.create(event=event, n=1, procedure=factories.version(code="1.000777").procedure)
    ChecklistStep.objects.create(event=event, n=2, signpost=signpost)
    for path in pages:
        cost(path)
        pages[path] = cost(path)
    for n in range(8):
        about = {"agency": "A", "how": "B", "basis": "C", "reviewed_on": date(2026, 3, 1)}
        other = Signpost.objects.create(code=f"s-{n}", name=f"S {n}", **about)
        ChecklistStep.objects.create(event=event, n=10 + n, signpost=other)
        ChecklistStep.objects.create(event=event, n=30 + n, procedure=factories.version(code=f"1.00010{n}").procedure)
    for path in pages:
        assert cost(path) <= pages[path], path
