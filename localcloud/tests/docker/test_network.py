"""The addresses, the bridge and the rules of our own engine, without touching this machine's."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud.docker import network, root
from localcloud.docker.network import Bridge, Network
from localcloud.errors import Trouble

TAG = "0a1b2c"
ROUTES = [{"dst": "default", "dev": "eth0"}, {"dst": "192.0.2.0/24", "dev": "eth0"}, {"dst": "192.0.2.2", "dev": "lo"}]


class Machine:
    """Answers `ip` and `iptables` from memory: links, routes, and the rules of each chain."""

    def __init__(self) -> None:
        self.links: set[str] = set()
        self.routes = list(ROUTES)
        self.asked: list[tuple[str, ...]] = []
        self.rules: dict[str, list[list[str]]] = {
            chain: [] for chain in ("filter FORWARD", "filter INPUT", "nat POSTROUTING")
        }

    def run(self, *words: str, **_: object) -> tuple[int, str]:
        self.asked.append(words)
        if words[0] == "iptables":
            return self._iptables(*words[2:])
        if words[:5] == ("ip", "-json", "-4", "route", "show"):
            shown = self.routes if "all" in words else self.routes[:1]
            return 0, json.dumps(shown)
        if words[:3] == ("ip", "link", "add"):
            self.links.add(words[4])
        if words[:3] == ("ip", "link", "delete"):
            self.links.remove(words[3])
        return 0, ""

    def _iptables(self, _: str, table: str, verb: str, chain: str, *rule: str) -> tuple[int, str]:
        key = f"{table} {chain}"
        if verb == "-N":
            self.rules[key] = []
            return 0, ""
        if key not in self.rules:
            return 1, "no chain by that name"
        match verb:
            case "-A":
                self.rules[key].append(list(rule))
            case "-I":
                self.rules[key].insert(0, list(rule))
            case "-F":
                self.rules[key] = []
            case "-X":
                assert self.rules.pop(key) == []
            case "-C" | "-D":
                if list(rule) not in self.rules[key]:
                    return 1, "no such rule"
                if verb == "-D":
                    self.rules[key].remove(list(rule))
        return 0, ""

    def must(self, *words: str, **_: object) -> str:
        code, output = self.run(*words)
        assert code == 0, words
        return output


@pytest.fixture
def machine(home: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(root, "run", made.run)
    monkeypatch.setattr(root, "must", made.must)
    monkeypatch.setattr(network, "exists", lambda bridge: bridge.name in made.links)
    monkeypatch.setattr(network, "uplink_mtu", lambda: 1400)
    return made


def test_a_pool_is_cut_into_the_bridge_and_the_other_networks() -> None:
    bridge = Bridge(TAG, Network("10.210.0.0/16"))
    assert bridge.gateway == "10.210.0.1"
    assert (str(bridge.subnet), str(bridge.others)) == ("10.210.0.0/17", "10.210.128.0/17")
    assert (bridge.name, bridge.chain, bridge.mac) == ("slw-0a1b2c", "SLW-0A1B2C", "02:42:5e:0a:1b:2c")
    assert len(bridge.name) <= 15


def test_two_repositories_begin_at_different_pools() -> None:
    assert network.choose("000000", []) == Network("10.200.0.0/16")
    assert network.choose("000001", []) == Network("10.201.0.0/16")


def test_a_pool_that_overlaps_a_route_is_passed_over() -> None:
    taken = [Network("10.200.0.0/15"), Network("10.202.7.0/24")]
    assert network.choose("000000", taken) == Network("10.203.0.0/16")
    assert network.choose("000000", [Network("10.0.0.0/8")]) == Network("172.18.0.0/16")


def test_a_machine_that_routes_every_private_network_is_told_so() -> None:
    with pytest.raises(Trouble, match="no private network is free for containers"):
        network.choose("000000", [Network("10.0.0.0/8"), Network("172.16.0.0/12")])


def test_the_bridge_is_made_with_its_fixed_address_and_the_uplinks_packet_size(machine: Machine) -> None:
    made = network.up(TAG)
    assert ("ip", "link", "add", "name", made.name, "address", made.mac, "type", "bridge") in machine.asked
    assert ("ip", "address", "replace", f"{made.gateway}/17", "dev", made.name) in machine.asked
    assert ("ip", "link", "set", made.name, "up", "mtu", "1400") in machine.asked


def test_the_rules_let_containers_out_and_nothing_unasked_in(machine: Machine) -> None:
    made = network.up(TAG)
    pool = str(made.pool)
    assert machine.rules == {
        "filter FORWARD": [["-j", made.chain]],
        "filter INPUT": [["-i", "br-+", "-s", str(made.pool), "-j", "ACCEPT"], ["-i", made.name, "-j", "ACCEPT"]],
        "nat POSTROUTING": [["-j", made.chain]],
        f"filter {made.chain}": [
            ["-s", pool, "-d", pool, "-j", "ACCEPT"],
            ["-d", pool, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT"],
            ["-d", pool, "-j", "DROP"],
            ["-s", pool, "-o", "docker+", "-j", "DROP"],
            ["-s", pool, "-o", "br-+", "-j", "DROP"],
            ["-s", pool, "-j", "ACCEPT"],
        ],
        f"nat {made.chain}": [["-s", pool, "!", "-d", pool, "-j", "MASQUERADE"]],
    }


def test_a_second_start_changes_nothing(machine: Machine) -> None:
    first = network.up(TAG)
    rules = json.dumps(machine.rules)
    machine.asked.clear()
    assert network.up(TAG) == first
    assert json.dumps(machine.rules) == rules
    assert not [words for words in machine.asked if {"-A", "-I", "-N"} & set(words) or "add" in words]


@pytest.mark.parametrize(
    "flush",
    [
        lambda rules, chain: rules["filter FORWARD"].clear(),
        lambda rules, chain: rules[f"nat {chain}"].clear(),
        lambda rules, chain: rules[f"filter {chain}"].pop(2),
    ],
)
def test_a_rule_that_is_gone_brings_all_of_them_back_once(
    machine: Machine, flush: Callable[[dict[str, list[list[str]]], str], object]
) -> None:
    made = network.up(TAG)
    whole = json.dumps(machine.rules)
    flush(machine.rules, made.chain)
    network.up(TAG)
    assert json.loads(whole) == machine.rules


def test_rules_of_others_stay_where_they_are(machine: Machine) -> None:
    machine.rules["filter FORWARD"] = [["-j", "DOCKER-USER"]]
    made = network.up(TAG)
    assert machine.rules["filter FORWARD"] == [["-j", made.chain], ["-j", "DOCKER-USER"]]
    network.down(TAG)
    assert machine.rules == {
        "filter FORWARD": [["-j", "DOCKER-USER"]],
        "filter INPUT": [],
        "nat POSTROUTING": [],
    }
    assert machine.links == set()


def test_the_addresses_of_last_time_come_back_while_they_are_free(machine: Machine) -> None:
    first = network.up(TAG)
    network.down(TAG)
    assert network.up(TAG) == first

    network.down(TAG)
    machine.routes.append({"dst": str(first.pool), "dev": "vpn0"})
    second = network.up(TAG)
    assert not second.pool.overlaps(first.pool)


def test_a_bridge_that_is_up_keeps_its_addresses_whatever_is_routed_to_it(machine: Machine) -> None:
    first = network.up(TAG)
    machine.routes.append({"dst": str(first.subnet), "dev": first.name})
    assert network.up(TAG) == first


def test_taking_down_what_was_never_up_does_nothing(machine: Machine) -> None:
    network.down(TAG)
    assert machine.asked == []
