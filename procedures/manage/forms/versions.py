"""Forms of a version's sections: what publishers type about a draft."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.forms.adjusting import choice_of
from common.forms.fields import DayField, LineField, LinesField, TickField, WholeNumberField
from common.forms.screen_forms import ChangeForm
from common.text import plain
from eforms.builder.boxes import Details
from offices.models import Role, Unit
from procedures.labels import audience_words, channel_words, level_set_words
from procedures.models import Book, ProcedureVersion, TimeUnit

from .choosing import NamedField

MAX_COUNT, MAX_TIME = 99, 999
ROLES = (Role.CLERK, Role.SPECIALIST, Role.LEADER, Role.CASHIER)


class CountField(WholeNumberField):
    """A whole number from 0 to a limit; left empty it is 0."""

    def __init__(self, *, maximum: int, **options: Any) -> None:
        super().__init__(**({"required": False, "minimum": 0, "maximum": maximum} | options))

    def clean(self, value: Any) -> int:
        """Return the number; raises ValidationError outside the limits."""
        return super().clean(value) or 0


class HoursField(forms.Field):
    """Working hours in steps of a tenth: '4', '1,5'."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "w4", "maxlength": 24})

    def prepare_value(self, value: Any) -> Any:
        """Show stored hours with a comma."""
        return value if isinstance(value, str) or value is None else f"{value.normalize():f}".replace(".", ",")

    def clean(self, value: Any) -> Any:
        """Return the hours; left empty they are 0."""
        text = plain(str(value or "")) or "0"
        whole, _comma, tenth = text.replace(".", ",").partition(",")
        is_number = whole.isascii() and whole.isdigit() and (not tenth or (tenth.isascii() and tenth.isdigit()))
        if not is_number or len(tenth) > 1 or len(whole) > 4:
            raise ValidationError(_("Enter working hours, for example 4 or 1,5."))
        return Decimal(f"{whole}.{tenth or 0}")


class DraftForm(ChangeForm):
    """A form over a draft; ``needed`` names boxes that the check will ask for but that may be saved empty."""

    needed: tuple[str, ...] = ()

    def full_clean(self) -> None:
        """Check what was typed; a draft may leave out what only the check needs."""
        for name in self.needed:
            self.fields[name].required = False
        super().full_clean()
        for name in self.needed:
            self.fields[name].required = True

    def fold_english(self) -> None:
        """Lay the boxes out as they come, with those for English folded away below the others."""
        english = [name for name in self.fields if name.endswith("_en")]
        others = [name for name in self.fields if name not in english]
        self.helper.layout = Layout(*others, Details(_("In English"), *english))

    def values(self) -> dict[str, Any]:
        """Return what was typed as columns."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("revision", "key")}


class InfoForm(DraftForm):
    """Everything that a procedure's page says besides papers, fees and steps."""

    needed = ("audience", "channels", "processing_amount", "outcome", "legal_bases")
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=300,
        help_text=gettext_lazy("As the law calls it."),
        error_messages={"required": gettext_lazy("Write the name of the procedure.")},
    )
    name_en = LineField(label=gettext_lazy("Name in English"), max_length=300, required=False)
    level = forms.TypedChoiceField(label=gettext_lazy("Level of service"), coerce=int, widget=forms.RadioSelect)
    needs_presence = TickField(
        label=gettext_lazy("One step needs the applicant in person"),
        help_text=gettext_lazy("For example both sign a marriage. The result is then handed over at the desk only."),
    )
    audience = forms.MultipleChoiceField(label=gettext_lazy("Who may file"), widget=forms.CheckboxSelectMultiple)
    channels = forms.MultipleChoiceField(label=gettext_lazy("Ways of filing"), widget=forms.CheckboxSelectMultiple)
    processing_amount = CountField(label=gettext_lazy("Processing time"), maximum=MAX_TIME, required=True)
    processing_unit = forms.ChoiceField(label=gettext_lazy("Unit of the processing time"), choices=TimeUnit.choices)
    processing_note = LineField(
        label=gettext_lazy("Note on the processing time"), lines=True, rows=2, max_length=1000, required=False
    )
    processing_note_en = LineField(
        label=gettext_lazy("Note on the processing time, in English"),
        lines=True,
        rows=2,
        max_length=1000,
        required=False,
    )
    outcome = LineField(
        label=gettext_lazy("Result"), max_length=300, help_text=gettext_lazy("What the applicant gets in the end.")
    )
    outcome_en = LineField(label=gettext_lazy("Result in English"), max_length=300, required=False)
    conditions = LineField(
        label=gettext_lazy("Conditions and requirements"), lines=True, rows=4, max_length=5000, required=False
    )
    conditions_en = LineField(
        label=gettext_lazy("Conditions and requirements in English"),
        lines=True,
        rows=4,
        max_length=5000,
        required=False,
    )
    note = LineField(label=gettext_lazy("Good to know"), lines=True, rows=3, max_length=3000, required=False)
    note_en = LineField(
        label=gettext_lazy("Good to know, in English"), lines=True, rows=3, max_length=3000, required=False
    )
    legal_bases = LinesField(
        label=gettext_lazy("Legal bases"),
        help_text=gettext_lazy("One a line, for example: Luật Hộ tịch số 60/2014/QH13 ngày 20/11/2014."),
    )
    dossier_sets = CountField(label=gettext_lazy("Number of dossier sets"), maximum=9, required=True)
    book = forms.ChoiceField(
        label=gettext_lazy("Settled in one visit and entered in a book"),
        choices=Book.choices,
        required=False,
        help_text=gettext_lazy("A clerk then enters it at the desk, with a number of this book, and it is done."),
    )
    effective_from = DayField(label=gettext_lazy("Applies from"))
    effective_until = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Leave it empty when no end is known. The next version ends this one by itself."),
    )

    def __init__(self, *args: Any, version: ProcedureVersion, **options: Any) -> None:
        names = [name for name in self.base_fields if name != "revision"]
        initial = {name: getattr(version, name) for name in names}
        super().__init__(*args, revision=version.revision, initial=initial, **options)
        choices: dict[str, Iterable[tuple[Any, str]]] = {
            "level": [(level, level_set_words(level)) for level in (1, 2, 3, 4)],
            "audience": [(kind, audience_words([kind])) for kind in ("citizen", "organisation", "enterprise")],
            "channels": [(channel, channel_words([channel])[0]) for channel in ("online", "direct", "post")],
        }
        for name, offered in choices.items():
            choice_of(self, name).choices = list(offered)
        self.fold_english()

    def clean_dossier_sets(self) -> int:
        """At least one set is filed."""
        return self.cleaned_data["dossier_sets"] or 1

    def clean(self) -> dict[str, Any]:
        """Compare both days."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("effective_from"), cleaned.get("effective_until")
        if first and last and last < first:
            self.add_error("effective_until", _("The last day comes before the first day."))
        return cleaned


class StepForm(DraftForm):
    """One step of the work."""

    role = forms.ChoiceField(label=pgettext_lazy("step", "Who does it"), required=False)
    unit = NamedField(
        Unit.objects.none(),
        label=gettext_lazy("Which unit"),
        required=False,
        empty_label=gettext_lazy("The unit that decides"),
        help_text=gettext_lazy("Only where another unit does this step."),
    )
    text = LineField(
        label=gettext_lazy("What is done"),
        lines=True,
        rows=2,
        max_length=400,
        error_messages={"required": gettext_lazy("Say what is done in this step.")},
    )
    text_en = LineField(label=gettext_lazy("In English"), lines=True, rows=2, max_length=400, required=False)
    allotted = HoursField(
        label=gettext_lazy("Allotted working hours"),
        required=False,
        help_text=gettext_lazy("8 hours are one working day. Nothing for a step of the applicant."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [("", _("The applicant")), *((role.value, role.label) for role in ROLES)]
        choice_of(self, "role").choices = offered
        cast(NamedField, self.fields["unit"]).queryset = Unit.objects.all()
        self.fields["role"].required = True
        self.fields["role"].widget.is_required = False

    def full_clean(self) -> None:
        """The empty role is the applicant: a choice like the others."""
        self.fields["role"].required = False
        super().full_clean()
        self.fields["role"].required = True


class DocumentsForm(DraftForm):
    """Texts of the slips and letters that officers print."""

    receipt_note = LineField(
        label=gettext_lazy("Note on the receipt"),
        lines=True,
        rows=3,
        max_length=1000,
        required=False,
        help_text=gettext_lazy("Printed on slip 01, for example which originals to bring when collecting the result."),
    )
    letter_text = LineField(
        label=gettext_lazy("Text that begins the decision letter"),
        lines=True,
        rows=6,
        max_length=4000,
        required=False,
        help_text=gettext_lazy("The specialist finds it in the draft of the letter and goes on writing."),
    )
    reasons = LinesField(
        label=gettext_lazy("Ready-made reasons"),
        rows=6,
        required=False,
        help_text=gettext_lazy(
            "One a line. Officers choose from them when they refuse, send back or ask for a supplement."
        ),
    )

    def __init__(self, *args: Any, version: ProcedureVersion, **options: Any) -> None:
        initial = {name: getattr(version, name) for name in ("receipt_note", "letter_text", "reasons")}
        super().__init__(*args, revision=version.revision, initial=initial, **options)


def initial_of(row: Any, form: type[forms.Form]) -> Mapping[str, Any]:
    """Return a stored row as the initial values of its form."""
    return {name: getattr(row, name) for name in form.base_fields if name != "revision" and hasattr(row, name)}
