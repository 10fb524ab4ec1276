"""The page of one procedure: what publishers write about it, how it goes, what search engines and printers get."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import translation

from procedures import fees, labels
from procedures.models import LifeEvent, Offering, Procedure, ProcedureFigures, ProcedureVersion, Sector
from tests import factories
from tests.pages import checks

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 23)


@pytest.fixture(autouse=True)
def today(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


def page(client, version):
    response = client.get(f"/procedures/{version.procedure.code}/")
    assert response.status_code == 200
    html = response.content.decode()
    assert checks.faults(html) == []
    return html


def figures(version, **fields):
    values: dict[str, Any] = {
        "year": 2026,
        "received": 1200,
        "received_online": 40,
        "decided": 31,
        "decided_online": 28,
        "on_time": 30,
    }
    values |= {"median_hours": Decimal("12.2"), "counted_at": factories.NOW} | fields
    return ProcedureFigures.objects.create(procedure=version.procedure, **values)


def test_what_publishers_write_is_shown_as_text(client, commune, version):
    other = factories.version(commune.unit, code="1.000002", name="Trích lục hộ tịch")
    event = LifeEvent.objects.create(code="co-con-nho", name="Có con nhỏ", n=1)
    event.procedures.add(version.procedure)
    version.procedure.related.add(other.procedure)
    Procedure.objects.filter(pk=version.procedure_id).update(
        faq=[{"question": "Có <b>phải</b> về quê không?", "answer": "Không.\nỞ xã cũng được."}], notice="Nghỉ <i>lễ</i>"
    )
    html = page(client, version)
    assert "Có &lt;b&gt;phải&lt;/b&gt; về quê không?" in html and "Không.<br>Ở xã cũng được." in html
    assert "Nghỉ &lt;i&gt;lễ&lt;/i&gt;" in html
    assert 'href="/procedures/1.000002/"' in html and 'href="/life-events/co-con-nho/"' in html


def test_machines_can_read_the_page(client, version, settings):
    settings.SITE_URL = "https://motcua.example"
    html = page(client, version)
    assert 'itemtype="https://schema.org/GovernmentService"' in html
    assert 'itemprop="provider" itemscope itemtype="https://schema.org/GovernmentOrganization"' in html
    assert '<link rel="canonical" href="https://motcua.example/procedures/1.000001/">' in html
    assert "application/ld+json" not in html


def test_figures_are_told_from_five_on(client, version):
    row = figures(version)
    html = page(client, version)
    assert "96%" in html and "1,5 ngày làm việc" in html and "1.200" in html
    assert "1,5 ngày làm việc" in client.get("/procedures/").content.decode()
    ProcedureFigures.objects.filter(pk=row.pk).update(decided=4, decided_online=0, on_time=4)
    assert "100%" not in page(client, version) and "1.200" not in page(client, version)
    ProcedureFigures.objects.filter(pk=row.pk).update(decided=31, year=2025)
    assert "1,5 ngày" not in page(client, version)


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        ("0.1", "1 giờ"),
        ("2.4", "2 giờ"),
        ("8", "1 ngày"),
        ("11.9", "1,5 ngày"),
        ("20.5", "2,5 ngày"),
        ("80", "10 ngày"),
    ],
)
def test_working_time_in_words(hours, text):
    with translation.override("vi"):
        assert labels.working_time_words(Decimal(hours)) == f"{text} làm việc"


def test_no_share_is_called_whole_that_is_not():
    assert (labels.share_words(999, 1000), labels.share_words(5, 5), labels.share_words(0, 7)) == ("99%", "100%", "0%")


def next_version(version, first, **fields):
    copied = {
        field.attname: getattr(version, field.attname)
        for field in ProcedureVersion._meta.concrete_fields
        if field.attname not in ("id", "number", "effective_from")
    }
    return ProcedureVersion.objects.create(**copied | {"number": 2, "effective_from": first} | fields)


def test_coming_rules_are_announced(client, version):
    next_version(version, date(2027, 1, 1))
    ProcedureVersion.objects.filter(pk=version.pk).update(effective_until=date(2026, 12, 31))
    html = page(client, version)
    assert "01/01/2027" in html and "/apply/" in html


def test_what_was_withdrawn_before_its_first_day_is_never_shown(client, version):
    never = {"status": "retired", "retired_at": factories.NOW, "effective_until": date(2026, 2, 28)}
    next_version(version, date(2026, 3, 1), name="Chưa từng áp dụng", **never)
    ProcedureVersion.objects.filter(pk=version.pk).update(effective_until=date(2026, 3, 10))
    html = page(client, version)
    assert version.name in html and "Chưa từng áp dụng" not in html


def test_what_was_published_and_retired_within_a_day_stays_readable(client):
    procedure = Procedure.objects.create(code="9.000001", sector=Sector.objects.create(code="thu", name="Thử"))
    ProcedureVersion.objects.create(
        procedure=procedure,
        number=1,
        name="Một ngày",
        level=1,
        processing_unit="same_day",
        status="retired",
        published_at=factories.NOW,
        retired_at=factories.NOW,
        effective_from=DAY,
        effective_until=date(2026, 3, 22),
    )
    response = client.get("/procedures/9.000001/")
    assert response.status_code == 200 and "Một ngày" in response.content.decode()


def test_a_last_day_to_come_is_announced(client, version):
    Procedure.objects.update(accept_until=date(2026, 5, 31))
    html = page(client, version)
    assert "31/05/2026" in html and "/apply/" in html
    Procedure.objects.update(accept_until=date(2026, 3, 22))
    assert "/apply/" not in client.get("/procedures/").content.decode()


@pytest.mark.parametrize(
    ("level", "presence", "four", "two"),
    [
        (1, False, "Mức 1", "Cung cấp thông tin trực tuyến"),
        (2, True, "Mức 2", "Cung cấp thông tin trực tuyến"),
        (3, False, "Mức 3", "Trực tuyến một phần"),
        (4, True, "Mức 4", "Trực tuyến một phần"),
        (4, False, "Mức 4", "Trực tuyến toàn trình"),
    ],
)
def test_levels_have_two_schemes_of_names(settings, level, presence, four, two):
    with translation.override("vi"):
        assert labels.level_words(level, presence).startswith(four)
        settings.LEVEL_NAMES = "two"
        assert labels.level_words(level, presence).startswith(two)
        assert len(labels.level_choices()) == 3


def test_filters_follow_the_scheme(client, commune, settings):
    settings.LEVEL_NAMES = "two"
    # Keys of procedures and of versions must not be alike by chance.
    Procedure.objects.create(code="0", sector=factories.version(code="0.1", level=1).procedure.sector)
    made = {
        code: factories.version(commune.unit, code=code, level=level, needs_presence=presence)
        for code, level, presence in (
            ("1.1", 1, False),
            ("1.2", 2, False),
            ("1.3", 3, False),
            ("1.4", 4, False),
            ("1.5", 4, True),
            ("1.6", 4, False),
        )
    }
    # The unit lowered this one.
    Offering.objects.filter(procedure=made["1.6"].procedure).update(level=2)

    def found(level):
        rows = client.get("/procedures/", {"level": level}).context["found"].rows
        return sorted(row["code"] for row in rows)

    assert found("wholly") == ["1.4"]
    assert found("partly") == ["1.3", "1.5"]
    assert found("information") == ["1.1", "1.2", "1.6"]
    assert found("4") == ["1.4", "1.5"] and found("2") == ["1.2", "1.6"]
    html = client.get("/procedures/", {"level": "partly"}).content.decode()
    assert checks.faults(html) == [] and '<option value="partly" selected>' in html


def test_no_label_promises_that_fees_are_paid_online_where_they_cannot(settings):
    settings.PAYS_ONLINE = False
    with translation.override("vi"):
        for scheme in ("four", "two"):
            settings.LEVEL_NAMES = scheme
            assert "phí" not in labels.level_words(4) and "thanh toán" not in labels.level_words(4)


EXEMPTIONS: list[dict[str, Any]] = [
    {"who": "Người thuộc hộ <b>nghèo</b>", "proof": "Giấy chứng nhận hộ nghèo"},
    {"n": 2, "who": "Công dân số", "until": date(2027, 2, 28), "channel": "online"},
]


def test_no_exemption_is_hidden(client, version):
    factories.fee(version, name="Lệ phí khai sinh", note="Mỗi trường hợp", exemptions=EXEMPTIONS)
    html = page(client, version)
    for text in ("Lệ phí khai sinh", "8.000 đồng/", "Mỗi trường hợp", "Giấy chứng nhận hộ nghèo", "28/02/2027"):
        assert text in html
    assert "hộ &lt;b&gt;nghèo" in html


def test_an_amount_of_the_province_is_a_guide_until_the_unit_has_its_own(client, commune, version):
    line = factories.fee(version, is_guide=True)
    with translation.override("vi"):
        shown = fees.fee_words(version.fees.with_exemptions())[0]
    assert "8.000" not in shown and shown in page(client, version)
    factories.own_fee(line, commune.unit, since=date(2026, 3, 24))
    assert "NQ 12/2026" not in page(client, version)
    line.version.procedure.offerings.get().fees.update(since=DAY)
    html = page(client, version)
    assert "5.000 đồng/" in html and "NQ 12/2026/NQ-HĐND" in html and "8.000" not in html


def test_each_of_several_units_shows_its_own_amounts(client, commune, other_commune, version):
    line = factories.fee(version, is_guide=True)
    Offering.objects.create(unit=other_commune.unit, procedure=version.procedure, level=4, since=date(2025, 7, 1))
    factories.own_fee(line, commune.unit, amount_vnd=5000)
    factories.own_fee(line, other_commune.unit, amount_vnd=6000)
    html = page(client, version)
    assert "5.000 đồng/" in html and "6.000 đồng/" in html
    row = client.get("/procedures/").context["found"].rows[0]
    assert "5.000" not in row["fee"] and "6.000" not in row["fee"]


def test_the_list_shows_the_amount_of_the_only_unit(client, commune, version):
    line = factories.fee(version, is_guide=True, exemptions=EXEMPTIONS)
    before = client.get("/procedures/").context["found"].rows[0]
    factories.own_fee(line, commune.unit)
    after = client.get("/procedures/").context["found"].rows[0]
    assert "000" not in before["fee"] and "5.000 đồng/" in after["fee"]
