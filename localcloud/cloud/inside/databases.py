"""Postgres for RDS: made with TLS, a master user as on AWS, and the values of its parameter group."""

import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from . import authority
from .servers import FOLDER, File, Server, Servers
from .settings import SETTINGS

logger = logging.getLogger("slipway.databases")

DATA = "/var/lib/postgresql/data"
POSTGRES_GROUP = 70
"""Group of the user postgres in the image: it may read its key, and Postgres refuses one that others may read."""
ADMIN = "rdsadmin"
"""The superuser, who is AWS's on AWS and ours here; the master user is none."""
LIBRARIES = ("pg_stat_statements", "auto_explain")
FORCE_TLS = "rds.force_ssl"
CONNECT_SECONDS = 10

ROLES = """\
CREATE ROLE rds_superuser NOLOGIN;
GRANT pg_monitor, pg_signal_backend, pg_checkpoint, pg_use_reserved_connections, pg_create_subscription
  TO rds_superuser WITH ADMIN OPTION;
CREATE ROLE {user} LOGIN CREATEDB CREATEROLE PASSWORD {password} VALID UNTIL 'infinity';
GRANT rds_superuser TO {user};
ALTER DATABASE postgres OWNER TO {user};
"""


@dataclass(frozen=True)
class Database:
    """What is known of an instance's server."""

    name: str
    address: str
    port: int
    admin_password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)


def image(version: str) -> str:
    """Return the image for an engine version such as `17.4`."""
    return f"postgres:{version.split('.')[0]}-alpine"


def start(
    servers: Servers, database: Database, version: str, user: str, password: str, database_name: str, force_tls: bool
) -> None:
    """Make and start the server; it is ready when `connect` succeeds."""
    certificate, key = authority.issue(database.address)
    settings = {
        "listen_addresses": "*",
        "port": str(database.port),
        "ssl": "on",
        "ssl_cert_file": f"/{FOLDER}/server.crt",
        "ssl_key_file": f"/{FOLDER}/server.key",
        "hba_file": f"/{FOLDER}/pg_hba.conf",
    }
    servers.start(
        Server(
            service="rds",
            name=database.name,
            image=image(version),
            address=database.address,
            command=("postgres", *(word for key, value in settings.items() for word in ("-c", f"{key}={value}"))),
            data=DATA,
            environment={
                "POSTGRES_USER": ADMIN,
                "POSTGRES_PASSWORD": database.admin_password,
                "POSTGRES_DB": "postgres",
                "PGDATA": DATA,
            },
            files={
                f"/{FOLDER}/server.crt": File(certificate),
                f"/{FOLDER}/server.key": File(key, 0o640, POSTGRES_GROUP),
                f"/{FOLDER}/pg_hba.conf": File(host_rules(force_tls)),
                "/docker-entrypoint-initdb.d/master.sql": File(
                    first_statements(user, password, database_name), 0o640, POSTGRES_GROUP
                ),
            },
        )
    )


def host_rules(force_tls: bool) -> str:
    """Return pg_hba.conf: passwords for all, and only over TLS when that is forced."""
    lines = ["local all all trust", "hostssl all all all scram-sha-256"]
    lines.append("hostnossl all all all reject" if force_tls else "hostnossl all all all scram-sha-256")
    return "\n".join(lines) + "\n"


def first_statements(user: str, password: str, database_name: str) -> str:
    """Return the statements that an empty server begins with."""
    text = ROLES.format(user=identifier(user), password=literal(password))
    if database_name and database_name != "postgres":
        text += f"CREATE DATABASE {identifier(database_name)} OWNER {identifier(user)};\n"
    return text


def identifier(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL writes it, whatever is in it."""
    return "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@contextmanager
def connect(database: Database) -> Iterator[Any]:
    """Give a cursor of the superuser over TLS; each statement is its own transaction. Raises psycopg2.Error."""
    import psycopg2

    connection = psycopg2.connect(
        host=database.address,
        port=database.port,
        user=ADMIN,
        password=database.admin_password,
        dbname="postgres",
        sslmode="require",
        connect_timeout=CONNECT_SECONDS,
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def is_ready(database: Database) -> bool:
    """Say whether the server takes statements."""
    import psycopg2

    try:
        with connect(database) as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.Error:
        return False
    return True


def set_password(database: Database, user: str, password: str) -> None:
    """Give the master user another password."""
    with connect(database) as cursor:
        cursor.execute(f"ALTER ROLE {identifier(user)} PASSWORD {literal(password)}")


def apply(servers: Servers, database: Database, values: Mapping[str, str | None]) -> bool:
    """Set parameters (None: back to the default) and say whether some of them wait for a restart.

    What Postgres does not know or refuses is told in the log and left as it was.
    """
    import psycopg2

    if FORCE_TLS in values:
        servers.put(database.name, {f"/{FOLDER}/pg_hba.conf": File(host_rules(is_forced(values[FORCE_TLS])))})
    with connect(database) as cursor:
        for name, items in settable(values):
            given = ", ".join(map(literal, items))
            change = f"SET {identifier(name)} = {given}" if given else f"RESET {identifier(name)}"
            try:
                cursor.execute(f"ALTER SYSTEM {change}")
            except psycopg2.Error as error:
                logger.warning("%s: %s = %s is not applied: %s", database.name, name, given, str(error).strip())
        cursor.execute("SELECT pg_reload_conf()")
        cursor.execute("SELECT pg_sleep(0.1)")  # the reload reaches a session with a signal
        cursor.execute("SELECT count(*) FROM pg_settings WHERE pending_restart")
        return bool(cursor.fetchone()[0])


def is_forced(value: str | None) -> bool:
    """Say whether a value of `rds.force_ssl` forces TLS, as it does by default since version 15."""
    return value is None or value == "1"


def settable(values: Mapping[str, str | None]) -> Iterable[tuple[str, list[str]]]:
    """Yield the parameters that are Postgres's own, with values that it understands (none: back to the default).

    AWS's own begin with `rds.`; values with braces are formulas over the size of an instance; of libraries only those
    that the image has.
    """
    for name, value in values.items():
        if name.startswith("rds.") or (value and "{" in value):
            continue
        if name == "shared_preload_libraries" and value is not None:
            yield name, [each for each in value.replace(" ", "").split(",") if each in LIBRARIES]
        else:
            yield name, [] if value is None else [value]


def server_name(account: str, region: str, identity: str) -> str:
    """Return the name of an instance's container and volume."""
    return f"{SETTINGS.instance}-rds-{account}-{region}-{identity}"
