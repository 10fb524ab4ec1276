"""Forms of who gives feedback: giving it, opening it again, adding details."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.forms.adjusting import choice_of
from common.forms.fields import FullNameField, MailField, NfcCharField, PhoneField, about_self
from common.forms.question import QuestionMixin
from common.forms.screen_forms import ChangeForm, OnceForm
from dossiers.talk.forms import files_field
from offices.models import Unit
from procedures.forms import PageForm

from ...models import Kind, Topic

# Neither is taken online: both want a name, a signature and secrecy (Luật Khiếu nại 2011, Luật Tố cáo 2018).
ELSEWHERE = {
    "complaint": gettext_lazy("A complaint against a decision or an act of an authority"),
    "denunciation": gettext_lazy("A denunciation of a breach of law"),
}
MOST_TEXT = 5000


class GiveForm(PageForm, OnceForm, QuestionMixin):
    """What goes wrong or could be done better; strangers answer the question in words."""

    question_form = "feedback"
    kind = forms.ChoiceField(
        label=gettext_lazy("What do you want to send?"),
        choices=[*Kind.choices, *ELSEWHERE.items()],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you want to send.")},
    )
    topic = forms.ChoiceField(
        label=pgettext_lazy("feedback", "What is it about?"),
        choices=Topic.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what it is about.")},
    )
    about = NfcCharField(
        label=gettext_lazy("Which one"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("The name of the procedure, the code of the dossier, or the name of the officer."),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Which unit is it for?"),
        error_messages={"required": gettext_lazy("Choose the unit.")},
    )
    text = NfcCharField(
        label=gettext_lazy("What happened, or what do you propose?"),
        lines=True,
        rows=8,
        max_length=MOST_TEXT,
        help_text=gettext_lazy("Say where and when. Leave out what is nobody's business, such as ID numbers."),
        error_messages={"required": gettext_lazy("Write what happened or what you propose.")},
    )
    attached = files_field()
    name = about_self(FullNameField(label=gettext_lazy("Your name"), required=False))
    email = MailField(
        label=gettext_lazy("Email"),
        required=False,
        help_text=gettext_lazy("Every step is told to this address. Without it you follow your feedback by its code."),
    )
    phone = PhoneField(label=gettext_lazy("Phone number"), required=False)
    may_publish = forms.BooleanField(
        label=gettext_lazy("The answer may be published, without my name or anything else that says who I am"),
        required=False,
    )

    def __init__(self, *args: Any, units: list[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        self.units = {unit.slug: unit for unit in units}
        choices = [(unit.slug, unit.name) for unit in units]
        if len(units) > 1:
            choices.insert(0, ("", _("Choose")))
        choice_of(self, "unit").choices = choices
        names = ["kind", "topic", "about", "unit", "text", "attached", "name", "email", "phone", "may_publish"]
        self.helper.layout = Layout(*self.question_layout([*names, *self.question_names]))

    def clean_kind(self) -> str:
        """Return the kind; say where a complaint or a denunciation goes instead."""
        kind = str(self.cleaned_data["kind"])
        if kind in ELSEWHERE:
            raise ValidationError(_("This is not taken online. The page says above where to go."), code="elsewhere")
        return kind

    def clean_unit(self) -> Unit:
        """Return the unit."""
        return self.units[self.cleaned_data["unit"]]

    def clean(self) -> dict[str, Any]:
        """Ask which procedure, dossier or officer is meant; of anything else the text says it."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("topic") in (Topic.PROCEDURE, Topic.DOSSIER) and not cleaned.get("about"):
            if "about" not in self.errors:
                self.add_error("about", ValidationError(_("Say which one you mean."), code="required"))
        return cleaned


class TrackForm(PageForm):
    """Code and secret of feedback, as the page after giving it and the email say them."""

    code = NfcCharField(
        label=gettext_lazy("Feedback code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        help_text=gettext_lazy("For example 000.00.99.H19-PA260105-003."),
        error_messages={"required": gettext_lazy("Enter the feedback code.")},
    )
    secret = NfcCharField(
        label=gettext_lazy("Secret that came with it"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        help_text=gettext_lazy("10 letters and digits."),
        error_messages={"required": gettext_lazy("Enter the secret.")},
    )


class DetailsForm(ChangeForm):
    """What was asked for."""

    text = NfcCharField(
        label=gettext_lazy("Your answer"),
        lines=True,
        rows=6,
        max_length=MOST_TEXT,
        error_messages={"required": gettext_lazy("Write your answer.")},
    )
    attached = files_field()
