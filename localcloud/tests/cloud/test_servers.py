"""Servers in containers, with an engine that only notes what it is asked."""

import io
import sys
import tarfile
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from localcloud.cloud.inside.servers import File, Server, Servers, archive


class NotFound(Exception):
    """The engine knows no such thing."""


class Engine:
    """An engine with one kind of container, which lives until it is removed."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.there: dict[str, Any] = {}
        self.ping = lambda: True
        self.containers = SimpleNamespace(create=self.create, get=self.get)
        self.volumes = SimpleNamespace(create=self.volume, get=lambda name: self.get(f"volume {name}"))
        self.images = SimpleNamespace(get=self.get)
        self.api = SimpleNamespace(create_endpoint_config=lambda **given: given, containers=lambda **_: [])

    def volume(self, name: str, labels: dict[str, str]) -> None:
        self.asked.append(f"volume {name} of {labels['of']}")
        self.there[f"volume {name}"] = self.thing(f"volume {name}")

    def create(self, image: str, command: list[str], **given: Any) -> Any:
        address = given["networking_config"][given["network"]]["ipv4_address"]
        self.asked.append(f"create {image} {' '.join(command)} at {address}")
        self.there[given["name"]] = self.thing(given["name"])
        return self.there[given["name"]]

    def get(self, name: str) -> Any:
        if name not in self.there:
            raise NotFound
        return self.there[name]

    def remove(self, name: str) -> None:
        self.asked.append(f"remove {name}")
        del self.there[name]

    def thing(self, name: str) -> Any:
        return SimpleNamespace(
            id=f"id of {name}",
            start=lambda: self.asked.append(f"start {name}"),
            remove=lambda **_: self.remove(name),
            put_archive=lambda _path, packed: self.asked.append(
                f"put {len(tarfile.open(fileobj=io.BytesIO(packed)).getnames())}"
            ),
        )


SERVER = Server(
    service="rds",
    name="main",
    image="postgres",
    address="172.30.128.1",
    command=("postgres",),
    data="/data",
    files={"/slipway/key": File("secret", 0o640, 70)},
)
MADE = ["create postgres postgres at 172.30.128.1", "put 2", "start main"]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    errors = SimpleNamespace(DockerException=NotFound, NotFound=NotFound, ImageNotFound=NotFound)
    monkeypatch.setitem(sys.modules, "docker", SimpleNamespace(errors=errors))
    monkeypatch.setitem(sys.modules, "docker.errors", errors)
    return Engine()


@pytest.fixture
def servers(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Servers:
    """Servers whose end nobody watches: the tests tell it."""
    made = Servers(lambda: engine, lambda service: {"of": service}, "cloud")
    monkeypatch.setattr(made._watch, "add", lambda *_: None)
    made.start(SERVER)
    made._held["main"]["since"] -= 60
    return made


def test_a_server_is_made_with_its_volume_its_files_and_its_address(engine: Engine, servers: Servers) -> None:
    assert engine.asked == ["volume main of rds", *MADE]


def test_one_that_ended_is_started_again_but_not_at_once_again(engine: Engine, servers: Servers) -> None:
    held = servers._held["main"]
    servers._ended(held, gone=False)
    servers._ended(held, gone=False)
    assert engine.asked[4:] == ["start main"]


def test_one_that_was_removed_by_hand_is_made_again_on_its_volume(engine: Engine, servers: Servers) -> None:
    del engine.there["main"]
    servers._ended(servers._held["main"], gone=True)
    assert engine.asked[4:] == MADE


def test_one_that_goes_while_it_is_started_is_made_again(engine: Engine, servers: Servers) -> None:
    del engine.there["main"]
    servers._ended(servers._held["main"], gone=False)
    assert engine.asked[4:] == MADE


def test_one_that_the_cloud_removed_stays_away(engine: Engine, servers: Servers) -> None:
    held = servers._held["main"]
    servers.remove("main")
    servers._ended(held, gone=True)
    servers.remove("main")
    assert engine.asked[4:] == ["remove main", "remove volume main"]


def test_one_whose_making_failed_is_removed_like_any_other(engine: Engine, servers: Servers) -> None:
    servers.remove("main")
    engine.containers.create = lambda *_, **__: engine.get("no container")
    with pytest.raises(NotFound):
        servers.start(SERVER)
    servers.remove("main")
    assert engine.asked[4:] == ["remove main", "remove volume main", "volume main of rds", "remove volume main"]


def test_what_has_the_name_of_a_new_one_is_removed_before_it(engine: Engine, servers: Servers) -> None:
    del servers._known["main"]  # of an earlier cloud
    servers.start(SERVER)
    assert engine.asked[4:] == ["remove main", "remove volume main", "volume main of rds", *MADE]


def test_one_that_is_made_again_meanwhile_is_not_removed_when_the_engine_answers(
    engine: Engine, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    later: list[Callable[[], None]] = []
    monkeypatch.setattr("localcloud.cloud.inside.servers.surely", lambda remove, what: later.append(remove))
    servers.remove("main")
    servers.start(SERVER)
    before = list(engine.asked)
    later[0]()
    assert engine.asked == before


@pytest.mark.parametrize(
    ("error", "answers", "again"),
    [
        pytest.param(NotFound("no such image"), [True], False, id="it refused"),
        pytest.param(TimeoutError("no answer of the database"), [True], False, id="it has nothing to do with it"),
        pytest.param(TimeoutError("no answer of the database"), [False, False, True], True, id="it is back"),
        pytest.param(ConnectionRefusedError(), [True], True, id="it is back at once"),
    ],
)
def test_what_an_engine_made_fail_that_did_not_answer_is_tried_again(
    engine: Engine, servers: Servers, error: Exception, answers: list[bool], again: bool
) -> None:
    engine.ping = lambda: answers.pop(0)
    assert servers.outlast(error, lambda: True) is again
    assert answers == []


def test_what_is_no_longer_wanted_is_not_tried_again(engine: Engine, servers: Servers) -> None:
    engine.ping = lambda: False
    assert not servers.outlast(ConnectionRefusedError(), lambda: False)


def test_nothing_is_started_while_the_cloud_ends(
    engine: Engine, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localcloud.cloud.inside.servers.ending", [True])
    servers._ended(servers._held["main"], gone=False)
    assert engine.asked[4:] == []


def test_a_file_that_is_replaced_is_also_there_when_the_container_is_made_again(
    engine: Engine, servers: Servers
) -> None:
    servers.put("main", {"/slipway/users": File("x")})
    del engine.there["main"]
    servers._ended(servers._held["main"], gone=True)
    assert engine.asked[4:] == ["put 2", MADE[0], "put 3", MADE[2]]


def test_an_archive_keeps_modes_and_groups() -> None:
    with tarfile.open(fileobj=io.BytesIO(archive({"/slipway/key": File("é", 0o640, 70)}))) as packed:
        folder, key = packed.getmembers()
        assert (folder.name, folder.isdir(), folder.mode) == ("slipway", True, 0o755)
        assert (key.name, key.mode, key.gid, key.size) == ("slipway/key", 0o640, 70, 2)


def test_an_accounts_containers_are_those_with_its_number_in_their_name(
    engine: Engine, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("cloud-rds-111111111111-main", "cloud-rds-222222222222-main")
    monkeypatch.setattr(engine.api, "containers", lambda **_: [{"Names": [f"/{name}"]} for name in names])
    assert servers.of("111111111111") == [names[0]]


def test_an_image_is_there_or_not(engine: Engine, servers: Servers) -> None:
    assert servers.has_image("main")
    assert not servers.has_image("postgres:9-alpine")
