"""Forms about officers: inviting, giving and ending posts, standing in, handing on."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.password_again import PasswordAgain
from common.forms.adjusting import choice_of
from common.forms.fields import DayField, FullNameField, LineField, MailField
from common.forms.screen_forms import ChangeForm, OnceForm, ScreenForm
from common.refusals import Refused

from ..hooks import Held, sector_choices
from ..models import Post, Role, Unit, UnitKind
from ..people.changes import Terms
from ..people.confirming import NEVER_TO_ONESELF
from ..units.changes import Node, tree

FIELDS_HINT = gettext_lazy("For specialists only. Tick none for all fields.")
UNTIL_HINT = gettext_lazy("Leave it empty for a post without an end.")


def unit_choices(units: Iterable[Unit]) -> list[tuple[str, str]]:
    """Return units as choices: each followed by those below it, departments with the name of the unit above."""
    choices: list[tuple[str, str]] = []

    def add(nodes: list[Node], above: str) -> None:
        for node in nodes:
            unit = node.unit
            choices.append(
                (unit.slug, f"{unit.name}, {above}" if unit.kind == UnitKind.DEPARTMENT and above else unit.name)
            )
            add(node.children, unit.name)

    add(tree(units), "")
    return choices


class _AskedAgain(PasswordAgain):
    """A form of an administrator who gives the password again."""

    def __init__(self, *args: Any, by: User, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by, self.now = by, now

    def asker(self) -> tuple[User, datetime]:
        """Return the administrator."""
        return self.by, self.now


class AccessForm(_AskedAgain, ScreenForm):
    """Change somebody's access: nothing to type but one's own password."""


class _SpanForm(_AskedAgain, OnceForm):
    """From when until when."""

    since = DayField(label=gettext_lazy("First day"))
    until = DayField(label=gettext_lazy("Last day"))

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["since"].initial = today

    def clean(self) -> dict[str, Any]:
        """Compare the two days; a post may begin in the past, but not end there."""
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if until is not None and until < max(since or self.today, self.today):
            self.add_error("until", _("The last day is today or later, and not before the first one."))
        return cleaned


class _TermsForm(_SpanForm):
    """What every form that gives a post asks; ``units`` are those that the administrator looks after."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    title = LineField(
        label=gettext_lazy("Job title"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("As on the door or the list of staff, for example: Tư pháp – Hộ tịch."),
    )
    sectors = forms.MultipleChoiceField(
        label=gettext_lazy("Fields of work"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"}),
        help_text=FIELDS_HINT,
    )
    until = DayField(label=gettext_lazy("Last day"), required=False, help_text=UNTIL_HINT)
    for_all = forms.BooleanField(
        label=gettext_lazy("An administrator also of what all units share"),
        required=False,
        help_text=gettext_lazy("The calendar of all, fields, life events and units on top; for administrators only."),
    )

    def __init__(self, *args: Any, units: list[Unit], may_all: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_all:
            del self.fields["for_all"]
        self.units = {unit.slug: unit for unit in units}
        choice_of(self, "unit").choices = unit_choices(units)
        choice_of(self, "sectors").choices = sector_choices()

    def terms_of(self, role: str) -> Terms:
        """Return a post of one role as typed."""
        data = self.cleaned_data
        sectors = tuple(data.get("sectors", ()))
        for_all = role == Role.ADMINISTRATOR and data.get("for_all", False)
        return Terms(self.units[data["unit"]], role, data["title"], sectors, data["since"], data["until"], for_all)


class InviteForm(_TermsForm):
    """Invite an officer: who, and which posts in one unit."""

    name = FullNameField(label=gettext_lazy("Full name"), max_length=160)
    email = MailField(
        label=gettext_lazy("Email address"),
        help_text=gettext_lazy("The invitation goes there; it must be the person's own."),
    )
    attach = forms.BooleanField(label=gettext_lazy("Give the posts to the account that exists"), required=False)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Posts"), choices=Role.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one post.")},
    )  # fmt: skip
    field_order = ["name", "email", "attach", "unit", "roles", "title", "sectors", "since", "until", "for_all"]

    def __init__(self, *args: Any, asks_attach: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if not asks_attach:
            self.fields["attach"].widget = forms.HiddenInput()

    def refuse(self, refused: Refused) -> None:
        """Show the tick for an account that exists."""
        if refused.field == "attach":
            self.fields["attach"].widget = forms.CheckboxInput()
        super().refuse(refused)

    def terms(self) -> list[Terms]:
        """Return the posts as typed."""
        return [self.terms_of(role) for role in self.cleaned_data["roles"]]


class PostForm(_TermsForm):
    """Give a person one more post; to themselves administrators give only what nobody else has to give."""

    role = forms.ChoiceField(label=gettext_lazy("Post"), choices=Role.choices)
    field_order = ["unit", "role", "title", "sectors", "since", "until", "for_all"]

    def __init__(self, *args: Any, to: User, **options: Any) -> None:
        super().__init__(*args, **options)
        if to.pk == self.by.pk:
            choice_of(self, "role").choices = [one for one in Role.choices if one[0] not in NEVER_TO_ONESELF]
            self.fields["role"].help_text = _(
                "Nobody gives themselves a post that shows dossiers or money, or that gives posts. Ask another "
                "administrator for those."
            )
            for name in self.fields.keys() & {"sectors", "for_all"}:
                del self.fields[name]

    def terms(self) -> Terms:
        """Return the post as typed."""
        return self.terms_of(self.cleaned_data["role"])


class PostChangeForm(_AskedAgain, ChangeForm):
    """Change title, fields and last day of a post."""

    title = LineField(label=gettext_lazy("Job title"), max_length=80, required=False)
    sectors = forms.MultipleChoiceField(
        label=gettext_lazy("Fields of work"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"}),
        help_text=FIELDS_HINT,
    )
    until = DayField(label=gettext_lazy("Last day"), required=False, help_text=UNTIL_HINT)
    field_order = ["title", "sectors", "until"]

    def __init__(self, *args: Any, post: Post, **options: Any) -> None:
        super().__init__(
            *args, initial={"title": post.title, "sectors": post.sectors, "until": post.valid_until}, **options
        )
        if post.role == Role.SPECIALIST:
            known = sector_choices()
            # A field that the catalogue no longer has stays until somebody unticks it.
            gone = [(code, code) for code in post.sectors if code not in dict(known)]
            choice_of(self, "sectors").choices = known + gone
        else:
            del self.fields["sectors"]


class PostEndForm(_AskedAgain, ChangeForm):
    """End a post with a day; what the person still holds has to be seen first."""

    until = DayField(label=gettext_lazy("Last day in this post"))
    anyway = forms.BooleanField(label=gettext_lazy("End the post all the same; the dossiers stay with this person"))
    field_order = ["until", "anyway"]

    def __init__(self, *args: Any, today: date, held: int, **options: Any) -> None:
        super().__init__(*args, initial={"until": today}, **options)
        self.today = today
        if held:
            self.fields["anyway"].error_messages["required"] = _("Hand the dossiers on first, or tick here.")
        else:
            del self.fields["anyway"]

    def clean_until(self) -> date:
        """Refuse a day that has passed."""
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError(_("A post ends today or later; days that have passed cannot be taken back."))
        return until


class SubstituteForm(_SpanForm):
    """Who stands in for a post, from when until when."""

    person = forms.ChoiceField(label=gettext_lazy("Stand-in"))
    field_order = ["person", "since", "until"]

    def __init__(self, *args: Any, people: list[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = {str(user.pk): user for user in people}
        choices = [
            ("", _("Choose")),
            *((pk, f"{user.full_name} – {user.email or '…'}") for pk, user in self.people.items()),
        ]
        choice_of(self, "person").choices = choices


# Besides the colleagues: everybody in the role, or nobody yet.
ROLE, STAY = "role", "stay"


class ReassignForm(ScreenForm):
    """Who gets what a person holds: for each unit and role a colleague, everybody in the role, or nobody yet."""

    def __init__(
        self,
        *args: Any,
        held: list[Held],
        units: dict[int, Unit],
        colleagues: dict[tuple[int, str], list[User]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.held = held
        self.colleagues = {
            (one.unit_id, one.role): {str(user.pk): user for user in colleagues.get((one.unit_id, one.role), [])}
            for one in held
        }
        for one in held:
            people = self.colleagues[one.unit_id, one.role]
            choices = [(STAY, _("Leave them with this person for now"))]
            choices += [(pk, user.full_name) for pk, user in people.items()]
            if people:
                choices.append((ROLE, _("Everybody in this role: whoever takes a dossier first has it")))
            self.fields[self.name_of(one)] = forms.ChoiceField(
                label=_("%(role)s, %(unit)s: %(count)d open dossiers")
                % {"role": Role(one.role).label, "unit": units[one.unit_id].name, "count": one.count},
                choices=choices,
                initial=STAY,
                widget=forms.RadioSelect,
                help_text="" if people else _("Nobody else holds this post today. Give it to somebody first."),
            )

    @staticmethod
    def name_of(held: Held) -> str:
        """Return the name of the box for one unit and role."""
        return f"to_{held.unit_id}_{held.role}"

    def chosen(self) -> list[tuple[Held, User | None]]:
        """Return what goes to whom; None is everybody in the role."""
        found: list[tuple[Held, User | None]] = []
        for one in self.held:
            choice = self.cleaned_data[self.name_of(one)]
            if choice != STAY:
                found.append((one, None if choice == ROLE else self.colleagues[one.unit_id, one.role][choice]))
        return found

    def clean(self) -> dict[str, Any]:
        """Ask for at least one choice."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and all(cleaned.get(self.name_of(one)) == STAY for one in self.held):
            raise forms.ValidationError(_("Choose who gets the dossiers."))
        return cleaned
