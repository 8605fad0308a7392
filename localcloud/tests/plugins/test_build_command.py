"""The docker command line, with a client that only writes down how it was called."""

import json
import os
import stat
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from localcloud.docker import DockerEngine
from localcloud.errors import Trouble
from localcloud.plugins import provider
from localcloud.plugins.docker_build import command, inputs
from localcloud.plugins.provider import Interrupted

CLIENT = """#!{python}
import json, os, pathlib, sys, time
words = sys.argv[1:]
secrets = [word.split("src=")[1] for word in words if word.startswith("id=")]
config = pathlib.Path(os.environ.get("DOCKER_CONFIG", "/nowhere"), "config.json")
called = {{
    "words": words,
    "environment": dict(os.environ),
    "secrets": {{path: [open(path).read(), oct(os.stat(path).st_mode & 0o777)] for path in secrets}},
    "config": [json.loads(config.read_text()), oct(config.stat().st_mode & 0o777)] if config.is_file() else None,
}}
with open({calls!r}, "a") as calls:
    calls.write(json.dumps(called) + "\\n")
if "--iidfile" in words:
    pathlib.Path(words[words.index("--iidfile") + 1]).write_text("sha256:made")
print({output!r})
sys.stdout.flush()
if {wait!r}:
    time.sleep(600)
sys.exit({status!r})
"""

FAILED_BUILD = """#1 [internal] load build definition
#1 DONE 0.0s

#2 [1/2] RUN true
#2 0.100 fine hunter2
#2 DONE 0.1s

#3 [2/2] RUN false
#3 0.200 first word
#3 0.300 last word
#3 ERROR: executor failed running [/bin/sh -c false]: exit code: 1
------
 > [2/2] RUN false:
------
executor failed running [/bin/sh -c false]: exit code: 1"""


class Fake:
    """A docker client of the test's making, and what it was called with."""

    def __init__(self, folder: Path, output: str = "", status: int = 0, wait: bool = False) -> None:
        self.path = folder / "docker"
        self._calls = folder / "calls"
        text = CLIENT.format(python=sys.executable, calls=str(self._calls), output=output, status=status, wait=wait)
        self.path.write_text(text)
        self.path.chmod(0o755)
        self.engine = DockerEngine("unix:///none.sock", "20.10.24", False, str(self.path), "172.17.0.1")

    def started(self) -> bool:
        return self._calls.exists()

    def call(self) -> dict[str, Any]:
        """Return the only call."""
        (line,) = self._calls.read_text().splitlines()
        return dict(json.loads(line))


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\n")
    return folder


def build(context: Path, **more: Any) -> inputs.Build:
    return inputs.read({"context": {"location": str(context)}, "push": False, **more}, {})


def run(fake: Fake, one: inputs.Build) -> str:
    with command.workshop(fake.engine, one, "app") as workshop:
        return workshop.build(["127.0.0.1:1/app:v1"], {"made": "here"}, lambda _: None)


def test_every_input_becomes_the_argument_of_its_name(context: Path, tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    one = build(
        context,
        addHosts=["db:10.0.0.1"],
        cacheFrom=[{"registry": {"ref": "localhost/c:1"}}],
        cacheTo=[{"inline": {}}],
        labels={"team": "shop"},
        network="host",
        noCache=True,
        platforms=["linux/amd64"],
        pull=True,
        target="final",
    )
    assert run(fake, one) == "sha256:made"
    words = fake.call()["words"]
    image_id = words[words.index("--iidfile") + 1]
    assert words == [
        "build",
        *("--progress", "plain"),
        *("--file", str(context / "Dockerfile")),
        *("--iidfile", image_id),
        *("--tag", "127.0.0.1:1/app:v1"),
        *("--label", "team=shop"),
        *("--label", "made=here"),
        *("--add-host", "db:10.0.0.1"),
        *("--platform", "linux/amd64"),
        *("--network", "host"),
        *("--target", "final"),
        "--no-cache",
        "--pull",
        *("--cache-from", "localhost/c:1"),
        *("--build-arg", "BUILDKIT_INLINE_CACHE=1"),
        str(context),
    ]
    assert fake.call()["environment"]["DOCKER_BUILDKIT"] == "1"
    assert fake.call()["environment"]["DOCKER_HOST"] == "unix:///none.sock"


def test_caches_that_only_buildx_has_are_told_in_its_words(context: Path, tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    run(
        fake,
        build(
            context,
            cacheFrom=[{"local": {"src": "/c"}}],
            cacheTo=[{"registry": {"ref": "localhost/c:1", "mode": "max"}}, {"local": {"dest": "/c"}}],
        ),
    )
    assert fake.call()["words"][-7:-1] == [
        *("--cache-from", "type=local,src=/c"),
        *("--cache-to", "type=registry,ref=localhost/c:1,mode=max"),
        *("--cache-to", "type=local,dest=/c,mode=min"),
    ]


def test_secrets_are_files_that_only_the_owner_reads_and_that_are_gone_afterwards(
    context: Path, tmp_path: Path
) -> None:
    fake = Fake(tmp_path)
    run(fake, build(context, secrets={"token": "hunter2", "ca": "line one\nline two\n"}))
    called = fake.call()
    assert list(called["secrets"].values()) == [["hunter2", "0o600"], ["line one\nline two\n", "0o600"]]
    assert "hunter2" not in json.dumps([called["words"], called["environment"]])
    assert [path for path in called["secrets"] if os.path.exists(path)] == []


def test_a_build_without_a_bundle_of_its_own_gets_the_machines(
    context: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("the machine's")
    monkeypatch.setenv(command.AUTHORITIES, str(bundle))
    for number, (secrets, expected) in enumerate(
        [({}, ["the machine's"]), ({"ca": "the program's"}, ["the program's"])]
    ):
        (tmp_path / str(number)).mkdir()
        fake = Fake(tmp_path / str(number))
        run(fake, build(context, secrets=secrets))
        assert [content for content, _ in fake.call()["secrets"].values()] == expected


def test_a_login_is_a_docker_configuration_that_is_gone_afterwards(
    context: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    (own / "cli-plugins").mkdir(parents=True)
    mine = {"auths": {"example.com": {"auth": "bWluZQ=="}}, "credsStore": "desktop", "proxies": {}}
    (own / "config.json").write_text(json.dumps(mine))
    monkeypatch.setenv("DOCKER_CONFIG", str(own))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    address = "https://111111111111.dkr.ecr.eu-west-1.amazonaws.com"
    fake = Fake(tmp_path)
    run(fake, build(context, registries=[{"address": address, "username": "AWS", "password": "hunter2"}]))
    called = fake.call()
    content, mode = called["config"]
    assert mode == "0o600"
    assert content == {
        "auths": {"example.com": {"auth": "bWluZQ=="}, "127.0.0.1:4566": {"auth": "QVdTOmh1bnRlcjI="}},
        "proxies": {},
    }
    assert "hunter2" not in json.dumps([called["words"], called["environment"]])
    assert not os.path.exists(called["environment"]["DOCKER_CONFIG"])


def test_build_arguments_go_through_the_environment_unless_they_would_steer_the_client(
    context: Path, tmp_path: Path
) -> None:
    fake = Fake(tmp_path)
    run(fake, build(context, buildArgs={"MODE": "fast", "PATH": "/x", "HTTPS_PROXY": "http://p"}))
    called = fake.call()
    words = called["words"]
    given = [words[index + 1] for index, word in enumerate(words) if word == "--build-arg"]
    assert given == ["MODE", "PATH=/x", "HTTPS_PROXY=http://p"]
    assert called["environment"]["MODE"] == "fast"
    assert called["environment"]["PATH"] != "/x"


def test_an_inline_dockerfile_is_written_outside_the_context(context: Path, tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    run(fake, build(context, dockerfile={"inline": "FROM scratch\n"}))
    words = fake.call()["words"]
    assert Path(words[words.index("--file") + 1]).parent != context
    assert os.listdir(context) == ["Dockerfile"]


def test_a_failed_build_shows_the_failing_steps_last_words_and_where_the_log_is(
    context: Path, tmp_path: Path, own_home: Path
) -> None:
    fake = Fake(tmp_path, FAILED_BUILD, status=1)
    with pytest.raises(Trouble) as caught:
        run(fake, build(context, secrets={"token": "hunter2"}))
    log = own_home / "logs" / "images" / "app.log"
    assert str(caught.value) == (
        "the image app could not be built:\n"
        "  first word\n"
        "  last word\n"
        "  executor failed running [/bin/sh -c false]: exit code: 1"
        f" → the whole log is {log}"
    )
    assert log.read_text() == FAILED_BUILD.replace("hunter2", "***") + "\n"


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            "npm error request to https://npm.example/react failed, reason: getaddrinfo EAI_AGAIN npm.example",
            "no way to the package registry (EAI_AGAIN) → check the network and run the same command again",
        ),
        (
            "WARNING: Retrying: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution",
            "no way to the package registry (Temporary failure in name resolution) → "
            "check the network and run the same command again",
        ),
        (
            "npm error code SELF_SIGNED_CERT_IN_CHAIN",
            "the package registry's certificate is not trusted → "
            "add this network's authority to the machine's bundle of certificates",
        ),
    ],
)
def test_a_build_without_a_network_is_told_in_one_line(
    context: Path, tmp_path: Path, own_home: Path, said: str, line: str
) -> None:
    output = f"#5 [2/3] RUN install\n#5 1.0 {said}\n#5 1.1 no version matches\n#5 ERROR: exit code: 1"
    with pytest.raises(Trouble) as caught:
        run(Fake(tmp_path, output, status=1), build(context))
    log = own_home / "logs" / "images" / "app.log"
    assert str(caught.value) == f"the image app could not be built: {line}; the whole log is {log}"


def test_a_failure_before_the_first_step_shows_what_docker_says(context: Path, tmp_path: Path) -> None:
    lines = "\n".join(f"line {number}" for number in range(1, 31))
    with pytest.raises(Trouble) as caught:
        run(Fake(tmp_path, lines, status=1), build(context))
    shown = str(caught.value).splitlines()
    assert shown[0] == "the image app could not be built:"
    assert shown[1:-1] == [f"  line {number}" for number in range(11, 30)]
    assert shown[-1].startswith("  line 30 → the whole log is ")


def test_every_longer_word_of_a_secret_with_several_lines_is_hidden_in_the_log(
    context: Path, tmp_path: Path, own_home: Path
) -> None:
    key = "-----BEGIN KEY-----\nAAAABBBBCCCCDDDD\n"
    run(Fake(tmp_path, "#2 0.1 key is AAAABBBBCCCCDDDD ok"), build(context, secrets={"key": key}))
    assert (own_home / "logs" / "images" / "app.log").read_text() == "#2 0.1 key is *** ok\n"


def test_a_name_with_a_slash_has_a_log_like_any_other(context: Path, tmp_path: Path, own_home: Path) -> None:
    with command.workshop(Fake(tmp_path, "said").engine, build(context), "counter/backend") as workshop:
        workshop.build([], {}, lambda _: None)
    assert (own_home / "logs" / "images" / "counter-backend.log").read_text() == "said\n"


def test_the_steps_are_told_while_they_run(context: Path, tmp_path: Path) -> None:
    told: list[str] = []
    with command.workshop(Fake(tmp_path, FAILED_BUILD).engine, build(context), "app") as workshop:
        workshop.build([], {}, told.append)
    assert told == ["[internal] load build definition", "[1/2] RUN true", "[2/2] RUN false"]


def test_a_push_that_is_refused_is_told_in_the_registrys_words(context: Path, tmp_path: Path) -> None:
    fake = Fake(tmp_path, "The push refers to repository [x]\ntag invalid: it is immutable", status=1)
    with (
        command.workshop(fake.engine, build(context), "app") as workshop,
        pytest.raises(Trouble, match="the image app could not be pushed: tag invalid: it is immutable →"),
    ):
        workshop.push("127.0.0.1:1/app:v1", lambda _: None)
    assert fake.call()["words"] == ["push", "127.0.0.1:1/app:v1"]


def test_a_build_ends_when_the_run_is_cancelled(context: Path, tmp_path: Path) -> None:
    fake = Fake(tmp_path, "waiting", wait=True)
    caught: list[BaseException] = []

    def go() -> None:
        try:
            run(fake, build(context))
        except Interrupted as interrupted:
            caught.append(interrupted)

    working = threading.Thread(target=go)
    working.start()
    while not fake.started():
        working.join(0.05)
        assert working.is_alive()
    provider.cancelled.set()
    working.join(60)
    assert [str(each) for each in caught] == ["the image app was interrupted → run the same command again"]


def test_the_folder_of_a_build_is_for_its_owner_alone(context: Path, tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    with command.workshop(fake.engine, build(context, secrets={"token": "hunter2"}), "app") as workshop:
        workshop.build([], {}, lambda _: None)
        (path,) = fake.call()["secrets"]
        assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700
