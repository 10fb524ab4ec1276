"""The tag for many rows writes what a loop writes, for one run of the body a shape of row."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe
from django.utils.translation import override

from common.templatetags.rows import joined

BODY = """
    <tr class="{{ mark }}"><td title="{{ row.code }}">{{ row.light.text }}</td>
      {% if row.n %}{% if not row.light.kind and mark %}<td>{{ row.code }}</td>{% endif %}{% else %}–{% endif %}
      {% if many %}<td>{{ row.n }}</td>{% endif %}</tr>
    """


def row(n):
    return SimpleNamespace(
        n=n,
        code=f'<{n}>&"',
        light=SimpleNamespace(kind=n % 3, text=mark_safe("<b>Đ</b>") if n % 2 else "{{ row.n }}\ue000n\ue001"),
    )


def render(template, **context):
    return Template("{% load rows %}" + template).render(Context(context))


@pytest.mark.parametrize("count", [0, 1, 7])
@pytest.mark.parametrize("many", [True, False])
def test_it_writes_what_a_loop_writes(count, many):
    context = {"page": SimpleNamespace(rows=[row(n) for n in range(count)]), "mark": "a&b", "many": many}
    written = render("{% rows row in page.rows %}" + BODY + "{% endrows %}", **context)
    assert written == render("{% for row in page.rows %}" + BODY + "{% endfor %}", **context)
    assert written.count("<tr") == count


def test_nothing_is_written_for_rows_that_are_not_there():
    assert render("{% rows row in page.rows %}x{% endrows %}") == ""


@pytest.mark.parametrize(
    "template",
    [
        "{% rows row in rows %}{{ row.code|upper }}{% endrows %}",
        "{% rows row in rows %}{% if many %}{{ row.light.text|upper }}{% endif %}{% endrows %}",
        "{% rows rows %}{% endrows %}",
    ],
)
def test_what_would_be_wrong_for_every_row_is_refused(template):
    with pytest.raises(TemplateSyntaxError):
        render(template, rows=[row(1)], many=True)


def test_rows_may_be_mappings():
    options = [{"value": "<1>", "selected": False}, {"value": "2", "selected": True}]
    template = "{% rows row in options %}{{ row.value }}{% if row.selected %}!{% endif %} {% endrows %}"
    assert render(template, options=options) == "&lt;1&gt; 2! "


def test_groups_without_a_name_are_written_together():
    groups = [(name, [{"label": n}], n) for n, name in enumerate([None, None, "A", None, None])]
    found = [(name, [option["label"] for option in options]) for name, options in joined(groups)]
    assert found == [(None, [0, 1]), ("A", [2]), (None, [3, 4])]


def test_a_vietnamese_choice_says_so_on_an_english_page():
    groups = [(None, [{"label": "Hộ tịch"}, {"label": "All"}], 0)]
    with override("en"):
        assert [option["tongue"] for _name, options in joined(groups) for option in options] == [' lang="vi"', ""]
    with override("vi"):
        assert [option["tongue"] for _name, options in joined(groups) for option in options] == ["", ""]
