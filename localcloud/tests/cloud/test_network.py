import ipaddress
import socket
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from localcloud.cloud.inside import network

GATEWAY = network.Gateway("172.17.0.1", 4566, ipaddress.IPv4Network("172.17.0.0/16"))


NAME = "slipway-test"


class Network:
    """A network of an engine that keeps what it was made with."""

    def __init__(self, networks: "Networks", name: str, config: dict[str, str], options: Any) -> None:
        self.networks, self.name, self.id = networks, name, f"id-{len(networks.made)}"
        self.attrs: dict[str, Any] = {"IPAM": {"Config": [config]}, "Options": options}

    def remove(self) -> None:
        self.networks.there.remove(self)


class Networks:
    """The networks of an engine, which gives the addresses `free` to a network that asks for none."""

    def __init__(self, free: str, gateway: str = "") -> None:
        self.free, self.gateway = free, gateway
        self.there: list[Network] = []
        self.made: list[dict[str, str]] = []

    def list(self, names: list[str]) -> list[Network]:
        return [each for each in self.there if any(name in each.name for name in names)]

    def get(self, identity: str) -> Network:
        return next(each for each in self.there if each.id == identity)

    def create(self, name: str, ipam: Any = None, labels: Any = None, options: Any = None) -> Network:
        asked = ipam["Config"][0] if ipam else {"Subnet": self.free, "Gateway": self.gateway}
        config = {**asked, "Gateway": self.gateway or asked["Gateway"]}
        made = Network(self, name, config, options)
        self.made.append(config)
        self.there.append(made)
        return made


def engine(networks: Networks) -> Any:
    return SimpleNamespace(networks=networks)


@pytest.fixture(autouse=True)
def docker_types(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand for the engine's client library, which only the emulator's environment has."""

    def pool(subnet: str, gateway: str, iprange: str) -> dict[str, str]:
        return {"Subnet": subnet, "Gateway": gateway, "IPRange": iprange}

    types = SimpleNamespace(IPAMPool=pool, IPAMConfig=lambda pool_configs: {"Config": pool_configs})
    monkeypatch.setitem(sys.modules, "docker", SimpleNamespace(types=types))
    monkeypatch.setitem(sys.modules, "docker.types", types)


def test_containers_and_this_machine_come_in_by_the_bridge() -> None:
    assert GATEWAY.admits("172.17.0.1", "172.17.0.9")
    assert GATEWAY.admits("172.17.0.1", "127.0.0.1")


def test_another_machine_does_not_come_in_by_the_bridge() -> None:
    assert not GATEWAY.admits("172.17.0.1", "192.168.1.7")


def test_loopback_is_not_asked_who_it_is() -> None:
    assert GATEWAY.admits("127.0.0.1", "127.0.0.1")


def test_a_container_writes_the_gateways_address() -> None:
    assert GATEWAY.endpoint == "http://172.17.0.1:4566"


def test_fixed_addresses_are_of_the_half_that_the_engine_gives_none_from() -> None:
    gateway = network.Gateway("172.17.0.1", 4566, ipaddress.IPv4Network("172.17.0.0/16"))
    assert [gateway.reserve(), gateway.reserve()] == ["172.17.128.1", "172.17.128.2"]


def test_the_network_is_made_with_the_addresses_that_the_engine_chose() -> None:
    networks = Networks("172.30.0.0/16")
    made = network.ensure(engine(networks), NAME)
    [chosen, asked] = networks.made
    assert chosen == {"Subnet": "172.30.0.0/16", "Gateway": ""}
    assert asked == {"Subnet": "172.30.0.0/16", "Gateway": "172.30.0.1", "IPRange": "172.30.0.0/17"}
    assert networks.there == [made]


def test_a_network_that_is_there_is_taken() -> None:
    networks = Networks("172.30.0.0/16")
    networks.create(f"{NAME}-other")
    mine = networks.create(NAME)
    assert network.ensure(engine(networks), NAME) is mine
    assert len(networks.made) == 2


def test_packets_are_as_large_as_on_the_engines_default_network() -> None:
    networks = Networks("172.30.0.0/16")
    networks.create("bridge", options={network.MTU: "1460", "other": "x"})
    assert network.ensure(engine(networks), NAME).attrs["Options"] == {network.MTU: "1460"}


def test_the_cloud_listens_on_the_networks_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    monkeypatch.setattr(network, "SETTINGS", SimpleNamespace(port=free, instance=NAME))
    found = network.find(engine(Networks("127.0.0.0/8", "127.0.0.1")))
    assert found == network.Gateway("127.0.0.1", free, ipaddress.IPv4Network("127.0.0.0/8"))


def test_a_taken_port_gives_way_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = SimpleNamespace(port=taken.getsockname()[1], instance=NAME)
        monkeypatch.setattr(network, "SETTINGS", settings)
        found = network.find(engine(Networks("127.0.0.0/8", "127.0.0.1")))
        assert found is not None
        assert found.port != settings.port


def test_an_engine_in_a_machine_apart_has_no_gateway_here() -> None:
    assert network.find(engine(Networks("192.0.2.0/24", "192.0.2.1"))) is None


def test_an_engine_that_makes_no_network_has_no_gateway() -> None:
    assert network.find(SimpleNamespace()) is None
