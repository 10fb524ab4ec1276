"""Supplements at the desk: ask for what is missing, accept it at the counter."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.fields import NfcCharField
from common.text import page_language
from dossiers import actions
from dossiers.actions.supplement import states
from dossiers.models import Dossier, SlipKind, Status
from dossiers.table import Action
from dossiers.workflow import ActionBase
from eforms import schema as form_schema
from procedures.papers import is_brought

from .base import ActionForm, DeskAction
from .reasons import chooser, ready_for, too_long, whole

# As long as the reason of one item may be.
MOST = 500


@dataclass(frozen=True)
class Line:
    """One line of the supplement form: what may be asked for, as bound fields."""

    label: str
    detail: str
    tick: forms.BoundField
    ready: forms.BoundField
    reason: forms.BoundField

    @property
    def boxes(self) -> tuple[forms.BoundField, ...]:
        """Its boxes in the order of the page."""
        return self.tick, self.ready, self.reason

    @property
    def has_errors(self) -> bool:
        """Whether one of its boxes is wrong."""
        return any(box.errors for box in self.boxes)


class RequestSupplementForm(ActionForm):
    """Ask for a supplement: ticked papers or sections of the form, each with its reason."""

    other_name = NfcCharField(label=gettext_lazy("Another paper, not in the list"), max_length=400, required=False)
    other_reason = NfcCharField(label=gettext_lazy("Why it is needed"), max_length=500, required=False)
    note = NfcCharField(
        label=gettext_lazy("General advice"),
        lines=True,
        max_length=2000,
        required=False,
        help_text=gettext_lazy("For example where to get a paper, and whom to call."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ready = ready_for(Action.REQUEST_SUPPLEMENT, self.dossier, self.officer)
        self.wanted: list[tuple[str, str, str, actions.Item]] = []
        for paper in self.dossier.version.papers.all():
            if is_brought(self.dossier.version, paper):
                self._add(f"paper_{paper.pk}", paper.name, paper.condition, actions.Item(paper.pk, "", paper.name, ""))
        for key, title in sections_of(self.dossier, page_language()):
            self._add(f"section_{key}", title, _("Part of the declaration"), actions.Item(None, key, title, ""))
        if not self.is_bound:
            # Ticked and said without a way through the menu.
            first = self.wanted[0][0] if self.wanted else "other_name"
            self.fields[first].widget.attrs["autofocus"] = True

    def _add(self, name: str, label: str, detail: str, item: actions.Item) -> None:
        self.fields[name] = forms.BooleanField(label=label, required=False)
        self.fields[f"{name}_reason"] = NfcCharField(
            label=_("Reason for: %(what)s") % {"what": label}, max_length=400, required=False
        )
        self.fields[f"{name}_ready"] = chooser(
            self.ready,
            _("Ready-made reason for: %(what)s") % {"what": label},
            _("Ready-made reason"),
            f"id_{name}_reason",
        )
        self.fields[f"{name}_reason"].widget.attrs["placeholder"] = _("Reason, in your own words")
        self.wanted.append((name, label, detail, item))

    def lines(self) -> list[Line]:
        """Return the lines for the template."""
        return [
            Line(label, detail, self[name], self[f"{name}_ready"], self[f"{name}_reason"])
            for name, label, detail, _item in self.wanted
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        items = []
        for name, _label, _detail, item in self.wanted:
            reason = whole(self.ready, cleaned.get(f"{name}_ready"), cleaned.get(f"{name}_reason", ""), " ")
            if len(reason) > MOST:
                self.add_error(f"{name}_reason", too_long(MOST))
            elif cleaned.get(name) and not reason and f"{name}_reason" not in self.errors:
                self.add_error(
                    f"{name}_reason", _("Write why this must be supplemented: %(what)s") % {"what": item.name}
                )
            elif not cleaned.get(name) and reason:
                self.add_error(name, _("You wrote a reason but did not tick: %(what)s") % {"what": item.name})
            elif cleaned.get(name):
                items.append(actions.Item(item.required_id, item.section, item.name, reason))
        other, why = cleaned.get("other_name", ""), cleaned.get("other_reason", "")
        if other and why:
            items.append(actions.Item(None, "", other, why))
        elif other and "other_reason" not in self.errors:
            self.add_error("other_reason", _("Write why this must be supplemented: %(what)s") % {"what": other})
        if not items and not self.errors:
            first = self.wanted[0][0] if self.wanted else "other_name"
            self.add_error(first, _("Tick at least one paper or part that must be supplemented."))
        cleaned["items"] = tuple(items)
        return cleaned

    def action(self) -> ActionBase:
        return actions.RequestSupplement(items=self.cleaned_data["items"], note=self.cleaned_data["note"])


def sections_of(dossier: Dossier, language: str) -> list[tuple[str, str]]:
    """Return (key, title) of the form sections that the answers call for."""
    if dossier.version.form is None:
        return []
    schema = form_schema.load(dossier.version.form)
    return [(section.key, section.title.say(language)) for section in schema.visible_sections(dossier.answers)]


REQUEST_SUPPLEMENT = DeskAction(
    actions.RequestSupplement,
    RequestSupplementForm,
    gettext_lazy("Request a supplement"),
    gettext_lazy("Tick what is deficient and say why. The clock pauses; a supplement may be asked once."),
    gettext_lazy("Request supplement"),
    key="B",
    slip=SlipKind.SUPPLEMENT,
    fields="desk/_supplement_fields.html",
)


class SupplementForm(ActionForm):
    """Take in at the counter what the applicant brings: every item not answered online must be ticked."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("Brought by the applicant"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = self.dossier.supplement_requests.filter(answered_at=None).first()
        answers = states(asked, self.dossier) if asked else []
        self.asked = [state.item for state in answers if not state.is_answered]
        choice_of(self, "items").choices = [(str(item.pk), f"{item.name}: {item.reason}") for item in self.asked]

    def clean_items(self) -> list[str]:
        ticked = self.cleaned_data["items"]
        if len(ticked) < len(self.asked):
            raise forms.ValidationError(
                _("Tick everything that was asked for. The term starts anew only when it is complete.")
            )
        return ticked

    def action(self) -> ActionBase:
        return actions.Supplement()


SUPPLEMENT = DeskAction(
    actions.Supplement,
    SupplementForm,
    gettext_lazy("Accept the missing papers"),
    gettext_lazy("For an applicant who brings the papers to the counter."),
    gettext_lazy("Accept the missing papers"),
    key="T",
    next_in=(Status.AWAITING_SUPPLEMENT,),
)
