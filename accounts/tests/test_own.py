"""What people do with their account itself: see where it is signed in, take a copy of their data, close it."""

import json

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts import exporting, hooks
from accounts.models import Representative, User
from common.pdf import PdfFailed
from dossiers import actions
from dossiers import exporting as exporting_dossiers
from dossiers.models import Dossier, Paper
from dossiers.workflow import perform
from notifications.models import Notification
from offices.models import Post
from tests import factories

PROOF = {"password": factories.PASSWORD}


def signed_in(user, agent: str = "") -> Client:
    """Return a browser in which an account has signed in through the page."""
    browser = Client(headers={"user-agent": agent})
    answer = browser.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return browser


@pytest.fixture
def filed(citizen, commune, now):
    """A received dossier of a citizen."""
    dossier = factories.draft(citizen, commune.unit)
    perform(actions.Submit(), dossier, by=citizen, now=now)
    perform(actions.Receive(), dossier, by=commune.clerk, now=now)
    return dossier


# Sessions


def test_every_open_session_is_shown_and_the_present_one_marked(confirmed):
    here, there = signed_in(confirmed, "Firefox on Windows"), signed_in(confirmed, "Chrome on Android")
    html = here.get("/account/sessions/").content.decode()
    assert "Firefox, Windows" in html
    assert "Chrome, Android" in html
    assert html.count("/end/") == 2
    assert there.get("/account/").status_code == 200


def test_another_session_is_ended_and_this_one_goes_on(confirmed):
    here, there = signed_in(confirmed), signed_in(confirmed)
    other = next(pk for pk in pks(here.get("/account/sessions/")))
    assert here.post(f"/account/sessions/{other}/end/").status_code == 302
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert here.post(f"/account/sessions/{other}/end/").status_code == 404


def test_nobody_ends_the_session_of_somebody_else(confirmed, other_citizen):
    EmailAddress.objects.create(user=other_citizen, email=other_citizen.email, verified=True, primary=True)
    signed_in(confirmed)
    mine, theirs = signed_in(confirmed), signed_in(other_citizen)
    for pk in pks(mine.get("/account/sessions/")):
        assert theirs.post(f"/account/sessions/{pk}/end/").status_code == 404
    assert mine.get("/account/").status_code == 200


def test_signing_out_everywhere_ends_this_session_too(confirmed):
    browsers = [signed_in(confirmed) for _n in range(3)]
    answer = browsers[0].post("/account/sessions/end/")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert [browser.get("/account/").status_code for browser in browsers] == [302] * 3


def pks(page) -> list[int]:
    """Return the sessions that a page offers to end."""
    return [session.pk for session in page.context["sessions"] if session.pk != page.context["here"]]


# The copy


def test_the_copy_holds_everything_about_the_person(client, citizen, filed, commune):
    factories.draft(citizen, commune.unit)
    client.force_login(citizen)
    answer = client.post("/account/export/", PROOF | {"way": "json"})
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"].endswith('.json"')
    copy = json.loads(answer.content)
    assert copy["account"]["personal_number"] == citizen.personal_number
    assert copy["account"]["address"] == citizen.address
    one, draft = copy["dossiers"]
    assert (one["code"], draft["code"]) == (filed.code, "")
    assert one["answers"] == filed.answers
    assert one["applicant"]["name"] == "Nguyễn Văn An"
    assert one["applicant"]["id_number"] == citizen.personal_number
    assert [event["action"] for event in one["history"]] == ["submit", "receive"]
    assert [paper["name"] for paper in one["papers"]] == ["Giấy chứng sinh"]
    assert len(one["messages"]) == 2
    assert filed.code in one["messages"][0]["text"]
    assert draft["history"] == draft["messages"] == []


def test_the_copy_holds_nothing_of_others(client, citizen, other_citizen, filed, commune, now):
    theirs = factories.draft(other_citizen, commune.unit)
    perform(actions.Submit(), theirs, by=other_citizen, now=now)
    perform(actions.Forward(commune.specialist, note="Ghi chú nội bộ"), filed, by=commune.clerk, now=now)
    client.force_login(citizen)
    text = client.post("/account/export/", PROOF | {"way": "json"}).content.decode()
    for secret in ("Lê Thị Hoa", other_citizen.personal_number, theirs.code, "Ghi chú nội bộ", citizen.password):
        assert secret not in text


def test_a_bodys_copy_names_its_representative(client, citizen):
    Representative.objects.create(account=citizen, full_name="Lê Văn Tám", personal_number="075099000033")
    client.force_login(citizen)
    copy = json.loads(client.post("/account/export/", PROOF | {"way": "json"}).content)
    assert copy["account"]["representative"]["personal_number"] == "075099000033"


def test_the_copy_to_read_says_it_in_words(citizen, filed):
    Dossier.objects.filter(pk=filed.pk).update(delivery="post", delivery_address={"address": citizen.address})
    with translation.override("en"):
        sheets = [sheet for part in exporting.parts_of(citizen) for sheet in part.sheets]
    rows = dict(row for sheet in sheets for row in sheet.rows)
    assert rows["Số điện thoại"] == citizen.phone
    assert rows["Họ và tên"] == "Nguyễn Văn An"
    assert sheets[1].title.endswith(filed.code)
    assert "Giấy chứng sinh" in rows.values()
    assert any("Ấp 3" in text for text in rows.values())
    assert all(text for sheet in sheets for _label, text in sheet.rows)


def test_the_copy_may_be_a_pdf(client, citizen, filed):
    client.force_login(citizen)
    answer = client.post("/account/export/", PROOF | {"way": "pdf"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_too_much_for_a_pdf_leads_to_the_file(client, citizen, monkeypatch):
    def fail(*_args):
        raise PdfFailed("the document is too long")

    monkeypatch.setattr(exporting, "render_pdf", fail)
    client.force_login(citizen)
    answer = client.post("/account/export/", PROOF | {"way": "pdf"})
    assert answer.status_code == 422
    assert "JSON" in answer.content.decode().partition("error-summary")[2]


def test_the_copy_costs_the_same_for_many_dossiers(client, citizen, commune):
    version = factories.version(commune.unit)
    client.force_login(citizen)
    # The first one reads what is kept.
    factories.draft(citizen, commune.unit, version)
    client.post("/account/export/", PROOF | {"way": "json"})
    costs = []
    for _n in range(3):
        factories.draft(citizen, commune.unit, version)
        with CaptureQueriesContext(connection) as asked:
            client.post("/account/export/", PROOF | {"way": "json"})
        costs.append(len(asked))
    assert costs[0] == costs[1] == costs[2]


def test_the_copy_holds_more_dossiers_than_are_read_at_once(citizen, commune, monkeypatch):
    monkeypatch.setattr(exporting_dossiers, "BATCH", 2)
    version = factories.version(commune.unit)
    refs = [factories.draft(citizen, commune.unit, version).ref for _n in range(4)]
    assert [one["reference"] for one in exporting_dossiers.dossiers_of(citizen).data] == refs


@pytest.mark.parametrize("page", ["export", "close"])
def test_both_ask_for_the_password_and_slow_down_guessing(client, citizen, page):
    client.force_login(citizen)
    typed = {"way": "json", "understood": "on"}
    for _n in range(6):
        assert client.post(f"/account/{page}/", typed | {"password": "mat-khau-sai-2026"}).status_code == 422
    answer = client.post(f"/account/{page}/", typed | PROOF)
    assert answer.status_code == 422
    assert User.objects.get(pk=citizen.pk).is_active


def test_copies_are_limited(client, citizen, settings):
    settings.LIMITS = settings.LIMITS | {"export_user": (1, 3600)}
    client.force_login(citizen)
    codes = [client.post("/account/export/", PROOF | {"way": "json"}).status_code for _n in range(2)]
    assert codes == [200, 429]


# The end


def test_closing_takes_the_account_away_and_leaves_the_dossiers(confirmed, filed, commune, mailoutbox):
    draft = factories.draft(confirmed, commune.unit)
    papers = Paper.objects.filter(dossier=filed).count()
    here, there = signed_in(confirmed), signed_in(confirmed)
    answer = here.post("/account/close/", PROOF | {"understood": "on"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert [browser.get("/account/").status_code for browser in (here, there)] == [302, 302]
    gone = User.objects.get(pk=confirmed.pk)
    assert not gone.is_active
    assert not gone.has_usable_password()
    assert gone.full_name == "Nguyễn Văn An"
    kept = (gone.email, gone.phone, gone.birth, gone.personal_number, gone.personal_number_index, gone.address)
    assert kept == (None, "", "", "", "", None)
    assert not EmailAddress.objects.filter(user=gone).exists()
    assert not Dossier.objects.filter(pk=draft.pk).exists()
    filed.refresh_from_db()
    assert (filed.owner_id, filed.applicant.name, filed.applicant.phone) == (gone.pk, "Nguyễn Văn An", "0912000001")
    assert Paper.objects.filter(dossier=filed).count() == papers
    assert [mail.to for mail in mailoutbox] == [["an@example.com"]]


def test_a_dossier_goes_on_and_its_messages_lead_to_the_look_up(client, citizen, filed, commune, now):
    client.force_login(citizen)
    client.post("/account/close/", PROOF | {"understood": "on"})
    filed.refresh_from_db()
    perform(
        actions.RequestSupplement((actions.Item(None, "", "Giấy khác", "Thiếu"),)), filed, by=commune.clerk, now=now
    )
    message = Notification.objects.filter(kind="dossier_supplement_asked").latest("pk")
    assert message.to_address == "an@example.com"
    assert f"/track/{filed.code}/" in message.body
    assert f"/my/dossiers/{filed.ref}/" not in message.body


def test_the_address_is_free_again(client, citizen):
    client.force_login(citizen)
    client.post("/account/close/", PROOF | {"understood": "on"})
    assert factories.user(email="an@example.com").pk != citizen.pk


def test_whoever_holds_a_post_does_not_close_the_account(client, commune):
    client.force_login(commune.clerk)
    assert 'name="understood"' not in client.get("/account/close/").content.decode()
    answer = client.post("/account/close/", PROOF | {"understood": "on"})
    assert answer.status_code in (403, 409, 422)
    assert User.objects.get(pk=commune.clerk.pk).is_active
    Post.objects.filter(user=commune.clerk).update(valid_until="2025-12-31")
    client.force_login(commune.clerk)
    assert client.post("/account/close/", PROOF | {"understood": "on"}).status_code == 302


def test_what_closing_means_has_to_be_ticked(client, citizen):
    client.force_login(citizen)
    assert client.post("/account/close/", PROOF).status_code == 422
    assert User.objects.get(pk=citizen.pk).is_active


def test_packages_above_may_keep_an_account_open(client, citizen, monkeypatch):
    monkeypatch.setattr(hooks, "closing", [lambda user, now: "Còn nợ phí."])
    client.force_login(citizen)
    answer = client.post("/account/close/", PROOF | {"understood": "on"})
    assert "Còn nợ phí." in answer.content.decode()
    assert User.objects.get(pk=citizen.pk).is_active


def test_sent_twice_it_is_closed_once(confirmed, mailoutbox):
    here, there = signed_in(confirmed), signed_in(confirmed)
    for browser in (here, there):
        browser.post("/account/close/", PROOF | {"understood": "on"})
    assert len(mailoutbox) == 1
