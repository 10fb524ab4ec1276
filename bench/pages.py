"""What is compared: pages and acts of the portal, each with the floor's page or act and the goal it has."""

import io
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote_plus

from PIL import Image

from .floor.load import NAME, PASSWORD
from .machine import Server
from .visitor import Request, Visitor, getter, multipart, poster

DEMO_PASSWORD = "demo-mot-cua-2026"
WORDS = ("khai sinh", "ket hon", "chung thuc", "dat dai", "ho ngheo", "tre em", "khai tu", "xac nhan")
# A process looks once a second whether something was published.
LOOK_SECONDS = 1.1
# A dossier that was looked up may be read for ten minutes.
TRACKED = 3
# A miss waits for that second: few are enough, each is one request.
MISSES = 5


@dataclass
class Engine:
    """The servers over one database engine, who visits them, and what the databases hold (see ``bench.load``)."""

    name: str
    portal: Server
    cached: Server
    floor: Server
    held: dict[str, Any]
    publish: Callable[[], None]
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def sign_in(self) -> None:
        """Open the browsers of everybody."""
        people = ("cong-dan", "cong-dan-2", "tiep-nhan", "chuyen-mon", "lanh-dao")
        for person in people:
            given = {"login": f"{person}@example.com", "password": DEMO_PASSWORD}
            self.visitors[person] = Visitor(self.portal.port).sign_in("/accounts/login/", given)
        user = Visitor(self.floor.port).sign_in("/login/", {"username": NAME, "password": PASSWORD})
        self.visitors |= {"anyone": Visitor(self.portal.port), "cached": Visitor(self.cached.port), "user": user}

    def __getitem__(self, person: str) -> Visitor:
        return self.visitors[person]


# Returns the requests of the next round, prepared outside the clock.
Make = Callable[[Engine, int], list[Request]]


@dataclass
class Line:
    """One line of the table: what is asked, the floor it is held against, and how many times that it may cost."""

    name: str
    floor: str
    goal: float | None
    make: Make
    is_miss: bool = False
    is_cached: bool = False


def at(person: str, *paths: str) -> Make:
    """Ask pages in turn; a path may name what the database holds: {draft}, {section}."""

    def make(engine: Engine, count: int) -> list[Request]:
        filled = [path.format(draft=engine.held["drafts"][-1], **engine.held) for path in paths]
        return [getter(engine[person], path) for path in islice(cycle(filled), count)]

    return make


def of_procedures(person: str) -> Make:
    """Ask the pages of procedures in turn."""

    def make(engine: Engine, count: int) -> list[Request]:
        paths = [f"/procedures/{code}/" for code in engine.held["procedures"]]
        return [getter(engine[person], path) for path in islice(cycle(paths), count)]

    return make


def of_dossiers(engine: Engine, count: int) -> list[Request]:
    """Ask the desk's pages of dossiers in turn."""
    paths = [f"/desk/dossiers/{code}/" for code in engine.held["dossiers"]]
    return [getter(engine["tiep-nhan"], path) for path in islice(cycle(paths), count)]


def tracked(engine: Engine, count: int) -> list[Request]:
    """Look some dossiers up as a stranger, outside the clock, then read their pages."""
    stranger = Visitor(engine.portal.port)
    paths = [stranger.look_up(code) for code in engine.held["dossiers"][:TRACKED]]
    if any("id_answer" in stranger.page(path) for path in paths):
        raise RuntimeError("A dossier that was found is asked for again")
    return [getter(stranger, path) for path in islice(cycle(paths), count)]


def floor_submissions(engine: Engine, count: int) -> list[Request]:
    """Return the floor's POSTs with three files of 300 KB each."""
    fields = engine["user"].form("/submit/") | {
        "code": "bench",
        "name": "Đăng ký khai sinh",
        "person": "Nguyễn Văn An",
        "due_at": "2026-03-27T09:30:00+07:00",
    }
    body, content_type = multipart(fields, {f"paper{n}": photo() for n in range(3)})
    return [poster(engine["user"], "/submit/", body, content_type) for _ in range(count)]


def photo() -> bytes:
    """Return a JPEG of noise, about 300 KB."""
    kept = io.BytesIO()
    Image.frombytes("L", (640, 640), os.urandom(640 * 640)).save(kept, "JPEG", quality=82)
    return kept.getvalue()


def uploads(engine: Engine, count: int) -> list[Request]:
    """Return the uploads of one file each, to drafts that have none."""
    citizen, made = engine["cong-dan-2"], []
    for ref in [engine.held["empty"].pop() for _ in range(count)]:
        papers = f"/my/dossiers/{ref}/papers/"
        content = multipart(citizen.form(papers), {"file": photo()})
        made.append(poster(citizen, f"{papers}{engine.held['paper']}/upload/", *content))
    return made


def submissions(engine: Engine, count: int) -> list[Request]:
    """Return the final POSTs of drafts; their review pages are read first."""
    citizen, made = engine["cong-dan-2"], []
    refs = [engine.held["drafts"].pop(0) for _ in range(count)]
    engine.held.setdefault("submitted", []).extend(refs)
    for ref in refs:
        submit = f"/my/dossiers/{ref}/submit/"
        fields = citizen.form(f"/my/dossiers/{ref}/review/", submit) | {"declared": "on"}
        made.append(poster(citizen, submit, *multipart(fields, {})))
    return made


def act(segment: str, person: str, before: str, **typed: str) -> Make:
    """Return the POSTs of an action of the desk, on the dossiers that went through ``before`` in an earlier line."""

    def make(engine: Engine, count: int) -> list[Request]:
        if before == "submitted":
            held = [code_of(engine, engine.held[before].pop(0)) for _ in range(count)]
        else:
            held = [engine.held[before].pop(0) for _ in range(count)]
        engine.held.setdefault(segment, []).extend(held)
        made = []
        for code in held:
            path = f"/desk/dossiers/{code}/{segment}/"
            made.append(poster(engine[person], path, *multipart(engine[person].form(path) | typed, {})))
        return made

    return make


def code_of(engine: Engine, ref: str) -> str:
    """Return the code of a dossier that was just submitted."""
    found = re.search(r"\b[\w.]+-\d{6}-\d{4,}\b", engine["cong-dan-2"].page(f"/my/dossiers/{ref}/submitted/"))
    if found is None:
        raise RuntimeError(f"{ref} has no code")
    return found[0]


def searches(words: Sequence[str]) -> Make:
    """Ask for words in turn."""
    return at("anyone", *[f"/procedures/?q={quote_plus(word)}" for word in words])


DRAFT = "/my/dossiers/{draft}/"
LINES = (
    Line("search, warm", "page", 1.2, searches(WORDS)),
    Line("search, miss", "page", 3.0, searches(WORDS), is_miss=True),
    Line("procedure, warm", "page", 0.4, of_procedures("anyone")),
    Line("procedure, miss", "page", 3.0, of_procedures("anyone"), is_miss=True),
    Line("procedure, cached by the page cache", "page", 0.2, of_procedures("cached"), is_cached=True),
    Line("home", "page", 0.6, at("anyone", "/")),
    Line("my dossiers, 20 rows", "page-user", 1.2, at("cong-dan", "/my/dossiers/")),
    Line("task list", "page-user", 1.4, at("cong-dan-2", DRAFT)),
    Line("step form", "page-user", 2.0, at("cong-dan-2", DRAFT + "sections/{section}/")),
    Line("papers", "page-user", 1.4, at("cong-dan-2", DRAFT + "papers/")),
    Line("review", "page-user", 1.4, at("cong-dan-2", DRAFT + "review/")),
    Line("tracking", "page-user", 1.8, tracked),
    Line("desk home", "page-user", None, at("tiep-nhan", "/desk/")),
    Line("desk dossier", "page-user", 2.5, of_dossiers),
    Line("desk queue, 50 rows", "queue50", 1.2, at("tiep-nhan", "/desk/dossiers/")),
    Line("submission without uploads", "submit", 1.4, submissions),
    Line("its uploads, each file of 300 KB", "submit", None, uploads),
    Line("receive", "submit", 1.6, act("receive", "tiep-nhan", "submitted")),
    Line("forward", "submit", None, act("forward", "tiep-nhan", "receive")),
    Line("propose", "submit", None, act("propose", "chuyen-mon", "forward", text="Đồng ý giải quyết theo đề nghị.")),
    Line("approve, with its password", "submit", None, act("approve", "lanh-dao", "propose", password=DEMO_PASSWORD)),
    Line("return the result", "submit", None, act("return-result", "tiep-nhan", "approve", receiver_id="0751")),
)
FLOORS: dict[str, Make] = {
    "page": at("user", "/page/"),
    "page-user": at("user", "/page-user/"),
    "queue50": at("user", "/queue50/"),
    "submit": floor_submissions,
}


def check_rows(engine: Engine) -> None:
    """Raise RuntimeError unless both sides show as many rows: 20 of a list, 50 of a queue."""
    pairs = (
        ("my dossiers", engine["cong-dan"].page("/my/dossiers/"), r'href="/my/dossiers/\w{12}/"', 20),
        ("page-user", engine["user"].page("/page-user/"), "<article>", 20),
        ("page", engine["user"].page("/page/"), "<article>", 20),
        ("desk queue", engine["tiep-nhan"].page("/desk/dossiers/"), r"<tr\b[^>]*>\s*<t[dh]", 50),
        ("queue50", engine["user"].page("/queue50/"), r"<tr>\s*<td", 50),
    )
    for name, page, row, wanted in pairs:
        found = len(set(re.findall(row, page))) if "href" in row else len(re.findall(row, page))
        if found not in (wanted, wanted + 1):
            raise RuntimeError(f"{name} shows {found} rows, not {wanted}")


def renew(engine: Engine) -> None:
    """Let something be published, and wait until every process would see it."""
    engine.publish()
    time.sleep(LOOK_SECONDS)
