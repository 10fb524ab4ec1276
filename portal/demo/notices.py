"""Notices of the demonstration: one pinned, one of the neighbouring commune, maintenance in ten days."""

from datetime import datetime, time, timedelta

from articles.notices.changing import add_notice
from common.clock import local_day
from common.values.working_time import at
from offices.models import Role

from .town import Town

HOURS = """Từ đầu tháng, Bộ phận Một cửa nhận hồ sơ **cả sáng thứ Bảy**.

- Sáng: 7:00 đến 11:30
- Chiều: 13:00 đến 17:00, trừ thứ Bảy

Bạn vẫn nộp hồ sơ trên mạng được vào mọi lúc: xem [hướng dẫn bằng hình](/guides/file/)."""
HOURS_EN = """From the beginning of the month the one-stop desk also takes dossiers **on Saturday mornings**.

- Morning: 7:00 to 11:30
- Afternoon: 13:00 to 17:00, but for Saturday

You can file online at any time: see the [guide with pictures](/guides/file/)."""
HELP = """Thứ Ba và thứ Năm hằng tuần, cán bộ trẻ của xã giúp bà con nộp hồ sơ trên mạng tại nhà văn hóa thôn.

Mang theo thẻ căn cước và điện thoại, nếu có."""
HELP_EN = """On Tuesdays and Thursdays young officers help people to file online in the village houses.

Bring your identity card, and your telephone if you have one."""
WORK = """Cổng được nâng cấp máy chủ. Trong thời gian này bạn có thể không mở được trang.

Bản nháp đã lưu được giữ nguyên. Hạn giải quyết hồ sơ không thay đổi."""
WORK_EN = """The machines of the portal are renewed. Pages may not open during that time.

Saved drafts are kept. The due dates of dossiers do not change."""


def write(town: Town, now: datetime) -> None:
    """Write the notices as their writers would."""
    day = local_day(now)
    first, second = list(town.communes.values())[:2]
    general = {"kind": "general", "until": None, "begins_at": None, "ends_at": None}
    texts = {
        "title": "Nhận hồ sơ cả sáng thứ Bảy",
        "title_en": "Dossiers are taken on Saturday mornings",
        "text": HOURS,
        "text_en": HOURS_EN,
    }
    by = first.officer(Role.PUBLISHER)
    pinned = {**general, **texts, "unit": first.unit, "is_pinned": True, "since": day - timedelta(days=6)}
    add_notice(pinned, first.unit, by, now)
    texts = {
        "title": "Giúp nộp hồ sơ trên mạng tại nhà văn hóa thôn",
        "title_en": "Help with filing online in the villages",
        "text": HELP,
        "text_en": HELP_EN,
    }
    other = {**general, **texts, "unit": second.unit, "is_pinned": False, "since": day - timedelta(days=3)}
    add_notice(other, second.unit, by, now)
    begins = at(day + timedelta(days=10), time(22))
    texts = {
        "title": f"Bảo trì cổng đêm {begins:%d/%m}",
        "title_en": f"Maintenance of the portal in the night of {begins:%d/%m}",
        "text": WORK,
        "text_en": WORK_EN,
    }
    work = {"kind": "maintenance", "begins_at": begins, "ends_at": begins + timedelta(hours=4)}
    shown = {"unit": None, "is_pinned": False, "since": day, "until": local_day(begins) + timedelta(days=1)}
    add_notice(work | texts | shown, first.unit, by, now)
