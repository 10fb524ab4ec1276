"""A morning at the counter: papers and letters taken in, copies attested, a list imported, mistakes put right.

By keyboard where a desk works by keyboard; key presses are counted beyond what belongs to the applicant, against the
goals of a desk (docs/decisions/0032). ``MORNING=full`` walks the numbers of a whole morning, with scripts and without.
At the end the database adds up (``adding_up.py``).
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from common.clock import LOCAL, local_day, now
from tests.journeys.conftest import DESK, PHONE, ROOT
from tests.journeys.counter_steps import (
    SECRET,
    Keyboard,
    Keys,
    attest,
    card,
    filled,
    look_at_receipt,
    look_at_sheet,
    next_one,
    open_by_scan,
    take_in,
)
from tests.journeys.steps import (
    CITIZEN,
    CLERK,
    COPY,
    LEADER,
    NEIGHBOUR,
    SPECIALIST,
    act,
    code_on,
    forward,
    mail_about,
    token,
)
from tests.present import present

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]
# The demo citizen, whose number the desk has checked, as her card says.
MAI = "075199000011||Nguyễn Thị Mai|12041999|Nữ|Ấp 2, Xuân Bắc, Đồng Nai|10052022"
COUNTER, ENTRY, ONLINE, SUPPLEMENT = (
    "dossier with three papers",
    "attestation",
    "online dossier received and forwarded",
    "supplement",
)
GOALS = {COUNTER: 25, ENTRY: 12, ONLINE: 3, SUPPLEMENT: 6}
LATE = "/desk/dossiers/?view=processing&deadline=late"


@dataclass(frozen=True)
class Size:
    """How many of each a morning has; ``is_whole``: with what is done once, neighbours and deadlines."""

    counter: int
    attested: int
    post: int
    national: int
    is_whole: bool = True


FULL = Size(counter=12, attested=20, post=3, national=5)
SHORT = {True: Size(counter=2, attested=3, post=1, national=2), False: Size(1, 2, 1, 1, is_whole=False)}


@dataclass
class Done:
    """What the morning has made: codes by road, entries of books, what was put right."""

    counter: list[str] = field(default_factory=list)
    post: list[str] = field(default_factory=list)
    national: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    attested: list[dict[str, Any]] = field(default_factory=list)
    apologies: list[str] = field(default_factory=list)
    asked_in_time: list[str] = field(default_factory=list)
    asked_late: list[str] = field(default_factory=list)
    corrected: str = ""
    cancelled: str = ""


def test_a_morning_at_the_counter(visit: Visit, picture: Picture, js: bool) -> None:
    """Everything that comes to a desk before noon, by every road; then books, numbers, lists and figures add up."""
    size = FULL if os.environ.get("MORNING") == "full" else SHORT[js]
    done, keys = Done(), Keys(GOALS)
    clerk = visit(js=js, size=DESK, who=CLERK)
    clerk.goto("/desk/")
    secret = at_the_counter(clerk, size, done, keys, "desk" if js else "plain")
    link(visit(js=js, size=PHONE, who=CITIZEN), secret)
    by_post(clerk, size, done)
    attestations(clerk, size, done, keys)
    in_the_book(clerk, done, picture)
    from_the_national_portal(clerk, size, done, keys)
    put_right(clerk, done)
    cancel_a_reception(clerk, done)
    if size.is_whole:
        for_another_commune(clerk, done)
        of_before(visit(js=js, size=DESK, who=NEIGHBOUR), done)
        specialist, leader = (visit(js=js, size=DESK, who=who) for who in (SPECIALIST, LEADER))
        supplement_in_time(clerk, specialist, done, keys)
        apologise_and_ask_late(clerk, leader, specialist, done, picture)
        stored_receipt(clerk, done.post[0])
    print(f"\n{'with' if js else 'without'} scripts, beyond the applicant's data:\n{keys.report()}")
    assert not keys.missed()
    add_up(done)


# Taking in ------------------------------------------------------------------------------------------------------------


def person() -> str:
    """Return the card of somebody who has not been here before."""
    digits = "".join(str(ord(letter) % 10) for letter in token()[:6])
    return card(f"075090{digits}", f"Trần Văn {token().capitalize()}")


def at_the_counter(clerk: Page, size: Size, done: Done, keys: Keys, variant: str) -> str:
    """Take dossiers in without a mouse; each prints its receipt, then the scan box waits again.

    Returns the secret of the demo citizen's receipt.
    """
    secret = ""
    for n in range(size.counter):
        hands = Keyboard(clerk)
        code = take_in(hands, person() if n else MAI, f"09120000{n:02d}")
        keys.note(COUNTER, hands.pressed)
        expect(clerk.locator("main svg").first).to_be_visible()
        found = present(SECRET.search(clerk.locator("main").inner_text()))[0]
        if not n:
            secret = found
            look_at_receipt(clerk, code, f"receipt-{variant}")
        next_one(hands, code)
        done.counter.append(code)
    return secret


def link(citizen: Page, secret: str) -> None:
    """The secret of the receipt opens the dossier to the account of the same person, a wrong one opens nothing."""
    for typed, is_right in (("AAAA-AAAA-AAAA", False), (secret, True)):
        citizen.goto("/my/link/")
        citizen.locator("[name=code]").fill(typed)
        citizen.locator("main form .btn-primary").click()
        if is_right:
            citizen.wait_for_url(re.compile("/my/dossiers/[a-z0-9]{12}/"))
        else:
            expect(citizen.locator(".error-summary")).to_be_visible()


def by_post(clerk: Page, size: Size, done: Done) -> None:
    """Take letters in: the history names the item."""
    for n in range(size.post):
        hands = Keyboard(clerk)
        done.post.append(take_in(hands, person(), f"09130000{n:02d}", by_post=True))
        next_one(hands, done.post[-1])
    clerk.goto(f"/desk/dossiers/{done.post[-1]}/history/")
    expect(clerk.locator("main")).to_contain_text("CA123456789VN")


def open_fold(page: Page) -> None:
    """Open what is seldom asked."""
    page.locator("details.fold > summary").click()


def for_another_commune(clerk: Page, done: Done) -> None:
    """Papers for the neighbour are taken in here, travel there at once, and come back to be returned."""

    def choose(page: Page) -> None:
        open_fold(page)
        page.locator("[name=competent]").select_option(index=1)

    clerk.goto("/desk/counter/new/")
    done.elsewhere.append(take_in(Keyboard(clerk), person(), "0914000000", more=choose, ending="C"))
    expect(clerk.locator("main")).to_contain_text("Cơ quan giải quyết")


def of_before(clerk: Page, done: Done) -> None:
    """Bring over what was received on paper before the commune opened to filing."""
    received = datetime.now(tz=LOCAL) - timedelta(days=25)
    number = f"SO-{token().upper()}"

    def say(page: Page) -> None:
        open_fold(page)
        page.locator("[name=external_system][value=before]").check()
        page.locator("[name=external_code]").fill(number)
        page.locator("[name=at]").fill(f"{received:%d/%m/%Y} 09:00")

    clerk.goto("/desk/counter/new/")
    done.before.append(take_in(Keyboard(clerk), person(), "0915000000", more=say))
    expect(clerk.locator("main")).to_contain_text(number)


# What is settled in one visit -----------------------------------------------------------------------------------------


def attestations(clerk: Page, size: Size, done: Done, keys: Keys) -> None:
    """Attest copies, in a whole morning signatures too; the same person stands there again with one key."""
    books = {"copies": size.attested}
    if size.attested > 12:
        books = {"copies": size.attested - 6, "signatures": 6}
    for book, count in books.items():
        clerk.goto(f"/desk/attest/?book={book}")
        name = ""
        for n in range(count):
            is_new, again = n % 3 == 0, n % 3 < 2 and n + 1 < count
            name = f"Trần Thị {token().capitalize()}" if is_new else name
            copies, pages, hands = n % 3 + 1, n % 4 + 1, Keyboard(clerk)
            typed = (name if is_new else "", "075190001234")
            number = attest(hands, *typed, document=n % 6 + 1, copies=copies, pages=pages, again=again)
            keys.note(ENTRY, hands.pressed)
            entry = {"book": book, "year": local_day(now()).year, "number": number, "person": name}
            done.attested.append(entry | {"copies": copies, "pages": pages, "is_cancelled": False})
        numbers = [one["number"] for one in done.attested if one["book"] == book]
        # Others may enter something in between.
        assert numbers == sorted(set(numbers))


def in_the_book(clerk: Page, done: Done, picture: Picture) -> None:
    """The book shows the last entry without the number of a person; it is crossed out and stays; the book is saved."""
    last = [one for one in done.attested if one["book"] == "copies"][-1]
    clerk.goto("/desk/books/")
    clerk.locator("main tbody th a").first.click()
    row = clerk.locator("tbody tr", has_text=last["person"]).first
    expect(row).to_contain_text(str(last["number"]))
    expect(clerk.locator("main")).not_to_contain_text("075190001234")
    picture(clerk, "book")
    row.locator("td a").click()
    reason = f"Ghi nhầm số bản {token()}"
    clerk.locator("#id_reason").fill(reason)
    clerk.keyboard.press("Enter")
    expect(clerk).to_have_url(re.compile("/desk/books/$"))
    last["is_cancelled"] = True
    clerk.locator("main tbody th a").first.click()
    expect(clerk.locator("tr.crossed", has_text=reason)).to_have_count(1)
    with clerk.expect_download() as kept:
        clerk.locator("main form[method=post] button[value=xlsx]").click()
    assert kept.value.suggested_filename.endswith(".xlsx")


# The national portal --------------------------------------------------------------------------------------------------


def from_the_national_portal(clerk: Page, size: Size, done: Done, keys: Keys) -> None:
    """Of a file all rows but the wrong one are entered; each is received and forwarded with three strokes."""
    mark, yesterday = token().upper(), datetime.now(tz=LOCAL) - timedelta(days=1)
    row = {
        "filed_at": f"{yesterday:%d/%m/%Y %H:%M}", "procedure": COPY, "kind": "công dân", "name": "Phan Thị Ngọc",
        "number": "075190004321", "birth": "1990", "address": "Ấp 2, xã Xuân Bắc", "delivery": "tại xã",
        "email": "ngoc@example.com",
    }  # fmt: skip
    codes = [f"G22.{mark}-{n}" for n in range(1, size.national + 1)]
    clerk.goto("/desk/")
    clerk.locator("main a[href$='/national/']").click()
    with clerk.expect_download() as download:
        clerk.locator("main a[href$='/template/']").click()
    wrong = row | {"code": f"G22.{mark}-0", "number": "12"}
    content = filled(download.value.path(), *(row | {"code": code} for code in codes), wrong)
    picker: Any = clerk.locator("[name=file]")
    picker.set_input_files([{"name": "ho-so.xlsx", "mimeType": "application/zip", "buffer": content}])
    clerk.locator("form[enctype] .btn-primary").click()
    expect(clerk.locator("tbody tr")).to_have_count(len(codes) + 1)
    expect(clerk.locator("tbody tr").first).to_contain_text(wrong["code"])
    clerk.locator("form[action$='/confirm/'] .btn-primary").click()
    expect(clerk.locator(".banner-ok")).to_contain_text(str(len(codes)))
    for external in codes:
        hands = Keyboard(clerk)
        open_by_scan(hands, external.lower())
        expect(clerk.locator("main")).to_contain_text(external)
        done.national.append(code_on(clerk))
        hands.chord("T")
        clerk.wait_for_url(re.compile("/receive/"))
        hands.chord("C")
        expect(clerk.locator("main .banner-ok").first).to_contain_text(done.national[-1])
        keys.note(ONLINE, hands.pressed)
    clerk.goto("/desk/national/")
    with clerk.expect_download() as download:
        clerk.locator("form[action$='/export/'] button").click()
    sheet = present(load_workbook(BytesIO(download.value.path().read_bytes())).active)
    found = {line[0]: line[3] for line in sheet.iter_rows(min_row=2, values_only=True)}
    assert [found.get(code) for code in [*codes, wrong["code"]]] == [4] * len(codes) + [None]


# Putting right --------------------------------------------------------------------------------------------------------


def put_right(clerk: Page, done: Done) -> None:
    """Mend a name after reception: history and a new receipt tell; forward, and call back what nobody has opened."""
    code = done.corrected = done.counter[-1]
    clerk.goto(f"/desk/dossiers/{code}/correct/")
    name = f"Nguyễn Thị Mai {token().capitalize()}"
    clerk.locator("[name=name]").fill(name)
    # Nothing said of why: the fault is told, what was typed stays.
    clerk.locator("main form[method=post] .actions button").click()
    expect(clerk.locator(".error-summary")).to_be_visible()
    expect(clerk.locator("[name=name]")).to_have_value(name)
    clerk.locator("[name=reason]").fill("Gõ sai họ tên.")
    act(clerk)
    clerk.goto(f"/desk/dossiers/{code}/")
    expect(clerk.locator(".dossier-head")).to_contain_text(name)
    expect(clerk.locator("main")).to_contain_text(f"→ {name}")
    clerk.goto(f"/desk/print/receipt/{code}/")
    expect(clerk.locator("main")).to_contain_text("Thay giấy tiếp nhận số")
    expect(clerk.locator("main")).to_contain_text(name)
    forward(clerk, code)
    clerk.goto(f"/desk/dossiers/{code}/")
    clerk.get_by_role("link", name="Thu hồi").click()
    act(clerk)
    clerk.goto(f"/desk/dossiers/{code}/")
    expect(clerk.get_by_role("link", name="Chuyển xử lý")).to_be_visible()


def cancel_a_reception(clerk: Page, done: Done) -> None:
    """Take back what was received by mistake: the receipt is void, the applicant told, the dossier waits again."""
    code = done.cancelled = done.national[-1]
    for link_name in ("Thu hồi", "Hủy tiếp nhận"):
        clerk.goto(f"/desk/dossiers/{code}/")
        clerk.get_by_role("link", name=link_name).click()
        if link_name != "Thu hồi":
            clerk.locator("[name=reason]").fill("Tiếp nhận nhầm hồ sơ.")
        act(clerk)
    clerk.locator("main .banner-ok a").last.click()
    expect(clerk.locator("main")).to_contain_text("ĐÃ HỦY")
    assert "Tiếp nhận nhầm hồ sơ." in mail_about(clerk, code, "đã hủy tiếp nhận")
    clerk.goto(f"/desk/dossiers/{code}/")
    expect(clerk.locator(".actions .btn-primary")).to_contain_text("Tiếp nhận")


# Time -----------------------------------------------------------------------------------------------------------------


def supplement_in_time(clerk: Page, specialist: Page, done: Done, keys: Keys) -> None:
    """Whoever holds a dossier asks for a paper on its first days, by keyboard."""
    code = done.counter[0]
    forward(clerk, code)
    hands = Keyboard(specialist)
    open_by_scan(hands, code)
    hands.pressed = 0
    hands.chord("B")
    specialist.wait_for_url(re.compile("/request-supplement/"))
    line = specialist.locator(".supplement-line").first
    expect(line.locator("input[type=checkbox]")).to_be_focused()
    hands.press("Space", "Tab", "Tab")
    expect(line.locator("input[type=text]")).to_be_focused()
    hands.of_applicant("Bản chụp bị mờ.")
    hands.chord("B")
    expect(specialist.locator("main .banner-ok").first).to_contain_text(code)
    keys.note(SUPPLEMENT, hands.pressed)
    done.asked_in_time.append(code)


def apologise(page: Page, code: str) -> str:
    """Give a new date two months ahead, with an apology: the first working day that is taken; returns it."""
    page.goto(f"/desk/dossiers/{code}/extend/")
    for days in range(60, 80):
        day = f"{local_day(now()) + timedelta(days=days):%d/%m/%Y}"
        page.locator("[name=day]").fill(day)
        page.locator("[name=reason]").fill("Chờ xác minh tại cơ quan khác.")
        page.locator("main form[method=post] .actions button").click()
        page.wait_for_load_state()
        if page.locator("main .banner-ok").count():
            return day
    raise AssertionError("no working day within three weeks")


def apologise_and_ask_late(clerk: Page, leader: Page, specialist: Page, done: Done, picture: Picture) -> None:
    """Before its date a dossier is not late; after it the leader asks for papers and apologises, and late it stays."""
    code = done.counter[1]
    forward(clerk, code)
    day = apologise(leader, code)
    leader.goto(f"/desk/dossiers/{code}/deadline/")
    expect(leader.locator("main")).to_contain_text(day)
    expect(leader.locator("main")).not_to_contain_text("vẫn tính là quá hạn")
    picture(leader, "deadline")

    leader.goto(LATE)
    late = leader.locator("table.queue tbody th a.code").all_inner_texts()
    assert late, "the demo has overdue dossiers"
    specialist.goto(f"/desk/dossiers/{late[0]}/")
    expect(specialist.get_by_role("link", name="Yêu cầu bổ sung")).to_have_count(0)
    apologise(leader, late[0])
    leader.goto(f"/desk/dossiers/{late[0]}/")
    expect(leader.locator(".dossier-head")).to_contain_text("quá hạn")
    leader.get_by_role("link", name="Yêu cầu bổ sung").click()
    leader.locator("[name=other_name]").fill("Giấy xác nhận")
    leader.locator("[name=other_reason]").fill("Cần đối chiếu.")
    act(leader)
    leader.goto("/desk/dossiers/?view=all&deadline=was_late")
    expect(leader.locator("main")).to_contain_text(late[0])
    done.apologies += [code, late[0]]
    done.asked_late.append(late[0])


# At noon --------------------------------------------------------------------------------------------------------------


def stored_receipt(clerk: Page, code: str) -> None:
    """Look at the file that the worker has made of a receipt meanwhile."""
    clerk.goto(f"/desk/dossiers/{code}/")
    pdf = clerk.get_by_role("link", name=re.compile("^PDF"))
    for _try in range(60):
        if pdf.count():
            break
        clerk.wait_for_timeout(500)
        clerk.reload()
    look_at_sheet(clerk.request.get(pdf.first.get_attribute("href") or "").body(), code, "receipt-stored")


def add_up(done: Done) -> None:
    """Let the database say whether it adds up, on a copy; a portal that was running already keeps its own."""
    if (var := os.environ.get("JOURNEY_VAR")) is None:
        return
    folder = Path(var, f"copy-{token()}")
    folder.mkdir()
    with sqlite3.connect(Path(var, "portal.sqlite3")) as source, sqlite3.connect(folder / "portal.sqlite3") as copy:
        source.backup(copy)
    env = os.environ | {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "portal.settings.dev"}
    env.pop("DATABASE_URL", None)
    found = subprocess.run(
        [sys.executable, "-m", "tests.journeys.adding_up"],
        input=json.dumps(asdict(done)), capture_output=True, text=True, check=False, cwd=ROOT, env=env,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout + found.stderr
