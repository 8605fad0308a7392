"""EC2: routes of every kind, and NAT gateways that hold their address."""

from typing import Any

from .. import wire
from .ec2 import hex_id
from .mend import Mend, replace

DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "InstanceId",
    "NetworkInterfaceId",
    "VpcPeeringConnectionId",
    "TransitGatewayId",
    "EgressOnlyInternetGatewayId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
)


def _routes(ec2: Any) -> None:
    def table_of(params: dict[str, Any]) -> Any:
        return ec2._route_tables.get(ec2._p(params, "RouteTableId"))

    def find(table: dict[str, Any], params: dict[str, Any]) -> dict[str, Any] | None:
        wanted = [(key, ec2._p(params, key)) for key in DESTINATIONS if ec2._p(params, key)]
        matching = (each for each in table["Routes"] if all(each.get(key) == value for key, value in wanted))
        return next(matching, None) if wanted else None

    def target_of(params: dict[str, Any]) -> dict[str, str]:
        found = {key: ec2._p(params, key) for key in TARGETS if ec2._p(params, key)}
        if ec2._p(params, "VpcEndpointId"):  # AWS shows an endpoint as the route's gateway
            found["GatewayId"] = ec2._p(params, "VpcEndpointId")
        return found

    def create(params: dict[str, Any]) -> Any:
        table = table_of(params)
        if table is None:
            return original_create(params)
        if find(table, params):
            return ec2._error("RouteAlreadyExists", "The route identified by its destination already exists.", 400)
        destination = {key: ec2._p(params, key) for key in DESTINATIONS if ec2._p(params, key)}
        table["Routes"].append({**destination, **target_of(params), "State": "active", "Origin": "CreateRoute"})
        return wire.encode("ec2", "CreateRoute", {"Return": True})

    def put(params: dict[str, Any]) -> Any:
        table = table_of(params)
        route = find(table, params) if table else None
        if route is None:
            return not_found(params) if table else original_replace(params)
        for key in TARGETS:
            route.pop(key, None)
        route.update(target_of(params))
        return wire.encode("ec2", "ReplaceRoute", {})

    def delete(params: dict[str, Any]) -> Any:
        table = table_of(params)
        route = find(table, params) if table else None
        if route is None:
            return not_found(params) if table else original_delete(params)
        table["Routes"].remove(route)
        return wire.encode("ec2", "DeleteRoute", {})

    def not_found(params: dict[str, Any]) -> Any:
        where = next((ec2._p(params, key) for key in DESTINATIONS if ec2._p(params, key)), "")
        text = f"no route with destination {where} in route table {ec2._p(params, 'RouteTableId')}"
        return ec2._error("InvalidRoute.NotFound", text, 400)

    original_create = replace(ec2, "_create_route", create)
    original_replace = replace(ec2, "_replace_route", put)
    original_delete = replace(ec2, "_delete_route", delete)


def _nat_gateways(ec2: Any) -> None:
    def create(params: dict[str, Any]) -> Any:
        response = original_create(params)
        if response[0] != 200:
            return response
        made = wire.read("ec2", "CreateNatGateway", response[2])["NatGateway"]["NatGatewayId"]
        gateway = ec2._nat_gateways[made]
        address = ec2._addresses.get(gateway["AllocationId"] or "")
        held = {
            "NetworkInterfaceId": f"eni-{hex_id(made)}",
            "PrivateIp": ec2._p(params, "PrivateIpAddress") or private_address(gateway["SubnetId"], made),
            "IsPrimary": True,
            "Status": "succeeded",
        }
        if address:
            held.update(AllocationId=address["AllocationId"], PublicIp=address["PublicIp"])
            held["AssociationId"] = f"eipassoc-{hex_id(made)}"
            address.update(
                AssociationId=held["AssociationId"],
                NetworkInterfaceId=held["NetworkInterfaceId"],
                PrivateIpAddress=held["PrivateIp"],
            )
        gateway["NatGatewayAddresses"] = [held]
        return wire.encode("ec2", "CreateNatGateway", {"NatGateway": shown(gateway)})

    def private_address(subnet: str, seed: str) -> str:
        import ipaddress

        block = (ec2._subnets.get(subnet) or {}).get("CidrBlock", "10.0.0.0/24")
        network = ipaddress.ip_network(block)
        return str(network[4 + int(hex_id(seed)[:6], 16) % max(1, network.num_addresses - 5)])

    def shown(gateway: dict[str, Any]) -> dict[str, Any]:
        return {**gateway, "Tags": ec2._tags.get(gateway["NatGatewayId"], [])}

    def describe(params: dict[str, Any]) -> Any:
        wanted = ec2._parse_member_list(params, "NatGatewayId")
        for name in wanted:
            if name not in ec2._nat_gateways:
                return ec2._error("NatGatewayNotFound", f"The Nat Gateway {name} was not found", 400)
        found = [shown(each) for each in ec2._nat_gateways.values() if not wanted or each["NatGatewayId"] in wanted]
        return wire.encode("ec2", "DescribeNatGateways", {"NatGateways": found})

    def delete(params: dict[str, Any]) -> Any:
        gateway = ec2._nat_gateways.get(ec2._p(params, "NatGatewayId")) or {}
        for held in gateway.get("NatGatewayAddresses", []):
            address = ec2._addresses.get(held.get("AllocationId", ""))
            if address:
                address.update(AssociationId=None, NetworkInterfaceId=None, PrivateIpAddress=None)
        return original_delete(params)

    original_create = replace(ec2, "_create_nat_gateway", create)
    original_delete = replace(ec2, "_delete_nat_gateway", delete)
    replace(ec2, "_describe_nat_gateways", describe)


MENDS = (
    Mend(
        "routes to prefix lists, endpoints and interfaces are kept; a second to one destination is refused",
        "only an IPv4 destination and five kinds of target are, and twins are accepted",
        "ministack.services.ec2",
        {
            "_create_route": "14b67cded12f",
            "_replace_route": "5e3f58360eef",
            "_delete_route": "d828ab9cba9a",
            "_rtb_fields_xml": "500998023e5b",
        },
        _routes,
    ),
    Mend(
        "a NAT gateway shows the address it holds, and the address shows the gateway",
        "neither knows of the other",
        "ministack.services.ec2",
        {
            "_create_nat_gateway": "440bbbbfa2a7",
            "_describe_nat_gateways": "1673fcd2dd02",
            "_delete_nat_gateway": "f36426c416e6",
        },
        _nat_gateways,
    ),
)
