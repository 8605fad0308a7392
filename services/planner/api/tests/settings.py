"""The application's settings on SQLite in memory, or on the Postgres of TEST_DATABASE_URL."""

import os

os.environ.update(
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_REGION="eu-west-1",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL", ""),
    DJANGO_SECRET_KEY="a key for tests alone",
    LOG_LEVEL="info",
    MEDIA_BUCKET="media",
    MEDIA_URL="https://planner.test/media",
    OIDC_CLIENT_ID="admin-client",
    OIDC_DOMAIN="people.auth.eu-west-1.amazoncognito.com",
    SITE_URL="https://planner.test",
    STATIC_BUCKET="static",
    USER_POOL_CLIENT_ID="page-client",
    USER_POOL_ID="eu-west-1_test",
)
for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "DATABASE_SECRET_ARN", "DJANGO_SECRET_ARN", "MEDIA_KEY_SECRET_ARN"):
    os.environ.pop(name, None)

from planner.settings import *  # noqa: E402, F403

if os.environ["DATABASE_URL"]:
    # A function's thread keeps its connection between requests, and a database that somebody uses cannot be dropped.
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
