"""What differs between two forms: one sentence for each difference, with the question it is about.

Pure: no database. Questions, options and columns are followed by their keys,
which never change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.values.money import grouped

from . import schema as form_schema
from .across.checks import in_words
from .parts import Check, Words
from .rules import RULES
from .schema import Question, Schema, Section

_TYPES = {
    "text": gettext_lazy("short text"),
    "long_text": gettext_lazy("long text"),
    "number": gettext_lazy("number"),
    "decimal": gettext_lazy("decimal number"),
    "money": gettext_lazy("amount of money"),
    "date": gettext_lazy("date"),
    "choice": gettext_lazy("one choice"),
    "choices": gettext_lazy("several choices"),
    "yes_no": gettext_lazy("yes or no"),
    "full_name": gettext_lazy("name of a person"),
    "person": gettext_lazy("a person"),
    "id_number": gettext_lazy("number of an identity paper"),
    "tax_code": gettext_lazy("tax code"),
    "phone": gettext_lazy("phone number"),
    "email": gettext_lazy("email address"),
    "address": gettext_lazy("address"),
    "bank_account": gettext_lazy("bank account"),
    "table": gettext_lazy("table"),
    "note": gettext_lazy("note"),
}
# What kind of difference it is; the last one concerns nobody who answers.
NEW, GONE, ASKED_ELSEWHERE, OPTIONS, CHECKS = "new", "gone", "moved", "options", "checks"
RENAMED, WORDS = "renamed", "words"


@dataclass(frozen=True, slots=True)
class FormChange:
    """One difference.

    ``kind`` is one of NEW, GONE, ASKED_ELSEWHERE, OPTIONS, CHECKS, RENAMED, WORDS;
    ``section`` the key of the section in the newer form (in the older one for
    what is gone), ``field`` the key of the question, '' for the section
    itself; ``label`` what people call it. ``text`` says the difference, with
    ``before`` and ``after`` where a wording changed.
    """

    kind: str
    section: str
    field: str
    label: str
    text: str
    before: str = ""
    after: str = ""


def compare_forms(before: Schema | None, after: Schema | None, language: str) -> list[FormChange]:
    """Return the differences in the order of the newer form, what is gone last; texts in the active language.

    ``language`` is that of the labels. The same form, or none twice, gives an empty list.
    """
    return _Comparison(before, after, language).changes()


def moved_keys(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Return the keys that stand in another order, the others keeping theirs."""
    kept = set(before) & set(after)
    old, new = [key for key in before if key in kept], [key for key in after if key in kept]
    still: set[str] = set()
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        still |= set(old[block.a : block.a + block.size])
    return kept - still


class _Comparison:
    """Two forms side by side."""

    def __init__(self, before: Schema | None, after: Schema | None, language: str) -> None:
        self.before, self.after, self.language = before, after, language
        self.old_sections = {section.key: section for section in before.sections} if before else {}
        self.new_sections = {section.key: section for section in after.sections} if after else {}
        self.old = {field.key: (section, field) for section, field in before.fields()} if before else {}
        self.new = {field.key: (section, field) for section, field in after.fields()} if after else {}

    def say(self, words: Any) -> str:
        return str(words.say(self.language))

    def changes(self) -> list[FormChange]:
        found: list[FormChange] = []
        if self.before and self.after:
            found += self.wording(WORDS, "", "", "", _("Title of the form"), self.before.title, self.after.title)
            signatures = (_joined(self.before.signatures), _joined(self.after.signatures))
            found += self.wording(WORDS, "", "", "", _("Who signs the paper"), *signatures)
        found += self.checks()
        moved = moved_keys(list(self.old_sections), list(self.new_sections))
        for section in self.new_sections.values():
            found += self.section(section, is_moved=section.key in moved)
        for key, (section, field) in self.old.items():
            if key not in self.new:
                label = self.say(field.label)
                text = (
                    _("The note “%(label)s” is gone.") if field.type == "note" else _("“%(label)s” is no longer asked.")
                )
                found.append(FormChange(GONE, section.key, key, label, text % {"label": label}))
        for key, section in self.old_sections.items():
            if key not in self.new_sections:
                label = self.say(section.title)
                found.append(FormChange(GONE, key, "", label, _("The part “%(label)s” is gone.") % {"label": label}))
        return found

    def checks(self) -> list[FormChange]:
        """Compare the checks between answers; each is told where the newer form, or the older one, tells it."""
        old, new = ({one.key: one for one in form.checks} if form else {} for form in (self.before, self.after))
        found = []
        for key in [*new, *(key for key in old if key not in new)]:
            before, after = self.check(self.before, old.get(key)), self.check(self.after, new.get(key))
            if before != after:
                one = new.get(key) or old[key]
                section, field = (self.new if key in new else self.old)[one.box]
                text = _("Check between answers:")
                label = self.say(field.label)
                found.append(FormChange(CHECKS, section.key, field.key, label, text, before, after))
        return found

    def check(self, schema: Schema | None, check: Check | None) -> str:
        if schema is None or check is None:
            return _("(none)")
        names = [self.say(_field(schema, key).label) for key in check.fields]
        parts = [in_words(check.kind, names, check.amount, check.unit, check.value)]
        if check.when is not None:
            parts.append(_("only if %(condition)s") % {"condition": self.when(schema, check.when)})
        parts += [_("refuses") if check.is_error else _("warns"), check.message.vi, check.message.en, check.basis]
        return "; ".join(filter(None, parts))

    def section(self, section: Section, *, is_moved: bool) -> list[FormChange]:
        label = self.say(section.title)
        before = self.old_sections.get(section.key)
        found = []

        def add(kind: str, text: str, **more: str) -> None:
            found.append(FormChange(kind, section.key, "", label, text % {"label": label}, **more))

        if before is None:
            add(NEW, _("New part “%(label)s”."))
        else:
            found += self.wording(WORDS, section.key, "", label, _("Title of the part"), before.title, section.title)
            found += self.wording(WORDS, section.key, "", label, _("Introduction"), before.intro, section.intro)
            if is_moved:
                add(ASKED_ELSEWHERE, _("The part “%(label)s” stands in another place."))
            if before.show_if != section.show_if:
                add(
                    CHECKS,
                    _("When the part “%(label)s” is asked:"),
                    before=self.when(self.before, before.show_if),
                    after=self.when(self.after, section.show_if),
                )
        own = [field.key for field in section.fields]
        moved = moved_keys([field.key for field in before.fields], own) if before else set()
        for position, field in enumerate(section.fields):
            follows = self.say(section.fields[position - 1].label) if position else ""
            found += self.field(section, field, is_moved=field.key in moved, follows=follows)
        return found

    def field(self, section: Section, field: Question, *, is_moved: bool, follows: str) -> list[FormChange]:
        label = self.say(field.label)
        if field.key not in self.old:
            if field.type == "note":
                text = _("New note “%(label)s”.")
            elif field.is_required:
                text = _("New question “%(label)s”.")
            else:
                text = _("New question “%(label)s”, which may be left empty.")
            return [FormChange(NEW, section.key, field.key, label, text % {"label": label})]
        old_section, before = self.old[field.key]
        found = self.properties(section.key, before, field)
        if old_section.key != section.key:
            text = _("“%(label)s” is now asked in the part “%(part)s”.")
            found.append(
                FormChange(
                    ASKED_ELSEWHERE,
                    section.key,
                    field.key,
                    label,
                    text % {"label": label, "part": self.say(section.title)},
                )
            )
        elif is_moved:
            text = _("“%(label)s” now comes after “%(other)s”.") if follows else _("“%(label)s” now comes first.")
            words = text % {"label": label, "other": follows}
            found.append(FormChange(ASKED_ELSEWHERE, section.key, field.key, label, words))
        return found

    def properties(self, section: str, before: Question, after: Question, table: str = "") -> list[FormChange]:
        """Compare one question, or one column of the question ``table``."""
        label = self.say(after.label)
        key = table or after.key
        found = self.wording(RENAMED, section, key, label, _("Question"), before.label, after.label)
        found += self.wording(
            WORDS,
            section,
            key,
            label,
            _("Group that begins with “%(label)s”") % {"label": label},
            before.group,
            after.group,
        )
        found += self.wording(
            WORDS, section, key, label, _("Help of “%(label)s”") % {"label": label}, before.help, after.help
        )
        found += self.wording(
            WORDS, section, key, label, _("Example of “%(label)s”") % {"label": label}, before.example, after.example
        )

        def add(kind: str, text: str, old: str = "", new: str = "") -> None:
            found.append(FormChange(kind, section, key, label, text % {"label": label}, old, new))

        if before.type != after.type:
            add(OPTIONS, _("Kind of “%(label)s”:"), str(_TYPES[before.type]), str(_TYPES[after.type]))
        if before.is_required != after.is_required:
            add(
                CHECKS,
                _("“%(label)s” must now be answered.")
                if after.is_required
                else _("“%(label)s” may now be left empty."),
            )
        found += self.options(section, key, before, after)
        if before.show_if != after.show_if:
            old, new = self.when(self.before, before.show_if), self.when(self.after, after.show_if)
            add(CHECKS, _("When “%(label)s” is asked:"), old, new)
        if before.rules != after.rules:
            old, new = self.rules(self.before, before), self.rules(self.after, after)
            add(CHECKS, _("What is checked in “%(label)s”:"), old, new)
        if before.partial != after.partial:
            text = _("In “%(label)s” the day and month may now be unknown.") if after.partial else None
            add(CHECKS, text or _("“%(label)s” now needs day, month and year."))
        if (before.min_rows, before.max_rows) != (after.min_rows, after.max_rows):
            rows = [
                _("%(least)d to %(most)d") % {"least": one.min_rows, "most": one.max_rows} for one in (before, after)
            ]
            add(CHECKS, _("Rows of “%(label)s”:"), *rows)
        if before.prints != after.prints:
            add(WORDS, _("“%(label)s” is now printed.") if after.prints else _("“%(label)s” is no longer printed."))
        if (before.unit, before.decimals) != (after.unit, after.decimals):
            add(CHECKS, _("Unit or digits after the comma of “%(label)s” have changed."))
        if (before.prefill, before.default, before.derive) != (after.prefill, after.default, after.derive):
            add(WORDS, _("What stands in “%(label)s” beforehand has changed."))
        if before.about != after.about:
            add(WORDS, _("Whose fact “%(label)s” asks has changed."))
        return found + self.columns(section, before, after)

    def options(self, section: str, key: str, before: Question, after: Question) -> list[FormChange]:
        if before.options == after.options or after.type == "yes_no":
            return []
        label = self.say(after.label)
        old = {option.value: self.say(option.label) for option in before.options}
        new = {option.value: self.say(option.label) for option in after.options}
        texts = [
            *[
                (_("“%(label)s”: new choice “%(option)s”."), {"option": new[value]})
                for value in new
                if value not in old
            ],
            *[
                (_("“%(label)s”: the choice “%(option)s” is gone."), {"option": old[value]})
                for value in old
                if value not in new
            ],
            *[
                (
                    _("“%(label)s”: the choice “%(before)s” is now “%(after)s”."),
                    {"before": old[value], "after": new[value]},
                )
                for value in new
                if value in old and old[value] != new[value]
            ],
        ]
        if not texts and list(old) != list(new):
            texts = [(_("“%(label)s”: the choices stand in another order."), {})]
        elif not texts:
            texts = [(_("“%(label)s”: the choices read differently in the other language."), {})]
        return [FormChange(OPTIONS, section, key, label, text % {"label": label, **parts}) for text, parts in texts]

    def columns(self, section: str, before: Question, after: Question) -> list[FormChange]:
        label = self.say(after.label)
        old, new = ({column.key: column for column in one.columns} for one in (before, after))
        found = []

        def add(text: str, column: Question) -> None:
            words = text % {"label": label, "column": self.say(column.label)}
            found.append(FormChange(OPTIONS, section, after.key, label, words))

        for key, column in new.items():
            if key not in old:
                add(_("“%(label)s”: new column “%(column)s”."), column)
            else:
                found += self.properties(section, old[key], column, after.key)
        for key, column in old.items():
            if key not in new:
                add(_("“%(label)s”: the column “%(column)s” is gone."), column)
        if moved_keys(list(old), list(new)):
            text = _("“%(label)s”: the columns stand in another order.")
            found.append(FormChange(WORDS, section, after.key, label, text % {"label": label}))
        return found

    def wording(
        self, kind: str, section: str, key: str, label: str, what: str, before: Any, after: Any
    ) -> list[FormChange]:
        old, new = self.say(before), self.say(after)
        if old != new:
            return [FormChange(kind, section, key, label, f"{what}:", old or _("(empty)"), new or _("(empty)"))]
        if before != after:
            # Only the other language differs.
            what += " (" + _("English") + "):"
            return [FormChange(kind, section, key, label, what, before.en, after.en)]
        return []

    def when(self, schema: Schema | None, condition: Mapping[str, Any] | None) -> str:
        return condition_in_words(schema, condition, self.language)

    def rules(self, schema: Schema | None, field: Question) -> str:
        return "; ".join(self.rule(schema, rule) for rule in field.rules) or _("nothing further")

    def rule(self, schema: Schema | None, rule: Any) -> str:
        shown = []
        for kind, arg in zip(RULES[rule.name].args, rule.args, strict=True):
            if kind == "condition":
                shown.append(self.when(schema, arg))
            elif kind == "field":
                shown.append(f"“{self.say(_field(schema, arg).label)}”" if _field(schema, arg) else str(arg))
            else:
                shown.append(grouped(arg))
        title = str(RULES[rule.name].title)
        return f"{title}: {', '.join(shown)}" if shown else title


def _joined(texts: Sequence[Words]) -> Words:
    english = [words.en for words in texts]
    return Words("; ".join(words.vi for words in texts), "; ".join(english) if any(english) else "")


def _field(schema: Schema | None, key: str) -> Any:
    fields: Iterable[tuple[Section, Question]] = schema.fields() if schema else ()
    return next((field for _section, field in fields if field.key == key), None)


def condition_in_words(schema: Schema | None, condition: Mapping[str, Any] | None, language: str) -> str:
    """Put a condition in words; 'always' for none. One that asks for missing questions is named as such."""
    if condition is None:
        return _("always")
    keys = {field.key for _section, field in schema.fields()} if schema else set()
    if schema is None or form_schema.condition_fields(condition) - keys:
        return _("under a condition")
    return form_schema.condition_words(schema, condition, language)
