"""The language host by its own protocol, without a command line."""

import platform
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from localcloud.engine import SDK_VERSION, language_host
from localcloud.tests.engine.fakes import executable, lives, until

HOST = Path(language_host.__file__)


class Running:
    """A language host in a process of its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", HOST, "127.0.0.1:9"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        port = int(self.process.stdout.readline())
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.calls = language_pb2_grpc.LanguageRuntimeStub(self.channel)


@pytest.fixture
def host() -> Iterator[Running]:
    running = Running()
    yield running
    running.channel.close()
    running.process.kill()
    running.process.communicate()


def info(root: Path, **options: str) -> language_pb2.ProgramInfo:
    program = language_pb2.ProgramInfo(root_directory=str(root), program_directory=str(root), entry_point=".")
    program.options.update(options)
    return program


def plugin(root: Path, body: str, *arguments: str, **environment: str) -> language_pb2.RunPluginRequest:
    (root / "__main__.py").write_text(body)
    listed = [f"{name}={value}" for name, value in {"PATH": "/usr/bin:/bin", **environment}.items()]
    return language_pb2.RunPluginRequest(pwd="/", args=arguments, env=listed, info=info(root), kind="resource")


def test_a_plugin_streams_what_it_says_and_its_exit_code(host: Running, tmp_path: Path) -> None:
    body = (
        "import os, sys\n"
        "print(os.getcwd(), sys.argv[1:], os.environ['A'], 'HOME' in os.environ)\n"
        "print('trouble', file=sys.stderr)\n"
        "sys.exit(3)\n"
    )
    answers = list(host.calls.RunPlugin(plugin(tmp_path, body, "one", "two", A="x=y")))
    assert b"".join(answer.stdout for answer in answers) == b"/ ['one', 'two'] x=y False\n"
    assert b"".join(answer.stderr for answer in answers) == b"trouble\n"
    assert [answer.exitcode for answer in answers if answer.HasField("exitcode")] == [3]
    assert answers[-1].HasField("exitcode")


def test_a_policy_pack_runs_under_pulumis_own_runner(host: Running, tmp_path: Path) -> None:
    request = plugin(tmp_path, "import sys\nprint(sys.argv[1:], __name__)\n", "127.0.0.1:9")
    request.kind = "analyzer"
    answers = list(host.calls.RunPlugin(request))
    program = str(tmp_path / ".")
    assert b"".join(answer.stdout for answer in answers).decode() == f"['127.0.0.1:9', '{program}/.'] __main__\n"
    assert answers[-1].exitcode == 0


def test_a_plugin_whose_call_is_cancelled_is_ended(host: Running, tmp_path: Path) -> None:
    call = host.calls.RunPlugin(plugin(tmp_path, "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)\n"))
    pid = int(next(call).stdout)
    call.cancel()
    until(lambda: not lives(pid))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_and_takes_its_children_along(host: Running, tmp_path: Path, number: signal.Signals) -> None:
    call = host.calls.RunPlugin(plugin(tmp_path, "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)\n"))
    pid = int(next(call).stdout)
    host.process.send_signal(number)
    said = host.process.communicate(timeout=120)
    assert (host.process.returncode, said) == (0, ("", ""))
    assert not lives(pid)


def test_closed_standard_input_alone_does_not_end_it(host: Running) -> None:
    assert host.process.stdin is not None
    host.process.stdin.close()
    host.process.stdin = None
    for _ in range(3):
        assert host.calls.GetPluginInfo(empty_pb2.Empty()).version == SDK_VERSION


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys\n"
        f"command = [sys.executable, '-P', {str(HOST)!r}, 'x']\n"
        "child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert lives(pid)
    parent.kill()
    parent.communicate()
    until(lambda: not lives(pid))


def test_required_packages_are_those_of_the_environment(host: Running, tmp_path: Path) -> None:
    packages = host.calls.GetRequiredPackages(language_pb2.GetRequiredPackagesRequest(info=info(tmp_path))).packages
    found = {(package.kind, package.name, package.version) for package in packages}
    assert found >= {
        ("resource", "aws", "v7.51.1"),
        ("resource", "docker", "v5.2.0"),
        ("resource", "docker-build", "v0.0.22"),
    }


def test_dependencies_are_all_packages_or_those_that_no_other_needs(host: Running, tmp_path: Path) -> None:
    def names(transitive: bool) -> set[str]:
        request = language_pb2.GetProgramDependenciesRequest(info=info(tmp_path), transitiveDependencies=transitive)
        return {found.name for found in host.calls.GetProgramDependencies(request).dependencies}

    assert {"slipway", "pulumi", "pulumi_aws", "grpcio"} <= {name.replace("-", "_") for name in names(True)}
    assert "slipway" in names(False)
    assert "grpcio" not in names(False)


def test_an_environment_without_the_sdk_is_refused_with_what_to_do(host: Running, tmp_path: Path) -> None:
    (tmp_path / "own" / "bin").mkdir(parents=True)
    (tmp_path / "own" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    executable(tmp_path / "own" / "bin" / "python", "exit 1")
    request = language_pb2.InstallDependenciesRequest(info=info(tmp_path, virtualenv="own"))
    with pytest.raises(grpc.RpcError) as refusal:
        list(host.calls.InstallDependencies(request))
    assert refusal.value.details() == f"{tmp_path}/own/bin/python has no Pulumi SDK: run `make setup`"


def test_the_locked_environment_needs_nothing(host: Running, tmp_path: Path) -> None:
    answers = list(host.calls.InstallDependencies(language_pb2.InstallDependenciesRequest(info=info(tmp_path))))
    assert [answer.stdout for answer in answers] == [b"the locked environment is used as it is\n"]
    about = host.calls.About(language_pb2.AboutRequest(info=info(tmp_path)))
    assert (about.executable, about.version) == (sys.executable, platform.python_version())


def test_a_program_that_is_not_there_is_an_error_and_not_a_crash(host: Running, tmp_path: Path) -> None:
    request = language_pb2.RunRequest(pwd=str(tmp_path), info=info(tmp_path), monitor_address="127.0.0.1:9")
    answer = host.calls.Run(request)
    assert answer.bail or answer.error
