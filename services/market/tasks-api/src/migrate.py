"""`python -m src.migrate`: bring the database to this version's tables; run again it does nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from src.services.database import Database, is_away, reason
from src.services.wiring import open_database
from src.utils import logs
from src.utils.problems import UnavailableError
from src.utils.settings import Settings, SettingsError

LOG = logging.getLogger("src.migrate")
LOCK = 0x7461736B73
"""Key of the advisory lock, the word "tasks": migrations run one at a time, the second waits and finds it done."""
LOCK_SECONDS = 120


async def migrate(database: Database, revision: str = "head") -> None:
    """Bring the database to a revision; UnavailableError, or the database's own error."""
    try:
        async with database.engine.connect() as connection:
            # No statement of a migration may be ended for its length; waiting for another migration may.
            await connection.execute(text("SET statement_timeout = 0"))
            await connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
            await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
            await connection.commit()
            try:
                await connection.run_sync(_upgrade, revision)
                await connection.commit()
            finally:
                await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
    except Exception as error:
        if is_away(error):
            raise UnavailableError("the database", reason(error)) from error
        raise


def _upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def _run(settings: Settings) -> None:
    database = open_database(settings)
    try:
        await migrate(database)
    finally:
        await database.close()


def main() -> int:
    """0 when the tables are this version's; else 1 after one line that says why."""
    try:
        settings = Settings.from_environment(os.environ, "migration")
        logs.configure(settings.logging_level)
        asyncio.run(_run(settings))
    except (SettingsError, UnavailableError) as error:
        print(logs.say(f"the migration failed: {error}"))
        return 1
    except (DBAPIError, CommandError) as error:
        print(logs.say(f"the migration failed: {reason(error)}"))
        return 1
    LOG.info("the database has this version's tables")
    return 0


if __name__ == "__main__":
    sys.exit(main())
