"""The form of a page on which somebody changes the account itself: it asks for the password again."""

from typing import Any

from django.http import HttpRequest

from common.clock import now
from common.forms.screen_forms import ScreenForm

from .password_again import PasswordAgain


class OwnForm(PasswordAgain, ScreenForm):
    """A form that asks the owner of the account for the password again."""

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request
        # Last, below what it is asked for.
        self.order_fields([name for name in self.fields if name != "password"])

    def asker(self) -> Any:
        """Return the person who is signed in, and the present moment."""
        return self.request.user, now()
