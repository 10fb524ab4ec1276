"""What came and went."""

from .models import Clock, Log


def note(what: str, ref: str = "", text: str = "") -> None:
    """Write a line of the log."""
    Log.objects.create(at=Clock.now(), what=what, ref=ref[:100], text=text)
