"""The step `logical-database`: a database of its own for a system, and the login that owns it and nothing else.

Event: `database`, `login`, `host`, `port`, `masterSecret` (ARN of the administrator's secret), `secret` (ARN of the
secret that is written: engine, host, port, dbname, username, password, ca).
"""

import re
import ssl
import time
from collections.abc import Mapping
from typing import Any

import pg8000.native
from pg8000.native import identifier, literal

from deploy_steps import scram, secrets_manager, trust
from deploy_steps.errors import StepError, one_line

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
ADMINISTRATION = "postgres"
"""The database that a server always has, from which others are made."""
CONNECT_SECONDS = 60.0
LOGIN_REFUSED = {"28P01", "28000"}
CALL_SECONDS = 60
LOCK = 7_260_117
"""Held while a database is made: the number means nothing else."""


def make(event: Mapping[str, Any]) -> dict[str, Any]:
    """Make what is missing of database, login and secret; a password is changed only when its secret has none."""
    database, login = _name(event["database"]), _name(event["login"])
    authorities = trust.bundle()
    kept = secrets_manager.read(event["secret"]) or {}
    password = kept.get("password") or secrets_manager.password()
    connection = _administrator(event, authorities)
    try:
        created = _create(connection, database, login, password, known="password" in kept)
    except pg8000.native.DatabaseError as error:
        raise StepError(f"{_where(event)} did not make {database}: {_message(error)}") from None
    finally:
        connection.close()
    value = {
        "engine": "postgres",
        "host": event["host"],
        "port": int(event["port"]),
        "dbname": database,
        "username": login,
        "password": password,
        "ca": authorities,
    }
    secrets_manager.write(event["secret"], value)
    return {"database": database, "login": login, "created": created}


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise StepError(f"a name is 1 to 63 small letters, digits and underscores, got {text!r}")
    return text


def _administrator(event: Mapping[str, Any], authorities: str) -> pg8000.native.Connection:
    """Log in as the server's administrator, with the secret read anew: RDS changes it every seven days."""
    end = time.monotonic() + CONNECT_SECONDS
    while True:
        master = secrets_manager.read(event["masterSecret"])
        if master is None:
            raise StepError("the administrator's secret has no value")
        try:
            return pg8000.native.Connection(
                master["username"],
                host=event["host"],
                port=int(event["port"]),
                database=ADMINISTRATION,
                password=master["password"],
                ssl_context=trust.context(authorities),
                timeout=CALL_SECONDS,
            )
        except pg8000.native.DatabaseError as error:
            if _state(error) not in LOGIN_REFUSED or time.monotonic() > end:
                raise StepError(f"{_where(event)} refuses the administrator: {_message(error)}") from None
        except ssl.SSLCertVerificationError as error:
            raise StepError(f"{_where(event)} is not who it says: {one_line(error)}") from None
        except (pg8000.native.InterfaceError, OSError) as error:
            if time.monotonic() > end:
                raise StepError(f"{_where(event)} cannot be reached: {one_line(error)}") from None
        time.sleep(1)


def _create(connection: Any, database: str, login: str, password: str, *, known: bool) -> bool:
    """Make login and database where they are missing; say whether the database was."""
    role, name = identifier(login), identifier(database)
    connection.run("SELECT pg_advisory_lock(:key)", key=LOCK)  # several systems are made at the same time
    if not connection.run("SELECT 1 FROM pg_roles WHERE rolname = :login", login=login):
        connection.run(f"CREATE ROLE {role} LOGIN PASSWORD {literal(scram.verifier(password))}")
    elif not known:
        connection.run(f"ALTER ROLE {role} LOGIN PASSWORD {literal(scram.verifier(password))}")
    created = not connection.run("SELECT 1 FROM pg_database WHERE datname = :database", database=database)
    # Whoever acts for a database's owner must be allowed to become it, for as long as that takes.
    connection.run(f"GRANT {role} TO CURRENT_USER")
    try:
        if created:
            connection.run(f"CREATE DATABASE {name} OWNER {role}")
        connection.run(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    finally:
        connection.run(f"REVOKE {role} FROM CURRENT_USER")
    connection.run(f"REVOKE ALL ON DATABASE {identifier(ADMINISTRATION)} FROM PUBLIC")
    return created


def _state(error: pg8000.native.DatabaseError) -> str:
    return str(_details(error).get("C", ""))


def _message(error: pg8000.native.DatabaseError) -> str:
    return str(_details(error).get("M") or one_line(error))


def _details(error: pg8000.native.DatabaseError) -> Mapping[str, Any]:
    return error.args[0] if error.args and isinstance(error.args[0], Mapping) else {}


def _where(event: Mapping[str, Any]) -> str:
    return f"the database server {event['host']}:{event['port']}"
