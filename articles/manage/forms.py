"""The form of a notice."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.clock import LOCAL, local_day
from common.forms.adjusting import choice_of
from common.forms.fields import DayField, LineField, TickField
from common.forms.screen_forms import ChangeForm
from dossiers.desk.forms.origin import MomentField
from offices.forms.people import unit_choices
from offices.models import Unit

from .. import markdown
from ..models import Notice, NoticeKind

LONGEST_TEXT = 8000
LONGEST_WORK = timedelta(days=7)
ALL = ""
BOXES = ("title", "title_en", "text", "text_en", "kind", "is_pinned", "since", "until")


class NoticeForm(ChangeForm):
    """What a notice says, for whom and when."""

    title = LineField(label=gettext_lazy("Title"), max_length=160)
    text = LineField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        lines=True,
        rows=10,
        help_text=gettext_lazy(
            "An empty line begins a paragraph. **bold**, “- ” begins a list, “## ” a heading, [words](https://…) a "
            "link."
        ),
    )
    title_en = LineField(label=gettext_lazy("Title, in English"), max_length=160, required=False)
    text_en = LineField(
        label=gettext_lazy("Text, in English"), max_length=LONGEST_TEXT, lines=True, rows=6, required=False
    )
    unit = forms.ChoiceField(label=gettext_lazy("Who tells this"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=NoticeKind.choices,
        initial=NoticeKind.GENERAL,
        widget=forms.RadioSelect(attrs={"class": "short"}),
    )
    begins_at = MomentField(
        label=gettext_lazy("Work begins"),
        required=False,
        help_text=gettext_lazy("Of maintenance only; at least one working day ahead. For example 27/03/2026 22:00."),
    )
    ends_at = MomentField(
        label=gettext_lazy("Work ends"),
        required=False,
        help_text=gettext_lazy("Of maintenance only. For example 28/03/2026 02:00."),
    )
    since = DayField(label=gettext_lazy("First day on the first page"))
    until = DayField(
        label=gettext_lazy("Last day there"),
        required=False,
        help_text=gettext_lazy("Empty: without an end. The list of notices keeps it afterwards."),
    )
    is_pinned = TickField(label=gettext_lazy("Pin it: it stands above all others"), required=False)

    def __init__(self, *args: Any, units: list[Unit], is_for_all: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.units = {unit.slug: unit for unit in units}
        whole = [(ALL, _("The whole portal"))] if is_for_all else []
        choice_of(self, "unit").choices = [*whole, *unit_choices(units)]
        if not is_for_all:
            self.fields["unit"].required = True
            for name in ("kind", "begins_at", "ends_at"):
                del self.fields[name]

    def clean_text(self) -> str:
        """Take what is shown as it was meant."""
        return markdown.check(self.cleaned_data["text"])

    def clean_text_en(self) -> str:
        """Take what is shown as it was meant."""
        return markdown.check(self.cleaned_data["text_en"])

    def clean_unit(self) -> Unit | None:
        """Return the unit, None for the whole installation."""
        return self.units.get(self.cleaned_data["unit"])

    def clean(self) -> dict[str, Any]:
        """Compare days and moments; both are asked of maintenance, and of nothing else."""
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first."))
        if cleaned.get("kind") == NoticeKind.MAINTENANCE:
            self._clean_work(cleaned)
        elif "kind" in self.fields:
            cleaned |= {"begins_at": None, "ends_at": None}
        return cleaned

    def _clean_work(self, cleaned: dict[str, Any]) -> None:
        begins, ends = cleaned.get("begins_at"), cleaned.get("ends_at")
        for name, value in (("begins_at", begins), ("ends_at", ends)):
            if value is None and name not in self.errors:
                self.add_error(name, MomentField.default_error_messages["required"])
        if begins and ends and not begins < ends <= begins + LONGEST_WORK:
            self.add_error("ends_at", _("The work ends after it begins, within seven days."))
        if cleaned.get("unit") is not None:
            self.add_error("unit", _("Maintenance concerns the whole portal."))
        if ends and not cleaned.get("until") and "until" not in self.errors:
            cleaned["until"] = max(local_day(ends), cleaned.get("since") or local_day(ends))

    def values(self) -> dict[str, Any]:
        """Return what was typed as columns."""
        plain = {"kind": NoticeKind.GENERAL, "begins_at": None, "ends_at": None}
        return plain | {name: value for name, value in self.cleaned_data.items() if name not in ("revision", "key")}


def initial_of(notice: Notice) -> dict[str, Any]:
    """Return what the boxes hold of a notice."""
    moments = {
        name: f"{moment.astimezone(LOCAL):%d/%m/%Y %H:%M}"
        for name in ("begins_at", "ends_at")
        if (moment := getattr(notice, name)) is not None
    }
    columns = {name: getattr(notice, name) for name in BOXES}
    return columns | moments | {"unit": notice.unit.slug if notice.unit else ALL}
