"""Feedback of the demonstration: five cases in as many states, one of them answered late."""

from datetime import datetime, timedelta

from accounts.models import User
from common.onetime import new_key
from common.values.working_time import next_open
from offices.models import Role
from reports.feedback import acts, filing
from reports.feedback.workflow import Act, perform
from reports.models import Feedback

from .town import Commune, Town

CITIZEN, OTHER = "cong-dan@example.com", "cong-dan-2@example.com"
# Longer than the time to answer, whatever days off lie within.
LATE_DAYS = 50


def fill(town: Town, now: datetime) -> None:
    """Let people give feedback to the first commune, and its officers deal with some of it."""
    commune = next(iter(town.communes.values()))
    clerk, leader = commune.officer(Role.CLERK), commune.officer(Role.LEADER)
    specialist = commune.specialist("ho-tich")
    mai, hoa = town.accounts[CITIZEN], town.accounts[OTHER]

    chairs = _give(
        commune, None, _days(commune, now, 20), "proposal", "other", "",
        "Khu vực chờ ở Bộ phận Một cửa chỉ có bốn ghế, sáng thứ Hai nhiều người già phải đứng. Đề nghị kê thêm ghế.",
        may_publish=True,
    )  # fmt: skip
    answer = "Ủy ban nhân dân xã đã kê thêm tám ghế và một quầy nước ở khu vực chờ. Cảm ơn bạn đã góp ý."
    question = "Khu vực chờ ít ghế, đề nghị kê thêm."
    _play(commune, chairs, now, [
        (19, acts.Assign(clerk), leader), (16, acts.Propose(answer), clerk), (15, acts.Confirm(answer), leader),
        (14, acts.Publish(question, answer), leader),
    ])  # fmt: skip

    screen = _give(
        commune, hoa, _days(commune, now, LATE_DAYS + 12), "problem", "procedure", "Cấp bản sao trích lục hộ tịch",
        "Bảng hướng dẫn ở trụ sở vẫn ghi lệ phí cũ, khác với mức trên cổng dịch vụ công.",
    )  # fmt: skip
    sorry = "Bảng hướng dẫn đã được thay theo mức lệ phí hiện hành. Xin lỗi bạn vì trả lời chậm."
    _play(commune, screen, now, [
        (LATE_DAYS + 11, acts.Assign(specialist), clerk), (12, acts.Propose(sorry), specialist),
        (11, acts.Confirm(sorry), leader),
    ])  # fmt: skip

    hours = _give(
        commune, mai, _days(commune, now, 5), "proposal", "other", "",
        "Đề nghị xã tiếp nhận hồ sơ thêm sáng thứ Bảy để người đi làm xa kịp nộp.", may_publish=True,
    )  # fmt: skip
    _play(commune, hours, now, [(4, acts.Assign(specialist, "Xem lại số lượt tiếp nhận theo giờ."), clerk)])

    sound = _give(
        commune, mai, _days(commune, now, 7), "problem", "other", "",
        "Loa gọi số thứ tự nhỏ quá, ngồi cuối phòng không nghe thấy.", may_publish=True,
    )  # fmt: skip
    _play(commune, sound, now, [
        (6, acts.Assign(specialist), clerk),
        (5, acts.AskDetails("Bạn ngồi ở khu vực nào, vào buổi nào thì không nghe thấy?"), specialist),
    ])  # fmt: skip

    _give(
        commune, hoa, _days(commune, now, 1), "problem", "conduct", clerk.full_name,
        "Khi tôi hỏi lại về giấy tờ còn thiếu, cán bộ trả lời cộc lốc và không giải thích.",
    )  # fmt: skip


def _give(
    commune: Commune, by: User | None, now: datetime, kind: str, topic: str, about: str, text: str, *,
    may_publish: bool = False,
) -> Feedback:  # fmt: skip
    name, email, phone = (by.get_full_name(), by.email or "", by.phone) if by is not None else ("", "", "")
    given = filing.Given(commune.unit, kind, topic, about, text, name, email, phone, may_publish, "vi")
    code, _secret = filing.give(given, (), by=by, key=new_key(), now=now)
    return Feedback.objects.get(code=code)


def _play(commune: Commune, feedback: Feedback, now: datetime, steps: list[tuple[int, Act, User]]) -> None:
    for days, act, by in steps:
        perform(act, feedback, by=by, now=_days(commune, now, days))


def _days(commune: Commune, now: datetime, days: int) -> datetime:
    """Return when the desk was open so many days ago, or next after that."""
    return min(next_open(commune.calendar, now - timedelta(days=days)), now)
