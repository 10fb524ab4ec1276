"""Every kept thing shows a change within a second, in every process, whoever makes the change and how."""

import threading
import time
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import translation

from articles.models import Notice
from articles.notices import maintenance
from common import kept
from common.database import append_only
from common.kept import Kept
from offices.calendar.office_calendar import calendar_of, missing_years
from offices.models import CalendarYear, Holiday, OpeningHours, Unit
from portal.home import home_page
from portal.units import unit_cards
from procedures import catalogue, tasks
from procedures.finding import cards, search, spelling
from procedures.finding.listing import on_offer
from procedures.guiding import checklists, deadlines, signposts
from procedures.models import (
    ChecklistStep,
    LifeEvent,
    Offering,
    OfferingFee,
    Procedure,
    ProcedureFigures,
    ProcedureVersion,
    Sector,
    Signpost,
    TitleWord,
)
from procedures.public import written
from procedures.tests.versions.test_publishing import draft_of
from procedures.versions import publishing
from reports.models import VisitCount
from reports.visits.figures import visit_sums
from tests import factories

DAY = date(2026, 3, 23)
BASE = "/procedures/"
pytestmark = pytest.mark.django_db


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def shown(commune):
    """One procedure of everything: fee, own fee, life event, figures, notice."""
    version = factories.version(commune.unit)
    factories.own_fee(factories.fee(version, exemptions=[{}]), commune.unit)
    LifeEvent.objects.create(code="sinh-con", name="Sinh con").procedures.add(version.procedure)
    ProcedureFigures.objects.create(
        procedure=version.procedure, year=2026, received=9, decided=9, on_time=9, counted_at=factories.NOW
    )
    TitleWord.objects.get_or_create(word="khai")
    signpost = Signpost.objects.create(
        code="ho-chieu", name="Hộ chiếu", words=["hộ chiếu"], agency="Công an", how="Đến", basis="Luật", reviewed_on=DAY
    )
    signpost.procedures.add(version.procedure)
    ChecklistStep.objects.create(event=LifeEvent.objects.get(), n=1, signpost=signpost)
    return version


@pytest.fixture(autouse=True)
def today(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def second(settings, monkeypatch):
    """The second of a running portal, let pass by hand."""
    settings.KEPT_SECONDS = 1.0
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def passes():
        clock[0] += 1.0

    return passes


def page(shown):
    return written.page_of(shown.procedure.code, DAY, "vi").article


def card(_shown):
    (row,) = cards.cards.each(on_offer(DAY), (), DAY, "vi", BASE)
    return row["h3"]


def version_texts(shown):
    version = catalogue.version_of(shown.pk)
    lines = [(line.name, [one.who for one in line.exemptions.all()]) for line in version.fees.all()]
    texts = [one.name for one in version.papers.all()], [one.text for one in version.steps.all()], lines
    return version.effective_until, version.procedure.notice, version.procedure.sector.name, texts


def offer(shown):
    found = catalogue.offer_of(shown.procedure_id, DAY)
    rows = [(one.level, one.unit.name, [fee.amount_vnd for fee in one.fees.all()]) for one in found.offerings]
    return found.version, rows


def entry(shown):
    return catalogue.entry_of(shown.procedure, DAY, 3).is_over


def choices(_shown):
    offered = search.offered_choices()
    return [[str(row) for row in rows] for rows in (offered.units, offered.sectors, offered.events)]


def offered(_shown):
    return [(one.code, one.popularity, one.text, one.offers, one.level, one.events) for one in on_offer(DAY)]


def calendar(_shown):
    found = calendar_of(Unit.objects.get(), around=factories.NOW)
    return found.hours, dict(found.days), found.years, missing_years(DAY)


def pointing(_shown):
    return signposts.answering("hộ chiếu", DAY, "vi")


def checklist(_shown):
    return checklists.checklist_of("sinh-con", "vi")


def last_day(_shown):
    return deadlines.deadline(DAY, 1, "days", DAY)


def works(_shown):
    return maintenance.near(factories.NOW)


def visits(_shown):
    return visit_sums(DAY)


def announced(_shown):
    at = {"begins_at": factories.NOW, "ends_at": factories.NOW + timedelta(hours=2)}
    Notice.objects.create(kind="maintenance", title="Bảo trì", text="Tối nay", since=DAY, **at)


def lifted(change):
    def changed(shown):
        with append_only.lifted():
            change(shown)

    return changed


ALL: dict[str, tuple[list[Any], Any]] = {
    "a notice": ([page, version_texts], lambda _s: Procedure.objects.update(notice="Nghỉ lễ")),
    "a question": ([page], lambda _s: Procedure.objects.update(faq=[{"question": "Sao?", "answer": "Vậy."}])),
    "the last day": ([page, entry], lambda _s: Procedure.objects.update(accept_until=date(2026, 3, 1))),
    "popularity": ([offered], lambda _s: Procedure.objects.update(popularity=7)),
    "search words": ([offered], lambda _s: Procedure.objects.update(search_text="\n khac \n\n\n")),
    "a sector": ([page, card, choices, version_texts], lambda _s: Sector.objects.update(name="Lĩnh vực khác")),
    "a life event": ([page, choices, home_page, checklist], lambda _s: LifeEvent.objects.update(name="Cưới")),
    "its links": ([page, offered, choices], lambda _s: Procedure.objects.get().life_events.clear()),
    "figures": ([page, card], lambda _s: ProcedureFigures.objects.update(on_time=1)),
    "an offering": ([page, card, offer, offered], lambda _s: Offering.objects.update(level=2)),
    "its end": ([page, offer, offered, pointing], lambda _s: Offering.objects.update(until=date(2026, 3, 1))),
    "a fee of its own": ([page, card, offer], lambda _s: OfferingFee.objects.update(amount_vnd=7000)),
    "a unit": ([page, offer, choices, home_page, unit_cards], lambda _s: Unit.objects.update(name="A", short_name="B")),
    "a closed unit": ([page, offer, offered, pointing], lambda _s: Unit.objects.update(filing_since=None)),
    "opening hours": (
        [page, home_page, unit_cards, calendar],
        lambda _s: OpeningHours.objects.filter(weekday=0).delete(),
    ),
    "a signpost": ([pointing, checklist], lambda _s: Signpost.objects.update(name="Khác")),
    "what helps": ([pointing], lambda _s: Signpost.objects.get().procedures.clear()),
    "a step of an event": ([checklist], lambda _s: ChecklistStep.objects.update(gain="Được đi")),
    "a day off": ([calendar, last_day], lambda _s: Holiday.objects.create(day=date(2026, 3, 24), name="Nghỉ")),
    "a year": ([calendar], lambda _s: CalendarYear.objects.filter(year=2026).delete()),
    "a word": ([lambda _s: list(spelling.known_words().titles)], lambda _s: TitleWord.objects.create(word="moi")),
    "an end": (
        [page, version_texts, offered],
        lambda _s: ProcedureVersion.objects.update(effective_until=DAY.replace(day=1)),
    ),
    "a paper": ([page, version_texts], lifted(lambda s: s.papers.filter(n=1).update(name="Giấy khác"))),
    "a step": ([page, version_texts], lifted(lambda s: s.steps.filter(n=1).update(text="Bước khác"))),
    "a fee": ([page, version_texts], lifted(lambda s: s.fees.update(name="Phí khác"))),
    "an exemption": ([page, version_texts], lifted(lambda s: s.fees.get().exemptions.update(who="Người khác"))),
    "a name": ([page, card, home_page, pointing], lifted(lambda _s: ProcedureVersion.objects.update(name="Tên khác"))),
    "maintenance": ([home_page, works], announced),
    "a visit": ([visits], lambda _s: VisitCount.objects.create(day=DAY, count=3)),
    "raw SQL": ([page, version_texts], lambda _s: run("UPDATE procedures_procedure SET notice = 'Nghỉ'")),
    "raw SQL of units": ([unit_cards], lambda _s: run("UPDATE offices_unit SET name = 'Khác'")),
}


def asked(read, shown):
    if read is home_page:
        return home_page(DAY, "vi")
    if read is unit_cards:
        return [(one.unit.name, one.hours) for one in unit_cards("vi")]
    return read(shown)


class Process:
    """What another process of the portal keeps: the same functions, with values and a look of its own."""

    def __init__(self):
        self.values: dict[Kept[Any, Any], dict[Any, Any]] = {one: {} for one in kept._everything}
        self.view = {}

    def ask(self, read, shown):
        self._swap()
        try:
            return asked(read, shown)
        finally:
            self._swap()

    def _swap(self):
        for one, mine in self.values.items():
            one._values, self.values[one] = mine, one._values
        here = dict(kept._view.__dict__)
        kept._view.__dict__.clear()
        kept._view.__dict__.update(self.view)
        self.view = here


@pytest.mark.parametrize("name", ALL)
def test_a_change_shows_within_a_second_in_every_process(name, shown, second):
    reads, change = ALL[name]
    processes = Process(), Process()
    before = [[process.ask(read, shown) for read in reads] for process in processes]
    assert before[0] == before[1]
    change(shown)
    # Nobody has looked yet.
    assert [processes[0].ask(read, shown) for read in reads] == before[0]
    second()
    for process in processes:
        after = [process.ask(read, shown) for read in reads]
        assert all(new != old for new, old in zip(after, before[0], strict=True)), name


def test_a_publication_shows_within_a_second(shown, commune, second):
    publisher = factories.user(full_name="Người thứ hai", email="hai@example.com")
    commune.unit.posts.create(user=publisher, role="publisher", valid_from=date(2025, 7, 1))
    processes = Process(), Process()
    for process in processes:
        assert "Tên mới" not in process.ask(page, shown) and "Tên mới" not in process.ask(card, shown)
    new = draft_of(shown, name="Tên mới", effective_from=DAY, author=commune.publisher)
    publishing.publish(new, publisher, factories.NOW)
    second()
    for process in processes:
        assert "Tên mới" in process.ask(page, shown) and "Tên mới" in process.ask(card, shown)
        assert process.ask(offer, shown)[0] == new.pk


def test_a_draft_drops_nothing(shown, commune):
    before = page(shown)
    draft = draft_of(shown, name="Chưa ai thấy", author=commune.publisher)
    draft.papers.create(n=1, key="moi", name="Mới")
    stamp = catalogue.version_of.stamp()
    ProcedureVersion.objects.filter(pk=draft.pk).update(name="Chưa ai thấy cả")
    draft.papers.update(name="Khác")
    assert catalogue.version_of.stamp() == stamp and page(shown) == before


@pytest.mark.django_db(transaction=True)
def test_who_submits_sees_what_was_published_a_moment_ago(commune, second):
    """Another process withdraws an offering; whoever looks in a transaction knows at once."""
    version = factories.version(commune.unit)
    assert offer(version)[1]

    def elsewhere():
        Offering.objects.all().delete()
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert offer(version)[1]
    with transaction.atomic():
        kept.look()
        assert not offer(version)[1]


def test_every_kept_function_is_asked_here():
    """A new one is added above, or its module says why not."""
    names = {one.make.__qualname__ for one in kept._everything if not one.make.__module__.endswith("test_kept")}
    assert names == {
        "_announced",
        "_calendar",
        "_entered_years",
        "_kinds_of_days",
        # A stored file never changes.
        "_size",
        "_texts",
        "cards",
        "checklist_of",
        "home_page",
        "known_words",
        "offer_of",
        "offered_choices",
        "on_offer",
        "unit_cards",
        "version_of",
        "visit_sums",
        "written",
    }
    assert all(isinstance(one, Kept) for one in kept._everything)


def test_both_languages_are_kept_apart(shown, client):
    vi = client.get(f"/procedures/{shown.procedure.code}/").content.decode()
    client.cookies["django_language"] = "en"
    en = client.get(f"/procedures/{shown.procedure.code}/").content.decode()
    assert "Birth registration" in en and "Birth registration" not in vi
    with translation.override("en"):
        assert written.page_of(shown.procedure.code, DAY, "en").title == "Birth registration"


def test_the_task_writes_the_pages_for_everybody(shown, client, django_assert_num_queries):
    tasks.write_pages(shown.procedure_id)
    written._texts.forget()
    works(shown)
    for language in ("vi", "en"):
        client.cookies["django_language"] = language
        with django_assert_num_queries(1):
            client.get(f"/procedures/{shown.procedure.code}/")
