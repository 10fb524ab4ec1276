"""How PostgreSQL answers the desk's lists among very many dossiers: filled by SQL, each statement explained.

Used by ``bench.proof`` at a million dossiers and by the suite at twenty thousand. Django must be set up.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import User
from common.clock import local_day, now
from common.values.span import Span
from common.web.paging import keyset_page
from dossiers import worklist
from dossiers.books import reading
from dossiers.desk import rows
from dossiers.desk.counts import tab_counts
from dossiers.desk.lists import VIEWS, ListSpec, Search, page_of
from dossiers.desk.national import exporting
from dossiers.desk.officer import Officer
from dossiers.models import OPEN, Applicant, BookEntry, Dossier, Status
from offices.models import Post, Role, Unit
from procedures.models import ProcedureVersion

# Buffers that a page's statements may touch, all of them together.
LIST, COUNTS, NAME, CODE = 110, 60, 450, 17
# A page of a book reads each entry's dossier, a file for the national portal all that the unit has of it: neither grows
# with other units.
BOOKS, MONTH = 400, 2500
# Officers of each unit: specialists, clerks, a leader.
TEAM = 12
CLERKS, LEADER = range(8, 11), 11
FAMILY = "Nguyễn Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
FAMILY_FOLDED = "nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly"
MIDDLE, MIDDLE_FOLDED = "Văn Thị Đức Ngọc Minh Thanh Hữu Xuân Quốc Bảo", "van thi duc ngoc minh thanh huu xuan quoc bao"
GIVEN = "An Bình Chi Dũng Giang Hà Hải Hạnh Hiếu Hoa Hùng Hương Khánh Lan Linh Long Mai Nam Nga Oanh Phúc Quân Sơn Tâm"
GIVEN_FOLDED = (
    "an binh chi dung giang ha hai hanh hieu hoa hung huong khanh lan linh long mai nam nga oanh phuc quan son tam"
)

# A tenth is open and new. Each number that decides something is taken from another hash of the row's own.
DOSSIERS = """
    INSERT INTO dossiers_dossier (
        ref, code, version_id, received_by_id, unit_id, channel, answers, completed_sections, sections_to_review,
        delivery, status, revision, step, holder_unit_id, holder_role, holder_id, created_at, saved_at, submitted_at,
        received_at, due_at, paused_since, decided_at, closed_at, extended_once, supplements_asked, counts_late,
        external_system, external_code
    )
    SELECT
        LPAD(n::text, 12, '0'),
        FORMAT('000.%%s.H19-%%s-%%s', place, TO_CHAR(filed, 'YYMMDD'), LPAD((n %% 10000)::text, 4, '0')),
        version, receiver, unit, CASE WHEN dice %% 5 = 0 THEN 'counter' ELSE 'online' END, '', '[]', '[]',
        CASE WHEN dice %% 3 = 0 THEN 'online' ELSE 'desk' END, status, 3, 1,
        CASE WHEN status IN (3, 8, 10) THEN NULL WHEN status IN (1, 2, 9) THEN receiver ELSE unit END, role, holder,
        filed, filed, filed, CASE WHEN status = 1 THEN NULL ELSE filed + INTERVAL '2 hours' END,
        CASE WHEN status IN (1, 3) THEN NULL ELSE filed + (3 + dice %% 20) * INTERVAL '1 day' END,
        CASE WHEN status = 5 THEN filed + INTERVAL '1 day' END,
        CASE WHEN status IN (9, 10) THEN filed + (1 + dice %% 20) * INTERVAL '1 day' END,
        CASE WHEN status IN (3, 8, 10) THEN filed + (2 + dice %% 25) * INTERVAL '1 day' END,
        FALSE, 0, FALSE, CASE WHEN dice %% 40 = 7 THEN 'national' ELSE '' END,
        CASE WHEN dice %% 40 = 7 THEN FORMAT('G%%s', n) ELSE '' END
    FROM (
        SELECT *,
            CASE status WHEN 1 THEN 'clerk' WHEN 2 THEN 'clerk' WHEN 9 THEN 'clerk' WHEN 3 THEN '' WHEN 8 THEN ''
                WHEN 10 THEN '' WHEN 4 THEN CASE WHEN dice %% 5 = 0 THEN 'leader' ELSE 'specialist' END
                ELSE 'specialist' END AS role,
            CASE WHEN status = 2 AND dice %% 2 = 0 THEN people[(place * 12 + 8 + dice %% 3) + 1]
                WHEN status IN (4, 5, 7) AND dice %% 5 > 1 THEN people[(home * 12 + dice %% 8) + 1] END AS holder
        FROM (
            SELECT n, units, people, dice, home, units[home + 1] AS unit, place, units[place + 1] AS receiver, filed,
                versions[1 + (luck / 7) %% CARDINALITY(versions)] AS version,
                CASE WHEN n > %(rows)s * 0.9 THEN
                    CASE WHEN luck %% 100 < 12 THEN 1 WHEN luck %% 100 < 25 THEN 2 WHEN luck %% 100 < 70 THEN 4
                        WHEN luck %% 100 < 80 THEN 5 WHEN luck %% 100 < 97 THEN 9 ELSE 7 END
                    ELSE CASE WHEN luck %% 100 < 90 THEN 10 WHEN luck %% 100 < 96 THEN 3 ELSE 8 END END AS status
            FROM (
                SELECT *, CASE WHEN dice %% 20 = 0 THEN (home + 1) %% CARDINALITY(units) ELSE home END AS place
                FROM (
                    SELECT n, %(units)s::bigint[] AS units, %(people)s::bigint[] AS people,
                        %(versions)s::bigint[] AS versions,
                        ABS(HASHINT8(n)) %% CARDINALITY(%(units)s::bigint[]) AS home,
                        ABS(HASHINT8(n + 7000000000)) AS dice, ABS(HASHINT8(n + 8000000000)) AS luck,
                        %(now)s::timestamptz - (%(rows)s - n) * (INTERVAL '1 year' / %(rows)s) AS filed
                    FROM GENERATE_SERIES(1, %(rows)s) n
                ) drawn
            ) placed
        ) decided
    ) held
"""
APPLICANTS = """
    INSERT INTO dossiers_applicant (
        dossier_id, kind, name, search_name, birth, sex, id_kind, id_number, number_index, phone, email
    )
    SELECT id, 'citizen', CONCAT_WS(' ', family[a], middle[b], given[c]),
        CONCAT_WS(' ', family_f[a], middle_f[b], given_f[c]), '', '', '', '',
        LEFT(MD5((id %% 300000)::text) || MD5(id::text), 43), FORMAT('09%%s', LPAD((id %% 300000)::text, 8, '0')), ''
    FROM (
        SELECT id, STRING_TO_ARRAY(%(family)s, ' ') AS family, STRING_TO_ARRAY(%(middle)s, ' ') AS middle,
            STRING_TO_ARRAY(%(given)s, ' ') AS given, STRING_TO_ARRAY(%(family_f)s, ' ') AS family_f,
            STRING_TO_ARRAY(%(middle_f)s, ' ') AS middle_f, STRING_TO_ARRAY(%(given_f)s, ' ') AS given_f,
            1 + ABS(HASHINT8(id)) %% 16 AS a, 1 + ABS(HASHINT8(id + 1)) %% 10 AS b, 1 + ABS(HASHINT8(id + 2)) %% 24 AS c
        FROM dossiers_dossier WHERE status > 0
    ) named
"""
# Every dossier passed through somebody's hands.
ASSIGNMENTS = """
    INSERT INTO dossiers_assignment (dossier_id, n, step, unit_id, role, person_id, since, until)
    SELECT id, 1, 1, unit_id, 'specialist', (%(people)s::bigint[])[1 + (id %% CARDINALITY(%(people)s::bigint[]))],
        submitted_at, submitted_at + INTERVAL '1 day'
    FROM dossiers_dossier WHERE status > 1
"""
# The history of what came from the national portal; of the others no list reads it.
EVENTS = """
    INSERT INTO dossiers_dossierevent (
        dossier_id, n, action, actor_name, actor_role, from_status, to_status, at, public_text, internal_text, data,
        previous_hash, hash
    )
    SELECT id, n, 'receive', '', 'clerk', n - 1, n, submitted_at + n * INTERVAL '1 hour', '', '', '{}', '', ''
    FROM dossiers_dossier, GENERATE_SERIES(1, 3) n WHERE external_system = 'national'
"""
# A third of what was returned was settled in one visit.
ENTRIES = """
    INSERT INTO dossiers_bookentry (
        unit_id, book, year, number, dossier_id, day, person, id_paper, document, copies, pages, exempt_as, signer_id,
        signer_name, signer_title, note, entered_by_id, entered_at, cancelled_because
    )
    SELECT received_by_id, 'copies', EXTRACT(YEAR FROM submitted_at),
        ROW_NUMBER() OVER (PARTITION BY received_by_id, EXTRACT(YEAR FROM submitted_at) ORDER BY id),
        id, submitted_at::date, 'Nguyễn Văn An', '', 'Giấy khai sinh', 2, 1, '', %(signer)s, 'Lê Thị Bình', '', '',
        %(person)s, submitted_at, ''
    FROM dossiers_dossier WHERE status = 10 AND id %% 3 = 0
"""


def fill(count: int, units: Sequence[Unit]) -> None:
    """Write so many dossiers of a year with what their lists read, a team for each unit; let PostgreSQL settle."""
    moment = now()
    people = User.objects.bulk_create(
        User(full_name=f"Cán bộ {n % TEAM} của {units[n // TEAM].short_name}", password="!", date_joined=moment)
        for n in range(len(units) * TEAM)
    )
    drawn: dict[str, Any] = {
        "rows": count,
        "units": [unit.pk for unit in units],
        "people": [person.pk for person in people],
        "versions": list(ProcedureVersion.objects.order_by("pk").values_list("pk", flat=True)),
        "now": moment,
    }
    names = {
        "family": FAMILY,
        "middle": MIDDLE,
        "given": GIVEN,
        "family_f": FAMILY_FOLDED,
        "middle_f": MIDDLE_FOLDED,
        "given_f": GIVEN_FOLDED,
    }
    with connection.cursor() as cursor:
        cursor.execute(DOSSIERS, drawn)
        cursor.execute(APPLICANTS, names)
        cursor.execute(ASSIGNMENTS, drawn)
        cursor.execute(EVENTS)
        signer = Post.objects.create(user=people[LEADER], unit=units[0], role=Role.LEADER, valid_from=moment.date())
        cursor.execute(ENTRIES, {"signer": signer.pk, "person": people[CLERKS[0]].pk})
        cursor.execute(worklist.writing("> 0"))
        # It counts anew, and marks what every transaction sees.
        cursor.execute("VACUUM (ANALYZE)")


@dataclass(frozen=True)
class Plan:
    """How a page's statements were answered: buffers and milliseconds of all, and which indexes."""

    buffers: int
    milliseconds: float
    indexes: tuple[str, ...]
    statements: int


def explained(ask: Callable[[], object]) -> Plan:
    """Ask once to warm, once more to note the statements, and explain each of them."""
    ask()
    with CaptureQueriesContext(connection) as seen:
        ask()
    plans = []
    for query in seen:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query["sql"].replace("%", "%%"), [])
            (found,) = cursor.fetchone()
            plans.append((json.loads(found) if isinstance(found, str) else found)[0])
    return Plan(
        buffers=sum(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] for plan in plans),
        milliseconds=sum(plan["Execution Time"] for plan in plans),
        indexes=tuple(sorted({name for plan in plans for name in _indexes(plan["Plan"])})),
        statements=len(plans),
    )


def _indexes(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"].endswith("Seq Scan"):
        yield f"every row of {node['Relation Name']}"
    if "Index Name" in node:
        yield node["Index Name"]
    for child in node.get("Plans", ()):
        yield from _indexes(child)


@dataclass(frozen=True)
class Asked:
    """One list of the desk: what asks for it, the index it is meant to use (where one is), its buffers at most."""

    name: str
    ask: Callable[[], object]
    index: str
    goal: int


def lists(unit: Unit) -> list[Asked]:
    """Return what the desk of a unit asks, with its goals."""
    team = list(User.objects.filter(full_name__endswith=f" của {unit.short_name}").order_by("pk"))
    clerk, leader = _officer(team[CLERKS[0]], unit, Role.CLERK), _officer(team[LEADER], unit, Role.LEADER)
    specialist = _officer(team[0], unit, Role.SPECIALIST)
    fields = Dossier.objects.filter(unit=unit).values_list("version__procedure__sector__code", flat=True)
    few = _officer(team[0], unit, Role.SPECIALIST, [fields.order_by("pk")[0]])
    indexes = {
        "waiting": "worklist_waiting",
        "unforwarded": "worklist_unforwarded",
        "mine": "worklist_held",
        "processing": "worklist_running",
        "signing": "worklist_signing",
        "supplement": "worklist_resting",
        "results": "worklist_results",
        "done": "worklist_done",
        "all": "worklist_all",
    }
    made = []
    for key, index in indexes.items():
        officer = {"mine": specialist, "signing": leader}.get(key, clerk)
        spec = ListSpec(key)
        with translation.override("en"):
            name = str(VIEWS[key].label)
        made.append(Asked(name, _page(officer, spec), index, LIST))
        after = page_of(officer, spec, None, rows.ROW_COLUMNS).next
        if after:
            made.append(Asked(f"{name}, page 2", _page(officer, spec, after=after), index, LIST))
    tabs = tuple(indexes)
    today = local_day(clerk.now)
    month = today - timedelta(days=30)
    newest = BookEntry.objects.filter(unit=unit).latest("pk")
    entries = reading.entries(unit, newest.book, newest.year, Span(None, None)).select_related("dossier")
    known = clerk.dossiers().filter(status__in=OPEN).select_related("applicant").latest("pk")
    people = Applicant.objects.filter(dossier__in=clerk.dossiers()).order_by("-dossier")
    dossier = Dossier.objects.filter(unit=unit, status=Status.RETURNED).order_by("-pk")[100]
    number = Search("number", dossier.applicant.number_index, "")
    everything = ListSpec("all", search=True)
    return [
        *made,
        Asked("Offered to my role", _page(specialist, ListSpec("offered")), "worklist_offered", LIST),
        Asked("Overdue and mine", _page(specialist, ListSpec("mine", deadline="late")), "", LIST),
        Asked("Overdue", _page(clerk, ListSpec("processing", deadline="late")), "", LIST),
        Asked("Counts of the tabs", lambda: tab_counts(clerk, tabs), "worklist_open_counts", COUNTS),
        Asked("Counts of the tabs, some fields", lambda: tab_counts(few, tabs), "worklist_open_counts", COUNTS),
        Asked("Counts of my work", lambda: rows.home_counts(specialist), "worklist_open_counts", COUNTS),
        Asked("Name", _page(clerk, everything, Search.read(dossier.applicant.name)), "worklist_all", NAME),
        Asked("Family name", _page(clerk, everything, Search.read("nguyen")), "worklist_all", NAME),
        Asked("ID number", _page(clerk, everything, number), "worklist_number", CODE),
        Asked(
            "End of the code", _page(clerk, everything, Search.read((dossier.code or "")[-4:])), "worklist_code", CODE
        ),
        Asked(
            "Entries of a book", lambda: keyset_page([entries], ("-number",), size=50).rows, "book_number_once", BOOKS
        ),
        Asked("Books of a unit", lambda: reading.volumes([unit], today), "", BOOKS),
        Asked("National portal, a month", lambda: exporting.rows([unit.pk], month, today), "dossier_national", MONTH),
        Asked("At the counter, by phone", lambda: list(people.filter(phone=known.applicant.phone)[:20]), "", CODE),
        Asked(
            "At the counter, an open dossier of the same person",
            lambda: (
                clerk.dossiers().filter(applicant__number_index=known.applicant.number_index, status__in=OPEN).first()
            ),
            "",
            CODE,
        ),
        Asked("Dossier outside the post's fields", lambda: few.dossiers().filter(code=dossier.code).exists(), "", CODE),
    ]


def _officer(user: User, unit: Unit, role: Role, sectors: Sequence[str] = ()) -> Officer:
    since = now()
    post = Post(user=user, unit=unit, role=role, sectors=list(sectors), valid_from=since.date() - timedelta(days=9))
    return Officer(user, (post,), since)


def _page(officer: Officer, spec: ListSpec, search: Search | None = None, *, after: str = "") -> Callable[[], object]:
    return lambda: page_of(officer, spec, search, rows.ROW_COLUMNS, after=after)
