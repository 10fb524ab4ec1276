"""Loading the demonstration, all or nothing, once."""

import io
import random
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import F
from PIL import Image, ImageDraw, ImageFont

from accounts.models import User
from common.files.uploads import Accepted, accept
from notifications.models import Notification, State
from offices.models import Role
from reports.counting import procedures, rollup, steps
from reports.indicators import measuring
from reports.models import Measure
from reports.targets.setting import set_target

from . import catalogue, feedback, notices, ratings, stories, town
from .accounts import ACCOUNTS
from .dossiers import money

SEED = 2026
UNKNOWN_ADDRESS = "nguoi-dan-2@example.com"


def is_loaded() -> bool:
    """Tell whether the demonstration is there."""
    return User.objects.filter(email=ACCOUNTS[0].email).exists()


def load(now: datetime) -> int:
    """Make the units, accounts and dossiers; returns how many dossiers.

    Its messages count as sent long ago. The same day and hour give the same
    dossiers but for random references. About 19,000 queries.
    """
    rng = random.Random(SEED)  # noqa: S311 – nothing here is secret
    files = samples(now)
    with transaction.atomic():
        built = town.build(now)
        made = stories.play(built, rng, now, files)
        for commune in built.communes.values():
            money.begin_the_day(commune, now)
        feedback.fill(built, now)
        report(built, now)
        ratings.give(built, rng, now)
        catalogue.dress(now)
        notices.write(built, now)
        settle_messages()
        # Nothing to hurry: the worker's sweeps make the papers of past steps in their own time.
        transaction.get_connection().run_on_commit.clear()
    return made


def report(built: town.Town, now: datetime) -> None:
    """Count days and steps, as the workers do, and set the communes' targets of the year: one to be met, one missed."""
    year, (first, second) = now.year, list(built.communes.values())[:2]
    for commune, level, measure, value in (
        (first, 3, Measure.COUNT, 20),
        (first, 4, Measure.SHARE, 80),
        (second, 4, Measure.COUNT, 400),
    ):
        by = commune.officer(Role.LEADER)
        set_target(commune.unit, year, level, measure, value, by=by, now=now)
    for _difference in rollup.rebuild(now):
        pass
    steps.measure(now)
    procedures.count(now)
    measuring.measure(now)


def settle_messages() -> None:
    """Let every waiting message count as sent, but for the last two to one address, which does not exist."""
    waiting = Notification.objects.filter(state=State.WAITING)
    lost = waiting.filter(to_address=UNKNOWN_ADDRESS).order_by("-pk").values_list("pk", flat=True)[:2]
    waiting.filter(pk__in=list(lost)).update(
        state=State.FAILED, attempts=1, last_error="550 5.1.1 The email account that you tried to reach does not exist"
    )
    waiting.update(state=State.SENT, sent_at=F("created_at"), attempts=1)


def samples(now: datetime) -> tuple[Accepted, ...]:
    """Return a small PDF and a small photo that have passed the check of every upload."""
    sheet = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((40, 40, 580, 837), outline="#333333", width=3)
    pen.text((310, 150), "SAMPLE", fill="#c8102e", font=ImageFont.load_default(64), anchor="mm")
    for line in range(12):
        pen.line((90, 260 + 40 * line, 530 - 37 * (line % 4), 260 + 40 * line), fill="#888888", width=3)
    return tuple(
        accept(SimpleUploadedFile(name, encoded(sheet, kind)), now=now)
        for name, kind in (("giay-to-mau.pdf", "PDF"), ("anh-chup-mau.jpg", "JPEG"))
    )


def encoded(image: Image.Image, kind: str) -> bytes:
    """Return an image as the bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()
