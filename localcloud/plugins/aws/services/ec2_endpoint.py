"""A network's private doors to AWS's own APIs, and the record of what passes through it."""

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.errors import Gone, Refused
from localcloud.plugins.aws.rules import ARN, absent, one_of, required, value, when
from localcloud.plugins.aws.services.documents import document
from localcloud.plugins.aws.services.ec2_tags import tags
from localcloud.plugins.aws.steps import Find, Op, Read

_LISTS = {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}
_PLACES = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}


def _described(call: Call) -> Properties | None:
    found = call.api("describe_vpc_endpoints", VpcEndpointIds=[call.id])["VpcEndpoints"]
    return next((dict(each) for each in found if each["State"].lower() != "deleted"), None)


def _is_up(call: Call) -> None:
    def ready() -> bool:
        live = _described(call)
        return live is not None and live["State"].lower() == "available"

    call.wait(ready, f"endpoint {call.id}")


def _modify(call: Call) -> None:
    """Add and remove what differs between the live lists and the wanted ones, and set the rest."""
    live = _described(call)
    if live is None:
        raise Gone("DescribeVpcEndpoints", "InvalidVpcEndpointId.NotFound", call.id)
    live["SecurityGroupIds"] = [each["GroupId"] for each in live.get("Groups", [])]
    change: Properties = {}
    for name, key in _LISTS.items():
        wanted, there = call.inputs.get(name), live.get(key, [])
        if wanted is None:
            continue
        change[f"Add{key}"] = [each for each in wanted if each not in there]
        change[f"Remove{key}"] = [each for each in there if each not in wanted]
    if call.changed("policy"):
        policy = call.inputs.get("policy")
        change |= {"PolicyDocument": policy} if policy else {"ResetPolicy": True}
    if call.changed("privateDnsEnabled"):
        change["PrivateDnsEnabled"] = bool(call.inputs.get("privateDnsEnabled"))
    if call.changed("ipAddressType"):
        change["IpAddressType"] = call.inputs["ipAddressType"]
    change = {key: value for key, value in change.items() if value != []}
    if change:
        call.api("modify_vpc_endpoint", VpcEndpointId=call.id, **change)


def _endpoint(call: Call, live: Properties) -> Properties:
    """Return what describe_vpc_endpoints names otherwise, and the prefix list of a gateway endpoint."""
    found: Properties = {
        "arn": call.arn(f"vpc-endpoint/{call.id}"),
        "securityGroupIds": [each["GroupId"] for each in live.get("Groups", [])],
        "state": str(live["State"]).lower(),
        "policy": live.get("PolicyDocument"),
    }
    if live["VpcEndpointType"] == "Gateway":
        asked = [{"Name": "prefix-list-name", "Values": [live["ServiceName"]]}]
        for each in call.api("describe_prefix_lists", Filters=asked)["PrefixLists"]:
            if each["PrefixListName"] == live["ServiceName"]:
                found |= {"prefixListId": each["PrefixListId"], "cidrBlocks": each.get("Cidrs", [])}
    return found


def _is_gone(call: Call) -> None:
    call.api("delete_vpc_endpoints", VpcEndpointIds=[call.id])
    call.wait(lambda: _described(call) is None, f"the end of endpoint {call.id}")


def _create_flow_log(call: Call) -> str:
    """Make one flow log; what AWS refuses about it stands in the answer, not in an error."""
    place = next(name for name in _PLACES if call.inputs.get(name))
    pairs = [{"Key": key, "Value": text} for key, text in sorted(call.tags.items())]
    answer = call.api(
        "create_flow_logs",
        ResourceIds=[call.inputs[place]],
        ResourceType=_PLACES[place],
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": pairs}],
        **call.parameters(
            "create_flow_logs",
            (
                "trafficType",
                "logDestination",
                "logDestinationType",
                "iamRoleArn",
                "logFormat",
                "maxAggregationInterval",
                "destinationOptions",
            ),
            rename={"iamRoleArn": "DeliverLogsPermissionArn"},
        ),
    )
    for refused in answer.get("Unsuccessful", []):
        raise Refused("CreateFlowLogs", refused["Error"]["Code"], refused["Error"]["Message"])
    return str(answer["FlowLogIds"][0])


def _flow_log(call: Call, live: Properties) -> Properties:
    resource = str(live["ResourceId"])
    place = {"vpc": "vpcId", "subnet": "subnetId"}.get(resource.partition("-")[0], "eniId")
    return {"arn": call.arn(f"vpc-flow-log/{call.id}"), place: resource}


ENTRIES = (
    Entry(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",
        service="ec2",
        cfn="AWS::EC2::VPCEndpoint",
        inputs=(
            "vpcId",
            "serviceName",
            "vpcEndpointType",
            "routeTableIds",
            "subnetIds",
            "securityGroupIds",
            "privateDnsEnabled",
            "policy",
            "ipAddressType",
        ),
        create=Op(
            "create_vpc_endpoint",
            take=("*",),
            rename={"policy": "PolicyDocument"},
            pick="VpcEndpoint.VpcEndpointId",
        ),
        update=_modify,
        settle=_is_up,
        read=Read("describe_vpc_endpoints", {"VpcEndpointIds": ["$id"]}, "VpcEndpoints[0]", extra=_endpoint),
        delete=_is_gone,
        find=Find("describe_vpc_endpoints", "VpcEndpoints[]", "VpcEndpointId"),
        tags=tags("vpc-endpoint"),
        json=("policy",),
        sets=("routeTableIds", "subnetIds", "securityGroupIds"),
        defaults={"vpcEndpointType": "Gateway", "privateDnsEnabled": False},
        limits={"policy": {}},
        rules=(
            one_of("serviceName"),
            document("policy", lambda parsed: "" if isinstance(parsed, dict) else "must be a JSON object"),
            when("vpcEndpointType", (None, "Gateway"), absent("subnetIds", "securityGroupIds", "privateDnsEnabled")),
            when("vpcEndpointType", ("Interface",), absent("routeTableIds")),
            when("vpcEndpointType", ("Interface",), required("subnetIds")),
            value("vpcEndpointType", lambda kind: kind in ("Gateway", "Interface"), "must be Gateway or Interface"),
        ),
        unlike=("nothing goes through it: containers reach the cloud's one address whatever the network looks like",),
        seconds=300,
    ),
    Entry(
        token="aws:ec2/flowLog:FlowLog",
        service="ec2",
        cfn="AWS::EC2::FlowLog",
        inputs=(
            *_PLACES,
            "trafficType",
            "logDestination",
            "logDestinationType",
            "iamRoleArn",
            "logFormat",
            "maxAggregationInterval",
            "destinationOptions",
        ),
        create=_create_flow_log,
        read=Read(
            "describe_flow_logs",
            {"FlowLogIds": ["$id"]},
            "FlowLogs[0]",
            rename={"iamRoleArn": "DeliverLogsPermissionArn"},
            extra=_flow_log,
        ),
        delete=Op("delete_flow_logs", {"FlowLogIds": ["$id"]}),
        find=Find("describe_flow_logs", "FlowLogs[]", "FlowLogId"),
        tags=tags("vpc-flow-log"),
        defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        limits={"logDestination": ARN, "iamRoleArn": ARN},
        rules=(
            one_of(*_PLACES),
            one_of("logDestination"),
            one_of("trafficType"),
            value("maxAggregationInterval", lambda seconds: int(seconds) in (60, 600), "must be 60 or 600"),
            when("logDestinationType", (None, "cloud-watch-logs"), required("iamRoleArn")),
            when("logDestinationType", ("s3",), absent("iamRoleArn")),
        ),
        unlike=("nothing is ever written to its log",),
    ),
)
