"""``manage.py setup_portal``: the first steps of a real installation, without demo data."""

import os
import sys
from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from portal.installation import CHECKS, Installation, has_account, install

PASSWORD_VARIABLE = "SETUP_ADMIN_PASSWORD"  # noqa: S105
QUESTIONS = {
    "unit_name": gettext_lazy("Name of the authority (Ủy ban nhân dân xã …)"),
    "identifier": gettext_lazy("Identifier in dossier codes (000.00.16.H19)"),
    "division": gettext_lazy("Code of the commune, 5 digits"),
    "address": gettext_lazy("Address of the desk"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("Email of the authority"),
    "hours": gettext_lazy("Opening hours (T2-T6 7:00-11:30, 13:00-17:00; T7 7:00-11:30)"),
    "admin_email": gettext_lazy("Email of the first administrator"),
    "admin_name": gettext_lazy("Full name of the first administrator"),
}


class Command(BaseCommand):
    """Asks for what is not given as an option, checks it, and sets the portal up; safe to repeat."""

    help = (
        "Set up a real installation: unit, opening hours, catalogue, days off and the first administrator. "
        f"The password comes from --password-file, from {PASSWORD_VARIABLE} or is asked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name, question in QUESTIONS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", default="", help=str(question))
        parser.add_argument("--password-file", default="", help="file whose first line is the password")
        parser.add_argument("--no-input", action="store_true", help="ask nothing; missing or wrong values are errors")

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect and check the values, then set up all or nothing."""
        asks = not options["no_input"] and sys.stdin.isatty()
        errors: list[str] = []
        values: dict[str, str] = {}
        for name in QUESTIONS:
            values[name] = self.value(name, options[name], asks=asks, errors=errors)
        if not errors and not has_account(values["admin_email"]):
            values["password"] = self.password(options["password_file"], asks=asks, errors=errors)
        if errors:
            raise CommandError("\n".join(errors))
        unit = install(Installation(**values), clock.recorded_now())
        self.stdout.write(
            _("%(unit)s is set up. Sign in as %(email)s and give the officers their posts.")
            % {"unit": unit.name, "email": values["admin_email"]}
        )
        if unit.filing_since is None:
            where = settings.SITE_URL.rstrip("/") + reverse("manage:unit_filing", args=[unit.slug])
            self.stdout.write(
                _("Nobody files yet: see what is still needed, and open the unit, at %(url)s") % {"url": where}
            )

    def value(self, name: str, given: str, *, asks: bool, errors: list[str]) -> str:
        """Return a checked value, asked for again and again when it is wrong and somebody is there."""
        question = str(QUESTIONS[name])
        if given or not asks:
            return self.checked(name, given, f"--{name.replace('_', '-')}", errors)
        return self.ask(name, lambda: input(f"{question}: "))

    def password(self, file: str, *, asks: bool, errors: list[str]) -> str:
        """Return the administrator's password from the file, the environment or the keyboard."""
        if file:
            try:
                given = (Path(file).read_text(encoding="utf-8").splitlines() or [""])[0]
            except (OSError, UnicodeDecodeError) as error:
                errors.append(f"--password-file: {error}")
                return ""
            return self.checked("password", given, "--password-file", errors)
        given = os.environ.get(PASSWORD_VARIABLE, "")
        if given or not asks:
            return self.checked("password", given, PASSWORD_VARIABLE, errors)
        return self.ask("password", lambda: getpass(_("Password of the first administrator") + ": "))

    def checked(self, name: str, given: str, option: str, errors: list[str]) -> str:
        """Return the checked value; note what is wrong with it under the option's name."""
        try:
            return CHECKS[name](given)
        except ValidationError as error:
            errors.append(f"{option}: {' '.join(error.messages)}")
            return ""

    def ask(self, name: str, read: Callable[[], str]) -> str:
        """Ask until the answer is right."""
        while True:
            try:
                return CHECKS[name](read())
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
