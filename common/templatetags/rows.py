"""The template tag that writes many rows at the cost of a few: the template is run once a shape, values are put in."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from operator import attrgetter, itemgetter
from typing import Any

from django import template
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, Variable, VariableNode
from django.utils.safestring import SafeString, mark_safe

from .ui import tongue

register = template.Library()

# What no text of a template contains: characters of the private use area around the name of a value.
_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(f"{_BEGIN}([^{_END}]*){_END}")


class _Place(str):
    """Stands in the written row where a value comes; ``row.light.kind`` is the place of 'light.kind'.

    Asked whether it is true, it answers for one row, and notes the answer in ``asked``.
    """

    row: Any
    asked: dict[str, bool]
    path: str

    def __new__(cls, row: Any, asked: dict[str, bool], path: str = "") -> "_Place":
        place = super().__new__(cls, f"{_BEGIN}{path}{_END}" if path else "")
        place.row, place.asked, place.path = row, asked, path
        return place

    def __getitem__(self, name: Any) -> "_Place":
        return _Place(self.row, self.asked, f"{self.path}.{name}" if self.path else name)

    def __bool__(self) -> bool:
        return self.asked.setdefault(self.path, bool(_getter(self.path, self.row)(self.row)))


@dataclass(frozen=True)
class _Written:
    """The body as it is written for rows of one shape: ``asked`` is what its conditions found of them."""

    asked: list[tuple[Callable[[Any], Any], bool]]
    texts: list[str]
    getters: list[Callable[[Any], Any]]

    def fits(self, row: Any) -> bool:
        return all(bool(value(row)) == answer for value, answer in self.asked)

    def pieces(self, row: Any) -> Iterator[str]:
        for text, value in zip(self.texts, self.getters, strict=False):
            yield text
            shown = value(row)
            # As conditional_escape(), without its way around texts that are translated late.
            yield shown.__html__() if hasattr(shown, "__html__") else escape(str(shown))
        yield self.texts[-1]


class RowsNode(Node):
    """A body that is run once for each shape of row and repeated for each row."""

    def __init__(self, name: str, rows: FilterExpression, nodelist: NodeList) -> None:
        self.name, self.rows, self.nodelist = name, rows, nodelist

    def render(self, context: Context) -> SafeString:
        """Write every row."""
        written: list[_Written] = []
        pieces: list[str] = []
        for row in self.rows.resolve(context, ignore_failures=True) or ():
            shape = next((one for one in written if one.fits(row)), None)
            if shape is None:
                shape = self._written_for(row, context)
                written.append(shape)
            pieces += shape.pieces(row)
        return mark_safe("".join(pieces))  # noqa: S308

    def _written_for(self, row: Any, context: Context) -> _Written:
        asked: dict[str, bool] = {}
        with context.push(**{self.name: _Place(row, asked)}):
            parts = _MARK.split(self.nodelist.render(context))
        answers = [(_getter(path, row), answer) for path, answer in asked.items()]
        return _Written(answers, parts[::2], [_getter(path, row) for path in parts[1::2]])


def _getter(path: str, row: Any) -> Callable[[Any], Any]:
    """Return what reads a value of such rows: by attributes, or by its keys where a row is a mapping."""
    return itemgetter(path) if isinstance(row, Mapping) else attrgetter(path)


@register.tag
def rows(parser: Parser, token: Token) -> RowsNode:
    """Write a body for each row: ``{% rows row in page.rows %}<td>{{ row.code }}</td>{% endrows %}``.

    Rows are objects or mappings with what is to be shown; ``{{ row.code }}`` puts a value in, escaped like any. The
    body is run once for all rows that answer its ``{% if row.due %}`` alike; no filter sees a value and nothing
    compares one, both belong into the row. Raises TemplateSyntaxError.
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


@register.filter
def joined(groups: Iterable[tuple[Any, list[Any], int]]) -> list[tuple[Any, list[Any]]]:
    """Return the groups of a widget's choices as (name, choices), neighbours without a name as one group.

    A choice also has ``tongue``, the attribute that says its label is Vietnamese on an English page.
    """
    made: list[tuple[Any, list[Any]]] = []
    for name, options, _index in groups:
        choices = [option | {"tongue": tongue(option["label"])} for option in options]
        if made and not name and not made[-1][0]:
            made[-1][1].extend(choices)
        else:
            made.append((name, choices))
    return made
