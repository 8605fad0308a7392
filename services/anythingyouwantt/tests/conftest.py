"""What the tests of the whole system need: a Docker engine with compose, and a way to run this system on it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

SYSTEM = Path(__file__).parents[1]
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
"""The machine's certificates: a build behind a TLS-inspecting network needs them."""
BASES = ("node:24-slim", "nginx:alpine", "postgres:17-alpine", "valkey/valkey:8-alpine")
PATIENCE_SECONDS = 180

Found = TypeVar("Found")


@dataclass
class Project:
    """One compose project of this system, under a name and on ports of its own."""

    client: str
    files: tuple[Path, ...]
    environment: dict[str, str]
    name: str = field(default_factory=lambda: f"anythingyouwantt-test-{uuid.uuid4().hex[:8]}")

    def compose(self, *arguments: str, check: bool = True) -> str:
        """Run docker compose and give its output; AssertionError with all of it when it fails."""
        chosen = [word for file in self.files for word in ("--file", str(file))]
        done = run([self.client, "compose", "--project-name", self.name, *chosen, *arguments], self.environment)
        if check and done.returncode != 0:
            raise AssertionError(f"docker compose {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def docker(self, *arguments: str) -> str:
        done = run([self.client, *arguments], {})
        if done.returncode != 0:
            raise AssertionError(f"docker {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def container(self, service: str) -> str:
        return self.compose("ps", "--all", "--quiet", service).strip()

    @contextmanager
    def up(self, *services: str) -> Iterator[Project]:
        """The project built, started and healthy; nothing of it is left afterwards."""
        try:
            self.compose("build", "--quiet")
            self.compose("up", "--detach", "--wait", "--wait-timeout", "600", *services)
            yield self
        except AssertionError as error:
            logs = self.compose("logs", "--no-color", "--tail", "40", check=False)
            raise AssertionError(f"{error}\n{logs}") from error
        finally:
            self.compose("down", "--volumes", "--remove-orphans", "--rmi", "local", "--timeout", "5", check=False)

    def call(
        self, path: str, body: Any = None, *, raw: bytes | None = None, method: str | None = None
    ) -> tuple[int, Any]:
        """One call of the page's address: the status, and the body's JSON where there is some."""
        data = json.dumps(body).encode() if body is not None else raw
        address = f"http://127.0.0.1:{self.environment['PORT']}{path}"
        headers = {"content-type": "application/json"} if data is not None else {}
        request = urllib.request.Request(address, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, _json(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, _json(error.read())

    def order(self, product: str, quantity: int, email: str) -> str:
        """Place an order for the named product; its id."""
        products = {found["name"]: found["id"] for found in self.call("/api/products")[1]["products"]}
        status, order = self.call("/api/orders", {"productId": products[product], "quantity": quantity, "email": email})
        assert (status, order["status"]) == (201, "pending")
        return str(order["id"])

    def settled(self, order: str) -> dict[str, Any]:
        """The order once it is no longer pending."""

        def look() -> dict[str, Any] | None:
            status, found = self.call(f"/api/orders/{order}")
            return found if status == 200 and found["status"] != "pending" else None

        return eventually(look)

    def mails(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.environment['MAIL_PORT']}/messages", timeout=60) as answer:
            return list(json.load(answer)["messages"])


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def eventually(look: Callable[[], Found | None], seconds: float = PATIENCE_SECONDS) -> Found:
    """What `look` gives, as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None:
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.25)


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    full = {**os.environ, "DOCKER_BUILDKIT": "1", **environment}
    return subprocess.run(command, env=full, capture_output=True, text=True, check=False, timeout=900)


HELD: list[socket.socket] = []


def free_ports(count: int) -> list[str]:
    """Ports of loopback that nobody else is given until this process ends: held by being bound, which lets listen."""
    for _ in range(count):
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        HELD.append(held)
    return [str(held.getsockname()[1]) for held in HELD[-count:]]


@pytest.fixture(scope="session")
def client() -> str:
    """A docker client with compose and an engine that has, or can pull, the bases."""
    for folder in os.get_exec_path():
        found = str(Path(folder, "docker"))
        if os.access(found, os.X_OK) and run([found, "compose", "version"], {}).returncode == 0:
            break
    else:
        pytest.skip("docker compose is missing: install Docker's compose plugin")
    if run([found, "version"], {}).returncode != 0:
        pytest.skip("no Docker engine answers: start one, or set DOCKER_HOST")
    for base in BASES:
        if run([found, "image", "inspect", base], {}).returncode and run([found, "pull", base], {}).returncode:
            pytest.skip(f"the base image {base} is not on the engine and cannot be pulled")
    return found


def common() -> dict[str, str]:
    """The environment of every project."""
    names = ("PORT", "MAIL_PORT", "POSTGRES_PORT", "QUEUE_PORT", "REST_API_DEBUG_PORT", "MAIL_SERVICE_DEBUG_PORT")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    return {**ports, "BIND": "127.0.0.1", "VERSION": "test", **({"CA_BUNDLE": str(BUNDLE)} if BUNDLE.exists() else {})}
