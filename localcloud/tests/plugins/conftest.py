import contextlib
import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest

from localcloud import docker, engine
from localcloud.plugins import provider
from localcloud.plugins.messages import provider_pb2_grpc
from localcloud.plugins.server import OPTIONS, start
from localcloud.tests.plugins import tiny_registry

Stub = provider_pb2_grpc.ResourceProviderStub
Serve = Callable[[provider.Provider], Stub]


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Places of folders, none of which is there before something is written into it: few tests do."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Logs and locks of a test go into its own folder."""
    home = next(homes)
    monkeypatch.setenv("LOCALCLOUD_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def not_cancelled() -> Iterator[None]:
    """A test that cancels cancels nothing else."""
    yield
    provider.cancelled.clear()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve a provider in this process; return a client of it."""
    with contextlib.ExitStack() as stack:

        def start_one(one: provider.Provider) -> Stub:
            server, port = start(one)
            stack.callback(lambda: server.stop(None).wait())
            return Stub(stack.enter_context(grpc.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS)))

        yield start_one


@pytest.fixture
def toy_process() -> Iterator[subprocess.Popen[str]]:
    """Run the toy provider as the engine does: a process whose first line is its port."""
    command = [sys.executable, "-m", "localcloud.tests.plugins.toy"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.fixture
def cleaner() -> Iterator[contextlib.ExitStack]:
    """Take what is to be done after the test, also when it fails."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture
def registry() -> Iterator[tiny_registry.TinyRegistry]:
    """A registry of the test's own."""
    with tiny_registry.running() as server:
        yield server


@pytest.fixture(scope="session")
def pulumi_cli() -> engine.Engine:
    """The real Pulumi engine, of the session's home rather than a test's."""
    return engine.ensure()


@pytest.fixture(scope="session")
def real_engine() -> docker.DockerEngine:
    """The Docker engine of the session's home rather than a test's."""
    found = docker.find()
    if found is None:
        pytest.skip("; ".join(docker.explain()))
    return found
