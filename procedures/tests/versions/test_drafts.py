"""Drafts: one conditional step per change, copies that share no rows, discarding without loss of others' files."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation

from common.refusals import Refused
from offices.models import AuditEntry
from procedures.models import Offering, Procedure, ProcedureVersion, Sector
from procedures.versions import changing, drafting, procedure_editing
from procedures.versions.changing import form_change
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
def draft(version, commune, now):
    return drafting.draft_from(version.procedure, commune.publisher, now)


# Changing -------------------------------------------------------------------------------------------------------------


def test_an_edit_counts_once_and_is_logged(draft, commune, now):
    changing.edit(draft, 0, commune.publisher, now, outcome="Bản sao", legal_bases=["1", "2"])
    assert (draft.outcome, draft.revision) == ("Bản sao", 1)
    draft.refresh_from_db()
    assert (draft.outcome, draft.revision) == ("Bản sao", 1)
    entry = AuditEntry.objects.get(action="version.edit")
    assert entry.changes == [
        {"field": "outcome", "before": "Giấy khai sinh", "after": "Bản sao"},
        {"field": "legal_bases", "before": "60/2014/QH13", "after": "1; 2"},
    ]


def test_an_edit_that_changes_nothing_writes_nothing(draft, commune, now):
    changing.edit(draft, 0, commune.publisher, now, outcome="Giấy khai sinh")
    draft.refresh_from_db()
    assert draft.revision == 0
    assert not AuditEntry.objects.filter(action="version.edit").exists()


def test_the_second_of_two_is_told_who_was_first(draft, commune, other_commune, now):
    changing.edit(draft, 0, commune.publisher, now, note="Một")
    with pytest.raises(Refused, match="Cán bộ publisher xuan-bac changed this on 23/03/2026 09:00") as refused:
        changing.edit(draft, 0, other_commune.publisher, now, note="Hai")
    assert refused.value.is_stale
    with pytest.raises(Refused):
        changing.touch(draft, 0, other_commune.publisher, now, "version.papers")
    assert set(draft.editors.all()) == {commune.publisher}


def test_everybody_who_changes_a_draft_is_an_editor(draft, commune, other_commune, now):
    changing.edit(draft, 0, other_commune.publisher, now, note="Một")
    assert set(draft.editors.all()) == {commune.publisher, other_commune.publisher}


@pytest.mark.parametrize(("status", "reason"), [("in_review", "in review"), ("published", "next version")])
def test_only_drafts_change(draft, commune, now, status, reason):
    ProcedureVersion.objects.filter(pk=draft.pk).update(status=status, published_at=now, published_by=commune.leader)
    with pytest.raises(Refused, match=reason) as refused:
        changing.edit(draft, 0, commune.publisher, now, note="Một")
    assert refused.value.code == "state"


def test_a_change_of_the_form_names_the_questions():
    before = factories.FORM
    after = {**before, "sections": [{**before["sections"][0], "fields": before["sections"][0]["fields"][:2]}]}
    assert form_change(before, after) == ("form", "Số bản sao", "")
    assert form_change(None, before)[2].startswith("Người yêu cầu; Họ và tên")
    assert form_change({"sections": [1, {"fields": [None]}]}, "x") == ("form", "None", "")


# Making drafts --------------------------------------------------------------------------------------------------------


def test_a_draft_takes_everything_over(version, commune, now):
    with_template(version)
    draft = drafting.draft_from(version.procedure, commune.publisher, now)
    assert (draft.number, draft.status, draft.author) == (2, "draft", commune.publisher)
    assert draft.effective_from == date(2026, 4, 1)
    for name in drafting.COPIED:
        assert getattr(draft, name) == getattr(version, name), name
    for rows in ("papers", "fees", "steps"):
        kept = list(getattr(version, rows).values())
        copies = list(getattr(draft, rows).values())
        for row in (*kept, *copies):
            del row["id"], row["version_id"]
        assert kept == copies
    assert present(draft.papers.first()).template_file.name == present(version.papers.first()).template_file.name


def test_a_second_draft_is_the_first_one(draft, version, commune, other_commune, now):
    assert drafting.draft_from(version.procedure, other_commune.publisher, now) == draft


def test_december_is_followed_by_january(version, commune, now):
    draft = drafting.draft_from(version.procedure, commune.publisher, now.replace(month=12))
    assert draft.effective_from == date(2027, 1, 1)


def test_a_new_procedure(commune, version, now):
    sector = Sector.objects.get()
    made = drafting.new_procedure("1.009999", "Thử", sector, 3, commune.publisher, now)
    assert (made.number, made.status, made.procedure.sector) == (1, "draft", sector)
    for code in ("1.009999", "x", "../1", "1.00000१", ""):
        with pytest.raises(Refused):
            drafting.new_procedure(code, "Thử", sector, 3, commune.publisher, now)
    assert drafting.next_local_code() == "XA-0001"
    Procedure.objects.create(code="XA-0041", sector=sector)
    Procedure.objects.create(code="XA-abc", sector=sector)
    assert drafting.next_local_code() == "XA-0042"


def test_duplicates_and_drafts_take_over_what_the_newest_version_says(version, draft, commune, now):
    changing.edit(draft, 0, commune.publisher, now, outcome="Mới")
    twin = drafting.duplicate(version.procedure, "XA-0001", commune.publisher, now)
    assert (twin.number, twin.outcome, twin.name) == (1, "Mới", version.name)
    assert list(twin.procedure.related.all()) == [version.procedure]


def with_template(version):
    """Give the first paper of a version a stored template; returns its name."""
    from common.database import append_only

    name = default_storage.save("templates/mau.docx", ContentFile(b"x"))
    with append_only.lifted():
        version.papers.filter(n=1).update(template_file=name)
    return name


def test_discarding_keeps_files_that_others_have(version, commune, now, django_capture_on_commit_callbacks):
    shared = with_template(version)
    draft = drafting.draft_from(version.procedure, commune.publisher, now)
    own = default_storage.save("templates/rieng.docx", ContentFile(b"y"))
    draft.papers.filter(n=2).update(template_file=own)
    with django_capture_on_commit_callbacks(execute=True):
        assert drafting.discard(draft, 0, commune.publisher, now) is False
    assert default_storage.exists(shared) and not default_storage.exists(own)
    assert version.procedure.versions.get() == version
    default_storage.delete(shared)


def test_discarding_the_only_version_takes_the_procedure_along(commune, version, now):
    made = drafting.new_procedure("XA-0001", "Thử", Sector.objects.get(), 1, commune.publisher, now)
    with pytest.raises(Refused):
        drafting.discard(made, 7, commune.publisher, now)
    assert drafting.discard(made, 0, commune.publisher, now) is True
    assert not Procedure.objects.filter(code="XA-0001").exists()
    assert AuditEntry.objects.get(action="version.discard").subject_ref == "XA-0001"


def test_published_versions_are_not_discarded(version, commune, now):
    with pytest.raises(Refused, match="stays as it is"):
        drafting.discard(version, 0, commune.publisher, now)


# The procedure itself -------------------------------------------------------------------------------------------------


def test_a_procedure_changes_once_per_revision(version, commune, now):
    procedure = version.procedure
    procedure_editing.change_procedure(procedure, 0, commune.publisher, now, notice="Nghỉ", synonyms=["đẻ con"])
    assert (procedure.notice, procedure.revision) == ("Nghỉ", 1)
    procedure_editing.change_procedure(procedure, 1, commune.publisher, now, notice="Nghỉ")
    assert AuditEntry.objects.filter(action="procedure.edit").count() == 1
    with pytest.raises(Refused):
        procedure_editing.change_procedure(procedure, 0, commune.publisher, now, notice="Muộn")
    assert "de con" in Procedure.objects.get(pk=procedure.pk).search_text


def test_offerings_stay_within_what_the_version_and_the_post_allow(version, commune, other_commune, now):
    common = {"since": date(2026, 4, 1), "until": None, "by": commune.publisher, "now": now}
    for unit, level, more in (
        (other_commune.unit, 1, {}),
        (commune.unit, 5, {}),
        (commune.unit, 0, {}),
        (commune.unit, 4, {"until": date(2026, 3, 1)}),
        (commune.unit, 4, {}),
    ):
        with pytest.raises(Refused), transaction.atomic():
            procedure_editing.set_offering(version.procedure, unit, level=level, **(common | more))
    seen = Offering.objects.get()
    procedure_editing.set_offering(version.procedure, commune.unit, level=4, seen=seen, **common)
    with pytest.raises(Refused):
        procedure_editing.set_offering(version.procedure, commune.unit, level=2, seen=seen, **common)
    procedure_editing.end_offering(Offering.objects.get(), date(2026, 3, 23), commune.publisher, now)
    # It had not begun: nobody ever offered it.
    assert not Offering.objects.exists()


def test_of_two_who_begin_at_once_both_get_the_first_ones_draft(version, commune, now, monkeypatch):
    copy = drafting._copy
    rivals: list[ProcedureVersion] = []

    def overtaken(*arguments, **changed):
        if not rivals:
            rivals.append(copy(*arguments, **changed))
        return copy(*arguments, **changed)

    monkeypatch.setattr(drafting, "_copy", overtaken)
    # The rival's row is lost with the savepoint in this test; the second try makes the draft.
    assert drafting.draft_from(version.procedure, commune.publisher, now).number == 2
    assert version.procedure.versions.count() == 2
