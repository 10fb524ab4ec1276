"""The page of a life event: steps in order, days from a day that is kept nowhere, print, calendar, cost."""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from django.core.cache import cache

from accounts.models import User
from common.web import page_cache
from procedures.guiding import checklists
from procedures.models import ChecklistStep, LifeEvent, Offering, Signpost
from tests import factories
from tests.pages import checks
from tests.present import present

pytestmark = pytest.mark.django_db
CHILD = "/life-events/co-con-nho/"


def main(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode().partition("<main")[2]


def steps_in(text: str) -> list[str]:
    """Return what each step of a page leads to."""
    return [
        " ".join(re.sub("<[^>]+>", "", part).split())
        for part in re.findall("<h3>(.*?)</h3>", text.partition('id="others"')[0], re.S)
    ]


def test_every_event_has_its_steps_in_order_and_the_other_procedures_below(client, commune):
    for event in LifeEvent.objects.all():
        text = client.get(f"/life-events/{event.code}/").content.decode()
        assert checks.faults(text) == [], event.code
        assert len(steps_in(text)) == event.steps.count() >= 4, event.code
        # Each procedure of the event is there, once.
        shown = re.findall(r'<h3[^>]*><a href="/procedures/([^/]+)/"', re.sub(r">\s+<", "><", text))
        assert len(shown) == len(set(shown)), event.code
        assert set(event.procedures.values_list("code", flat=True)) <= set(shown), event.code


def test_the_first_step_says_by_when_and_what_goes_together(client, commune):
    text = main(client.get(CHILD))
    assert text.index("Liên thông") < text.index(">Đăng ký khai sinh<") < text.index("Thẻ bảo hiểm y tế")
    assert "Within 60 days of ngày sinh của con" in text or "Trong 60 ngày kể từ ngày sinh của con" in text
    assert "nộp cùng một lần" in text


def test_a_day_makes_dates(client, commune):
    # Today is Monday 23/03/2026.
    cases = {
        "on_day=2&on_month=3&on_year=2026": ("01/05/2026", True),
        "on_day=2026-03-02": ("01/05/2026", True),
        "on_day=1/1/2026": ("02/03/2026", False),
    }
    for query, (day, has_file) in cases.items():
        text = main(client.get(f"{CHILD}?{query}"))
        assert day in text, query
        assert ("/calendar/?on_day=" in text) is has_file, query
        assert ("tag-late" in text) is not has_file, query
        assert checks.faults(client.get(f"{CHILD}?{query}").content.decode()) == []
    assert "calendar/" not in main(client.get(CHILD))


@pytest.mark.parametrize(
    "query",
    [
        "on_day=",
        "on_day=31&on_month=2&on_year=2026",
        "on_day=x",
        "on_day=1&on_month=1&on_year=1875",
        "on_year=99999999",
    ],
)
def test_a_day_that_is_none_is_asked_again(client, commune, query):
    response = client.get(f"{CHILD}?{query}")
    assert response.status_code == 422
    text = response.content.decode()
    assert "error-summary" in text and "tag-late" not in text
    assert checks.faults(text) == []


@pytest.mark.parametrize("day", ["24/3/2027", "1/1/2099", "22/3/2016", "1/1/2000"])
def test_a_day_too_far_away_is_refused_and_stays_in_its_boxes(client, commune, day):
    # Today is 23/03/2026.
    response = client.get(CHILD, dict(zip(("on_day", "on_month", "on_year"), day.split("/"), strict=True)))
    assert response.status_code == 422
    text = response.content.decode()
    assert "từ 23/03/2016 đến 23/03/2027" in text
    assert f'value="{day.rpartition("/")[2]}"' in text and "tag-late" not in text and "calendar/" not in text
    for near in ("23/3/2027", "23/3/2016"):
        assert client.get(CHILD, {"on_day": near}).status_code == 200


def test_what_goes_late_ends_with_one_full_stop(client, commune):
    step = LifeEvent.objects.get(code="co-con-nho").steps.exclude(late="")[0]
    for late, said in {
        "vẫn được": "Vẫn được.",
        "vẫn được.": "Vẫn được.",
        "hỏi xã . ": "Hỏi xã.",
        "vẫn được ạ…": "Vẫn được ạ…",
        "được không?": "Được không?",
    }.items():
        ChecklistStep.objects.filter(pk=step.pk).update(late=late)
        assert f">{said}</span>" in main(client.get(f"{CHILD}?on_day=1/12/2025")), late


def test_events_without_a_day_ask_for_none(client, commune):
    text = main(client.get("/life-events/ket-hon/?on_day=1&on_month=1&on_year=2026"))
    assert "on_day" not in text
    assert "12" in text


def test_an_unknown_event_is_not_there(client, commune):
    LifeEvent.objects.create(code="rong", name="Rỗng")
    for path in (
        "/life-events/khong-co/",
        "/life-events/rong/",
        "/life-events/rong/print/",
        f"{CHILD}steps/999999999999/calendar/",
    ):
        assert client.get(path).status_code == 404, path


def test_a_step_without_who_does_it_is_left_out(client, commune):
    event = LifeEvent.objects.get(code="co-con-nho")
    before = len(steps_in(main(client.get(CHILD))))
    Signpost.objects.filter(code="the-bao-hiem-y-te").update(is_shown=False)
    Offering.objects.filter(procedure__code="1.001193").update(until=date(2026, 3, 1))
    text = main(client.get(CHILD))
    assert len(steps_in(text)) == before - 2
    assert ">Đăng ký khai sinh<" not in text
    event.steps.all().delete()
    assert steps_in(main(client.get(CHILD))) == []
    assert 'class="results"' in main(client.get(CHILD))


def test_another_way_of_a_step_that_is_left_out_is_no_way_of_the_one_before(client, commune):
    event = LifeEvent.objects.get(code="co-con-nho")
    first, second, third = event.steps.all()[:3]
    event.steps.update(is_alternative=False)
    event.steps.filter(pk__in=[second.pk, third.pk]).update(is_alternative=True)
    instead = "thay cho bước trên"
    assert main(client.get(CHILD)).count(instead) == 2
    event.steps.filter(pk=second.pk).update(is_alternative=False)
    hidden = Signpost.objects.create(code="an", name="Ẩn", agency="X", how="Y", basis="Z", is_shown=False)
    event.steps.filter(pk=second.pk).update(procedure=None, signpost=hidden)
    assert instead not in main(client.get(CHILD))
    assert len({step.way for step in present(checklists.checklist_of("co-con-nho", "vi")).steps[:2]}) == 2


def test_the_calendar_file_is_a_whole_day_with_a_reminder(client, commune):
    step = ChecklistStep.objects.get(event__code="co-con-nho", procedure__code="1.001193")
    path = f"{CHILD}steps/{step.pk}/calendar/"
    answer = client.get(f"{path}?on_day=2026-03-02")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode().replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20260501\r\n" in text and "TRIGGER:-P7D" in text
    assert f"UID:step-{step.pk}-20260302@" in text and "/procedures/1.001193/" in text
    assert "DTEND" not in text and "LOCATION" not in text
    other = ChecklistStep.objects.get(event__code="co-con-nho", procedure__code="1.004222")
    for missing in (path, f"{path}?on_day=x", f"{CHILD}steps/{other.pk}/calendar/?on_day=2026-03-02"):
        assert client.get(missing).status_code == 404, missing


def test_the_printed_page_has_the_days_and_no_buttons_of_the_site(client, commune):
    text = client.get(f"{CHILD}print/?on_day=2026-03-02").content.decode()
    assert "01/05/2026" in text and "02/03/2026" in text and "calendar/" not in text
    assert f'href="{CHILD}?on_day=2026-03-02"' in text
    assert checks.faults(text) == []


def test_english_pages_are_in_english(client, commune):
    client.cookies["django_language"] = "en"
    text = client.get(f"{CHILD}?on_day=2026-03-02").content.decode()
    assert "Within 60 days of the child&#x27;s birth" in text
    assert "39 days left" in text and "Health insurance card" in text
    for event in LifeEvent.objects.all():
        page = client.get(f"/life-events/{event.code}/").content.decode()
        assert 'class="muted" lang="vi"' not in page, event.code
        assert checks.faults(page) == [], event.code


def test_a_page_is_kept_for_strangers_and_made_for_members(
    client, commune, settings, monkeypatch, django_assert_num_queries
):
    settings.PAGE_CACHE_SECONDS, settings.KEPT_SECONDS = 60, 60
    cache.clear()
    member = User.objects.filter(email="x@example.com").first() or factories.citizen(email="x@example.com")
    first = client.get(CHILD)
    assert not first.cookies and "csrfmiddlewaretoken" not in first.content.decode()
    with django_assert_num_queries(0):
        assert client.get(CHILD).content == first.content
    # The day that somebody entered is kept nowhere.
    kept = []
    with monkeypatch.context() as patched:
        patched.setattr(
            page_cache, "cache", SimpleNamespace(get=lambda _name: None, set=lambda *page: kept.append(page))
        )
        client.get(f"{CHILD}?on_day=2026-03-02")
        assert kept == []
        client.get(CHILD)
        assert len(kept) == 1
    # A day of somebody's child is in nobody else's page.
    dated = client.get(f"{CHILD}?on_day=2026-03-02")
    assert client.get(CHILD).content == first.content != dated.content
    client.force_login(member)
    mine = client.get(CHILD)
    assert "ETag" not in mine and "no-store" in mine["Cache-Control"]
    with django_assert_num_queries(4):
        client.get(CHILD)
    cache.clear()


def test_a_long_list_costs_one_look_like_a_short_one(client, commune, django_assert_num_queries):
    for code in ("giay-to-chung-thuc", "sinh-hoat-cong-dong"):
        client.get(f"/life-events/{code}/")
        with django_assert_num_queries(1):
            client.get(f"/life-events/{code}/")
    assert checklists.checklist_of("khong-co", "vi") is None


def test_home_and_procedures_lead_to_the_lists(client, commune):
    assert f'href="{CHILD}"' in client.get("/").content.decode()
    assert f'href="{CHILD}"' in client.get("/procedures/1.001193/").content.decode()
    assert f'href="{CHILD}"' in client.get("/procedures/?event=co-con-nho").content.decode()
