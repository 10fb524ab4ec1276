"""Settings shared by every environment, read once from environment variables.

Every service has an embedded default that needs no server: SQLite, Celery's
filesystem broker, mail kept in the database and shown on a page, local files.
"""

from typing import Any, Literal

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from .background import *  # noqa: F403
from .background import REDIS_URL
from .environment import BASE_DIR, VAR_DIR, env
from .payments import *  # noqa: F403
from .storage import storage_from_url

DEBUG = False
DEMO = False
SECRET_KEY = env("SECRET_KEY", default="demo-secret-key-of-a-portal-on-one-machine-only")
# Newest first: the first key encrypts, all of them decrypt. 32 url-safe base64 bytes each.
DEMO_FIELD_KEYS = ["ZGVtby1maWVsZC1rZXktb25seS1mb3ItdHJpYWxzISE="]
FIELD_KEYS = env.list("FIELD_KEYS", default=DEMO_FIELD_KEYS)
INDEX_KEY = env("INDEX_KEY", default="demo-index-key")
# Newest first: the first key seals the history of dossiers, all of them verify it.
HISTORY_KEYS = env.list("HISTORY_KEYS", default=["demo-history-key"])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Links in mails and QR codes start with this, never with the Host header.
SITE_URL = env("SITE_URL", default="http://localhost:8000")
# Who runs this site. Kept here, not in the database: error pages name a phone while the database is down.
SITE = {
    "name": env("SITE_NAME", default="xã Xuân Bắc"),
    "agency": env("SITE_AGENCY", default="Ủy ban nhân dân xã Xuân Bắc, tỉnh Đồng Nai"),
    "responsible": env("SITE_RESPONSIBLE", default="Chánh Văn phòng HĐND và UBND xã"),
    "address": env("SITE_ADDRESS", default="Trung tâm Phục vụ hành chính công xã Xuân Bắc, tỉnh Đồng Nai"),
    "phone": env("SITE_PHONE", default="0251 3000 001"),
    "email": env("SITE_EMAIL", default="mot-cua@xuanbac.example"),
}
# How many proxies in front may be believed when they name the client's address.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

INSTALLED_APPS = [
    "portal",
    "reports",
    "articles",
    "payments",
    "dossiers",
    "procedures",
    "notifications",
    "offices",
    "accounts",
    "common",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "crispy_forms",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "common.web.tracing.RequestTrace",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "reports.visits.middleware.Visits",
    # The headers stand outside of all that may refuse a request: error pages carry them too.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "common.web.middleware.ContentPolicy",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "common.web.middleware.CookieGuard",
    "common.web.middleware.Sessions",
    "common.web.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "common.web.middleware.InputGuard",
    "common.web.middleware.HelpfulRefusal",
    "common.web.middleware.SessionLimits",
    "accounts.middleware.KeepTypedForm",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.acting.middleware.Acting",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.portal",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
FORM_RENDERER = "common.forms.missing.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "motcua"
CRISPY_TEMPLATE_PACK = "motcua"

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
}
DATABASES["default"].setdefault("OPTIONS", {})
# On SQLite too: opening the file and closing it again costs a request 2.7 ms.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a write transaction queues at its start instead of failing in the middle.
    DATABASES["default"]["OPTIONS"] |= {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # PostgreSQL plans for disks that turn unless it is told: then it sorts whole lists of which a page is wanted.
    DATABASES["default"]["OPTIONS"]["options"] = "-c random_page_cost=1.1"
# PostgreSQL: the role of web processes and workers, when it is not the one that owns the tables. `manage.py prepare`,
# run as the owner, makes it where it may and gives it its rights.
APP_DATABASE_ROLE = env("APP_DATABASE_ROLE", default="")
APP_DATABASE_PASSWORD = env("APP_DATABASE_PASSWORD", default="")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Nothing carries SMS yet; the demonstration shows them on its mail page.
NOTIFICATION_SMS = False
# A worker that dies holds a message back for as long as its lease runs.
NOTIFICATION_LEASE_SECONDS = env.int("NOTIFICATION_LEASE_SECONDS", default=120)
NOTIFICATION_SMTP_TIMEOUT = 15
# 30 s, doubling up to 5 minutes: an hour's outage drains within 10 minutes; 50 attempts last about four hours, longer
# while the server is away, because then one message at a time is tried.
NOTIFICATION_RETRY_SECONDS = 30
NOTIFICATION_RETRY_SECONDS_MAX = 300
NOTIFICATION_MAX_ATTEMPTS = 50
NOTIFICATION_SWEEP_BATCH = 1000
# Shorter than the time between two sweeps: one at a time is enough.
NOTIFICATION_SWEEP_BUDGET_SECONDS = 25
CACHES: dict[str, dict[str, Any]]
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "common.web.caches.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {
        "default": {
            "BACKEND": "common.web.caches.FileBasedCache",
            "LOCATION": str(VAR_DIR / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }

AUTH_USER_MODEL = "accounts.User"
# The e-mail is unique in lower case, by a constraint that this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["accounts.backends.AnyIdentifierBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("full_name", "email")},
    },
    {"NAME": "accounts.validators.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.validators.ContextWordsValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
# Where people land after signing in, and who counts as an officer: asked by name, the packages lie above accounts.
LANDING_PAGE = "portal.landing.landing_page"
SESSION_AUDIENCE = "portal.landing.audience"
# The pages on which an organisation stands in the place of the member who acts for it.
ACTING_NAMESPACES = ("applicant", "paying", "payments", "procedures")

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
# Whoever types a stranger's address must not make the portal write to it.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Six digits: easy to read out over the phone; five tries and five codes an hour keep guessing hopeless.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_SESSION_REMEMBER = False
# The portal counts by itself (common/web/limits.py): allauth's cache forgets and forgives parallel tries.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.RegisterForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "add_email": "accounts.forms.ChangeEmailForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmCodeForm",
}
# What may be tried how often: scope -> (times, seconds). An address is first asked a question, then slowed down,
# and refused only at IP_FACTOR times its figure: a village shares one carrier address.
IP_FACTOR = 20
LIMITS = {
    "sign_in_pair": (5, 15 * 60),
    "sign_in_everywhere": (20, 15 * 60),
    # Different accounts or ID numbers tried from one address: asked the question, then slowed to one try a minute.
    "different_asked": (10, 15 * 60),
    "different_slowed": (30, 15 * 60),
    # Of the whole installation: tries at signing in or looking up that did not turn out right; an alert above it.
    "failures": (200, 15 * 60),
    "register_ip": (10, 3600),
    "reset_target": (3, 3600),
    "reset_ip": (10, 3600),
    "code_target": (5, 3600),
    "code_try": (25, 3600),
    "password_user": (10, 3600),
    "sign_user": (5, 15 * 60),
    "lookup_target": (5, 3600),
    "lookup_ip": (20, 3600),
    "upload_user": (60, 3600),
    # As many quarters as all the pages of some dossiers take; each costs a parser as an upload does.
    "turn_user": (240, 3600),
    # Feedback and its details.
    "feedback_ip": (10, 3600),
    "feedback_user": (10, 3600),
    "feedback_code": (20, 3600),
    # Feedback that names one address, to which its steps are told.
    "feedback_mail": (10, 3600),
    # Messages to the commune and calls asked for.
    "talk_user": (20, 3600),
    "csp_ip": (60, 3600),
    "forged_ip": (60, 3600),
    "prepare_ip": (20, 3600),
    "declaration_ip": (30, 3600),
    "declaration_pdf": (10, 600),
    "prepared_user": (60, 600),
    # Secrets of receipts; accounts that a clerk looks for to link a dossier.
    "link_user": (10, 3600),
    "link_ip": (20, 3600),
    # Ratings sent, and dossiers looked for to be rated; tries at one code from one address.
    "rate_ip": (20, 3600),
    "rate_target": (5, 3600),
    # Addresses of what is there but not one's own that one account asks for; an alert above it.
    "hidden_user": (20, 15 * 60),
    # People whom one organisation invites to act for it, and invitations to one address.
    "invite_user": (20, 3600),
    "invite_target": (3, 24 * 3600),
    # Ratings of pages, and of one page from one address.
    "useful_ip": (60, 3600),
    "useful_page": (20, 24 * 3600),
    # Copies of everything kept about a person.
    "export_user": (10, 3600),
}

# Dossiers that one officer opens on a day; above it administrators are told.
MASS_READING_DOSSIERS = env.int("MASS_READING_DOSSIERS", default=200)

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LANGUAGE_COOKIE_HTTPONLY = False
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["common.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
# Which name each file is served under; kept where nothing is served from.
STATIC_MANIFEST = VAR_DIR / "staticfiles.json"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "files"
STORAGES: dict[str, dict[str, Any]] = {
    # Uploaded papers, slips and results; never under a public URL.
    "default": {"BACKEND": "common.files.store.DiskStorage", "OPTIONS": {"location": str(MEDIA_ROOT)}},
    "staticfiles": {"BACKEND": "common.web.static_files.StaticFiles"},
}
if STORAGE_URL := env("STORAGE_URL", default=""):
    STORAGES["default"] = storage_from_url(STORAGE_URL)
# Below this uploads are refused, so that the portal's own papers, the database and the logs still find room.
STORE_FREE_BYTES = env.int("STORE_FREE_BYTES", default=1024**3)
# Files are checked in processes of their own, each with up to 1 GB; so many at once on a machine, others wait a little.
PARSERS_AT_ONCE = env.int("PARSERS_AT_ONCE", default=2)
PARSER_WAIT_SECONDS = 10
PARSER_FOLDER = VAR_DIR / "parsers"
# Uploads stay in memory until they are checked: a full temporary folder stops nothing, and no paper is left there.
FILE_UPLOAD_HANDLERS = ["common.files.handlers.MemoryHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# Behind nginx: the internal location that sends stored files (X-Accel-Redirect); empty sends them from here.
X_ACCEL_PREFIX = env("X_ACCEL_PREFIX", default="")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
# No field of any form is longer; a longer one is refused before a view sees it.
MAX_FIELD_CHARS = 20_000
MAX_QUERY_CHARS = 2_000
# Rendered catalogue pages are kept this long for people who are not signed in; 0 keeps none.
PAGE_CACHE_SECONDS = env.int("PAGE_CACHE_SECONDS", default=60)
# With scripts each file is sent on its own; without them a page of papers sends all that were chosen.
DATA_UPLOAD_MAX_NUMBER_FILES = 20
MAX_PAPER_BYTES = 10 * 1024 * 1024
MAX_PAPERS = 20
MAX_DOSSIER_BYTES = 60 * 1024 * 1024

# Visits are written down so often, by each process; 0 writes none by itself.
VISIT_SECONDS = env.int("VISIT_SECONDS", default=10)

# What is published is kept in each process, which looks this often whether it changed; 0: with every request.
KEPT_SECONDS = env.int("KEPT_SECONDS", default=1)

EMAIL_BACKEND = "notifications.backend.OutboxEmailBackend"
EMAIL_URL = env("EMAIL_URL", default="")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Một Cửa <mot-cua@localhost>")

SESSION_ENGINE = "common.web.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE: Literal["Lax"] = "Lax"
SESSION_COOKIE_AGE = 24 * 3600
# With and without an account: many people file from a machine that others use after them.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = {"citizen": 2 * 3600, "officer": 30 * 60}
SESSION_MAX_SECONDS = {"citizen": 24 * 3600, "officer": 10 * 3600}
CSRF_COOKIE_HTTPONLY = True
BROWSER_COOKIE_NAME = "browser"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "report-uri": ["/csp-report/"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "display-capture": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}

# How service levels are named: 'four' (levels 1 to 4) or 'two' (NĐ 42/2022/NĐ-CP: wholly or partly online).
LEVEL_NAMES = env("LEVEL_NAMES", default="four")

# Which numbering of the desk's forms is printed: '2018' (TT 01/2018/TT-VPCP) or '2025' (TT 03/2025/TT-VPCP).
SLIP_SET = env("SLIP_SET", default="2025")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "common.logs.RequestContext"}},
    "formatters": {
        "line": {
            "()": "common.logs.MaskedFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # A request for an unknown host is answered 400 and needs no trace in the log.
    "loggers": {
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # They tell every step of every PDF.
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "WARNING"},
        # They tell the address of every request, and addresses of payments are signed.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
