"""What the logs may hold: every line, traceback and database error as an operator will read it."""

import io
import logging
from contextlib import contextmanager

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.urls import path

from accounts.models import User
from common.logs import Event, MaskedFormatter, mask, note
from portal.urls import urlpatterns as real_urls
from tests import factories

SECRETS = (
    "Nguyễn Thị Bí Mật",
    "075199000011",
    "0912 345 678",
    "0912345678",
    "bi.mat@example.com",
    "27/03/1990",
    "1990-03-27",
)


@contextmanager
def log():
    """Yield what the handler of the settings writes."""
    found = [one for one in logging.getLogger().handlers if isinstance(one.formatter, MaskedFormatter)]
    (handler,) = (one for one in found if isinstance(one, logging.StreamHandler))
    text = io.StringIO()
    before = handler.setStream(text)
    try:
        yield text
    finally:
        handler.setStream(before)


@pytest.mark.parametrize("secret", SECRETS[1:])
def test_numbers_phones_mails_and_dates_are_masked(secret):
    assert (
        mask(f"tried {secret}, failed")
        == mask(f"tried {secret}, failed").replace(secret, "")
        != f"tried {secret}, failed"
    )
    assert secret not in mask(f"x={secret};")


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-23 09:00:00,000 Task took 0.123s",
        "2026-03-23T09:00:00Z",
        "address=10.0.0.1",
        "address=2001:db8:1:2::/64",
        "000.00.16.H19-260323-0001",
        "127.0.0.1:5432 said no",
        "What? Nothing.",
    ],
)
def test_what_names_nobody_stays(line):
    assert mask(line) == line


def test_secret_links_and_queries_never_rest_in_a_log():
    line = mask(
        "GET /accounts/reset/1-d5v-59c9/ /accounts/invitation/eyJ1:1u:Xy_-z/ /procedures/?q=nguyen+van+an&x=1 end"
    )
    assert line == "GET /accounts/reset/‹token› /accounts/invitation/‹token› /procedures/?‹query› end"


def test_a_traceback_quotes_nothing_that_was_typed():
    with log() as text:
        for error in (
            ValueError("invalid literal for int() with base 10: 'Nguyễn Thị Bí Mật'"),
            KeyError("Nguyễn Thị Bí Mật"),
            LookupError("0912 345 678 bi.mat@example.com 27/03/1990 075199000011"),
        ):
            try:
                raise error
            except Exception:
                logging.getLogger("x").exception("failed for %s", "0912345678")
    assert not [secret for secret in SECRETS if secret in text.getvalue()]
    assert "test_logs.py" in text.getvalue() and "ValueError" in text.getvalue()


def test_names_of_the_program_stay():
    with log() as text:
        for error in (
            AttributeError("'NoneType' object has no attribute 'pk'"),
            ValueError('column "full_name" is wrong'),
        ):
            try:
                raise error
            except Exception:
                logging.getLogger("x").exception("failed")
    assert "'NoneType' object has no attribute 'pk'" in text.getvalue() and '"full_name"' in text.getvalue()


@pytest.mark.django_db
def test_details_of_the_database_are_hidden():
    """Name, birth, phone and address of the row that could not be written."""
    person = {"full_name": SECRETS[0], "birth": SECRETS[6], "phone": SECRETS[3], "email": SECRETS[4]}
    factories.user(**person)
    with log() as text:
        try:
            with transaction.atomic():
                User.objects.create(**person, date_joined=factories.NOW)
        except IntegrityError:
            logging.getLogger("x").exception("not written")
        try:
            with transaction.atomic():
                User.objects.create(**person | {"date_joined": None, "email": "b@example.com"})
        except IntegrityError as error:
            logging.getLogger("x").warning("not written: %s", error)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT * FROM nowhere WHERE name = %s", [SECRETS[0]])
        except DatabaseError:
            logging.getLogger("x").exception("not read")
    shown = text.getvalue()
    assert shown.count("not written") == 2 and "IntegrityError" in shown
    assert not [secret for secret in SECRETS if secret in shown], shown


def refuse(error):
    @login_not_required
    def view(request):
        raise error

    return view


REFUSALS = [PermissionDenied("x"), SuspiciousOperation("x"), BadRequest("x"), Http404("x")]
urlpatterns = [*real_urls, *(path(f"refused/{n}/", refuse(error)) for n, error in enumerate(REFUSALS))]
urlpatterns.append(path("broken/", refuse(ValueError("x"))))
handler403, handler404 = "portal.errors.forbidden", "portal.errors.not_found"


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_refusals_leave_a_line_and_faults_a_traceback():
    with log() as text:
        for n in range(len(REFUSALS)):
            assert 400 <= Client().get(f"/refused/{n}/").status_code < 500
    assert "Traceback" not in text.getvalue() and text.getvalue().count("/refused/") >= 3
    with log() as text:
        Client(raise_request_exception=False).get("/broken/")
    assert "Traceback" in text.getvalue()


def test_the_security_log_is_one_line_an_event():
    with log() as text:
        note(Event.REFUSED, path="/a b\nsecurity - sign_in_failed/", user=None)
    assert (
        text.getvalue().count("\n") == 1 and "refused path=/a·b·security·-·sign_in_failed/ user=None" in text.getvalue()
    )
