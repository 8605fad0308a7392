"""What every preview asks the cloud, asked without botocore, whose import and models take half a second.

Each answer is as botocore gives it, as far as it is used, or None where botocore has to ask: after any error.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

from localcloud.plugins.aws.entry import Properties

if TYPE_CHECKING:
    from localcloud.plugins.aws.call import Call

SECONDS = 10
"""How long an answer may take."""
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_ROUTE53 = "/2013-04-01"


def assumed(endpoint: str, region: str, keys: Mapping[str, str], **role: str) -> dict[str, str] | None:
    """Return the credentials of a role, as `assume_role` does, for botocore's clients."""
    body = urlencode({"Action": "AssumeRole", "Version": "2011-06-15", **role})
    found = _xml(_ask(endpoint, keys, f"{region}/sts", "POST", "/", body, _FORM))
    if found is None:
        return None
    names = {"access_key_id": "AccessKeyId", "secret_access_key": "SecretAccessKey", "session_token": "SessionToken"}
    return {f"aws_{key}": found.findtext(f".//{{*}}{tag}") or "" for key, tag in names.items()}


def zones(call: Call) -> list[Properties] | None:
    """Return the region's zones with name, id, state and group, as `describe_availability_zones` does."""
    form = {"Action": "DescribeAvailabilityZones", "Version": "2016-11-15"}
    if call.inputs.get("allAvailabilityZones"):
        form["AllAvailabilityZones"] = "true"
    for number, each in enumerate(call.inputs.get("filters") or (), 1):
        form[f"Filter.{number}.Name"] = each["name"]
        form |= {f"Filter.{number}.Value.{index}": value for index, value in enumerate(each["values"], 1)}
    found = _xml(_post(call, "ec2", urlencode(form), _FORM))
    if found is None:
        return None
    names = {"ZoneName": "zoneName", "ZoneId": "zoneId", "State": "zoneState", "GroupName": "groupName"}
    items = found.iterfind("{*}availabilityZoneInfo/{*}item")
    return [{key: item.findtext(f"{{*}}{tag}") for key, tag in names.items()} for item in items]


def registry_token(call: Call) -> Properties | None:
    """Return the token of the account's registry and its end, as `get_authorization_token` does."""
    operation = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
    answer = _post(call, "ecr", "{}", {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": operation})
    if answer is None:
        return None
    found: Properties = json.loads(answer)["authorizationData"][0]
    return {**found, "expiresAt": datetime.fromtimestamp(found["expiresAt"], UTC)}


def hosted_zones(call: Call, name: str) -> list[Properties] | None:
    """Return the account's zones from this name on, as `list_hosted_zones_by_name` does."""
    found = _route53(call, f"/hostedzonesbyname?{urlencode({'dnsname': name})}")
    return None if found is None else [_zone(each) for each in found.iterfind("{*}HostedZones/{*}HostedZone")]


def hosted_zone(call: Call, zone: str) -> Properties | None:
    """Return a zone with its name servers and VPCs, as `get_hosted_zone` does."""
    found = _route53(call, f"/hostedzone/{zone.rpartition('/')[2]}")
    if found is None or (described := found.find("{*}HostedZone")) is None:
        return None
    vpcs = [
        {"VPCId": _text(each, "VPCId"), "VPCRegion": _text(each, "VPCRegion")} for each in found.iterfind(".//{*}VPC")
    ]
    servers = [each.text for each in found.iterfind("{*}DelegationSet/{*}NameServers/{*}NameServer")]
    return {"HostedZone": _zone(described), "VPCs": vpcs, "DelegationSet": {"NameServers": servers}}


def zone_tags(call: Call, zone: str) -> dict[str, str] | None:
    """Return a zone's tags."""
    found = _route53(call, f"/tags/hostedzone/{zone}")
    if found is None:
        return None
    return {_text(each, "Key"): _text(each, "Value") for each in found.iterfind(".//{*}Tag")}


def _zone(found: ElementTree.Element) -> Properties:
    is_private = found.findtext("{*}Config/{*}PrivateZone") == "true"
    return {
        "Id": _text(found, "Id"),
        "Name": _text(found, "Name"),
        "CallerReference": _text(found, "CallerReference"),
        "Config": {"Comment": found.findtext("{*}Config/{*}Comment") or "", "PrivateZone": is_private},
        "ResourceRecordSetCount": int(_text(found, "ResourceRecordSetCount")),
    }


def _text(found: ElementTree.Element, name: str) -> str:
    return found.findtext(f"{{*}}{name}") or ""


def _route53(call: Call, path: str) -> ElementTree.Element | None:
    session = call.session
    return _xml(_ask(session.endpoint, session.keys(call.region), f"{call.region}/route53", "GET", _ROUTE53 + path))


def _post(call: Call, service: str, body: str, headers: Mapping[str, str]) -> bytes | None:
    session = call.session
    keys = session.keys(call.region)
    return _ask(session.endpoint, keys, f"{call.region}/{service}", "POST", "/", body, headers)


def _xml(answer: bytes | None) -> ElementTree.Element | None:
    return None if answer is None else ElementTree.fromstring(answer)  # noqa: S314 - of our own cloud


def _ask(
    endpoint: str,
    keys: Mapping[str, str],
    scope: str,
    method: str,
    path: str,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes | None:
    """Send a request in a scope (`region/service`) and return what an answer of 200 carries."""
    # The emulator knows an account by its access key id and checks no signature.
    scope = f"{keys['aws_access_key_id']}/20000101/{scope}/aws4_request"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
    if token := keys.get("aws_session_token"):
        signed["X-Amz-Security-Token"] = token
    place = urlsplit(endpoint)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=SECONDS)
    try:
        connection.request(method, path, body, {**(headers or {}), **signed})
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return content if answer.status == 200 else None
