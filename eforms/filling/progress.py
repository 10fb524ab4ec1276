"""How far a form is filled in: its sections, what is missing, and what their pages and the review show."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from common.forms.typed import as_sent
from common.templatetags.ui import spoken

from ..answering import AnswerForm, Check, anchor, section_form
from ..parts import Words
from ..schema import Schema, Section, clean_all, summary, warnings, with_calculated
from .filled import Filled
from .pages import page_of, pages

# Of a procedure that asks nothing online.
NO_FORM = Schema(Words(), "", ())


@dataclass
class Progress:
    """What is filled in, measured against a form on a local day. No queries.

    ``further`` are checks of packages above: by question, one that says what is wrong with an answer, '' for nothing.
    ``filed``: on that day the answers were filed, and sections are open one by one. ``answers`` are what is filled in
    and what is calculated of it, ``kept`` the answers that count, ``errors`` the faults per section.
    """

    schema: Schema
    filled: Filled
    day: date
    further: Mapping[str, Check] = field(default_factory=dict)
    filed: date | None = None
    answers: dict[str, Any] = field(init=False)
    kept: dict[str, Any] = field(init=False)
    errors: dict[str, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.answers = with_calculated(self.schema, self.filled.answers, today=self.filed or self.day)
        self.kept, self.errors = clean_all(self.schema, self.filled.answers, today=self.day)
        for section, question in self.schema.fields():
            check = self.further.get(question.key)
            if check and question.key in self.kept and (fault := check(self.kept[question.key])):
                self.errors.setdefault(section.key, {})[question.key] = fault

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections that the answers so far call for."""
        return self.schema.visible_sections(self.answers)

    @property
    def missing(self) -> list[Section]:
        """Sections not finished."""
        return [section for section in self.sections if not self.is_done(section)]

    def section(self, key: str) -> Section | None:
        """Return a section by its key, None when the answers do not call for it."""
        return next((section for section in self.sections if section.key == key), None)

    def is_done(self, section: Section) -> bool:
        """Whether a section was saved without an error and still has none."""
        is_right = section.key not in self.errors and not self.is_faulty(section)
        return section.key in self.filled.done and is_right

    def is_faulty(self, section: Section) -> bool:
        """Whether something typed in a section failed its checks and is kept as it was typed."""
        return section.key in self.filled.typed

    def is_changed(self, section: Section) -> bool:
        """Whether a section was done before the form changed and has to be looked at again."""
        return section.key in self.filled.to_review and not self.is_done(section)

    def is_begun(self, section: Section) -> bool:
        """Whether a section has any answer."""
        return self.is_faulty(section) or any(item.key in self.filled.answers for item in section.fields)

    def following(self, section: Section) -> Section | None:
        """Return the next section that the answers call for, None after the last."""
        later = self.schema.sections[self.schema.sections.index(section.members[-1]) + 1 :]
        return next((one for one in later if one in self.sections), None)

    def preceding(self, section: Section) -> Section | None:
        """Return the section before, of those that the answers call for, None before the first."""
        earlier = self.schema.sections[: self.schema.sections.index(section.members[0])]
        return next((one for one in reversed(earlier) if one in self.sections), None)

    def page_with(self, section: Section, known: Mapping[str, Any]) -> Section:
        """Return the page on which a section is asked; what has to be corrected has one for itself."""
        faulty = [one for one in self.sections if self.is_faulty(one)]
        return next(page for page in pages(self.schema, self.sections, known, faulty) if section in page.members)

    def shared(self, keys: Iterable[str]) -> Section | None:
        """Return the page on which sections were asked together, by their keys; None when answers call for none."""
        wanted = set(keys)
        found = [section for section in self.sections if section.key in wanted]
        return page_of(found) if found else None

    def form(
        self,
        section: Section,
        sent: Mapping[str, Any] | None = None,
        *,
        prefill: Mapping[str, Any] | None = None,
        language: str | None = None,
    ) -> AnswerForm:
        """Return the form of a section: it checks what is sent now, else what is kept as typed, else shows answers."""
        kept = self.filled.typed.get(section.key)
        data = sent if sent is not None else as_sent(kept) if kept else None
        answers, day = self.answers, self.day
        made = section_form(
            self.schema,
            section,
            answers,
            data=data,
            prefill=prefill,
            language=language,
            today=day,
            filed=self.filed,
        )
        # The pages show it above their heading.
        made.helper.no_error_summary = True
        made.further = self.further
        return made

    def faults(self, section: Section) -> dict[str, str]:
        """Return what is wrong in a section by question: in what is kept as typed, else in the answers."""
        if not self.is_faulty(section):
            return self.errors.get(section.key, {})
        return {key: " ".join(map(str, messages)) for key, messages in self.form(section).errors.items()}

    @cached_property
    def warnings(self) -> dict[str, list[str]]:
        """What checks warn of, by the question at which it is told; in the language of the page."""
        found: dict[str, list[str]] = {}
        for check in warnings(self.schema, self.answers, self.day):
            found.setdefault(check.box, []).append(check.said)
        return found

    # What the pages show ----------------------------------------------------------------------------------------------

    def page(self, section: Section, form: AnswerForm) -> dict[str, Any]:
        """Return what the page of a section shows: its form, its words, and which of how many it is."""
        first, last = (self.sections.index(section.members[end]) + 1 for end in (0, -1))
        n = str(first) if first == last else f"{first}–{last}"
        words = {"form": form, "heading": form.title, "intro": form.intro}
        return words | {"n": n, "reached": last, "total": len(self.sections)}

    def review(self, language: str, address: Callable[[Section], str]) -> list[dict[str, Any]]:
        """Return every section with its answers in words, its faults and the address where it is changed."""
        return [
            {
                "title": section.title.say(language),
                "is_begun": self.is_begun(section),
                "is_faulty": self.is_faulty(section),
                "url": f"{address(section)}?back=review",
                "rows": [
                    {
                        "anchor": anchor(key),
                        "label": spoken(label),
                        # What was answered before stands for nothing while something else is typed there.
                        "text": "" if self.is_faulty(section) and key in wrong else spoken(text),
                        "error": wrong.get(key, ""),
                        "warning": " ".join(self.warnings.get(key, ())),
                    }
                    for key, label, text in rows
                ],
            }
            for section, rows in summary(self.schema, self.answers, language)
            for wrong in [self.faults(section)]
        ]
