"""Dossiers of the national portal from a file, received and forwarded with one press; one for another commune."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from common.clock import LOCAL
from dossiers.desk.national.columns import COLUMNS, SHEET
from tests.journeys.conftest import DESK
from tests.journeys.steps import CLERK, COPY, token

pytestmark = pytest.mark.journey


def filled(template: Path, *rows: dict[str, str]) -> bytes:
    """Write rows into the downloaded template."""
    book = load_workbook(BytesIO(template.read_bytes()))
    for n, row in enumerate(rows, start=2):
        for place, name in enumerate(COLUMNS, start=1):
            book[SHEET].cell(row=n, column=place).value = row.get(name)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_from_the_national_portal_to_the_specialist(visit: Callable[..., Page], js: bool) -> None:
    """Two of three rows are entered; each is received and forwarded with one press, the second one for a neighbour."""
    clerk, mark = visit(js=js, size=DESK, who=CLERK), token().upper()
    yesterday = datetime.now(tz=LOCAL) - timedelta(days=1)
    row = {
        "filed_at": f"{yesterday:%d/%m/%Y %H:%M}", "procedure": COPY, "kind": "công dân", "name": "Phan Thị Ngọc",
        "number": "075190004321", "birth": "1990", "address": "Ấp 2, xã Xuân Bắc", "delivery": "tại xã",
    }  # fmt: skip
    rows = [row | {"code": f"G22.{mark}-{n}"} for n in (1, 2)]
    clerk.goto("/desk/")
    clerk.locator("main a[href$='/national/']").click()
    with clerk.expect_download() as download:
        clerk.locator("main a[href$='/template/']").click()
    content = filled(download.value.path(), *rows, row | {"code": f"G22.{mark}-3", "number": "12"})
    picker: Any = clerk.locator("[name=file]")
    picker.set_input_files([{"name": "ho-so.xlsx", "mimeType": "application/zip", "buffer": content}])
    clerk.locator("form[enctype] .btn-primary").click()
    expect(clerk.locator("tbody tr")).to_have_count(3)
    expect(clerk.locator("tbody tr").first).to_contain_text(f"G22.{mark}-3")
    clerk.locator("form[action$='/confirm/'] .btn-primary").click()
    expect(clerk.locator(".banner-ok")).to_contain_text("2")
    for number in (1, 2):
        search = clerk.locator("input[name=q]").first
        search.fill(f"g22.{mark}-{number}".lower())
        search.press("Enter")
        expect(clerk.locator("main")).to_contain_text(f"G22.{mark}-{number}")
        here = clerk.url
        clerk.locator("main a[accesskey=T]").click()
        if number == 2:
            clerk.locator("details.fold > summary").click()
            clerk.locator("[name=competent]").select_option(index=1)
        clerk.locator("main button[accesskey=C]").click()
        expect(clerk.locator("main .banner-ok").first).to_be_visible()
        clerk.goto(here)
        expect(clerk.locator("main a[accesskey=T]")).to_have_count(0)
    clerk.goto("/desk/national/")
    with clerk.expect_download() as download:
        clerk.locator("form[action$='/export/'] button").click()
    sheet = load_workbook(BytesIO(download.value.path().read_bytes())).active
    assert sheet is not None
    found = {line[0]: line[3] for line in sheet.iter_rows(min_row=2, values_only=True)}
    assert [found.get(f"G22.{mark}-{n}") for n in (1, 2, 3)] == [4, 4, None]
