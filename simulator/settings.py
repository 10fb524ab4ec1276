"""Settings of the simulator's own process; everything it needs to know comes from the environment."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR.parent / "var"))
SECRET_KEY = "not a secret: the simulator holds nobody's session"
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["simulator"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "simulator.urls"
WSGI_APPLICATION = "simulator.wsgi.application"
APPEND_SLASH = False
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("SIMULATOR_DATABASE", str(VAR_DIR / "simulator.sqlite3")),
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL;"},
    }
}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {"version": 1, "disable_existing_loggers": False}

# What the portal has been told as well.
TERMINAL = os.environ.get("VNPAY_TERMINAL", "SIMTMN01")
VNPAY_SECRET = os.environ.get("VNPAY_SECRET", "SIM_SECRET_0001")
OLD_VNPAY_SECRET = os.environ.get("OLD_VNPAY_SECRET", "SIM_SECRET_0000")
# Where the portal listens, and the name it answers to.
BIND_ADDRESS = os.environ.get("BIND_ADDRESS", "127.0.0.1")
SITE_URL = os.environ.get("SITE_URL", "http://localhost:8000")
_LISTENS = "127.0.0.1" if BIND_ADDRESS in ("0.0.0.0", "") else BIND_ADDRESS
PORTAL_URL = f"http://{_LISTENS}:{os.environ.get('PORT', '8000')}"
IPN_PATH = "/pay/vnpay/ipn/"
WEBHOOK_PATH = "/pay/vnpost/webhook/"
POST_PASSWORD = os.environ.get("VNPOST_PASSWORD", "SIM_PASSWORD")
SETTLEMENT_KEY = os.environ.get("VNPOST_SETTLEMENT_KEY", "SIM_SETTLEMENT")
WEBHOOK_KEY_FILE = os.environ.get("VNPOST_WEBHOOK_KEY_FILE", str(VAR_DIR / "simulator-webhook.pem"))
