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
BASES = ("python:3.13-slim", "node:24-slim")
DYNAMODB = "amazon/dynamodb-local:2.6.1"
PATIENCE_SECONDS = 240
COMMAND_SECONDS = 1200

Docker = Callable[..., "subprocess.CompletedProcess[str]"]


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
    for base in BASES:
        if run("image", "inspect", base, check=False).returncode and run("pull", base, check=False).returncode:
            pytest.skip(f"the base image {base} is not on the engine and cannot be pulled")
    return run


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    told = {**os.environ, "DOCKER_BUILDKIT": "1", **environment}
    return subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS)


def _client() -> str | None:
    """The first docker on PATH that can hand secrets to a build."""
    for folder in os.get_exec_path():
        candidate = Path(folder, "docker")
        if os.access(candidate, os.X_OK) and "--secret" in _run([str(candidate), "build", "--help"], {}).stdout:
            return str(candidate)
    return None


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
    data = json.dumps(body).encode() if body is not None else None
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
class Ewelists:
    """The system under compose."""

    docker: Docker
    project: str
    environment: dict[str, str]

    @property
    def page(self) -> str:
        """The address of the page, and under /api of the API."""
        return f"http://127.0.0.1:{self.environment['EWELISTS_PORT']}"

    @property
    def aws(self) -> str:
        return f"http://127.0.0.1:{self.environment['AWS_PORT']}"

    def compose(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a compose command on the system."""
        project = ("--file", str(SYSTEM / "compose.yaml"), "--project-name", self.project)
        return self.docker("compose", *project, *arguments, check=check, **self.environment)

    def sign_up(self, name: str) -> tuple[str, dict[str, str]]:
        """The address and the headers of somebody new."""
        email = f"{name.lower()}-{uuid.uuid4().hex[:8]}@example.com"
        config = ask(f"{self.page}/config.json").json
        password = f"Aa1-{uuid.uuid4().hex}"
        attributes = [{"Name": "email", "Value": email}, {"Name": "name", "Value": name}]
        known = {"ClientId": config["userPoolClientId"], "Username": email}
        self.cognito("SignUp", known | {"Password": password, "UserAttributes": attributes})
        self.cognito("ConfirmSignUp", known | {"ConfirmationCode": "123456"})
        # The page signs in by SRP; who runs the pool may do it by a password.
        signed = {"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "UserPoolId": config["userPoolId"]}
        signed |= {"ClientId": config["userPoolClientId"], "AuthParameters": {"USERNAME": email, "PASSWORD": password}}
        token = self.cognito("AdminInitiateAuth", signed)["AuthenticationResult"]["IdToken"]
        return email, {"Authorization": f"Bearer {token}"}

    def cognito(self, operation: str, body: dict[str, Any]) -> Any:
        """A call of Cognito, unsigned as the page's."""
        target = f"AWSCognitoIdentityProviderService.{operation}"
        headers = {"x-amz-target": target, "content-type": "application/x-amz-json-1.1"}
        answer = ask(self.aws, "POST", body, headers)
        assert answer.status == 200, (operation, answer.body)
        return answer.json


@pytest.fixture(scope="session")
def ewelists(docker: Docker) -> Iterator[Ewelists]:
    """The system, built and running on free ports, gone with its data afterwards."""
    if docker("compose", "version", check=False).returncode:
        pytest.skip("docker compose is missing: install Docker's compose plugin")
    names = ("EWELISTS_PORT", "AWS_PORT", "API_PORT")
    environment = {name: str(port) for name, port in zip(names, free_ports(3), strict=True)}
    environment["CA_BUNDLE"] = str(BUNDLE) if BUNDLE.exists() else "/dev/null"
    system = Ewelists(docker, f"ewelists-test-{uuid.uuid4().hex[:8]}", environment)
    try:
        system.compose("build")
        if (
            docker("image", "inspect", DYNAMODB, check=False).returncode
            and docker("pull", DYNAMODB, check=False).returncode
        ):
            # Where no registry has it, the emulator's own table stands in for DynamoDB Local.
            environment["DYNAMODB_IMAGE"] = f"{system.project}-aws"
        started = system.compose("up", "--detach", "--wait", "web", check=False)
        if started.returncode:
            logs = system.compose("logs", "--tail", "40", check=False).stdout
            raise AssertionError(f"the system does not start:\n{started.stderr[-3000:]}\n{logs[-8000:]}")
        yield system
    finally:
        system.compose("down", "--volumes", "--remove-orphans", "--timeout", "10", check=False)
        project = f"label=com.docker.compose.project={system.project}"
        images = docker("image", "ls", "--quiet", "--filter", project, check=False).stdout.split()
        if images:
            docker("rmi", "--force", *sorted(set(images)), check=False)
