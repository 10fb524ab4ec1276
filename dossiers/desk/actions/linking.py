"""Linking a dossier that was handed in on paper to its person's account, where the secret on the receipt cannot."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Assurance, User
from common.forms.fields import NfcCharField
from common.web.limits import hit_target
from dossiers import actions
from dossiers.workflow import ActionBase

from .base import ActionForm, DeskAction


class LinkForm(ActionForm):
    """Whose account it is, after a look at the identity paper."""

    account = NfcCharField(
        label=gettext_lazy("Email of the account, or its checked ID number or tax code"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter the email or the number of the account.")},
    )
    seen = forms.BooleanField(
        label=gettext_lazy("The person has shown the identity paper, and is the applicant or acts for them."),
        error_messages={"required": gettext_lazy("Look at the identity paper, then tick this.")},
    )
    note = NfcCharField(
        label=gettext_lazy("Why it belongs to this account"),
        lines=True,
        rows=3,
        max_length=1000,
        required=False,
        help_text=gettext_lazy(
            "Needed when the account's checked number is not the applicant's. Only officers read it."
        ),
    )

    def clean_account(self) -> User:
        """Return the account; of numbers only those that were checked at the desk name one."""
        typed = self.cleaned_data["account"]
        if hit_target("link_user", str(self.officer.user.pk), self.officer.now).exceeded:
            raise forms.ValidationError(_("You have tried many accounts. Try again later."), code="limit")
        found = User.objects.find(typed)
        if found is None or ("@" not in typed and found.assurance != Assurance.VERIFIED):
            words = _("No account has this email or checked number. Ask the person how they sign in.")
            raise forms.ValidationError(words, code="account")
        return found

    def action(self) -> ActionBase:
        return actions.Link(self.cleaned_data["account"], self.cleaned_data["note"])


LINK = DeskAction(
    actions.Link,
    LinkForm,
    gettext_lazy("Link to an account"),
    gettext_lazy("The person then finds the dossier among their own and acts on it online."),
    gettext_lazy("Link to an account"),
)
