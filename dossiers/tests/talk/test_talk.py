"""Messages between the owner of a dossier and the office: who may, once, read, told, kept."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from common.onetime import new_key
from common.refusals import Refused
from dossiers import actions, worklist
from dossiers.exporting import dossiers_of
from dossiers.models import Dossier, TalkEntry, TalkFile, WorklistRow
from dossiers.talk import writing
from notifications.models import Notification
from offices.models import Post
from tests import factories
from tests.present import present

from ..filing.steps import content, hidden, photo, url


@pytest.fixture(autouse=True)
def clock(now):
    """An hour after the road's steps began."""
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


@pytest.fixture
def dossier(road) -> Dossier:
    return road.processing().dossier


@pytest.fixture
def later(road):
    return road.now + timedelta(minutes=30)


def sent(client, address, **typed):
    """Open a page of the talk, send its form, follow it nowhere."""
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, {"revision": hidden(page, "revision"), "key": hidden(page, "key")} | typed)


def is_unread(dossier) -> bool:
    assert list(worklist.rebuild(is_dry=True)) == []
    return WorklistRow.objects.get(dossier=dossier).has_message


def written(dossier, by, moment, text="Hồ sơ của tôi đến đâu rồi?", shown=0):
    writing.write(dossier, text, [], by=by, key=new_key(), shown=shown, now=moment)
    return present(TalkEntry.objects.last())


def answered(dossier, by, moment, shown, text="Sắp xong."):
    writing.answer(dossier, text, [], by=by, key=new_key(), shown=shown, now=moment)
    return present(TalkEntry.objects.last())


def test_who_goes_back_and_presses_again_sends_nothing_twice(client, dossier, citizen, time_machine, later):
    time_machine.move_to(later, tick=False)
    client.force_login(citizen)
    address = url("talk", dossier)
    assert sent(client, address, text="Hỏi", attached=[photo()]).status_code == 302
    again = sent(client, address, text="Hỏi", attached=[photo()])
    assert again.status_code == 422 and "Hỏi</textarea>" in again.content.decode()
    # Another file, other words, or the same an hour later are new.
    assert sent(client, address, text="Hỏi").status_code == 302
    assert sent(client, address, text="Hỏi nữa").status_code == 302
    time_machine.move_to(later + timedelta(hours=1), tick=False)
    assert sent(client, address, text="Hỏi nữa").status_code == 302
    assert TalkEntry.objects.filter(kind="message").count() == 4


def test_a_message_with_a_file_is_answered_and_read(client, dossier, citizen, commune):
    address, desk = url("talk", dossier), reverse("desk:talk", args=[dossier.code])
    client.force_login(citizen)
    # As phones type it: accents apart.
    answer = sent(client, address, text="Cho to\u0302i ho\u0309i\nxin ca\u0309m o\u031bn", attached=[photo()])
    assert answer.status_code == 302
    entry = TalkEntry.objects.get()
    assert (entry.text, entry.file_count) == ("Cho tôi hỏi\nxin cảm ơn", 1)
    assert is_unread(dossier)
    client.force_login(commune.specialist)
    assert "Tin nhắn mới" in client.get(reverse("desk:list") + "?view=messages").content.decode()
    page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert "xin cảm ơn" in page and desk in page
    file = TalkFile.objects.get()
    stored = client.get(reverse("desk:talk_file", args=[dossier.code, file.ref]))
    assert content(stored)[:2] == b"\xff\xd8"
    assert sent(client, desk, text="Ngày mai có kết quả").status_code == 302
    assert not is_unread(dossier)
    assert dossier.code not in client.get(reverse("desk:list") + "?view=messages").content.decode()
    client.force_login(citizen)
    assert url("talk", dossier) in client.get(reverse("applicant:dossiers")).content.decode()
    # Looking without reading marks nothing.
    assert client.head(address).status_code == 200
    for expected in ("Mới</span>", ""):
        page = client.get(address).content.decode()
        assert "Ngày mai có kết quả" in page and ("Mới</span>" in page) is bool(expected)
    assert url("talk", dossier) not in client.get(reverse("applicant:dossiers")).content.decode()
    assert content(client.get(url("talk_file", dossier, file.ref)))[:2] == b"\xff\xd8"


def test_nothing_is_sent_twice(client, dossier, citizen):
    client.force_login(citizen)
    page = client.get(url("talk", dossier))
    typed = {"revision": hidden(page, "revision"), "key": hidden(page, "key"), "text": "Một lần"}
    for said in ("Đã gửi tin nhắn", "không gửi hai lần"):
        answer = client.post(url("talk", dossier), typed | {"attached": [photo()]}, follow=True)
        assert said in answer.content.decode()
    assert (TalkEntry.objects.count(), TalkFile.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"text": ""}, "Viết tin nhắn"),
        ({"text": " \u200b\n"}, "Viết tin nhắn"),
        ({"text": "a" * 2001}, "2000"),
        ({"text": "a", "files": ["x"] * 4}, "tối đa 3"),
        ({"text": "a", "files": ["%PDF-1.7 that"]}, "tep.pdf"),
        ({"text": "a", "files": ["<script>alert(1)</script>"]}, "tep.pdf"),
    ],
)
def test_what_is_not_taken_is_said_and_kept(client, dossier, citizen, typed, words):
    files = [SimpleUploadedFile("tep.pdf", text.encode()) for text in typed.get("files", [])]
    client.force_login(citizen)
    answer = sent(client, url("talk", dossier), **typed | ({"attached": files} if files else {}))
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page
    assert ("\na</textarea>" in page) is (typed["text"] == "a")
    assert not TalkEntry.objects.exists()


def test_what_came_while_somebody_typed_stays_new(client, dossier, citizen, commune, later):
    first = written(dossier, citizen, later)
    client.force_login(commune.clerk)
    address = reverse("desk:talk", args=[dossier.code])
    page = client.get(address)
    written(dossier, citizen, later, text="Thêm một câu")
    typed = {"revision": hidden(page, "revision"), "key": hidden(page, "key"), "text": "Trả lời câu đầu"}
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 409 and "Trả lời câu đầu</textarea>" in page and "Thêm một câu" in page
    # The button of a page that showed the first message alone.
    client.post(reverse("desk:talk_read", args=[dossier.code]), {"revision": first.pk, "key": new_key()})
    assert is_unread(dossier)
    client.post(reverse("desk:talk_read", args=[dossier.code]), {"revision": "999999999999", "key": new_key()})
    assert not is_unread(dossier)
    written(dossier, citizen, later, text="Sau đó")
    assert is_unread(dossier), "a page claims no more than there was"
    # The owner's own page: an answer that came meanwhile is still news.
    answered(dossier, commune.clerk, later, shown=present(TalkEntry.objects.last()).pk)
    written(dossier, citizen, later, shown=first.pk)
    client.force_login(citizen)
    assert url("talk", dossier) in client.get(reverse("applicant:dossiers")).content.decode()


def test_a_page_claims_what_was_said_and_not_who_opened_it_meanwhile(client, dossier, citizen, commune, later):
    """Opening is noted without the lock: an answer that began before and commits after has the lower number."""
    entry = written(dossier, citizen, later)
    said = answered(dossier, commune.clerk, later, shown=entry.pk)
    client.force_login(citizen)
    client.get(url("talk", dossier))
    assert present(TalkEntry.objects.last()).kind == "seen"
    assert hidden(client.get(url("talk", dossier)), "revision") == str(said.pk)


def test_an_answer_still_goes_out_from_a_page_that_was_marked_read(client, dossier, citizen, commune, later):
    written(dossier, citizen, later)
    client.force_login(commune.clerk)
    address = reverse("desk:talk", args=[dossier.code])
    page = client.get(address)
    keys = {"revision": hidden(page, "revision"), "key": hidden(page, "key")}
    for _again in range(2):
        client.post(reverse("desk:talk_read", args=[dossier.code]), keys)
    client.post(address, keys | {"text": "Vẫn trả lời"})
    assert list(TalkEntry.objects.values_list("kind", flat=True)) == ["message", "seen", "message"]


def test_two_officers_do_not_answer_at_once(dossier, citizen, commune, later):
    entry = written(dossier, citizen, later)
    answered(dossier, commune.clerk, later, shown=entry.pk)
    with pytest.raises(Refused) as refused:
        answered(dossier, commune.leader, later, shown=entry.pk)
    assert refused.value.is_stale and commune.clerk.get_full_name() in refused.value.message


def test_who_may_speak_for_the_office(client, road, citizen, commune, later):
    dossier = road.processing().dossier
    entry = written(dossier, citizen, later)
    colleague = factories.user(full_name="Lý Thị Khác", email="khac@example.com")
    colleague.posts.create(unit=commune.unit, role="specialist", valid_from=date(2025, 7, 1))
    for officer, is_allowed in (
        (commune.clerk, True), (commune.leader, True), (commune.specialist, True), (colleague, False),
        (commune.cashier, False), (commune.auditor, False), (citizen, False),
    ):  # fmt: skip
        if is_allowed:
            entry = answered(dossier, officer, later, shown=entry.pk)
            continue
        with pytest.raises(Refused) as refused:
            answered(dossier, officer, later, shown=entry.pk)
        assert refused.value.status == 403
    client.force_login(colleague)
    page = client.get(reverse("desk:talk", args=[dossier.code])).content.decode()
    assert "Hồ sơ của tôi đến đâu rồi?" in page and "<textarea" not in page


def test_nobody_answers_on_a_dossier_of_their_own(dossier, commune, later):
    Dossier.objects.filter(pk=dossier.pk).update(owner=commune.clerk)
    dossier.refresh_from_db()
    with pytest.raises(Refused) as refused:
        answered(dossier, commune.clerk, later, shown=0)
    assert refused.value.code == "own"


def test_the_talk_ends_thirty_days_after_the_dossier(client, road, citizen, commune):
    client.force_login(citizen)
    assert client.get(url("talk", road.dossier)).status_code == 302, "a draft is nobody else's yet"
    road.processing().do(actions.Stop("Không bổ sung"), commune.leader)
    ended = road.dossier.closed_at
    written(road.dossier, citizen, ended + timedelta(days=29))
    for act in (
        lambda: written(road.dossier, citizen, ended + timedelta(days=30)),
        lambda: answered(road.dossier, commune.clerk, ended + timedelta(days=30), shown=10**6),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "closed"
    assert is_unread(road.dossier)
    with time_machine.travel(ended + timedelta(days=31), tick=False):
        client.force_login(commune.clerk)
        for name in ("dossier", "talk"):
            page = client.get(reverse(f"desk:{name}", args=[road.dossier.code]))
            assert reverse("desk:talk_read", args=[road.dossier.code]) in page.content.decode()
        client.post(
            reverse("desk:talk_read", args=[road.dossier.code]),
            {"revision": present(TalkEntry.objects.last()).pk, "key": new_key()},
        )
    assert not is_unread(road.dossier), "what can no longer be answered can still be put away"


def test_a_dossier_without_an_account_has_no_talk(client, dossier, commune, later):
    Dossier.objects.filter(pk=dossier.pk).update(owner=None)
    dossier.refresh_from_db()
    with pytest.raises(Refused):
        answered(dossier, commune.clerk, later, shown=0)
    client.force_login(commune.clerk)
    page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert reverse("desk:talk", args=[dossier.code]) not in page


def test_mails_say_that_somebody_wrote_and_not_what(dossier, citizen, commune, later):
    def mails(kind):
        return Notification.objects.filter(kind=kind)

    entry = written(dossier, citizen, later, text="Bí mật của tôi")
    written(dossier, citizen, later + timedelta(minutes=59), text="Và nữa")
    to_holder = mails("talk_written").get()
    assert to_holder.recipient == commune.specialist
    assert reverse("desk:talk", args=[dossier.code]) in to_holder.body and "Bí mật" not in to_holder.body
    entry = written(dossier, citizen, later + timedelta(minutes=61))
    assert mails("talk_written").count() == 2
    # Who takes over has been told nothing yet.
    Dossier.objects.filter(pk=dossier.pk).update(holder=commune.clerk)
    written(dossier, citizen, later + timedelta(minutes=62), text="Ai đang giữ?")
    assert mails("talk_written").get(recipient=commune.clerk)
    entry = present(TalkEntry.objects.last())
    answered(dossier, commune.clerk, later, shown=entry.pk, text="Cũng bí mật")
    to_owner = mails("talk_answered").get()
    assert to_owner.recipient == citizen and url("talk", dossier) in to_owner.body
    assert "bí mật" not in to_owner.subject + to_owner.body


def test_what_was_written_stays(dossier, citizen, later):
    entry = written(dossier, citizen, later)
    for change in (lambda: TalkEntry.objects.update(text="khác"), entry.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_look_up_knows_nothing_of_it(client, dossier, citizen, later):
    written(dossier, citizen, later, text="Chỉ giữa hai bên")
    assert "Chỉ giữa hai bên" not in client.get(reverse("track:dossier", args=[dossier.code])).content.decode()


def test_the_copy_of_ones_data_has_it(dossier, citizen, commune, later):
    entry = written(dossier, citizen, later)
    answered(dossier, commune.clerk, later, shown=entry.pk)
    part = dossiers_of(citizen)
    assert [said["text"] for said in part.data[0]["talk"]] == ["Hồ sơ của tôi đến đâu rồi?", "Sắp xong."]
    assert any("Sắp xong." in text for _label, text in part.sheets[0].rows)


def test_it_is_limited(client, dossier, citizen, settings):
    settings.LIMITS = settings.LIMITS | {"talk_user": (2, 3600)}
    client.force_login(citizen)
    assert [sent(client, url("talk", dossier), text=f"a{n}").status_code for n in range(3)] == [302, 302, 429]


def test_calls_are_asked_for_once_and_ticked_off(client, dossier, citizen, commune):
    client.force_login(citizen)
    address, asked = url("call", dossier), {"phone": "0912 345 678", "day_part": "morning", "text": "Hỏi về giấy tờ"}
    assert 'value="0912000001"' in client.get(address).content.decode(), "the number of the dossier stands there"
    assert sent(client, address, **asked | {"phone": "12"}).status_code == 422
    page = client.get(address)
    keys = {"revision": hidden(page, "revision"), "key": hidden(page, "key")}
    for _again in range(2):
        assert client.post(address, asked | keys).status_code == 302
    assert client.post(address, asked | keys | {"key": new_key()}).status_code == 422, "one at a time"
    assert client.get(address).status_code == 302
    call = TalkEntry.objects.get(kind="call")
    client.force_login(commune.clerk)
    listed = client.get(reverse("desk:messages_failed")).content.decode()
    assert "Hỏi về giấy tờ" in listed and "0912" in listed and "Buổi sáng" in listed
    assert (
        'count-late" href="/desk/messages/"><strong class="big">1<' in client.get(reverse("desk:home")).content.decode()
    )
    ticked = reverse("desk:called", args=[call.pk])
    client.post(ticked, {"outcome": "nonsense"})
    assert TalkEntry.objects.count() == 1
    client.post(ticked, {"outcome": "not_reached", "text": "Không nghe máy"})
    client.post(ticked, {"outcome": "reached", "text": "Lần hai"})
    outcome = TalkEntry.objects.get(side="office")
    assert (outcome.kind, outcome.text, outcome.by) == ("not_reached", "Không nghe máy", commune.clerk)
    assert "Hỏi về giấy tờ" not in client.get(reverse("desk:messages_failed")).content.decode()
    assert list(worklist.rebuild(is_dry=True)) == []
    client.force_login(citizen)
    assert "Không nghe máy" in client.get(url("talk", dossier)).content.decode()
    assert client.get(address).status_code == 200, "another call may be asked for"


def test_calls_are_those_of_ones_unit(client, dossier, citizen, other_commune, later):
    wish = {"phone": "0912000001", "day_part": "any", "text": "Gọi giúp"}
    writing.ask_for_call(dossier, **wish, by=citizen, key=new_key(), shown=0, now=later)
    client.force_login(other_commune.clerk)
    assert "Gọi giúp" not in client.get(reverse("desk:messages_failed")).content.decode()


def test_posts_of_other_units_say_nothing_about_what_is_unread(client, dossier, citizen, commune, other_commune, later):
    """Clerk elsewhere and specialist here: only what a specialist may answer, unless the other unit received it."""
    both = other_commune.clerk
    Post.objects.create(user=both, unit=commune.unit, role="specialist", valid_from=date(2025, 7, 1))
    written(dossier, citizen, later)
    wish = {"phone": "0912000001", "day_part": "any", "text": "Gọi giúp"}
    writing.ask_for_call(dossier, **wish, by=citizen, key=new_key(), shown=0, now=later)

    def offered(user) -> tuple[bool, bool]:
        client.force_login(user)
        listed = client.get(reverse("desk:list") + "?view=messages").content.decode()
        return dossier.code in listed, "Gọi giúp" in client.get(reverse("desk:messages_failed")).content.decode()

    assert offered(commune.specialist) == offered(commune.clerk) == (True, True)
    assert offered(both) == (False, False), "a colleague holds it"
    Dossier.objects.update(received_by=other_commune.unit)
    list(worklist.rebuild())
    assert offered(both) == (True, True), "the unit that received it speaks too"
    Dossier.objects.update(received_by=commune.unit, holder=None)
    list(worklist.rebuild())
    assert offered(both) == (True, True), "nobody has taken it"


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_costs_the_same_however_much_was_said(
    client, dossier, citizen, commune, later, django_assert_max_num_queries, count
):
    for n in range(count):
        entry = written(dossier, citizen, later)
        answered(dossier, commune.clerk, later, shown=entry.pk, text=f"Câu {n}")
    client.force_login(citizen)
    client.get(url("talk", dossier))
    with django_assert_max_num_queries(8):
        assert client.get(url("talk", dossier)).status_code == 200
    client.force_login(commune.clerk)
    client.get(reverse("desk:talk", args=[dossier.code]))
    with django_assert_max_num_queries(9):
        assert client.get(reverse("desk:talk", args=[dossier.code])).status_code == 200
