"""A mail server of a few lines, a recipient and a small message template."""

import pytest

from notifications import delivery
from notifications.outbox import Recipient
from notifications.tests.carriers import Carrier
from tests.smtp_sink import SmtpSink


@pytest.fixture
def sink():
    """A running SMTP server on a free port that keeps what it gets."""
    with SmtpSink() as server:
        yield server


@pytest.fixture
def smtp(sink, settings):
    """The sink as the portal's mail server."""
    settings.EMAIL_URL = f"smtp://127.0.0.1:{sink.port}"
    return sink


@pytest.fixture
def hoa():
    """A person with an e-mail address and a phone."""
    return Recipient(name="Lê Thị Hoa", email="hoa@example.com", phone="0912000002")


@pytest.fixture
def templates(settings, tmp_path):
    """A folder of message templates that a test writes; ``templates(kind, text)`` adds one."""
    (tmp_path / "notifications").mkdir()
    options = settings.TEMPLATES[0]
    settings.TEMPLATES = [
        {
            "BACKEND": options["BACKEND"],
            "DIRS": [tmp_path, *options["DIRS"]],
            "OPTIONS": {"string_if_invalid": "UNDEFINED(%s)"},
        }
    ]

    def add(kind, text):
        (tmp_path / "notifications" / f"{kind}.txt").write_text(text, encoding="utf-8")

    return add


@pytest.fixture
def carrier(monkeypatch):
    """A carrier of this test instead of a mail server, for every channel."""
    made = Carrier()
    monkeypatch.setattr(delivery, "carrier_for", lambda channel: made)
    return made
