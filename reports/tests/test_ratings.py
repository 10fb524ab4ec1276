"""Ratings: asked for once each dossier has ended, given with its token only, read by leaders, told in sum."""

import unicodedata
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from common.database import purging
from common.onetime import new_key
from common.refusals import Refused
from dossiers import actions
from dossiers.models import Dossier, Slip
from dossiers.records import slips
from dossiers.tests.actions.test_races import at_once
from dossiers.tests.actions.test_righting import at_counter
from dossiers.tests.conftest import Road
from dossiers.tests.track.test_track import asked
from dossiers.workflow import perform
from notifications.models import Notification
from reports.models import DailyRating, Rating
from reports.personal import personal_in
from reports.ratings import figures, giving, keeping, moderating, panels
from reports.ratings.giving import Given
from reports.ratings.tokens import by_token, token_of
from reports.statistics.periods import Period
from tests import factories
from tests.present import present

pytestmark = pytest.mark.django_db
GOOD = {"overall": 3, "convenience": 3, "punctuality": 2, "attitude": 3}
BAD = {"overall": 1, "attitude": 1}


@pytest.fixture(autouse=True)
def today(now):
    with time_machine.travel(now.replace(hour=10), tick=False) as clock:
        yield clock


@pytest.fixture
def road(commune, citizen, now):
    return Road(commune, citizen, now)


@pytest.fixture
def ended(commune) -> Dossier:
    """Attested in one visit; the person gave no phone number."""
    return factories.attested(commune).dossier


def page_of(dossier: Dossier) -> str:
    return reverse("rating:rate", args=[token_of(dossier)])


def send(client, dossier: Dossier, **said):
    return client.post(page_of(dossier), {"key": new_key(), **said}, follow=True)


def rated(dossier: Dossier, grades=None, comment: str = "") -> Rating:
    now = present(dossier.closed_at) + timedelta(hours=1)
    assert giving.give(dossier, Given(grades or GOOD, comment), now)
    return Rating.objects.get(dossier=dossier)


def test_a_rating_from_the_receipt(client, road):
    road.received()
    slip = Slip.objects.get(dossier=road.dossier, kind="receipt")
    link = slip.data["rating_link"]
    assert link.endswith(page_of(road.dossier)) and road.citizen.full_name not in link
    template, context = slips.page(slip)
    assert "<svg" in context["rating_qr"]
    # Before the end the page says when, and takes nothing.
    early = client.get(page_of(road.dossier)).content.decode()
    assert "<form" not in early.partition("<main")[2].partition("</main")[0]
    assert client.post(page_of(road.dossier), {"key": new_key(), **GOOD}).status_code == 200
    assert not Rating.objects.exists()
    road.do(actions.Forward(road.commune.specialist), road.commune.clerk)
    road.do(actions.Propose(is_granted=True), road.commune.specialist).do(actions.Approve(), road.commune.leader)
    road.do(actions.ReturnResult("Nguyễn Văn An"), road.commune.clerk)
    mail = Notification.objects.filter(kind="dossier_returned").get()
    assert page_of(road.dossier) in mail.body
    page = client.get(page_of(road.dossier)).content.decode()
    assert road.dossier.code in page and "khai sinh" in page
    for secret in (road.citizen.full_name, road.citizen.phone, road.dossier.unit.name):
        assert secret not in page.partition("<main")[2].partition("</main")[0]
    typed = unicodedata.normalize("NFD", "  Cán bộ hướng dẫn rõ ràng.\r\nCảm ơn!\x07 ")
    done = send(client, road.dossier, **GOOD, comment=typed)
    rating = Rating.objects.get()
    assert rating.comment == "Cán bộ hướng dẫn rõ ràng.\nCảm ơn!" and rating.comment_state == "waiting"
    assert (rating.overall, rating.punctuality, rating.unit_id) == (3, 2, road.dossier.unit_id)
    assert not rating.is_dissatisfied and not Notification.objects.filter(kind="rating_dissatisfied").exists()
    # A second try is thanked for the first.
    for again in (done, client.get(page_of(road.dossier)), send(client, road.dossier, **BAD)):
        assert "22/03/2026" in again.content.decode() or "23/03/2026" in again.content.decode()
    assert Rating.objects.get().overall == 3
    client.force_login(road.citizen)
    assert client.get(reverse("applicant:dossier", args=[road.dossier.ref])).status_code == 200
    assert panels.ratings_of(road.citizen).data[0]["overall"] == 3


def test_what_is_asked_for_in_messages_of_an_end_only(road):
    road.submitted()
    told = [move.body for move in Notification.objects.all()]
    road.do(actions.Refuse("Sai nơi nộp"), road.commune.clerk)
    assert not any(page_of(road.dossier) in body for body in told)
    assert page_of(road.dossier) in Notification.objects.get(kind="dossier_refused").body
    assert present(panels.rating_panel(road.dossier, road.citizen))[1]["given"] is None


@pytest.mark.parametrize(
    "change",
    [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t[:12], lambda t: "x" * 200, lambda t: "é" * 32],
)
def test_a_made_up_token_opens_nothing(client, ended, change):
    assert client.get(reverse("rating:rate", args=[change(token_of(ended))])).status_code == 404


def test_a_mistake_is_not_rated(client, road, commune, ended):
    perform(actions.CancelEntry("Nhầm"), ended, by=commune.clerk, now=factories.NOW)
    assert by_token(token_of(ended)) is None and client.get(page_of(ended)).status_code == 404
    # Nor does the owner's page or a message lead there.
    ended.refresh_from_db()
    assert panels.rating_panel(ended, commune.clerk) is None
    at_counter(road).do(actions.CancelReception("Nhầm"), commune.clerk)
    told = Notification.objects.get(kind="dossier_reception_cancelled")
    assert road.dossier.code in told.body and page_of(road.dossier) not in told.body


def test_what_is_missing_or_too_long_is_said_and_what_was_typed_kept(client, ended):
    answer = send(client, ended, convenience=3, comment="a" * 1001)
    text = answer.content.decode()
    assert answer.status_code == 422 and text.count("error") and "a" * 1001 in text
    assert not Rating.objects.exists()
    assert send(client, ended, overall=9).status_code == 422
    assert client.post(page_of(ended), {**GOOD, "key": "x"}).status_code == 422
    assert send(client, ended, overall=2).status_code == 200 and Rating.objects.get().attitude is None


def test_the_survey_costs_the_same(client, ended, django_assert_max_num_queries):
    client.get(page_of(ended))
    with django_assert_max_num_queries(3):
        client.get(page_of(ended))


def find(client, code: str, phone_end: str = ""):
    page = client.get("/rate/")
    return client.post("/rate/", {"code": code, "phone_end": phone_end, **asked(page)})


def test_the_code_alone_rates_nothing_of_who_gave_a_number(client, road, ended):
    road.submitted().do(actions.Refuse("Trùng"), road.commune.clerk)
    code = road.dossier.code
    assert find(client, f" {code.lower()} ", road.citizen.phone[-4:]).url == page_of(road.dossier)
    answers = [find(client, *typed) for typed in ((code, ""), (code, "9999"), ("000.00.16.H19-200101-0001", "9999"))]
    told = {
        answer.content.decode().partition('id="error-summary')[2][:400].partition("</div>")[0] for answer in answers
    }
    assert {answer.status_code for answer in answers} == {422} and len(told) == 1
    assert find(client, code, "12").status_code == 422
    # Who settled something in one visit and gave no number needs the code alone.
    phone = ended.applicant.phone
    assert find(Client(), ended.code, phone[-4:]).url == page_of(ended)
    wrong = client.post("/rate/", {"code": code, "phone_end": "", **asked(client.get("/rate/")), "answer": "sai"})
    assert wrong.status_code == 422
    statuses = [find(client, code, f"{n:04}").status_code for n in range(6)]
    assert statuses[-1] == 429


@pytest.mark.django_db(transaction=True)
def test_two_at_once_rate_once(commune):
    dossier = factories.attested(commune).dossier
    calls = [lambda: giving.give(dossier, Given(BAD, "Chậm"), factories.NOW)] * 4
    outcomes = at_once(calls)
    assert sorted(map(str, outcomes)) == ["False", "False", "False", "True"]
    assert Rating.objects.count() == 1 and DailyRating.objects.get().overall_1 == 1
    assert Notification.objects.filter(kind="rating_dissatisfied").count() == 1
    rating = Rating.objects.get()
    # Two acts on one page: the second one is told of the first.
    client = Client()
    client.force_login(commune.leader)
    note, comment = (reverse(f"leader:rating_{name}", args=[rating.pk]) for name in ("note", "comment"))
    done = client.post(note, {"revision": 0, "noted": "Đã gọi xin lỗi"})
    assert done.status_code == 302
    stale = client.post(comment, {"revision": 0, "state": "published"})
    assert stale.status_code == 409 and commune.leader.full_name in stale.content.decode()
    rating.refresh_from_db()
    assert (rating.noted, rating.comment_state, rating.revision) == ("Đã gọi xin lỗi", "waiting", 1)


def test_dissatisfaction_reaches_the_leader_without_a_name(client, commune, ended):
    rating = rated(ended, BAD, "Anh Lê Văn Tèo bắt chờ, gọi 0912 000 111")
    mail = Notification.objects.get(kind="rating_dissatisfied")
    assert mail.recipient == commune.leader and ended.code in mail.subject + mail.body and "Tèo" not in mail.body
    client.force_login(commune.leader)
    overview = client.get("/leader/overview/").content.decode()
    assert "/leader/ratings/" in overview
    page = client.get("/leader/ratings/").content.decode()
    assert reverse("desk:dossier", args=[ended.code]) in page and ended.applicant.name not in page
    form = reverse("leader:rating_comment", args=[rating.pk])
    asked_page = client.get(form).content.decode()
    assert (
        "0912 000 111" in asked_page.partition("banner-warn")[2] and "Văn Tèo" in asked_page.partition("banner-warn")[2]
    )
    assert client.post(form, {"revision": 0, "state": "withheld"}).status_code == 422
    assert client.post(form, {"revision": 0, "state": "withheld", "reason": "Nêu tên"}).status_code == 302
    assert "Tèo" not in Client().get("/ratings/").content.decode()
    assert client.post(form, {"revision": 1, "state": "published", "reason": ""}).status_code == 302
    public = Client().get("/ratings/").content.decode()
    assert "Tèo" in public and ended.code not in public
    note = reverse("leader:rating_note", args=[rating.pk])
    assert client.post(note, {"revision": 2, "noted": ""}).status_code == 422
    assert client.post(note, {"revision": 2, "noted": "Đã nhắc nhở"}).status_code == 302
    assert not client.get("/leader/ratings/").context["page"].rows
    assert client.get("/leader/ratings/?list=all").context["page"].rows == [rating]
    client.force_login(commune.administrator)
    log = client.get(reverse("manage:log")).content.decode()
    assert log.count(ended.code) >= 3 and "Tèo" not in log


def test_answers_never_change_and_words_go_after_two_years(commune, ended):
    rating = rated(ended, GOOD, "Tốt")
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.filter(pk=rating.pk).update(overall=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        rating.delete()
    later = rating.given_at + timedelta(days=keeping.COMMENT_DAYS, seconds=1)
    assert keeping.due(rating.given_at).count == 0 and keeping.due(later).count == 1
    with time_machine.travel(later, tick=False):
        assert purging.run(keeping.NAME, later) == 1
    rating.refresh_from_db()
    assert (rating.comment, rating.comment_state, rating.overall) == ("", "", 3)
    # A page that showed it is overtaken.
    with pytest.raises(Refused):
        moderating.moderate(rating, "published", "", revision=0, by=commune.leader, now=later)


@pytest.fixture
def year(commune):
    """Two communes: one with many ratings, one with few."""
    other = factories.commune("xuan-loc", "Xã Xuân Lộc", "000.00.17.H19")
    for n in range(12):
        rated(factories.attested(commune).dossier, BAD if n % 2 else GOOD)
    for _n in range(3):
        rated(factories.attested(other).dossier)
    return other


def test_sums_are_told_and_small_ones_are_not(client, commune, year, today, django_assert_max_num_queries):
    whole = figures.given(None, date(2026, 1, 1), date(2026, 12, 31))["overall"]
    assert (whole.total, whole.very, whole.dissatisfied) == (15, 9, 6)
    assert figures.given([commune.unit.pk], date(2026, 1, 1), date(2026, 12, 31))["attitude"].total == 12
    assert figures.given(None, date(2025, 1, 1), date(2025, 12, 31))["overall"].total == 0
    # Who looks before and after a visit finds nothing out: a month is told once it has ended.
    shown = client.get("/ratings/?since=3/2026&until=3/2026")
    assert shown.status_code == 200 and not shown.context["rows"] and shown.context["total"].total == 0
    today.move_to(factories.NOW + timedelta(days=20))
    client.get("/ratings/")
    with django_assert_max_num_queries(6):
        page = client.get("/ratings/?question=overall")
    rows = dict(page.context["rows"])
    few = rows[year.unit.name]
    assert few.very is None and few.total is None and few.share == ""
    # What is left when the sum is known tells nothing either.
    assert None in (rows[commune.unit.name].very, page.context["total"].very)
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    assert figures.satisfied_words(figures.satisfied_in(period, [year.unit.pk], date(2026, 4, 1))) == ""
    assert figures.satisfied_in(period, None, date(2026, 4, 1)).total == 15
    assert figures.satisfied_in(period, None, date(2026, 3, 31)).total == 0
    for query in (
        "question=x&since=99/99&until=ngày",
        "since=1/2026&until=3/2026&after=x~y",
        "question=%CC%81",
    ):
        assert client.get(f"/ratings/?{query}").status_code == 200
    assert client.get("/statistics/").status_code == client.get("/statistics/?unit=xuan-loc&by=unit").status_code == 200


def test_sums_are_made_anew_to_the_same(year):
    with time_machine.travel(factories.NOW + timedelta(days=2), tick=False):
        out = StringIO()
        call_command("rebuild_figures", stdout=out)
        before = list(DailyRating.objects.order_by("pk").values())
        call_command("rebuild_figures", "--dry-run", stdout=out)
        DailyRating.objects.update(overall_3=77)
        assert len(list(figures.rebuild(date(2026, 4, 1), is_dry=True))) == 2
        call_command("rebuild_figures", stdout=out)
    assert list(DailyRating.objects.order_by("pk").values()) == before


def test_leaders_lists_cost_the_same(commune, year, client, django_assert_max_num_queries):
    client.force_login(commune.leader)
    client.get("/leader/ratings/")
    with django_assert_max_num_queries(10):
        assert len(client.get("/leader/ratings/").context["page"].rows) == 6
    with django_assert_max_num_queries(10):
        assert len(client.get("/leader/ratings/?list=all").context["page"].rows) == 12


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Cán bộ hướng dẫn rõ ràng, nhanh.", False),
        ("Gọi 0912.000.111 không ai nghe", True),
        ("số 075199000011", True),
        ("viết cho an@example.vn", True),
        ("Hôm qua chị Trần Thị Hoa giúp tôi", True),
        ("tôi là nguyen van an, ở thôn Đông", True),
        ("hàng nguyen van ange", False),
        ("Chờ 30 phút, ngày 12/3/2026", False),
    ],
)
def test_what_may_tell_of_a_person_is_found(text, is_found):
    assert bool(personal_in(text, ["Nguyễn Văn An"])) is is_found
