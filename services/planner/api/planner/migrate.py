"""The one-off before a release: the database gets this version's tables, the static bucket this version's files.

Event: `{"command": "migrate"}`. Run again it does nothing. Both may be there before the code that needs them, so that
the version that still runs must work with them as well.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 # settings need Django's set-up
from django.db import DatabaseError, connection  # noqa: E402

from planner import environment, vault  # noqa: E402

LOG = logging.getLogger(__name__)
LOCK = 0x706C616E6E6572
"""Key of the advisory lock, the word "planner": migrations run one at a time, the second waits and finds it done."""
LOCK_SECONDS = 120
ROLE_SETTINGS = {"statement_timeout": "8s", "idle_in_transaction_session_timeout": "30s", "timezone": "UTC"}
"""Kept by the role itself: a SET in each session would pin it to one connection of a proxy."""


class MigrationError(Exception):
    """The one line that the deploy shows."""


def handle(event: Mapping[str, Any], context: object = None) -> dict[str, int]:
    """`{"applied", "uploaded"}`: how many migrations and files were new; MigrationError."""
    if event.get("command") != "migrate":
        raise MigrationError('the only command is "migrate"')
    try:
        return {"applied": migrate(), "uploaded": _upload()}
    except (DatabaseError, vault.SecretUnreadableError) as error:
        # The text of a database's error may hold values.
        state = getattr(error.__cause__, "sqlstate", None) or ""
        raise MigrationError(f"the migration failed: {type(error).__name__} {state}".strip()) from None
    finally:
        connection.close()


def migrate() -> int:
    """Bring the database to this version's tables; how many steps that took."""
    from django.core.management import call_command
    from django.db.migrations.executor import MigrationExecutor

    with _locked():
        executor = MigrationExecutor(connection)
        steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        call_command("migrate", interactive=False, verbosity=0)
        with connection.cursor() as cursor:
            for name, value in ROLE_SETTINGS.items():
                cursor.execute(f"ALTER ROLE CURRENT_USER SET {name} = '{value}'")
    LOG.info("the database has this version's tables", extra={"fields": {"applied": steps}})
    return steps


@contextmanager
def _locked() -> Iterator[None]:
    with connection.cursor() as cursor:
        # No statement of a migration may be ended for its length; waiting for another migration may.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _upload() -> int:
    if not environment.text("STATIC_BUCKET"):
        return 0
    from botocore.exceptions import BotoCoreError, ClientError

    from planner import static_files

    try:
        return static_files.upload(vault.client("s3"), Path(settings.STATIC_ROOT))
    except (BotoCoreError, ClientError) as error:
        raise MigrationError(f"the static files cannot be uploaded: {type(error).__name__}") from None
