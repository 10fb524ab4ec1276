"""Publishing: what is faulty stays a draft, a second person publishes, versions follow one another without gaps."""

from datetime import date

import pytest
from django.utils import translation

from common.refusals import Refused
from offices.models import AuditEntry, Post
from procedures import tasks
from procedures.catalogue import current_version, effective_level
from procedures.finding import indexing
from procedures.finding.indexing import name_key
from procedures.models import Procedure, ProcedureVersion, VersionStatus
from procedures.versions import changing, procedure_editing, publishing
from tests import factories
from tests.present import present

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


@pytest.fixture
def second(commune):
    """Another publisher, who had no hand in anything."""
    person = factories.user(full_name="Lê Thị Duyệt", email="duyet@example.com")
    Post.objects.create(user=person, unit=commune.unit, role="publisher", valid_from=date(2025, 7, 1))
    return person


def draft_of(version, number=2, **fields):
    """A complete draft of the next version, in review unless said otherwise."""
    defaults = {
        "status": VersionStatus.IN_REVIEW,
        "name": "Thủ tục đăng ký khai sinh mới",
        "level": 4,
        "audience": ["citizen"],
        "channels": ["online", "direct"],
        "outcome": "Giấy khai sinh",
        "processing_unit": "days",
        "processing_amount": 5,
        "legal_bases": ["60/2014/QH13"],
        "form": factories.FORM,
        "effective_from": date(2026, 4, 1),
    }
    made = ProcedureVersion.objects.create(procedure=version.procedure, number=number, **(defaults | fields))
    made.steps.create(n=1, role="clerk", text="Tiếp nhận", allotted=4)
    made.steps.create(n=2, role="leader", text="Ký", allotted=4)
    return made


def dates(version):
    version.refresh_from_db()
    return version.effective_from, version.effective_until


# Publishing -----------------------------------------------------------------------------------------------------------


def test_publishing_ends_the_version_before(version, second, now):
    newer = draft_of(version)
    publishing.publish(newer, second, now)
    assert dates(version) == (date(2025, 7, 1), date(2026, 3, 31))
    assert (newer.status, newer.published_by, newer.published_at) == ("published", second, now)
    assert current_version(version.procedure, date(2026, 3, 31)) == version
    assert current_version(version.procedure, date(2026, 4, 1)) == newer
    assert current_version(version.procedure, date(2025, 6, 30)) is None
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_ref, entry.by) == ("version.publish", version.procedure.code, second)
    assert entry.subject_name == "Thủ tục đăng ký khai sinh mới (v2)"


def test_a_version_between_two_ends_before_the_later_one(version, second, now):
    publishing.publish(draft_of(version, effective_from=date(2026, 6, 1)), second, now)
    between = draft_of(version, 3, effective_from=date(2026, 5, 1))
    publishing.publish(between, second, now)
    found = [present(current_version(version.procedure, day)).number for day in (date(2026, 4, 30), date(2026, 5, 1))]
    assert found == [1, 3]
    assert dates(between) == (date(2026, 5, 1), date(2026, 5, 31))
    assert present(current_version(version.procedure, date(2026, 6, 1))).number == 2


def test_a_version_for_the_same_day_replaces_the_one_before(version, second, now):
    publishing.publish(draft_of(version), second, now)
    publishing.publish(draft_of(version, 3), second, now)
    assert present(current_version(version.procedure, date(2026, 4, 1))).number == 3
    assert present(current_version(version.procedure, date(2026, 4, 2))).number == 3
    assert list(ProcedureVersion.objects.in_force(date(2026, 4, 2)).values_list("number", flat=True)) == [3]


def test_its_own_end_counts_when_it_comes_first(version, second, now):
    newer = draft_of(version, effective_until=date(2026, 4, 30))
    publishing.publish(newer, second, now)
    assert dates(newer) == (date(2026, 4, 1), date(2026, 4, 30))


def test_the_second_person_may_settle_the_first_day(version, second, now):
    newer = draft_of(version)
    publishing.publish(newer, second, now, effective_from=date(2026, 3, 23))
    assert dates(newer)[0] == date(2026, 3, 23)
    assert Procedure.objects.get().sort_key == name_key("Đăng ký khai sinh mới")


def test_a_past_day_is_refused(version, second, now):
    newer = draft_of(version, effective_from=date(2026, 3, 22))
    with pytest.raises(Refused, match="past"):
        publishing.publish(newer, second, now)


@pytest.mark.parametrize("hand", ["author", "editor"])
def test_nobody_publishes_their_own_work(version, second, now, hand):
    newer = draft_of(version, author=second if hand == "author" else None)
    if hand == "editor":
        newer.editors.add(second)
    with pytest.raises(Refused, match="another publisher"):
        publishing.publish(newer, second, now)
    newer.refresh_from_db()
    assert newer.status == "in_review"


def test_others_than_publishers_are_refused(version, commune, now):
    newer = draft_of(version)
    for person in (commune.administrator, commune.leader, commune.clerk):
        with pytest.raises(Refused, match="Only a publisher"):
            publishing.publish(newer, person, now)


def test_only_what_is_in_review_is_published(version, second, now):
    with pytest.raises(Refused, match="already"):
        publishing.publish(version, second, now)
    with pytest.raises(Refused, match="review first"):
        publishing.publish(draft_of(version, status="draft"), second, now)


def test_a_version_that_moved_on_since_it_was_read_is_not_published(version, second, now):
    newer = draft_of(version)
    ProcedureVersion.objects.filter(pk=newer.pk).update(revision=3)
    with pytest.raises(Refused):
        publishing.publish(newer, second, now, revision=0)
    newer.refresh_from_db()
    assert newer.status == "in_review"


def test_two_who_publish_at_once_publish_once(version, second, now):
    newer = draft_of(version)
    twin = ProcedureVersion.objects.get(pk=newer.pk)
    publishing.publish(newer, second, now)
    with pytest.raises(Refused, match="already"):
        publishing.publish(twin, second, now)


@pytest.mark.parametrize(
    "fields",
    [{"form": None}, {"form": {"schema": 1}}, {"legal_bases": []}, {"processing_amount": 0}, {"outcome": " "}],
)
def test_a_faulty_version_is_not_published(version, second, now, fields):
    newer = draft_of(version, **fields)
    with pytest.raises(Refused) as refused:
        publishing.publish(newer, second, now)
    assert refused.value.reasons
    newer.refresh_from_db()
    assert newer.status == "in_review"
    assert dates(version)[1] is None


def test_a_paper_must_hang_on_a_real_question(version, second, now):
    newer = draft_of(version)
    condition = {"field": "gone", "op": "filled"}
    newer.papers.create(n=1, key="giay", name="Giấy", originals=1, condition="Khi", show_if=condition)
    with pytest.raises(Refused, match="gone"):
        publishing.publish(newer, second, now)


# Review ---------------------------------------------------------------------------------------------------------------


def test_a_draft_goes_to_review_and_comes_back_with_the_reason(version, commune, second, now):
    newer = draft_of(version, status="draft", author=commune.publisher)
    publishing.send_to_review(newer, 0, commune.publisher, now, "Mức 4 từ tháng 4")
    assert (newer.status, newer.change_note, newer.revision) == ("in_review", "Mức 4 từ tháng 4", 1)
    publishing.send_back(newer, second, now, "Thiếu biểu mẫu")
    assert (newer.status, newer.review_note, newer.revision) == ("draft", "Thiếu biểu mẫu", 2)
    publishing.send_to_review(newer, 2, commune.publisher, now, "Đã thêm")
    assert newer.review_note == ""
    publishing.take_back(newer, commune.publisher, now)
    assert newer.status == "draft"
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "version.review",
        "version.send-back",
        "version.review",
        "version.take-back",
    ]


def test_a_faulty_draft_is_not_sent(version, commune, now):
    newer = draft_of(version, status="draft", legal_bases=[])
    with pytest.raises(Refused, match="legal basis"):
        publishing.send_to_review(newer, 0, commune.publisher, now)


def test_a_stale_draft_is_not_sent(version, commune, now):
    newer = draft_of(version, status="draft")
    changing.edit(newer, 0, commune.publisher, now, note="Mới")
    with pytest.raises(Refused):
        publishing.send_to_review(newer, 0, commune.publisher, now)


def test_sending_back_needs_a_reason_and_a_review(version, second, now):
    newer = draft_of(version)
    with pytest.raises(Refused, match="reason"):
        publishing.send_back(newer, second, now, "  ")
    publishing.send_back(newer, second, now, "Sai")
    with pytest.raises(Refused, match="not in review"):
        publishing.send_back(newer, second, now, "Sai")
    with pytest.raises(Refused, match="not in review"):
        publishing.take_back(newer, second, now)


# Retirement -----------------------------------------------------------------------------------------------------------


def test_retiring_ends_what_is_in_force_and_what_was_to_come(version, commune, second, now):
    later = draft_of(version, effective_from=date(2026, 6, 1))
    publishing.publish(later, second, now)
    heir = factories.version(commune.unit, code="1.000002").procedure
    publishing.retire(version.procedure, date(2026, 5, 1), "Gộp vào thủ tục mới", heir, commune.publisher, now)
    for one, until in ((version, date(2026, 4, 30)), (later, date(2026, 4, 30))):
        one.refresh_from_db()
        assert (one.status, one.effective_until, one.retired_at) == ("retired", until, now)
        assert (one.retirement_reason, one.successor) == ("Gộp vào thủ tục mới", heir)
    assert current_version(version.procedure, date(2026, 4, 30)) == version
    for day in (date(2026, 5, 1), date(2026, 6, 1), date(2027, 1, 1)):
        assert current_version(version.procedure, day) is None
    assert AuditEntry.objects.filter(action="procedure.retire").count() == 2


def test_the_end_may_be_moved_while_it_is_ahead(version, commune, now):
    publishing.retire(version.procedure, date(2026, 5, 1), "Luật mới", None, commune.publisher, now)
    publishing.retire(version.procedure, date(2026, 7, 1), "Luật lùi ngày", None, commune.publisher, now)
    version.refresh_from_db()
    assert (version.effective_until, version.retirement_reason) == (date(2026, 6, 30), "Luật lùi ngày")


def test_a_procedure_may_end_today(version, commune, now):
    publishing.retire(version.procedure, date(2026, 3, 23), "Hết hiệu lực", None, commune.publisher, now)
    assert current_version(version.procedure, date(2026, 3, 23)) is None


def test_a_new_version_undoes_a_retirement(version, commune, second, now):
    publishing.retire(version.procedure, date(2026, 5, 1), "Luật mới", None, commune.publisher, now)
    publishing.publish(draft_of(version, effective_from=date(2026, 5, 10)), second, now)
    assert current_version(version.procedure, date(2026, 5, 5)) is None
    assert present(current_version(version.procedure, date(2026, 5, 10))).number == 2


def test_retiring_is_refused_with_every_reason(version, commune, now):
    procedure = version.procedure
    with pytest.raises(Refused) as refused:
        publishing.retire(procedure, date(2026, 3, 22), " ", procedure, commune.publisher, now)
    assert len(refused.value.reasons) == 3
    gone = factories.version(commune.unit, code="1.000002").procedure
    publishing.retire(gone, date(2026, 3, 23), "Bỏ", None, commune.publisher, now)
    with pytest.raises(Refused, match="successor"):
        publishing.retire(procedure, date(2026, 5, 1), "Bỏ", gone, commune.publisher, now)
    with pytest.raises(Refused, match="in force"):
        publishing.retire(gone, date(2026, 5, 1), "Bỏ", None, commune.publisher, now)


# Finding and offering -------------------------------------------------------------------------------------------------


def test_search_words_follow_the_version_in_force(version, second, now):
    Procedure.objects.update(synonyms=["Đẻ con"], search_text="", sort_key="")
    assert indexing.refresh_search_text(date(2026, 3, 23)) == 1
    assert indexing.refresh_search_text(date(2026, 3, 23)) == 0
    assert "de con" in Procedure.objects.get().search_text
    publishing.publish(draft_of(version), second, now)
    assert indexing.refresh_search_text(date(2026, 3, 31)) == 0
    assert indexing.refresh_search_text(date(2026, 4, 1)) == 1
    assert Procedure.objects.get().sort_key == name_key("Đăng ký khai sinh mới")


def test_the_nightly_task_writes_search_words(version):
    Procedure.objects.update(search_text="")
    assert tasks.refresh_search_text() == 1


def test_an_offering_lowers_the_level_and_never_raises_it(version, commune):
    offering = version.procedure.offerings.get()
    assert effective_level(version, offering) == 4
    offering.level = 2
    assert effective_level(version, offering) == 2
    version.level = 1
    assert effective_level(version, offering) == 1


def test_an_end_that_is_moved_leaves_no_gap(version, commune, second):
    later = draft_of(version, author=commune.publisher, effective_from=date(2026, 6, 1))
    publishing.publish(later, second, factories.NOW)
    for end in (date(2026, 5, 1), date(2026, 8, 1)):
        publishing.retire(version.procedure, end, "Bãi bỏ", None, second, factories.NOW)
    assert dates(version)[1] == date(2026, 5, 31)
    assert dates(later) == (date(2026, 6, 1), date(2026, 7, 31))


def test_an_offering_that_has_not_begun_is_taken_back(version, commune):
    version.procedure.offerings.update(since=date(2026, 5, 1))
    offering = version.procedure.offerings.get()
    procedure_editing.end_offering(offering, date(2026, 3, 23), commune.publisher, factories.NOW)
    assert not version.procedure.offerings.exists()
    assert present(AuditEntry.objects.order_by("-id").first()).action == "offering.edit"


def test_ending_an_offering_leaves_its_level(version, commune, second):
    publishing.retire(version.procedure, date(2026, 5, 1), "Bãi bỏ", None, second, factories.NOW)
    offering = version.procedure.offerings.get()
    procedure_editing.end_offering(offering, date(2026, 3, 23), commune.publisher, factories.NOW)
    offering.refresh_from_db()
    assert (offering.level, offering.until) == (4, date(2026, 3, 23))
    # Until that end comes, its unit may still change how it offers it.
    assert procedure_editing.highest_level(version.procedure, date(2026, 4, 30)) == 4
    assert procedure_editing.highest_level(version.procedure, date(2026, 5, 1)) == 1


def test_an_offering_is_ended_by_its_own_unit_only(version, second):
    other = factories.commune("xuan-loc", "Xã Xuân Lộc", "000.00.17.H19").publisher
    with pytest.raises(Refused, match="look after"):
        procedure_editing.end_offering(version.procedure.offerings.get(), date(2026, 3, 23), other, factories.NOW)
