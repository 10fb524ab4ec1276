"""Forms of registering, signing in and keeping an account; all texts are the portal's own."""

from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal import flows
from allauth.account.models import EmailAddress, Login
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.clock import local_day, now
from common.forms.checks import check_identity_paper, check_identity_paper_of_kind
from common.forms.fields import (
    AddressField,
    AnyIdField,
    CodeField,
    FullNameField,
    MailField,
    NfcCharField,
    PartialDateField,
    PhoneField,
    TaxCodeField,
    about_self,
)
from common.forms.question import QuestionMixin
from common.refusals import Refused
from common.values.identity import birth_warning, born_in, check_tax_code, is_personal_number
from common.values.partial_date import earliest

from . import registering, resume
from .models import IdKind, Kind, Representative, Sex, User

_ONCE = _("Type the password.")
_AGAIN = _("Type the password a second time.")
PASSWORD_HINT = _("At least 8 characters. A few words in a row are easy to remember and hard to guess.")


def plain_helper(*names: Any) -> FormHelper:
    """Return a helper that lays out fields only; the template owns the form tag and the summary of errors."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.form_show_errors = False
    if names:
        helper.layout = Layout(*names)
    return helper


def password_field(label: Any, *, fresh: bool, help_text: Any = "", required: Any = _ONCE) -> forms.CharField:
    """Return a password box; ``fresh`` for one being chosen, else for one being proved."""
    return forms.CharField(
        label=label,
        max_length=128,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password" if fresh else "current-password"}),
        error_messages={
            "required": required,
            "max_length": _("Use at most %(max)d characters.") % {"max": 128},
        },
    )


def mail_field() -> MailField:
    """Return the box for an e-mail address."""
    return MailField(label=_("Email address"), widget=forms.TextInput(attrs={"type": "email"}))


def birth_field(*, required: bool) -> PartialDateField:
    """Return the boxes for a date of birth of which only the year may be known."""
    return about_self(
        PartialDateField(
            required=required,
            label=_("Date of birth"),
            help_text=_("For example 27 3 1990. If you only know the year, enter the year."),
            partial=True,
            error_messages={"required": _("Enter the date of birth, or only the year.")},
        )
    )


class IdentityForm(forms.Form):
    """The identity paper that a citizen has: which one, and its number; somebody may have none."""

    id_kind = forms.ChoiceField(
        label=_("Identity paper"),
        choices=IdKind.choices,
        initial=IdKind.PERSONAL,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose your identity paper."),
            "invalid_choice": _("Choose one of the answers listed."),
        },
    )
    id_number = NfcCharField(
        label=_("Number of the paper"),
        max_length=40,
        error_messages={"required": _("Enter the number of the identity paper.")},
        help_text=_("It is printed on the front of your identity card. Leave it empty when you have no paper."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Check the number against the kind of paper."""
        data = super().clean() or self.cleaned_data
        if data.get("id_kind") == IdKind.NONE and self.has_error("id_number", "required"):
            del self.errors["id_number"]
            data["id_number"] = ""
        if "id_kind" in data and "id_number" in data:
            try:
                data["id_number"] = self._checked(data["id_kind"], data["id_number"])
            except forms.ValidationError as error:
                self.add_error("id_number", error)
        return data

    @staticmethod
    def _checked(kind: str, typed: str) -> str:
        if kind == IdKind.NONE:
            if typed:
                raise forms.ValidationError(_("Choose which paper this number is of, or clear the number."))
            return ""
        number = check_identity_paper_of_kind(check_identity_paper(typed), kind)
        return refuse_future(number) if kind == IdKind.PERSONAL else number


def check_same(form: forms.Form) -> None:
    """Add an error when the password was not typed the same way twice."""
    first, second = form.cleaned_data.get("password1"), form.cleaned_data.get("password2")
    if first and second and first != second:
        form.add_error("password2", _("The two passwords are not the same. Type them again."))


class SignInForm(QuestionMixin, allauth_forms.LoginForm):
    """One box for e-mail, personal number or tax code, and the password.

    The question in words comes first when it is asked: without it a password is not even tried.
    """

    question_form = "sign-in"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = NfcCharField(
            label=_("Personal number, tax code or email"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
            error_messages={"required": _("Enter your personal number, tax code or email.")},
        )
        self.fields["password"] = password_field(_("Password"), fresh=False)
        self.fields["resume"] = forms.CharField(required=False, widget=forms.HiddenInput)
        names = ["login", "password", *self.question_names, "resume"]
        self.order_fields(names)
        self.helper = plain_helper(*self.question_layout(names))

    def user_credentials(self) -> dict[str, Any]:
        """Return what the sign-in backend takes."""
        return {"login": self.cleaned_data["login"], "password": self.cleaned_data["password"]}

    def clean(self) -> dict[str, Any]:
        """Check the question, then the password; wrong and unknown give one answer."""
        if self.errors or (self.asks and not self.check_question(keep=False)):
            return self.cleaned_data
        adapter = get_adapter()
        user = adapter.authenticate(self.request, **self.user_credentials())
        if user is None:
            raise adapter.validation_error("email_password_mismatch")
        self._login = Login(user=user, email=user.email)
        self.user = user
        return self.cleaned_data

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in; a form that an ended session interrupted waits in the new session."""
        if self.cleaned_data.get("resume"):
            request.session[resume.SESSION_KEY] = self.cleaned_data["resume"]
        return super().login(request, redirect_url)


class RegisterForm(QuestionMixin, allauth_forms.SignupForm):
    """What every kind of account asks; a declared number proves nothing and is never said to be taken."""

    question_form = "register"
    kind: ClassVar[Kind]
    names: ClassVar[tuple[str, ...]]
    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = mail_field()
        self.fields["email"].help_text = _(
            "We send a code to this address, and later the messages about your dossiers."
        )
        self.fields["password1"] = password_field(_("Password"), fresh=True, help_text=PASSWORD_HINT)
        self.fields["password2"] = password_field(_("Confirm password"), fresh=True, required=_AGAIN)
        names = [*self.names, "email", "password1", "password2", *self.question_names]
        self.order_fields(names)
        self.helper = plain_helper(*self.question_layout(names))

    def fill(self, user: User) -> None:
        """Write the cleaned values into a new account."""
        data = self.cleaned_data
        user.kind = self.kind
        user.full_name = data["full_name"]
        user.email = data["email"]
        user.phone = data["phone"]

    def save_representative(self, user: User) -> None:
        """Store who acts for an organisation or enterprise; a citizen acts alone."""

    def clean(self) -> dict[str, Any]:
        """Check the password against what is known of the new account."""
        data = self.cleaned_data
        password = data.get("password1")
        if password:
            names = ("full_name", "email", "phone", "birth", "id_number", "tax_code")
            someone = User(**{name: data[name] for name in names if data.get(name)})
            acting = data.get("representative_name", ""), data.get("representative_number", "")
            someone.representative = Representative(full_name=acting[0], personal_number=acting[1])
            try:
                get_adapter().clean_password(password, user=someone)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        check_same(self)
        return data

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Store the account, or answer in the same way, at the same cost, when the address has one already.

        An account that nobody confirmed gives way to the new one: whoever reads
        the mail enters with what was typed last.
        """
        for _attempt in range(2):
            try:
                with transaction.atomic():
                    if self.account_already_exists and not registering.give_way(self.cleaned_data["email"]):
                        break
                    self.account_already_exists = False
                    return self.save(request), None
            except IntegrityError:
                # Somebody registered the address in the same moment.
                self.account_already_exists = True
        self.account_already_exists = True
        make_password(self.cleaned_data["password1"])
        return None, flows.signup.prevent_enumeration(request, email=self.cleaned_data["email"])


class CitizenForm(IdentityForm, RegisterForm):
    """Registering as a citizen."""

    kind = Kind.CITIZEN
    names = ("full_name", "birth", "id_kind", "id_number", "phone")
    full_name = about_self(FullNameField(label=_("Full name")))
    birth = birth_field(required=True)
    phone = PhoneField(label=_("Phone number"))

    def clean_birth(self) -> str:
        """Refuse a birth that is yet to come."""
        return refuse_unborn(self.cleaned_data["birth"])

    @property
    def warning(self) -> str:
        """A sentence when number and birth do not fit together; they are stored all the same."""
        return birth_warning(self.cleaned_data["id_number"], self.cleaned_data["birth"], "")

    def fill(self, user: User) -> None:
        """Write the cleaned values into a new account."""
        super().fill(user)
        user.birth = self.cleaned_data["birth"]
        user.set_identity(self.cleaned_data["id_kind"], self.cleaned_data["id_number"])


class _BodyForm(RegisterForm):
    """What organisations and enterprises share: a name, a phone and who acts for them."""

    names = (
        "full_name",
        "tax_code",
        "phone",
        "representative_name",
        "representative_position",
        "representative_number",
    )
    full_name = NfcCharField(max_length=160, error_messages={"required": _("Enter the name.")})
    tax_code = TaxCodeField(label=_("Tax code"))
    phone = PhoneField(label=_("Phone number"))
    representative_name = about_self(FullNameField(label=_("Full name of the representative")))
    representative_position = NfcCharField(label=_("Position of the representative"), max_length=80, required=False)
    representative_number = AnyIdField(
        label=_("Number of the representative's identity paper"),
        help_text=_("The 12-digit personal number; for a foreigner the number of the passport."),
    )

    def clean_representative_number(self) -> str:
        """Refuse a year of birth in the future."""
        return refuse_future(self.cleaned_data["representative_number"])

    def fill(self, user: User) -> None:
        """Write the cleaned values; a 12-digit tax code is a personal number and is stored encrypted."""
        super().fill(user)
        set_tax_code(user, self.cleaned_data["tax_code"])

    def save_representative(self, user: User) -> None:
        """Store who acts for the account."""
        data = self.cleaned_data
        Representative.objects.create(
            account=user,
            full_name=data["representative_name"],
            position=data["representative_position"],
            personal_number=data["representative_number"],
        )


class OrganisationForm(_BodyForm):
    """Registering as an organisation; not every one has a tax code."""

    kind = Kind.ORGANISATION

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].label = _("Name of the organisation")
        self.fields["tax_code"].required = False
        self.fields["tax_code"].help_text = _("Leave it empty when the organisation has none.")


class EnterpriseForm(_BodyForm):
    """Registering as an enterprise or household business."""

    kind = Kind.ENTERPRISE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].label = _("Name of the enterprise")
        self.fields["tax_code"].help_text = _(
            "10 digits, 13 for a branch; a household business gives its owner's 12-digit personal number."
        )


REGISTER_FORMS: dict[str, type[RegisterForm]] = {
    form.kind.value: form for form in (CitizenForm, OrganisationForm, EnterpriseForm)
}


def refuse_future(number: str) -> str:
    """Return a personal number, or raise ``ValidationError`` when its year of birth is still to come."""
    if is_personal_number(number) and born_in(number) > local_day(now()).year:
        raise forms.ValidationError(
            _("Digits 4 to 6 give a year of birth in the future. Check the number on the card."), code="year"
        )
    return number


def refuse_unborn(birth: str) -> str:
    """Return a birth (partial ISO date), or raise ``ValidationError`` when it is yet to come."""
    if birth and earliest(birth) > local_day(now()):
        raise forms.ValidationError(_("Enter a date that is not after today."))
    return birth


def set_tax_code(user: User, code: str) -> None:
    """Store a tax code; a 12-digit one is a person's number and is stored encrypted."""
    is_person = len(code) == 12
    user.tax_code = "" if is_person else code
    user.set_personal_number(code if is_person else "")


class ConfirmCodeForm(allauth_forms.ConfirmEmailVerificationCodeForm):
    """The code from the mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(
            label=_("Code from the message (6 digits)"),
            widget=forms.TextInput(attrs={"class": "w6"}),
            error_messages={"required": _("Enter the code from the message.")},
        )
        self.helper = plain_helper()


class ResetPasswordForm(QuestionMixin, allauth_forms.ResetPasswordForm):
    """Where to send the link for a new password; only an address that its owner has confirmed gets one."""

    question_form = "reset"
    users: list[User]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = mail_field()
        names = ["email", *self.question_names]
        self.order_fields(names)
        self.helper = plain_helper(*self.question_layout(names))

    def clean_email(self) -> str:
        """Find whom to mail; nobody is told apart."""
        email = super().clean_email()
        confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True).values_list("user", flat=True)
        self.users = [user for user in self.users if user.pk in set(confirmed)]
        return email


class NewPasswordChecks(forms.Form):
    """What every form with a new password in two boxes checks; mixed in before allauth's form."""

    user: Any

    def clean_password1(self) -> str:
        """Check the new password against what is known of the account."""
        return get_adapter().clean_password(self.cleaned_data["password1"], user=self.user)

    def clean(self) -> dict[str, Any]:
        """Compare both boxes."""
        check_same(self)
        return self.cleaned_data


class NewPasswordForm(NewPasswordChecks, allauth_forms.ResetPasswordKeyForm):
    """Choosing a new password with the link from the mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"] = password_field(_("New password"), fresh=True, help_text=PASSWORD_HINT)
        self.fields["password2"] = password_field(_("Confirm new password"), fresh=True, required=_AGAIN)
        self.helper = plain_helper()


class InvitationForm(NewPasswordChecks, forms.Form):
    """Choosing the first password of an account that an administrator made, or a new one."""

    password1 = password_field(_("New password"), fresh=True, help_text=PASSWORD_HINT)
    password2 = password_field(_("Confirm new password"), fresh=True, required=_AGAIN)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.helper = plain_helper()


class ChangePasswordForm(NewPasswordChecks, allauth_forms.ChangePasswordForm):
    """Changing the password with the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = password_field(_("Current password"), fresh=False)
        self.fields["password1"] = password_field(_("New password"), fresh=True, help_text=PASSWORD_HINT)
        self.fields["password2"] = password_field(_("Confirm new password"), fresh=True, required=_AGAIN)
        self.helper = plain_helper()


class ChangeEmailForm(allauth_forms.AddEmailForm):
    """A new address, with the password: whoever finds an open session must not take the account over."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = mail_field()
        self.fields["email"].label = _("New email address")
        self.fields["password"] = password_field(_("Password"), fresh=False)
        self.order_fields(["email", "password"])
        self.helper = plain_helper()

    def clean_password(self) -> str:
        """Compare with the account's password."""
        if not self.user.check_password(self.cleaned_data["password"]):
            raise get_adapter().validation_error("incorrect_password")
        return self.cleaned_data["password"]


# The boxes of a citizen's details that an identity card fills in, by its facts.
OF_CARD = {name: name for name in ("full_name", "birth", "sex", "id_kind", "address")} | {
    "personal_number": "id_number"
}


class OwnDetailsForm(forms.ModelForm):
    """An account's own details: writes the columns that its boxes stand for, whatever else changes meanwhile."""

    def store(self, *more: str) -> User:
        """Write what was typed and the columns ``more``. Raises Refused ('stale') once the desk has checked them."""
        columns = [name for name in self._meta.fields or () if name in self.cleaned_data]
        values = {name: getattr(self.instance, name) for name in (*columns, *more)}
        mine = User.objects.filter(pk=self.instance.pk, assurance=self.instance.assurance)
        if not mine.update(**values):
            raise Refused(
                gettext("The commune has just checked your details. Open this page again, then change the rest."),
                code="stale",
            )
        return self.instance


class ProfileForm(IdentityForm, OwnDetailsForm):
    """A citizen's own details; what the desk has checked is changed at the desk."""

    full_name = about_self(FullNameField(label=_("Full name")))
    birth = birth_field(required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=[("", "–"), *Sex.choices], required=False)
    phone = PhoneField(label=_("Phone number"))
    address = about_self(AddressField(label=_("Address"), required=False))

    class Meta:
        model = User
        fields = ("full_name", "birth", "sex", "phone", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["id_kind"] = self.instance.identity_kind or IdKind.PERSONAL
        self.initial["id_number"] = self.instance.identity_number
        self.order_fields(["full_name", "birth", "sex", "id_kind", "id_number", "phone", "address"])
        if self.instance.assurance == "verified":
            for name in ("full_name", "birth", "sex", "id_kind", "id_number"):
                del self.fields[name]
        self.helper = plain_helper()

    def clean_birth(self) -> str:
        """Refuse a birth that is yet to come."""
        return refuse_unborn(self.cleaned_data["birth"])

    @property
    def warning(self) -> str:
        """A sentence when number, birth and sex do not fit together; they are stored all the same."""
        return birth_warning(self.instance.personal_number, self.instance.birth, self.instance.sex)

    def save(self, commit: bool = True) -> User:
        """Store the account with number and blind index together."""
        self.instance.address = self.cleaned_data["address"] or None
        if "id_kind" not in self.cleaned_data:
            return self.store()
        self.instance.set_identity(self.cleaned_data["id_kind"], self.cleaned_data["id_number"])
        return self.store("personal_number", "personal_number_index", "id_kind", "id_number", "id_number_index")


class BodyProfileForm(OwnDetailsForm):
    """Details of an organisation or enterprise and of who acts for it."""

    full_name = NfcCharField(label=_("Name"), max_length=160, error_messages={"required": _("Enter the name.")})
    tax_code = NfcCharField(label=_("Tax code"), max_length=40, required=False)
    phone = PhoneField(label=_("Phone number"))
    address = about_self(AddressField(label=_("Address"), required=False))
    representative_name = about_self(FullNameField(label=_("Full name of the representative")))
    representative_position = NfcCharField(label=_("Position of the representative"), max_length=80, required=False)
    representative_number = AnyIdField(
        label=_("Number of the representative's identity paper"),
        help_text=_("The 12-digit personal number; for a foreigner the number of the passport."),
    )

    class Meta:
        model = User
        fields = ("full_name", "phone", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tax_code"].initial = self.instance.tax_code or self.instance.personal_number
        self.fields["tax_code"].required = self.instance.kind == Kind.ENTERPRISE
        acting = Representative.objects.filter(account=self.instance).first() or Representative()
        self.fields["representative_name"].initial = acting.full_name
        self.fields["representative_position"].initial = acting.position
        self.fields["representative_number"].initial = acting.personal_number
        self.order_fields(["full_name", "tax_code", "phone", "address"])
        if self.instance.assurance == "verified":
            for name in ("full_name", "tax_code"):
                del self.fields[name]
        self.helper = plain_helper()

    warning = ""

    def clean_tax_code(self) -> str:
        """Check digits and form."""
        code = self.cleaned_data["tax_code"]
        return check_tax_code(code, today=local_day(now())) if code else ""

    def clean_representative_number(self) -> str:
        """Refuse a year of birth in the future."""
        return refuse_future(self.cleaned_data["representative_number"])

    def save(self, commit: bool = True) -> User:
        """Store the account and its representative together."""
        data = self.cleaned_data
        more: tuple[str, ...] = ()
        if "tax_code" in data:
            set_tax_code(self.instance, data["tax_code"])
            more = ("tax_code", "personal_number", "personal_number_index")
        self.instance.address = data["address"] or None
        acting = {
            "full_name": data["representative_name"],
            "position": data["representative_position"],
            "personal_number": data["representative_number"],
        }
        with transaction.atomic():
            Representative.objects.update_or_create(account=self.instance, defaults=acting)
            return self.store(*more)


def profile_form(user: User) -> type[ProfileForm] | type[BodyProfileForm]:
    """Return the form in which this kind of account keeps its details."""
    return ProfileForm if user.kind == Kind.CITIZEN else BodyProfileForm
