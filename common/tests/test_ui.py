from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation
from django.utils.safestring import mark_safe
from lucide import IconDoesNotExist

from common.templatetags import ui
from dossiers.models import Status
from dossiers.timeline.deadlines import DeadlineStatus


def render(template, **context):
    return Template("{% load ui %}" + template).render(Context(context))


def test_icon_is_drawn_inline_and_hidden_from_readers():
    html = render('{% icon "search" %}')
    assert html.startswith("<svg") and 'aria-hidden="true"' in html
    assert "style=" not in html


def test_a_moment_is_told_to_the_second():
    moment = datetime(2026, 3, 27, 17, 30, 5, 123456, tzinfo=UTC)
    assert ui.iso_time(moment) == "2026-03-28T00:30:05+07:00"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Đăng ký khai sinh", '<span lang="vi">Đăng ký khai sinh</span>'),
        ("A < ế", '<span lang="vi">A &lt; ế</span>'),
        (mark_safe("xã<br>An"), '<span lang="vi">xã<br>An</span>'),
        ("Birth registration", "Birth registration"),
        ("16.000 đồng (2 × 8.000 đồng/copy)", "16.000 đồng (2 × 8.000 đồng/copy)"),
        ("Hợp đồng", '<span lang="vi">Hợp đồng</span>'),
        ("e\u0302", '<span lang="vi">e\u0302</span>'),
    ],
)
def test_vietnamese_is_marked_on_english_pages_only(text, marked):
    with translation.override("en"):
        assert render("{{ text|spoken }}", text=text) == marked
    with translation.override("vi"):
        assert "lang" not in render("{{ text|spoken }}", text=text)


@pytest.mark.parametrize("row", [SimpleNamespace, dict])
def test_a_row_speaks_the_language_of_the_page(row):
    both, one = row(name="Hộ tịch", name_en="Civil status"), row(name="Đất đai", name_en="")
    template = '{{ both|translated:"name" }}, {{ one|translated:"name" }}'
    with translation.override("en"):
        assert render(template, both=both, one=one) == 'Civil status, <span lang="vi">Đất đai</span>'
    with translation.override("vi"):
        assert render(template, both=both, one=one) == "Hộ tịch, Đất đai"


def test_unknown_icon_is_a_fault():
    with pytest.raises(IconDoesNotExist):
        ui.icon("no-such-icon")


def test_money_and_dates_are_written_the_vietnamese_way():
    moment = datetime(2026, 3, 27, 17, 30, tzinfo=UTC)
    template = "{% vnd 8000 %}|{{ day|vi_date }}|{{ moment|vi_date }}|{{ birth|partial_date }}"
    html = render(template, day=date(2026, 3, 7), moment=moment, birth="1950-03")
    assert html == "8.000 đồng|07/03/2026|28/03/2026|03/1950"
    assert ui.vi_datetime(moment) in ("00:30 ngày 28/03/2026", "00:30 on 28/03/2026")


@pytest.mark.parametrize("tag", [ui.vi_date, ui.vi_datetime, ui.partial_date, ui.address])
def test_nothing_gives_nothing(tag):
    assert tag(None) == ""


def test_every_status_has_a_tag():
    assert set(ui.STATUS_TAGS) == set(Status.values)
    dossier = SimpleNamespace(status=9, is_crossed_out=False, get_status_display=lambda: "Đã có <b>kết quả</b>")
    assert ui.status_tag(dossier) == '<span class="tag tag-ok">Đã có &lt;b&gt;kết quả&lt;/b&gt;</span>'


def test_deadline_light_says_it_in_words():
    assert "Quá hạn" in ui.deadline_status(DeadlineStatus("late", "Quá hạn 2 ngày"))
    assert ui.deadline_status(None) == ""


@pytest.mark.parametrize(
    ("path", "view", "exact", "current"),
    [
        ("/help/", "help", False, 'aria-current="page"'),
        ("/contact/", "help", False, ""),
        ("/procedures/1.000001/", "procedures:find", False, 'aria-current="true"'),
        ("/procedures/1.000001/", "procedures:find", True, ""),
        ("/procedures/", "procedures:find", True, 'aria-current="page"'),
    ],
)
def test_menu_marks_where_one_is(path, view, exact, current):
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    html = ui.nav_item(Context({"request": request}), view, "Chữ <", exact=exact)
    assert (current in html) if current else "aria-current" not in html
    assert "Chữ &lt;" in html


def test_attributes_of_a_box_are_written_as_django_writes_them():
    attrs = {"id": "a<b", "required": True, "disabled": False, "maxlength": 40, "title": mark_safe("<i>"), "x": None}
    assert ui.flat(attrs) == ' id="a&lt;b" required maxlength="40" title="<i>" x="None"'
