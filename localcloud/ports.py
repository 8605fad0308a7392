"""Ports on loopback: the same ones at every start as long as they are free."""

import json
import socket

from localcloud import home

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Say whether a server could listen on the loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def remembered(name: str, preferred: int) -> int:
    """Return a free loopback port for `name`: the one of last time, else the preferred one, else any."""
    path = home.file("ports.json")
    known: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    for port in (known.get(name, preferred), preferred):
        if is_free(port):
            break
    else:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port = probe.getsockname()[1]
    if known.get(name) != port:
        home.write(path, json.dumps({**known, name: port}, indent=2))
    return port
