"""Route 53: records in a zone, alias and plain, with routing policies."""

import re
from collections.abc import Iterator
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import needs, value
from localcloud.plugins.aws.services import route53_rules as rules

_TYPES = (
    "A",
    "AAAA",
    "CAA",
    "CNAME",
    "DS",
    "HTTPS",
    "MX",
    "NAPTR",
    "NS",
    "PTR",
    "SOA",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
)
_QUOTED = ("TXT", "SPF")
_PLACE = {"continent": "ContinentCode", "country": "CountryCode", "subdivision": "SubdivisionCode"}


def _full_name(name: str, zone: str) -> str:
    """Return a record's whole name with the dot at the end: a name without its zone stands in it."""
    name, zone = name.rstrip(".").lower(), zone.rstrip(".").lower()
    inside = not name or name == zone or name.endswith(f".{zone}")
    return f"{(name or zone) if inside else f'{name}.{zone}'}."


def _zone_name(call: Call) -> str:
    return str(call.api("get_hosted_zone", Id=call.inputs["zoneId"])["HostedZone"]["Name"])


def _wanted(call: Call, zone: str) -> Properties:
    """Return the record set as AWS writes it."""
    inputs = call.inputs
    found: Properties = {"Name": _full_name(inputs["name"], zone), "Type": inputs["type"]}
    if inputs.get("aliases"):
        alias = inputs["aliases"][0]
        found["AliasTarget"] = {
            "HostedZoneId": alias["zoneId"],
            "DNSName": alias["name"],
            "EvaluateTargetHealth": bool(alias["evaluateTargetHealth"]),
        }
    else:
        found["TTL"] = int(inputs["ttl"])
        found["ResourceRecords"] = [{"Value": _written(each, inputs["type"])} for each in inputs["records"]]
    optional = {"setIdentifier": "SetIdentifier", "healthCheckId": "HealthCheckId"}
    found |= {theirs: inputs[ours] for ours, theirs in optional.items() if inputs.get(ours)}
    return found | _routing(inputs)


def _routing(inputs: Properties) -> Properties:
    """Return the members of a record set that the routing policy has."""
    if inputs.get("weightedRoutingPolicies"):
        return {"Weight": int(inputs["weightedRoutingPolicies"][0]["weight"])}
    if inputs.get("failoverRoutingPolicies"):
        return {"Failover": inputs["failoverRoutingPolicies"][0]["type"]}
    if inputs.get("latencyRoutingPolicies"):
        return {"Region": inputs["latencyRoutingPolicies"][0]["region"]}
    if inputs.get("geolocationRoutingPolicies"):
        place = inputs["geolocationRoutingPolicies"][0]
        return {"GeoLocation": {theirs: place[ours] for ours, theirs in _PLACE.items() if place.get(ours)}}
    return {"MultiValueAnswer": True} if inputs.get("multivalueAnswerRoutingPolicy") else {}


def _written(text: str, kind: str) -> str:
    """Return a value as AWS stores it: texts in quotes."""
    return f'"{text}"' if kind in _QUOTED and not text.startswith('"') else text


def _unwritten(text: str, kind: str) -> str:
    return text[1:-1] if kind in _QUOTED and text.startswith('"') and text.endswith('"') else text


def _change(call: Call, zone_id: str, action: str, record: Properties) -> None:
    change = {"Action": action, "ResourceRecordSet": record}
    call.api("change_resource_record_sets", HostedZoneId=zone_id, ChangeBatch={"Changes": [change]})


def _id(zone_id: str, record: Properties) -> str:
    parts = [zone_id, record["Name"].rstrip("."), record["Type"], record.get("SetIdentifier", "")]
    return "_".join(part for part in parts if part)


def _create(call: Call) -> str:
    """Make the record; one that is there already is overwritten only with `allowOverwrite`."""
    zone_id, zone = str(call.inputs["zoneId"]), _zone_name(call)
    record = _wanted(call, zone)
    _refuse_neighbours(call, zone_id, zone, record)
    _change(call, zone_id, "UPSERT" if call.inputs.get("allowOverwrite") else "CREATE", record)
    return _id(zone_id, record)


def _refuse_neighbours(call: Call, zone_id: str, zone: str, record: Properties) -> None:
    """Raise Trouble where DNS allows no CNAME, as AWS does: at the zone itself, and beside any other record."""
    name, kind = record["Name"], record["Type"]
    if kind == "CNAME" and name == zone:
        raise Trouble(f"a CNAME cannot stand at the zone {zone.rstrip('.')} itself", "use an alias record")
    for each in _listed(call, zone_id, {"StartRecordName": name}):
        if _unescaped(each["Name"]) != name:
            return
        if each["Type"] != kind and "CNAME" in (each["Type"], kind):
            there = f"{name.rstrip('.')} has a record of type {each['Type']}"
            raise Trouble(f"{there}, beside which no {kind} can stand", "delete it first, or choose another name")


def _update(call: Call) -> None:
    _change(call, str(call.inputs["zoneId"]), "UPSERT", _wanted(call, _zone_name(call)))


def _delete(call: Call) -> None:
    """Delete the record as it is now: AWS wants to be told its values."""
    live = _live(call)
    if live is not None:
        _change(call, _address(call)[0], "DELETE", live[1])


def _live(call: Call) -> tuple[str, Properties] | None:
    """Return (zone's name, record set) of this very record: a listing gives the next ones too."""
    zone_id, name, kind, identifier = _address(call)
    zone = str(call.api("get_hosted_zone", Id=zone_id)["HostedZone"]["Name"])
    wanted = _full_name(name, zone)
    start = {"StartRecordName": wanted, "StartRecordType": kind}
    for each in _listed(call, zone_id, start):
        if _unescaped(each["Name"]) != wanted or each["Type"] != kind:
            return None
        if each.get("SetIdentifier", "") == identifier:
            return zone, each
    return None


def _listed(call: Call, zone_id: str, start: Properties) -> Iterator[Any]:
    """Yield the record sets of a zone from a place on."""
    while True:
        answer = call.api("list_resource_record_sets", HostedZoneId=zone_id, **start)
        yield from answer["ResourceRecordSets"]
        if not answer.get("IsTruncated"):
            return
        names = {"StartRecordName": "NextRecordName", "StartRecordType": "NextRecordType"}
        names |= {"StartRecordIdentifier": "NextRecordIdentifier"}
        start = {ours: answer[theirs] for ours, theirs in names.items() if answer.get(theirs)}


def _address(call: Call) -> tuple[str, str, str, str]:
    """Return zone, name, type and set identifier: from the state, for an import from the id `ZONE_name_TYPE[_set]`."""
    known = call.inputs if "zoneId" in call.inputs else call.state
    if known.get("zoneId"):
        return known["zoneId"], known["name"], known["type"], str(known.get("setIdentifier") or "")
    match = re.fullmatch(rf"([A-Z0-9]+)_(.+?)_({'|'.join(_TYPES)})(?:_(.+))?", call.id)
    if match is None:
        raise Gone("Read", "NoSuchRecord", f"a record's id is ZONE_name_TYPE, got {call.id}")
    return match[1], match[2], match[3], match[4] or ""


def _unescaped(name: str) -> str:
    """Return a name with `*` as such: AWS answers with its octal code."""
    return re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), name)


def _read(call: Call) -> Properties | None:
    found = _live(call)
    if found is None:
        return None
    zone, live = found
    zone_id, name, kind, _ = _address(call)
    alias = live.get("AliasTarget")
    records = [_unwritten(each["Value"], kind) for each in live.get("ResourceRecords", [])]
    return {
        "zoneId": zone_id,
        "name": name if _full_name(name, zone) == _unescaped(live["Name"]) else _unescaped(live["Name"]).rstrip("."),
        "fqdn": _unescaped(live["Name"]).rstrip("."),
        "type": kind,
        **({"ttl": live["TTL"], "records": records} if "TTL" in live else {}),
        "aliases": [_alias(call, alias)] if alias else [],
        "setIdentifier": live.get("SetIdentifier", ""),
        "healthCheckId": live.get("HealthCheckId", ""),
        "multivalueAnswerRoutingPolicy": bool(live.get("MultiValueAnswer", False)),
        **_policies(live),
    }


def _alias(call: Call, live: Any) -> Properties:
    """Return the target, by the program's spelling where AWS only lowered it or ended it with a dot."""
    name = live["DNSName"].rstrip(".")
    given = next((str(each["name"]) for each in call.inputs.get("aliases") or ()), "")
    return {
        "name": given if given.rstrip(".").lower() == name.lower() else name,
        "zoneId": live["HostedZoneId"],
        "evaluateTargetHealth": live["EvaluateTargetHealth"],
    }


def _policies(live: Any) -> Properties:
    place = live.get("GeoLocation")
    return {
        "weightedRoutingPolicies": [{"weight": live["Weight"]}] if "Weight" in live else [],
        "failoverRoutingPolicies": [{"type": live["Failover"]}] if "Failover" in live else [],
        "latencyRoutingPolicies": [{"region": live["Region"]}] if "Region" in live else [],
        "geolocationRoutingPolicies": (
            [{ours: place[theirs] for ours, theirs in _PLACE.items() if theirs in place}] if place else []
        ),
    }


def _find(call: Call) -> str | None:
    """Return the record of an interrupted run: records have no tags, so it must be equal in everything."""
    zone_id = str(call.inputs["zoneId"])
    wanted, found = _wanted(call, _zone_name(call)), _live(call)
    return _id(zone_id, wanted) if found and _comparable(found[1]) == _comparable(wanted) else None


def _comparable(record: Properties) -> Properties:
    alias = record.get("AliasTarget")
    return {
        **record,
        "Name": _unescaped(record["Name"]),
        "ResourceRecords": sorted(each["Value"] for each in record.get("ResourceRecords", [])),
        "AliasTarget": {**alias, "DNSName": alias["DNSName"].rstrip(".").lower()} if alias else None,
    }


def empty(call: Call, zone_id: str) -> None:
    """Delete every record of a zone but the two that AWS has made itself."""
    apex = call.api("get_hosted_zone", Id=zone_id)["HostedZone"]["Name"]
    for record in list(_listed(call, zone_id, {})):
        if record["Name"] != apex or record["Type"] not in ("NS", "SOA"):
            _change(call, zone_id, "DELETE", record)


ENTRIES = (
    Entry(
        token="aws:route53/record:Record",
        service="route53",
        inputs=(
            "aliases",
            "allowOverwrite",
            "healthCheckId",
            "name",
            "records",
            "setIdentifier",
            "ttl",
            "type",
            "zoneId",
            *rules.POLICIES,
        ),
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        find=_find,
        sought=("aliases", "healthCheckId", "records", "ttl", *rules.POLICIES),
        replace={
            "name": "a record is known by zone, name, type and set identifier",
            "setIdentifier": "a record is known by zone, name, type and set identifier",
            "type": "a record is known by zone, name, type and set identifier",
            "zoneId": "a record is known by zone, name, type and set identifier",
        },
        replace_first=True,
        defaults={"aliases": [], "healthCheckId": "", "multivalueAnswerRoutingPolicy": False},
        local=("allowOverwrite",),
        sets=("records",),
        limits={
            "failoverRoutingPolicies[*].type": {"enum": ["PRIMARY", "SECONDARY"]},
            "geolocationRoutingPolicies[*].continent": {"enum": ["AF", "AN", "AS", "EU", "OC", "NA", "SA"]},
            "setIdentifier": {"maxLength": 128},
        },
        rules=(
            value("type", lambda kind: kind in _TYPES, f"must be one of {', '.join(_TYPES)}"),
            value("ttl", lambda ttl: 0 <= int(ttl) <= 2147483647, "must be 0 to 2147483647 seconds"),
            value("aliases", lambda all_: len(all_) <= 1, "can be given once"),
            value("weightedRoutingPolicies", rules.weight, "must have a weight of 0 to 255"),
            rules.plain_or_alias,
            rules.routed,
            rules.values,
            needs("multivalueAnswerRoutingPolicy", "setIdentifier"),
        ),
        unlike=(
            "a change is in the zone at once; on AWS it takes up to a minute to reach every server",
            "nothing answers DNS: the front door reads the zones",
        ),
    ),
)
