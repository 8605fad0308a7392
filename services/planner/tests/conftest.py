"""What the tests of the whole system need: an engine, the compose plugin, and the system, running once for all."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

SYSTEM = Path(__file__).parents[1]
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
"""The machine's certificates: a build behind a TLS-inspecting network needs them."""
PATIENCE_SECONDS = 240
COMMAND_SECONDS = 900

Docker = Callable[..., "subprocess.CompletedProcess[str]"]


def _run(command: list[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    told = {**os.environ, "DOCKER_BUILDKIT": "1", **(environment or {})}
    return subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS)


def _client() -> str | None:
    """The first docker on PATH that can hand secrets to a build."""
    for folder in os.get_exec_path():
        candidate = Path(folder, "docker")
        if os.access(candidate, os.X_OK) and "--secret" in _run([str(candidate), "build", "--help"]).stdout:
            return str(candidate)
    return None


@pytest.fixture(scope="session")
def docker() -> Docker:
    """Run a docker command: `docker("ps", "-q")`, with `check=False` to look at a failure."""
    client = _client()
    if client is None:
        pytest.skip("no docker client with BuildKit on PATH")

    def run(*arguments: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        done = _run([client, *arguments], environment)
        if check and done.returncode != 0:
            raise AssertionError(f"docker {' '.join(arguments)} failed:\n{done.stdout[-5000:]}\n{done.stderr[-5000:]}")
        return done

    if run("version", check=False).returncode != 0:
        pytest.skip("no Docker engine answers: start one, or set DOCKER_HOST")
    for base in ("python:3.13-slim", "node:24-slim", "postgres:17-alpine"):
        if run("image", "inspect", base, check=False).returncode and run("pull", base, check=False).returncode:
            pytest.skip(f"the base image {base} is not on the engine and cannot be pulled")
    return run


HELD: list[socket.socket] = []


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody else is given until this process ends: held by being bound, which lets listen."""
    for _ in range(count):
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        HELD.append(held)
    return [held.getsockname()[1] for held in HELD[-count:]]


@dataclass
class Answer:
    """An answer of the system."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(url: str, method: str = "GET", body: object = None, headers: dict[str, str] | None = None) -> Answer:
    """The answer to a request; an OSError when there is none."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
    told = {"content-type": "application/json"} | (headers or {})
    request = urllib.request.Request(url, data, told, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def wait_for(what: str, condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until the condition holds."""
    began = time.monotonic()
    while True:
        with contextlib.suppress(OSError):
            if condition():
                return
        if time.monotonic() - began > seconds:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.2)


@dataclass
class Planner:
    """The system under compose."""

    docker: Docker
    project: str
    environment: dict[str, str]

    @property
    def site(self) -> str:
        return f"http://localhost:{self.environment['PLANNER_PORT']}"

    def compose(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a compose command on the system."""
        project = ("--file", str(SYSTEM / "compose.yaml"), "--project-name", self.project)
        return self.docker("compose", *project, *arguments, check=check, **self.environment)

    def sign_in(self) -> dict[str, str]:
        """Headers of a new user."""
        email, password = f"{uuid.uuid4().hex}@example.com", f"Aa1!{uuid.uuid4().hex}"
        config = ask(f"{self.site}/config.json").json
        client = config["userPoolClientId"]
        code = (
            "import boto3, sys\n"
            "pool, name, password = sys.argv[1:]\n"
            "c = boto3.client('cognito-idp')\n"
            "attributes = [{'Name': 'email', 'Value': name}, {'Name': 'email_verified', 'Value': 'true'}]\n"
            "c.admin_create_user(UserPoolId=pool, Username=name, UserAttributes=attributes, MessageAction='SUPPRESS')\n"
            "c.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)\n"
            f"auth = {{'USERNAME': name, 'PASSWORD': password}}\n"
            f"flow = dict(UserPoolId=pool, ClientId='{client}', AuthFlow='ADMIN_USER_PASSWORD_AUTH')\n"
            "c.update_user_pool_client(UserPoolId=pool, ClientId=flow['ClientId'], ExplicitAuthFlows=["
            "'ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'])\n"
            "print(c.admin_initiate_auth(AuthParameters=auth, **flow)['AuthenticationResult']['IdToken'])\n"
        )
        arguments = ("-T", "api", "python", "-c", code, config["userPoolId"], email, password)
        token = self.compose("exec", *arguments).stdout.strip().splitlines()[-1]
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="session")
def planner(docker: Docker) -> Iterator[Planner]:
    """The system, built and running on free ports, gone with its data afterwards."""
    if docker("compose", "version", check=False).returncode:
        pytest.skip("docker compose is missing: install Docker's compose plugin")
    names = ("PLANNER_PORT", "CLOUD_PORT", "API_PORT")
    environment = {name: str(port) for name, port in zip(names, free_ports(3), strict=True)}
    environment["CA_BUNDLE"] = str(BUNDLE) if BUNDLE.exists() else "/dev/null"
    system = Planner(docker, f"planner-test-{uuid.uuid4().hex[:8]}", environment)
    try:
        system.compose("build")
        started = system.compose("up", "--detach", "--wait", "web", "scan", check=False)
        if started.returncode:
            logs = system.compose("logs", "--tail", "20", check=False).stdout
            raise AssertionError(f"the system does not start:\n{started.stderr[-3000:]}\n{logs[-8000:]}")
        yield system
    finally:
        system.compose("down", "--volumes", "--remove-orphans", "--timeout", "10", check=False)
        project = f"label=com.docker.compose.project={system.project}"
        images = docker("image", "ls", "--quiet", "--filter", project, check=False).stdout.split()
        if images:
            docker("rmi", "--force", *sorted(set(images)), check=False)
