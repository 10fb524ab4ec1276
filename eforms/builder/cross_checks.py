"""Checks between answers: their form, and what it changes in the raw form."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.fields import LineField
from common.refusals import Refused

from ..across.checks import KINDS, SEX_WORDS
from ..across.reading import MAX_BASIS
from ..parts import MAX_CHECKS
from .boxes import BuilderForm, Details, add_span
from .conditions import ConditionField
from .editing import checked, copied, key_from
from .labels import TypeWords
from .raw import Form, Part, checks_of, fields_of, find_check, list_of, name_of, sections_of, text_of

SEVERITIES = {
    "error": gettext_lazy("Refuse: the answers cannot be sent like that"),
    "warning": gettext_lazy("Warn: shown to the applicant and to the officer, never refused"),
}


def kinds_offered() -> dict[str, TypeWords]:
    """Return the kinds of check to choose from with their words."""
    return {name: TypeWords(kind.title, kind.hint) for name, kind in KINDS.items()}


def words_of(check: Mapping[str, Any]) -> str:
    """Say whether a raw check refuses or warns; what it compares stands on its own page."""
    return _("refuses") if check.get("severity") == "error" else _("warns")


class CheckForm(BuilderForm):
    """One check between answers of a kind; the questions are those of the whole form that the kind compares."""

    def __init__(
        self, kind: str, check: Mapping[str, Any], form: Mapping[str, Any], data: Any = None, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.kind, self.rule = kind, KINDS[kind]
        questions = [field for section in sections_of(form) for field in fields_of(section)]
        # By section: the births of two persons are often asked in the same words.
        offered = [(name_of(section), self._fitting(section)) for section in sections_of(form)]
        chosen = list_of(check.get("fields"))
        self.boxes = [f"field_{n}" for n in range(self.rule.most)]
        for n, name in enumerate(self.boxes):
            is_needed = n < self.rule.least
            none = _("Choose") if is_needed else _("(the day of filing)")
            self.fields[name] = forms.ChoiceField(
                label=_("Question") if self.rule.most == 1 else (_("First question"), _("Second question"))[n],
                choices=[("", none), *(group for group in offered if group[1])],
                required=is_needed,
                error_messages={"required": _("Choose a question.")},
            )
            self.initial[name] = chosen[n] if n < len(chosen) else ""
        if self.rule.argument == "span":
            add_span(self, check)
        if self.rule.argument == "sex":
            self.fields["value"] = forms.ChoiceField(
                label=_("Must be"), choices=list(SEX_WORDS.items()), widget=forms.RadioSelect
            )
            self.initial["value"] = check.get("value", "nam")
        label = _("Only if") if self.boxes else _("Answers that cannot be given together")
        self.fields["when"] = ConditionField(label=label, fields=questions, stored=check.get("when"))
        self.initial["when"] = check.get("when")
        self.fields["severity"] = forms.ChoiceField(
            label=_("What happens then"), choices=list(SEVERITIES.items()), widget=forms.RadioSelect
        )
        self.initial["severity"] = check.get("severity", "warning")
        hint = _("What is wrong and what to do; it stands beside the last of the questions.")
        label = _("What people read then")
        self.add_words("message", label, check.get("message"), required=True, lines=True, help_text=hint)
        self.fields["basis"] = LineField(
            label=_("Source"),
            help_text=_("Example: %(example)s") % {"example": "Luật Hôn nhân và gia đình 2014, Điều 8"},
            required=False,
            max_length=MAX_BASIS,
        )
        self.initial["basis"] = check.get("basis", "")
        argument = [name for name in ("amount", "span", "value") if name in self.fields]
        names = [*self.boxes, *argument, "when", "severity", "message", "basis"]
        self.helper.layout = Layout(*names, Details(_("In English"), "message_en"))

    def _fitting(self, section: Part) -> list[tuple[str, str]]:
        """Return the questions of a section that this kind of check compares."""
        return [(str(one.get("key")), name_of(one)) for one in fields_of(section) if one.get("type") in self.rule.types]

    def clean(self) -> dict[str, Any]:
        """Check that two different questions are compared, and that answers which exclude each other are named."""
        cleaned: dict[str, Any] = self.cleaned_data
        keys = [cleaned[name] for name in self.boxes if cleaned.get(name)]
        if len(keys) > len(set(keys)):
            self.add_error(self.boxes[-1], _("Choose another question than above."))
        if not self.boxes and cleaned.get("when") is None and "when" not in self.errors:
            self.add_error("when", _("Say which answers cannot be given together."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the check as data, without its key."""
        cleaned = self.cleaned_data
        made = {
            "kind": self.kind,
            "fields": [cleaned[name] for name in self.boxes if cleaned[name]],
            "amount": cleaned.get("amount"),
            "unit": cleaned.get("span"),
            "value": cleaned.get("value"),
            "when": cleaned["when"],
            "severity": cleaned["severity"],
            "message": self.words("message"),
            "basis": cleaned["basis"],
        }
        return {name: value for name, value in made.items() if value not in (None, "", [])}


def add_check(form: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[Form, str]:
    """Add a check at the end; returns the form and its key, made of what people read."""
    made = copied(form)
    checks = checks_of(made)
    if len(checks) >= MAX_CHECKS:
        raise Refused(_("A form can have up to %(count)d checks.") % {"count": MAX_CHECKS})
    key = key_from(text_of(values.get("message")), {str(check.get("key")) for check in checks})
    made["checks"] = [*checks, {"key": key, **values}]
    return checked(form, made), key


def change_check(form: Mapping[str, Any], key: str, values: Mapping[str, Any]) -> Form:
    """Change a check; its key stays."""
    made = copied(form)
    old = find_check(made, key)
    made["checks"] = [{"key": key, **values} if check is old else check for check in checks_of(made)]
    return checked(form, made)


def remove_check(form: Mapping[str, Any], key: str) -> Form:
    """Take a check away."""
    made = copied(form)
    old = find_check(made, key)
    made["checks"] = [check for check in checks_of(made) if check is not old]
    if not made["checks"]:
        del made["checks"]
    return checked(form, made)
