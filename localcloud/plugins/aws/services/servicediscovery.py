"""Cloud Map: private namespaces, and the services that tasks are found by in them."""

import re

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import conflict, given, value
from localcloud.plugins.aws.steps import Read, pages, tag_parameters
from localcloud.plugins.provider import UNKNOWN

_SENT = ("description", "dnsConfig", "healthCheckConfig", "healthCheckCustomConfig", "name", "namespaceId")


def _tags(kind: str) -> Tags:
    return Tags(
        owner=lambda call: {"ResourceARN": call.arn(f"{kind}/{call.id}")},
        list="list_tags_for_resource",
    )


def _finished(call: Call, operation: str, what: str) -> Properties:
    """Wait for an operation of Cloud Map and return it; Trouble with its own words when it fails."""

    def look() -> Properties | None:
        live: Properties = call.api("get_operation", OperationId=operation)["Operation"]
        if live["Status"] == "FAIL":
            raise Trouble(f"{what} failed: {live.get('ErrorMessage') or live.get('ErrorCode')}")
        return live if live["Status"] == "SUCCESS" else None

    found: Properties = call.wait(look, what)
    return found


def _is_mine(call: Call, live: Properties) -> bool:
    if live["Name"] != call.inputs["name"] or live["Id"] in call.known:
        return False
    return call.mine(call.api("list_tags_for_resource", ResourceARN=live["Arn"])["Tags"])


def _find_namespace(call: Call) -> str | None:
    found = pages(call, "list_namespaces", "Namespaces")
    return next((str(each["Id"]) for each in found if _is_mine(call, each)), None)


def _find_service(call: Call) -> str | None:
    found = pages(call, "list_services", "Services")
    return next((str(each["Id"]) for each in found if _is_mine(call, each)), None)


def _create_namespace(call: Call) -> str:
    sent = call.parameters("create_private_dns_namespace", ("description", "name", "vpc"))
    answer = call.api("create_private_dns_namespace", **sent, **tag_parameters(call))
    done = _finished(call, answer["OperationId"], f"the namespace {call.inputs['name']}")
    return str(done["Targets"]["NAMESPACE"])


def _change_namespace(call: Call) -> None:
    if call.changed("description"):
        change = {"Description": call.inputs.get("description", "")}
        answer = call.api("update_private_dns_namespace", Id=call.id, Namespace=change)
        _finished(call, answer["OperationId"], f"the change of the namespace {call.inputs['name']}")


def _delete_namespace(call: Call) -> None:
    answer = call.api("delete_namespace", Id=call.id)
    _finished(call, answer["OperationId"], f"the end of the namespace {call.inputs['name']}")


def _create_service(call: Call) -> str:
    answer = call.api("create_service", **call.parameters("create_service", _SENT), **tag_parameters(call))
    return str(answer["Service"]["Id"])


def _change_service(call: Call) -> None:
    """Write description, records and health check: one call replaces all three."""
    if not call.changed("description", "dnsConfig", "healthCheckConfig"):
        return
    records = {"dnsRecords": (call.inputs.get("dnsConfig") or {}).get("dnsRecords")}
    values = {
        "service": {
            "description": call.inputs.get("description", ""),
            "dnsConfig": records if records["dnsRecords"] else None,
            "healthCheckConfig": call.inputs.get("healthCheckConfig"),
        }
    }
    answer = call.api("update_service", Id=call.id, **call.parameters("update_service", ("service",), values=values))
    _finished(call, answer["OperationId"], f"the change of the service {call.inputs['name']}")


def _delete_service(call: Call) -> None:
    """Delete the service; with `forceDestroy` what is still registered goes first."""
    if call.inputs.get("forceDestroy"):
        for each in pages(call, "list_instances", "Instances", ServiceId=call.id):
            answer = call.api("deregister_instance", ServiceId=call.id, InstanceId=each["Id"])
            _finished(call, answer["OperationId"], f"the end of {each['Id']} in {call.id}")
    call.api("delete_service", Id=call.id)


def _records(inputs: Properties) -> tuple[str, str] | None:
    """Judge the records: an alias stands alone, and a weighted policy is what one has."""
    config = inputs.get("dnsConfig")
    if not isinstance(config, dict) or not isinstance(config.get("dnsRecords"), list):
        return None
    records = config["dnsRecords"]
    kinds = [each.get("type") for each in records if isinstance(each, dict)]
    if not records:
        return "dnsConfig", "must have at least one record"
    if "CNAME" in kinds and (len(kinds) > 1 or config.get("routingPolicy") != "WEIGHTED"):
        return "dnsConfig", "must have a CNAME alone, with the routingPolicy WEIGHTED"
    twin = next((kind for kind in kinds if kind is not UNKNOWN and kinds.count(kind) > 1), None)
    return ("dnsConfig", f"must have one record of each type, got {twin} twice") if twin else None


def _somewhere(inputs: Properties) -> tuple[str, str] | None:
    there = given(inputs, "namespaceId") or given(inputs, "dnsConfig")
    return None if there else ("namespaceId", "must be given, there or in dnsConfig")


ENTRIES = (
    Entry(
        token="aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        service="servicediscovery",
        inputs=("description", "name", "vpc"),
        name=Name(longest=253),
        create=_create_namespace,
        read=Read(
            "get_namespace",
            {"Id": "$id"},
            "Namespace",
            extra=lambda _, live: {"hostedZone": live["Properties"].get("DnsProperties", {}).get("HostedZoneId", "")},
        ),
        update=_change_namespace,
        delete=_delete_namespace,
        find=_find_namespace,
        tags=_tags("namespace"),
        replace={"name": "a namespace is known by its name", "vpc": "a namespace is one of one network"},
        defaults={"description": ""},
        dropped={"vpc": "AWS does not say of which network a namespace is"},
        rules=(
            value(
                "name",
                lambda name: bool(re.fullmatch(r"(?=.*[a-zA-Z])[!-~]{1,253}", name)),
                "must be a name of DNS such as dev.internal",
            ),
            value("vpc", lambda name: bool(re.fullmatch(r"vpc-[0-9a-f]+", name)), "must be the id of a VPC"),
        ),
        unlike=("names are answered inside the containers of ECS only",),
        seconds=300,
    ),
    Entry(
        token="aws:servicediscovery/service:Service",
        service="servicediscovery",
        cfn="AWS::ServiceDiscovery::Service",
        inputs=(*_SENT, "forceDestroy"),
        name=Name(longest=127, pattern=r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?"),
        create=_create_service,
        read=Read("get_service", {"Id": "$id"}, "Service"),
        update=_change_service,
        delete=_delete_service,
        find=_find_service,
        tags=_tags("service"),
        replace={
            "dnsConfig.namespaceId": "a service is one of one namespace",
            "dnsConfig.routingPolicy": "a service keeps its routing for life",
        },
        defaults={"description": ""},
        local=("forceDestroy",),
        sets=("dnsConfig.dnsRecords",),
        limits={
            "dnsConfig.dnsRecords[*].ttl": {"minimum": 0, "maximum": 2147483647},
            "dnsConfig.routingPolicy": {"enum": ["MULTIVALUE", "WEIGHTED"]},
            "healthCheckConfig.failureThreshold": {"minimum": 1, "maximum": 10},
            "healthCheckCustomConfig.failureThreshold": {"minimum": 1, "maximum": 10},
        },
        rules=(_records, _somewhere, conflict("healthCheckConfig", "healthCheckCustomConfig")),
        unlike=("a task is found by its name inside the containers of ECS only, whatever the time to live",),
        seconds=300,
    ),
)
