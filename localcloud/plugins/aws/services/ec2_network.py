"""A network's ground: VPC, subnets, internet gateway, elastic addresses, NAT gateways; and the zones of a region."""

from collections.abc import Mapping
from typing import Any

from localcloud.plugins.aws import plain
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Function, Properties
from localcloud.plugins.aws.rules import block, conflict, one_of, required, when
from localcloud.plugins.aws.services.ec2_tags import tags
from localcloud.plugins.aws.steps import Find, Op, Read, each, settled

_VPC_ATTRIBUTES = ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")


def _attributes(call: Call) -> None:
    """Set a VPC's attributes, each by a call of its own."""
    for name in _VPC_ATTRIBUTES:
        wanted = call.inputs.get(name)
        if wanted is not None and call.changed(name):
            change: Properties = {name[0].upper() + name[1:]: {"Value": wanted}}
            call.api("modify_vpc_attribute", VpcId=call.id, **change)


def _vpc(call: Call, live: Properties) -> Properties:
    """Return what describe_vpcs does not say: DNS attributes and the ids of what AWS makes with a VPC."""
    found: Properties = {"arn": call.arn(f"vpc/{call.id}"), "ownerId": live.get("OwnerId", call.account)}
    for name in _VPC_ATTRIBUTES:
        answer = call.api("describe_vpc_attribute", VpcId=call.id, Attribute=name)
        found[name] = answer.get(name[0].upper() + name[1:], {}).get("Value")
    inside = [{"Name": "vpc-id", "Values": [call.id]}]
    groups = call.api("describe_security_groups", Filters=inside)["SecurityGroups"]
    tables = call.api("describe_route_tables", Filters=inside)["RouteTables"]
    lists = call.api("describe_network_acls", Filters=inside)["NetworkAcls"]
    main = [each for each in tables if any(link.get("Main") for link in each["Associations"])]
    found["defaultSecurityGroupId"] = _inside(call, [e for e in groups if e["GroupName"] == "default"], "GroupId")
    found["mainRouteTableId"] = found["defaultRouteTableId"] = _inside(call, main, "RouteTableId")
    found["defaultNetworkAclId"] = _inside(call, [e for e in lists if e.get("IsDefault")], "NetworkAclId")
    return found


def _inside(call: Call, items: list[Mapping[str, Any]], key: str) -> str | None:
    """Return the key of the first item in this VPC: the emulator ignores filters that it does not know."""
    return next((str(item[key]) for item in items if item.get("VpcId") == call.id), None)


def _subnet_settings(call: Call) -> None:
    """Set what a subnet is not created with; one attribute a call, as AWS wants it."""
    for name, parameter in (
        ("mapPublicIpOnLaunch", "MapPublicIpOnLaunch"),
        ("enableResourceNameDnsARecordOnLaunch", "EnableResourceNameDnsARecordOnLaunch"),
    ):
        if call.inputs.get(name) is not None and call.changed(name):
            change: Properties = {parameter: {"Value": call.inputs[name]}}
            call.api("modify_subnet_attribute", SubnetId=call.id, **change)
    kind = call.inputs.get("privateDnsHostnameTypeOnLaunch")
    if kind and call.changed("privateDnsHostnameTypeOnLaunch"):
        call.api("modify_subnet_attribute", SubnetId=call.id, PrivateDnsHostnameTypeOnLaunch=kind)


def _subnet(call: Call, live: Properties) -> Properties:
    options = live.get("PrivateDnsNameOptionsOnLaunch", {})
    return {
        "arn": call.arn(f"subnet/{call.id}"),
        "privateDnsHostnameTypeOnLaunch": options.get("HostnameType", "ip-name"),
        "enableResourceNameDnsARecordOnLaunch": options.get("EnableResourceNameDnsARecord", False),
    }


def _attach(call: Call) -> None:
    """Attach the gateway to the VPC it shall serve, and to no other."""
    wanted = call.inputs.get("vpcId")
    gateway = call.api("describe_internet_gateways", InternetGatewayIds=[call.id])["InternetGateways"][0]
    attached = [each["VpcId"] for each in gateway.get("Attachments", [])]
    for vpc in attached:
        if vpc != wanted:
            call.api("detach_internet_gateway", InternetGatewayId=call.id, VpcId=vpc)
    if wanted and wanted not in attached:
        call.api("attach_internet_gateway", InternetGatewayId=call.id, VpcId=wanted)


def _detach(call: Call) -> None:
    call.inputs = {**call.inputs, "vpcId": None}
    _attach(call)


def _internet_gateway(call: Call, live: Properties) -> Properties:
    vpc = next((each["VpcId"] for each in live.get("Attachments", [])), None)
    return {"arn": call.arn(f"internet-gateway/{call.id}"), "vpcId": vpc}


def _eip(call: Call, live: Properties) -> Properties:
    address = live["PublicIp"]
    zone = "compute-1" if call.region == "us-east-1" else f"{call.region}.compute"
    return {
        "arn": call.arn(f"elastic-ip/{call.id}"),
        "publicDns": f"ec2-{address.replace('.', '-')}.{zone}.amazonaws.com",
    }


def _gateway_state(call: Call) -> str:
    gateways = call.api("describe_nat_gateways", NatGatewayIds=[call.id])["NatGateways"]
    return next((str(each["State"]) for each in gateways if each["NatGatewayId"] == call.id), "deleted")


def _is_gateway_up(call: Call) -> None:
    call.wait(lambda: _gateway_state(call) == "available", f"NAT gateway {call.id}")


def _is_gateway_gone(call: Call) -> None:
    call.wait(lambda: _gateway_state(call) == "deleted", f"the end of NAT gateway {call.id}")


def _nat_gateway(call: Call, live: Properties) -> Properties:
    address: Properties = next(iter(live.get("NatGatewayAddresses", [])), {})
    return {
        "allocationId": address.get("AllocationId"),
        "associationId": address.get("AssociationId"),
        "networkInterfaceId": address.get("NetworkInterfaceId"),
        "privateIp": address.get("PrivateIp"),
        "publicIp": address.get("PublicIp"),
        "connectivityType": live.get("ConnectivityType", "public"),
    }


def _zones(call: Call) -> Properties:
    """Return the zones of the region: those in a state, filtered by name and id."""
    state = call.inputs.get("state")
    zones = plain.zones(call)
    if zones is None:
        asked = call.parameters("describe_availability_zones", ("allAvailabilityZones", "filters"))
        zones = call.api("describe_availability_zones", **asked)["AvailabilityZones"]
    left = [
        zone
        for zone in sorted(zones, key=lambda zone: str(zone["ZoneName"]))
        if zone["ZoneName"] not in call.inputs.get("excludeNames", ())
        and zone["ZoneId"] not in call.inputs.get("excludeZoneIds", ())
        and state in (None, zone["State"])
    ]
    return {
        "names": [zone["ZoneName"] for zone in left],
        "zoneIds": [zone["ZoneId"] for zone in left],
        "groupNames": sorted({zone["GroupName"] for zone in left if zone.get("GroupName")}),
    }


ENTRIES = (
    Entry(
        token="aws:ec2/vpc:Vpc",
        service="ec2",
        cfn="AWS::EC2::VPC",
        inputs=("cidrBlock", "instanceTenancy", *_VPC_ATTRIBUTES),
        create=Op("create_vpc", take=("cidrBlock", "instanceTenancy"), pick="Vpc.VpcId"),
        update=settled,
        settle=_attributes,
        read=Read("describe_vpcs", {"VpcIds": ["$id"]}, "Vpcs[0]", extra=_vpc),
        delete=Op("delete_vpc", {"VpcId": "$id"}),
        find=Find("describe_vpcs", "Vpcs[]", "VpcId"),
        tags=tags("vpc"),
        defaults={
            "instanceTenancy": "default",
            "enableDnsSupport": True,
            "enableDnsHostnames": False,
            "enableNetworkAddressUsageMetrics": False,
        },
        replace={"instanceTenancy": "AWS changes dedicated to default only; the official provider replaces"},
        limits={"instanceTenancy": {"enum": ["default", "dedicated"]}},
        rules=(one_of("cidrBlock"), block("cidrBlock", widest=16, narrowest=28)),
    ),
    Entry(
        token="aws:ec2/subnet:Subnet",
        service="ec2",
        cfn="AWS::EC2::Subnet",
        inputs=(
            "vpcId",
            "cidrBlock",
            "availabilityZone",
            "availabilityZoneId",
            "mapPublicIpOnLaunch",
            "privateDnsHostnameTypeOnLaunch",
            "enableResourceNameDnsARecordOnLaunch",
        ),
        create=Op(
            "create_subnet",
            take=("vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"),
            pick="Subnet.SubnetId",
        ),
        update=settled,
        settle=_subnet_settings,
        read=Read("describe_subnets", {"SubnetIds": ["$id"]}, "Subnets[0]", extra=_subnet),
        delete=Op("delete_subnet", {"SubnetId": "$id"}),
        find=Find("describe_subnets", "Subnets[]", "SubnetId"),
        tags=tags("subnet"),
        defaults={"mapPublicIpOnLaunch": False, "enableResourceNameDnsARecordOnLaunch": False},
        replace={"cidrBlock": "AWS has no call for it", "availabilityZoneId": "a subnet never moves"},
        limits={"privateDnsHostnameTypeOnLaunch": {"enum": ["ip-name", "resource-name"]}},
        rules=(
            one_of("cidrBlock"),
            block("cidrBlock", widest=16, narrowest=28),
            conflict("availabilityZone", "availabilityZoneId"),
        ),
        unlike=("a block outside its VPC's is accepted",),
    ),
    Entry(
        token="aws:ec2/internetGateway:InternetGateway",
        service="ec2",
        cfn="AWS::EC2::InternetGateway",
        inputs=("vpcId",),
        create=Op("create_internet_gateway", pick="InternetGateway.InternetGatewayId"),
        update=settled,
        settle=_attach,
        read=Read(
            "describe_internet_gateways",
            {"InternetGatewayIds": ["$id"]},
            "InternetGateways[0]",
            extra=_internet_gateway,
        ),
        delete=each(_detach, Op("delete_internet_gateway", {"InternetGatewayId": "$id"})),
        find=Find("describe_internet_gateways", "InternetGateways[]", "InternetGatewayId"),
        tags=tags("internet-gateway"),
    ),
    Entry(
        token="aws:ec2/eip:Eip",
        service="ec2",
        cfn="AWS::EC2::EIP",
        inputs=("domain",),
        create=Op("allocate_address", take=("domain",), pick="AllocationId"),
        read=Read("describe_addresses", {"AllocationIds": ["$id"]}, "Addresses[0]", extra=_eip),
        delete=Op("release_address", {"AllocationId": "$id"}),
        find=Find("describe_addresses", "Addresses[]", "AllocationId"),
        tags=tags("elastic-ip"),
        defaults={"domain": "vpc"},
    ),
    Entry(
        token="aws:ec2/natGateway:NatGateway",
        service="ec2",
        cfn="AWS::EC2::NatGateway",
        inputs=("subnetId", "allocationId", "connectivityType"),
        create=Op(
            "create_nat_gateway", take=("subnetId", "allocationId", "connectivityType"), pick="NatGateway.NatGatewayId"
        ),
        settle=_is_gateway_up,
        read=Read(
            "describe_nat_gateways",
            {"NatGatewayIds": ["$id"]},
            "NatGateways[?State!='deleted'] | [0]",
            extra=_nat_gateway,
        ),
        delete=each(Op("delete_nat_gateway", {"NatGatewayId": "$id"}), _is_gateway_gone),
        find=Find("describe_nat_gateways", "NatGateways[?State!='deleted']", "NatGatewayId"),
        tags=tags("natgateway"),
        defaults={"connectivityType": "public"},
        rules=(
            when("connectivityType", (None, "public"), required("allocationId")),
            when("connectivityType", ("private",), conflict("connectivityType", "allocationId")),
        ),
        unlike=("no traffic goes through it: containers reach the internet by the machine's own network",),
        seconds=300,
    ),
)

FUNCTIONS = (
    Function(
        token="aws:index/getAvailabilityZones:getAvailabilityZones",
        service="ec2",
        inputs=("state", "filters", "allAvailabilityZones", "excludeNames", "excludeZoneIds"),
        run=_zones,
        unlike=("every region has three zones, a to c",),
    ),
)
