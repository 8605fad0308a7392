"""The SQL on a real server: what is made, what a login may and may not, and what a second run changes."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pg8000.native
import pytest
from deploy_steps import logical_database
from deploy_steps.errors import StepError

from tests import servers
from tests.conftest import Authority, value_of

MASTER = "administrator"
MASTER_PASSWORD = "password-of-the-administrator"

Connect = Callable[..., pg8000.native.Connection]


@pytest.fixture(scope="module")
def port(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run a server whose administrator is what RDS gives: no superuser."""
    run = servers.own if servers.binaries() else servers.container if servers.has_image() else None
    if run is None:
        pytest.skip("neither a Postgres on this machine nor an engine with postgres:17-alpine")
    with run(tmp_path_factory.mktemp("postgres"), authority.certificate, authority.key) as port:
        root = _first(authority, port)
        root.run(f"CREATE ROLE {MASTER} LOGIN CREATEDB CREATEROLE PASSWORD '{MASTER_PASSWORD}'")
        root.run(f"ALTER DATABASE postgres OWNER TO {MASTER}")
        root.close()
        yield port


def _first(authority: Authority, port: int) -> pg8000.native.Connection:
    """Connect when the server takes connections: a container's first one begins anew after its setup."""
    end = time.monotonic() + servers.START_SECONDS
    while True:
        try:
            return pg8000.native.Connection(
                servers.SUPERUSER,
                host="127.0.0.1",
                port=port,
                database="postgres",
                password=servers.PASSWORD,
                ssl_context=authority.context(),
            )
        except (pg8000.native.InterfaceError, pg8000.native.DatabaseError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


@pytest.fixture
def connect(authority: Authority, port: int) -> Connect:
    """Log in with what lies in a secret, as a client does."""

    def log_in(arn: str, **changes: Any) -> pg8000.native.Connection:
        value = {**value_of(arn), **changes}
        return pg8000.native.Connection(
            value["username"],
            host=value["host"],
            port=value["port"],
            database=value["dbname"],
            password=value["password"],
            ssl_context=authority.context(),
        )

    return log_in


@pytest.fixture
def event(
    authority: Authority, port: int, secret: Callable[..., str], trust_store: Callable[[str], None]
) -> Callable[..., dict[str, Any]]:
    """Make the event of a database."""
    trust_store(authority.pem)

    def make(name: str, **changes: Any) -> dict[str, Any]:
        master = secret(f"master-of-{name}", {"username": MASTER, "password": MASTER_PASSWORD})
        made = {"step": "logical-database", "database": name, "login": name, "host": "127.0.0.1", "port": port}
        return {**made, "masterSecret": master, "secret": secret(name), **changes}

    return make


def test_a_login_can_work_in_its_own_database(
    event: Callable[..., Any], connect: Connect, authority: Authority
) -> None:
    wanted = event("orders")

    answer = logical_database.make(wanted)

    assert answer == {"database": "orders", "login": "orders", "created": True}
    value = value_of(wanted["secret"])
    assert {key: value[key] for key in value if key != "password"} == {
        "engine": "postgres",
        "host": "127.0.0.1",
        "port": wanted["port"],
        "dbname": "orders",
        "username": "orders",
        "ca": authority.pem,
    }
    connection = connect(wanted["secret"])
    connection.run("CREATE SCHEMA sales")
    connection.run("CREATE TABLE sales.orders (id int)")
    connection.run("CREATE TABLE orders (id int)")
    connection.run("INSERT INTO orders VALUES (1)")
    assert connection.run("SELECT count(*) FROM orders") == [[1]]
    connection.close()


def test_a_second_run_changes_nothing(event: Callable[..., Any], connect: Connect) -> None:
    wanted = event("again")
    logical_database.make(wanted)
    before = value_of(wanted["secret"])
    connection = connect(wanted["secret"])
    connection.run("CREATE TABLE kept (id int)")

    assert logical_database.make(wanted) == {"database": "again", "login": "again", "created": False}

    assert value_of(wanted["secret"]) == before
    assert connection.run("SELECT count(*) FROM kept") == [[0]]
    connection.close()


def test_a_lost_secret_gets_a_new_password_and_the_old_one_is_none_any_more(
    event: Callable[..., Any], secret: Callable[..., str], connect: Connect
) -> None:
    wanted = event("lost")
    logical_database.make(wanted)
    old = value_of(wanted["secret"])["password"]
    wanted["secret"] = secret("found-again")

    logical_database.make(wanted)

    assert value_of(wanted["secret"])["password"] != old
    connect(wanted["secret"]).close()
    with pytest.raises(pg8000.native.DatabaseError, match="password authentication failed"):
        connect(wanted["secret"], password=old)


def test_a_login_reaches_no_other_database(event: Callable[..., Any], connect: Connect) -> None:
    one, other = event("one"), event("other")
    logical_database.make(one)
    logical_database.make(other)

    for database in ("other", "postgres"):
        with pytest.raises(pg8000.native.DatabaseError, match="permission denied for database"):
            connect(one["secret"], dbname=database)


def test_a_login_is_nobody_special(event: Callable[..., Any], connect: Connect) -> None:
    wanted = event("plain")
    logical_database.make(wanted)
    connection = connect(wanted["secret"])

    own = "FROM pg_roles WHERE rolname = current_user"
    assert connection.run("SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls " + own) == [
        [False] * 5
    ]
    assert connection.run("SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole") == [[0]]
    with pytest.raises(pg8000.native.DatabaseError, match="permission denied to create database"):
        connection.run("CREATE DATABASE another")
    connection.close()


def test_the_administrator_is_no_member_of_a_login_afterwards(event: Callable[..., Any], connect: Connect) -> None:
    wanted = event("left")
    logical_database.make(wanted)
    connection = connect(wanted["secret"])

    # From Postgres 16 on whoever makes a role administers it; that membership gives none of its rights.
    inherits = "SELECT pg_has_role(:master, 'left', 'USAGE')"
    assert connection.run(inherits, master=MASTER) == [[False]]
    connection.close()


@pytest.mark.parametrize(
    "name", ["", "Orders", "or-ders", 'x"; DROP DATABASE postgres; --', "1st", "a" * 64, "ö"], ids=repr
)
def test_a_name_that_would_need_quotes_is_refused(name: str, secret: Callable[..., str]) -> None:
    with pytest.raises(StepError, match="a name is 1 to 63 small letters, digits and underscores"):
        logical_database.make({"database": name, "login": "fine", "secret": secret("none")})


def test_a_wrong_administrator_is_told_in_one_line(
    event: Callable[..., Any], secret: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logical_database, "CONNECT_SECONDS", 0)
    wanted = event("refused", masterSecret=secret("wrong", {"username": MASTER, "password": "not-the-password"}))

    with pytest.raises(StepError) as raised:
        logical_database.make(wanted)

    assert str(raised.value) == (
        f"the database server 127.0.0.1:{wanted['port']} refuses the administrator:"
        f' password authentication failed for user "{MASTER}"'
    )


def test_a_server_of_another_authority_is_refused_at_once(
    event: Callable[..., Any], trust_store: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    from tests.conftest import authority

    wanted = event("stranger")
    trust_store(authority.__wrapped__(tmp_path_factory).pem)

    with pytest.raises(StepError, match=r"is not who it says: .*certificate verify failed"):
        logical_database.make(wanted)


def test_a_server_that_does_not_answer_is_told_in_one_line(
    event: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logical_database, "CONNECT_SECONDS", 0)
    port = servers.free_port()

    with pytest.raises(StepError, match=f"the database server 127.0.0.1:{port} cannot be reached: "):
        logical_database.make(event("nobody", port=port))


def test_no_statement_has_a_password_in_it(event: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    run = pg8000.native.Connection.run

    def heard(self: Any, sql: str, *args: Any, **values: Any) -> Any:
        said.append(f"{sql} {values}")
        return run(self, sql, *args, **values)

    monkeypatch.setattr(pg8000.native.Connection, "run", heard)
    wanted = event("quiet")
    logical_database.make(wanted)

    assert any("SCRAM-SHA-256$4096:" in statement for statement in said)
    assert not any(value_of(wanted["secret"])["password"] in statement for statement in said)
