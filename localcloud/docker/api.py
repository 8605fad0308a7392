"""The engine's HTTP API over its socket, with time-outs on every step."""

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlsplit

SECONDS = 2.0
LOOPBACK_NAMES = {"127.0.0.1", "localhost", "::1"}


class ApiError(Exception):
    """The engine answered with an error: `status` is HTTP's, the text the engine's message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket instead of a host."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def is_local(host: str) -> bool:
    """Say whether DOCKER_HOST's value names an engine of this machine that we can speak to."""
    parts = urlsplit(host)
    return parts.scheme == "unix" or (parts.scheme == "tcp" and parts.hostname in LOOPBACK_NAMES)


def call(host: str, path: str, method: str = "GET", seconds: float | None = None) -> Any:
    """Return the engine's decoded answer (None when it has no body).

    Raises OSError or http.client.HTTPException when no engine answers, ApiError when it refuses.
    """
    parts = urlsplit(host)
    patience = SECONDS if seconds is None else seconds
    connection: http.client.HTTPConnection
    if parts.scheme == "unix":
        connection = _SocketConnection(parts.path, patience)
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 2375, timeout=patience)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status >= 400:
        raise ApiError(response.status, body.decode(errors="replace").strip())
    return json.loads(body) if body else None


def answers(host: str) -> bool:
    """Say whether an engine answers there now."""
    try:
        call(host, "/version")
    except (OSError, http.client.HTTPException, ApiError, ValueError):
        return False
    return True
