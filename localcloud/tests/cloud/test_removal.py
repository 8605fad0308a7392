"""What is removed from an engine that does not answer, or refuses."""

import sys
import threading
from types import SimpleNamespace

import pytest

from localcloud.cloud.inside.removal import surely


class NotFound(OSError):
    """An answer of the engine; as in its own client, an error of the system as well."""


@pytest.fixture(autouse=True)
def _client(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's errors: the client itself is in the cloud's own environment."""
    errors = SimpleNamespace(DockerException=NotFound)
    monkeypatch.setitem(sys.modules, "docker", SimpleNamespace(errors=errors))
    monkeypatch.setitem(sys.modules, "docker.errors", errors)


class Engine:
    """An engine that answers after some calls only."""

    def __init__(self, silent: int) -> None:
        self.silent = silent
        self.calls = 0
        self.done = threading.Event()

    def remove(self) -> None:
        self.calls += 1
        if self.calls <= self.silent:
            raise ConnectionRefusedError
        self.done.set()


def test_what_an_engine_removes_is_removed_once() -> None:
    engine = Engine(silent=0)
    surely(engine.remove, "a container")
    assert engine.calls == 1


def test_where_the_engine_does_not_answer_it_is_asked_until_it_does() -> None:
    engine = Engine(silent=3)
    surely(engine.remove, "a container", every_seconds=0.001)
    assert engine.done.wait(10)
    assert engine.calls == 4


def test_what_the_engine_refuses_is_not_asked_again() -> None:
    def refuse() -> None:
        raise NotFound("no such container")

    with pytest.raises(NotFound):
        surely(refuse, "a container")
