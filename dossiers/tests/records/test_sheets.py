"""Papers as official papers are: forms on one side of A5, titles and laws in full, who signs for whom."""

import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.template.loader import render_to_string

from common.pdf import render_pdf
from dossiers import actions
from dossiers.models import Result, Slip, SlipKind
from dossiers.records import results, slips
from offices.models import Post, Role
from tests import factories

A5 = (148, 210)
CATALOGUE = json.loads((Path(settings.BASE_DIR) / "procedures/data/catalogue.json").read_text())["procedures"]
# Of every length: by number of papers, with the longest name and the longest list among them.
BY_PAPERS = sorted(CATALOGUE, key=lambda row: sum(len(paper["name"]) for paper in row["version"]["papers"]))

LONGEST = [*BY_PAPERS[-2:], max(CATALOGUE, key=lambda row: len(row["version"]["name"]))]


def sheets(slip: Slip) -> list[tuple[int, int]]:
    """Return the size of every page of a slip's PDF, in millimetres."""
    template, context = slips.page(slip, slips.PDF_LAYOUT)
    with pikepdf.open(io.BytesIO(render_pdf(template, context))) as pdf:
        boxes = [[float(side) for side in page.mediabox[2:]] for page in pdf.pages]
    return [(round(width * 25.4 / 72), round(height * 25.4 / 72)) for width, height in boxes]


def with_papers(slip: Slip, procedure: dict[str, Any]) -> Slip:
    """Return a receipt as this procedure's would be with every paper brought, and a long address."""
    version = procedure["version"]
    papers = [{"name": paper["name"], "files": 0, "originals": 1, "copies": 1} for paper in version["papers"]]
    person = slip.data["applicant"] | {"address": "Số 12, ngõ 345, đường Nguyễn Văn Cừ, ấp Suối Đá, xã Xuân Bắc"}
    slip.data |= {"papers": papers, "procedure": version["name"], "note": version["receipt_note"], "applicant": person}
    return slip


@pytest.mark.sqlite
def test_receipts_are_one_side_of_a5(road):
    """With every paper of the catalogue brought; eleven of an adoption take both sides of the one sheet."""
    road.received()
    receipt = Slip.objects.get(kind=SlipKind.RECEIPT)
    found = {row["code"]: sheets(with_papers(receipt, row)) for row in [*BY_PAPERS[::12], *LONGEST]}
    assert found == dict.fromkeys(found, [A5]) | {"2.001263": [A5, A5]}


@pytest.mark.sqlite
def test_other_forms_of_the_desk_are_one_side_of_a5(road):
    road.asked().answer().do(actions.Supplement(), road.citizen)
    road.do(
        actions.Extend(road.dossier.due_at + timedelta(days=5), "Chờ cơ quan khác trả lời. " * 8), road.commune.leader
    )
    issued = {slip.kind: slip for slip in Slip.objects.all()}
    begin_again(road, name="Đăng ký lại kết hôn có yếu tố nước ngoài tại Ủy ban nhân dân cấp xã")
    road.submitted().do(actions.Refuse("Hồ sơ nộp sai cơ quan có thẩm quyền giải quyết. " * 8), road.commune.clerk)
    issued[SlipKind.REFUSAL] = Slip.objects.get(kind=SlipKind.REFUSAL)
    others = [kind for kind, form in slips.FORMS.items() if form.sheet == "a5" and kind != SlipKind.RECEIPT]
    assert {kind: sheets(issued[kind]) for kind in others} == dict.fromkeys(others, [A5])


def test_slip_of_before_keeps_its_paper(road):
    """What was frozen without a format was printed on A4."""
    road.received()
    receipt = Slip.objects.get(kind=SlipKind.RECEIPT)
    del receipt.data["sheet"]
    assert sheets(receipt) == [(210, 297)]


def begin_again(road, **fields: Any) -> None:
    """Give the road a draft of another procedure."""
    road.version = factories.version(road.commune.unit, code="1.000002", **fields)
    road.dossier = factories.draft(road.citizen, road.commune.unit, road.version)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Chủ tịch Ủy ban nhân dân xã", ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        ("Phó Chủ tịch UBND xã Xuân Bắc", ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
        ("Trưởng phòng", ["TRƯỞNG PHÒNG"]),
        ("Phó Giám đốc Trung tâm", ["KT. GIÁM ĐỐC TRUNG TÂM", "PHÓ GIÁM ĐỐC TRUNG TÂM"]),
    ],
)
def test_leader_signs_for_the_committee_or_for_the_one_above(road, title, lines):
    Post.objects.filter(user=road.commune.leader, role=Role.LEADER).update(title=title)
    road.decided()
    template, context = results.page(Result.objects.get())
    html = render_to_string(template, context)
    assert [line for line in re.findall(r"<p><strong>(.*?)</strong></p>", html) if line.isupper()] == lines


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("Thủ tục đăng ký khai tử", "đăng ký khai tử"),
        ("Đăng ký tạm trú", "đăng ký tạm trú"),
        ("Tặng Giấy khen", "tặng Giấy khen"),
    ],
)
def test_letters_name_the_procedure_inside_a_sentence(road, name, subject):
    begin_again(road, name=name)
    road.processing().do(actions.Extend(road.dossier.due_at + timedelta(days=5), "Chờ"), road.commune.leader)
    road.do(actions.Propose(is_granted=True), road.commune.specialist).do(actions.Approve(), road.commune.leader)
    letter = render_to_string(*results.page(Result.objects.get()))
    apology = render_to_string(*slips.page(Slip.objects.get(kind=SlipKind.APOLOGY)))
    for html in (letter, apology):
        assert f"thủ tục <strong>{subject}</strong>" in html


def test_letters_cite_laws_by_kind_number_date_and_title(road):
    law = "Nghị định số 123/2015/NĐ-CP ngày 15/11/2015 quy định chi tiết thi hành Luật Hộ tịch"
    begin_again(road, legal_bases=[law])
    road.decided()
    cited = "Căn cứ Nghị định số 123/2015/NĐ-CP ngày 15 tháng 11 năm 2015 quy định chi tiết thi hành Luật Hộ tịch;"
    assert cited in render_to_string(*results.page(Result.objects.get()))
