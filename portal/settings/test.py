"""Settings of the test suite; DATABASE_URL and REDIS_URL choose the services it runs against."""

import os
import tempfile
from pathlib import Path

# Every way of paying, at an address that nobody has.
os.environ.setdefault("SIMULATOR_URL", "http://simulator.invalid")

from .base import *  # noqa: F403
from .base import CACHES, DATABASES, REDIS_URL, STORAGES, TEMPLATES

TEST_DIR = Path(tempfile.mkdtemp(prefix="mot-cua-test-"))
SECRET_KEY = "test-secret-key"
SITE_URL = "http://testserver"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = TEST_DIR / "static"
STATIC_ROOT.mkdir()
STATIC_MANIFEST = TEST_DIR / "staticfiles.json"
MEDIA_ROOT = TEST_DIR / "files"
STORAGES["default"] = {
    "BACKEND": "common.files.store.DiskStorage",
    "OPTIONS": {"location": str(MEDIA_ROOT)},
}
PARSER_FOLDER = TEST_DIR / "parsers"
# The machine of a test may be nearly full.
STORE_FREE_BYTES = 0
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if REDIS_URL:
    # Processes of one run, and runs after each other, do not see or clear each other's entries.
    CACHES["default"] |= {"BACKEND": "tests.caches.OwnKeysRedisCache", "KEY_PREFIX": TEST_DIR.name}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# A page of one test must not answer in the next; the tests of the cache turn it on.
PAGE_CACHE_SECONDS = 0
# Each request looks once whether anything changed, so that it costs the same number of queries every time.
KEPT_SECONDS = 0
VISIT_SECONDS = 0
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT = None
CELERY_BROKER_TRANSPORT_OPTIONS = {}
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "UNDEFINED(%s)"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: races are tried from several threads.
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    # What a test writes need not survive a power cut, and a handful of rows needs no search for the best plan.
    PLAIN = {"synchronous_commit": "off", "jit": "off", "join_collapse_limit": 1, "from_collapse_limit": 1}
    DATABASES["default"]["OPTIONS"]["options"] += "".join(f" -c {name}={value}" for name, value in PLAIN.items())
