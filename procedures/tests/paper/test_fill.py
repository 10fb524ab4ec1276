"""Fill in here, print, sign, send: without an account, found by the session only, opened by a random code."""

import unicodedata
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from procedures import tasks
from procedures.models import Offering, PreparedForm
from procedures.paper import prepared
from tests import factories
from tests.cards import CARD
from tests.pages import checks
from tests.present import present

REQUESTER = factories.boxes(requester_name="Nguyễn Thị Ổn", wants_copy="co", copies="3")
CODE = "1.000001"


@pytest.fixture(autouse=True)
def clock(now):
    """Monday morning."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def version(commune):
    """A procedure that is filed on paper only."""
    return factories.version(commune.unit, level=2)


def url(name, *more):
    return reverse(f"procedures:{name}", args=[CODE, *more])


def begun(client, **data):
    answer = client.post(url("fill"), data)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return PreparedForm.objects.order_by("-pk").first()


def filled(client, **answers):
    form = begun(client)
    answer = client.post(url("fill_section", "requester"), REQUESTER | factories.boxes(**answers))
    assert answer.url == url("fill_review")
    form.refresh_from_db()
    return form


def printed(client, **answers):
    form = filled(client, **answers)
    assert client.post(url("fill_print")).url == url("fill_print")
    form.refresh_from_db()
    return form


def test_road_from_the_first_page_to_the_printed_code(client, version):
    first = client.get(url("fill"))
    assert checks.faults(first.content.decode()) == []
    assert "sessionid" not in client.cookies
    form = printed(client)
    page = client.get(url("fill_print")).content.decode()
    assert checks.faults(page) == []
    code = prepared.code_of(form)
    assert len(code) == 16 and set(code) <= set(prepared.ALPHABET)
    assert prepared.grouped(code) in page
    assert "Nguyễn Thị Ổn" in page and "TỜ KHAI THỬ" in page and "Kính gửi" in page
    assert form.expires_at == form.created_at + timedelta(days=30)
    found = present(prepared.find_by_code(prepared.qr_text(code), form.created_at))
    assert prepared.answers_of(found) == {"requester_name": "Nguyễn Thị Ổn", "wants_copy": "co", "copies": 3}


def test_nothing_readable_rests_in_the_database_or_in_addresses(client, version):
    form = printed(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers, code_index FROM procedures_preparedform")
        ((answers, index),) = cursor.fetchall()
    code = prepared.code_of(form)
    sessions = [str(row.get_decoded()) for row in Session.objects.all()]
    assert sessions
    for secret in (code, "Nguyễn", prepared.grouped(code)):
        assert secret not in answers and secret not in index
        assert not [session for session in sessions if secret in session]


def test_each_print_shows_the_same_code_and_the_newest_answers(client, version):
    form = printed(client)
    code = prepared.code_of(form)
    assert "banner-warn" in client.get(url("fill_section", "requester")).content.decode()
    client.post(url("fill_section", "requester") + "?back=review", REQUESTER | factories.boxes(copies="7"))
    client.post(url("fill_print"))
    form.refresh_from_db()
    assert prepared.code_of(form) == code
    assert prepared.answers_of(present(prepared.find_by_code(code, form.created_at)))["copies"] == 7


def test_printing_waits_until_every_part_is_right(client, version):
    begun(client)
    assert client.get(url("fill_print")).url == url("fill_review")
    assert client.post(url("fill_print")).url == url("fill_review")
    answer = client.post(url("fill_section", "requester"), factories.boxes(requester_name="", wants_copy="co"))
    assert answer.status_code == 422
    assert client.post(url("fill_print")).url == url("fill_review")
    assert PreparedForm.objects.get().code_index is None
    page = client.get(url("fill_review")).content.decode()
    assert checks.faults(page) == []


def test_only_the_own_session_leads_to_a_form(client, version):
    printed(client)
    stranger = Client()
    for name, more in (("fill_section", ["requester"]), ("fill_review", []), ("fill_print", []), ("fill_pdf", [])):
        assert stranger.get(url(name, *more))["Location"] == url("fill")
    assert stranger.post(url("fill_discard"))["Location"] == url("fill")
    assert PreparedForm.objects.count() == 1


def test_deleting_takes_the_row_at_once(client, version):
    form = printed(client)
    client.post(url("fill_discard"))
    assert not PreparedForm.objects.exists()
    assert prepared.find_by_code(prepared.code_of(form), form.created_at) is None
    assert client.get(url("fill_review")).url == url("fill")


def test_time_runs_out_for_codes_and_rows(client, version, clock, now):
    form = printed(client)
    code = prepared.code_of(form)
    assert prepared.find_by_code(code, form.expires_at) is None
    assert prepared.find_by_code(code, form.expires_at - timedelta(seconds=1)) == form
    begun(Client())
    clock.move_to(now + timedelta(days=1, minutes=1))
    assert tasks.expire_prepared_forms() == 1
    clock.move_to(now + timedelta(days=30))
    assert tasks.expire_prepared_forms() == 1
    assert not PreparedForm.objects.exists()


@pytest.mark.parametrize(
    "typed", ["", "MC1:", "x" * 5000, "MC1:0000-0000-0000-000", "💥" * 16, "MC1:UUUU-UUUU-UUUU-UUUU"]
)
def test_codes_that_are_none_find_nothing(db, now, typed):
    assert prepared.find_by_code(typed, now) is None


def test_codes_forgive_look_alikes_case_and_spaces(client, version, now, monkeypatch):
    monkeypatch.setattr(prepared, "new_code", lambda: "0101ABCD10100101")
    form = printed(client)
    for typed in ("oiol abcd 1o10 oiol", "mc1:0101-abcd-1010-0101", "0101–ABCD–1010–0101"):
        assert prepared.find_by_code(typed, now) == form


def test_levels_and_ends_decide_by_address(client, commune, version):
    names = [("blank_form", []), ("fill", []), ("fill_review", []), ("fill_section", ["requester"])]
    Offering.objects.update(level=1)
    for name, more in names:
        assert client.get(url(name, *more)).status_code == 404
    Offering.objects.update(level=2)
    version.procedure.accept_until = factories.NOW.date() - timedelta(days=1)
    version.procedure.save()
    for name, more in names:
        assert client.get(url(name, *more)).status_code == 410
    assert client.get(reverse("procedures:fill", args=["9.999999"])).status_code == 404


def test_procedure_without_a_form_has_none_to_fill_in(client, commune):
    factories.version(commune.unit, level=2, form=None)
    assert client.get(url("fill")).status_code == 404
    assert client.get(url("blank_form")).status_code == 404


def test_several_units_are_asked_for(client, commune, other_commune, version):
    Offering.objects.create(unit=other_commune.unit, procedure=version.procedure, level=3, since=version.effective_from)
    assert client.post(url("fill")).status_code == 422
    assert client.post(url("fill"), {"unit": "nowhere"}).status_code == 422
    begun(client, unit="xuan-loc")
    client.post(url("fill_section", "requester"), REQUESTER)
    client.post(url("fill_print"))
    page = client.get(url("fill_print")).content.decode()
    assert "UBND Xã Xuân Lộc" in page and "Trung tâm Xã Xuân Lộc" in page


def test_new_version_takes_over_what_fits(client, commune, version):
    form = printed(client)
    newer = factories_next(version)
    assert client.get(url("fill_review")).url == url("fill")
    client.post(url("fill"))
    renewed = PreparedForm.objects.get(version=newer)
    assert prepared.answers_of(renewed)["requester_name"] == "Nguyễn Thị Ổn"
    assert renewed.code_index is None and renewed.completed_sections == []
    form.refresh_from_db()
    assert prepared.find_by_code(prepared.code_of(form), form.created_at) == form


def factories_next(version):
    """Publish the same form again as the next version."""
    from procedures.models import ProcedureVersion

    return ProcedureVersion.objects.create(
        procedure=version.procedure, number=2, status="published", published_at=factories.NOW, level=2,
        effective_from=version.effective_from, name=version.name, processing_unit="working_days", form=factories.FORM,
    )  # fmt: skip


def test_typed_text_is_shown_as_text_and_kept_composed(client, version):
    name = unicodedata.normalize("NFD", "Trần Thị Huyền")
    form = printed(client, requester_name=name)
    assert prepared.answers_of(form)["requester_name"] == "Trần Thị Huyền"
    hostile = "<script>alert(1)</script>"
    client.post(url("fill_section", "requester"), REQUESTER | factories.boxes(requester_name=hostile))
    assert hostile not in client.get(url("fill_review")).content.decode()


def test_too_much_and_strange_input_is_no_error(client, version):
    begun(client)
    data = {f"x{n}": "1" for n in range(900)} | factories.boxes(requester_name="x" * 19_000, copies="9" * 400)
    assert client.post(url("fill_section", "requester"), data).status_code == 422
    assert client.get(url("fill_section", "khong_co")).status_code == 302


def test_pdf_is_limited_and_never_stored(client, version, monkeypatch):
    from procedures.paper import views

    monkeypatch.setattr(views, "render_pdf", lambda template, context: b"%PDF-x")
    printed(client)
    answers = [client.get(url("fill_pdf")).status_code for _n in range(11)]
    assert answers == [200] * 10 + [429]


def test_pages_cost_few_queries(client, version, django_assert_max_num_queries):
    printed(client)
    for name, more in (("fill_section", ["requester"]), ("fill_review", []), ("fill_print", [])):
        with django_assert_max_num_queries(8):
            client.get(url(name, *more))


def test_an_identity_card_fills_in_who_applies_without_an_account(client, version):
    form = begun(client)
    address = url("fill_section", "requester")
    page = client.post(address, REQUESTER | {"fill": "applicant", "card-applicant-text": CARD}, follow=True)
    html = page.content.decode()
    assert "Nguyễn Thị Hồng Nhung" in html and "Đã điền" in html and CARD not in html
    form.refresh_from_db()
    kept = prepared.answers_of(form)
    assert kept["requester_name"] == "Nguyễn Thị Hồng Nhung" and kept["copies"] == 3
    wrong = client.post(address, REQUESTER | {"fill": "applicant"}, follow=True).content.decode()
    assert "Chọn ảnh mặt trước thẻ" in wrong and client.post(address, {"fill": "applicant:self"}).status_code == 404
