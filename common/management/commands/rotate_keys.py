"""``manage.py rotate_keys``: everything encrypted gets the newest of FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.database import rotating


class Command(BaseCommand):
    """Encrypt every value anew that was made with an older key; safe while the portal works, and to repeat."""

    help = "Encrypt everything with the newest of FIELD_KEYS. Run it as the role that owns the tables (docs/keys.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say for each column what became of its values; fail when some cannot be read with any key."""
        unreadable = 0
        for count in rotating.rotate():
            unreadable += count.unreadable
            self.stdout.write(
                f"{count.column}: {count.renewed} renewed, {count.kept} had the newest key, "
                f"{count.unreadable} unreadable"
            )
        if unreadable:
            raise CommandError(
                f"{unreadable} values open with none of FIELD_KEYS. Do not remove a key; add the old one."
            )
