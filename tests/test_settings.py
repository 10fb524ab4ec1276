"""Settings modules start where they should and refuse where they must; each is tried in a process of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from portal.settings.storage import storage_from_url

ROOT = Path(__file__).resolve().parent.parent
GOOD = {
    "SECRET_KEY": "k" * 20 + "qwertzuiopasdfghjklyxcvbnm0123456789",
    "FIELD_KEYS": "2p2iuv9B2l1lqTHEkCMSBFjN8hkgQ5wbqTtJrjGkbjE=",
    "INDEX_KEY": "i" * 20 + "qwertzuiopasdfghjklyxcvbnm0123456789",
    "HISTORY_KEYS": "h" * 20 + "qwertzuiopasdfghjklyxcvbnm0123456789",
    "ALLOWED_HOSTS": "dichvucong.example.vn",
    "SITE_URL": "https://dichvucong.example.vn",
    "SITE_NAME": "xã Ví Dụ",
    "SITE_AGENCY": "Ủy ban nhân dân xã Ví Dụ",
    "SITE_RESPONSIBLE": "Chánh Văn phòng",
    "SITE_ADDRESS": "Trung tâm Phục vụ hành chính công xã Ví Dụ",
    "SITE_PHONE": "0251 3000 009",
    "SITE_EMAIL": "mot-cua@example.vn",
    "DATABASE_URL": "postgres://portal:secret@database/portal",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.example.vn:587",
    "DEFAULT_FROM_EMAIL": "Một Cửa <mot-cua@example.vn>",
    "TRUSTED_PROXY_COUNT": "1",
}


def start(module: str, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Set Django up with a settings module in a fresh process that sees only ``environment``."""
    program = f"import django; django.setup(); from django.conf import settings; {code}"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": module, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_dev_needs_no_environment():
    done = start("portal.settings.dev", "print(settings.DEMO, settings.DEBUG)")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True", "False"]


def test_production_with_everything_given_starts_hardened():
    names = (
        "DEBUG DEMO SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS"
    )
    done = start(
        "portal.settings.production", f"print(*[getattr(settings, name) for name in '{names}'.split()])", **GOOD
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        "False",
        "False",
        "__Host-session",
        "__Host-csrf",
        "True",
        "True",
        "31536000",
    ]


def test_production_passes_the_deployment_checks():
    code = "from django.core.management import call_command; call_command('check', deploy=True, fail_level='INFO')"
    done = start("portal.settings.production", code, **GOOD)
    assert done.returncode == 0, done.stderr


def refused(**environment: str) -> list[str]:
    """Return the names that production gives as the reason why it does not start."""
    done = start("portal.settings.production", "print('started')", **environment)
    assert done.returncode != 0 and "started" not in done.stdout
    assert done.stderr.startswith("This portal does not start:\n- ") and "Traceback" not in done.stderr
    return sorted(set(re.findall(r"^- (\w+) ", done.stderr, re.MULTILINE)))


def test_production_without_settings_refuses_and_names_all_of_them():
    assert refused() == sorted(GOOD)


def test_the_web_server_does_not_start_again_and_again_what_refuses():
    from gunicorn.arbiter import Arbiter

    from portal.settings import faults

    assert start("portal.settings.production", "print('started')").returncode == faults.EXIT_STATUS
    assert faults.EXIT_STATUS == Arbiter.WORKER_BOOT_ERROR


def test_production_without_one_setting_names_that_one():
    assert refused(**{name: value for name, value in GOOD.items() if name != "INDEX_KEY"}) == ["INDEX_KEY"]


@pytest.mark.parametrize(
    "doubtful",
    [
        {
            "SECRET_KEY": "demo-secret-key-of-a-portal-on-one-machine-only",
            "INDEX_KEY": "demo-index-key",
            "HISTORY_KEYS": "demo-history-key",
            "FIELD_KEYS": "ZGVtby1maWVsZC1rZXktb25seS1mb3ItdHJpYWxzISE=",
            "DEBUG": "1",
            "ALLOWED_HOSTS": "*",
            "SITE_URL": "http://dichvucong.example.vn",
            "DATABASE_URL": "sqlite:////tmp/portal.sqlite3",
            "TRUSTED_PROXY_COUNT": "0",
        },
        {
            "SECRET_KEY": "short",
            "HISTORY_KEYS": GOOD["HISTORY_KEYS"] + ",short",
            "FIELD_KEYS": "not a key",
            "ALLOWED_HOSTS": "*.example.vn",
            "EMAIL_URL": "consolemail://",
            "DEFAULT_FROM_EMAIL": "mot-cua@localhost",
        },
        {"INDEX_KEY": GOOD["SECRET_KEY"], "HISTORY_KEYS": GOOD["SECRET_KEY"], "DEFAULT_FROM_EMAIL": "Một Cửa"},
        {"HISTORY_KEYS": "x" * 40 + "," + GOOD["INDEX_KEY"], "EMAIL_URL": "smtp://"},
        {"TRUSTED_PROXY_COUNT": "one", "STORAGE_URL": "s3://bucket", "DATABASE_URL": "postgres://u:p@host:pass/name"},
    ],
)
def test_production_refuses_doubtful_values(doubtful):
    assert refused(**(GOOD | doubtful)) == sorted(doubtful)


PAYING = {
    "VNPAY_URL": "https://sandbox.vnpayment.vn",
    "VNPAY_TERMINAL": "DEMOXA01",
    "VNPAY_SECRETS": "RAOEXHYVSDDIIENYWSLDIIZTANXUXZFJ,OLDEXHYVSDDIIENYWSLDIIZTANXUXZFJ",
    "BANK_BIN": "970405",
    "BANK_NAME": "Agribank",
    "BANK_ACCOUNT": "1500201012345",
    "BANK_HOLDER": "KBNN",
    "BANK_FEED_URL": "https://bank.example.vn/feed",
}


def test_production_takes_whole_ways_of_paying():
    code = "print(settings.VNPAY['terminal'], settings.VIETQR['account'], settings.VNPOST['base_url'] or '-')"
    done = start("portal.settings.production", code, **GOOD, **PAYING)
    assert done.stdout.split() == ["DEMOXA01", "1500201012345", "-"], done.stderr


@pytest.mark.parametrize(
    ("doubtful", "named"),
    [
        ({"SIMULATOR_URL": "http://localhost:8001"}, ["SIMULATOR_URL"]),
        ({"VNPAY_SECRETS": ""}, ["VNPAY_SECRETS"]),
        ({"VNPAY_TERMINAL": "SIMTMN01", "VNPAY_SECRETS": "SIM_SECRET_0001"}, ["VNPAY_SECRETS", "VNPAY_TERMINAL"]),
        ({"VNPAY_URL": "http://sandbox.vnpayment.vn", "VNPAY_TERMINAL": "x"}, ["VNPAY_TERMINAL", "VNPAY_URL"]),
        ({"BANK_HOLDER": "", "BANK_BIN": "97040"}, ["BANK_BIN", "BANK_HOLDER"]),
        ({"BANK_BIN": "970000", "BANK_ACCOUNT": "0000000000000"}, ["BANK_ACCOUNT", "BANK_BIN"]),
        (
            {"VNPOST_URL": "https://connect-my.vnpost.vn", "VNPOST_PASSWORD": "SIM_PASSWORD"},
            [
                "VNPOST_CONTRACT",
                "VNPOST_CUSTOMER",
                "VNPOST_PASSWORD",
                "VNPOST_SETTLEMENT_KEY",
                "VNPOST_USERNAME",
                "VNPOST_WEBHOOK_KEY",
            ],
        ),
        ({"PROVIDER_TIMEOUT": "soon", "VNPOST_CODES": "{"}, ["PROVIDER_TIMEOUT", "VNPOST_CODES"]),
    ],
)
def test_production_refuses_half_a_provider_and_the_simulators_values(doubtful, named):
    assert refused(**(GOOD | PAYING | doubtful)) == named


def test_only_production_shows_an_account_of_somebody():
    code = "print(repr(settings.VIETQR['account']), settings.PAYS_ONLINE)"
    assert start("portal.settings.dev", code, **PAYING).stdout.split() == ["''", "True"]
    simulated = start("portal.settings.dev", code, **PAYING, SIMULATOR_URL="http://localhost:8001")
    assert simulated.stdout.split() == ["'0000000000000'", "True"]


def test_production_takes_sqlite_only_when_asked():
    environment = GOOD | {"DATABASE_URL": "sqlite:////tmp/portal.sqlite3", "ALLOW_SQLITE": "1"}
    done = start("portal.settings.production", "print('started')", **environment)
    assert done.stdout.split() == ["started"], done.stderr


def test_storage_address_names_bucket_and_service():
    entry = storage_from_url("s3://key:se%2Fcret@files.example.vn:9000/papers?region=vn-1")
    assert (
        entry["OPTIONS"]
        | {
            "access_key": "key",
            "secret_key": "se/cret",
            "bucket_name": "papers",
            "endpoint_url": "https://files.example.vn:9000",
            "region_name": "vn-1",
        }
        == entry["OPTIONS"]
    )


@pytest.mark.parametrize("address", ["http://files.example.vn/papers", "s3://files.example.vn", "s3:///papers"])
def test_storage_address_without_bucket_or_service_is_refused(address):
    with pytest.raises(ValueError, match="STORAGE_URL"):
        storage_from_url(address)
