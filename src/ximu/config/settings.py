"""Settings of a deployment. Every environment variable read here stands in `docs/settings.md`."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlparse

from ximu.config import values
from ximu.foundation.demoday import started
from ximu.foundation.rooms import dotted, room_paths
from ximu.foundation.whole import write_once
from ximu.kernel.zone import CITY

HOME = XIMU_HOME = Path(os.environ.get("XIMU_HOME", "var")).resolve()
XIMU_PROFILE = os.environ.get("XIMU_CITY", "")
XIMU_CLOCK = values.moment("XIMU_CLOCK", os.environ.get("XIMU_CLOCK", ""))
XIMU_STARTED = started(HOME, XIMU_CLOCK)
XIMU_OUTBOX_INLINE = True
XIMU_DEMO = os.environ.get("XIMU_DEMO", "") == "1"
XIMU_NETWORKS = values.networks("XIMU_NETWORKS", os.environ.get("XIMU_NETWORKS", ""))
XIMU_LOOPBACK = XIMU_DEMO
XIMU_MFA = values.one_of("XIMU_MFA", os.environ.get("XIMU_MFA", "optional" if XIMU_DEMO else "required"), "required", "optional")
XIMU_PASSWORDS = values.one_of("XIMU_PASSWORDS", os.environ.get("XIMU_PASSWORDS", "djbh3"), "djbh3", "asvs")
XIMU_API_PACE = values.whole("XIMU_API_PACE", os.environ.get("XIMU_API_PACE", "30000"))
XIMU_SPARK = os.environ.get("XIMU_SPARK", "local[2]")
XIMU_VAULT_KEY = os.environ.get("XIMU_VAULT_KEY", "")
XIMU_ORIGIN = os.environ.get("XIMU_ORIGIN", "ximu.example/log")
DEBUG = os.environ.get("XIMU_DEBUG", "") == "1"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _secret() -> str:
    """From the environment, or made once and kept outside the database with mode 600."""
    if given := os.environ.get("XIMU_SECRET_KEY"):
        return given
    path = HOME / "keys" / "secret"
    if not path.exists() or not path.stat().st_size:
        path.unlink(missing_ok=True)
        write_once(path, secrets.token_urlsafe(50))
    return path.read_text("utf-8")


SECRET_KEY = _secret()
ALLOWED_HOSTS = os.environ.get("XIMU_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "ximu.foundation",
    *[dotted(path) for path in room_paths()],
]

MIDDLEWARE = [
    "ximu.foundation.traceless.TracelessMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "ximu.foundation.once.OnceMiddleware",
    "ximu.foundation.hostile.HostileMiddleware",
    "ximu.faces.portal.middleware.TileMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ximu.foundation.web.LanguageMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "ximu.ideas.accounts.middleware.ActorMiddleware",
    "ximu.faces.console.middleware.ConsoleMiddleware",
    "ximu.foundation.idempotency.IdempotencyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "ximu.foundation.web.RefusalMiddleware",
]
ROOT_URLCONF = "ximu.config.urls"
XIMU_TILE_SECONDS = 1
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [],
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.messages.context_processors.messages",
        "ximu.foundation.web.context",
    ]},
}]


def _database(url: str) -> dict[str, object]:
    parts = values.database("DATABASE_URL", url)
    if parts.scheme.startswith("postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql", "NAME": parts.path.lstrip("/"), "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""), "HOST": unquote(parts.hostname or ""), "PORT": parts.port or "",
            "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True,
        }
    name = unquote(url.removeprefix("sqlite://")) or ":memory:"
    return {
        "ENGINE": "django.db.backends.sqlite3", "NAME": name, "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE", "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                            "PRAGMA secure_delete=ON; PRAGMA cache_size=-65536;",
        },
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", f"sqlite://{HOME / 'ximu.sqlite3'}"))}


def _mail(url: str) -> dict[str, object]:
    """`smtp://user:password@host:port` (`smtps://` for TLS from the start, else STARTTLS), or `file:FOLDER`."""
    parts = urlparse(url)
    if parts.scheme == "file":
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": parts.path}
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": unquote(parts.hostname or ""),
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587), "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""), "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username), "EMAIL_TIMEOUT": 20,
    }


XIMU_MAIL = os.environ.get("XIMU_MAIL", f"file:{HOME / 'mail'}" if XIMU_DEMO else "")
XIMU_SITE = os.environ.get("XIMU_SITE", "http://127.0.0.1:8000").rstrip("/")
DEFAULT_FROM_EMAIL = os.environ.get("XIMU_MAIL_FROM", "ximu@localhost")
globals().update(_mail(XIMU_MAIL))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "ximu.ideas.accounts.views.door.locked"
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["password", "code"]
SESSION_COOKIE_AGE = 15 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "ximu.foundation.errors.no_csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if values.one_of("XIMU_HTTPS", os.environ.get("XIMU_HTTPS", ""), "", "0", "1") == "1":
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {
    "default-src": ["'self'"], "script-src": ["'self'"], "style-src": ["'self'"],
    "img-src": ["'self'", "data:"], "object-src": ["'none'"], "base-uri": ["'none'"], "frame-ancestors": ["'none'"],
    "form-action": ["'self'"], "connect-src": ["'self'"],
}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = CITY.key
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages name no other, and compressing takes a third of a first start
MEDIA_ROOT = HOME / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 << 20
LOGIN_URL = "login"
LOGGING = {
    "version": 1, "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": values.one_of("XIMU_LOG_LEVEL", os.environ.get("XIMU_LOG_LEVEL", "WARNING"), *LEVELS)},
}
SILENCED_SYSTEM_CHECKS = ["axes.W003", "axes.W006",  # no address is kept: the limit is by account
                          "fields.W163", "models.W046"]  # SQLite keeps no comments on columns and tables; PostgreSQL does
