"""The tag for many rows writes what a loop writes, for one run of the body."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe

BODY = """
    <tr class="{{ mark }}"><td title="{{ row.code }}">{{ row.light.text }}</td>
      {% if many %}<td>{{ row.n }}</td>{% endif %}</tr>
    """


def row(n):
    return SimpleNamespace(
        n=n, code=f'<{n}>&"', light=SimpleNamespace(text=mark_safe("<b>Đ</b>") if n % 2 else "{{ row.n }}\ue000n\ue001")
    )


def render(template, **context):
    return Template("{% load rows %}" + template).render(Context(context))


@pytest.mark.parametrize("count", [0, 1, 3])
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
        "{% rows row in rows %}{% if row.n %}x{% endif %}{% endrows %}",
        "{% rows row in rows %}{{ row.code|upper }}{% endrows %}",
        "{% rows row in rows %}{% if many %}{{ row.light.text|upper }}{% endif %}{% endrows %}",
        "{% rows rows %}{% endrows %}",
    ],
)
def test_what_would_be_wrong_for_every_row_is_refused(template):
    with pytest.raises(TemplateSyntaxError):
        render(template, rows=[row(1)], many=True)
