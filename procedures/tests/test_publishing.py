"""Publishing: what is faulty stays a draft, what is published can be found."""

from datetime import date

import pytest

from procedures import publishing, tasks
from procedures.catalogue import current_version, effective_level, offerings_for
from procedures.models import Procedure, ProcedureVersion
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


def draft_of(version, **fields):
    defaults = {
        "number": 2,
        "name": "Thủ tục đăng ký khai sinh mới",
        "level": 4,
        "processing_unit": "days",
        "legal_bases": ["60/2014/QH13"],
        "form": factories.FORM,
        "effective_from": date(2026, 4, 1),
    }
    return ProcedureVersion.objects.create(procedure=version.procedure, **(defaults | fields))


def test_publishing_ends_the_version_before(version, commune, now):
    newer = draft_of(version)
    publishing.publish(newer, commune.publisher, now)
    version.refresh_from_db()
    assert version.effective_until == date(2026, 3, 31)
    assert (newer.status, newer.published_by, newer.published_at) == ("published", commune.publisher, now)
    assert current_version(version.procedure, date(2026, 3, 31)) == version
    assert current_version(version.procedure, date(2026, 4, 1)) == newer
    assert current_version(version.procedure, date(2025, 6, 30)) is None


def test_a_version_is_published_once(version, commune, now):
    with pytest.raises(publishing.PublishingRefused):
        publishing.publish(version, commune.publisher, now)


@pytest.mark.parametrize(
    "fields",
    [
        {"form": None},
        {"form": {"schema": 1}},
        {"legal_bases": []},
    ],
)
def test_a_faulty_version_stays_a_draft(version, commune, now, fields):
    newer = draft_of(version, **fields)
    with pytest.raises(publishing.PublishingRefused) as refused:
        publishing.publish(newer, commune.publisher, now)
    assert refused.value.reasons
    newer.refresh_from_db()
    assert newer.status == "draft"


def test_a_paper_must_hang_on_a_real_question(version, commune, now):
    newer = draft_of(version)
    newer.papers.create(n=1, key="giay", name="Giấy", show_if={"field": "gone", "op": "filled"})
    with pytest.raises(publishing.PublishingRefused, match="gone"):
        publishing.publish(newer, commune.publisher, now)


def test_search_words_follow_the_version_in_force(version, commune, now):
    Procedure.objects.update(synonyms=["Đẻ con"], search_text="", sort_key="")
    assert publishing.refresh_search_text(date(2026, 3, 23)) == 1
    assert publishing.refresh_search_text(date(2026, 3, 23)) == 0
    procedure = Procedure.objects.get()
    assert procedure.search_text == "dang ky khai sinh 1.000001 ho tich de con birth registration"
    publishing.publish(draft_of(version), commune.publisher, now)
    assert publishing.refresh_search_text(date(2026, 3, 31)) == 0
    assert publishing.refresh_search_text(date(2026, 4, 1)) == 1
    assert Procedure.objects.get().sort_key == "dang ky khai sinh moi"


def test_the_nightly_task_writes_search_words(version):
    Procedure.objects.update(search_text="")
    assert tasks.refresh_search_text() == 1


def test_an_offering_lowers_the_level_and_never_raises_it(version, commune):
    offering = offerings_for(version, date(2026, 3, 23))[0]
    assert effective_level(version, offering) == 4
    offering.level = 2
    assert effective_level(version, offering) == 2
    version.level = 1
    assert effective_level(version, offering) == 1
    assert offerings_for(version, date(2025, 6, 30)) == []
