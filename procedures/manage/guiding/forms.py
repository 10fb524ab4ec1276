"""Forms of a signpost, of a step, and of the day that the steps count from."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.fields import DayField, LineField, LinesField, TickField, WholeNumberField
from common.forms.screen_forms import ChangeForm
from offices.units.checks import check_link
from procedures.guiding.signposts import phrase_of
from procedures.models import Procedure, Signpost, SpanUnit

from ..forms.choosing import NamedField, find_procedure

MAX_HELPING = 8
# Ten years are longer than any of these terms.
LONGEST_TIME = 3650
# So much fits a box of one line.
SHORT = 120


class GuidingForm(ChangeForm):
    """A form whose boxes are columns."""

    def values(self) -> dict[str, Any]:
        """Return what was typed as columns."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("revision", "key")}


class SignpostForm(GuidingForm):
    """Where a matter of another agency is done."""

    name = LineField(label=gettext_lazy("The matter"), max_length=120)
    name_en = LineField(label=gettext_lazy("The matter, in English"), max_length=120, required=False)
    words = LinesField(
        label=gettext_lazy("Search words people use"),
        maximum=30,
        longest=80,
        rows=6,
        help_text=gettext_lazy(
            "One a line, as people say it: sổ đỏ, làm sổ đỏ. The signpost answers whoever types one of them, "
            "with accents or without."
        ),
    )
    agency = LineField(label=gettext_lazy("Which agency does it"), max_length=300)
    agency_en = LineField(label=gettext_lazy("The agency, in English"), max_length=300, required=False)
    how = LineField(label=gettext_lazy("How it is done there"), lines=True, rows=3, max_length=1000)
    how_en = LineField(label=gettext_lazy("How, in English"), lines=True, rows=3, max_length=1000, required=False)
    url = LineField(label=gettext_lazy("Address on the web"), max_length=200, required=False)
    note = LineField(label=gettext_lazy("Good to know"), lines=True, rows=2, max_length=1000, required=False)
    note_en = LineField(
        label=gettext_lazy("Good to know, in English"), lines=True, rows=2, max_length=1000, required=False
    )
    procedures = LinesField(
        label=gettext_lazy("What the commune does for it"),
        required=False,
        help_text=gettext_lazy("Procedures, one a line: the code, or words of the name."),
    )
    basis = LineField(
        label=gettext_lazy("Where this is written"),
        max_length=300,
        help_text=gettext_lazy("The law, the decree, or the page of the agency."),
    )
    reviewed_on = DayField(
        label=gettext_lazy("Compared with it on"),
        required=False,
        help_text=gettext_lazy("Empty while nobody has compared it."),
    )
    needs_check = TickField(
        label=gettext_lazy("Not sure: tell people to call before they go"),
        required=False,
    )

    def clean_words(self) -> list[str]:
        """Refuse a line without any word."""
        words: list[str] = self.cleaned_data["words"]
        if not all(phrase_of(line) for line in words):
            raise ValidationError(_("Each line needs a word."))
        return words

    def clean_url(self) -> str:
        """Take a safe address only."""
        url: str = self.cleaned_data["url"]
        return check_link(url, "https://dichvucong.gov.vn/") if url else ""

    def clean_procedures(self) -> list[Procedure]:
        """Find each procedure named."""
        lines = self.cleaned_data["procedures"]
        if len(lines) > MAX_HELPING:
            raise ValidationError(_("At most %(count)d lines.") % {"count": MAX_HELPING})
        found = {one.pk: one for one in map(find_procedure, lines)}
        return sorted(found.values(), key=lambda one: one.code)


class DayNameForm(GuidingForm):
    """What the time of the steps of a life event counts from."""

    day_name = LineField(
        label=gettext_lazy("Name of the day"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For example: ngày sinh của con. Empty when steps count from days of their own."),
    )
    day_name_en = LineField(label=gettext_lazy("Name of the day, in English"), max_length=120, required=False)


def _texts(vietnamese: Any, english: Any, hint: Any = "", longest: int = 300) -> tuple[LineField, LineField]:
    box: dict[str, Any] = {"max_length": longest, "lines": longest > SHORT, "rows": 2, "required": False}
    return LineField(label=vietnamese, help_text=hint, **box), LineField(label=english, **box)


class StepForm(GuidingForm):
    """One step of a checklist: a procedure of the catalogue or a signpost, never both."""

    procedure = LineField(
        label=gettext_lazy("Procedure"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Its code, or words of its name. Empty when another agency does it."),
    )
    signpost = NamedField(
        label=gettext_lazy("Or: done by another agency"),
        queryset=Signpost.objects.all(),
        to_field_name="code",
        empty_label=gettext_lazy("The commune does it"),
        required=False,
    )
    gain, gain_en = _texts(gettext_lazy("What it gives"), gettext_lazy("What it gives, in English"))
    condition, condition_en = _texts(
        gettext_lazy("When it is needed"),
        gettext_lazy("When it is needed, in English"),
        gettext_lazy("For example: nếu cha mẹ chưa đăng ký kết hôn. Empty: always."),
    )
    together, together_en = _texts(
        gettext_lazy("What may be filed together with it"), gettext_lazy("Filed together, in English")
    )
    amount = WholeNumberField(label=gettext_lazy("Time to do it"), minimum=1, maximum=LONGEST_TIME, required=False)
    amount_unit = forms.ChoiceField(
        label=gettext_lazy("Unit of the time"),
        choices=SpanUnit.choices,
        widget=forms.RadioSelect(attrs={"class": "short"}),
    )
    since, since_en = _texts(
        gettext_lazy("Counted from another day than the list's"),
        gettext_lazy("Counted from, in English"),
        gettext_lazy("For example: ngày phân chia xong di sản. The page then shows no date for this step."),
        longest=120,
    )
    late, late_en = _texts(
        gettext_lazy("When the time is over"),
        gettext_lazy("When the time is over, in English"),
        gettext_lazy("For example: vẫn đăng ký được, nhưng có thể phải nộp lệ phí."),
    )
    basis = LineField(label=gettext_lazy("The law that says so"), max_length=300, required=False)
    is_alternative = TickField(
        label=gettext_lazy("Another way of the step before: one of the two is enough"), required=False
    )

    def clean_procedure(self) -> Procedure | None:
        """Find the procedure named."""
        text = self.cleaned_data["procedure"]
        return find_procedure(text) if text else None

    def clean(self) -> dict[str, Any]:
        """Take one of procedure and signpost; raises ValidationError for none and for both."""
        cleaned = super().clean() or self.cleaned_data
        if "procedure" in cleaned and (cleaned["procedure"] is None) == (cleaned.get("signpost") is None):
            self.add_error("procedure", _("Name a procedure, or choose what another agency does: one of the two."))
        return cleaned
