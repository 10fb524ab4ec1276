"""The public look-up: two facts, a question in words, no names."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from common.forms.question import _open, _result
from dossiers.models import Dossier
from dossiers.track import lookup
from tests.present import present


@pytest.fixture(autouse=True)
def later(now):
    with time_machine.travel(now.replace(hour=10), tick=False) as clock:
        yield clock


def asked(page, prefix: str = "") -> dict[str, str]:
    """Return the fields that answer the question of a page."""
    name = f"{prefix}question_token"
    token = present(re.search(rf'name="{name}" value="([^"]+)"', page.content.decode()))[1]
    content = _open(token)
    # Whoever answered right but must correct something else is not asked again.
    answer = "" if content.get("passed") else str(_result(*content["ask"]))
    return {name: token, f"{prefix}answer": answer}


@pytest.fixture
def dossier(road):
    return road.processing().dossier


FIND, NUMBER = "track:find", "track:by_number"
FACTS = {
    "n-number": "075199000011",
    "n-birth_day": "27",
    "n-birth_month": "5",
    "n-birth_year": "1999",
    "n-phone_end": "0001",
}


def by_code(client, typed: str):
    return client.post(reverse(FIND), {"code": typed, **asked(client.get(reverse(FIND)))})


def by_number(client, **changes: str):
    page = client.get(reverse(FIND))
    return client.post(reverse(NUMBER), FACTS | changes | asked(page, "n-"))


def test_code_and_question_show_words_without_names(client, dossier, commune):
    answer = by_code(client, dossier.code)
    assert answer.url == reverse("track:dossier", args=[dossier.code])
    page = client.get(answer.url)
    text = page.content.decode()
    assert "Đăng ký khai sinh" in text
    assert commune.unit.name in text
    for secret in ("Nguyễn Văn An", "Cán bộ", "075199000011", "0912000001", dossier.ref):
        assert secret not in text
    assert "no-cache" in page["Cache-Control"]


@pytest.mark.parametrize(
    "typed",
    [
        "000.00.16.h19-260323-0001",
        " 000.00.16.H19 - 260323 - 0001 ",
        "OOO.OO.16.H19-26O323-OOO1",
        "000.00.16.H19–260323–0001",
        "ooo.oo.l6.h19-260323-000l",
    ],
)
def test_typed_code_is_read_with_tolerance(client, dossier, typed):
    assert dossier.code == "000.00.16.H19-260323-0001"
    assert by_code(client, typed).status_code == 302


@pytest.mark.parametrize("typed", ["", "000.00.16.H19-260323-0009", "' OR 1=1 --", "%", "x" * 60, "०००", "a" * 5000])
def test_unknown_code_is_not_found_and_asks_again(client, dossier, typed):
    answer = by_code(client, typed)
    assert answer.status_code in (400, 422)
    if answer.status_code == 422:
        assert "data-error-summary" in answer.content.decode()
        assert asked(answer)


def test_wrong_answer_to_the_question_reveals_nothing(client, dossier):
    page = client.get(reverse(FIND))
    fields = asked(page) | {"answer": "99"}
    answer = client.post(reverse(FIND), {"code": dossier.code, **fields})
    assert answer.status_code == 422
    assert "Đăng ký khai sinh" not in answer.content.decode()


def test_address_from_a_slip_asks_the_question_first(client, dossier):
    address = reverse("track:dossier", args=[dossier.code])
    page = client.get(address)
    text = page.content.decode()
    assert f'value="{dossier.code}"' in text
    assert "Đăng ký khai sinh" not in text
    assert client.post(address, {"code": dossier.code, **asked(page)}).url == address
    assert "Đăng ký khai sinh" in client.get(address).content.decode()
    assert client.get(reverse("track:dossier", args=["nowhere"])).status_code == 200


def test_what_was_found_can_be_read_for_ten_minutes_and_by_nobody_else(client, django_user_model, dossier, later):
    by_code(client, dossier.code)
    address = reverse("track:dossier", args=[dossier.code])
    later.shift(timedelta(minutes=9))
    assert "Đăng ký khai sinh" in client.get(address).content.decode()
    later.shift(timedelta(minutes=2))
    assert "Đăng ký khai sinh" not in client.get(address).content.decode()
    assert "Đăng ký khai sinh" not in type(client)().get(address).content.decode()


def test_what_no_page_shows_is_not_read(dossier):
    assert {"answers", "authority", "delivery_address"} <= present(lookup.with_names().first()).get_deferred_fields()


def test_draft_is_never_found(client, road):
    assert lookup.by_code(road.dossier.ref) is None
    assert by_number(client).status_code == 422


def test_number_birth_phone_and_question_find_the_dossiers(client, dossier):
    answer = by_number(client)
    assert answer.url == reverse(FIND)
    page = client.get(answer.url).content.decode()
    assert dossier.code in page
    assert "Nguyễn Văn An" not in page


MISMATCHES = [
    {"n-number": "075099000022"},
    {"n-birth_year": "1998"},
    {"n-phone_end": "0002"},
]


def test_none_and_not_matching_get_one_answer(client, dossier):
    texts = set()
    for change in MISMATCHES:
        answer = by_number(client, **change)
        assert answer.status_code == 422
        texts.add(present(re.search(r"data-error-summary>.*?</div>", answer.content.decode(), re.S))[0])
        assert dossier.code not in answer.content.decode()
    assert len(texts) == 1


def test_applicant_without_a_phone_is_not_found_by_number(client, dossier):
    dossier.applicant.phone = ""
    dossier.applicant.save()
    assert by_number(client).status_code == 422


def test_partial_birth_date_fits_its_days(client, dossier):
    dossier.applicant.birth = "1999"
    dossier.applicant.save()
    assert by_number(client).status_code == 302


@pytest.mark.parametrize(
    "change", [{"n-phone_end": "12"}, {"n-phone_end": "١٢٣٤"}, {"n-birth_day": "31", "n-birth_month": "2"}]
)
def test_broken_facts_are_explained(client, dossier, change):
    answer = by_number(client, **change)
    assert answer.status_code == 422
    assert "data-error-summary" in answer.content.decode()


def test_guessing_about_one_number_is_limited(client, dossier, settings):
    times = settings.LIMITS["lookup_target"][0]
    answers = [by_number(client, **{"n-phone_end": f"{n:04}"}).status_code for n in range(10, 11 + times)]
    assert answers == [422] * times + [429]
    # The right facts are refused just the same, there; the owner at home is not kept out.
    assert by_number(client).status_code == 429
    assert by_number(Client(REMOTE_ADDR="10.0.0.2")).status_code == 302


def test_spraying_numbers_from_one_address_is_slowed_to_one_try_a_minute(db, settings, later):
    settings.LIMITS = settings.LIMITS | {"lookup_ip": (1000, 3600)}
    numbers = [f"0751990{n:05}" for n in range(40)]
    answers = [by_number(Client(), **{"n-number": number}).status_code for number in numbers]
    assert answers == [422] * 30 + [429] * 10
    later.shift(60)
    assert [by_number(Client(), **{"n-number": number}).status_code for number in numbers[-2:]] == [422, 429]


def test_number_page_takes_posts_only(client, db):
    assert client.get(reverse(NUMBER)).status_code == 405


def test_number_never_stands_in_an_address(client, dossier):
    by_number(client)
    assert "075199000011" not in str(dict(client.session))
    assert Dossier.objects.count() == 1


@pytest.mark.django_db
def test_after_nothing_was_found_another_question_stands_there(client):
    page = client.get(reverse("track:find"))
    page = client.post(reverse("track:find"), asked(page) | {"code": "000.00.16.H19-200101-0001"})
    label = present(re.search(r'<label for="id_answer">([^<]+)', page.content.decode()))[1]
    assert label.strip().endswith("”.")
    assert 'type="hidden" name="answer"' not in page.content.decode()
