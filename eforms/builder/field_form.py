"""The form of one question: the properties that its type has."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.fields import LineField, LinesField, TickField, WholeNumberField

from ..across.calculating import WAYS, Way
from ..parts import MAX_DECIMALS, MAX_NUMBER, MAX_OPTIONS, MAX_ROWS, MAX_UNIT
from .boxes import MAX_LABEL, BuilderForm, Details, add_span
from .choices import options_from_lines
from .conditions import ConditionField
from .editing import key_from
from .labels import WITH_EXAMPLE, WITH_UNIT, facts_of, option_meant, options_of, prefills_of, rules_of
from .raw import Part, columns_of, list_of, name_of, text_of
from .usage import sources_of

# So many answers that one is made of are chosen in lists of their own; more are ticked.
MOST_LISTS = 3
LISTS = {"ethnic_groups": gettext_lazy("Ethnic groups of Vietnam"), "countries": gettext_lazy("Countries")}


class FieldForm(BuilderForm):
    """One question: the properties that its type has.

    ``before`` are the raw questions that it may look back at; ``is_column``
    leaves out what makes no sense in a row of a table.
    """

    def __init__(
        self,
        kind: str,
        field: Mapping[str, Any],
        before: Sequence[Part],
        data: Any = None,
        *,
        is_column: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.kind, self.stored, self.before, self.is_column = kind, field, list(before), is_column
        self.way = WAYS.get(kind)
        self.is_derived = self.way is not None
        self._add_texts()
        if kind == "table":
            self._add_rows()
        if kind in ("choice", "choices", "yes_no", "within"):
            self._add_options()
        if self.way:
            self._add_sources(self.way)
        if kind in WITH_UNIT or (self.way and self.way.types & WITH_UNIT):
            self._add_unit()
        if kind == "date":
            self._tick("partial", _("The year alone is enough (day and month may be unknown)"), default=False)
        stored = field.get("show_if")
        self.fields["show_if"] = ConditionField(label=_("Ask only if"), fields=self.before, stored=stored)
        self.initial["show_if"] = stored
        self.rule_names: list[str] = []
        for name, rule in rules_of(kind).items():
            self._add_rule(name, rule)
        if not is_column:
            self._add_prefill()
            self._add_about()
        if kind != "note" and not is_column:
            self._tick("prints", _("Print it on the declaration"), default=True)
        self._lay_out()

    # Boxes

    def _add_texts(self) -> None:
        is_note = self.kind == "note"
        label = _("Heading of the note") if is_note else _("Question")
        self.add_words("label", label, self.stored.get("label"), required=True, max_length=MAX_LABEL)
        help_label = _("Text of the note") if is_note else _("Help under the question")
        self.add_words("help", help_label, self.stored.get("help"), lines=True)
        if self.kind in WITH_EXAMPLE:
            self.add_words("example", _("Example of an answer"), self.stored.get("example"), max_length=MAX_LABEL)
        if not self.is_column:
            title, hint = _("Title of a group that begins here"), _("Left empty, it stands with the question before.")
            self.add_words("group", title, self.stored.get("group"), max_length=MAX_LABEL, help_text=hint)
        if not is_note and not self.is_derived:
            self._tick("required", _("Must be answered"), default=False)

    def _tick(self, name: str, label: str, *, default: bool) -> None:
        self.fields[name] = TickField(label=label)
        stored = self.stored.get(name, default)
        self.initial[name] = stored if isinstance(stored, bool) else default

    def _add_rows(self) -> None:
        repeat = self.stored.get("repeat")
        bounds = repeat if isinstance(repeat, Mapping) else {}
        for name, label, minimum in (("min", _("Fewest rows"), 0), ("max", _("Most rows"), 1)):
            self.fields[f"rows_{name}"] = WholeNumberField(
                label=label, minimum=minimum, maximum=MAX_ROWS, required=True
            )
            self.initial[f"rows_{name}"] = bounds.get(name, 0 if name == "min" else 10)

    def _add_options(self) -> None:
        if self.kind == "within":
            self._add_lines(_("Answers, one a line: in time, late"), 2)
            return
        if self.kind != "yes_no":
            named = self.stored.get("options_from")
            choices = [("", _("The answers written below")), *LISTS.items()]
            self.fields["options_from"] = forms.ChoiceField(
                label=_("Answers to choose from"), choices=choices, required=False, widget=forms.RadioSelect
            )
            self.initial["options_from"] = named if isinstance(named, str) else ""
            self._add_lines(_("Answers, one a line"), 6)
        if self.kind != "choices":
            self.fields["default"] = LineField(
                label=_("Answer chosen beforehand"),
                help_text=_("Write it as above; leave empty for none."),
                required=False,
                max_length=MAX_LABEL,
            )
            default = str(self.stored.get("default", ""))
            self.initial["default"] = dict(options_of(self.stored)).get(default, default)

    def _add_lines(self, label: Any, rows: int) -> None:
        lines: dict[str, Any] = {
            "maximum": 2 if self.way else MAX_OPTIONS,
            "longest": MAX_LABEL,
            "rows": rows,
            "distinct": False,
            "required": False,
        }
        self.fields["options"] = LinesField(label=label, **(lines | {"required": self.way is not None}))
        self.fields["options_en"] = LinesField(
            label=_("Answers in English"), help_text=_("The same lines in the same order."), **lines
        )
        stored = [option for option in list_of(self.stored.get("options")) if isinstance(option, Mapping)]
        self.initial["options"] = "\n".join(text_of(option.get("label")) for option in stored)
        english = [option.get("label") for option in stored]
        said = [str(words.get("en", "")) if isinstance(words, Mapping) else "" for words in english]
        self.initial["options_en"] = "\n".join(said) if any(said) else ""

    def _add_sources(self, way: Way) -> None:
        """Add what an answer is made of: boxes to tick where any number is added up, else a list for each."""
        stored = self.stored.get("derive")
        derive: Mapping[str, Any] = stored if isinstance(stored, Mapping) else {}
        chosen = sources_of(derive) if derive else []
        offered = self._earlier(way.sources) + (self._columns(way.sources) if way.takes_columns else [])
        missing = {"required": _("Choose which answers above it is made of.")}
        if way.most > MOST_LISTS:
            self.fields["derive_of"] = forms.MultipleChoiceField(
                label=_("Made of"), choices=offered, widget=forms.CheckboxSelectMultiple, error_messages=missing
            )
            self.initial["derive_of"] = chosen
        else:
            for n in range(way.most):
                name, label = f"derive_of{n or ''}", _("Made of") if not n else _("and of")
                choices = [("", _("Choose") if n < way.least else _("(nothing further)")), *offered]
                self.fields[name] = forms.ChoiceField(
                    label=label, choices=choices, required=n < way.least, error_messages=missing
                )
                self.initial[name] = chosen[n] if n < len(chosen) else ""
        if way.has_span:
            add_span(self, derive)

    def _add_unit(self) -> None:
        hint = _("Such as m², kg, %.")
        self.add_words("unit", _("Unit"), self.stored.get("unit"), max_length=MAX_UNIT, help_text=hint)
        if self.kind == "decimal" or (self.way and "decimal" in self.way.types):
            self.fields["decimals"] = WholeNumberField(
                label=_("Digits after the comma"), minimum=1, maximum=MAX_DECIMALS, required=True
            )
            self.initial["decimals"] = self.stored.get("decimals", 2)

    def _columns(self, kinds: frozenset[str]) -> list[tuple[str, str]]:
        """Return the columns of tables above that are of these types: 'table.column' and what people call it."""
        return [
            (f"{field.get('key')}.{column.get('key')}", f"{name_of(field)}: {name_of(column)}")
            for field in self.before
            for column in columns_of(field)
            if column.get("type") in kinds
        ]

    def _add_rule(self, name: str, rule: Any) -> None:
        stored = next((item for item in self._stored_rules() if item.get("name") == name), None)
        args = list_of(stored.get("args")) if stored else []
        box = f"rule_{name}"
        if not rule.args:
            self.fields[box] = TickField(label=rule.title)
            self.initial[box] = stored is not None
        elif rule.args[0] == "field":
            choices = [("", _("(no check)")), *self._earlier(rule.reads)]
            if len(choices) == 1 and stored is None:
                return
            self.fields[box] = forms.ChoiceField(label=rule.title, required=False, choices=choices)
            self.initial[box] = args[0] if args else ""
        else:
            self.fields[box] = WholeNumberField(
                label=rule.title, minimum=-MAX_NUMBER, maximum=MAX_NUMBER, required=False
            )
            self.initial[box] = args[0] if args else None
        self.rule_names.append(box)
        if "condition" in rule.args:
            condition = args[1] if len(args) > 1 else None
            self.fields[f"{box}_when"] = ConditionField(
                label=_("That limit counts only if"), fields=self.before, stored=condition
            )
            self.initial[f"{box}_when"] = condition
            self.rule_names.append(f"{box}_when")

    def _add_prefill(self) -> None:
        known = [
            (name, _("From the account: %(name)s") % {"name": words}) for name, words in prefills_of(self.kind).items()
        ]
        answers = [
            (f"answer:{key}", _("From the answer to “%(name)s”") % {"name": name})
            for key, name in self._earlier(frozenset({self.kind}))
        ]
        if (known or answers) and self.kind not in ("note", "table"):
            self.fields["prefill"] = forms.ChoiceField(
                label=_("Filled in beforehand"), required=False, choices=[("", _("Nothing")), *known, *answers]
            )
            self.initial["prefill"] = self.stored.get("prefill", "")

    def _add_about(self) -> None:
        facts = facts_of(self.kind)
        if not facts or self.is_derived:
            return
        person, _colon, fact = str(self.stored.get("about", "")).partition(":")
        self.fields["about_fact"] = forms.ChoiceField(
            label=_("Asks of a person"), required=False, choices=[("", _("Nothing of a person")), *facts.items()]
        )
        self.fields["about_person"] = LineField(
            label=_("Of which person"),
            required=False,
            max_length=40,
            help_text=_("One word for the person, the same in all questions about them: mother, child, bride. "
                        "They can then be filled in together, from an identity card or from somebody already named."),
        )  # fmt: skip
        self.initial["about_fact"], self.initial["about_person"] = fact, person

    def _earlier(self, kinds: frozenset[str]) -> list[tuple[str, str]]:
        return [(str(field.get("key")), name_of(field)) for field in self.before if field.get("type") in kinds]

    def _stored_rules(self) -> list[Mapping[str, Any]]:
        return [rule for rule in list_of(self.stored.get("rules")) if isinstance(rule, Mapping)]

    def _lay_out(self) -> None:
        english = [name for name in self.fields if name.endswith("_en")]
        first = ["label", "help", "example", "required", *[name for name in self.fields if name.startswith("derive_")]]
        first += ["amount", "span", "unit", "decimals", "partial", "rows_min", "rows_max"]
        answers = ["options_from", "options", "default"]
        last = ["prefill", "about_fact", "about_person", "prints", "group"]
        parts: list[Any] = [name for name in [*first, *answers] if name in self.fields]
        parts.append("show_if")
        if self.rule_names:
            parts.append(Fieldset(_("Checks of the answer"), *self.rule_names))
        parts += [name for name in last if name in self.fields]
        self.helper.layout = Layout(*parts, Details(_("In English"), *english))

    # What was typed

    def clean(self) -> dict[str, Any]:
        """Check what hangs together: bounds of rows, the answer chosen beforehand, a limit and its condition."""
        cleaned: dict[str, Any] = self.cleaned_data
        minimum, maximum = cleaned.get("rows_min"), cleaned.get("rows_max")
        if minimum is not None and maximum is not None and minimum > maximum:
            self.add_error("rows_max", _("Enter a number of at least %(limit)s.") % {"limit": minimum})
        if "options" in cleaned:
            self._clean_options(cleaned)
            if self.way and len(cleaned.get("options") or ()) != 2:
                self.add_error("options", _("Write two answers: in time, late."))
        if cleaned.get("default"):
            found = option_meant(self._with_options(), cleaned["default"])
            if found:
                cleaned["default_value"] = found
            else:
                self.add_error("default", _("This is none of the answers above."))
        if cleaned.get("about_fact") and not cleaned.get("about_person"):
            self.add_error("about_person", _("Say which person this is about."))
        limit, when = cleaned.get("rule_max_if"), cleaned.get("rule_max_if_when")
        if limit is not None and when is None and "rule_max_if_when" not in self.errors:
            self.add_error("rule_max_if_when", _("Say when the limit counts, or leave the number empty."))
        return cleaned

    def _clean_options(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("options_from"):
            return
        lines = cleaned["options"]
        english = cleaned.get("options_en") or []
        if any(not line for line in lines):
            cleaned["options"] = lines = [line for line in lines if line]
        # Marks tell answers apart: Ba and Bà are two.
        twice = next((line for line, count in Counter(lines).items() if count > 1), "")
        if twice:
            self.add_error("options", _("The answer “%(name)s” is there twice.") % {"name": twice})
        if len(english) > len(lines):
            self.add_error("options_en", _("There are more lines in English than in Vietnamese."))

    def _with_options(self) -> dict[str, Any]:
        return {"type": self.kind} | {name: value for name, value in self._option_values().items() if value is not None}

    def _option_values(self) -> dict[str, Any]:
        if "options" not in self.fields:
            return {}
        named = self.cleaned_data.get("options_from")
        if named:
            return {"options_from": named, "options": None}
        old = [option for option in list_of(self.stored.get("options")) if isinstance(option, Mapping)]
        lines, english = self.cleaned_data.get("options") or [], self.cleaned_data.get("options_en") or []
        return {"options_from": None, "options": options_from_lines(lines, english, old)}

    def values(self) -> dict[str, Any]:
        """Return the properties of the question as ``form_editing`` takes them."""
        cleaned = self.cleaned_data
        values: dict[str, Any] = {
            "type": self.kind,
            "label": self.words("label"),
            "help": self.words("help"),
            "show_if": cleaned.get("show_if"),
            "rules": self._rules(),
        }
        if "example" in self.fields:
            values["example"] = self.words("example")
        if "group" in self.fields:
            values["group"] = self.words("group")
        if self.is_derived:
            values |= self._derive()
        if "unit" in self.fields:
            values["unit"] = self.words("unit")
        if "decimals" in self.fields:
            # Two is the rule: only the exception is written down.
            is_other = values["type"] == "decimal" and cleaned["decimals"] != 2
            values["decimals"] = cleaned["decimals"] if is_other else None
        if "required" in self.fields:
            values["required"] = cleaned["required"] or None
        if "partial" in self.fields:
            values["partial"] = cleaned["partial"] or None
        if "rows_min" in self.fields:
            values["repeat"] = {"min": cleaned["rows_min"], "max": cleaned["rows_max"]}
        values |= self._option_values()
        if "default" in self.fields:
            values["default"] = cleaned.get("default_value")
        if "prefill" in self.fields:
            values["prefill"] = cleaned["prefill"]
        if "about_fact" in self.fields:
            person, fact = cleaned.get("about_person"), cleaned.get("about_fact")
            values["about"] = f"{key_from(person, ())}:{fact}" if person and fact else None
        if "prints" in self.fields:
            # Printing is the rule: only the exception is written down.
            values["prints"] = None if cleaned["prints"] else False
        return values

    def _derive(self) -> dict[str, Any]:
        """Return what the answer is made of, and its type: that of the sources where there are several."""
        assert self.way is not None
        cleaned = self.cleaned_data
        names = [name for name in self.fields if name.startswith("derive_")]
        given = [cleaned[name] for name in names if cleaned.get(name)]
        of = [key for one in given for key in (one if isinstance(one, list) else [one])]
        span = {"amount": cleaned["amount"], "unit": cleaned["span"]} if self.way.has_span else {}
        derive = {"name": self.kind, "of": of[0] if len(of) == 1 else of} | span
        kinds = {kind for field in self.before for kind in _kinds(field, of)}
        likely = next((kind for kind in ("money", "decimal", "number") if kind in kinds), "number")
        kind = likely if len(self.way.types) > 1 else next(iter(self.way.types))
        return {"derive": derive, "type": kind}

    def _rules(self) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for name, rule in rules_of(self.kind).items():
            given = self.cleaned_data.get(f"rule_{name}")
            # A limit of 0 is a limit.
            if given is None or given == "" or given is False:
                continue
            args = [] if not rule.args else [given]
            if "condition" in rule.args:
                args.append(self.cleaned_data[f"rule_{name}_when"])
            made.append({"name": name} | ({"args": args} if args else {}))
        # The same check a second time cannot be shown in one box; it stays as it is.
        met: set[str] = set()
        for stored in self._stored_rules():
            if stored.get("name") in met:
                made.append(dict(stored))
            met.add(str(stored.get("name")))
        return made


def _kinds(field: Part, keys: Sequence[str]) -> list[Any]:
    """Return the types that a question and its columns add to what is made of them."""
    own = [field.get("type")] if field.get("key") in keys else []
    return own + [one.get("type") for one in columns_of(field) if f"{field.get('key')}.{one.get('key')}" in keys]
