"""No generated secret lies where it does not belong: states, logs, image layers, command lines."""

import base64
import contextlib
import gzip
import io
import json
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud import cloud, docker
from tests.e2e import commands
from tests.e2e.secret_search import Search, command_lines, decoded, forms, values

HOME = commands.REPOSITORY / ".slipway"
SAVE_SECONDS = 900


@pytest.fixture(scope="module")
def accounts() -> set[str]:
    """The accounts of all stacks that are up."""
    return {str(stack["account"]) for stack in commands.status()["stacks"].values() if stack.get("account")}


@pytest.fixture(scope="module")
def named(accounts: set[str]) -> dict[str, str]:
    """Every generated value, by a name that may be printed."""
    found = {"the passphrase of the states": (HOME / "state-passphrase").read_text().strip()}
    for account in accounts:
        found |= _of_secrets_manager(account) | _of_parameters(account)
        for data in cloud.client("ecr", account).get_authorization_token()["authorizationData"]:
            login = base64.b64decode(data["authorizationToken"]).decode()
            found[f"the registry's password of {account}"] = login.partition(":")[2]
    return found


def _of_secrets_manager(account: str) -> dict[str, str]:
    client = cloud.client("secretsmanager", account)
    found: dict[str, str] = {}
    for page in client.get_paginator("list_secrets").paginate():
        for secret in page["SecretList"]:
            text = client.get_secret_value(SecretId=secret["ARN"]).get("SecretString", "")
            found |= {f"{account}/{secret['Name']} #{n}": value for n, value in enumerate(sorted(values(text)))}
    return found


def _of_parameters(account: str) -> dict[str, str]:
    client = cloud.client("ssm", account)
    found: dict[str, str] = {}
    for page in client.get_paginator("describe_parameters").paginate():
        for parameter in page["Parameters"]:
            if parameter["Type"] == "SecureString":
                read = client.get_parameter(Name=parameter["Name"], WithDecryption=True)["Parameter"]
                found[f"{account}{parameter['Name']}"] = str(read["Value"])
    return found


@pytest.fixture(scope="module")
def search(named: dict[str, str]) -> Iterator[Search]:
    """A search for all of them."""
    with Search(named) as search:
        yield search


@pytest.fixture(scope="module")
def engine() -> docker.DockerEngine:
    """The engine that the environment runs on."""
    found = docker.find()
    assert found is not None
    return found


def states() -> list[Path]:
    return [path for path in (HOME / "state").rglob("*") if path.is_file()]


def logs() -> list[Path]:
    return [path for path in HOME.rglob("*.log") if path.is_file() and "workspace" not in path.parts]


def search_states(search: Search, paths: list[Path]) -> list[str]:
    found = search.files(paths)
    for path in paths:
        if "stacks" in path.parts:
            raw = path.read_bytes()
            text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode(errors="replace")
            found += search.text(f"{path}, decoded", "\n".join(decoded(text)))
    return found


def search_images(search: Search, engine: docker.DockerEngine, names: list[str]) -> list[str]:
    """Search all layers and descriptions; what several images share is saved once."""
    command = [engine.client, "save", *names]
    with subprocess.Popen(command, env=engine.environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        found = search.archive("the images", process.stdout)
        assert process.wait(SAVE_SECONDS) == 0
    return found


def search_containers(search: Search, engine: docker.DockerEngine) -> list[str]:
    found = []
    for container in engine.run("ps", "--all", "--quiet").stdout.split():
        written = engine.run("logs", container, seconds=120)  # one that has just ended has none
        described = engine.run("inspect", "--format", "{{json .Config.Cmd}} {{json .Config.Labels}}", container)
        text = "\n".join((written.stdout, written.stderr, described.stdout))
        found += search.text(f"container {container}", text)
    return found


def search_command_lines(search: Search) -> list[str]:
    return [hit for identity, line in command_lines() for hit in search.text(f"the command of {identity}", line)]


def test_there_are_secrets_of_every_kind_to_look_for(named: dict[str, str], accounts: set[str]) -> None:
    dev = commands.status()["stacks"]["dev"]["account"]
    master = cloud.client("rds", dev).describe_db_instances()["DBInstances"][0]["MasterUserSecret"]["SecretArn"]
    text = cloud.client("secretsmanager", dev).get_secret_value(SecretId=master)["SecretString"]
    assert json.loads(text)["password"] in named.values()
    assert any("PRIVATE KEY" in value for value in named.values())
    assert len({value for name, value in named.items() if name.startswith(f"{dev}/")}) >= 7
    assert len(accounts) >= 2


def test_no_state_and_no_log_has_one(search: Search) -> None:
    assert [path for path in states() if "stacks" in path.parts]
    assert search_states(search, states()) == []
    assert logs()
    assert search.files(logs()) == []


def test_no_container_has_written_one(search: Search, engine: docker.DockerEngine) -> None:
    assert search_containers(search, engine) == []


def test_no_log_group_has_one(search: Search, accounts: set[str]) -> None:
    found = []
    for account in accounts:
        client = cloud.client("logs", account)
        for page in client.get_paginator("describe_log_groups").paginate():
            for group in page["logGroups"]:
                events = client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
                text = "\n".join(event["message"] for answer in events for event in answer["events"])
                found += search.text(f"{account} {group['logGroupName']}", text)
    assert found == []


def test_no_layer_of_an_image_has_one(search: Search, engine: docker.DockerEngine) -> None:
    images = sorted({image for image in engine.run("ps", "--format", "{{.Image}}").stdout.split() if "/" in image})
    assert len(images) >= 3
    assert search_images(search, engine, images) == []


def test_no_running_process_was_given_one(search: Search) -> None:
    assert search_command_lines(search) == []


PLANTED = f"planted+{uuid.uuid4().hex}/{uuid.uuid4().hex}="


@pytest.mark.parametrize("form", sorted(forms(PLANTED)))
def test_a_planted_value_is_found_in_every_form(form: bytes, tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"x=" + form + b"\n")
    (tmp_path / "packed").write_bytes(gzip.compress(b"x=" + form + b"\n"))
    with Search({"the planted value": PLANTED}) as search:
        assert search.files([tmp_path / "plain", tmp_path / "packed"]) == [
            f"the planted value in {tmp_path / name}" for name in ("plain", "packed")
        ]


def test_of_a_key_its_private_half_is_looked_for_in_its_middle() -> None:
    body = [f"{number:064x}" for number in range(3)]
    private = "\n".join(["-----BEGIN PRIVATE KEY-----", *body, "-----END PRIVATE KEY-----", ""])
    assert values(json.dumps({"kid": "0" * 16, "privateKey": private, "publicKey": "public" * 9})) == {private}
    with Search({"the key": private}) as search:
        assert search.text("here", f"x\n{body[1]}\n") == ["the key in here"]
        assert search.text("here", f"x\n{body[0]}\n") == []


def test_a_planted_value_is_found_inside_of_larger_texts(tmp_path: Path) -> None:
    state = tmp_path / "stacks" / "dev.json"
    state.parent.mkdir()
    nested: Any = json.dumps({"auths": {"host": {"auth": base64.b64encode(f"AWS:{PLANTED}".encode()).decode()}}})
    state.write_text(json.dumps({"resources": [{"inputs": {"definitions": json.dumps([nested])}}]}))
    with Search({"the planted value": PLANTED}) as search:
        assert f"the planted value in {state}, decoded" in search_states(search, [state])


def test_a_planted_value_is_found_in_a_command_line() -> None:
    waits = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()", PLANTED]
    with (
        Search({"the planted value": PLANTED}) as search,
        subprocess.Popen(waits, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,
    ):
        assert process.stdout is not None
        process.stdout.readline()
        assert f"the planted value in the command of {process.pid}" in search_command_lines(search)
        assert process.stdin is not None
        process.stdin.close()


def test_a_planted_value_is_found_in_a_layer_and_in_what_a_container_wrote(engine: docker.DockerEngine) -> None:
    image, container = f"localcloud/planted:{uuid.uuid4().hex}", f"planted-{uuid.uuid4().hex}"
    with contextlib.ExitStack() as stack, Search({"the planted value": PLANTED}) as search:
        stack.callback(engine.run, "rmi", "--force", image)
        layer = io.BytesIO()
        with tarfile.open(fileobj=layer, mode="w") as files:
            content = base64.b64encode(PLANTED.encode())
            header = tarfile.TarInfo("etc/planted")
            header.size = len(content)
            files.addfile(header, io.BytesIO(content))
        loading = [engine.client, "import", "-", image]
        subprocess.run(loading, input=layer.getvalue(), env=engine.environment(), check=True, capture_output=True)
        assert any("the planted value in the images" in hit for hit in search_images(search, engine, [image]))

        stack.callback(engine.run, "rm", "--force", container)
        words = ("--name", container, "--entrypoint", "echo", "python:3.13-slim", PLANTED)
        assert engine.run("run", *words, seconds=120).returncode == 0
        identity = engine.run("ps", "--all", "--quiet", "--filter", f"name={container}").stdout.strip()
        assert f"the planted value in container {identity}" in search_containers(search, engine)
