"""Where packets go: route tables, routes, and which subnet uses which table."""

from collections.abc import Mapping
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import block, needs, one_of
from localcloud.plugins.aws.services.ec2_tags import tags
from localcloud.plugins.aws.steps import Find, Op, Read

_TARGETS = (
    "gatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)
_DESTINATION = "destinationCidrBlock"


def _table(call: Call, route_table: str) -> Properties:
    """Return a route table as described; Gone when there is none."""
    found = call.api("describe_route_tables", RouteTableIds=[route_table])["RouteTables"]
    if not found:
        raise Gone("DescribeRouteTables", "InvalidRouteTableID.NotFound", route_table)
    return dict(found[0])


def _route_place(call: Call) -> tuple[str, str]:
    """Return (table, destination) from inputs, from state, or from the id `TABLE_DESTINATION` of an import."""
    table, _, destination = call.id.partition("_")
    return (
        call.inputs.get("routeTableId") or call.state.get("routeTableId") or table,
        call.inputs.get(_DESTINATION) or call.state.get(_DESTINATION) or destination,
    )


def _live_route(call: Call) -> Mapping[str, Any] | None:
    table, destination = _route_place(call)
    routes = _table(call, table)["Routes"]
    return next((each for each in routes if each.get("DestinationCidrBlock") == destination), None)


def _find_route(call: Call) -> str | None:
    """Return the id of a route that an interrupted run has made: same table, destination and target."""
    route = _live_route(call)
    if route is None:
        return None
    live = call.properties(route)
    same = all(live.get(name) == call.inputs[name] for name in _TARGETS if call.inputs.get(name))
    return "_".join(_route_place(call)) if same else None


def _create_route(call: Call) -> str:
    call.api("create_route", **call.parameters("create_route", ("routeTableId", _DESTINATION, *_TARGETS)))
    return "_".join(_route_place(call))


def _read_route(call: Call) -> Properties | None:
    route = _live_route(call)
    if route is None:
        return None
    return {**call.properties(route), "routeTableId": _route_place(call)[0]}


def _end_route(call: Call) -> None:
    table, destination = _route_place(call)
    if _live_route(call) is not None:
        call.api("delete_route", RouteTableId=table, DestinationCidrBlock=destination)


def _link(call: Call) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Return (route table, association) of the association's id."""
    for table in call.api("describe_route_tables")["RouteTables"]:
        for link in table["Associations"]:
            if link["RouteTableAssociationId"] == call.id:
                return table, link
    return None


def _find_link(call: Call) -> str | None:
    """Return the association that the subnet or gateway already has with just this table."""
    for link in _table(call, call.inputs["routeTableId"])["Associations"]:
        if link.get("SubnetId") and link.get("SubnetId") == call.inputs.get("subnetId"):
            return str(link["RouteTableAssociationId"])
    return None


def _read_link(call: Call) -> Properties | None:
    found = _link(call)
    if found is None:
        return None
    return {**call.properties(found[1]), "routeTableId": found[0]["RouteTableId"]}


ENTRIES = (
    Entry(
        token="aws:ec2/routeTable:RouteTable",
        service="ec2",
        cfn="AWS::EC2::RouteTable",
        inputs=("vpcId",),
        create=Op("create_route_table", take=("vpcId",), pick="RouteTable.RouteTableId"),
        read=Read(
            "describe_route_tables",
            {"RouteTableIds": ["$id"]},
            "RouteTables[0]",
            rename={"routes": "-"},
            extra=lambda call, live: {"arn": call.arn(f"route-table/{call.id}")},
        ),
        delete=Op("delete_route_table", {"RouteTableId": "$id"}),
        find=Find("describe_route_tables", "RouteTables[]", "RouteTableId"),
        tags=tags("route-table"),
        unlike=("routes are aws.ec2.Route only: inline routes are refused",),
    ),
    Entry(
        token="aws:ec2/route:Route",
        service="ec2",
        inputs=(
            "routeTableId",
            _DESTINATION,
            "gatewayId",
            "natGatewayId",
            "transitGatewayId",
            "vpcPeeringConnectionId",
        ),
        create=_create_route,
        read=_read_route,
        update=Op(
            "replace_route",
            take=("routeTableId", _DESTINATION, *_TARGETS),
            when=_TARGETS,
        ),
        delete=_end_route,
        find=_find_route,
        replace={
            "routeTableId": "a route cannot move to another table",
            _DESTINATION: "a route is known by its destination",
        },
        replace_first=True,
        rules=(one_of(_DESTINATION), block(_DESTINATION), one_of(*_TARGETS), needs(_DESTINATION, "routeTableId")),
    ),
    Entry(
        token="aws:ec2/routeTableAssociation:RouteTableAssociation",
        service="ec2",
        inputs=("routeTableId", "subnetId"),
        create=Op("associate_route_table", take=("routeTableId", "subnetId"), pick="AssociationId"),
        read=_read_link,
        delete=Op("disassociate_route_table", {"AssociationId": "$id"}),
        find=_find_link,
        replace_first=True,
        rules=(one_of("subnetId"),),
    ),
)
