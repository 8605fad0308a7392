"""Load balancers."""

from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import absent, one_of, value, when
from localcloud.plugins.aws.services import elbv2_tags
from localcloud.plugins.aws.services.elbv2_tags import TAGS
from localcloud.plugins.aws.steps import Op, Read, settled

NAME = Name(longest=32, pattern=r"(?!internal-)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?")

_ATTRIBUTES = {
    "idleTimeout": "idle_timeout.timeout_seconds",
    "clientKeepAlive": "client_keep_alive.seconds",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
}
_DEFAULTS = {
    "idleTimeout": 60,
    "clientKeepAlive": 3600,
    "enableDeletionProtection": False,
    "enableHttp2": True,
    "dropInvalidHeaderFields": False,
    "desyncMitigationMode": "defensive",
    "preserveHostHeader": False,
    "xffHeaderProcessingMode": "append",
    "enableXffClientPort": False,
    "enableTlsVersionAndCipherSuiteHeaders": False,
    "enableWafFailOpen": False,
    "enableZonalShift": False,
}
_LOGS = {"accessLogs": "access_logs.s3", "connectionLogs": "connection_logs.s3"}
_ZONES = {
    "eu-west-1": "Z32O12XQLNTSW2",
    "eu-west-2": "ZHURV8PSTC4K8",
    "eu-central-1": "Z215JYRZR1TBD5",
    "us-east-1": "Z35SXDOTRQ7X7K",
    "us-east-2": "Z3AADJGX6KTTL2",
    "us-west-2": "Z1H1FL5HABSF5",
}
"""Hosted zones of load balancers, from AWS's table of service endpoints; for alias records."""


def _settle(call: Call) -> None:
    """Bring attributes, security groups, subnets and the address type to the inputs; wait until it is active."""
    attributes = elbv2_tags.wanted(call, _ATTRIBUTES) + _log_attributes(call)
    if attributes:
        call.api("modify_load_balancer_attributes", LoadBalancerArn=call.id, Attributes=attributes)
    if call.state or call.redo:
        if call.changed("securityGroups") and call.inputs.get("securityGroups"):
            call.api("set_security_groups", LoadBalancerArn=call.id, SecurityGroups=call.inputs["securityGroups"])
        if call.changed("subnets") and call.inputs.get("subnets"):
            call.api("set_subnets", LoadBalancerArn=call.id, Subnets=call.inputs["subnets"])
        if call.changed("ipAddressType") and call.inputs.get("ipAddressType"):
            call.api("set_ip_address_type", LoadBalancerArn=call.id, IpAddressType=call.inputs["ipAddressType"])
    call.wait(lambda: _state(call) in ("active", "active_impaired"), f"load balancer {call.id.split('/')[-2]}")


def _state(call: Call) -> str:
    described = call.api("describe_load_balancers", LoadBalancerArns=[call.id])["LoadBalancers"][0]
    return str(described["State"]["Code"])


def _log_attributes(call: Call) -> list[dict[str, str]]:
    """Return the attributes of the logs that changed; a log that is taken away is switched off."""
    found = []
    for name, key in _LOGS.items():
        if not call.changed(name):
            continue
        logs = call.inputs.get(name) or {}
        found.append({"Key": f"{key}.enabled", "Value": elbv2_tags.text(bool(logs and logs.get("enabled", False)))})
        if logs:
            found.append({"Key": f"{key}.bucket", "Value": logs["bucket"]})
            found.append({"Key": f"{key}.prefix", "Value": logs.get("prefix", "")})
    return found


def _live_logs(attributes: list[dict[str, str]]) -> Properties:
    known = {each["Key"]: each.get("Value", "") for each in attributes}
    found: Properties = {}
    for name, key in _LOGS.items():
        if known.get(f"{key}.bucket"):
            found[name] = {
                "bucket": known[f"{key}.bucket"],
                "prefix": known.get(f"{key}.prefix", ""),
                "enabled": known.get(f"{key}.enabled", "false"),
            }
    return found


def _load_balancer(call: Call, live: Properties) -> Properties:
    attributes = call.api("describe_load_balancer_attributes", LoadBalancerArn=call.id)["Attributes"]
    zones = live.get("AvailabilityZones", [])
    return {
        "arnSuffix": call.id.partition(":loadbalancer/")[2],
        "name": live["LoadBalancerName"],
        "loadBalancerType": live["Type"],
        "internal": live["Scheme"] == "internal",
        "subnets": [zone["SubnetId"] for zone in zones if zone.get("SubnetId")],
        "subnetMappings": [{"subnetId": zone["SubnetId"]} for zone in zones if zone.get("SubnetId")],
        "zoneId": live.get("CanonicalHostedZoneId") or _ZONES.get(call.region, _ZONES["us-east-1"]),
        **elbv2_tags.live(attributes, _ATTRIBUTES, _DEFAULTS),
        **_live_logs(attributes),
    }


def _create(call: Call) -> Any:
    scheme = "internal" if call.inputs.get("internal") else "internet-facing"
    taken = ("name", "loadBalancerType", "securityGroups", "subnets", "ipAddressType")
    rename = {"loadBalancerType": "Type"}
    return Op("create_load_balancer", {"Scheme": scheme}, taken, rename, _ARN, tagged=True)(call)


def _delete(call: Call) -> None:
    """End it, unless it is protected: AWS refuses that, and so must a machine's cloud."""
    attributes = call.api("describe_load_balancer_attributes", LoadBalancerArn=call.id)["Attributes"]
    if {"Key": "deletion_protection.enabled", "Value": "true"} in attributes:
        raise Trouble(
            f"load balancer {call.id.split('/')[-2]} is protected from deletion",
            "set enable_deletion_protection to false and bring that up first",
        )
    call.api("delete_load_balancer", LoadBalancerArn=call.id)


_ARN = "LoadBalancers[0].LoadBalancerArn"

ENTRIES = (
    Entry(
        token="aws:lb/loadBalancer:LoadBalancer",
        service="elbv2",
        cfn="AWS::ElasticLoadBalancingV2::LoadBalancer",
        inputs=(
            "name",
            "internal",
            "loadBalancerType",
            "securityGroups",
            "subnets",
            "ipAddressType",
            *_ATTRIBUTES,
            *_LOGS,
        ),
        create=_create,
        update=settled,
        settle=_settle,
        read=Read(
            "describe_load_balancers",
            {"LoadBalancerArns": ["$id"]},
            "LoadBalancers[0]",
            rename={"arn": "LoadBalancerArn"},
            extra=_load_balancer,
        ),
        delete=_delete,
        find=elbv2_tags.find(
            "describe_load_balancers", lambda call: {"Names": [call.inputs["name"]]}, "LoadBalancers[].LoadBalancerArn"
        ),
        name=NAME,
        tags=TAGS,
        replace={
            "internal": "AWS has no call for it",
            "loadBalancerType": "AWS has no call for it",
        },
        sets=("securityGroups", "subnets"),
        defaults={**_DEFAULTS, "ipAddressType": "ipv4", "loadBalancerType": "application", "internal": False},
        rules=(
            one_of("subnets"),
            when(
                "loadBalancerType",
                (None, "application"),
                value("subnets", lambda subnets: len(subnets) > 1, "must be at least two, in two zones"),
            ),
            value("idleTimeout", lambda seconds: 1 <= int(seconds) <= 4000, "must be 1 to 4000 seconds"),
            value("clientKeepAlive", lambda seconds: 60 <= int(seconds) <= 604800, "must be 60 to 604800 seconds"),
            value(
                "loadBalancerType",
                lambda kind: kind in ("application", "network"),
                "must be application or network",
            ),
            value(
                "desyncMitigationMode",
                lambda mode: mode in ("monitor", "defensive", "strictest"),
                "must be monitor, defensive or strictest",
            ),
            value(
                "xffHeaderProcessingMode",
                lambda mode: mode in ("append", "preserve", "remove"),
                "must be append, preserve or remove",
            ),
            when("loadBalancerType", ("network",), absent("idleTimeout", "enableHttp2", "dropInvalidHeaderFields")),
        ),
        unlike=(
            "access and connection logs are never written",
            "attributes are kept, and the front door follows none of them",
        ),
        seconds=600,
    ),
)
