"""The pages of export, import and comparison: what they say, what they write, what they refuse."""

import base64
import json
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from offices.models import AuditEntry
from procedures.manage.forms import exchange as exchange_forms
from procedures.models import Procedure, ProcedureVersion
from procedures.versions import changing, drafting
from tests import factories
from tests.factories import NOW
from tests.pages import checks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


@pytest.fixture
def publisher(client, commune):
    client.force_login(commune.publisher)
    return client


def exported(client, **fields):
    answer = client.post(reverse("manage:export"), {"scope": "*.1", "format": "json"} | fields)
    assert answer.status_code == 200
    return content_of(answer)


def content_of(answer):
    """Read a download to its end and close its file, but not the test's database."""
    content = b"".join(answer.streaming_content)
    for close in answer._resource_closers:
        close()
    return content


def send(client, data, **options):
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    fields = {"file": SimpleUploadedFile("danh-muc.json", content)} | options
    return client.post(reverse("manage:import"), fields)


def report(client):
    answer = client.get(reverse("manage:import_report"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert checks.faults(page) == []
    return answer, page


def confirm(client):
    answer, _page = report(client)
    return client.post(reverse("manage:import_confirm"), answer.context["form"].initial)


def changed(version, **columns):
    return {
        "portal": "mot-cua", "exchange": 1,
        "procedures": [{"code": version.procedure.code, "version": columns}],
    }  # fmt: skip


def test_export_pages_and_files(publisher, version):
    for address in (reverse("manage:export"), reverse("manage:export_one", args=[version.procedure.code])):
        assert checks.faults(publisher.get(address).content.decode()) == []
        assert publisher.post(address, {"format": "exe", "scope": "x"}).status_code == 422
    assert not AuditEntry.objects.exists()
    assert json.loads(exported(publisher))["procedures"][0]["code"] == version.procedure.code
    answer = publisher.post(reverse("manage:export_one", args=[version.procedure.code]), {"format": "xlsx"})
    assert content_of(answer).startswith(b"PK")
    assert 'filename="thu-tuc-1.000001-2026-03-23.xlsx"' in answer["Content-Disposition"]
    assert [(row.action, row.changes[0]["after"]) for row in AuditEntry.objects.order_by("id")] == [
        ("procedure.export", "json"),
        ("procedure.export", "xlsx"),
    ]
    assert publisher.post(reverse("manage:export_one", args=["9.999999"]), {"format": "json"}).status_code == 404


def test_large_catalogues_go_out_in_parts_that_fit_an_import(publisher, version, monkeypatch):
    Procedure.objects.create(code="XA-0009", sector=version.procedure.sector)
    monkeypatch.setattr(exchange_forms, "MAX_PROCEDURES", 1)
    page = publisher.get(reverse("manage:export")).content.decode()
    assert 'value="*.2"' in page and 'value="ho-tich.2"' in page
    codes = [row["code"] for row in json.loads(exported(publisher, scope="ho-tich.1"))["procedures"]]
    assert codes == ["1.000001"]


def test_from_file_to_draft(publisher, version, commune):
    answer = publisher.get(reverse("manage:import"))
    assert checks.faults(answer.content.decode()) == []
    assert send(publisher, changed(version, outcome="Giấy mới")).url == reverse("manage:import_report")
    assert not ProcedureVersion.objects.open().exists()
    assert "danh-muc.json" in publisher.get(reverse("manage:import")).content.decode()
    _answer, page = report(publisher)
    assert "Giấy mới" in page
    first = publisher.get(reverse("manage:import_report")).context["form"].initial
    for _twice in range(2):
        assert publisher.post(reverse("manage:import_confirm"), first).url == reverse("manage:import_report")
    draft = ProcedureVersion.objects.open().get()
    assert (draft.outcome, draft.author, draft.revision) == ("Giấy mới", commune.publisher, 1)
    assert "danh-muc.json" in draft.change_note
    answer, page = report(publisher)
    assert not answer.context["may_apply"]
    assert reverse("manage:version", args=[version.procedure.code, 2]) in page


def test_workbooks_take_the_same_road(publisher, version):
    answer = publisher.post(reverse("manage:export"), {"scope": "*.1", "format": "xlsx"})
    send(publisher, content_of(answer))
    answer, _page = report(publisher)
    assert answer.context["waiting"].counts["same"] == 1 and not answer.context["may_apply"]
    assert len(answer.context["lines"][0]["rows"]) == 6
    # Whoever confirms all the same changes nothing.
    confirm(publisher)
    assert not ProcedureVersion.objects.open().exists()


def test_faults_are_shown_and_nothing_is_imported(publisher, version):
    send(publisher, changed(version, level=9))
    answer, page = report(publisher)
    assert "procedures[0].version.level" in page and not answer.context["may_apply"]
    confirm(publisher)
    assert not ProcedureVersion.objects.open().exists()


def test_a_catalogue_that_moved_on_gives_a_new_report(publisher, version, commune):
    send(publisher, changed(version, outcome="Giấy mới"))
    before = publisher.get(reverse("manage:import_report")).context["form"].initial
    colleague = factories.user(full_name="Đồng nghiệp", email="dn@example.com")
    drafting.draft_from(version.procedure, colleague, NOW)
    publisher.post(reverse("manage:import_confirm"), before)
    answer, page = report(publisher)
    assert "Đồng nghiệp" in page and answer.context["waiting"].counts["fault"] == 1
    assert ProcedureVersion.objects.open().get().outcome == "Giấy khai sinh"
    send(publisher, changed(version, outcome="Giấy mới"), overwrite="on")
    confirm(publisher)
    assert ProcedureVersion.objects.open().get().outcome == "Giấy mới"


def test_uploads_belong_to_one_person_and_end(publisher, version, commune):
    send(publisher, changed(version, outcome="Giấy mới"))
    other = factories.user(email="khac@example.com", full_name="Người khác")
    factories.Post.objects.create(user=other, unit=commune.unit, role="publisher", valid_from=date(2025, 7, 1))
    stranger = Client()
    stranger.force_login(other)
    assert stranger.get(reverse("manage:import_report"))["Location"] == reverse("manage:import")
    assert stranger.post(reverse("manage:import_confirm"))["Location"] == reverse("manage:import")
    with time_machine.travel(NOW.replace(hour=10), tick=False):
        assert publisher.get(reverse("manage:import_report"))["Location"] == reverse("manage:import")


def test_template_files_are_checked_like_uploads(publisher, version):
    content = base64.b64encode(b"%PDF-1.7 no pdf at all").decode()
    paper = {"key": "uy-quyen", "name": "Văn bản ủy quyền", "template_file": {"name": "a.pdf", "content": content}}
    send(publisher, changed(version, papers=[paper]))
    answer, page = report(publisher)
    assert answer.context["waiting"].counts["fault"] == 1 and "a.pdf" in page
    confirm(publisher)
    assert not ProcedureVersion.objects.open().exists()


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04", b"{}", b"\xff" * 100])
def test_unreadable_files_are_refused_with_a_reason(publisher, content):
    answer = send(publisher, content)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'href="#id_file"' in page
    assert checks.faults(page) == []


@pytest.mark.parametrize("fields", [{}, {"file": "text"}, {"overwrite": "on"}, {"file": ["a"] * 3}])
def test_forms_without_a_file_are_refused(publisher, fields):
    assert publisher.post(reverse("manage:import"), fields).status_code == 422


@pytest.mark.parametrize("page", ["0", "-1", "9" * 40, "x", "٣", "%00"])
def test_odd_pages_of_the_report_are_the_first_or_last(publisher, version, page):
    send(publisher, changed(version, outcome="Giấy mới"))
    assert publisher.get(reverse("manage:import_report"), {"page": page}).status_code == 200


def test_comparison(publisher, version, commune, django_assert_max_num_queries):
    draft = drafting.draft_from(version.procedure, commune.publisher, NOW)
    address = reverse("manage:compare", args=[version.procedure.code, draft.number])
    changing.edit(
        draft, draft.revision, commune.publisher, NOW, processing_amount=2, conditions="Người nộp đủ 18 tuổi."
    )
    publisher.get(address)
    with django_assert_max_num_queries(12):
        answer = publisher.get(address)
    page = answer.content.decode()
    assert checks.faults(page) == []
    assert answer.context["other"].number == 1 and answer.context["count"] == 2
    for odd in ("2", "99", "x", "9" * 50):
        assert publisher.get(address, {"with": odd}).context["other"].number == 1
    backwards = publisher.get(reverse("manage:compare", args=[version.procedure.code, 1]))
    assert backwards.context["other"].number == 2
    assert publisher.get(reverse("manage:compare", args=[version.procedure.code, 7])).status_code == 404
