"""A paper filed with an earlier dossier of the same person is given again by naming its file."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from common.files import hashes, loose, uploads
from dossiers import actions
from dossiers.filing import again, papers
from dossiers.models import AccessRecord, Dossier, Paper, Status
from dossiers.records.papers import remove
from procedures.models import RequiredPaper
from tests import factories
from tests.papers import encoded, page, upload
from tests.present import present

from .steps import content, ready, url

pytestmark = pytest.mark.usefixtures("at_work")
KEY = "chung-sinh"


@pytest.fixture
def filed(road) -> Dossier:
    """A submitted dossier with a paper of two pages."""
    draft = road.dossier
    draft.papers.filter(required__key=KEY).delete()
    for n in (1, 2):
        accepted = uploads.accept(upload(f"trang-{n}.png", encoded(page(600 + n, 800), "PNG")), now=road.now)
        papers.add_file(draft, KEY, accepted, by=road.citizen, now=road.now)
    draft.refresh_from_db()
    return road.submitted().dossier


@pytest.fixture
def draft(filed, road):
    """The next draft of the same person, of the same procedure."""
    made = factories.draft(road.citizen, road.commune.unit, road.version)
    made.papers.filter(required__key=KEY).delete()
    return made


def offered(client, draft, filed) -> bool:
    """Whether the page of papers offers what was filed."""
    return filed.code in client.get(url("papers", draft)).content.decode()


def use(client, draft, filed):
    first = filed.papers.filter(kind="file")[0]
    return client.post(url("paper_again", draft, KEY, first.ref), follow=True)


def test_it_is_offered_with_its_date_and_names_the_same_files(mine, draft, filed):
    shown = mine.get(url("papers", draft)).content.decode()
    assert f"trong hồ sơ {filed.code}" in shown and "và 1 trang nữa" in shown
    before = {name for name, _why in hashes.faults()}
    answer = use(mine, draft, filed)
    assert "Đã thêm giấy từ hồ sơ trước." in answer.content.decode()
    given, source = list(draft.papers.filter(kind="file")), list(filed.papers.filter(kind="file"))
    assert [(one.file.name, one.sha256, one.earlier_id, one.original_name) for one in given] == [
        (one.file.name, one.sha256, one.pk, one.original_name) for one in source
    ]
    assert {one.ref for one in given}.isdisjoint(one.ref for one in source)
    assert content(mine.get(url("paper_file", draft, given[1].ref)))[:4] == b"\x89PNG"
    assert {name for name, _why in hashes.faults()} == before
    record = AccessRecord.objects.get(dossier=filed, what=f"again {draft.ref}")
    assert record.reader == draft.owner
    # Something is there now; pressed once more in another tab, nothing is doubled.
    assert not offered(mine, draft, filed)
    use(mine, draft, filed)
    assert draft.papers.filter(kind="file").count() == 2


@pytest.mark.django_db(transaction=True)
def test_whoever_removes_it_leaves_the_earlier_file(mine, draft, filed):
    use(mine, draft, filed)
    source = filed.papers.filter(kind="file")[0]
    one, _other = draft.papers.filter(kind="file")
    mine.post(url("paper_turn", draft, one.ref))
    turned = draft.papers.filter(kind="file")[0]
    assert (turned.earlier_id, turned.file.name != source.file.name) == (None, True)
    mine.post(url("paper_remove", draft, draft.papers.filter(kind="file")[1].ref))
    mine.post(url("discard", draft))
    assert not Dossier.objects.filter(pk=draft.pk).exists()
    kept = list(filed.papers.filter(kind="file"))
    assert all(default_storage.exists(paper.file.name) for paper in kept)
    assert not default_storage.exists(turned.file.name)
    assert Paper.objects.filter(pk__in=[paper.pk for paper in kept]).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_file_stays_as_long_as_a_row_names_it(mine, draft, filed, now):
    use(mine, draft, filed)
    name = present(filed.papers.filter(kind="file").first()).file.name
    with transaction.atomic():
        remove(draft.papers.filter(kind="file"))
    loose.found(now + timedelta(days=9)).delete()
    assert default_storage.exists(name)


def test_it_is_filed_and_the_desk_is_told_since_when(client, mine, draft, filed, commune):
    use(mine, draft, filed)
    mine.post(url("submit", draft), ready(mine, draft))
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    client.force_login(commune.clerk)
    shown = client.get(f"/desk/dossiers/{draft.code}/").content.decode()
    assert f"trong hồ sơ {filed.code}" in shown
    assert "để nộp lại" in client.get(f"/desk/dossiers/{filed.code}/history/").content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"submitted_at": factories.NOW - timedelta(days=again.VALID_DAYS + 1)},
        {"owner": None},
    ],
    ids=["long ago", "of another"],
)
def test_what_is_not_offered_cannot_be_used(mine, draft, filed, change):
    assert offered(mine, draft, filed)
    Dossier.objects.filter(pk=filed.pk).update(**change)
    assert not offered(mine, draft, filed)
    use(mine, draft, filed)
    assert not draft.papers.filter(kind="file").exists()


def test_a_paper_is_offered_as_long_as_its_procedure_lets_it_be_good(draft, filed):
    name, moment = filed.papers.filter(kind="file")[0].name, filed.submitted_at + timedelta(days=179, hours=23)
    fresh = RequiredPaper(key="giay", name=name, valid_days=180)
    assert "giay" in again.offers(draft.owner, [fresh], moment)
    assert "giay" not in again.offers(draft.owner, [fresh], moment + timedelta(hours=1))
    # Nothing is offered for longer than a year, whatever a procedure says.
    fresh.valid_days = 999
    assert "giay" not in again.offers(draft.owner, [fresh], filed.submitted_at + timedelta(days=366))


def test_what_may_still_be_taken_back_is_not_offered(mine, draft, filed, road):
    required = road.version.papers.get(key=KEY)
    item = actions.Item(required.pk, "", required.name, "Ảnh mờ")
    road.do(actions.RequestSupplement((item,)), road.commune.clerk)
    assert not offered(mine, draft, filed)
    # Who asks to withdraw meanwhile goes on with the supplement once that is declined.
    rows = Dossier.objects.filter(pk=filed.pk)
    rows.update(status=Status.WITHDRAWAL_REQUESTED, former_status=Status.AWAITING_SUPPLEMENT)
    assert not offered(mine, draft, filed)
    use(mine, draft, filed)
    assert not draft.papers.filter(kind="file").exists()
    rows.update(status=Status.SUBMITTED, former_status=None)
    filed.supplement_requests.update(answered_at=road.now)
    assert offered(mine, draft, filed)


def test_replaced_infected_and_differently_named_papers_are_not_offered(mine, draft, filed):
    rows = Paper.objects.filter(dossier=filed)
    for change, back in (
        ({"replaced_at": factories.NOW}, {"replaced_at": None}),
        ({"scan_state": "infected"}, {"scan_state": "off"}),
        ({"name": "Giấy khác"}, {"name": present(rows.first()).name}),
    ):
        rows.update(**change)
        assert not offered(mine, draft, filed)
        rows.update(**back)
    rows.filter(kind="file").update(name=f"  {present(rows.filter(kind='file').first()).name.upper()} ")
    assert offered(mine, draft, filed)


def test_a_promise_gives_way_and_the_limits_hold(mine, draft, filed, settings):
    mine.post(url("paper_promise", draft, KEY))
    settings.MAX_PAPERS = 1
    assert "tối đa 1 tệp" in use(mine, draft, filed).content.decode()
    assert not draft.papers.filter(kind="file").exists()
    settings.MAX_PAPERS = 20
    use(mine, draft, filed)
    kinds = set(draft.papers.filter(required__key=KEY).values_list("kind", flat=True))
    assert kinds == {"file"}


def test_looking_for_them_is_one_query_however_many(road, filed, draft, django_assert_num_queries):
    wanted = list(road.version.papers.all())
    for _n in range(2):
        with django_assert_num_queries(1):
            found = again.offers(road.citizen, wanted, road.now.replace(hour=16))
            assert [len(offer.pages) for offer in found.values()] == [2]
        Paper.objects.bulk_create(
            [
                Paper(dossier=filed, name=f"Giấy {n}", kind="file", file="papers/a/b.pdf", uploaded_at=road.now)
                for n in range(20)
            ]
        )
    assert again.offers(road.citizen, [], road.now) == {}
