"""How Alembic reaches the database: over the connection that it is handed, else by the environment."""

from __future__ import annotations

import asyncio
import os

from alembic import context
from sqlalchemy import Connection

from src.models.tables import Table
from src.services.wiring import open_database
from src.utils.settings import Settings


def run(connection: Connection) -> None:
    """Bring the database to the wanted revision, in one transaction."""
    context.configure(connection=connection, target_metadata=Table.metadata, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_by_environment() -> None:
    """For Alembic's own command on a developer's machine."""
    database = open_database(Settings.from_environment(os.environ, "migration"))
    async with database.engine.begin() as connection:
        await connection.run_sync(run)
    await database.close()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_by_environment())
