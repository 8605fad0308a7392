"""What the emulated accounts say about host names, load balancers and targets, as values to route by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from localcloud.door.apis import HttpApi, Link, Mapped

LONGEST_CHAIN = 8
"""How many names may follow one another before a host is taken for a loop."""


@dataclass(frozen=True)
class Target:
    """Where a task of a service listens."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


@dataclass(frozen=True)
class HealthCheck:
    """How a target group asks its targets whether they may get traffic."""

    enabled: bool = True
    protocol: str = "HTTP"
    port: str = "traffic-port"
    path: str = "/"
    codes: str = "200"
    timeout: float = 5
    interval: float = 30
    unhealthy_after: int = 2
    healthy_after: int = 5


@dataclass(frozen=True)
class TargetGroup:
    """A target group with the targets that are registered now."""

    arn: str
    name: str
    protocol: str
    kind: str
    check: HealthCheck
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Listener:
    """A listener with its rules, the first that matches first, the default last."""

    port: int
    protocol: str
    rules: tuple[Mapping[str, Any], ...]
    arn: str = ""

    @property
    def scheme(self) -> str:
        """The scheme that visitors would use on AWS."""
        return "https" if self.protocol in ("HTTPS", "TLS") else "http"


@dataclass(frozen=True)
class LoadBalancer:
    """A load balancer; what a host name leads to."""

    account: str
    name: str
    dns_name: str
    listeners: tuple[Listener, ...]
    groups: Mapping[str, TargetGroup]

    def listener(self) -> Listener | None:
        """Return the listener a browser ends up at: HTTPS on 443, any HTTPS, HTTP on 80, the first."""
        rank = sorted(self.listeners, key=lambda each: (each.scheme != "https", each.port not in (443, 80), each.port))
        return rank[0] if rank else None

    def groups_for(self, host: str, listener: Listener | None = None) -> list[TargetGroup]:
        """Return the target groups of the rules that are for a host alone; of all, when no rule names it.

        Those of a browser's listener, if no other is given.
        """
        listener = listener or self.listener()
        rules = listener.rules if listener else ()
        own = [rule for rule in rules if any(host in _host_values(each) for each in rule.get("Conditions") or ())]
        arns = {arn: None for rule in own or rules for arn in arns_of(rule)}
        return [self.groups[arn] for arn in arns if arn in self.groups]


@dataclass(frozen=True)
class Gateway:
    """A distribution, API domain or sign-in page, which the cloud serves when it is asked with this host name."""

    account: str
    kind: Literal["distribution", "api", "sign-in"]
    host: str
    aliases: frozenset[str] = frozenset()
    mappings: Mapping[str, Mapped] = field(default_factory=dict, hash=False)
    """By key, the APIs of which the door carries some routes by itself."""


Destination = LoadBalancer | Gateway


@dataclass(frozen=True)
class Routes:
    """Host names and what they lead to, over all accounts."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of all public zones, lower case without the last dot, with the names or addresses they lead to."""
    endpoints: Mapping[str, Destination] = field(default_factory=dict)
    """AWS's own names (`….elb.amazonaws.com`) with what answers there."""

    def find(self, host: str) -> Destination | None:
        """Follow a host name through the zones (aliases, CNAMEs, wildcards) to what serves it, or nothing."""
        name = host.lower().rstrip(".")
        for _ in range(LONGEST_CHAIN):
            if (found := self.endpoints.get(name.removeprefix("dualstack."))) is not None:
                serves_host = not (isinstance(found, Gateway) and found.aliases) or host.lower() in found.aliases
                return found if serves_host else None
            following = self.names.get(name) or self.names.get(f"*.{name.partition('.')[2]}")
            if not following:
                return None
            name = following[0].lower().rstrip(".")
        return None

    @cached_property
    def listeners(self) -> dict[str, tuple[LoadBalancer, Listener]]:
        """Every listener by its ARN, with its load balancer."""
        balancers = [each for each in self.endpoints.values() if isinstance(each, LoadBalancer)]
        return {listener.arn: (balancer, listener) for balancer in balancers for listener in balancer.listeners}

    def groups(self) -> Iterator[TargetGroup]:
        """Yield every target group of every load balancer once."""
        seen: set[str] = set()
        for endpoint in self.endpoints.values():
            for group in endpoint.groups.values() if isinstance(endpoint, LoadBalancer) else ():
                if group.arn not in seen:
                    seen.add(group.arn)
                    yield group

    @cached_property
    def hosts(self) -> dict[str, Destination]:
        """The host names that lead somewhere, without wildcards."""
        found = {name: self.find(name) for name in sorted(self.names) if not name.startswith("*")}
        return {name: destination for name, destination in found.items() if destination is not None}


def read(view: Mapping[str, Any]) -> Routes:
    """Turn the emulator's answer into routes; of a name in two zones the longer zone's record counts."""
    names: dict[str, tuple[int, tuple[str, ...]]] = {}
    endpoints: dict[str, Destination] = {}
    for account, content in view["accounts"].items():
        for zone in content["zones"]:
            length = len(zone["Name"].rstrip("."))
            for record in zone["Records"]:
                target = (record["Alias"],) if record.get("Alias") else tuple(record.get("Values") or ())
                name = record["Name"].lower().rstrip(".").replace("\\052", "*")
                if record["Type"] in ("A", "AAAA", "CNAME") and target and names.get(name, (0, ()))[0] < length:
                    names[name] = (length, target)
        endpoints |= _endpoints(account, content)
    return Routes({name: target for name, (_, target) in names.items()}, endpoints)


def _endpoints(account: str, content: Mapping[str, Any]) -> dict[str, Destination]:
    found: dict[str, Destination] = {}
    groups = {arn: _group(arn, group) for arn, group in content["target_groups"].items()}
    for balancer in content["load_balancers"]:
        listeners = tuple(_listener(each) for each in balancer["Listeners"])
        rules = [rule for listener in listeners for rule in listener.rules]
        used = {arn: groups[arn] for rule in rules for arn in arns_of(rule) if arn in groups}
        name = balancer["DNSName"].lower()
        found[name] = LoadBalancer(account, balancer["Name"], name, listeners, used)
    for distribution in content["distributions"]:
        name = distribution["DomainName"].lower()
        aliases = frozenset(alias.lower() for alias in distribution["Aliases"])
        found[name] = Gateway(account, "distribution", name, aliases)
    apis = {
        identity: HttpApi(identity, api["Cors"], _links(api["Routes"]), api["Stages"])
        for identity, api in content.get("http_apis", {}).items()
    }
    for domain in content["api_domains"]:
        host = domain["DomainName"].lower()
        mappings = domain.get("Mappings", {})
        carried = {key: Mapped(apis[api], stage) for key, (api, stage) in mappings.items() if api in apis}
        if len(carried) < len(mappings):
            carried = {}  # a longer key of another API could be meant: the cloud knows all of them
        for target in domain["Targets"]:
            found[target.lower()] = Gateway(account, "api", host, frozenset({host}), carried)
    for host in content.get("auth_domains", ()):
        found[host.lower()] = Gateway(account, "sign-in", host.lower())
    return found


def _links(routes: Mapping[str, Any]) -> dict[str, Link | None]:
    return {
        key: Link(link["Listener"], link["Parameters"], link.get("Address", "")) if link else None
        for key, link in routes.items()
    }


def _listener(listener: Mapping[str, Any]) -> Listener:
    def priority(rule: Mapping[str, Any]) -> tuple[bool, int]:
        text = str(rule.get("Priority", "default"))
        return (not text.isdigit(), int(text) if text.isdigit() else 0)

    rules = tuple(sorted(listener["Rules"], key=priority))
    return Listener(int(listener["Port"]), listener["Protocol"], rules, listener.get("Arn", ""))


def arns_of(rule: Mapping[str, Any]) -> Iterator[str]:
    """Yield the target groups that a rule may send traffic to."""
    for action in rule["Actions"]:
        if action.get("TargetGroupArn"):
            yield action["TargetGroupArn"]
        for each in (action.get("ForwardConfig") or {}).get("TargetGroups") or ():
            yield each["TargetGroupArn"]


def _host_values(condition: Mapping[str, Any]) -> list[str]:
    if condition["Field"] != "host-header":
        return []
    values: list[str] = condition.get("Values") or (condition.get("HostHeaderConfig") or {}).get("Values") or []
    return [value.lower() for value in values]


def _group(arn: str, group: Mapping[str, Any]) -> TargetGroup:
    check = HealthCheck(
        enabled=bool(group.get("HealthCheckEnabled", True)),
        protocol=group.get("HealthCheckProtocol", "HTTP"),
        port=str(group.get("HealthCheckPort", "traffic-port")),
        path=group.get("HealthCheckPath") or "/",
        codes=str((group.get("Matcher") or {}).get("HttpCode") or "200"),
        timeout=float(group.get("HealthCheckTimeoutSeconds", 5)),
        interval=float(group.get("HealthCheckIntervalSeconds", 30)),
        unhealthy_after=int(group.get("UnhealthyThresholdCount", 2)),
        healthy_after=int(group.get("HealthyThresholdCount", 5)),
    )
    targets = tuple(Target(target["Id"], int(target["Port"])) for target in group["Targets"])
    name, protocol = group["TargetGroupName"], group.get("Protocol", "HTTP")
    return TargetGroup(arn, name, protocol, group.get("TargetType", "ip"), check, targets)
