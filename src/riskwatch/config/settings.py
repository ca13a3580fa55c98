"""Settings. Everything that differs between a desk and a data centre comes from the environment."""

from __future__ import annotations

import os
import secrets
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from riskwatch.config import embedded, home

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("RISKWATCH_HOME", ".riskwatch")).resolve()
home.own(HOME)


def _secret(name: str, file: str) -> str:
    """A secret from the environment, else made once and kept in the home folder, readable by its owner only."""
    if given := os.environ.get(name):
        return given
    path = HOME / file
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _database(url: str) -> dict[str, object]:
    parts = urlparse(url)
    if parts.scheme not in ("postgresql", "postgres") or len(parts.path) < 2:
        raise ImproperlyConfigured("DATABASE_URL must read postgresql://user:password@host:5432/name")
    query = parse_qs(parts.query)
    host = query.get("host", [parts.hostname or ""])[0]
    options: dict[str, object] = {"pool": {"min_size": 1, "max_size": int(os.environ.get("DB_POOL", "8"))}}
    if "sslmode" in query:
        options["sslmode"] = query["sslmode"][0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


EMBEDDED = "DATABASE_URL" not in os.environ
try:
    DATABASES = {"default": _database(os.environ.get("DATABASE_URL") or embedded.cluster(HOME).url())}
except embedded.NoDatabase as error:
    raise ImproperlyConfigured(str(error)) from error
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _networks(text: str) -> list[str]:
    """Networks as people list them; one that is none stops the start."""
    found = [n.strip() for n in text.split(",") if n.strip()]
    for network in found:
        try:
            ip_network(network, strict=False)
        except ValueError as wrong:
            raise ImproperlyConfigured(f"TRUSTED_PROXIES: {wrong}") from None
    return found


SECRET_KEY = _secret("SECRET_KEY", "secret-key")
# Encrypts the identities of reporters; losing it loses them, leaking it reveals them.
IDENTITY_KEY = _secret("IDENTITY_KEY", "identity-key")
DEBUG = os.environ.get("RISKWATCH_DEBUG") == "1"
TLS = os.environ.get("RISKWATCH_TLS") == "1"
# Detection counts and scores on this Spark, by its master address; empty: on this machine. The folder is one that all its hosts share.
SPARK = os.environ.get("RISKWATCH_SPARK", "")
SPARK_FOLDER = os.environ.get("RISKWATCH_SPARK_FOLDER", str(HOME / "spark"))
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
# Networks of the proxies in front, whose X-Forwarded-For is believed; none by default.
TRUSTED_PROXIES = _networks(os.environ.get("TRUSTED_PROXIES", ""))
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "procrastinate.contrib.django",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "riskwatch.look",
    "riskwatch.journal",
    "riskwatch.parties",
    "riskwatch.catalogue",
    "riskwatch.documents",
    "riskwatch.case",
    "riskwatch.collection",
    "riskwatch.verification",
    "riskwatch.detection",
    "riskwatch.assessment",
    "riskwatch.decision",
    "riskwatch.measures",
    "riskwatch.followup",
    "riskwatch.disclosure",
    "riskwatch.archive",
    "riskwatch.connectors.eciq",
    "riskwatch.doors.office",
    "riskwatch.doors.counter",
    "riskwatch.doors.portal",
    "riskwatch.doors.api",
    "riskwatch.doors.jobs",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "riskwatch.config.middleware.SoundText",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "riskwatch.config.middleware.ChineseFirst",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "riskwatch.config.middleware.IdleEnds",
    "riskwatch.config.middleware.OneTimePassword",
    "riskwatch.config.middleware.RefusalMiddleware",
    "riskwatch.doors.api.once.DoneOnce",
]
ROOT_URLCONF = "riskwatch.config.urls"
WSGI_APPLICATION = "riskwatch.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "look" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "riskwatch.config.navigation.navigation",
            ]
        },
    }
]

AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name_zh", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "riskwatch.config.accounts.ClosedAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_RATE_LIMITS = {"login": os.environ.get("LOGIN_RATE", "120/m/ip"), "login_failed": "10/m/ip,5/300s/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_IDLE = int(os.environ.get("SESSION_IDLE", str(30 * 60)))  # seconds without a click, then log in again
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SECURE_SSL_REDIRECT = TLS
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
# The log-in limits count in the cache: with the default of 300 entries a flood of other keys would push them out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000, "CULL_FREQUENCY": 10},
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
FILES = HOME / "files"
SEALS = HOME / "seals"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
UPLOAD_LIMIT = 20 * 2**20
COLLECTION_UPLOAD_LIMIT = 200 * 2**20

# Sources that may be read, one dotted path each; a new source is one folder and one line here.
SOURCES = [
    "riskwatch.connectors.cpsc_api.SOURCE",
    "riskwatch.connectors.cpsc_csv.SOURCE",
    "riskwatch.connectors.nhtsa.SOURCE",
    "riskwatch.connectors.safety_gate.SOURCE",
    "riskwatch.connectors.neiss.SOURCE",
    "riskwatch.connectors.toronto_fires.SOURCE",
    "riskwatch.connectors.fars.SOURCE",
    "riskwatch.connectors.declarations.SOURCE",
    "riskwatch.connectors.gacc_monthly.SOURCE",
    "riskwatch.connectors.intake.SOURCE",
]
# Who watches what comes into a case and what a day brings, one dotted path each.
WATCHES = ["riskwatch.assessment.triggers.WATCH"]
# How each room's records are packed into archive packages and destroyed, one dotted path each.
HOLDINGS = [
    f"riskwatch.{room}.holdings.HOLDING"
    for room in (
        "case",
        "collection",
        "verification",
        "assessment",
        "decision",
        "measures",
        "followup",
        "disclosure",
        "archive",
    )
]
INSPECTION_CONTROL = "riskwatch.connectors.eciq.control.CONTROL"
# Asks an authority whether a name belongs to a number, a dotted path to an `IdentityVerifier`; without one a person looks.
IDENTITY_VERIFIER = os.environ.get("IDENTITY_VERIFIER", "")
# What stays true to a measure while it changes: the public copy.
MEASURE_FOLLOWERS = ["riskwatch.disclosure.following.FOLLOWER"]
# Without a mail server, mail is written as files, so that nothing said is lost.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = HOME / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "riskwatch@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "riskwatch.config.discretion.Discreet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own console would print a second time, and without discretion.
    "loggers": {"procrastinate": {"level": "WARNING"}, "django": {"handlers": [], "propagate": True}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
TEST_RUNNER = "django.test.runner.DiscoverRunner"
