"""The password that is asked for again before something weighty, whatever session is open."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from common.text import nfc
from common.web.limits import forgive, hit

from .models import User

# One count for all that asks: whoever guesses at a signature does not begin anew at a post.
SCOPE = "sign_user"


class PasswordAgain(forms.Form):
    """A form that asks the person who sends it for their password again; wrong ones are counted, too many refused."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("Asked again, so that nobody does this from a screen left open."),
    )
    too_many: Any = gettext_lazy("Too many wrong passwords. Nothing was changed. Try again in 15 minutes.")
    wrong: Any = gettext_lazy("The password is not right. Nothing was changed.")

    def asker(self) -> tuple[User, datetime]:
        """Return whose password is asked for, and when."""
        raise NotImplementedError

    def clean_password(self) -> str:
        """Check the password."""
        password = nfc(self.cleaned_data["password"])
        user, now = self.asker()
        times, per = settings.LIMITS[SCOPE]
        # Counted before the check: parallel guesses cannot all slip through.
        if hit(SCOPE, str(user.pk), times, per, now).exceeded:
            raise forms.ValidationError(self.too_many)
        if not user.check_password(password):
            raise forms.ValidationError(self.wrong)
        forgive(SCOPE, str(user.pk), per, now)
        return password
