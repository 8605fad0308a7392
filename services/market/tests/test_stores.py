"""Both APIs' own tests against real stores in containers, and tasks-api's image as a platform runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator

import pytest

from .conftest import BUNDLE, COMMAND_SECONDS, SYSTEM, Docker, wait_for

pytestmark = [pytest.mark.docker, pytest.mark.slow]

NOWHERE = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "CACHE_URL": "redis://127.0.0.1:1",
    "KEY_SET_URL": "http://127.0.0.1:1/jwks.json",
    "TOKEN_ISSUER": "http://market.test",
}


@pytest.fixture(scope="module")
def stores(docker: Docker) -> Iterator[dict[str, str]]:
    """Addresses of a Postgres and a Valkey, as the services' tests take them; gone afterwards."""
    marks = ["--label", "market-test", "--detach", "--rm"]
    password = uuid.uuid4().hex
    names = [f"market-test-{uuid.uuid4().hex[:12]}" for _ in range(2)]
    try:
        database = [
            *marks,
            "--name",
            names[0],
            "--env",
            f"POSTGRES_PASSWORD={password}",
            "--publish",
            "127.0.0.1::5432",
        ]
        docker("run", *database, "postgres:17-alpine", "postgres", "-c", "listen_addresses=*")
        cache = [*marks, "--name", names[1], "--publish", "127.0.0.1::6379"]
        docker("run", *cache, "valkey/valkey:8-alpine", "valkey-server", "--save", "", "--protected-mode", "no")
        ready = ("exec", names[0], "pg_isready", "--quiet", "--host", "127.0.0.1")
        wait_for("the database", lambda: docker(*ready, check=False).returncode == 0)
        wait_for("the cache", lambda: docker("exec", names[1], "valkey-cli", "ping", check=False).stdout == "PONG\n")
        at = {name: docker("port", name).stdout.split()[-1] for name in names}
        yield {
            "TEST_DATABASE_URL": f"postgres://postgres:{password}@{at[names[0]]}/postgres",
            "TEST_CACHE_URL": f"redis://{at[names[1]]}",
        }
    finally:
        docker("rm", "--force", "--volumes", *names, check=False)


@pytest.mark.parametrize(
    ("service", "passed"), [("tasks-api", r"^[0-9]+ passed in "), ("market-api", r"^. pass [1-9][0-9]*$")]
)
def test_an_api_passes_its_tests_on_real_stores(stores: dict[str, str], service: str, passed: str) -> None:
    command = [str(SYSTEM / "test.sh"), "stores", service]
    told = {**os.environ, **stores}
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    assert re.search(passed, done.stdout, re.MULTILINE), done.stdout[-2000:]


@pytest.fixture(scope="module")
def image(docker: Docker) -> str:
    secret = ["--secret", f"id=ca,src={BUNDLE}"] if BUNDLE.exists() else []
    docker("build", *secret, "--tag", "market-test/tasks-api", str(SYSTEM / "tasks-api"))
    return "market-test/tasks-api"


def test_the_image_serves_as_a_plain_user_on_a_read_only_root_and_ends_on_sigterm(image: str, docker: Docker) -> None:
    name = f"market-test-{uuid.uuid4().hex[:12]}"
    limits = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    told = [part for key, value in NOWHERE.items() for part in ("--env", f"{key}={value}")]
    health = ["--health-interval", "1s", "--health-timeout", "30s", "--health-retries", "100"]
    docker("run", "--detach", "--name", name, *limits, *told, *health, "--publish", "127.0.0.1::8000", image)
    try:
        wait_for("its health", lambda: _state(docker, name)["Health"]["Status"] == "healthy")
        address = docker("port", name, "8000/tcp").stdout.splitlines()[0]
        with urllib.request.urlopen(f"http://{address}/healthz", timeout=60) as answer:
            assert json.load(answer) == {"status": "ok"}
        assert docker("image", "inspect", "--format", "{{.Config.User}}", image).stdout == "1000:1000\n"
        docker("stop", "-t", "25", name)
        assert _state(docker, name)["ExitCode"] in {0, 143}  # 137 would be the engine's SIGKILL
    finally:
        docker("rm", "--force", "--volumes", name, check=False)


@pytest.mark.parametrize("module", ["src.migrate", "src.worker", "src.main"])
def test_each_command_of_the_image_says_in_one_line_what_it_lacks(image: str, docker: Docker, module: str) -> None:
    done = docker("run", "--rm", "--read-only", image, "python", "-m", module, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    assert (done.returncode, len(lines)) == (1, 1)
    assert "DATABASE_SECRET_ARN or DATABASE_URL: one of them is needed" in json.loads(lines[0])["message"]


def _state(docker: Docker, name: str) -> dict:
    return json.loads(docker("inspect", "--format", "{{json .State}}", name).stdout)
