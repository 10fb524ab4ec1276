"""Feedback from the form to the published answer: terms, lateness, secrecy, mails, figures."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from common.clock import LOCAL
from common.database import purging
from common.onetime import new_key
from common.refusals import Refused
from notifications.models import Notification
from offices.models import Post, Role, Unit
from reports.feedback import acts, figures, filing, history, keeping, people
from reports.feedback.desk.cases import home_count
from reports.feedback.table import GIVER
from reports.feedback.workflow import perform
from reports.models import Feedback, FeedbackEvent, FeedbackReading, FeedbackStatus, Topic
from tests import factories
from tests.access.world import upload
from tests.faults.answers import read
from tests.present import present

pytestmark = pytest.mark.django_db
NOW = factories.NOW
S = FeedbackStatus


def at(day: int, hour: int = 9, month: int = 3) -> datetime:
    """A moment of 2026; NOW is Monday 23/03 at 9:00."""
    return datetime(2026, month, day, hour, tzinfo=LOCAL)


@pytest.fixture
def commune() -> SimpleNamespace:
    return factories.commune()


def give(unit: Unit, *, by: User | None = None, files: Any = (), now: datetime = NOW, **values: Any) -> Feedback:
    """Give feedback to a unit."""
    facts: dict[str, Any] = {
        "kind": "problem",
        "topic": Topic.OTHER,
        "about": "",
        "text": "Máy lấy số bị hỏng.",
        "name": "Trần Thị Hương",
        "email": "huong@example.com",
        "phone": "0912345678",
        "may_publish": True,
        "language": "vi",
    }
    code, _secret = filing.give(filing.Given(unit=unit, **(facts | values)), files, by=by, key=new_key(), now=now)
    return Feedback.objects.get(code=code)


def do(feedback: Feedback, act: Any, by: User | None, now: datetime, **options: Any) -> Feedback:
    return perform(act, feedback, by=by, now=now, **options)


def kinds_to(address: str) -> int:
    return Notification.objects.filter(to_address=address).count()


def test_the_whole_road_in_time(commune):
    feedback = give(commune.unit, files=[upload()])
    assert feedback.code == "000.00.16.H19-PA260323-001"
    assert (feedback.due_at, feedback.answer_due_at) == (at(25), at(13, month=4))
    stored = Feedback.objects.filter(pk=feedback.pk).extra(select={"raw": "text"}).values_list("raw", flat=True)
    assert feedback.text not in str(stored[0])
    now = do(feedback, acts.Assign(commune.specialist, "Xem giúp"), commune.clerk, at(24))
    assert (now.status, now.due_at, now.holder) == (S.ASSIGNED, at(13, month=4), commune.specialist)
    with pytest.raises(Refused):
        do(feedback, acts.Propose("Đã sửa."), commune.clerk, at(24))
    now = do(feedback, acts.AskDetails("Máy ở tầng nào?"), commune.specialist, at(26))
    assert (now.status, now.due_at, now.paused_since) == (S.DETAILS, None, at(26))
    now = do(feedback, acts.GiveDetails("Tầng 1."), None, at(30), role=GIVER)
    # Two working days and a weekend were waited: the time to answer moves by the two.
    assert (now.status, now.answer_due_at) == (S.ASSIGNED, at(15, month=4))
    do(feedback, acts.Propose("Đã sửa."), commune.specialist, at(31))
    do(feedback, acts.SendBack("Ghi ngày sửa."), commune.leader, at(31, 10))
    do(feedback, acts.Propose("Đã sửa ngày 30/3."), commune.specialist, at(31, 11))
    now = do(feedback, acts.Confirm("Đã sửa ngày 30/3."), commune.leader, at(1, month=4))
    assert (now.status, now.due_at) == (S.ANSWERED, at(3, month=4))
    with pytest.raises(Refused) as refused:
        do(feedback, acts.Publish("Tran thi HUONG hỏi: máy hỏng.", "Đã sửa."), commune.leader, at(2, month=4))
    assert refused.value.field == "question"
    with pytest.raises(Refused) as refused:
        do(feedback, acts.Publish("Máy hỏng.", "Đã gọi +84 912 345 678."), commune.leader, at(2, month=4))
    assert refused.value.field == "answer"
    now = do(feedback, acts.Publish("Máy hỏng.", "Đã sửa."), commune.leader, at(2, month=4))
    assert now.status == S.PUBLISHED and not now.was_late and now.is_finished
    assert not any(event.is_late for event in now.events.all())
    # Received, assigned, asked, answered, published; the officer: assigned, details, sent back.
    assert kinds_to("huong@example.com") == 5
    assert kinds_to(commune.specialist.email) == 3
    body = "\n".join(Notification.objects.filter(recipient=commune.specialist).values_list("body", flat=True))
    assert "Hương" not in body and "Máy" not in body
    found = figures.answered([commune.unit.pk], date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert (found.received, found.on_time, found.late, found.open, found.percent) == (1, 1, 0, 0, 100)
    with pytest.raises(IntegrityError):
        FeedbackEvent.objects.filter(feedback=feedback).update(at=NOW)


def test_what_was_late_stays_late_and_counts(commune):
    feedback = give(commune.unit, may_publish=False)
    do(feedback, acts.Assign(commune.specialist), commune.leader, at(26))
    do(feedback, acts.Propose("Xin lỗi."), commune.specialist, at(20, month=4))
    now = do(feedback, acts.Confirm("Xin lỗi."), commune.leader, at(21, month=4))
    assert now.status == S.CLOSED and now.is_answer_late and now.late_since == at(25)
    assert [event.action for event in now.events.all() if event.is_late] == ["assign", "propose", "confirm"]
    # A step that was late stays so though the answer came in time.
    soon = give(commune.unit, may_publish=False, now=at(23, month=2))
    do(soon, acts.Assign(commune.specialist), commune.leader, at(26, month=2))
    do(soon, acts.Propose("Đã kê."), commune.specialist, at(27, month=2))
    now = do(soon, acts.Confirm("Đã kê."), commune.leader, at(27, month=2))
    assert history.light(now, at(28, month=2)).text == gettext("%(words)s; late before") % {"words": gettext("On time")}
    give(commune.unit, text="Ghế chờ ít quá.")
    found = figures.answered([commune.unit.pk], date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 1))
    assert (found.received, found.on_time, found.late, found.overdue, found.open) == (0, 0, 1, 1, 1)
    assert (found.whole, found.percent) == (2, 0)
    before = figures.answered(None, date(2026, 4, 1), date(2026, 4, 30), date(2026, 4, 10))
    assert (before.late, before.overdue) == (1, 0)


def test_who_it_is_about_neither_sees_nor_answers_it(commune):
    officer = User.objects.get(pk=commune.specialist.pk)
    name = officer.full_name.upper()
    feedback = give(commune.unit, topic=Topic.CONDUCT, text=f"Ông {name} nói năng khó nghe.")
    assert list(feedback.concerned.all()) == [officer]
    # A longer name is another's.
    assert not people.named_in(f"Ông {name}h, không phải {name.split()[0]}.", [officer])

    def sees(user: User) -> bool:
        posts = list(Post.objects.filter(user=user))
        return Feedback.objects.visible_with(user, posts).filter(pk=feedback.pk).exists()

    assert sees(commune.leader) and not sees(commune.clerk) and not sees(officer)
    with pytest.raises(Refused) as refused:
        do(feedback, acts.Assign(officer), commune.leader, NOW)
    assert refused.value.code == "concerned"
    do(feedback, acts.Assign(commune.clerk), commune.leader, NOW)
    assert sees(commune.clerk)
    # Who only takes money now answers nothing.
    Post.objects.filter(user=commune.clerk).update(role=Role.CASHIER)
    assert not sees(commune.clerk)
    Post.objects.filter(user=commune.clerk).update(role=Role.CLERK)
    with pytest.raises(Refused):
        do(feedback, acts.NameOfficer(commune.clerk), commune.leader, NOW)
    # Only another leader, or the unit above, may look at what is about the leader.
    about = {"topic": Topic.CONDUCT, "about": commune.leader.full_name}
    with pytest.raises(Refused) as refused:
        give(commune.unit, **about)
    assert refused.value.code == "leader" and Feedback.objects.count() == 1
    above = Unit.objects.create(kind="commune", slug="tren", name="Ủy ban nhân dân tỉnh", short_name="Tỉnh")
    boss = factories.user(full_name="Đỗ Thị Trên", email="tren@example.com")
    Post.objects.create(user=boss, unit=above, role=Role.LEADER, valid_from=NOW.date())
    commune.unit.parent = above
    commune.unit.save()
    assert give(commune.unit, **about).unit == above
    # An officer's own feedback is a colleague's affair.
    own = give(commune.unit, by=commune.clerk)
    with pytest.raises(Refused) as refused:
        do(own, acts.Refuse("Không."), commune.clerk, NOW)
    assert refused.value.code == "who"


def test_passed_on_or_refused_it_leaves_the_unit(commune):
    other = factories.commune("xuan-loc", "Xã Xuân Lộc", "000.00.17.H19")
    feedback = give(commune.unit)
    now = do(feedback, acts.PassOn(other.unit, "Đường của xã bên."), commune.clerk, at(24))
    assert (now.unit, now.due_at, now.unit_since) == (other.unit, at(26), at(24))
    with pytest.raises(Refused):
        do(feedback, acts.Refuse("Không."), commune.clerk, at(24))
    with pytest.raises(Refused) as refused:
        do(feedback, acts.Refuse("Không."), other.clerk, at(24), revision=1)
    assert refused.value.is_stale
    now = do(feedback, acts.Refuse("Đã trả lời ở phản ánh trước."), other.clerk, at(24), revision=2)
    assert now.status == S.REFUSED and now.due_at is None and kinds_to("huong@example.com") == 3
    # The first who is to answer is told of, however far it went before; later changes of hands are not.
    far = give(commune.unit, email="xa@example.com")
    do(far, acts.PassOn(other.unit, "Đường của xã bên."), commune.clerk, at(24))
    do(far, acts.Assign(other.specialist), other.clerk, at(24))
    do(far, acts.Assign(other.leader), other.clerk, at(24))
    assert kinds_to("xa@example.com") == 3


def test_what_a_leaver_holds_is_handed_on_and_old_feedback_is_forgotten(commune, django_capture_on_commit_callbacks):
    citizen = factories.citizen()
    feedback = give(commune.unit, by=citizen, files=[upload()])
    do(feedback, acts.Assign(commune.specialist), commune.clerk, NOW)
    duty = keeping.HeldFeedback()
    held = duty.held(commune.specialist, [commune.unit.pk])
    assert [(each.role, each.count) for each in held] == [(Role.SPECIALIST, 1)]
    assert keeping.open_feedback(commune.unit)
    options = {"by": commune.administrator, "now": NOW, "maximum": 9}
    assert not duty.reassign(commune.specialist, commune.unit, Role.CLERK, commune.clerk, **options)
    # Whom it is about is not told to administrators.
    assert present(home_count(commune.clerk, list(Post.objects.filter(user=commune.clerk)), NOW)).count == "0"
    feedback.concerned.add(commune.leader)
    (line,) = duty.reassign(commune.specialist, commune.unit, Role.SPECIALIST, commune.leader, **options)
    assert line.reason == gettext("That officer cannot answer this.")
    feedback.concerned.clear()
    # Nobody has it then: whoever assigns is told that it waits.
    (line,) = duty.reassign(commune.specialist, commune.unit, Role.SPECIALIST, None, **options)
    assert present(home_count(commune.clerk, list(Post.objects.filter(user=commune.clerk)), NOW)).count == "1"
    do(feedback, acts.Assign(commune.specialist), commune.clerk, NOW)
    (line,) = duty.reassign(commune.specialist, commune.unit, Role.SPECIALIST, commune.clerk, **options)
    assert line.reason == "" and Feedback.objects.get().holder == commune.clerk
    do(feedback, acts.Propose("Xong."), commune.clerk, NOW)
    do(feedback, acts.Confirm("Xong."), commune.leader, NOW)
    do(feedback, acts.Publish("Hỏi.", "Đáp."), commune.leader, NOW)
    part = keeping.feedback_of(factories.User.objects.get(email="an@example.com"))
    assert part.data[0]["text"] == feedback.text and len(part.sheets) == 1
    assert Notification.objects.filter(subject_ref=feedback.code, recipient=citizen).exists()
    later = NOW + timedelta(days=keeping.KEEP_DAYS + 1)
    with time_machine.travel(later, tick=False), django_capture_on_commit_callbacks(execute=True):
        stored = feedback.files.get().file
        assert purging.run("feedback", later) == 1
    kept = Feedback.objects.get()
    assert (kept.text, kept.name, kept.email, kept.owner, kept.public_answer) == ("", "", "", None, "Đáp.")
    assert not kept.files.exists() and not stored.storage.exists(str(stored.name))
    assert set(kept.events.values_list("public_text", flat=True)) == {""}
    assert not kept.events.filter(by=citizen).exists()
    assert not Notification.objects.filter(subject_ref=kept.code).exists()


def sent_to(client: Client, address: str, values: dict[str, Any]) -> str:
    """Return where a form leads once it is taken."""
    answer = client.post(address, values)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def form_of(client: Client, **values: Any) -> dict[str, Any]:
    """Return what the public form sends, its question answered."""
    form = client.get(reverse("feedback:give")).context["form"]
    sent = {"key": form["key"].value(), "kind": "problem", "topic": "other", "unit": "xuan-bac", "text": "Ghế ít."}
    if form.asks:
        sent |= {"question_token": form["question_token"].value(), "answer": form["answer"].label.split("“")[1][:-2]}
    return sent | values


def test_a_stranger_gives_feedback_follows_it_and_adds_details(commune, client):
    address = reverse("feedback:give")
    with time_machine.travel(NOW, tick=False):
        for kind in ("denunciation", "complaint"):
            answer = client.post(address, form_of(client, kind=kind))
            shown = answer.content.decode()
            # Where it goes instead stands open, and what was typed is still there.
            assert answer.status_code == 422 and "Ghế ít." in shown and '<details class="fold" open>' in shown
        assert client.post(address, form_of(client, text="x" * 5001)).status_code == 422
        assert client.post(address, form_of(client, topic="dossier")).status_code == 422
        hostile = SimpleUploadedFile("anh.jpg", b"<script>alert(1)</script>")
        answer = client.post(address, form_of(client, attached=hostile))
        assert answer.status_code == 422 and "Ghế ít." in answer.content.decode() and not Feedback.objects.exists()
        typed = form_of(client, text="Ghe\u0302\u0301 i\u0301t.\u200b")
        led_to = sent_to(client, address, typed)
        feedback = Feedback.objects.get()
        here = reverse("feedback:case", args=[feedback.code])
        assert led_to == here and feedback.text == "Ghế ít."
        # Sent twice, it is given once: the same code.
        again = form_of(client) | {"key": typed["key"]}
        assert sent_to(client, address, again) == here and Feedback.objects.count() == 1
        shown = client.get(here)
        secret = shown.context["secret"]
        assert secret and secret in shown.content.decode()
        stranger = Client()
        assert "Ghế ít." not in stranger.get(here).content.decode()
        wrong = {"code": feedback.code, "secret": "AAAAAAAAAA"}
        assert stranger.post(reverse("feedback:track"), wrong).status_code == 422
        right = {"code": feedback.code.lower(), "secret": f"{secret[:5]} {secret[5:].lower()}"}
        assert sent_to(stranger, reverse("feedback:track"), right) == here
        assert "Ghế ít." in stranger.get(here).content.decode()
        do(feedback, acts.Assign(commune.specialist), commune.clerk, NOW)
        do(feedback, acts.AskDetails("Ghế nào?"), commune.specialist, NOW)
        more = reverse("feedback:details", args=[feedback.code])
        assert Client().get(more).status_code == 404
        page = stranger.get(more)
        assert "Ghế nào?" in page.content.decode()
        sent = {"revision": page.context["form"]["revision"].value(), "text": "Ghế hàng đầu."}
        assert stranger.post(more, sent | {"text": ""}).status_code == 422
        # Who was first is a name that only officers read.
        do(feedback, acts.Assign(commune.clerk), commune.leader, NOW)
        stale = stranger.post(more, sent)
        told = stale.content.decode()
        assert stale.status_code == 409 and "Ghế hàng đầu." in told and commune.leader.full_name not in told
        sent["revision"] = stranger.get(more).context["form"]["revision"].value()
        assert sent_to(stranger, more, sent) == here
        assert stranger.post(more, sent).status_code == 409
        assert commune.specialist.full_name not in stranger.get(here).content.decode()
        assert Feedback.objects.get().status == S.ASSIGNED
        # Another spelling of the code is no other code.
        codes = [feedback.code, feedback.code.lower(), f" {feedback.code}"] * 7
        tries = [Client().post(reverse("feedback:track"), wrong | {"code": code}).status_code for code in codes]
        assert tries[-1] == 429


def test_nobody_fills_the_mailbox_of_another(commune):
    statuses = []
    with time_machine.travel(NOW, tick=False):
        for n in range(11):
            client = Client(REMOTE_ADDR=f"203.0.113.{n}")
            typed = form_of(client, email="Ai.do@example.com" if n % 2 else " ai.do@example.com")
            statuses.append(client.post(reverse("feedback:give"), typed).status_code)
    assert statuses == [302] * 10 + [429] and kinds_to("ai.do@example.com") <= 10


def test_the_desk_walks_its_list_and_acts(commune, client, django_assert_max_num_queries):
    for n in range(3):
        give(commune.unit, text=f"Việc {n}", files=[upload()] if n == 0 else ())
    feedback = Feedback.objects.order_by("pk")[0]
    client.force_login(commune.clerk)
    with time_machine.travel(at(27), tick=False):
        (count,) = [each for each in client.get(reverse("desk:home")).context["counts"] if "feedback" in each.url]
        assert (count.count, count.kind) == ("3", "late")
        with django_assert_max_num_queries(14):
            page = client.get(reverse("feedback:list")).content.decode()
        assert page.count("light-late") == 3
        here = reverse("feedback:desk", args=[feedback.code])
        shown = client.get(here)
        assert shown.status_code == 200 and shown.context["next"]
        ref = feedback.files.get().ref
        read(client.get(reverse("feedback:desk_file", args=[feedback.code, ref])))
        assert FeedbackReading.objects.filter(reader=commune.clerk).count() == 2
        address = reverse("feedback:act", args=[feedback.code, "assign"])
        form = client.get(address).context["form"]
        sent = {"revision": form["revision"].value(), "person": commune.specialist.pk, "note": ""}
        assert client.post(address, sent | {"person": "999999"}).status_code == 422
        assert sent_to(client, address, sent) == here
        stale = client.post(address, sent | {"person": commune.leader.pk, "note": "giữ lại"})
        assert stale.status_code == 409 and "giữ lại" in stale.content.decode()
        assert client.get(reverse("feedback:act", args=[feedback.code, "confirm"])).status_code == 302
        assert client.get(reverse("feedback:act", args=[feedback.code, "nothing"])).status_code == 404
        client.force_login(commune.leader)
        assert client.get(reverse("feedback:list")).context["figures"].open == 3
        assert client.get(reverse("feedback:list"), {"after": "x~y", "view": "done"}).status_code == 200
