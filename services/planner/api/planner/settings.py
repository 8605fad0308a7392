"""Django's settings: what a worker of Lambda needs, and little else, so that it starts quickly."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.functional import SimpleLazyObject

from planner import environment, logs, vault

DEBUG = False
# Nothing is built from the Host header: addresses come from SITE_URL, and the gateway serves its own names alone.
ALLOWED_HOSTS = ["*"]
SITE_URL = environment.text("SITE_URL", "http://localhost:8080").rstrip("/")
MEDIA_URL_BASE = environment.text("MEDIA_URL", f"{SITE_URL}/media").rstrip("/")
IS_SECURE = SITE_URL.startswith("https://")


def _secret_key() -> str:
    """Only the admin signs anything: requests to the API never wait for this."""
    arn = environment.text("DJANGO_SECRET_ARN")
    return str(vault.secret(arn)["key"]) if arn else environment.text("DJANGO_SECRET_KEY")


SECRET_KEY: Any = SimpleLazyObject(_secret_key)

INSTALLED_APPS = [
    "planner",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin.apps.SimpleAdminConfig",  # the admin's modules are loaded when it is first asked for
]
MIDDLEWARE = [
    "planner.middleware.Observed",
    "planner.middleware.Bounded",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "planner.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database() -> dict[str, Any]:
    """One connection a worker, kept between invocations and looked at before it is used again."""
    found: dict[str, Any] = {
        "ENGINE": "planner.database",
        "LOGIN_SECRET_ARN": environment.text("DATABASE_SECRET_ARN"),
        "PROXY_HOST": environment.text("DATABASE_PROXY_HOST"),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # A proxy of RDS may hand each transaction to another connection.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"connect_timeout": 5, "application_name": "planner"},
    }
    parts = urlsplit(environment.text("DATABASE_URL"))
    if parts.scheme and not found["LOGIN_SECRET_ARN"]:
        found |= {
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "localhost",
            "PORT": str(parts.port or 5432),
        }
    return found


DATABASES = {"default": _database()}

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024

# Sessions are the admin's alone; they live in the database, under the admin's path.
LOGIN_URL = "/admin/login/"
SESSION_COOKIE_NAME = "planner_admin"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Lax and not Strict: the way back from Cognito's page is a navigation from another site.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "planner_admin_csrf"
CSRF_TRUSTED_ORIGINS = environment.origins()
CSRF_FAILURE_VIEW = "planner.problems.forged"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "planner.static_files.Hashed"
        if environment.text("STATIC_BUCKET")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
STATIC_ROOT = Path("/tmp/planner-static")  # noqa: S108 # the one place that a function may write to; made of public files

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["planner.identity.Person"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["planner.parsers.Json"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "planner.parsers.OnlyJson",
    "DEFAULT_SCHEMA_CLASS": None,
    "EXCEPTION_HANDLER": "planner.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "COMPACT_JSON": True,
}
LOGGING_CONFIG = None
logs.configure(environment.text("LOG_LEVEL", "info"))
