"""EC2: filters that count, and VPC parts given back as they were made."""

import json
from typing import Any

from botocore.model import ListShape, StructureShape

from .. import filters, wire
from .mend import Mend, replace

FLOW_LOG_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
FLOW_LOG_SECONDS = 600
FULL_ACCESS = json.dumps(
    {"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
)


def _filters(ec2: Any) -> None:
    handle = ec2.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: Any, query: dict[str, list[str]]
    ) -> Any:
        response = await handle(method, path, headers, body, query)
        text = body if isinstance(body, str) else (body or b"").decode("utf-8", errors="replace")
        params = {**query, **ec2.parse_qs(text)}
        action = ec2._p(params, "Action")
        asked = ec2._parse_filters(params)
        if not asked or response[0] != 200 or not action.startswith("Describe"):
            return response
        shape = wire.service("ec2").operation_model(action).output_shape
        members = shape.members.items() if isinstance(shape, StructureShape) else ()
        field = next(((name, member) for name, member in members if isinstance(member, ListShape)), None)
        content = wire.read("ec2", action, response[2]) if field else {}
        if not field or field[0] not in content:
            return response
        passed = filters.apply(content[field[0]], field[1], asked)
        if len(passed) == len(content[field[0]]):
            return response
        return wire.encode("ec2", action, {**content, field[0]: passed})

    ec2.handle_request = handle_request


def _flow_logs(ec2: Any) -> None:
    def create(params: dict[str, Any]) -> Any:
        asked = wire.decode("ec2", "CreateFlowLogs", params)
        before = set(ec2._flow_logs.keys())
        response = original(params)
        kept = {key: value for key, value in asked.items() if key not in ("ResourceIds", "TagSpecifications")}
        kept.setdefault("LogDestinationType", "cloud-watch-logs")
        arn = f"arn:aws:logs:{ec2.get_region()}:{ec2.get_account_id()}:log-group:"
        if kept["LogDestinationType"] == "cloud-watch-logs":
            named = kept.get("LogGroupName") or kept.get("LogDestination", "").removeprefix(arn).removesuffix(":*")
            kept.update(LogGroupName=named, LogDestination=kept.get("LogDestination") or f"{arn}{named}")
        kept.setdefault("LogFormat", FLOW_LOG_FORMAT)
        kept.setdefault("MaxAggregationInterval", FLOW_LOG_SECONDS)
        for name in set(ec2._flow_logs.keys()) - before:
            ec2._flow_logs[name].update(kept, DeliverLogsStatus="SUCCESS")
            ec2._parse_tag_specs(params, "vpc-flow-log", name)  # the type by which AWS calls it
        return response

    def describe(params: dict[str, Any]) -> Any:
        wanted = ec2._parse_member_list(params, "FlowLogId")
        found = [each for each in ec2._flow_logs.values() if not wanted or each["FlowLogId"] in wanted]
        missing = set(wanted) - {each["FlowLogId"] for each in found}
        if missing:
            return ec2._error("InvalidFlowLogId.NotFound", f"The flow log ID '{min(missing)}' does not exist", 400)
        tagged = [{**each, "Tags": ec2._tags.get(each["FlowLogId"], [])} for each in found]
        return wire.encode("ec2", "DescribeFlowLogs", {"FlowLogs": tagged})

    original = replace(ec2, "_create_flow_logs", create)
    replace(ec2, "_describe_flow_logs", describe)


def _endpoints(ec2: Any) -> None:
    def create(params: dict[str, Any]) -> Any:
        asked = wire.decode("ec2", "CreateVpcEndpoint", params)
        before = set(ec2._vpc_endpoints.keys())
        response = original_create(params)
        if response[0] != 200:
            return response
        name = next(iter(set(ec2._vpc_endpoints.keys()) - before))
        endpoint = ec2._vpc_endpoints[name]
        interface = endpoint["VpcEndpointType"] == "Interface"
        endpoint.update(
            PolicyDocument=asked.get("PolicyDocument") or FULL_ACCESS,
            PrivateDnsEnabled=bool(asked.get("PrivateDnsEnabled", False)),
            IpAddressType=asked.get("IpAddressType", "ipv4"),
            DnsOptions=asked.get("DnsOptions") or {"DnsRecordIpType": "ipv4"},
            CreationTimestamp=ec2._now_ts(),
            RequesterManaged=False,
            SecurityGroupIds=asked.get("SecurityGroupIds") or [],
            NetworkInterfaceIds=_interfaces(name, endpoint["SubnetIds"]) if interface else [],
        )
        return wire.encode("ec2", "CreateVpcEndpoint", {"VpcEndpoint": shown(endpoint)})

    def modify(params: dict[str, Any]) -> Any:
        asked = wire.decode("ec2", "ModifyVpcEndpoint", params)
        endpoint = ec2._vpc_endpoints.get(asked.get("VpcEndpointId", ""))
        if endpoint is None:
            return not_found(asked.get("VpcEndpointId", ""))
        for kept, word in (
            ("RouteTableIds", "RouteTableIds"),
            ("SubnetIds", "SubnetIds"),
            ("SecurityGroupIds", "SecurityGroupIds"),
        ):
            gone = asked.get(f"Remove{word}") or []
            added = asked.get(f"Add{word}") or []
            endpoint[kept] = list(dict.fromkeys([*(e for e in endpoint[kept] if e not in gone), *added]))
        for key in ("PolicyDocument", "PrivateDnsEnabled", "IpAddressType", "DnsOptions"):
            if key in asked:
                endpoint[key] = asked[key]
        if asked.get("ResetPolicy"):
            endpoint["PolicyDocument"] = FULL_ACCESS
        if endpoint["VpcEndpointType"] == "Interface":
            endpoint["NetworkInterfaceIds"] = _interfaces(endpoint["VpcEndpointId"], endpoint["SubnetIds"])
        return wire.encode("ec2", "ModifyVpcEndpoint", {"Return": True})

    def describe(params: dict[str, Any]) -> Any:
        wanted = ec2._parse_member_list(params, "VpcEndpointId")
        for name in wanted:
            if name not in ec2._vpc_endpoints:
                return not_found(name)
        found = [shown(each) for each in ec2._vpc_endpoints.values() if not wanted or each["VpcEndpointId"] in wanted]
        return wire.encode("ec2", "DescribeVpcEndpoints", {"VpcEndpoints": found})

    def not_found(name: str) -> Any:
        return ec2._error("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{name}' does not exist", 400)

    def shown(endpoint: dict[str, Any]) -> dict[str, Any]:
        known = ec2._security_groups
        groups = [
            {"GroupId": each, "GroupName": (known.get(each) or {}).get("GroupName", "")}
            for each in endpoint.get("SecurityGroupIds", [])
        ]
        names = [
            {"DnsName": f"{endpoint['VpcEndpointId']}.{endpoint['ServiceName']}", "HostedZoneId": "Z38GZ743OKFT7T"}
        ]
        interface = endpoint["VpcEndpointType"] == "Interface"
        return {
            **endpoint,
            "Groups": groups,
            "DnsEntries": names if interface else [],
            "Tags": ec2._tags.get(endpoint["VpcEndpointId"], []),
        }

    original_create = replace(ec2, "_create_vpc_endpoint", create)
    replace(ec2, "_modify_vpc_endpoint", modify)
    replace(ec2, "_describe_vpc_endpoints", describe)


def _rules(ec2: Any) -> None:
    def permissions(params: dict[str, Any], prefix: str) -> Any:
        rules = original_permissions(params, prefix)
        for number, rule in enumerate(rules, 1):
            for other in range(1, len(params)):
                base = f"{prefix}.{number}.PrefixListIds.{other}"
                if not ec2._p(params, f"{base}.PrefixListId"):
                    break
                entry = {"PrefixListId": ec2._p(params, f"{base}.PrefixListId")}
                if ec2._p(params, f"{base}.Description"):
                    entry["Description"] = ec2._p(params, f"{base}.Description")
                rule["PrefixListIds"].append(entry)
        return rules

    def rule_xml(group: str, rule: dict[str, Any], is_egress: bool = False) -> str:
        text: str = original_xml(group, rule, is_egress)
        listed = rule.get("PrefixListIds") or []
        others = rule.get("IpRanges") or rule.get("Ipv6Ranges") or rule.get("UserIdGroupPairs")
        if not listed or others:
            return text
        return text.replace("</toPort>", f"</toPort><prefixListId>{listed[0]['PrefixListId']}</prefixListId>")

    def modify(params: dict[str, Any]) -> Any:
        group = ec2._security_groups.get(ec2._p(params, "GroupId")) or {}
        asked = wire.decode("ec2", "ModifySecurityGroupRules", params).get("SecurityGroupRules") or []
        silent = {each["SecurityGroupRuleId"] for each in asked if not each["SecurityGroupRule"].get("Description")}
        for key, is_egress in (("IpPermissions", False), ("IpPermissionsEgress", True)):
            for rule in group.get(key, []):
                if ec2._sg_rule_id(group["GroupId"], is_egress, rule) in silent:
                    rule.pop("Description", None)
                    for kind in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"):
                        for entry in rule.get(kind, []):
                            entry.pop("Description", None)
        return original_modify(params)

    def tagging(name: str, key: str, is_egress: bool) -> None:
        def authorize(params: dict[str, Any]) -> Any:
            response = original(params)
            tags = ec2._sg_rule_tag_specifications(params)
            group = ec2._security_groups.get(ec2._p(params, "GroupId"))
            asked = ec2._parse_ip_permissions(params, "IpPermissions") if group and tags else []
            for rule in group[key] if asked else []:
                if any(ec2._rules_match(each, rule) for each in asked):
                    ec2._tags.setdefault(ec2._sg_rule_id(group["GroupId"], is_egress, rule), list(tags))
            return response

        original = replace(ec2, name, authorize)

    original_permissions = replace(ec2, "_parse_ip_permissions", permissions)
    original_xml = replace(ec2, "_sg_rule_xml", rule_xml)
    original_modify = replace(ec2, "_modify_security_group_rules", modify)
    tagging("_authorize_sg_ingress", "IpPermissions", False)
    tagging("_authorize_sg_egress", "IpPermissionsEgress", True)


def _interfaces(endpoint: str, subnets: list[str]) -> list[str]:
    """Return one made-up interface id a subnet, always the same for the same two."""
    return [f"eni-{hex_id(endpoint + subnet)}" for subnet in subnets]


def hex_id(seed: str) -> str:
    """Return seventeen hex digits that depend on the seed alone."""
    import hashlib

    return hashlib.sha256(seed.encode()).hexdigest()[:17]


def _vpc_attributes(ec2: Any) -> None:
    key = "EnableNetworkAddressUsageMetrics"

    def modify(params: dict[str, Any]) -> Any:
        value = ec2._p(params, f"{key}.Value")
        if value and ec2._p(params, "VpcId") in ec2._vpcs:
            ec2._vpcs[ec2._p(params, "VpcId")][key] = value.lower() == "true"
        return original_modify(params)

    def describe(params: dict[str, Any]) -> Any:
        vpc = ec2._vpcs.get(ec2._p(params, "VpcId"))
        if vpc is None or ec2._p(params, "Attribute") != "enableNetworkAddressUsageMetrics":
            return original_describe(params)
        values = {"VpcId": vpc["VpcId"], key: {"Value": vpc.get(key, False)}}
        return wire.encode("ec2", "DescribeVpcAttribute", values)

    original_modify = replace(ec2, "_modify_vpc_attribute", modify)
    original_describe = replace(ec2, "_describe_vpc_attribute", describe)


MENDS = (
    Mend(
        "every filter whose name leads to a field of the answer is applied",
        "filters that MiniStack does not know are ignored",
        "ministack.services.ec2",
        {"handle_request": "c94222d74c0d", "_parse_filters": "eb2fa616abd9"},
        _filters,
    ),
    Mend(
        "flow logs are given back whole",
        "role, format, interval and destination options are lost",
        "ministack.services.ec2",
        {"_create_flow_logs": "8882a038ef8e", "_describe_flow_logs": "f05c0ab7a201"},
        _flow_logs,
    ),
    Mend(
        "VPC endpoints are given back whole, with their policy, security groups and private names",
        "these are lost, and lists come back shuffled",
        "ministack.services.ec2",
        {
            "_create_vpc_endpoint": "d5a50e265189",
            "_modify_vpc_endpoint": "f60c0a5a042f",
            "_describe_vpc_endpoints": "aabef31a8419",
            "_delete_vpc_endpoints": "88183e801914",
        },
        _endpoints,
    ),
    Mend(
        "rules keep their prefix list, their tags when the group had the rule already, and lose a description left out",
        "the first two are lost, the second for every egress rule that equals a new group's own; the last stays",
        "ministack.services.ec2",
        {
            "_parse_ip_permissions": "7c2dbe7668af",
            "_sg_rule_xml": "1827f3e2af78",
            "_authorize_sg_ingress": "c00a0bb1d1ec",
            "_authorize_sg_egress": "35b543334920",
            "_rules_match": "df4e365e7322",
        },
        _rules,
    ),
    Mend(
        "a VPC keeps whether it measures address usage",
        "the attribute is always false",
        "ministack.services.ec2",
        {"_modify_vpc_attribute": "9a239bb276d7", "_describe_vpc_attribute": "a4e3094fad7b"},
        _vpc_attributes,
    ),
)
