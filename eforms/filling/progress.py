"""How far a form is filled in: its sections, what is missing, and what their pages and the review show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from common.forms.typed import as_sent
from common.templatetags.ui import spoken

from ..answering import AnswerForm, anchor, section_form
from ..parts import Words
from ..schema import Schema, Section, clean_all, summary
from .filled import Filled

# Of a procedure that asks nothing online.
NO_FORM = Schema(Words(), "", ())


@dataclass
class Progress:
    """What is filled in, measured against a form on a local day. No queries.

    ``kept`` are the answers that count, ``errors`` the faults per section.
    """

    schema: Schema
    filled: Filled
    day: date
    kept: dict[str, Any] = field(init=False)
    errors: dict[str, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.kept, self.errors = clean_all(self.schema, self.filled.answers, today=self.day)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections that the answers so far call for."""
        return self.schema.visible_sections(self.filled.answers)

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
        later = self.schema.sections[self.schema.sections.index(section) + 1 :]
        return next((one for one in later if one in self.sections), None)

    def preceding(self, section: Section) -> Section | None:
        """Return the section before, of those that the answers call for, None before the first."""
        earlier = self.schema.sections[: self.schema.sections.index(section)]
        return next((one for one in reversed(earlier) if one in self.sections), None)

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
        answers, day = self.filled.answers, self.day
        made = section_form(self.schema, section, answers, data=data, prefill=prefill, language=language, today=day)
        # The pages show it above their heading.
        made.helper.no_error_summary = True
        return made

    def faults(self, section: Section) -> dict[str, str]:
        """Return what is wrong in a section by question: in what is kept as typed, else in the answers."""
        if not self.is_faulty(section):
            return self.errors.get(section.key, {})
        return {key: " ".join(map(str, messages)) for key, messages in self.form(section).errors.items()}

    # What the pages show ----------------------------------------------------------------------------------------------

    def page(self, section: Section, form: AnswerForm) -> dict[str, Any]:
        """Return what the page of a section shows: its form, its words, and which of how many it is."""
        n = self.sections.index(section) + 1
        return {"form": form, "heading": form.title, "intro": form.intro, "n": n, "total": len(self.sections)}

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
                    }
                    for key, label, text in rows
                ],
            }
            for section, rows in summary(self.schema, self.filled.answers, language)
            for wrong in [self.faults(section)]
        ]
