"""The bridge of our own engine and the firewall rules for it, apart from every other engine's.

Two engines that manage iptables fight over the same chains, and both address `docker0`. Ours is told to leave both
alone: the bridge and the rules are made here, under names of our own, and taken away again.
"""

import ipaddress
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from localcloud import home
from localcloud.docker import root
from localcloud.errors import Trouble

Network = ipaddress.IPv4Network
WAIT = "-w"  # for the lock of another iptables


@dataclass(frozen=True)
class Bridge:
    """A bridge and the addresses behind it: its lower half is the bridge's, the upper for other networks."""

    tag: str
    """Six hex digits that tell this repository's engine from others."""
    pool: Network
    """A /16 that nothing else on this machine routes to."""

    @property
    def name(self) -> str:
        """The interface."""
        return f"slw-{self.tag}"

    @property
    def chain(self) -> str:
        """The name of our chains, in the tables filter and nat."""
        return f"SLW-{self.tag.upper()}"

    @property
    def mac(self) -> str:
        """A fixed hardware address: a bridge without one takes the lowest of its ports' and changes it when that
        container ends; the others then lose their gateway for as long as they remember the old one."""
        return "02:42:5e:" + ":".join(self.tag[at : at + 2] for at in (0, 2, 4))

    @property
    def gateway(self) -> str:
        """The bridge's own address, under which containers reach this machine."""
        return str(self.pool[1])

    @property
    def subnet(self) -> Network:
        """The addresses of containers on the bridge."""
        return next(self.pool.subnets(prefixlen_diff=1))

    @property
    def others(self) -> Network:
        """Where networks that somebody creates by hand are taken from."""
        return list(self.pool.subnets(prefixlen_diff=1))[1]


def pools(tag: str) -> Iterator[Network]:
    """Yield private /16 networks, beginning at a place that depends on the tag."""
    private = [f"10.{number}.0.0/16" for number in range(200, 255)]
    private += [f"172.{number}.0.0/16" for number in range(18, 32)]
    start = int(tag, 16) % len(private)
    yield from (Network(pool) for pool in private[start:] + private[:start])


def choose(tag: str, taken: Iterable[Network]) -> Network:
    """Return the first pool that overlaps no taken network; a Trouble when there is none."""
    used = list(taken)
    for pool in pools(tag):
        if not any(pool.overlaps(network) for network in used):
            return pool
    raise Trouble("no private network is free for containers", "remove a route to 10.200.0.0/13 or 172.18.0.0/15")


def routed() -> list[Network]:
    """Return the networks that this machine routes to, its own addresses among them, the default route left out."""
    entries = json.loads(root.must("ip", "-json", "-4", "route", "show", "table", "all"))
    return [Network(entry["dst"], strict=False) for entry in entries if entry["dst"] != "default"]


def uplink_mtu() -> int:
    """Return the largest packet of the default route's interface; larger ones from containers would be lost."""
    for route in json.loads(root.must("ip", "-json", "-4", "route", "show", "default")):
        return int(Path(f"/sys/class/net/{route['dev']}/mtu").read_text())
    return 1500


def bridge(tag: str) -> Bridge | None:
    """Return the bridge that this machine was given the last time, whether it is up or not."""
    path = _memory()
    return Bridge(tag, Network(json.loads(path.read_text())["pool"])) if path.exists() else None


def up(tag: str) -> Bridge:
    """Make the bridge with its address and the rules; keeps the addresses of last time when they are still free."""
    last = bridge(tag)
    if last and exists(last):
        made = last
    else:
        taken = routed()
        free = last is not None and not any(last.pool.overlaps(network) for network in taken)
        made = last if last and free else Bridge(tag, choose(tag, taken))
        home.write(_memory(), json.dumps({"pool": str(made.pool)}))
        root.must("ip", "link", "add", "name", made.name, "address", made.mac, "type", "bridge")
    address = f"{made.gateway}/{made.subnet.prefixlen}"
    root.must("ip", "address", "replace", address, "dev", made.name)
    root.must("ip", "link", "set", made.name, "up", "mtu", str(uplink_mtu()))
    keep_rules(made)
    return made


def down(tag: str) -> None:
    """Take away the rules and the bridge."""
    made = bridge(tag)
    if made is None:
        return
    _remove_rules(made)
    if exists(made):
        root.must("ip", "link", "delete", made.name)


def exists(made: Bridge) -> bool:
    """Say whether the interface is there."""
    return Path(f"/sys/class/net/{made.name}").exists()


def keep_rules(made: Bridge) -> None:
    """Make sure that every rule stands, also after somebody flushed the firewall."""
    jumps = all(root.run("iptables", WAIT, "-t", table, "-C", *rule)[0] == 0 for table, rule in _jumps(made))
    if jumps and all(root.run("iptables", WAIT, "-t", table, "-C", *rule)[0] == 0 for table, rule in _rules(made)):
        return
    _remove_rules(made)
    for table in ("filter", "nat"):
        root.must("iptables", WAIT, "-t", table, "-N", made.chain)
    for table, rule in _rules(made):
        root.must("iptables", WAIT, "-t", table, "-A", *rule)
    for table, rule in _jumps(made):
        root.must("iptables", WAIT, "-t", table, "-I", *rule)


def _remove_rules(made: Bridge) -> None:
    for table, rule in _jumps(made):
        while root.run("iptables", WAIT, "-t", table, "-D", *rule)[0] == 0:
            pass
    for table in ("filter", "nat"):
        if root.run("iptables", WAIT, "-t", table, "-F", made.chain)[0] == 0:
            root.must("iptables", WAIT, "-t", table, "-X", made.chain)


def _jumps(made: Bridge) -> list[tuple[str, list[str]]]:
    """Return what leads into our chains, with its table; the gateways are reached even where INPUT drops."""
    return [
        ("filter", ["FORWARD", "-j", made.chain]),
        ("filter", ["INPUT", "-i", made.name, "-j", "ACCEPT"]),
        ("filter", ["INPUT", "-i", "br-+", "-s", str(made.pool), "-j", "ACCEPT"]),
        ("nat", ["POSTROUTING", "-j", made.chain]),
    ]


def _rules(made: Bridge) -> list[tuple[str, list[str]]]:
    """Return the rules of our chains: out to the world and among ourselves, not to another engine's containers,
    and nothing from outside that was not asked for."""
    pool, chain = str(made.pool), made.chain
    established = ["-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED"]
    return [
        ("filter", [chain, "-s", pool, "-d", pool, "-j", "ACCEPT"]),
        ("filter", [chain, "-d", pool, *established, "-j", "ACCEPT"]),
        ("filter", [chain, "-d", pool, "-j", "DROP"]),
        ("filter", [chain, "-s", pool, "-o", "docker+", "-j", "DROP"]),
        ("filter", [chain, "-s", pool, "-o", "br-+", "-j", "DROP"]),
        ("filter", [chain, "-s", pool, "-j", "ACCEPT"]),
        ("nat", [chain, "-s", pool, "!", "-d", pool, "-j", "MASQUERADE"]),
    ]


def _memory() -> Path:
    return home.file("docker", "network.json")
