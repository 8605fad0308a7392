"""Valkey for ElastiCache: made with TLS, the users of its user groups, and the values of its parameter group."""

import contextlib
import hashlib
import logging
import re
import secrets
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from . import authority
from .servers import FOLDER, File, Server, Servers
from .settings import SETTINGS

logger = logging.getLogger("slipway.caches")

DATA = "/data"
ADMIN = "slipway"
"""The user by which the cloud sets parameters and loads users again."""
CONNECT_SECONDS = 10
EVERYTHING = "~* &* +@all"
MEGABYTE = 1 << 20
NODE_MEGABYTES = {"micro": 384, "small": 1024, "medium": 2048}
LARGEST_MEGABYTES = 4096
ACCESS_WORD = re.compile(
    r"on|off|allkeys|resetkeys|allchannels|resetchannels|allcommands|nocommands|clearselectors|[~&]\S+|%[RW]+~\S+|[+-]\S+"
)
OF_AWS = ("reserved-memory", "reserved-memory-percent", "cluster-enabled", "cluster-mode", "databases")
"""Parameters that AWS's own service heeds, or that only a start could change."""


class Refused(Exception):
    """The server does not take a command; the text is its answer."""


@dataclass(frozen=True)
class Cache:
    """What is known of a replication group's server."""

    name: str
    address: str
    port: int
    tls: bool
    admin_password: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)


@dataclass(frozen=True)
class User:
    """A user as the server knows one."""

    name: str
    access: str
    passwords: Sequence[str] = ()
    """In clear; none: no password is asked."""


def image(engine: str, version: str) -> str:
    """Return the image for an engine, `valkey` or `redis`, and a version such as `8.0`."""
    major = version.split(".")[0]
    return f"valkey/valkey:{major}-alpine" if engine == "valkey" else f"redis:{major}-alpine"


def start(
    servers: Servers, cache: Cache, image_name: str, users: Iterable[User], node_type: str, keeps_data: bool
) -> None:
    """Make and start the server; it is ready when `call` is answered."""
    certificate, key = authority.issue(cache.address)
    settings = {
        "port": str(0 if cache.tls else cache.port),
        "aclfile": f"/{FOLDER}/users.acl",
        "appendonly": "yes" if keeps_data else "no",
        "save": '""',
        "dir": DATA,
        "maxmemory": str(memory(node_type) * MEGABYTE),
    }
    if cache.tls:
        settings |= {
            "tls-port": str(cache.port),
            "tls-cert-file": f"/{FOLDER}/server.crt",
            "tls-key-file": f"/{FOLDER}/server.key",
            "tls-ca-cert-file": f"/{FOLDER}/ca.crt",
            "tls-auth-clients": "no",
        }
    program = "valkey-server" if "valkey" in image_name else "redis-server"
    servers.start(
        Server(
            service="elasticache",
            name=cache.name,
            image=image_name,
            address=cache.address,
            command=(program, f"/{FOLDER}/server.conf"),
            data=DATA,
            files={
                f"/{FOLDER}/server.conf": File("".join(f"{name} {value}\n" for name, value in settings.items())),
                f"/{FOLDER}/server.crt": File(certificate),
                f"/{FOLDER}/server.key": File(key),
                f"/{FOLDER}/ca.crt": File(authority.certificate()),
                f"/{FOLDER}/users.acl": File(user_file(cache, users)),
            },
        )
    )


def memory(node_type: str) -> int:
    """Return the megabytes that a server of a node type such as `cache.t4g.micro` may use here."""
    return NODE_MEGABYTES.get(node_type.rsplit(".", 1)[-1], LARGEST_MEGABYTES)


def user_file(cache: Cache, users: Iterable[User]) -> str:
    """Return the server's file of users; who is not in it, `default` too, does not come in."""
    admin = User(ADMIN, f"on {EVERYTHING}", [cache.admin_password])
    lines = {user.name: user_line(user) for user in (User("default", "off"), *users, admin)}
    return "\n".join(lines.values()) + "\n"


def user_line(user: User) -> str:
    """Return a user's line: passwords by their hash."""
    hashes = [f"#{hashlib.sha256(password.encode()).hexdigest()}" for password in user.passwords]
    words = user.access.split()
    allowed = "on" if words[:1] == ["on"] else "off"
    rest = [word for word in words if word not in ("on", "off")]
    return " ".join(["user", user.name, allowed, *(hashes or ["nopass"]), *rest])


def set_users(servers: Servers, cache: Cache, users: Iterable[User]) -> None:
    """Replace the users; connections of those that changed are closed by the server."""
    servers.put(cache.name, {f"/{FOLDER}/users.acl": File(user_file(cache, users))})
    call(cache, ["ACL", "LOAD"])


def apply(cache: Cache, values: Mapping[str, str]) -> None:
    """Set parameters; what the server does not know or refuses is told in the log and left as it was."""
    with _connection(cache) as connection:
        for name, value in values.items():
            if name in OF_AWS:
                continue
            try:
                connection.call("CONFIG", "SET", name, value)
            except Refused as refused:
                logger.warning("%s: %s = %s is not applied: %s", cache.name, name, value, refused)


def is_ready(cache: Cache) -> bool:
    """Say whether the server answers."""
    try:
        call(cache, ["PING"])
    except (OSError, Refused):
        return False
    return True


def call(cache: Cache, words: Sequence[str]) -> bytes:
    """Send one command as the cloud's own user; return the first line of the answer. Raises OSError, Refused."""
    with _connection(cache) as connection:
        return connection.call(*words)


class _Connection:
    """The little of the server's protocol that is needed here: commands out, one line back."""

    def __init__(self, stream: socket.socket, answers: IO[bytes]) -> None:
        self._stream = stream
        self._answers = answers

    def call(self, *words: str) -> bytes:
        parts = b"".join(b"$%d\r\n%b\r\n" % (len(word.encode()), word.encode()) for word in words)
        self._stream.sendall(b"*%d\r\n%b" % (len(words), parts))
        line = self._answers.readline().rstrip()
        if not line:
            raise ConnectionResetError("the server hung up")
        if line.startswith(b"-"):
            raise Refused(line[1:].decode(errors="replace"))
        return line


@contextlib.contextmanager
def _connection(cache: Cache) -> Iterator[_Connection]:
    with contextlib.ExitStack() as open_things:
        stream = open_things.enter_context(socket.create_connection((cache.address, cache.port), CONNECT_SECONDS))
        if cache.tls:
            context = ssl.create_default_context(cadata=authority.certificate())
            stream = open_things.enter_context(context.wrap_socket(stream, server_hostname=cache.address))
        connection = _Connection(stream, open_things.enter_context(stream.makefile("rb")))
        connection.call("AUTH", ADMIN, cache.admin_password)
        yield connection


def is_access_string(text: str) -> bool:
    """Say whether a text is an access string: words of the server's rules, none about passwords."""
    return all(ACCESS_WORD.fullmatch(word) for word in text.split()) and bool(text.strip())


def server_name(account: str, region: str, identity: str) -> str:
    """Return the name of a replication group's container and volume."""
    return f"{SETTINGS.instance}-cache-{account}-{region}-{identity}"
