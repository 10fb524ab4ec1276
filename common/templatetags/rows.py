"""The template tag that writes many rows at the cost of one: the template is run once, the values are put in."""

import re
from collections.abc import Iterator
from html import escape
from operator import attrgetter
from typing import Any

from django import template
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, Variable, VariableNode
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# What no text of a template contains: characters of the private use area around the name of a value.
_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(f"{_BEGIN}([^{_END}]*){_END}")


class _Place(str):
    """Stands in the written row where a value comes; ``row.light.kind`` is the place of 'light.kind'."""

    path: tuple[str, ...]

    def __new__(cls, *path: str) -> "_Place":
        place = super().__new__(cls, f"{_BEGIN}{'.'.join(path)}{_END}" if path else "")
        place.path = path
        return place

    def __getitem__(self, name: Any) -> "_Place":
        return _Place(*self.path, name)

    def __bool__(self) -> bool:
        raise TemplateSyntaxError("Inside {% rows %} nothing depends on a value: prepare it in the row.")


class RowsNode(Node):
    """A body that is run once and repeated for each row."""

    def __init__(self, name: str, rows: FilterExpression, nodelist: NodeList) -> None:
        self.name, self.rows, self.nodelist = name, rows, nodelist

    def render(self, context: Context) -> SafeString:
        """Write every row."""
        rows = list(self.rows.resolve(context, ignore_failures=True) or ())
        if not rows:
            return mark_safe("")
        with context.push(**{self.name: _Place()}):
            parts = _MARK.split(self.nodelist.render(context))
        return mark_safe("".join(_filled(parts[::2], parts[1::2], rows)))  # noqa: S308


def _filled(texts: list[str], paths: list[str], rows: list[Any]) -> Iterator[str]:
    """Yield the pieces of all rows: the texts of the body with the escaped values between them."""
    getters = [attrgetter(path) for path in paths]
    for row in rows:
        for text, value in zip(texts, getters, strict=False):
            yield text
            shown = value(row)
            # As conditional_escape(), without its way around texts that are translated late.
            yield shown.__html__() if hasattr(shown, "__html__") else escape(str(shown))
        yield texts[-1]


@register.tag
def rows(parser: Parser, token: Token) -> RowsNode:
    """Write a body for each row: ``{% rows row in page.rows %}<td>{{ row.code }}</td>{% endrows %}``.

    Rows are objects whose attributes are what is to be shown; ``{{ row.code }}`` puts one in, escaped like any
    value. The body is run once: no ``{% if %}`` on a value and no filter of one, both belong into the row.
    Costs one row's template and one escaping a value. Raises TemplateSyntaxError.
    """
    parts = token.split_contents()
    if len(parts) != 4 or parts[2] != "in":
        raise TemplateSyntaxError("rows is used so: {% rows row in rows %} … {% endrows %}")
    nodelist = parser.parse(("endrows",))
    parser.delete_first_token()
    for node in nodelist.get_nodes_by_type(VariableNode):
        assert isinstance(node, VariableNode)
        shown = node.filter_expression
        if shown.filters and isinstance(shown.var, Variable) and str(shown.var).partition(".")[0] == parts[1]:
            raise TemplateSyntaxError(f"Inside {{% rows %}} no filter sees a value: prepare {shown.token} in the row.")
    return RowsNode(parts[1], parser.compile_filter(parts[3]), nodelist)
