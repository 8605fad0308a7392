"""What a Valkey server of ElastiCache is made from, and the little of its protocol that the cloud speaks."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.cloud.inside import authority, caches
from localcloud.cloud.inside.caches import Cache, User
from localcloud.cloud.inside.servers import File, Server

CACHE = Cache("cloud-cache-queue", "172.30.128.2", 6380, True, "admin")
HASH = hashlib.sha256(b"password").hexdigest()


class Servers:
    """Servers that are only noted down."""

    def __init__(self) -> None:
        self.started: list[Server] = []

    def start(self, server: Server) -> None:
        self.started.append(server)


def made(monkeypatch: pytest.MonkeyPatch, cache: Cache, keeps_data: bool = False) -> Server:
    monkeypatch.setattr(authority, "issue", lambda address: (f"certificate of {address}", "key"))
    monkeypatch.setattr(authority, "certificate", lambda: "authority")
    servers: Any = Servers()
    caches.start(servers, cache, "valkey/valkey:8-alpine", [], "cache.t4g.micro", keeps_data)
    [started] = servers.started
    assert isinstance(started, Server)
    return started


def settings(server: Server) -> dict[str, str]:
    lines = server.files["/slipway/server.conf"].content.splitlines()
    return dict(line.split(" ", 1) for line in lines)


def test_with_tls_no_other_port_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(made(monkeypatch, CACHE))
    assert (found["port"], found["tls-port"], found["tls-auth-clients"]) == ("0", "6380", "no")


def test_without_tls_the_plain_port_is(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(made(monkeypatch, Cache("c", "172.30.128.3", 6379, False)))
    assert found["port"] == "6379"
    assert "tls-port" not in found


def test_data_outlives_a_node_only_where_there_is_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(made(monkeypatch, CACHE, keeps_data=True))["appendonly"] == "yes"
    assert settings(made(monkeypatch, CACHE))["appendonly"] == "no"


def test_memory_is_the_node_types() -> None:
    types = ("cache.t4g.micro", "cache.t4g.small", "cache.r7g.xlarge")
    assert [caches.memory(name) for name in types] == [384, 1024, 4096]


def test_images_are_of_engine_and_major_version() -> None:
    assert caches.image("valkey", "8.0") == "valkey/valkey:8-alpine"
    assert caches.image("redis", "7.1") == "redis:7-alpine"


def test_a_user_has_its_passwords_as_hashes_and_its_rules() -> None:
    user = User("app", "on ~app:* -@all +get", ["password"])
    assert caches.user_line(user) == f"user app on #{HASH} ~app:* -@all +get"


def test_a_user_without_on_is_off_and_one_without_password_needs_none() -> None:
    assert caches.user_line(User("app", "~* +@all")) == "user app off nopass ~* +@all"


def test_the_default_user_is_off_unless_it_is_one_of_them() -> None:
    lines = caches.user_file(CACHE, [User("app", "on +@all")]).splitlines()
    assert lines[0] == "user default off nopass"
    opened = caches.user_file(CACHE, [User("default", "on ~* +@all")]).splitlines()
    assert [line.split()[1] for line in opened] == ["default", "slipway"]
    assert opened[0] == "user default on nopass ~* +@all"


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("on ~app:* resetchannels &app:* -@all +@read %R~shared:*", True),
        ("on ~* +@all >password", False),
        ("on ~* +@all nopass", False),
        ("gibberish", False),
        (" ", False),
    ],
)
def test_an_access_string_is_rules_without_passwords(text: str, accepted: bool) -> None:
    assert caches.is_access_string(text) is accepted


@pytest.fixture
def heard() -> Iterator[tuple[Cache, list[bytes]]]:
    """A server without TLS that takes AUTH and PING, refuses CONFIG, and notes what it hears."""
    lines: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _address = listening.accept()
            with connection, connection.makefile("rb") as asked:
                while header := asked.readline():
                    words = [asked.read(int(asked.readline()[1:]) + 2)[:-2] for _ in range(int(header[1:]))]
                    lines.append(b" ".join(words))
                    connection.sendall(b"-ERR no such parameter\r\n" if words[1:2] == [b"SET"] else b"+OK\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield Cache("c", "127.0.0.1", listening.getsockname()[1], False, "admin"), lines
        thread.join(60)


def test_commands_are_sent_as_the_clouds_own_user(heard: tuple[Cache, list[bytes]]) -> None:
    cache, lines = heard
    assert caches.call(cache, ["PING"]) == b"+OK"
    assert lines == [b"AUTH slipway admin", b"PING"]


def test_a_parameter_that_the_server_refuses_leaves_the_others(heard: tuple[Cache, list[bytes]]) -> None:
    cache, lines = heard
    caches.apply(cache, {"nonsense": "1", "databases": "16", "maxmemory-policy": "noeviction"})
    assert lines[1:] == [b"CONFIG SET nonsense 1", b"CONFIG SET maxmemory-policy noeviction"]


def test_a_refused_command_tells_the_servers_words(heard: tuple[Cache, list[bytes]]) -> None:
    with pytest.raises(caches.Refused, match="ERR no such parameter"):
        caches.call(heard[0], ["CONFIG", "SET", "nonsense", "1"])


def test_a_server_that_is_not_there_is_not_ready() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert not caches.is_ready(Cache("c", "127.0.0.1", free.getsockname()[1], False))


def test_files_of_a_server_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    files = made(monkeypatch, CACHE).files
    assert files["/slipway/ca.crt"] == File("authority")
    assert files["/slipway/server.crt"] == File("certificate of 172.30.128.2")
