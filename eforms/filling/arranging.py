"""How the questions of a section stand on its page: by group, by condition, short lists side by side."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from common.forms.drawn import draw

from ..parts import Question, Section, condition_fields, condition_words, is_empty, show
from ..schema import answer_text

if TYPE_CHECKING:
    from ..answering import AnswerForm

RADIOS_UP_TO = 7
# Two lists to choose from share a line when neither label has more letters.
PAIR_LETTERS = 20
# So many questions under one condition in a section have neither side line nor indent: it would narrow half the page.
MANY = 3
# So few questions beside what is known need no titles.
REMNANT = 3
Condition = Mapping[str, Any]
Part = dict[str, Any]


def is_list(field: Question) -> bool:
    """Tell whether the answer is chosen from a list that opens."""
    return field.type in ("choice", "yes_no") and len(field.options) > RADIOS_UP_TO


class Questions:
    """What crispy lays out: all parts of a form in one run of a template, instead of one for each of them."""

    def __init__(self, form: "AnswerForm") -> None:
        # Under the name by which crispy asks whether there are any.
        self.fields = list(_Arrangement(form).parts())

    def render(self, form: forms.Form, context: Any, template_pack: str = "motcua", **kwargs: Any) -> SafeString:
        """Return the HTML of all parts."""
        return render_to_string(
            "eforms/_questions.html", {"parts": [self._written(part, form) for part in self.fields]}
        )

    def _written(self, part: Part, form: Any) -> Part:
        if "key" in part:
            return {"html": draw(form[part["key"]], form.language, form.schema.drawn)}
        if "section" in part:
            # Known once the page is: who can be filled in.
            part = part | {"people": [one for one in form.offers if one["section"] == part["section"]]}
        return part | {"inside": [self._written(one, form) for one in part["inside"]]} if "inside" in part else part


class _Arrangement:
    """The parts of one page, in order."""

    def __init__(self, form: "AnswerForm") -> None:
        self.form = form
        self.own = {field.key for field in form.section.fields}
        self.asked = {field.key for field in form.asked}

    def parts(self) -> Iterator[Part]:
        """Yield the parts section by section: its heading on a shared page, what is folded away, the rest."""
        sections = self.form.section.members
        for section in sections:
            if len(sections) > 1:
                yield {
                    "template": "eforms/_section.html",
                    "section": section.key,
                    "title": section.title.say(self.form.language),
                    "intro": section.intro.say(self.form.language),
                }
            folded = self.form.folded(section)
            if folded:
                yield self._fold(section, folded)
            yield from self._groups(section, {field.key for field in folded})

    def _fold(self, section: Section, folded: Sequence[Question]) -> Part:
        """Return what is known already: in words, and its boxes to change it."""
        language, initial, known = self.form.language, self.form.initial, self.form.known
        person = next((field.fact[0] for field in folded if field.about), "")
        return {
            "template": "eforms/_known.html",
            "person": person,
            # Who applies may be somebody else than who fills the page in.
            "is_self": known.get(f"{person}:full_name") == known.get("full_name"),
            "rows": [
                (field.label.say(language), answer_text(field, initial[field.key], language))
                for field in folded
                if not is_empty(initial[field.key])
            ],
            "inside": list(self._by_condition(folded)),
        }

    def _groups(self, section: Section, folded: set[str]) -> Iterator[Part]:
        """Yield the parts group by group; a title only where something of its group is asked, none over remnants."""
        left = self.asked - folded
        is_remnant = folded and sum(field.key in left for field in section.fields) <= REMNANT
        for title, members in section.groups():
            fields = [field for field in members if field.key in left]
            if title and fields and not is_remnant:
                yield {
                    "template": "eforms/_group.html",
                    "title": title.say(self.form.language),
                    "rule": self._any_of(fields),
                    "level": 2 + (len(self.form.section.members) > 1),
                }
            yield from self._by_condition(fields)

    def _any_of(self, fields: Sequence[Question]) -> str:
        """Return the rule under which one of the fields is shown, '' when one always is."""
        rules = [self._rule(field.show_if) for field in fields]
        distinct = list(dict.fromkeys(json.dumps(rule, ensure_ascii=False) for rule in rules))
        if None in rules:
            return ""
        return distinct[0] if len(distinct) == 1 else f'{{"any": [{", ".join(distinct)}]}}'

    def _rule(self, condition: Condition | None) -> Condition | None:
        """Return a condition for the page's script; None when no question of the page decides it."""
        return self._local(condition) if condition is not None and condition_fields(condition) & self.own else None

    def _by_condition(self, asked: Sequence[Question]) -> Iterator[Part]:
        for _condition, group in groupby(asked, key=lambda field: json.dumps(field.show_if, sort_keys=True)):
            fields = list(group)
            shown_if = fields[0].show_if
            rule = self._rule(shown_if)
            if shown_if is None or rule is None:
                yield from _side_by_side(fields, self.form)
                continue
            yield {
                "template": "eforms/_conditional.html",
                "inside": list(_side_by_side(fields, self.form)),
                # A key cannot hold a hyphen: no question has this id.
                "id": f"condition-{fields[0].key}",
                "words": condition_words(self.form.schema, shown_if, self.form.language),
                "rule": json.dumps(rule, ensure_ascii=False),
                "is_long": sum(field.show_if == shown_if for field in self.form.asked) >= MANY,
            }

    def _local(self, condition: Condition) -> Condition:
        """Return a condition over the names of boxes.

        Answers of other pages are settled: ``{"all": []}`` true, ``{"any": []}`` false.
        """
        for name in ("all", "any"):
            if name in condition:
                return {name: [self._local(part) for part in condition[name]]}
        if "not" in condition:
            return {"not": self._local(condition["not"])}
        if condition["field"] in self.own:
            return {**condition, "field": self.form.add_prefix(condition["field"])}
        return {"all": []} if show(condition, self.form.before) else {"any": []}


def _side_by_side(fields: Iterable[Question], form: "AnswerForm") -> Iterator[Part]:
    """Yield what stands for each field, two short lists that follow each other as one pair."""
    language = form.language
    waiting: Question | None = None
    for field in fields:
        is_plain = is_list(field) and field.is_asked and not field.help
        is_short = is_plain and len(field.label.say(language)) <= PAIR_LETTERS
        if waiting is not None and is_short:
            yield {"template": "eforms/_pair.html", "inside": [_part(waiting, form), _part(field, form)]}
            waiting = None
            continue
        if waiting is not None:
            yield _part(waiting, form)
        waiting = field if is_short else None
        if waiting is None:
            yield _part(field, form)
    if waiting is not None:
        yield _part(waiting, form)


def _part(field: Question, form: "AnswerForm") -> Part:
    title = field.label.say(form.language)
    if field.type == "note":
        return {"template": "eforms/_note.html", "title": title, "text": field.help.say(form.language)}
    if field.derive is not None:
        text = answer_text(field, form.stored.get(field.key), form.language)
        return {"template": "eforms/_calculated.html", "title": title, "text": text}
    return {"key": field.key}
