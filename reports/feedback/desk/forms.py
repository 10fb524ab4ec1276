"""What an officer types for each action on feedback, and the words and keys of its button."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.forms.adjusting import choice_of
from common.forms.fields import NfcCharField
from common.forms.screen_forms import ChangeForm
from offices.models import Unit

from ...models import Feedback, FeedbackStatus
from .. import acts
from ..table import Action
from ..workflow import Act

MOST_ANSWER = 5000


class CaseForm(ChangeForm):
    """A form for one action; it carries the revision its page was made for."""

    def __init__(
        self, *args: Any, feedback: Feedback, officers: Sequence[User], units: Sequence[Unit], **options: Any
    ) -> None:
        super().__init__(*args, revision=feedback.revision, **options)
        self.feedback, self.officers, self.units = feedback, officers, units

    def act(self) -> Act:
        """Build the action from the cleaned input."""
        raise NotImplementedError


class ReasonForm(CaseForm):
    """A reason that who gave the feedback reads."""

    reason = NfcCharField(
        label=gettext_lazy("Reason"),
        lines=True,
        max_length=2000,
        error_messages={"required": gettext_lazy("Write the reason.")},
        help_text=gettext_lazy("Whoever gave the feedback reads this. Say where it belongs, if you know."),
    )


class RefuseForm(ReasonForm):
    """Do not take it."""

    def act(self) -> Act:
        return acts.Refuse(self.cleaned_data["reason"])


class KeepBackForm(ReasonForm):
    """Do not publish the answer."""

    def act(self) -> Act:
        return acts.KeepBack(self.cleaned_data["reason"])


class PassOnForm(ReasonForm):
    """To which unit it goes, and why."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"), error_messages={"required": gettext_lazy("Choose the unit.")})
    field_order = ["revision", "unit", "reason"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.others = {unit.slug: unit for unit in self.units if unit.pk != self.feedback.unit_id}
        offered = [(slug, unit.name) for slug, unit in self.others.items()]
        choice_of(self, "unit").choices = [("", _("Choose")), *offered]

    def act(self) -> Act:
        return acts.PassOn(self.others[self.cleaned_data["unit"]], self.cleaned_data["reason"])


class PersonForm(CaseForm):
    """Which officer of the unit."""

    person = forms.TypedChoiceField(
        label=gettext_lazy("Officer"),
        coerce=int,
        error_messages={"required": gettext_lazy("Choose the officer.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [(str(officer.pk), officer.get_full_name()) for officer in self.officers]
        choice_of(self, "person").choices = [("", _("Choose")), *offered]

    def clean_person(self) -> User:
        """Return the officer."""
        chosen = next((each for each in self.officers if each.pk == self.cleaned_data["person"]), None)
        if chosen is None:
            raise ValidationError(_("Choose the officer."))
        return chosen


class AssignForm(PersonForm):
    """Who answers it, and what to heed."""

    note = NfcCharField(label=gettext_lazy("Note for the officer"), lines=True, rows=3, max_length=1000, required=False)

    def act(self) -> Act:
        return acts.Assign(self.cleaned_data["person"], self.cleaned_data["note"])


class NameOfficerForm(PersonForm):
    """Whom it is about."""

    def act(self) -> Act:
        return acts.NameOfficer(self.cleaned_data["person"])


class AskDetailsForm(CaseForm):
    """What is missing."""

    question = NfcCharField(
        label=gettext_lazy("What do you need to know?"),
        lines=True,
        max_length=2000,
        error_messages={"required": gettext_lazy("Write what you need to know.")},
        help_text=gettext_lazy("Whoever gave the feedback reads this."),
    )

    def act(self) -> Act:
        return acts.AskDetails(self.cleaned_data["question"])


class AnswerForm(CaseForm):
    """The answer."""

    answer = NfcCharField(
        label=gettext_lazy("Answer"),
        lines=True,
        rows=10,
        max_length=MOST_ANSWER,
        error_messages={"required": gettext_lazy("Write the answer.")},
        help_text=gettext_lazy("What was found, what has been or will be done, and when."),
    )

    def __init__(self, *args: Any, feedback: Feedback, **options: Any) -> None:
        super().__init__(*args, feedback=feedback, initial={"answer": feedback.answer}, **options)


class ProposeForm(AnswerForm):
    """Write the answer."""

    def act(self) -> Act:
        return acts.Propose(self.cleaned_data["answer"])


class ConfirmForm(AnswerForm):
    """Confirm the answer, with what the leader changed."""

    def act(self) -> Act:
        return acts.Confirm(self.cleaned_data["answer"])


class SendBackForm(CaseForm):
    """What has to be different."""

    reason = NfcCharField(
        label=gettext_lazy("What has to be changed?"),
        lines=True,
        max_length=2000,
        error_messages={"required": gettext_lazy("Write what has to be changed.")},
    )

    def act(self) -> Act:
        return acts.SendBack(self.cleaned_data["reason"])


class PublishForm(CaseForm):
    """Question and answer as everybody reads them."""

    question = NfcCharField(
        label=gettext_lazy("Feedback as everybody reads it"),
        lines=True,
        rows=6,
        max_length=MOST_ANSWER,
        error_messages={"required": gettext_lazy("Write the feedback as everybody may read it.")},
    )
    answer = NfcCharField(
        label=gettext_lazy("Answer as everybody reads it"),
        lines=True,
        rows=8,
        max_length=MOST_ANSWER,
        error_messages={"required": gettext_lazy("Write the answer.")},
    )
    is_clear = forms.BooleanField(
        label=gettext_lazy("Neither text says who gave the feedback, nor anything about other people"),
        error_messages={"required": gettext_lazy("Read both texts and tick this box.")},
    )

    def __init__(self, *args: Any, feedback: Feedback, **options: Any) -> None:
        shown = {"question": feedback.text, "answer": feedback.answer}
        super().__init__(*args, feedback=feedback, initial=shown, **options)

    def act(self) -> Act:
        return acts.Publish(self.cleaned_data["question"], self.cleaned_data["answer"])


@dataclass(frozen=True)
class CaseAction:
    """How the desk offers an action; ``key`` is the access key of its button and of its page's."""

    action: Action
    form: type[CaseForm]
    label: Any
    done: Any
    lead: Any
    key: str = ""
    is_danger: bool = False
    # In which it is the obvious next step.
    next_in: tuple[FeedbackStatus, ...] = ()


ACTIONS: tuple[CaseAction, ...] = (
    CaseAction(
        Action.ASSIGN,
        AssignForm,
        gettext_lazy("Assign"),
        gettext_lazy("Assigned."),
        gettext_lazy("The officer writes the answer, which the leader confirms."),
        key="C",
        next_in=(FeedbackStatus.RECEIVED,),
    ),
    CaseAction(
        Action.PROPOSE,
        ProposeForm,
        gettext_lazy("Write the answer"),
        gettext_lazy("The answer waits for the leader."),
        gettext_lazy("The leader confirms the answer before it goes out."),
        key="T",
        next_in=(FeedbackStatus.ASSIGNED,),
    ),
    CaseAction(
        Action.CONFIRM,
        ConfirmForm,
        gettext_lazy("Confirm the answer"),
        gettext_lazy("The answer has gone out."),
        gettext_lazy("The answer goes to whoever gave the feedback. Change the text where needed."),
        key="K",
        next_in=(FeedbackStatus.PROPOSED,),
    ),
    CaseAction(
        Action.PUBLISH,
        PublishForm,
        gettext_lazy("Publish the answer"),
        gettext_lazy("The answer is published."),
        gettext_lazy("Everybody reads both texts. Leave out names, addresses, numbers and what else tells who it was."),
        key="K",
        next_in=(FeedbackStatus.ANSWERED,),
    ),
    CaseAction(
        Action.ASK_DETAILS,
        AskDetailsForm,
        gettext_lazy("Ask for details"),
        gettext_lazy("The details have been asked for."),
        gettext_lazy("Until the details come, the time to answer stands still."),
        key="B",
    ),
    CaseAction(
        Action.SEND_BACK,
        SendBackForm,
        gettext_lazy("Send back"),
        gettext_lazy("The answer has been sent back."),
        gettext_lazy("The officer changes the answer and submits it again."),
    ),
    CaseAction(
        Action.PASS_ON,
        PassOnForm,
        gettext_lazy("Pass on to another unit"),
        gettext_lazy("Passed on."),
        gettext_lazy("The other unit's time begins now, and this unit no longer sees the feedback."),
    ),
    CaseAction(
        Action.NAME_OFFICER,
        NameOfficerForm,
        gettext_lazy("It is about an officer"),
        gettext_lazy("Noted. That officer does not see this feedback."),
        gettext_lazy("From then on only leaders and whoever answers see it, never the officer concerned."),
    ),
    CaseAction(
        Action.KEEP_BACK,
        KeepBackForm,
        gettext_lazy("Do not publish"),
        gettext_lazy("The answer is not published."),
        gettext_lazy("The answer itself has gone out already."),
    ),
    CaseAction(
        Action.REFUSE,
        RefuseForm,
        gettext_lazy("Do not take it"),
        gettext_lazy("The feedback has not been taken."),
        gettext_lazy("Nothing is answered then but the reason."),
        is_danger=True,
    ),
)
BY_SEGMENT = {row.action.segment: row for row in ACTIONS}
