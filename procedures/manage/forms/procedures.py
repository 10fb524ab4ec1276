"""Forms about a whole procedure: new, copy, what stands beside its versions, offerings, review, end."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.clock import local_day, now
from common.forms.adjusting import choice_of
from common.forms.fields import DayField, LineField, LinesField, PlainField, TableField
from common.forms.screen_forms import ChangeForm, OnceForm, ScreenForm
from procedures.models import LifeEvent, Procedure, Sector

from ..lists import names_of
from .choosing import NamedField, find_procedure, level_choices, procedures_meant
from .versions import DraftForm

MAX_FAQ = 30


MAX_RELATED = 12


# So many are offered to choose one from.
OFFERED = 10


class NewForm(OnceForm):
    """A new procedure."""

    code = PlainField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("The national code if there is one, for example 1.001193; else keep the local one."),
    )
    name = LineField(label=gettext_lazy("Name"), max_length=300, help_text=gettext_lazy("As the law calls it."))
    sector = NamedField(
        label=gettext_lazy("Field"), queryset=Sector.objects.all(), to_field_name="code", empty_label=None
    )
    level = forms.TypedChoiceField(label=gettext_lazy("Level of service"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice_of(self, "level").choices = level_choices()


class DuplicateForm(OnceForm):
    """A copy of a procedure under a new code."""

    code = PlainField(label=gettext_lazy("Code of the new procedure"), max_length=20)
    name = LineField(label=gettext_lazy("Name of the new procedure"), max_length=300)


class FaqField(TableField):
    """Questions and answers; value: a list of {"question", "answer"}."""

    def __init__(self, **options: Any) -> None:
        columns: dict[str, forms.Field] = {
            "question": LineField(label=gettext_lazy("Question"), max_length=300, required=False),
            "answer": LineField(label=gettext_lazy("Answer"), lines=True, rows=2, max_length=3000, required=False),
            "question_en": LineField(label=gettext_lazy("Question in English"), max_length=300, required=False),
            "answer_en": LineField(
                label=gettext_lazy("Answer in English"), lines=True, rows=2, max_length=3000, required=False
            ),
        }
        super().__init__(columns=columns, max_rows=MAX_FAQ, **options)

    def clean(self, value: Any) -> list[dict[str, str]]:
        """Return the rows; raises ValidationError for a half row, naming it."""
        rows = super().clean(value)
        message = _("Question %(n)d: write both the question and the answer.")
        faults = [message % {"n": n} for n, row in enumerate(rows, start=1) if not {"question", "answer"} <= set(row)]
        if faults:
            raise ValidationError(faults)
        return rows


class ProcedureForm(DraftForm):
    """What a procedure says besides its versions."""

    notice = LineField(
        label=gettext_lazy("Notice on top of the page"),
        lines=True,
        rows=2,
        max_length=1000,
        required=False,
        help_text=gettext_lazy("What people must know now, for example that the system of another agency is down."),
    )
    accept_until = DayField(
        label=gettext_lazy("Dossiers are accepted until"),
        required=False,
        help_text=gettext_lazy("The last day for new dossiers. Empty: as long as the procedure applies."),
    )
    supplement_days = forms.IntegerField(
        label=gettext_lazy("Working days in which a supplement is awaited"),
        min_value=1,
        max_value=250,
        required=False,
        help_text=gettext_lazy("Usually 15. When they have passed, stopping is proposed; nothing happens by itself."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w4"}),
    )
    sector = NamedField(
        label=gettext_lazy("Field"), queryset=Sector.objects.all(), to_field_name="code", empty_label=None
    )
    synonyms = LinesField(
        label=gettext_lazy("Search words people use"),
        rows=6,
        required=False,
        help_text=gettext_lazy("One a line, as people say it: giấy khai sinh, đẻ con. The search finds them."),
    )
    life_events = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Life events"),
        queryset=LifeEvent.objects.order_by("n", "id"),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    related = LinesField(
        label=gettext_lazy("Related procedures"),
        required=False,
        help_text=gettext_lazy("One a line: the code, or words of the name."),
    )
    faq = FaqField(
        label=gettext_lazy("Questions and answers"),
        required=False,
        help_text=gettext_lazy("Empty a row to take it away. After saving there are two more empty rows."),
    )

    def __init__(self, *args: Any, procedure: Procedure, related: Iterable[str], **options: Any) -> None:
        self.procedure = procedure
        columns = ("notice", "accept_until", "supplement_days", "synonyms", "faq")
        initial = {name: getattr(procedure, name) for name in columns}
        initial |= {
            "sector": procedure.sector.code,
            "life_events": list(procedure.life_events.values_list("code", flat=True)),
            "related": list(related),
        }
        super().__init__(*args, revision=procedure.revision, initial=initial, **options)

    def clean_supplement_days(self) -> int:
        """Keep the number that there is when none is typed."""
        typed: int | None = self.cleaned_data["supplement_days"]
        return self.procedure.supplement_days if typed is None else typed

    def clean_related(self) -> list[Procedure]:
        """Find each procedure named."""
        lines = self.cleaned_data["related"]
        if len(lines) > MAX_RELATED:
            raise ValidationError(_("At most %(count)d lines.") % {"count": MAX_RELATED})
        found = {other.pk: other for other in (find_procedure(line) for line in lines)}
        if self.procedure.pk in found:
            raise ValidationError(_("A procedure is not related to itself."))
        return list(found.values())


class RetireForm(ScreenForm):
    """The end of a procedure."""

    on = DayField(
        label=gettext_lazy("No longer applies from"),
        help_text=gettext_lazy("Today or later. Dossiers filed before are handled to their end."),
    )
    reason = LineField(
        label=gettext_lazy("Reason"),
        lines=True,
        rows=3,
        max_length=1000,
        help_text=gettext_lazy("Shown on the procedure's page, for example the decision that repeals it."),
        error_messages={"required": gettext_lazy("Write the reason.")},
    )
    successor = LineField(
        label=gettext_lazy("Successor"),
        max_length=120,
        required=False,
        help_text=gettext_lazy(
            "The procedure that takes its place: its code, or words of its name. "
            "When several fit, they are listed to choose from."
        ),
    )

    chosen = forms.ChoiceField(label=gettext_lazy("Which of these?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, procedure: Procedure, **options: Any) -> None:
        super().__init__(*args, **options)
        meant = [other for other in self._meant() if other != procedure]
        self.found, has_more = meant[:OFFERED], len(meant) > OFFERED
        if len(self.found) < 2:
            del self.fields["chosen"]
            return
        names = names_of(self.found, local_day(now()))
        field = choice_of(self, "chosen")
        field.choices = [(other.code, f"{names.get(other.pk, '')} ({other.code})") for other in self.found]
        message = _("Several procedures fit these words: choose the successor, or write more of its name.")
        field.error_messages |= {"required": message, "invalid_choice": message}
        if has_more:
            field.help_text = _("Only the first %(count)d are shown. More words above narrow them down.") % {
                "count": OFFERED
            }

    def _meant(self) -> list[Procedure]:
        """Return the procedures that the typed words may mean. One query."""
        try:
            text = self.fields["successor"].clean(self.data.get("successor", ""))
        except ValidationError:
            return []
        return procedures_meant(text, OFFERED + 1) if text else []

    def clean_successor(self) -> Procedure | None:
        """Find the procedure named; of several, the box below tells which."""
        text = self.cleaned_data["successor"]
        if text and not self.found:
            raise ValidationError(_("No procedure fits “%(text)s”. Write its code.") % {"text": text})
        return self.found[0] if len(self.found) == 1 else None

    def clean(self) -> dict[str, Any]:
        """Take the one that was chosen of several."""
        cleaned = super().clean() or self.cleaned_data
        if code := cleaned.get("chosen"):
            cleaned["successor"] = next(other for other in self.found if other.code == code)
        return cleaned


class NoteForm(DraftForm):
    """What is new, for the reviewer."""

    note = LineField(
        label=gettext_lazy("What is new in this version"),
        lines=True,
        rows=3,
        max_length=2000,
        required=False,
        help_text=gettext_lazy("For the person who checks it."),
    )


class BackForm(DraftForm):
    """Why a version goes back to its authors."""

    reason = LineField(
        label=gettext_lazy("What must be changed"),
        lines=True,
        rows=4,
        max_length=2000,
        error_messages={"required": gettext_lazy("Write the reason.")},
    )


class PublishForm(DraftForm):
    """The first day of a version, settled by the second person."""

    effective_from = DayField(
        label=gettext_lazy("Applies from"),
        help_text=gettext_lazy("Today or later; the version before ends the day before."),
    )


class NameForm(OnceForm):
    """A new row of a list of names, such as the fields of administration."""

    name = LineField(label=gettext_lazy("Name"), error_messages={"required": gettext_lazy("Write the name.")})
    name_en = LineField(label=gettext_lazy("Name in English"), required=False)

    def __init__(self, *args: Any, longest: int, **options: Any) -> None:
        super().__init__(*args, **options)
        limit_names(self, longest)


class RenameForm(ChangeForm):
    """Another name for a row of such a list; it notices when somebody else renamed it meanwhile."""

    name = LineField(label=gettext_lazy("Name"), error_messages={"required": gettext_lazy("Write the name.")})
    name_en = LineField(label=gettext_lazy("Name in English"), required=False)

    def __init__(self, *args: Any, longest: int, **options: Any) -> None:
        super().__init__(*args, **options)
        limit_names(self, longest)


def limit_names(form: forms.Form, longest: int) -> None:
    """Let both names be as long as their columns."""
    for name in ("name", "name_en"):
        field = form.fields[name]
        field.validators.append(MaxLengthValidator(longest))
        field.widget.attrs["maxlength"] = longest
