"""Redis gone, cache and broker with it: every page is there, every action is recorded, and nobody waits."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse

from common import onetime
from dossiers.models import Dossier
from notifications.models import Notification, State
from portal.celery import app
from portal.settings.base import REDIS_TRANSPORT_OPTIONS
from procedures.models import PreparedForm, WaitingImport
from tests import factories
from tests.access.test_matrix import Browsers, rows, undone, who_may
from tests.faults.answers import client_of, read

# Far more than any page needs, far less than a browser waits; a machine under load is slow by itself.
PATIENCE = 3.0
# One try of the cache and one of the broker in a whole round; a page that tried each time would take a minute.
ROUND = 60.0


@pytest.fixture(autouse=True)
def redis_away(settings, monkeypatch) -> Iterator[None]:
    """Point the cache and the broker to a port where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{closed.getsockname()[1]}/0"
        settings.CACHES = {"default": {"BACKEND": "common.web.caches.RedisCache", "LOCATION": address}}
        settings.PAGE_CACHE_SECONDS = 60
        changed = {
            "broker_url": address,
            "broker_write_url": address,
            "broker_transport_options": REDIS_TRANSPORT_OPTIONS,
        }
        before = {name: app.conf[name] for name in changed}
        monkeypatch.setattr(app.amqp, "_producer_pool", None)
        app.conf.update(changed)
        yield
        app.conf.update(before)


@contextmanager
def quick(what: str, seconds: float = PATIENCE) -> Iterator[None]:
    started = time.perf_counter()
    yield
    took = time.perf_counter() - started
    assert took < seconds, f"{what} took {took:.1f} s"


def test_every_url_answers_as_ever(world):
    """Each is asked for by the first persona who may, strangers before all."""
    browsers = {persona: Browsers(person) for persona, person in world.people.items()}
    with quick("everything", ROUND):
        for name, method, arguments, expected in rows(world):
            browser = browsers[who_may(expected)].new()
            with undone(), quick(f"{method} {name}"):
                answer = getattr(browser, method)(reverse(name, args=arguments), HTTP_ORIGIN="http://testserver")
                read(answer)
            assert answer.status_code < 500, f"{method} {name} {answer.status_code}"


@pytest.fixture
def send(django_capture_on_commit_callbacks):
    """Send a form and do what waits for its commit, as a server does; quickly."""

    def sent(browser: Client, address: str, fields: dict[str, object], status: int = 302, **headers: str) -> str:
        with quick(address), django_capture_on_commit_callbacks(execute=True):
            answer = browser.post(address, fields, headers=headers)
        assert answer.status_code == status, answer.content.decode()[:3000]
        return getattr(answer, "url", "")

    return sent


def shown(browser: Client, address: str, name: str) -> str:
    """Return the value of a hidden box of a page."""
    return browser.get(address).content.decode().split(f'name="{name}" value="')[1].split('"')[0]


def test_a_dossier_is_filed_and_received(world, send):
    browser = Client()
    EmailAddress.objects.create(user=world.citizen, email=world.citizen.email, verified=True, primary=True)
    send(browser, reverse("account_login"), {"login": world.citizen.email, "password": "sai"}, 200)
    send(browser, reverse("account_login"), {"login": world.citizen.email, "password": factories.PASSWORD})
    start = reverse("applicant:apply", args=[world.version.procedure.code])
    page = send(browser, start, {"key": onetime.new_key(), "unit": world.commune.unit.slug})
    draft = Dossier.objects.get(ref=resolve(page).kwargs["ref"], status=0)
    section, upload, delivery, review, submit = (
        reverse(f"applicant:{name}", args=[draft.ref, *more])
        for name, *more in (
            ("section", "requester"),
            ("paper_upload", "chung-sinh"),
            ("delivery",),
            ("review",),
            ("submit",),
        )
    )
    answers = factories.boxes(requester_name="Lê Văn Tám", wants_copy="khong")
    send(browser, section, answers, 204, **{"X-Autosave": "1"})
    send(browser, section, answers)
    photo = SimpleUploadedFile("a.pdf", b"%PDF-1.4\nno pdf", "application/pdf")
    send(browser, upload, {"file": photo}, 422)
    send(browser, reverse("applicant:paper_promise", args=[draft.ref, "chung-sinh"]), {})
    send(browser, delivery, {"delivery": "desk"})
    fields = {name: shown(browser, review, name) for name in ("key", "revision")}
    assert send(browser, submit, fields | {"declared": "on"}) == reverse("applicant:submitted", args=[draft.ref])
    draft.refresh_from_db()
    assert draft.status == 1 and draft.slips.count() == 1
    assert Notification.objects.filter(subject_ref=draft.ref, state=State.WAITING).exists()
    clerk = client_of(world.commune.clerk)
    receive = reverse("desk:act", args=[draft.code, "receive"])
    send(clerk, receive, {"revision": shown(clerk, receive, "revision")})
    draft.refresh_from_db()
    assert draft.status == 2


def test_strangers_look_up_register_and_fill_in(world, send):
    browser = Client()
    send(browser, reverse("track:find"), {"code": world.submitted.code}, 422)
    send(browser, reverse("accounts:register_kind", args=["citizen"]), {"full_name": "Lê Thị Mai"}, 200)
    send(browser, reverse("account_reset_password"), {"email": world.citizen.email}, 200)
    begin = reverse("procedures:fill", args=[world.version.procedure.code])
    assert send(browser, begin, {"unit": world.commune.unit.slug}).endswith("/parts/requester/")
    assert PreparedForm.objects.exists()


def test_a_file_waits_for_its_import(world, send):
    browser, code = client_of(world.commune.publisher), world.version.procedure.code
    with quick("export"):
        exported = read(browser.post(reverse("manage:export_one", args=[code]), {"format": "json"}))
    file = SimpleUploadedFile("danh-muc.json", exported.replace(b"khai sinh", b"khai sinh lai"), "application/json")
    report = send(browser, reverse("manage:import"), {"file": file})
    assert report == reverse("manage:import_report") and WaitingImport.objects.count() == 1
    fields = {name: shown(browser, report, name) for name in ("key", "digest")}
    assert send(browser, reverse("manage:import_confirm"), fields) == report
    assert "khai sinh lai" in browser.get(report).content.decode()
    assert WaitingImport.objects.get().parcels is None
