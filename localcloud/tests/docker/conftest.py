"""Engines for the tests: one that only pretends, over a real socket, and a real one in a home of its own."""

import io
import json
import os
import re
import shutil
import socketserver
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from localcloud import docker
from localcloud.docker import client, daemon, engine, root

TINY = "tiny:test"
BRIDGE = {"IPAM": {"Config": [{"Subnet": "172.30.0.0/16", "Gateway": "172.30.0.1"}]}}


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    answers: dict[str, Any]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        answer = self.server.answers.get(self.path)
        body = json.dumps(answer if answer is not None else {"message": "no such thing"}).encode()
        self.send_response(200 if answer is not None else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Stay quiet."""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own under a short path, no engine asked for, and no engine of the system."""
    folder = Path(tempfile.mkdtemp(prefix="slw", dir="/tmp"))
    monkeypatch.setenv("LOCALCLOUD_HOME", str(folder))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr(engine, "SYSTEM_SOCKET", f"unix://{folder}/system.sock")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def pretend(home: Path) -> Iterator[Callable[..., str]]:
    """Start a server that speaks like an engine at `home/NAME.sock`, and return its DOCKER_HOST."""
    servers = []

    def start(name: str = "system", version: str = "24.0.7", speaks: str = "1.43", bridge: Any = BRIDGE) -> str:
        path = home / f"{name}.sock"
        server = _Server(str(path), _Handler)
        server.answers = {"/version": {"Version": version, "ApiVersion": speaks}, "/networks/bridge": bridge}
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return f"unix://{path}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def good_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that can build, whatever this machine has."""
    monkeypatch.setattr(client, "find", lambda: client.Client("/opt/docker", "20.10.24", True))


@pytest.fixture
def own_engine(home: Path) -> Iterator[docker.DockerEngine]:
    """A real engine of our own with the tiny image; ended afterwards."""
    if root.prefix() is None or root.which("dockerd") is None:
        pytest.skip("an engine of one's own needs root and dockerd")
    try:
        daemon.start()
        own = engine.examine(daemon.host())
        _load_tiny(own)
        yield own
    finally:
        docker.stop()
        root.run("rm", "-rf", str(home / "docker"))


def _load_tiny(own: docker.DockerEngine) -> None:
    """Import an image of bash and sleep with the libraries they need, taken from this machine."""
    files = {}
    for program in ("bash", "sleep"):
        path = os.path.realpath(shutil.which(program) or program)
        files[f"bin/{program}"] = path
        listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
        files |= {library.lstrip("/"): os.path.realpath(library) for library in re.findall(r"(/\S+)", listed)}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, path in files.items():
            archive.add(path, name)
    done = subprocess.run(
        [own.client, "import", "-", TINY],
        input=packed.getvalue(),
        env=own.environment(),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
