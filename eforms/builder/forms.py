"""The publishers' forms for the parts of a form schema: only the properties that the type of a question has.

``values()`` of each is what ``form_editing`` takes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from crispy_forms.utils import render_field
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.fields import NfcCharField, WholeNumberField
from common.text import lower_first

from ..parts import COLUMN_TYPES, MAX_NUMBER, MAX_OPTIONS, MAX_ROWS, MAX_SIGNATURE, MAX_SIGNATURES, MAX_TEXT
from .choices import options_from_lines
from .conditions import ConditionField
from .editing import Part, name_of, text_of
from .labels import TYPE_WORDS, WITH_EXAMPLE, option_meant, options_of, prefills_of, rules_of

MAX_LABEL = 300
LISTS = {"ethnic_groups": gettext_lazy("Ethnic groups of Vietnam"), "countries": gettext_lazy("Countries")}
# In the order in which publishers are likely to want them.
OFFERED = (
    "text long_text number money date date_in_words choice choices yes_no person full_name id_number tax_code phone "
    "email address bank_account table note file"
).split()


class CleanTextField(NfcCharField):
    """A line or, with ``lines``, a text that people will read."""

    rows = 3

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"max_length": MAX_TEXT} | options))


class LinesField(CleanTextField):
    """Short texts, one a line; value: the list of lines."""

    def __init__(self, *, maximum: int = MAX_OPTIONS, longest: int = MAX_LABEL, rows: int = 6, **kwargs: Any) -> None:
        super().__init__(**({"lines": True, "max_length": 60_000, "required": False} | kwargs))
        self.widget.attrs["rows"] = rows
        self.maximum, self.longest = maximum, longest

    def clean(self, value: Any) -> list[str]:
        """Return the lines, inner blank ones too; raises ValidationError for too many or too long ones."""
        lines = [" ".join(line.split()) for line in str(super().clean(value)).split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        if len(lines) > self.maximum:
            raise ValidationError(_("At most %(count)d lines fit here.") % {"count": self.maximum})
        if any(len(line) > self.longest for line in lines):
            raise ValidationError(_("Write at most %(count)d characters a line.") % {"count": self.longest})
        return lines


class TickField(forms.BooleanField):
    """A box that may be ticked or not: neither needs the word 'optional'."""

    def validate(self, value: Any) -> None:
        """Take both answers."""


class Details:
    """A layout entry that folds seldom used boxes away; open while one of them holds something or is wrong."""

    def __init__(self, title: str, *names: str) -> None:
        self.title, self.names = title, names

    def render(self, form: forms.Form, context: Any, template_pack: str = "motcua", **kwargs: Any) -> SafeString:
        """Return its HTML."""
        inside = [render_field(name, form, context, template_pack=template_pack, **kwargs) for name in self.names]
        is_open = any(form[name].value() or name in form.errors for name in self.names)
        return render_to_string("manage/form_details.html", {"title": self.title, "inside": inside, "open": is_open})


class BuilderForm(forms.Form):
    """What all of them share: the revision they started from, and words in two languages."""

    use_required_attribute = False

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def add_words(self, name: str, label: Any, stored: Any, *, required: bool = False, **more: Any) -> None:
        """Add a box for the Vietnamese and one, ``<name>_en``, for the English of a text."""
        words = stored if isinstance(stored, Mapping) else {}
        message = {"required": _("Enter %(label)s") % {"label": lower_first(str(label))}}
        self.fields[name] = CleanTextField(label=label, required=required, error_messages=message, **more)
        more.pop("help_text", None)
        self.fields[f"{name}_en"] = CleanTextField(
            label=_("%(label)s in English") % {"label": label}, required=False, **more
        )
        self.initial[name], self.initial[f"{name}_en"] = text_of(words), words.get("en", "")

    def words(self, name: str) -> dict[str, str] | None:
        """Return a text as data; None when there is none."""
        vi, en = self.cleaned_data.get(name, ""), self.cleaned_data.get(f"{name}_en", "")
        return ({"vi": vi} | ({"en": en} if en else {})) if vi else None

    @property
    def wants_row(self) -> bool:
        """Whether another row of conditions was asked for: the page is shown again, without faults."""
        return any(name.endswith("-more") for name in self.data)

    def full_clean(self) -> None:
        """Check what was sent; when only another row was asked for, report nothing."""
        super().full_clean()
        if self.is_bound and self.wants_row:
            self.errors.clear()

    def is_valid(self) -> bool:
        """Whether it may be saved."""
        return super().is_valid() and not self.wants_row


class TitleForm(BuilderForm):
    """The title of the declaration, the legal basis of its pattern and who signs it."""

    def __init__(self, form: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data)
        self.add_words("title", _("Title of the declaration"), form.get("title"), required=True, max_length=MAX_LABEL)
        self.fields["basis"] = CleanTextField(
            label=_("Legal basis of the pattern"),
            help_text=_("Example: %(example)s") % {"example": "Thông tư 04/2024/TT-BTP"},
            required=False,
            max_length=1000,
        )
        self.initial["basis"] = form.get("basis", "")
        lines = {"maximum": MAX_SIGNATURES, "longest": MAX_SIGNATURE, "rows": MAX_SIGNATURES}
        self.fields["signatures"] = LinesField(
            label=_("Who signs the paper, one a line"),
            help_text=_("Example: %(example)s") % {"example": "Bên nữ; Bên nam; Người đại diện (Ký, đóng dấu)"}
            + " "
            + _("What stands in brackets is printed small under the name. Left empty: “Người khai”."),
            **lines,
        )
        self.fields["signatures_en"] = LinesField(
            label=_("Who signs, in English"), help_text=_("The same lines in the same order."), **lines
        )
        stored = [words for words in _list(form.get("signatures")) if isinstance(words, Mapping)]
        self.initial["signatures"] = "\n".join(text_of(words) for words in stored)
        english = [str(words.get("en", "")) for words in stored]
        self.initial["signatures_en"] = "\n".join(english) if any(english) else ""
        self.helper.layout = Layout(
            "title", "basis", "signatures", Details(_("In English"), "title_en", "signatures_en")
        )

    def clean(self) -> dict[str, Any]:
        """Check that each English line has its Vietnamese one."""
        cleaned: dict[str, Any] = self.cleaned_data
        lines, english = cleaned.get("signatures") or [], cleaned.get("signatures_en") or []
        if "signatures" not in self.errors and any(
            text and not line for line, text in zip_longest(lines, english, fillvalue="")
        ):
            self.add_error("signatures_en", _("There are more lines in English than in Vietnamese."))
        return cleaned

    def signatures(self) -> list[dict[str, str]]:
        """Return who signs as data; none when nobody was written."""
        pairs = zip_longest(self.cleaned_data["signatures"], self.cleaned_data["signatures_en"], fillvalue="")
        return [{"vi": vi} | ({"en": en} if en else {}) for vi, en in pairs if vi]


class SectionForm(BuilderForm):
    """One section: title, introduction, when it is asked."""

    def __init__(self, section: Mapping[str, Any], before: Sequence[Part], data: Any = None) -> None:
        super().__init__(data)
        self.add_words("title", _("Title of the section"), section.get("title"), required=True, max_length=MAX_LABEL)
        self.add_words("intro", _("Introduction"), section.get("intro"), lines=True, help_text=_("A sentence or two."))
        stored = section.get("show_if")
        self.fields["show_if"] = ConditionField(label=_("Ask this section only if"), fields=before, stored=stored)
        self.initial["show_if"] = stored
        self.helper.layout = Layout("title", "intro", "show_if", Details(_("In English"), "title_en", "intro_en"))

    def values(self) -> dict[str, Any]:
        """Return the properties of the section."""
        return {
            "title": self.words("title"),
            "intro": self.words("intro"),
            "show_if": self.cleaned_data.get("show_if"),
        }


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
    ) -> None:
        super().__init__(data)
        self.kind, self.stored, self.before, self.is_column = kind, field, list(before), is_column
        self.is_derived = kind == "date_in_words"
        self._add_texts()
        if kind == "table":
            self._add_rows()
        if kind in ("choice", "choices", "yes_no"):
            self._add_options()
        if self.is_derived:
            self._add_source()
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
            self.fields[f"rows_{name}"] = _number(label, minimum=minimum, maximum=MAX_ROWS, required=True)
            self.initial[f"rows_{name}"] = bounds.get(name, 0 if name == "min" else 10)

    def _add_options(self) -> None:
        if self.kind != "yes_no":
            named = self.stored.get("options_from")
            choices = [("", _("The answers written below")), *LISTS.items()]
            self.fields["options_from"] = forms.ChoiceField(
                label=_("Answers to choose from"), choices=choices, required=False, widget=forms.RadioSelect
            )
            self.initial["options_from"] = named if isinstance(named, str) else ""
            self.fields["options"] = LinesField(label=_("Answers, one a line"))
            self.fields["options_en"] = LinesField(
                label=_("Answers in English"), help_text=_("The same lines in the same order.")
            )
            stored = [option for option in _list(self.stored.get("options")) if isinstance(option, Mapping)]
            self.initial["options"] = "\n".join(text_of(option.get("label")) for option in stored)
            english = [option.get("label") for option in stored]
            lines = [str(words.get("en", "")) if isinstance(words, Mapping) else "" for words in english]
            self.initial["options_en"] = "\n".join(lines) if any(lines) else ""
        if self.kind != "choices":
            self.fields["default"] = CleanTextField(
                label=_("Answer chosen beforehand"),
                help_text=_("Write it as above; leave empty for none."),
                required=False,
                max_length=MAX_LABEL,
            )
            default = str(self.stored.get("default", ""))
            self.initial["default"] = dict(options_of(self.stored)).get(default, default)

    def _add_source(self) -> None:
        derive = self.stored.get("derive")
        self.fields["derive_of"] = forms.ChoiceField(
            label=_("Date that it is made from"),
            choices=[("", _("Choose")), *self._earlier(frozenset({"date"}))],
            error_messages={"required": _("Choose the date above that is written in words.")},
        )
        self.initial["derive_of"] = derive.get("of") if isinstance(derive, Mapping) else ""

    def _add_rule(self, name: str, rule: Any) -> None:
        stored = next((item for item in self._stored_rules() if item.get("name") == name), None)
        args = _list(stored.get("args")) if stored else []
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
            self.fields[box] = _number(rule.title, minimum=-MAX_NUMBER, maximum=MAX_NUMBER)
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

    def _earlier(self, kinds: frozenset[str]) -> list[tuple[str, str]]:
        return [(str(field.get("key")), name_of(field)) for field in self.before if field.get("type") in kinds]

    def _stored_rules(self) -> list[Mapping[str, Any]]:
        return [rule for rule in _list(self.stored.get("rules")) if isinstance(rule, Mapping)]

    def _lay_out(self) -> None:
        english = [name for name in self.fields if name.endswith("_en")]
        first = ["label", "help", "example", "required", "derive_of", "partial", "rows_min", "rows_max"]
        answers = ["options_from", "options", "default"]
        last = ["prefill", "prints"]
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
        if cleaned.get("default"):
            found = option_meant(self._with_options(), cleaned["default"])
            if found:
                cleaned["default_value"] = found
            else:
                self.add_error("default", _("This is none of the answers above."))
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
        if "options_from" not in self.fields:
            return {}
        named = self.cleaned_data.get("options_from")
        if named:
            return {"options_from": named, "options": None}
        old = [option for option in _list(self.stored.get("options")) if isinstance(option, Mapping)]
        lines, english = self.cleaned_data.get("options") or [], self.cleaned_data.get("options_en") or []
        return {"options_from": None, "options": options_from_lines(lines, english, old)}

    def values(self) -> dict[str, Any]:
        """Return the properties of the question as ``form_editing`` takes them."""
        cleaned = self.cleaned_data
        values: dict[str, Any] = {
            "type": "text" if self.is_derived else self.kind,
            "label": self.words("label"),
            "help": self.words("help"),
            "show_if": cleaned.get("show_if"),
            "rules": self._rules(),
        }
        if "example" in self.fields:
            values["example"] = self.words("example")
        if self.is_derived:
            values["derive"] = {"name": "date_in_words", "of": cleaned["derive_of"]}
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
        if "prints" in self.fields:
            # Printing is the rule: only the exception is written down.
            values["prints"] = None if cleaned["prints"] else False
        return values

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


class PaperForm(BuilderForm):
    """A file that is asked for: it becomes a paper of the procedure."""

    def __init__(self, before: Sequence[Part], data: Any = None) -> None:
        super().__init__(data)
        self.add_words("name", _("Name of the paper"), None, required=True, max_length=400)
        self.fields["required"] = TickField(label=_("Must be handed in"), initial=True)
        self.fields["originals"] = _number(_("Originals"), minimum=0, maximum=100, required=True)
        self.fields["copies"] = _number(_("Copies"), minimum=0, maximum=100, required=True)
        self.initial.update({"originals": 0, "copies": 1})
        self.fields["show_if"] = ConditionField(label=_("Ask only if"), fields=before)
        self.fields["condition"] = CleanTextField(
            label=_("When it is needed, in words"),
            help_text=_("People read this in the list of papers. Left empty, it is made from the condition above."),
            required=False,
            max_length=300,
        )
        names = ("name", "required", "originals", "copies", "show_if", "condition")
        self.helper.layout = Layout(*names, Details(_("In English"), "name_en"))


def _number(label: Any, *, minimum: int, maximum: int, required: bool = False) -> WholeNumberField:
    def check(value: int | None) -> None:
        if value is not None and not minimum <= value <= maximum:
            raise ValidationError(
                _("Enter a number from %(least)s to %(most)s.") % {"least": minimum, "most": maximum}, code="range"
            )

    field = WholeNumberField(label=label, required=required, validators=[check])
    field.widget.attrs["class"] = "w6"
    return field


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def types_offered(*, is_column: bool) -> list[tuple[str, Any]]:
    """Return the types to choose from with their words."""
    return [(kind, TYPE_WORDS[kind]) for kind in OFFERED if not is_column or kind in COLUMN_TYPES]


def kind_of(field: Mapping[str, Any]) -> str:
    """Return the type of a raw question as it is offered; a text made from a date is one of its own."""
    return "date_in_words" if field.get("derive") is not None else str(field.get("type"))
