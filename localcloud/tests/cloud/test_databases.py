"""What a Postgres server of RDS is made from, without one."""

from collections.abc import Mapping
from typing import Any

import pytest

from localcloud.cloud.inside import authority, databases
from localcloud.cloud.inside.databases import Database
from localcloud.cloud.inside.servers import File, Server

DATABASE = Database("cloud-rds-main", "172.30.128.1", 5433, "secret")


class Servers:
    """Servers that are only noted down."""

    def __init__(self) -> None:
        self.started: list[Server] = []
        self.files: dict[str, File] = {}

    def start(self, server: Server) -> None:
        self.started.append(server)

    def put(self, name: str, files: Mapping[str, File]) -> None:
        self.files.update(files)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server of an instance with TLS forced."""
    monkeypatch.setattr(authority, "issue", lambda address: (f"certificate of {address}", "key"))
    servers: Any = Servers()
    databases.start(servers, DATABASE, "17.4", "platform", "it's \\ safe", "app", True)
    [started] = servers.started
    return started


def test_the_image_is_of_the_major_version() -> None:
    assert [databases.image(version) for version in ("17", "17.4")] == ["postgres:17-alpine"] * 2


def test_a_server_listens_with_tls_on_the_port_that_was_asked_for(server: Server) -> None:
    assert (server.image, server.address) == ("postgres:17-alpine", "172.30.128.1")
    assert {"port=5433", "ssl=on", "ssl_key_file=/slipway/server.key"} <= set(server.command)
    assert server.files["/slipway/server.crt"].content == "certificate of 172.30.128.1"


def test_a_key_is_readable_by_the_server_and_nobody_else(server: Server) -> None:
    assert server.files["/slipway/server.key"] == File("key", 0o640, 70)


def test_the_master_user_is_no_superuser_and_owns_the_databases(server: Server) -> None:
    statements = server.files["/docker-entrypoint-initdb.d/master.sql"].content
    assert "CREATE ROLE \"platform\" LOGIN CREATEDB CREATEROLE PASSWORD E'it\\'s \\\\ safe'" in statements
    assert 'ALTER DATABASE postgres OWNER TO "platform";' in statements
    assert statements.endswith('CREATE DATABASE "app" OWNER "platform";\n')
    assert server.environment["POSTGRES_USER"] == "rdsadmin"


@pytest.mark.parametrize("name", ["", "postgres"])
def test_no_database_is_made_twice(name: str) -> None:
    assert "CREATE DATABASE" not in databases.first_statements("platform", "x", name)


def test_without_tls_nobody_comes_in_when_it_is_forced() -> None:
    assert databases.host_rules(True).splitlines()[-1] == "hostnossl all all all reject"
    assert databases.host_rules(False).splitlines()[-1] == "hostnossl all all all scram-sha-256"


@pytest.mark.parametrize(("value", "forced"), [(None, True), ("1", True), ("0", False)])
def test_tls_is_forced_unless_a_parameter_says_no(value: str | None, forced: bool) -> None:
    assert databases.is_forced(value) is forced


def test_parameters_of_aws_and_formulas_are_left_out() -> None:
    values = {
        "rds.force_ssl": "1",
        "shared_buffers": "{DBInstanceClassMemory/32768}",
        "shared_preload_libraries": "pg_stat_statements, rdsutils",
        "work_mem": "4096",
        "log_lock_waits": None,
    }
    assert list(databases.settable(values)) == [
        ("shared_preload_libraries", ["pg_stat_statements"]),
        ("work_mem", ["4096"]),
        ("log_lock_waits", []),
    ]


def test_an_admin_password_shows_in_no_log() -> None:
    assert "secret" not in repr(DATABASE)
    assert Database("a", "b", 1).admin_password != Database("a", "b", 1).admin_password
