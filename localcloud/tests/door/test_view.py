"""Host names through emulated zones to what serves them."""

from typing import Any

from localcloud.door.view import Gateway, LoadBalancer, Routes, read
from localcloud.tests.door.fakes import BALANCER, HOST, account

EMPTY: dict[str, Any] = {
    "zones": [],
    "load_balancers": [],
    "target_groups": {},
    "distributions": [],
    "api_domains": [],
}


def routes(**accounts: dict[str, Any]) -> Routes:
    return read({"accounts": {name: {**EMPTY, **content} for name, content in accounts.items()}})


def zone(name: str, **records: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Records": [
            {"Name": f"{host}.{name}".lstrip("."), "Type": "CNAME", "Alias": None, "Values": [target]}
            for host, target in records.items()
        ],
    }


def test_an_alias_record_leads_to_its_load_balancer_in_any_spelling() -> None:
    found = read({"accounts": {"222222222222": account({"web": [1]})}}).find(HOST.upper() + ".")
    assert isinstance(found, LoadBalancer)
    assert (found.account, found.dns_name, list(found.groups)) == ("222222222222", BALANCER, ["web"])


def test_a_name_may_lead_over_another_name_and_a_wildcard() -> None:
    content = {"load_balancers": [{"Name": "x", "DNSName": "lb.aws", "Listeners": []}]}
    zones = [zone("a.test.", www="blue.b.test."), {"Name": "b.test.", "Records": []}]
    zones[1]["Records"] = [{"Name": "\\052.b.test.", "Type": "A", "Alias": "LB.aws.", "Values": []}]
    found = routes(a={**content, "zones": zones})
    assert found.find("www.a.test") == found.endpoints["lb.aws"]
    assert found.find("deep.er.b.test") is None


def test_names_in_a_circle_lead_nowhere() -> None:
    assert routes(a={"zones": [zone("t.", x="y.t.", y="x.t.")]}).find("x.t") is None


def test_of_two_accounts_with_one_name_the_one_with_the_longer_zone_counts() -> None:
    parent = {"zones": [{"Name": "test.", "Records": [_alias("web.dev.test.", "old.aws.")]}], **_balancer("old.aws")}
    child = {"zones": [{"Name": "dev.test.", "Records": [_alias("web.dev.test.", "new.aws.")]}], **_balancer("new.aws")}
    for accounts in ({"a": parent, "b": child}, {"b": child, "a": parent}):
        found = routes(**accounts).find("web.dev.test")
        assert isinstance(found, LoadBalancer)
        assert found.name == "new.aws"


def test_a_distribution_serves_its_aliases_only() -> None:
    distribution = {"Id": "E1", "DomainName": "d1.cloudfront.net", "Aliases": ["app.t"]}
    found = routes(
        a={"zones": [zone("t.", app="d1.cloudfront.net", other="d1.cloudfront.net")], "distributions": [distribution]}
    )
    assert found.find("app.t") == Gateway("a", "distribution", "d1.cloudfront.net", frozenset({"app.t"}))
    assert found.find("other.t") is None


def test_an_api_domain_is_asked_for_by_its_own_name() -> None:
    domain = {"DomainName": "api.t", "Targets": ["d-1.execute-api.eu-west-1.amazonaws.com"]}
    zones = [zone("t.", api="d-1.execute-api.eu-west-1.amazonaws.com")]
    found = routes(a={"zones": zones, "api_domains": [domain]}).find("api.t")
    assert found == Gateway("a", "api", "api.t", frozenset({"api.t"}))


def test_the_listener_of_a_browser_is_https_before_http() -> None:
    def listener(port: int, protocol: str) -> dict[str, Any]:
        return {"Port": port, "Protocol": protocol, "Rules": []}

    def chosen(*listeners: dict[str, Any]) -> int | None:
        balancer = {"Name": "x", "DNSName": "lb.aws", "Listeners": list(listeners)}
        found = routes(a={"load_balancers": [balancer]}).endpoints["lb.aws"]
        assert isinstance(found, LoadBalancer)
        best = found.listener()
        return best.port if best else None

    assert chosen(listener(80, "HTTP"), listener(8443, "HTTPS"), listener(443, "HTTPS")) == 443
    assert chosen(listener(8080, "HTTP"), listener(80, "HTTP")) == 80
    assert chosen() is None


def test_rules_are_in_the_order_of_their_priority_with_the_default_last() -> None:
    rules = [{"Priority": each, "Conditions": [], "Actions": []} for each in ("default", "30", "4", "100")]
    balancer = {"Name": "x", "DNSName": "lb.aws", "Listeners": [{"Port": 80, "Protocol": "HTTP", "Rules": rules}]}
    found = routes(a={"load_balancers": [balancer]}).endpoints["lb.aws"]
    assert isinstance(found, LoadBalancer)
    assert [rule["Priority"] for rule in found.listeners[0].rules] == ["4", "30", "100", "default"]


def _alias(name: str, target: str) -> dict[str, Any]:
    return {"Name": name, "Type": "A", "Alias": target, "Values": []}


def _balancer(name: str) -> dict[str, Any]:
    return {"load_balancers": [{"Name": name, "DNSName": name, "Listeners": []}]}
