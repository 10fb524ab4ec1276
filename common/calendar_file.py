"""One event as a file for calendars (RFC 5545), with a reminder before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

# A line is at most so many octets without its break; what follows begins with a space (3.1).
OCTETS = 75
LENGTH = timedelta(minutes=30)


@dataclass(frozen=True)
class Event:
    """What a calendar shows: at a moment for :data:`LENGTH`, or on a whole day.

    ``name`` stays the same while the event does, ``sequence`` counts its changes: so a calendar moves it. ``lines``
    describe it, ``reminder`` is said ``days_before`` it.
    """

    name: str
    at: datetime | date
    summary: str
    lines: tuple[str, ...]
    url: str
    reminder: str
    place: str = ""
    sequence: int = 0
    days_before: int = 1


def write(event: Event, now: datetime) -> bytes:
    """Return the file, in UTF-8."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Mot Cua//Portal//VI",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{event.name}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_utc(now)}",
        *_time(event.at),
        f"SUMMARY:{_text(event.summary)}",
        *([f"LOCATION:{_text(event.place)}"] if event.place else []),
        f"DESCRIPTION:{_joined(event.lines)}",
        f"URL:{event.url}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:-P{event.days_before}D",
        f"DESCRIPTION:{_text(event.reminder)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _time(at: datetime | date) -> list[str]:
    if isinstance(at, datetime):
        return [f"DTSTART:{_utc(at)}", f"DTEND:{_utc(at + LENGTH)}"]
    # A whole day lasts until the next one (3.6.1).
    return [f"DTSTART;VALUE=DATE:{at:%Y%m%d}"]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _joined(lines: Iterable[str]) -> str:
    return "\\n".join(_text(line) for line in lines)


def _text(value: str) -> str:
    """Return a text as a value: backslash, comma, semicolon and line breaks escaped (3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(escaped.splitlines())


def _folded(line: str) -> bytes:
    """Return a line in pieces of at most :data:`OCTETS`, no letter torn apart."""
    rest, pieces, room = line, [], OCTETS
    while rest:
        piece = rest.encode()[:room].decode(errors="ignore")
        pieces.append(piece)
        rest, room = rest[len(piece) :], OCTETS - 1
    return "\r\n ".join(pieces).encode() + b"\r\n"
