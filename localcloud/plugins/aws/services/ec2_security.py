"""Who may talk to whom: security groups, the default one of a VPC, and rules one by one."""

from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Step
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import block, one_of, together, value, when
from localcloud.plugins.aws.services.ec2_tags import tags
from localcloud.plugins.aws.steps import Find, Op, Read, settled

_RULE = (
    "securityGroupId",
    "description",
    "ipProtocol",
    "fromPort",
    "toPort",
    "cidrIpv4",
    "cidrIpv6",
    "prefixListId",
    "referencedSecurityGroupId",
)
_SOURCES = _RULE[5:]


def _group(call: Call) -> Properties:
    """Return the described group of the call's id; Gone when there is none."""
    found = call.api("describe_security_groups", GroupIds=[call.id])["SecurityGroups"]
    if not found:
        raise Gone("DescribeSecurityGroups", "InvalidGroup.NotFound", call.id)
    return dict(found[0])


def _revoke(call: Call, group: Properties, *directions: str) -> None:
    """Take every rule of the directions (`ingress`, `egress`) from a group."""
    for direction in directions:
        rules = group["IpPermissionsEgress" if direction == "egress" else "IpPermissions"]
        if rules:
            call.api(f"revoke_security_group_{direction}", GroupId=group["GroupId"], IpPermissions=rules)


def _without_default_rule(call: Call) -> None:
    """Take away the rule that lets everything out: AWS makes it with the group, the official provider removes it."""
    if not call.state:
        _revoke(call, _group(call), "egress")


def _default_group(call: Call) -> str:
    """Return the id of the VPC's own default group."""
    asked = [{"Name": "vpc-id", "Values": [call.inputs["vpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
    for group in call.api("describe_security_groups", Filters=asked)["SecurityGroups"]:
        if group.get("VpcId") == call.inputs["vpcId"] and group["GroupName"] == "default":
            return str(group["GroupId"])
    raise Gone("DescribeSecurityGroups", "InvalidGroup.NotFound", f"no default group in {call.inputs['vpcId']}")


def _empty_default(call: Call) -> None:
    _revoke(call, _group(call), "ingress", "egress")


def _default_rules(call: Call, live: Properties) -> Properties:
    """Return the rules in Pulumi's form: there should be none, so any of them is drift."""
    found: Properties = {"arn": call.arn(f"security-group/{call.id}")}
    for name, key in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
        found[name] = [
            {
                "protocol": rule["IpProtocol"],
                "fromPort": rule.get("FromPort", 0),
                "toPort": rule.get("ToPort", 0),
                "cidrBlocks": [each["CidrIp"] for each in rule.get("IpRanges", [])],
                "securityGroups": [each["GroupId"] for each in rule.get("UserIdGroupPairs", [])],
                "self": False,
            }
            for rule in live.get(key, [])
        ]
    return found


def _permission(call: Call) -> Properties:
    """Return the inputs of a rule as one of IpPermissions."""
    inputs = call.inputs
    rule: Properties = {"IpProtocol": inputs["ipProtocol"]}
    rule |= {key: inputs[name] for name, key in (("fromPort", "FromPort"), ("toPort", "ToPort")) if name in inputs}
    described = {"Description": inputs["description"]} if inputs.get("description") else {}
    for name, key, inner in (
        ("cidrIpv4", "IpRanges", "CidrIp"),
        ("cidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("prefixListId", "PrefixListIds", "PrefixListId"),
        ("referencedSecurityGroupId", "UserIdGroupPairs", "GroupId"),
    ):
        if inputs.get(name):
            rule[key] = [{inner: inputs[name], **described}]
    return rule


def _authorize(direction: str) -> Step:
    def create(call: Call) -> str:
        pairs = [{"Key": key, "Value": text} for key, text in sorted(call.tags.items())]
        answer = call.api(
            f"authorize_security_group_{direction}",
            GroupId=call.inputs["securityGroupId"],
            IpPermissions=[_permission(call)],
            TagSpecifications=[{"ResourceType": "security-group-rule", "Tags": pairs}],
        )
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    return create


def _modify_rule(call: Call) -> None:
    if not call.changed(*_RULE):
        return
    rule: Properties = {"Description": call.inputs.get("description", "")}
    for name, key in (
        ("ipProtocol", "IpProtocol"),
        ("fromPort", "FromPort"),
        ("toPort", "ToPort"),
        ("cidrIpv4", "CidrIpv4"),
        ("cidrIpv6", "CidrIpv6"),
        ("prefixListId", "PrefixListId"),
        ("referencedSecurityGroupId", "ReferencedGroupId"),
    ):
        if call.inputs.get(name) is not None:
            rule[key] = call.inputs[name]
    call.api(
        "modify_security_group_rules",
        GroupId=call.inputs["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": call.id, "SecurityGroupRule": rule}],
    )


def _rule(call: Call, live: Properties) -> Properties:
    """Return what differs in name or meaning: every protocol has no ports, a referenced group stands inside."""
    found: Properties = {
        "arn": live.get("SecurityGroupRuleArn") or call.arn(f"security-group-rule/{call.id}"),
        "securityGroupId": live["GroupId"],
        "securityGroupRuleId": call.id,
        "referencedSecurityGroupId": live.get("ReferencedGroupInfo", {}).get("GroupId"),
    }
    if live["IpProtocol"] == "-1":
        found |= {"fromPort": None, "toPort": None}
    return found


def _rule_entry(direction: str, token: str) -> Entry:
    """Return the entry of the rules of one direction; they differ in two calls only."""
    outward = str(direction == "egress").lower()

    def revoke(call: Call) -> Any:
        group = call.inputs.get("securityGroupId") or call.state["securityGroupId"]
        return call.api(f"revoke_security_group_{direction}", GroupId=group, SecurityGroupRuleIds=[call.id])

    return Entry(
        token=token,
        service="ec2",
        inputs=_RULE,
        create=_authorize(direction),
        update=_modify_rule,
        read=Read(
            "describe_security_group_rules",
            {"SecurityGroupRuleIds": ["$id"]},
            f"SecurityGroupRules[?IsEgress==`{outward}`] | [0]",
            extra=_rule,
        ),
        delete=revoke,
        find=Find(
            "describe_security_group_rules", f"SecurityGroupRules[?IsEgress==`{outward}`]", "SecurityGroupRuleId"
        ),
        replace={"securityGroupId": "a rule belongs to one group for ever"},
        tags=tags("security-group-rule"),
        limits={
            "description": {"maxLength": 255, "pattern": r"^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*$"},
            "fromPort": {"minimum": -1, "maximum": 65535},
            "toPort": {"minimum": -1, "maximum": 65535},
        },
        rules=(
            one_of(*_SOURCES),
            together("fromPort", "toPort"),
            when("ipProtocol", ("tcp", "udp", "6", "17"), _ports),
            block("cidrIpv4"),
            block("cidrIpv6", version=6),
        ),
        unlike=(
            "a rule has no effect: containers reach each other whatever it says",
            "a second rule with the same content is accepted and is the first one",
        ),
    )


def _ports(inputs: Properties) -> tuple[str, str] | None:
    low, high = inputs.get("fromPort"), inputs.get("toPort")
    if low is None:
        return "fromPort", "is required for this protocol"
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and high < low:
        return "toPort", f"must not be below fromPort {low}, got {high}"
    return None


def _no_rules(rules: Any) -> bool:
    return not rules


ENTRIES = (
    Entry(
        token="aws:ec2/securityGroup:SecurityGroup",
        service="ec2",
        cfn="AWS::EC2::SecurityGroup",
        names={"name": "GroupName", "description": "GroupDescription"},
        inputs=("name", "description", "vpcId", "revokeRulesOnDelete"),
        local=("revokeRulesOnDelete",),
        create=Op(
            "create_security_group",
            {"Description": "Managed by Pulumi"},
            take=("name", "description", "vpcId"),
            rename={"name": "GroupName"},
            pick="GroupId",
        ),
        settle=_without_default_rule,
        update=settled,
        read=Read(
            "describe_security_groups",
            {"GroupIds": ["$id"]},
            "SecurityGroups[0]",
            rename={"name": "GroupName", "ingress": "-", "egress": "-"},
            extra=lambda call, live: {"arn": call.arn(f"security-group/{call.id}")},
        ),
        delete=Op("delete_security_group", {"GroupId": "$id"}),
        find=Find("describe_security_groups", "SecurityGroups[]", "GroupId"),
        name=Name(longest=255, pattern=r"(?!sg-)[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+"),
        tags=tags("security-group"),
        defaults={"description": "Managed by Pulumi"},
        unlike=("rules are resources of their own: inline ingress and egress are refused",),
    ),
    Entry(
        token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        service="ec2",
        inputs=("vpcId", "ingress", "egress"),
        create=_default_group,
        settle=_empty_default,
        update=settled,
        read=Read("describe_security_groups", {"GroupIds": ["$id"]}, "SecurityGroups[0]", extra=_default_rules),
        delete=settled,
        replace={"vpcId": "each VPC has a default group of its own"},
        defaults={"ingress": [], "egress": []},
        tags=tags("security-group", after=True),
        rules=(
            one_of("vpcId"),
            value("ingress", _no_rules, "must be empty: the embedded cloud closes the default group"),
            value("egress", _no_rules, "must be empty: the embedded cloud closes the default group"),
        ),
    ),
    _rule_entry("ingress", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
    _rule_entry("egress", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
)
