"""Zones and records."""

from typing import Any

from localcloud.tests.plugins.aws.conformance import Case, Parent

ZONE = Parent("zone", "aws:route53/zone:Zone", {"name": "conformance.example"})
OTHER_ZONE = Parent("other", "aws:route53/zone:Zone", {"name": "other.example"})
BALANCER_ZONE = "Z32O12XQLNTSW2"
TOKEN = "aws:route53/record:Record"


def record(kind: str, *values: str, **more: Any) -> dict[str, Any]:
    wanted = {"zoneId": "${zone.zoneId}", "name": "www", "type": kind, "ttl": 60, "records": list(values)}
    return {**wanted, **more}


def alias(name: str, healthy: bool = True) -> list[dict[str, Any]]:
    return [{"name": name, "zoneId": BALANCER_ZONE, "evaluateTargetHealth": healthy}]


CASES = (
    Case(
        token="aws:route53/zone:Zone",
        inputs={"name": "dev.conformance.example", "comment": "of dev", "tags": {"team": "x"}},
        updates=({"comment": "for dev"}, {"comment": None}, {"tags": {"team": "y"}}, {"forceDestroy": True}),
        replaces=({"name": "prod.conformance.example"}, {"vpcs": [{"vpcId": "vpc-1"}]}),
        refused=({"name": "no domain!"}, {"comment": "a" * 300}, {"delegationSetId": "N1"}),
    ),
    Case(
        token="aws:route53/zone:Zone",
        label="private",
        inputs={
            "name": "internal.example",
            "vpcs": [{"vpcId": "vpc-1", "vpcRegion": "eu-west-1"}, {"vpcId": "vpc-2", "vpcRegion": "eu-west-1"}],
        },
        updates=(
            {"vpcs": [{"vpcId": "vpc-2", "vpcRegion": "eu-west-1"}, {"vpcId": "vpc-3", "vpcRegion": "eu-west-1"}]},
        ),
        replaces=({"vpcs": []},),
    ),
    Case(
        token=TOKEN,
        label="A",
        parents=(ZONE, OTHER_ZONE),
        inputs=record("A", "192.0.2.1", "192.0.2.2"),
        updates=({"ttl": 300}, {"records": ["192.0.2.3"]}, {"allowOverwrite": True}),
        replaces=({"name": "api"}, {"type": "AAAA", "records": ["2001:db8::1"]}, {"zoneId": "${other.zoneId}"}),
        refused=(
            {"records": ["example.com"]},
            {"records": ["2001:db8::1"]},
            {"ttl": None},
            {"records": None},
            {"aliases": alias("lb.example.com")},
            {"type": "B"},
            {"setIdentifier": "blue"},
            {"weightedRoutingPolicies": [{"weight": 1}]},
        ),
    ),
    Case(
        token=TOKEN,
        label="alias",
        parents=(ZONE,),
        inputs={
            "zoneId": "${zone.zoneId}",
            "name": "counter.conformance.example",
            "type": "A",
            "aliases": alias("Main-1.eu-west-1.elb.amazonaws.com"),
        },
        updates=(
            {"aliases": alias("main-2.eu-west-1.elb.amazonaws.com")},
            {"aliases": alias("main-2.eu-west-1.elb.amazonaws.com", healthy=False)},
            {"aliases": None, "records": ["192.0.2.1"], "ttl": 60},
        ),
    ),
    Case(
        token=TOKEN,
        label="CNAME",
        parents=(ZONE,),
        inputs=record("CNAME", "www.example.com"),
        updates=({"records": ["web.example.com"]},),
        refused=({"records": ["a.example.com", "b.example.com"]},),
    ),
    Case(
        token=TOKEN,
        label="NS",
        parents=(ZONE,),
        inputs=record("NS", "ns-1.example.com.", "ns-2.example.com.", name="dev.conformance.example"),
        updates=({"records": ["ns-1.example.com.", "ns-3.example.com."]},),
    ),
    Case(
        token=TOKEN,
        label="TXT",
        parents=(ZONE,),
        inputs=record("TXT", "v=spf1 -all", name="*.mail"),
        updates=({"records": ["v=spf1 ~all", "another"]},),
    ),
    Case(
        token=TOKEN,
        label="MX",
        parents=(ZONE,),
        inputs=record("MX", "10 mail.example.com", name=""),
        updates=({"records": ["10 mail.example.com", "20 other.example.com"]},),
        refused=({"records": ["mail.example.com"]},),
    ),
    Case(
        token=TOKEN,
        label="weighted",
        parents=(
            ZONE,
            Parent(
                "blue",
                TOKEN,
                record("A", "192.0.2.1", setIdentifier="blue", weightedRoutingPolicies=[{"weight": 90}]),
            ),
        ),
        inputs=record(
            "A",
            "192.0.2.2",
            setIdentifier="green",
            weightedRoutingPolicies=[{"weight": 10}],
            healthCheckId="00000000-0000-0000-0000-000000000001",
        ),
        updates=(
            {"weightedRoutingPolicies": [{"weight": 100}]},
            {"healthCheckId": "00000000-0000-0000-0000-000000000002"},
        ),
        replaces=({"setIdentifier": "red"},),
        refused=(
            {"setIdentifier": None},
            {"weightedRoutingPolicies": [{"weight": 256}]},
            {"latencyRoutingPolicies": [{"region": "eu-west-1"}]},
        ),
    ),
    Case(
        token=TOKEN,
        label="failover",
        parents=(ZONE,),
        inputs=record("A", "192.0.2.2", setIdentifier="main", failoverRoutingPolicies=[{"type": "PRIMARY"}]),
        updates=({"failoverRoutingPolicies": [{"type": "SECONDARY"}]},),
    ),
    Case(
        token=TOKEN,
        label="latency",
        parents=(ZONE,),
        inputs=record("A", "192.0.2.2", setIdentifier="near", latencyRoutingPolicies=[{"region": "eu-west-1"}]),
        updates=({"latencyRoutingPolicies": [{"region": "us-east-1"}]},),
    ),
    Case(
        token=TOKEN,
        label="place",
        parents=(ZONE,),
        inputs=record("A", "192.0.2.2", setIdentifier="de", geolocationRoutingPolicies=[{"country": "DE"}]),
        updates=({"geolocationRoutingPolicies": [{"continent": "EU"}]},),
    ),
    Case(
        token=TOKEN,
        label="multivalue",
        parents=(ZONE,),
        inputs=record("A", "192.0.2.2", setIdentifier="one", multivalueAnswerRoutingPolicy=True),
        updates=({"ttl": 30},),
    ),
)
