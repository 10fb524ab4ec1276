"""Forms about ratings: the survey, the way to it by code, and what leaders do with an answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms.fields import NfcCharField
from common.forms.screen_forms import ChangeForm, OnceForm
from dossiers.applicant.forms import TrackByCodeForm, four_digits
from procedures.forms import PageForm

from ..models import CommentState, Grade, Question, Rating
from .giving import Given

MAX_COMMENT, MAX_NOTE, MAX_REASON = 1000, 1000, 300


class RatingForm(PageForm, OnceForm):
    """The survey: how somebody found it in all, the three parts if they wish, and a comment."""

    comment = NfcCharField(
        label=_("Is there anything you want to tell us?"),
        required=False,
        lines=True,
        max_length=MAX_COMMENT,
        help_text=_(
            "Please write no names, phone numbers or ID numbers. A comment may be published, after it has been read."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for question in Question:
            is_whole = question == Question.OVERALL
            self.fields[question.value] = forms.TypedChoiceField(
                label=question.label,
                choices=Grade.choices,
                coerce=int,
                empty_value=None,
                required=is_whole,
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose how satisfied you are, all in all."),
                    "invalid_choice": _("Choose one of the answers listed."),
                },
            )
        self.order_fields([*Question.values, "comment"])

    def given(self) -> Given:
        """Return what was said."""
        typed = self.cleaned_data
        return Given({name: typed[name] for name in Question.values if typed[name]}, typed["comment"])


class FindForm(TrackByCodeForm):
    """Which dossier is to be rated: its code, and the end of the phone number that was given with it."""

    question_form = "rate_code"
    phone_end = NfcCharField(
        label=_("Last 4 digits of the phone number given when filing"),
        required=False,
        max_length=10,
        help_text=_("Leave it empty if you gave no phone number."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w4"}),
    )

    def clean_phone_end(self) -> str:
        """Return four digits, '' where nothing was entered."""
        typed = self.cleaned_data["phone_end"]
        return four_digits(typed) if typed else ""


class NoteForm(PageForm, ChangeForm):
    """What was done about a dissatisfied answer."""

    noted = NfcCharField(
        label=_("What was done"),
        lines=True,
        rows=5,
        max_length=MAX_NOTE,
        help_text=_("For example: what was explained or put right. Write no names: the log of changes keeps it too."),
        error_messages={"required": _("Write what was done.")},
    )
    field_order = ["revision", "noted"]

    def __init__(self, *args: Any, rating: Rating, **options: Any) -> None:
        super().__init__(*args, initial={"noted": rating.noted}, revision=rating.revision, **options)


class CommentForm(PageForm, ChangeForm):
    """Whether a comment is published."""

    state = forms.ChoiceField(
        label=_("What becomes of the comment?"),
        choices=[
            (CommentState.PUBLISHED, _("Publish it, without the code of the dossier")),
            (CommentState.WITHHELD, _("Do not publish it")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether the comment is published."),
            "invalid_choice": _("Choose one of the answers listed."),
        },
    )
    reason = NfcCharField(
        label=_("Why it is not published"),
        required=False,
        max_length=MAX_REASON,
        help_text=_("For example: it names a person, it says nothing about the service."),
    )
    field_order = ["revision", "state", "reason"]

    def __init__(self, *args: Any, rating: Rating, **options: Any) -> None:
        state = rating.comment_state if not rating.needs_reading else ""
        initial = {"state": state, "reason": rating.comment_reason}
        super().__init__(*args, initial=initial, revision=rating.revision, **options)

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of what is not published; a published comment has none."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("state") == CommentState.PUBLISHED:
            cleaned["reason"] = ""
        elif cleaned.get("state") and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Write why it is not published."))
        return cleaned
