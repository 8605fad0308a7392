"""Private namespaces and the services in them."""

from typing import Any

from localcloud.tests.plugins.aws.conformance import VPC, Case, Parent

NAMESPACE_INPUTS = {"name": "dev.internal", "vpc": "${vpc.id}"}
NAMESPACE = Parent("namespace", "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", NAMESPACE_INPUTS)
OTHER_NAMESPACE = Parent(
    "elsewhere",
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
    {"name": "staging.internal", "vpc": "${vpc.id}"},
)


def records(ttl: int = 10, namespace: str = "namespace", **more: Any) -> dict[str, Any]:
    return {"namespaceId": f"${{{namespace}.id}}", "dnsRecords": [{"type": "A", "ttl": ttl}], **more}


CASES = (
    Case(
        token="aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        parents=(VPC,),
        inputs={"name": "test.internal", "vpc": "${vpc.id}", "description": "services", "tags": {"team": "x"}},
        updates=({"description": "all services"}, {"description": None}, {"tags": {"team": "y"}}),
        replaces=({"name": "other.internal"}, {"vpc": "vpc-0123456789abcdef0"}),
        refused=({"name": "two words"}, {"vpc": "mine"}),
    ),
    Case(
        token="aws:servicediscovery/service:Service",
        parents=(VPC, NAMESPACE, OTHER_NAMESPACE),
        inputs={
            "name": "market-api",
            "description": "items",
            "dnsConfig": records(routingPolicy="MULTIVALUE"),
            "healthCheckCustomConfig": {"failureThreshold": 1},
            "forceDestroy": True,
            "tags": {"team": "x"},
        },
        updates=(
            {"description": "all items"},
            {"dnsConfig": records(30, routingPolicy="MULTIVALUE")},
            {"forceDestroy": False},
            {"description": None},
            {"tags": {"team": "y"}},
        ),
        replaces=(
            {"name": "other"},
            {"dnsConfig": records(namespace="elsewhere", routingPolicy="MULTIVALUE")},
            {"dnsConfig": records(routingPolicy="WEIGHTED")},
            {"healthCheckCustomConfig": {"failureThreshold": 2}},
        ),
        refused=(
            {"name": "two words"},
            {"dnsConfig": {**records(), "dnsRecords": []}},
            {"dnsConfig": None},
            {"healthCheckConfig": {"type": "HTTP"}},
        ),
    ),
    Case(
        token="aws:servicediscovery/service:Service",
        label="without-names",
        parents=(VPC, NAMESPACE),
        inputs={
            "namespaceId": "${namespace.id}",
        },
    ),
    Case(
        token="aws:servicediscovery/service:Service",
        label="checked",
        parents=(VPC, NAMESPACE),
        inputs={
            "dnsConfig": records(),
            "healthCheckConfig": {"type": "HTTP", "resourcePath": "/healthz", "failureThreshold": 3},
        },
        updates=({"healthCheckConfig": {"type": "HTTP", "resourcePath": "/readyz", "failureThreshold": 2}},),
    ),
)
