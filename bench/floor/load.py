"""Create the floor's tables and fill them: python -m bench.floor.load ROWS."""

import os
import sys
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.floor.settings")

NAME, PASSWORD = "bench", "bench-mot-cua-2026"
# As many as the portal's owner has: both lists show twenty and know that there are more.
OWNED = 40
TEXT = "Giấy chứng sinh, giấy tờ tùy thân, văn bản ủy quyền khi nộp thay; thời hạn ba ngày làm việc. " * 4


def load(rows: int) -> None:
    """Make the tables of the bare app anew with ``rows`` items in them."""
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from bench.floor.models import Item

    # First the users, then what points at them.
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)
    user = User.objects.create_user(NAME, password=PASSWORD)
    start = datetime(2026, 1, 5, tzinfo=UTC)
    Item.objects.bulk_create(
        (
            Item(
                owner=user if n < OWNED else None,
                code=f"000.00.16.H19-260105-{n:05}",
                name=f"Đăng ký khai sinh, đăng ký kết hôn {n}",
                person="Nguyễn Thị Minh Khai",
                text=TEXT,
                status=1 + n % 5,
                due_at=start + timedelta(minutes=7 * n),
            )
            for n in range(rows)
        ),
        batch_size=500,
    )


if __name__ == "__main__":
    load(int(sys.argv[1]))
