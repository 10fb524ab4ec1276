"""Papers, fees and steps: added, changed, moved, deleted; templates uploaded, given out, refused."""

import io
import zipfile
from datetime import date
from typing import Any, cast

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.forms.adjusting import choice_of
from common.refusals import Refused
from offices.models import AuditEntry
from procedures.manage.forms.versions import StepForm
from procedures.models import FeeExemption
from procedures.versions import drafting
from procedures.versions.template_files import accept
from tests import factories
from tests.pages import checks

pytestmark = pytest.mark.django_db
TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def office(extra=None, main="word/document.xml", types=TYPES):
    """A tiny office document with further parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{types}"/></Types>')
        archive.writestr(main, "<document/>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def blank_pdf():
    """A PDF of one empty page."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()


@pytest.fixture
def draft(commune, now, client):
    client.force_login(commune.publisher)
    return drafting.draft_from(factories.version(commune.unit).procedure, commune.publisher, now)


def go(client, draft, where, *more, **data):
    draft.refresh_from_db()
    address = reverse(f"manage:{where}", args=[draft.procedure.code, draft.number, *more])
    return client.post(address, {"revision": draft.revision} | data)


def key_of(client, draft, section):
    page = client.get(reverse(f"manage:{section}_new", args=[draft.procedure.code, draft.number])).content.decode()
    return page.split('name="key" value="')[1].split('"')[0]


PAPER = {"name": "Giấy chứng sinh", "originals": "1", "copies": "", "is_required": "True"}


def test_papers_keep_their_keys(client, draft):
    key = key_of(client, draft, "papers")
    for _again in range(2):
        # The same form sent twice adds one paper.
        response = go(client, draft, "papers_new", key=key, **PAPER)
        assert response.status_code in (302, 409)
    papers = list(draft.papers.values_list("n", "key"))
    assert papers == [(1, "chung-sinh"), (2, "uy-quyen"), (3, "giay-chung-sinh")]
    assert go(client, draft, "papers_edit", 3, **(PAPER | {"name": "Tên khác", "copies": "2"})).status_code == 302
    changed = draft.papers.get(n=3)
    assert (changed.key, changed.name, changed.copies) == ("giay-chung-sinh", "Tên khác", 2)
    again = PAPER | {"key": key_of(client, draft, "papers")}
    assert go(client, draft, "papers_new", **again).status_code == 302
    assert draft.papers.get(n=4).key == "giay-chung-sinh-2"


def test_a_paper_may_hang_on_an_answer(client, draft):
    data = PAPER | {"show_if-0-field": "wants_copy", "show_if-0-op": "eq", "show_if-0-option": "wants_copy:co"}
    response = go(client, draft, "papers_edit", 1, **data)
    assert response.status_code == 422
    assert checks.faults(response.content.decode()) == []
    assert go(client, draft, "papers_edit", 1, **(data | {"condition": "Khi cần bản sao"})).status_code == 302
    assert draft.papers.get(n=1).show_if == {"field": "wants_copy", "op": "eq", "value": "co"}
    more = go(client, draft, "papers_edit", 1, **(data | {"show_if-more": "1"}))
    assert more.status_code == 200 and "show_if-2-field" in more.content.decode()
    assert checks.faults(more.content.decode()) == []
    assert go(client, draft, "papers_edit", 1, **(PAPER | {"condition": ""})).status_code == 302
    assert draft.papers.get(n=1).show_if is None


def test_rows_move_and_go(client, draft):
    go(client, draft, "workflow_move", 1, to="down")
    assert list(draft.steps.values_list("n", "role")) == [(1, "specialist"), (2, "clerk"), (3, "leader")]
    go(client, draft, "workflow_move", 1, to="up")
    go(client, draft, "workflow_delete", 2)
    assert list(draft.steps.values_list("n", "role")) == [(1, "specialist"), (2, "leader")]
    stale = client.post(reverse("manage:workflow_delete", args=[draft.procedure.code, 2, 1]), {"revision": 0})
    none = client.post(reverse("manage:workflow_delete", args=[draft.procedure.code, 2, 1]), {"revision": "x" * 99})
    assert stale.status_code == none.status_code == 302
    assert draft.steps.count() == 2
    assert go(client, draft, "workflow_delete", 9).status_code == 404


def test_fees_and_steps(client, draft):
    fee = {"kind": "le_phi", "name": "Lệ phí bản sao", "amount_vnd": "8.000", "unit": "copy"}
    assert go(client, draft, "fees_new", key=key_of(client, draft, "fees"), **fee).status_code == 302
    line = draft.fees.get()
    assert (line.key, line.kind, line.amount_vnd, line.amount_online_vnd) == ("le-phi-ban-sao", "le_phi", 8000, None)
    for bad in ({"kind": "x"}, {"amount_vnd": "-1"}, {"amount_vnd": "9" * 18}, {"name": ""}, {"amount_vnd": "²"},
                {"unit": "x"}, {"cap_vnd": "200000"}, {"tiers_0_to": "2"}, {"tiers_0_amount_vnd": "9000"},
                {"tiers_0_to": "2", "tiers_0_amount_vnd": "8000"}, {"exemptions_0_proof": "Giấy"},
                {"exemptions_0_who": "Trẻ em", "exemptions_0_since_year": "2026"},
                {"applies_if-0-field": "wants_copy", "applies_if-0-op": "filled"}):  # fmt: skip
        assert go(client, draft, "fees_edit", 1, **(fee | bad)).status_code == 422, bad
    step = {"role": "", "text": "Nộp hồ sơ", "allotted": "", "key": key_of(client, draft, "workflow")}
    assert go(client, draft, "workflow_new", **step).status_code == 302
    assert draft.steps.get(n=4).role == ""
    for bad in ({"role": "publisher"}, {"allotted": "1,25"}, {"allotted": "99999"}, {"allotted": "٣"}, {"text": ""}):
        assert go(client, draft, "workflow_edit", 4, **(step | bad)).status_code == 422
    page = client.get(reverse("manage:workflow", args=[draft.procedure.code, 2])).content.decode()
    assert "24" in page


DAYS = {"since_day": "15", "since_month": "8", "since_year": "2026"}


def test_a_fee_with_tiers_a_condition_and_exemptions(client, draft):
    """What was typed is stored, shown again and stays when the form is sent once more; nothing is logged twice."""
    fee = {
        "kind": "phi", "name": "Phí chứng thực", "amount_vnd": "2000", "unit": "page", "cap_vnd": "200.000",
        "tiers_0_to": "2", "tiers_0_amount_vnd": "2.000", "tiers_1_amount_vnd": "1.000", "is_guide": "on",
        "applies": "Khi cần bản sao", "applies_if-0-field": "wants_copy", "applies_if-0-op": "filled",
        "exemptions_0_who": "Người khuyết tật", "exemptions_0_proof": "Giấy xác nhận",
        "exemptions_0_who_en": "People with a disability", "exemptions_0_proof_en": "Certificate",
        "note_en": "Each copy",
        "exemptions_1_who": "Công dân số", "exemptions_1_channel": "online",
    } | {f"exemptions_1_{name}": value for name, value in DAYS.items()}  # fmt: skip
    assert go(client, draft, "fees_new", key=key_of(client, draft, "fees"), **fee).status_code == 302
    line = draft.fees.get()
    assert [tier["from"] for tier in line.tiers] == [1, 3] and line.tiers[1]["to"] is None
    assert line.applies_if == {"field": "wants_copy", "op": "filled"} and line.cap_vnd == 200_000 and line.is_guide
    first, second = line.exemptions.all()
    assert (first.who, first.proof, first.since) == ("Người khuyết tật", "Giấy xác nhận", None)
    assert (first.who_en, first.proof_en, line.note_en) == ("People with a disability", "Certificate", "Each copy")
    assert (second.channel, second.since, second.until) == ("online", date(2026, 8, 15), None)
    shown = client.get(reverse("manage:fees_edit", args=[draft.procedure.code, 2, 1])).content.decode()
    assert "Người khuyết tật" in shown and 'value="200.000"' in shown
    listed = client.get(reverse("manage:fees", args=[draft.procedure.code, 2])).content.decode()
    assert "Giấy xác nhận" in listed and "15/08/2026" in listed
    count = AuditEntry.objects.count()
    assert go(client, draft, "fees_edit", 1, **fee).status_code == 302
    assert AuditEntry.objects.count() == count
    fee |= {"exemptions_0_who": "", "exemptions_0_proof": "", "exemptions_0_proof_en": ""}
    # English alone says nobody who is exempt.
    assert go(client, draft, "fees_edit", 1, **fee).status_code == 422
    assert go(client, draft, "fees_edit", 1, **(fee | {"exemptions_0_who_en": ""})).status_code == 302
    assert [row.who for row in line.exemptions.all()] == ["Công dân số"]
    assert AuditEntry.objects.count() == count + 1
    assert go(client, draft, "fees_delete", 1).status_code == 302
    assert not FeeExemption.objects.exists()


def test_another_row_of_a_fee_is_asked_for_without_faults(client, draft):
    response = go(client, draft, "fees_new", key=key_of(client, draft, "fees"), exemptions_more="1", kind="phi")
    assert response.status_code == 200 and not draft.fees.exists()
    assert response.content.decode().count('name="exemptions_2_who"') == 1


def test_a_key_that_is_none_adds_nothing(client, draft):
    response = go(client, draft, "papers_new", key="x", **PAPER)
    assert response.status_code == 422
    assert draft.papers.count() == 2


def test_published_rows_stay(client, draft):
    code = draft.procedure.code
    assert client.get(reverse("manage:papers_edit", args=[code, 1, 1])).status_code == 302
    client.post(reverse("manage:papers_delete", args=[code, 1, 1]), {"revision": 0})
    assert client.post(reverse("manage:papers_edit", args=[code, 1, 1]), PAPER | {"revision": 0}).status_code == 409
    assert draft.procedure.versions.get(number=1).papers.get(n=1).name == "Giấy chứng sinh"
    assert draft.procedure.versions.get(number=1).papers.count() == 2


# Templates ------------------------------------------------------------------------------------------------------------


def test_a_template_is_kept_given_out_and_taken_away(client, draft, django_capture_on_commit_callbacks):
    # Made once: the file carries the time at which it was made.
    content = office()
    upload = SimpleUploadedFile("Tờ khai.DOCX", content)
    assert go(client, draft, "papers_edit", 1, template_file=upload, **PAPER).status_code == 302
    name = draft.papers.get(n=1).template_file.name
    assert name.startswith("templates/chung-sinh-") and name.endswith(".docx")
    response = client.get(reverse("manage:paper_template", args=[draft.procedure.code, 2, 1]))
    assert b"".join(response.streaming_content) == content
    assert response["Content-Disposition"].startswith("attachment") and "sandbox" in response["Content-Security-Policy"]
    with django_capture_on_commit_callbacks(execute=True):
        go(client, draft, "papers_edit", 1, remove_template="on", **PAPER)
    assert not draft.papers.get(n=1).template_file and not default_storage.exists(name)


def test_a_refused_template_keeps_what_was_typed(client, draft):
    upload = SimpleUploadedFile("a.exe", b"MZ")
    response = go(client, draft, "papers_edit", 1, template_file=upload, **(PAPER | {"name": "Tôi vừa gõ"}))
    text = response.content.decode()
    assert response.status_code == 422 and "Tôi vừa gõ" in text and "DOCX" in text
    assert not draft.papers.get(n=1).template_file


EXTERNAL = (
    '<Relationships><Relationship Type="x/attachedTemplate" TargetMode="External" Target="http://e"/></Relationships>'
)
LINK = '<Relationships><Relationship Type="x/hyperlink" TargetMode="External" Target="http://e"/></Relationships>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b""),
        ("a.docx", b"x" * 100),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"x" * 100),
        ("a.docx", office(main="xl/workbook.xml")),
        ("a.docx", office({"word/vbaProject.bin": b"x"})),
        ("a.docx", office(types="application/vnd.ms-word.document.macroEnabled.main+xml")),
        ("a.docx", office({"word/_rels/settings.xml.rels": EXTERNAL})),
        ("a.docx", office({"word/embeddings/a.xlsx": b"x"})),
        ("a.docx", office({"word/a.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'})),
        ("a.docx", office({"word/a.xml": "<a>"})),
        ("a.xlsx", office()),
        ("a.odt", office()),
        ("a.pdf", b"%PDF-1.4 x"),
        ("a.html", b"<script>"),
        ("docx", office()),
    ],
)
def test_templates_that_are_not_taken(name, content):
    with pytest.raises(Refused) as refused:
        accept(SimpleUploadedFile(name, content), "giay", now=factories.NOW)
    assert refused.value.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", office({"word/_rels/document.xml.rels": LINK})),
        ("a.xlsx", office(main="xl/workbook.xml")),
        ("a.pdf", None),
    ],
)
def test_templates_that_are_taken(name, content):
    content = content or blank_pdf()
    taken = accept(SimpleUploadedFile(name, content), "giay", now=factories.NOW)
    assert taken.name.endswith(name[-4:])
    # A PDF is written anew.
    assert taken.content == content if name != "a.pdf" else taken.content.startswith(b"%PDF-")


def test_a_step_is_done_by_the_deciding_unit_unless_another_is_named(client, draft, other_commune):
    assert next(iter(cast(Any, choice_of(StepForm(revision=1), "unit").choices))) == ("", "Đơn vị giải quyết")
    form = StepForm({"role": "clerk", "text": "Tiếp nhận", "unit": "", "revision": "1"}, revision=1)
    assert form.is_valid() and form.values()["unit"] is None
    named = StepForm({"role": "clerk", "text": "Xác minh", "unit": other_commune.unit.pk, "revision": "1"}, revision=1)
    assert named.is_valid() and named.values()["unit"] == other_commune.unit
