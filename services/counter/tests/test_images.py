"""The images as a platform runs them: read-only, without privileges, ended by SIGTERM."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import SYSTEM, Docker

pytestmark = [pytest.mark.docker, pytest.mark.slow]

BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
"""The machine's certificates: a build behind a TLS-inspecting network needs them."""
BASES = {"backend": "python:3.13-slim", "frontend": "node:24-slim"}
PORTS = {"backend": "8000", "frontend": "3000"}
PATIENCE_SECONDS = 180


def build(docker: Docker, service: str, context: Path, tag: str) -> str:
    """Build the service's image from a folder; returns the log."""
    base = BASES[service]
    if docker("image", "inspect", base, check=False).returncode and docker("pull", base, check=False).returncode:
        pytest.skip(f"the base image {base} is not on the engine and cannot be pulled")
    secret = ["--secret", f"id=ca,src={BUNDLE}"] if BUNDLE.exists() else []
    done = docker("build", "--progress", "plain", *secret, "--tag", tag, str(context))
    return done.stdout + done.stderr


def wait_until_healthy(docker: Docker, container: str) -> None:
    """Wait for the image's own health check, as the engine runs it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        state = json.loads(docker("inspect", "--format", "{{json .State}}", container).stdout)
        if state["Health"]["Status"] == "healthy":
            return
        if not state["Running"] or time.monotonic() > deadline:
            raise AssertionError(f"not healthy: {state}\n{docker('logs', container, check=False).stdout}")
        time.sleep(0.2)


@pytest.fixture(scope="module", params=["backend", "frontend"])
def service(request: pytest.FixtureRequest, docker: Docker) -> str:
    """A service whose image is built, as `counter-test/<service>`."""
    name = str(request.param)
    build(docker, name, SYSTEM / name, f"counter-test/{name}")
    return name


@pytest.fixture
def container(service: str, docker: Docker) -> Iterator[str]:
    """The service running as a platform runs it; gone afterwards."""
    name = f"counter-test-{uuid.uuid4().hex[:12]}"
    limits = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    publish = ["--publish", f"127.0.0.1::{PORTS[service]}"]
    health = ["--health-interval", "1s", "--health-timeout", "30s", "--health-retries", "100"]
    docker("run", "--detach", "--name", name, *limits, *publish, *health, f"counter-test/{service}")
    try:
        wait_until_healthy(docker, name)
        yield name
    finally:
        docker("rm", "--force", "--volumes", name, check=False)


def test_it_serves_as_a_plain_user_on_a_read_only_root(container: str, service: str, docker: Docker) -> None:
    address = docker("port", container, f"{PORTS[service]}/tcp").stdout.splitlines()[0]
    with urllib.request.urlopen(f"http://{address}/healthz", timeout=PATIENCE_SECONDS) as answer:
        assert json.load(answer) == {"status": "ok"}
    assert docker("exec", container, "id", "-u").stdout == "1000\n"
    assert docker("image", "inspect", "--format", "{{.Config.User}}", f"counter-test/{service}").stdout == "1000:1000\n"


def test_it_ends_by_itself_on_sigterm(container: str, docker: Docker) -> None:
    """137 would be the engine's SIGKILL after the 25 seconds, 30 of which ECS gives."""
    docker("stop", "-t", "25", container)
    assert docker("inspect", "--format", "{{.State.ExitCode}}", container).stdout in {"0\n", "143\n"}


def test_a_changed_source_line_installs_nothing_again(docker: Docker, tmp_path: Path) -> None:
    context = tmp_path / "backend"
    ignored = shutil.ignore_patterns(".venv", ".*_cache", "__pycache__", "tests")
    shutil.copytree(SYSTEM / "backend", context, ignore=ignored)
    build(docker, "backend", context, "counter-test/changed")
    with (context / "counter/app.py").open("a") as source:
        source.write(f"\n# {uuid.uuid4()}\n")
    try:
        log = build(docker, "backend", context, "counter-test/changed")
    finally:
        docker("rmi", "--force", "counter-test/changed", check=False)
    steps = [line.split(" ", 1) for line in log.splitlines() if line.startswith("#") and " " in line]
    cached = {number for number, text in steps if text == "CACHED"}
    install = {number for number, text in steps if "uv sync" in text}
    copy = {number for number, text in steps if text.endswith("COPY counter counter")}
    assert install
    assert install <= cached
    assert copy
    assert not copy & cached


def test_the_compose_file_is_valid(docker: Docker) -> None:
    if docker("compose", "version", check=False).returncode:
        pytest.skip("docker compose is missing: install Docker's compose plugin")
    shown = json.loads(docker("compose", "--file", str(SYSTEM / "compose.yaml"), "config", "--format", "json").stdout)
    assert sorted(shown["services"]) == ["backend", "frontend", "proxy"]
    assert [port["host_ip"] for port in shown["services"]["proxy"]["ports"]] == ["127.0.0.1"]
    assert "ports" not in shown["services"]["backend"]
