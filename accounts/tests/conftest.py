"""Helpers of the accounts tests: a browser that reads its question, and pages to post to."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from common.forms import question

REGISTER = "/accounts/register/citizen/"
CITIZEN = {
    "full_name": "Trần Thị Bình",
    "birth_day": "27",
    "birth_month": "3",
    "birth_year": "1990",
    "id_kind": "can_cuoc",
    "id_number": "075190000123",
    "phone": "0912 345 678",
    "email": "binh@example.com",
    "password1": "ba-con-meo-den-2026",
    "password2": "ba-con-meo-den-2026",
}


def token_of(page: str) -> str:
    """Return the question token of a page."""
    found = re.search(r'name="question_token" value="([^"]+)"', page)
    assert found, "the page asks no question"
    return found[1]


def answer_to(token: str) -> str:
    """Return the right answer of a token, in digits."""
    return str(question._result(*question._open(token)["ask"]))


class Visitor(Client):
    """A browser that fetches a form, answers its question and sends it."""

    def fill(self, path: str, fields: dict[str, Any], **extra: Any) -> Any:
        page = self.get(path).content.decode()
        fields = dict(fields)
        if 'name="question_token"' in page:
            token = token_of(page)
            fields = {"question_token": token, "answer": answer_to(token)} | fields
        return self.post(path, fields, **extra)


@pytest.fixture
def visitor() -> Visitor:
    cache.clear()
    return Visitor()


@pytest.fixture
def confirmed(citizen):
    """A citizen whose e-mail address is confirmed."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=citizen, email=citizen.email, verified=True, primary=True)
    return citizen
