"""Route 53: hosted zones, and looking one up."""

import hashlib
import re
import uuid
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws import plain
from localcloud.plugins.aws.call import GENERATION, URN, Call
from localcloud.plugins.aws.entry import Entry, Function, Properties, Tags
from localcloud.plugins.aws.errors import Refused
from localcloud.plugins.aws.marks import without
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.route53_records import empty
from localcloud.plugins.aws.shapes import pairs
from localcloud.plugins.provider import has_unknown

_COMMENT = "Managed by Pulumi"


def _bare(zone: str) -> str:
    """Return a zone's id without the path that AWS puts in front."""
    return zone.removeprefix("/hostedzone/")


def _reference(call: Call) -> str:
    """Return the part of a zone's caller reference that says which resource has made it."""
    return hashlib.sha256(f"{call.marks[URN]} {call.marks[GENERATION]}".encode()).hexdigest()[:32]


def _create(call: Call) -> str:
    """Make the zone. Its tags come later; the caller reference marks it from the first moment."""
    config = {"Comment": call.inputs.get("comment", _COMMENT), "PrivateZone": bool(call.inputs.get("vpcs"))}
    first: Properties = {"VPC": _vpc(call, call.inputs["vpcs"][0])} if call.inputs.get("vpcs") else {}
    answer = call.api(
        "create_hosted_zone",
        Name=call.inputs["name"],
        CallerReference=f"{_reference(call)}-{uuid.uuid4().hex[:12]}",
        HostedZoneConfig=config,
        **first,
    )
    return _bare(answer["HostedZone"]["Id"])


def _vpc(call: Call, vpc: Properties) -> dict[str, str]:
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or call.region}


def _find(call: Call) -> str | None:
    for zone in _zones(call, call.inputs["name"]):
        if zone["CallerReference"].startswith(_reference(call)) and _bare(zone["Id"]) not in call.known:
            return _bare(zone["Id"])
    return None


def _zones(call: Call, name: str) -> list[Any]:
    """Return the account's zones of exactly this name."""
    wanted = f"{name.rstrip('.').lower()}."
    found = plain.hosted_zones(call, wanted)
    if found is None:
        found = call.api("list_hosted_zones_by_name", DNSName=wanted)["HostedZones"]
    return [zone for zone in found if zone["Name"] == wanted]


def _read(call: Call) -> Properties:
    answer = call.api("get_hosted_zone", Id=call.id)
    zone, given = answer["HostedZone"], str(call.inputs.get("name", ""))
    name = zone["Name"].rstrip(".")
    return {
        "zoneId": _bare(zone["Id"]),
        "arn": f"arn:aws:route53:::hostedzone/{_bare(zone['Id'])}",
        "name": given if given.rstrip(".").lower() == name else name,
        "comment": zone["Config"].get("Comment", ""),
        "vpcs": [{"vpcId": each["VPCId"], "vpcRegion": each["VPCRegion"]} for each in answer.get("VPCs", [])],
        **_servers(answer),
    }


def _servers(answer: Any) -> Properties:
    """Return the name servers, sorted as the official provider has them."""
    servers = answer.get("DelegationSet", {}).get("NameServers", [])
    return {"nameServers": sorted(servers), "primaryNameServer": servers[0] if servers else ""}


def _change(call: Call) -> None:
    if call.changed("comment"):
        call.api("update_hosted_zone_comment", Id=call.id, Comment=call.inputs.get("comment", _COMMENT))
    if not call.changed("vpcs"):
        return
    wanted = [_vpc(call, each) for each in call.inputs.get("vpcs", [])]
    live = call.api("get_hosted_zone", Id=call.id).get("VPCs", [])
    for vpc in [each for each in wanted if each not in live]:
        call.api("associate_vpc_with_hosted_zone", HostedZoneId=call.id, VPC=vpc)
    for vpc in [each for each in live if each not in wanted]:
        call.api("disassociate_vpc_from_hosted_zone", HostedZoneId=call.id, VPC=vpc)


def _settle(call: Call) -> None:
    """Give a new private zone its other networks: the create call takes one."""
    if call.inputs.get("vpcs"):
        live = call.api("get_hosted_zone", Id=call.id).get("VPCs", [])
        for vpc in [_vpc(call, each) for each in call.inputs["vpcs"]]:
            if vpc not in live:
                call.api("associate_vpc_with_hosted_zone", HostedZoneId=call.id, VPC=vpc)


def _delete(call: Call) -> None:
    """Delete the zone; records of others in it go along only with `forceDestroy`."""
    if call.inputs.get("forceDestroy"):
        empty(call, call.id)
    try:
        call.api("delete_hosted_zone", Id=call.id)
    except Refused as error:
        if error.code != "HostedZoneNotEmpty":
            raise
        name = call.inputs.get("name", call.id)
        raise Trouble(f"the zone {name} still holds records", "set forceDestroy, or delete them") from error


def _public_or_private(old: Any, new: Any) -> bool:
    """Say whether a zone turns from public to private or back: AWS makes another one."""
    return bool(old) != bool(new)


def _good_vpcs(vpcs: list[Any]) -> bool:
    return has_unknown(vpcs) or len({str(each) for each in vpcs}) == len(vpcs)


def _get_zone(call: Call) -> Properties:
    """Return one zone by id, or by name and, where it is asked for, private or not and tags."""
    zones = _candidates(call)
    if len(zones) != 1:
        wanted = call.inputs.get("zoneId") or call.inputs.get("name")
        found = f"{len(zones)} zones are" if zones else "no zone is"
        raise Trouble(f"account {call.account} has not exactly one hosted zone {wanted}: {found} there")
    answer = _described(call, zones[0]["Id"])
    zone, zone_id = answer["HostedZone"], _bare(zones[0]["Id"])
    tags = _zone_tags(call, zone_id)
    return {
        "id": zone_id,
        "zoneId": zone_id,
        "arn": f"arn:aws:route53:::hostedzone/{zone_id}",
        "name": zone["Name"].rstrip("."),
        "callerReference": zone["CallerReference"],
        "comment": zone["Config"].get("Comment", ""),
        "privateZone": zone["Config"]["PrivateZone"],
        "resourceRecordSetCount": zone["ResourceRecordSetCount"],
        "tags": without(tags),
        **_servers(answer),
    }


def _described(call: Call, zone: str) -> Properties:
    """Return a zone with its name servers and VPCs, by id or by the path that AWS makes of it."""
    return plain.hosted_zone(call, zone) or call.api("get_hosted_zone", Id=zone)


def _candidates(call: Call) -> list[Any]:
    inputs = call.inputs
    if inputs.get("zoneId"):
        return [_described(call, inputs["zoneId"])["HostedZone"]]
    if not inputs.get("name"):
        raise Trouble("getZone needs a zoneId or a name")
    private = bool(inputs.get("privateZone") or inputs.get("vpcId"))
    zones = [each for each in _zones(call, str(inputs["name"])) if each["Config"]["PrivateZone"] == private]
    if inputs.get("vpcId"):
        zones = [each for each in zones if inputs["vpcId"] in _vpc_ids(call, each["Id"])]
    wanted = (inputs.get("tags") or {}).items()
    return [each for each in zones if wanted <= _zone_tags(call, _bare(each["Id"])).items()]


def _vpc_ids(call: Call, zone: str) -> list[str]:
    return [each["VPCId"] for each in _described(call, zone).get("VPCs", [])]


def _zone_tags(call: Call, zone_id: str) -> dict[str, str]:
    found = plain.zone_tags(call, zone_id)
    if found is not None:
        return found
    answer = call.api("list_tags_for_resource", ResourceType="hostedzone", ResourceId=zone_id)
    return pairs(answer["ResourceTagSet"]["Tags"])


ENTRIES = (
    Entry(
        token="aws:route53/zone:Zone",
        service="route53",
        cfn="AWS::Route53::HostedZone",
        inputs=("comment", "forceDestroy", "name", "vpcs"),
        create=_create,
        settle=_settle,
        read=_read,
        update=_change,
        delete=_delete,
        find=_find,
        tags=Tags(
            add="change_tags_for_resource",
            remove="change_tags_for_resource",
            owner=lambda call: {"ResourceType": "hostedzone", "ResourceId": call.id},
            member="AddTags",
            keys="RemoveTagKeys",
            list="list_tags_for_resource",
            listed="ResourceTagSet.Tags",
            after=True,
        ),
        replace_if={"vpcs": _public_or_private},
        defaults={"comment": _COMMENT, "vpcs": []},
        local=("forceDestroy",),
        sets=("vpcs",),
        rules=(
            value(
                "name",
                lambda name: len(name) <= 255
                and bool(re.fullmatch(r"([a-zA-Z0-9_-]{1,63}\.)*[a-zA-Z0-9_-]{1,63}\.?", name)),
                "must be a domain name",
            ),
            value("comment", lambda text: len(text) <= 256, "must have at most 256 characters"),
            value("vpcs", _good_vpcs, "must each be named once"),
        ),
        unlike=("the name servers are made up: who delegates to them is found by nobody",),
    ),
)

FUNCTIONS = (
    Function(
        token="aws:route53/getZone:getZone",
        service="route53",
        inputs=("name", "privateZone", "tags", "vpcId", "zoneId"),
        run=_get_zone,
    ),
)
