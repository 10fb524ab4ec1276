"""Every rule of a submission holds for the page and for the action alike, with the same answer."""

from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from common import onetime
from common.database import append_only
from common.refusals import Refused
from dossiers import actions
from dossiers.actions.readiness import Readiness
from dossiers.applicant.pages import drafting
from dossiers.filing import submission
from dossiers.models import Dossier, DossierEvent, Paper
from dossiers.workflow import perform
from procedures.models import Offering, Procedure, ProcedureVersion, RequiredPaper
from tests import factories

from .steps import ready, url

pytestmark = pytest.mark.usefixtures("at_work")
TODAY = date(2026, 3, 23)
YESTERDAY = TODAY - timedelta(days=1)


def draft_with(**columns):
    return lambda draft: Dossier.objects.filter(pk=draft.pk).update(**columns)


def offering_with(**columns):
    return lambda draft: Offering.objects.update(**columns)


def presence_needed(draft) -> None:
    with append_only.lifted():
        ProcedureVersion.objects.update(needs_presence=True)
    draft_with(delivery="post", delivery_address={"name": "An"})(draft)


def online_at_level_three(draft) -> None:
    offering_with(level=3)(draft)
    draft_with(delivery="online")(draft)


def newer_version(draft) -> None:
    made = ProcedureVersion.objects.create(
        procedure=draft.version.procedure, number=2, published_at=factories.NOW, level=4, form=factories.FORM,
        effective_from=TODAY, name="Khai sinh mới", processing_unit="working_days",
    )  # fmt: skip
    ProcedureVersion.objects.filter(pk=made.pk).update(status="published")


def paper_now_needed(draft) -> None:
    condition = {"field": "copies", "op": "gte", "value": 2}
    with append_only.lifted(tables=[RequiredPaper._meta.db_table]):
        RequiredPaper.objects.filter(key="uy-quyen").update(is_required=True, show_if=condition)


RULES = {
    "the unit's level": ("level", offering_with(level=2)),
    "the unit's last day": ("level", offering_with(until=YESTERDAY)),
    "the unit's first day": ("level", offering_with(since=TODAY + timedelta(days=1))),
    "the procedure's last day": ("version", lambda draft: Procedure.objects.update(accept_until=YESTERDAY)),
    "the version's last day": ("version", lambda draft: ProcedureVersion.objects.update(effective_until=YESTERDAY)),
    "the version in force": ("version", newer_version),
    "a section never finished": ("answers", draft_with(completed_sections=[])),
    "an answer missing": ("answers", draft_with(answers={"wants_copy": "khong"})),
    "an answer against its rules": ("answers", draft_with(answers=factories.ANSWERS | {"copies": 99})),
    "a section typed wrong": ("answers", draft_with(typed={"requester": {"answer-copies": ["chín"]}})),
    "a paper missing": ("papers", lambda draft: draft.papers.all().delete()),
    "a paper that the answers make needed": ("papers", paper_now_needed),
    "no way of return": ("delivery", draft_with(delivery="")),
    "a way of return typed wrong": ("delivery", draft_with(typed={"-delivery": {"phone": ["09"]}})),
    "returned online below level four": ("delivery", online_at_level_three),
    "returned by post where people must come": ("delivery", presence_needed),
}


@pytest.mark.parametrize("rule", RULES)
def test_page_and_action_refuse_alike(mine, draft, citizen, now, rule):
    code, broken = RULES[rule]
    fields = ready(mine, draft)
    broken(draft)
    gaps = Readiness(Dossier.objects.get(), TODAY).gaps
    assert [gap.code for gap in gaps] == [code]
    with pytest.raises(Refused) as refused:
        perform(actions.Submit(), Dossier.objects.get(), by=citizen, now=now)
    assert refused.value.code == code
    answer = mine.post(url("submit", draft), fields)
    # The page says why; had it been refused for another reason, it would say another thing.
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [refused.value.message]
    draft.refresh_from_db()
    assert (draft.status, draft.revision, DossierEvent.objects.count()) == (0, 0, 0)
    page = mine.get(url("dossier", draft))
    is_renewal = "newer" in page.context
    assert is_renewal or not (page.context["is_complete"] and page.context["is_taken"])


@pytest.mark.parametrize("rule", ["a paper missing", "no way of return", "a section typed wrong"])
def test_review_leads_to_what_is_missing(mine, draft, rule):
    RULES[rule][1](draft)
    place = {"papers": url("papers", draft), "delivery": url("delivery", draft)}
    expected = place.get(RULES[rule][0], url("section", draft, "requester"))
    (missing,) = mine.get(url("review", draft)).context["missing"]
    assert missing["url"].startswith(expected)


def test_everything_missing_is_said_at_once(mine, draft, citizen, now):
    draft.papers.all().delete()
    draft_with(completed_sections=[], delivery="")(draft)
    with pytest.raises(Refused) as refused:
        perform(actions.Submit(), Dossier.objects.get(), by=citizen, now=now)
    assert len(refused.value.reasons) == 3 and refused.value.code == "answers"


def test_a_key_stands_for_one_dossier(draft, citizen, commune, now):
    key, second = onetime.new_key(), factories.draft(citizen, commune.unit, draft.version)
    for _time in range(2):
        assert submission.submit(draft.ref, by=citizen, key=key, revision=0, now=now) == draft
    with pytest.raises(onetime.KeyMisused):
        submission.submit(second.ref, by=citizen, key=key, revision=0, now=now)
    assert DossierEvent.objects.get().dossier == draft


def test_a_refused_submission_leaves_its_key_free(draft, citizen, now):
    key = onetime.new_key()
    draft_with(delivery="")(draft)
    with pytest.raises(Refused):
        submission.submit(draft.ref, by=citizen, key=key, revision=0, now=now)
    draft_with(delivery="desk")(draft)
    assert submission.submit(draft.ref, by=citizen, key=key, revision=0, now=now).code


def test_complete_draft_has_no_gap_and_goes_in(draft, citizen, now):
    assert Readiness(draft, TODAY).gaps == []
    perform(actions.Submit(), draft, by=citizen, now=now)
    assert draft.status == 1


def test_papers_no_longer_asked_do_not_stay_with_the_dossier(draft, citizen, now, django_capture_on_commit_callbacks):
    condition = {"field": "copies", "op": "gte", "value": 10}
    with append_only.lifted(tables=[RequiredPaper._meta.db_table]):
        RequiredPaper.objects.filter(key="uy-quyen").update(show_if=condition)
    paper = Paper(dossier=draft, required=RequiredPaper.objects.get(key="uy-quyen"), name="Văn bản ủy quyền")
    paper.kind, paper.uploaded_by, paper.uploaded_at = "file", citizen, now
    paper.file.save("a.pdf", ContentFile(b"%PDF-1.7"))
    name = str(paper.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        perform(actions.Submit(), draft, by=citizen, now=now)
    assert [paper.required.key for paper in draft.papers.all()] == ["chung-sinh"]
    assert not default_storage.exists(name)
    assert [row["name"] for row in draft.slips.get().data["papers"]] == ["Giấy chứng sinh"]


def test_what_a_refused_submission_would_drop_stays(draft, citizen, now):
    draft_with(delivery="", answers=factories.ANSWERS | {"wants_copy": "khong"})(draft)
    draft.papers.create(name="Giấy khác", kind="promised", uploaded_at=now)
    with pytest.raises(Refused):
        perform(actions.Submit(), draft, by=citizen, now=now)
    draft.refresh_from_db()
    assert draft.papers.count() == 2 and draft.answers["copies"] == 2


def test_papers_that_nobody_has_to_give_are_not_called_done_unopened(draft):
    with append_only.lifted(tables=[RequiredPaper._meta.db_table]):
        RequiredPaper.objects.update(is_required=False)
    draft.papers.all().delete()
    dossier = Dossier.objects.select_related("version__procedure", "received_by").get(pk=draft.pk)
    papers = drafting.task_list(Readiness(dossier, TODAY), "vi")["parts"][-2]
    assert (papers["tag"], papers["is_done"]) == ("neutral", True)
