"""The workspace, the environment and the command of the embedded cloud."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from localcloud import engine
from localcloud.engine import shim, variables, workspace
from localcloud.errors import Trouble
from localcloud.tests.engine.fakes import executable

DEV = """\
# comments stay
secretsprovider: awskms://alias/x
encryptedkey: abc
config:
  platform:network: {zones: 2, nat: yes, since: 2020-01-01}
  platform:artifacts:
    counter/backend: build
"""


@pytest.fixture
def repository(own_home: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "infra").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(
        "name: slipway\nruntime:\n  name: python\n  options: {toolchain: uv, virtualenv: .venv}\nmain: infra/\n"
        "config:\n  pulumi:autonaming:\n    value: {pattern: x}\n"
    )
    (folder / "Pulumi.dev.yaml").write_text(DEV)
    return folder


def test_the_project_file_points_at_the_repository_and_this_environment(repository: Path) -> None:
    overlay = workspace.prepare(repository)
    assert yaml.safe_load((overlay / "Pulumi.yaml").read_text()) == {
        "name": "slipway",
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}},
        "main": str(repository / "infra"),
        "config": {"pulumi:autonaming": {"value": {"pattern": "x"}}},
    }
    assert "virtualenv: .venv" in (repository / "Pulumi.yaml").read_text()


def test_a_stack_file_is_copied_as_it_stands_without_the_keys_of_its_secrets_on_aws(repository: Path) -> None:
    overlay = workspace.prepare(repository)
    lines = DEV.splitlines(keepends=True)
    assert (overlay / "Pulumi.dev.yaml").read_text() == "".join([lines[0], *lines[3:]])
    assert (repository / "Pulumi.dev.yaml").read_text() == DEV


def test_the_copys_salt_and_changes_stay_until_the_committed_file_changes(repository: Path) -> None:
    copy = workspace.prepare(repository) / "Pulumi.dev.yaml"
    copy.write_text(copy.read_text() + "  aws:region: eu-west-1\nencryptionsalt: v1:salt\n")
    workspace.prepare(repository)
    assert yaml.safe_load(copy.read_text())["config"]["aws:region"] == "eu-west-1"
    (repository / "Pulumi.dev.yaml").write_text(DEV.replace("zones: 2", "zones: 3"))
    workspace.prepare(repository)
    content = yaml.safe_load(copy.read_text())
    assert (content["encryptionsalt"], content["config"]["platform:network"]["zones"]) == ("v1:salt", 3)
    assert "aws:region" not in content["config"]


def test_overrides_hold_for_this_machine_until_they_are_taken_back(repository: Path) -> None:
    copy = workspace.prepare(repository) / "Pulumi.dev.yaml"
    pins = {"platform:artifacts.counter/backend": "abc@sha256:def", "platform:new.deep.key": [1]}
    workspace.override("dev", pins)
    workspace.override("prod", {"a:b": 1})
    workspace.prepare(repository)
    config = yaml.safe_load(copy.read_text())["config"]
    assert config["platform:artifacts"] == {"counter/backend": "abc@sha256:def"}
    assert config["platform:new"] == {"deep": {"key": [1]}}
    assert workspace.overrides_of("dev") == pins
    workspace.override("dev", dict.fromkeys(pins))
    workspace.prepare(repository)
    assert yaml.safe_load(copy.read_text())["config"]["platform:artifacts"] == {"counter/backend": "build"}
    assert workspace.overrides_of("dev") == {}


def test_a_stack_file_that_is_gone_takes_its_copy_along_but_no_other(repository: Path) -> None:
    overlay = workspace.prepare(repository)
    (overlay / "Pulumi.pr-7.yaml").write_text("config: {}\n")
    (repository / "Pulumi.dev.yaml").unlink()
    workspace.prepare(repository)
    assert sorted(file.name for file in overlay.glob("Pulumi.*.yaml")) == ["Pulumi.pr-7.yaml"]


def test_a_secret_that_only_aws_can_decrypt_is_refused_by_name_unless_it_is_overridden(repository: Path) -> None:
    (repository / "Pulumi.dev.yaml").write_text("config:\n  platform:mail:\n    key: {secure: AAAB}\n")
    with pytest.raises(Trouble, match=r"Pulumi\.dev\.yaml has the secret platform:mail\.key"):
        workspace.prepare(repository)
    workspace.override("dev", {"platform:mail.key": "local"})
    copy = workspace.prepare(repository) / "Pulumi.dev.yaml"
    assert yaml.safe_load(copy.read_text())["config"] == {"platform:mail": {"key": "local"}}


def test_a_folder_without_a_project_is_refused(own_home: Path, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"has no Pulumi\.yaml"):
        workspace.prepare(tmp_path)


def test_the_environment_has_this_machines_engine_and_nothing_of_the_users(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*variables.FOREIGN, "AWS_ENDPOINT_URL_S3"):
        monkeypatch.setenv(name, "users-own")
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setenv("LANG", "C.UTF-8")
    found = engine.environment(endpoint="http://127.0.0.1:4566", region="eu-west-1", docker_host="unix:///d.sock")
    assert "users-own" not in found.values()
    assert {name: found[name] for name in ("PATH", "LANG", "DOCKER_HOST", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID")} == {
        "PATH": f"{own_home}/bin:/usr/bin",
        "LANG": "C.UTF-8",
        "DOCKER_HOST": "unix:///d.sock",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_ACCESS_KEY_ID": "111111111111",
    }
    assert found["PULUMI_BACKEND_URL"] == f"file://{own_home}/state?metadata=skip"
    assert found["PULUMI_HOME"] == f"{own_home}/pulumi"
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        assert Path(found[name]).read_text() == ""
    assert "AWS_ENDPOINT_URL" not in engine.environment(endpoint=None, region="eu-west-1", docker_host=None)


def test_the_engine_keeps_no_log_of_its_own_and_what_it_has_kept_is_removed(own_home: Path) -> None:
    kept = own_home / "pulumi" / "logs" / "organization+slipway+dev.log"
    kept.parent.mkdir(parents=True)
    kept.write_text("a megabyte a run")

    for _ in range(2):
        engine.environment(endpoint=None, region="eu-west-1", docker_host=None)

        assert kept.parent.read_bytes() == b""


@pytest.mark.parametrize(("own", "wanted"), [(None, "400"), ("", "400"), ("off", "off")])
def test_the_engine_looks_for_garbage_seldom_unless_the_person_says_how_often(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, own: str | None, wanted: str
) -> None:
    monkeypatch.delenv("GOGC", raising=False)
    if own is not None:
        monkeypatch.setenv("GOGC", own)

    assert engine.environment(endpoint=None, region="eu-west-1", docker_host=None)["GOGC"] == wanted


def test_the_passphrase_is_made_once_and_for_its_owner_alone(own_home: Path) -> None:
    path = variables.passphrase_file()
    passphrase = path.read_text()
    assert (len(passphrase), path.stat().st_mode & 0o777) == (43, 0o600)
    assert variables.passphrase_file().read_text() == passphrase
    assert [file.name for file in own_home.iterdir()] == ["state-passphrase"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["preview", "-s", "dev"], ["--cwd", "OVERLAY", "preview", "-s", "dev"]),
        (["-C", "/other", "preview"], ["-C", "/other", "preview"]),
        (["preview", "--cwd=/other"], ["preview", "--cwd=/other"]),
        (["config", "set", "a", "--", "-C x"], ["--cwd", "OVERLAY", "config", "set", "a", "--", "-C x"]),
    ],
)
def test_the_shells_pulumi_works_on_the_workspace_unless_told_otherwise(
    own_home: Path, tmp_path: Path, arguments: list[str], expected: list[str]
) -> None:
    real = executable(tmp_path / "it's pulumi", 'printf "%s\\n" "$@"')
    overlay = tmp_path / "work space"
    written = shim.write(real, overlay)
    said = subprocess.run([written, *arguments], capture_output=True, text=True, check=True).stdout.splitlines()
    assert said == [str(overlay) if each == "OVERLAY" else each for each in expected]
    assert shim.is_shim(written)
    assert not shim.is_shim(real)
