import ipaddress
import socket
from types import SimpleNamespace
from typing import Any

from localcloud.cloud.inside import network

GATEWAY = network.Gateway("172.17.0.1", 4566, ipaddress.IPv4Network("172.17.0.0/16"))


def engine(config: dict[str, str]) -> Any:
    bridge = SimpleNamespace(attrs={"IPAM": {"Config": [config]}})
    return SimpleNamespace(networks=SimpleNamespace(get={"bridge": bridge}.__getitem__))


def test_containers_and_this_machine_come_in_by_the_bridge() -> None:
    assert GATEWAY.admits("172.17.0.1", "172.17.0.9")
    assert GATEWAY.admits("172.17.0.1", "127.0.0.1")


def test_another_machine_does_not_come_in_by_the_bridge() -> None:
    assert not GATEWAY.admits("172.17.0.1", "192.168.1.7")


def test_loopback_is_not_asked_who_it_is() -> None:
    assert GATEWAY.admits("127.0.0.1", "127.0.0.1")


def test_a_container_writes_the_gateways_address() -> None:
    assert GATEWAY.endpoint == "http://172.17.0.1:4566"


def test_the_gateway_is_the_bridges(monkeypatch: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    monkeypatch.setattr(network, "SETTINGS", SimpleNamespace(port=free))
    found = network.find(engine({"Subnet": "127.0.0.0/8", "Gateway": "127.0.0.1"}))
    assert found == network.Gateway("127.0.0.1", free, ipaddress.IPv4Network("127.0.0.0/8"))


def test_a_taken_port_gives_way_to_another(monkeypatch: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(network, "SETTINGS", SimpleNamespace(port=taken.getsockname()[1]))
        found = network.find(engine({"Subnet": "127.0.0.0/8", "Gateway": "127.0.0.1"}))
        assert found is not None
        assert found.port != taken.getsockname()[1]


def test_an_engine_in_a_machine_apart_has_no_gateway_here(monkeypatch: Any) -> None:
    assert network.find(engine({"Subnet": "192.0.2.0/24", "Gateway": "192.0.2.1"})) is None
    assert network.find(engine({})) is None
