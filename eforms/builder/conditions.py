"""A condition as rows of question – operator – value, of which all or any must hold.

The answers of choice questions are one list, grouped by question, so that no
script is needed; a script narrows it to the question of the row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.forms.fields import WholeNumberField
from common.text import clean, clean_text
from common.values import partial_date

from ..parts import MAX_NUMBER
from .choices import OPS_WITHOUT_VALUE, Comparison, condition_of, simple
from .labels import OPERATOR_WORDS, condition_text, operators_of, option_meant, options_of, value_text
from .raw import Part, name_of

MAX_COMPARISONS = 10
# Longer lists (countries) are typed, not listed.
LISTED_UP_TO = 30
CHOSEN = frozenset({"choice", "choices", "yes_no"})
MAX_VALUE = 300


class ConditionWidget(forms.Widget):
    """Rows of selects and a box; ``<name>-more`` asks for another row. ``fields`` are the raw questions it may read."""

    template_name = "manage/form_condition.html"
    use_fieldset = True
    PARTS = ("field", "op", "option", "value")

    def __init__(self, fields: Sequence[Part], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.fields = {str(field.get("key")): field for field in fields if operators_of(str(field.get("type")))}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        """Return what was typed: the joint, the rows with a question, whether a complex condition is kept."""
        rows = []
        for n in range(MAX_COMPARISONS):
            row = {
                part: clean(str(data.get(f"{name}-{n}-{part}") or "")).strip()[: MAX_VALUE + 1] for part in self.PARTS
            }
            if row["field"] or row["option"] or row["value"]:
                rows.append(row)
        return {
            "joint": "any" if data.get(f"{name}-joint") == "any" else "all",
            "rows": rows,
            "keep": data.get(f"{name}-keep") == "1",
            "more": f"{name}-more" in data,
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Say whether no row was sent."""
        return f"{name}-0-field" not in data

    def id_for_label(self, id_: str, index: int | None = None) -> str:
        """Return the first box, where an error link leads."""
        return f"{id_}-0-field" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the template the rows, the questions, the operators and the answers."""
        context = super().get_context(name, value, attrs)
        typed, complex_words = self._typed(value)
        shown = min(len(typed["rows"]) + (2 if typed.get("more") else 1), MAX_COMPARISONS)
        blank = dict.fromkeys(self.PARTS, "")
        context["widget"] |= {
            "rows": [typed["rows"][n] if n < len(typed["rows"]) else blank for n in range(shown)],
            "joint": typed["joint"],
            "complex": complex_words,
            "keep": typed["keep"],
            "has_more": shown < MAX_COMPARISONS,
            "questions": [(key, name_of(field)) for key, field in self.fields.items()],
            "operators": [(op, words) for op, words in OPERATOR_WORDS.items() if op != "in"],
            "groups": [
                (key, name_of(field), [(f"{key}:{value}", label) for value, label in options_of(field)])
                for key, field in self.fields.items()
                if field.get("type") in CHOSEN and len(options_of(field)) <= LISTED_UP_TO
            ],
        }
        return context

    def _typed(self, value: Any) -> tuple[dict[str, Any], str]:
        """Return the rows to show and, of a condition that does not fit into rows, its words."""
        if isinstance(value, Mapping) and "rows" in value:
            stored = value.get("stored")
            words = condition_text(stored, self.fields) if stored is not None and simple(stored) is None else ""
            return dict(value), words
        found = simple(value)
        if found is None:
            empty = {"joint": "all", "rows": [], "keep": True}
            return empty, condition_text(value, self.fields)
        rows = [self._row(comparison) for comparison in found.rows]
        return {"joint": found.joint, "rows": rows, "keep": False}, ""

    def _row(self, comparison: Comparison) -> dict[str, str]:
        field = self.fields.get(comparison.field, {})
        row = {"field": comparison.field, "op": comparison.op, "option": "", "value": ""}
        if comparison.op in OPS_WITHOUT_VALUE:
            return row
        is_listed = field.get("type") in CHOSEN and len(options_of(field)) <= LISTED_UP_TO
        if is_listed and str(comparison.value) in dict(options_of(field)):
            return row | {"option": f"{comparison.field}:{comparison.value}"}
        return row | {"value": value_text(field, comparison.value)}


class ConditionField(forms.Field):
    """A condition over earlier questions; value: the condition as data, or None for 'always'."""

    def __init__(self, *, fields: Sequence[Part], stored: Any = None, **kwargs: Any) -> None:
        super().__init__(widget=ConditionWidget(fields), required=False, **kwargs)
        self.stored = stored

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show again what was typed, beside the condition that is stored."""
        return {**data, "stored": self.stored} if isinstance(data, Mapping) else data

    def clean(self, value: Any) -> Any:
        """Return the condition; raises ValidationError with a message for every row that is wrong."""
        if not isinstance(value, Mapping):
            return None
        if value.get("keep") and simple(self.stored) is None:
            return self.stored
        rows, faults = [], []
        for n, typed in enumerate(value["rows"], start=1):
            try:
                rows.append(self._comparison(typed))
            except ValidationError as error:
                message = " ".join(error.messages)
                faults.append(_("Condition %(n)d: %(message)s") % {"n": n, "message": message})
        if faults:
            raise ValidationError(faults)
        return condition_of(value["joint"], rows)

    def _comparison(self, typed: Mapping[str, str]) -> Comparison:
        field = self.widget.fields.get(typed["field"])
        if field is None:
            raise ValidationError(_("Choose the question that it reads."))
        kind, op = str(field.get("type")), typed["op"] or "eq"
        allowed = operators_of(kind)
        # 'is' is what people mean of several answers too.
        op = "contains" if op == "eq" and kind == "choices" else op
        if op not in allowed:
            words = ", ".join(f"“{OPERATOR_WORDS[name]}”" for name in allowed)
            raise ValidationError(
                _("The question “%(name)s” can be compared by %(words)s only.")
                % {"name": name_of(field), "words": words}
            )
        if op in OPS_WITHOUT_VALUE:
            return Comparison(typed["field"], op)
        return Comparison(typed["field"], op, self._value(field, kind, typed))

    def _value(self, field: Part, kind: str, typed: Mapping[str, str]) -> Any:
        text = clean_text(typed["value"])
        if kind in CHOSEN:
            return _option(field, typed["option"], text)
        if not text:
            raise ValidationError(_("Write the value to compare with."))
        if kind in ("number", "money"):
            number = WholeNumberField().clean(text)
            if abs(number) > MAX_NUMBER:
                raise ValidationError(_("This number is too large."))
            return number
        if kind == "date":
            try:
                return partial_date.parse(text)
            except ValueError as error:
                raise ValidationError(_("Enter a date that exists, for example 27 3 1990.")) from error
        if len(text) > MAX_VALUE:
            raise ValidationError(_("Use %(count)d characters or fewer.") % {"count": MAX_VALUE})
        return text


def _option(field: Part, chosen: str, text: str) -> str:
    """Return the answer meant by the list or by what was typed."""
    options = options_of(field)
    key, _colon, value = chosen.partition(":")
    if chosen and key == field.get("key") and value in dict(options):
        return value
    if text and (meant := option_meant(field, text)):
        return meant
    names = "; ".join(label for _value, label in options[:8])
    raise ValidationError(
        _("Choose one of the answers of “%(name)s”: %(answers)s") % {"name": name_of(field), "answers": names}
    )
