"""What every base image promises, upstream or stand-in: run for real in the engine of this machine.

Not proven: that a stand-in behaves like the upstream image beyond what is listed here.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localcloud import docker, home, images
from localcloud.images import bases, standins

pytestmark = [pytest.mark.docker, pytest.mark.slow]

ALL = bases.load().choose()
WITH_SHELL = [base for base in ALL if base.shell]
COLLECTOR = "otel/opentelemetry-collector-contrib:0.153.0"
WHEEL = """
import zipfile
with zipfile.ZipFile("/tmp/tiny-1-py3-none-any.whl", "w") as wheel:
    wheel.writestr("tiny.py", "value = 1000")
    wheel.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
    wheel.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("tiny-1.dist-info/RECORD", "")
"""


@pytest.fixture(scope="module")
def engine() -> docker.DockerEngine:
    """The engine of this machine with all base images."""
    found = docker.ensure()
    if found is None:
        pytest.skip("no Docker engine: " + "; ".join(docker.explain()))
    images.ensure(found)
    return found


def run(engine: docker.DockerEngine, *arguments: str) -> str:
    done = engine.run("run", "--rm", *arguments, seconds=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("base", WITH_SHELL, ids=lambda base: base.name)
def test_paths_and_users_are_there(engine: docker.DockerEngine, base: bases.Base) -> None:
    checks = "; ".join(f"[ -e {path} ] || echo missing {path}" for path in base.paths)
    assert run(engine, "--entrypoint", "sh", base.name, "-c", checks) == ""
    listed = run(engine, "--entrypoint", "cat", base.name, "/etc/passwd").splitlines()
    users = {int(line.split(":")[2]): line.split(":")[0] for line in listed}
    assert {uid: users.get(uid) for uid in base.users} == dict(base.users)


@pytest.mark.parametrize("base", WITH_SHELL, ids=lambda base: base.name)
def test_user_1000_belongs_to_the_application(engine: docker.DockerEngine, base: bases.Base) -> None:
    listed = run(engine, "--entrypoint", "cat", base.name, "/etc/passwd").splitlines()
    users = {int(line.split(":")[2]): line.split(":")[0] for line in listed}
    assert users.get(1000) == base.users.get(1000)
    assert run(engine, "--user", "1000", "--entrypoint", "id", base.name, "-u") == "1000"


@pytest.mark.parametrize("base", ALL, ids=lambda base: base.name)
def test_the_label_tells_a_stand_in(engine: docker.DockerEngine, base: bases.Base) -> None:
    found = images.status(engine, [base.name])[0]
    inspected = engine.run("image", "inspect", base.name)
    labels = json.loads(inspected.stdout)[0]["Config"]["Labels"] or {}
    assert found.ready
    assert labels.get(standins.SOURCE_LABEL) == (standins.STAND_IN if found.source == "stand-in" else None)


@pytest.mark.parametrize("base", WITH_SHELL, ids=lambda base: base.name)
def test_no_package_lists_and_no_machines_settings_are_left_in_it(
    engine: docker.DockerEngine, base: bases.Base
) -> None:
    leftovers = (
        "find /var/lib/apt/lists /etc/apt/apt.conf.d/90machine /run/secrets -type f -size +0 2>/dev/null || true"
    )
    assert run(engine, "--entrypoint", "sh", base.name, "-c", leftovers) == ""


def test_the_collector_reads_the_configurations_of_this_repository_and_refuses_what_it_does_not_know(
    engine: docker.DockerEngine, tmp_path: Path
) -> None:
    ours = ("platform/collector/collector.yaml", "market/observability/collector.yaml")
    configurations = [(home.REPOSITORY / "services" / name).read_text() for name in ours]
    wrong = configurations[0].replace("exporters: [awsxray]", "exporters: [nowhere]")
    for number, (text, code) in enumerate([*((text, 0) for text in configurations), (wrong, 1)]):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text)
        file.chmod(0o644)
        container = ("create", "--env", "SCRAPE_TARGETS=[]", "--env", "VERBOSITY=basic", COLLECTOR)
        made = engine.run(*container, "validate", "--config=/config.yaml").stdout.strip()
        try:
            assert engine.run("cp", str(file), f"{made}:/config.yaml").returncode == 0
            done = engine.run("start", "--attach", made, seconds=120)
            assert (done.returncode, "nowhere" in done.stderr) == (code, code == 1), done.stdout + done.stderr
        finally:
            engine.run("rm", "--force", made)


def test_python_makes_virtual_environments_as_any_user(engine: docker.DockerEngine) -> None:
    check = "/tmp/v/bin/pip --version >&2 && /tmp/v/bin/python -c 'import sys, ssl; print(sys.prefix)'"
    script = f"python3 -m venv /tmp/v && {check}"
    assert run(engine, "--user", "1000", "--network", "none", "python:3.13-slim", "sh", "-c", script) == "/tmp/v"
    version = run(engine, "python:3.13-slim", "python", "-c", "import sys; print(sys.version_info[:2])")
    assert version == "(3, 13)"


def test_pip_installs_into_the_image_without_being_refused(engine: docker.DockerEngine) -> None:
    script = (
        f"python3 -c '{WHEEL}' && pip install --quiet --no-index /tmp/tiny-1-py3-none-any.whl >&2"
        " && python3 -c 'import tiny; print(tiny.value)'"
    )
    assert run(engine, "--network", "none", "python:3.13-slim", "sh", "-c", script) == "1000"


def test_python_knows_certificate_authorities(engine: docker.DockerEngine) -> None:
    script = "import ssl; print(len(ssl.create_default_context().get_ca_certs()) > 50)"
    assert run(engine, "python:3.13-slim", "python", "-c", script) == "True"


def test_node_is_version_24_with_npm_as_any_user(engine: docker.DockerEngine) -> None:
    script = "node -p 'process.versions.node.split(`.`)[0]' && npm --version && npx --version"
    major, npm, npx = run(engine, "--user", "1000", "--network", "none", "node:24-slim", "sh", "-c", script).split()
    assert major == "24"
    assert int(npm.split(".")[0]) >= 11
    assert npx == npm


@pytest.fixture
def nginx(engine: docker.DockerEngine) -> Iterator[str]:
    """A running nginx whose one site comes from a template."""
    made = engine.run("create", "-e", "GREETING=hello", "nginx:alpine")
    assert made.returncode == 0, made.stderr
    container = made.stdout.strip()
    try:
        yield container
    finally:
        engine.run("rm", "-f", "-v", container)


def test_nginx_fills_templates_serves_as_user_101_and_stops_by_itself(
    engine: docker.DockerEngine, nginx: str, tmp_path: Path
) -> None:
    template = tmp_path / "default.conf.template"
    template.write_text('server { listen 80; location / { return 200 "$GREETING $request_method\\n"; } }\n')
    template.chmod(0o644)
    assert engine.run("cp", f"{tmp_path}/.", f"{nginx}:/etc/nginx/templates/").returncode == 0
    assert engine.run("start", nginx).returncode == 0

    end = time.monotonic() + 60
    while (heard := engine.run("exec", nginx, "curl", "-s", "http://127.0.0.1/").stdout) != "hello GET\n":
        assert time.monotonic() < end, (heard, engine.run("logs", nginx))
        time.sleep(0.1)
    workers = engine.run("top", nginx, "-eo", "pid,uid,args").stdout.splitlines()
    assert {line.split()[1] for line in workers if "worker process" in line} == {"101"}

    assert engine.run("stop", "--time", "60", nginx).returncode == 0
    assert engine.run("inspect", "-f", "{{.State.ExitCode}}", nginx).stdout.strip() == "0"


@pytest.fixture
def started(engine: docker.DockerEngine) -> Iterator[Callable[..., str]]:
    """Start containers in the background; they are removed with their volumes afterwards."""
    names: list[str] = []

    def start(*arguments: str) -> str:
        made = engine.run("run", "--detach", *arguments)
        assert made.returncode == 0, made.stderr
        names.append(made.stdout.strip())
        return names[-1]

    yield start
    for name in names:
        engine.run("rm", "-f", "-v", name)


def answer(engine: docker.DockerEngine, container: str, *command: str) -> str:
    """Return what a command in the container prints, as soon as it succeeds."""
    end = time.monotonic() + 120
    while (done := engine.run("exec", container, *command)).returncode != 0:
        assert time.monotonic() < end, (done.stderr, engine.run("logs", container))
        time.sleep(0.2)
    return done.stdout.strip()


def test_postgres_begins_with_the_user_the_database_and_the_scripts_that_it_is_given(
    engine: docker.DockerEngine, tmp_path: Path
) -> None:
    settings = {"POSTGRES_USER": "app", "POSTGRES_DB": "items", "POSTGRES_PASSWORD_FILE": "/run/password"}
    words = [word for key, value in settings.items() for word in ("--env", f"{key}={value}")]
    made = engine.run("create", *words, "postgres:17-alpine", "-c", "log_min_duration_statement=7")
    assert made.returncode == 0, made.stderr
    container = made.stdout.strip()
    (tmp_path / "first.sql").write_text("CREATE TABLE first AS SELECT current_user AS who;\n")
    (tmp_path / "password").write_text("it's secret\n")
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    try:
        engine.run("cp", str(tmp_path / "first.sql"), f"{container}:/docker-entrypoint-initdb.d/")
        engine.run("cp", str(tmp_path / "password"), f"{container}:/run/password")
        assert engine.run("start", container).returncode == 0
        query = ("psql", "-tA", "-h", "localhost", "-U", "app", "items", "-c")
        login = ("env", "PGPASSWORD=it's secret")
        assert answer(engine, container, *login, *query, "SELECT who FROM first") == "app"
        assert answer(engine, container, *login, *query, "SHOW log_min_duration_statement") == "7ms"
        owner = engine.run("exec", container, "stat", "--format", "%U", "/var/lib/postgresql/data/PG_VERSION")
        assert owner.stdout.strip() == "postgres"
        assert engine.run("stop", "--time", "60", container).returncode == 0
        assert engine.run("inspect", "-f", "{{.State.ExitCode}}", container).stdout.strip() == "0"
    finally:
        engine.run("rm", "-f", "-v", container)


def test_postgres_refuses_to_begin_without_a_password(engine: docker.DockerEngine) -> None:
    done = engine.run("run", "--rm", "postgres:17-alpine", seconds=120)
    assert done.returncode != 0
    assert "POSTGRES_PASSWORD" in done.stdout + done.stderr


def test_valkey_takes_options_and_runs_as_its_own_user(
    engine: docker.DockerEngine, started: Callable[..., str]
) -> None:
    container = started("valkey/valkey:8-alpine", "--requirepass", "secret")
    assert answer(engine, container, "valkey-cli", "-a", "secret", "--no-auth-warning", "ping") == "PONG"
    assert "NOAUTH" in answer(engine, container, "redis-cli", "ping")
    users = engine.run("top", container, "-eo", "pid,uid,args").stdout.splitlines()[1:]
    assert {line.split()[1] for line in users} == {"999"}
    version = answer(engine, container, "valkey-server", "--version")
    assert " v=8." in version
