"""A reader whose language is English, and what was written to them."""

import pytest
from django.conf import settings
from django.utils import translation

from accounts.models import User
from notifications.models import Notification


@pytest.fixture
def english_reader(citizen, client):
    """Let pages and messages be English."""
    User.objects.filter(pk=citizen.pk).update(language="en")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    with translation.override("en"):
        yield


def message(kind: str) -> str:
    """Return the newest message of a kind."""
    return Notification.objects.filter(kind=f"dossier_{kind}").latest("pk").body
