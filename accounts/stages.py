"""The step between a right password and being signed in: confirming the e-mail address."""

from typing import Any

from allauth.account.stages import EmailVerificationStage


class ConfirmEmailStage(EmailVerificationStage):
    """Ask for the code sent to the e-mail address, unless the account has none (made at the desk, ID checked)."""

    def handle(self) -> tuple[Any, bool]:
        """Return (response, whether to go on)."""
        user = self.login.user
        if user is not None and not user.email:
            return None, True
        return super().handle()
