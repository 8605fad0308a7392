"""What every preview asks the cloud, asked without botocore: importing it and reading EC2's model takes half a second.

Each answer is as botocore gives it, or None where botocore has to ask: for a provider with a role, after any error.
"""

import http.client
import json
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Properties

SECONDS = 10
"""How long an answer may take."""


def zones(call: Call) -> list[Properties] | None:
    """Return the region's zones with name, id, state and group, as `describe_availability_zones` does."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = _ask(call, "ec2", "Action=DescribeAvailabilityZones&Version=2016-11-15", form)
    if answer is None:
        return None
    names = {"ZoneName": "zoneName", "ZoneId": "zoneId", "State": "zoneState", "GroupName": "groupName"}
    items = ElementTree.fromstring(answer).iterfind("{*}availabilityZoneInfo/{*}item")  # noqa: S314 - of our own cloud
    return [{key: item.findtext(f"{{*}}{tag}") for key, tag in names.items()} for item in items]


def registry_token(call: Call) -> Properties | None:
    """Return the token of the account's registry and its end, as `get_authorization_token` does."""
    operation = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
    answer = _ask(call, "ecr", "{}", {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": operation})
    if answer is None:
        return None
    found: Properties = json.loads(answer)["authorizationData"][0]
    return {**found, "expiresAt": datetime.fromtimestamp(found["expiresAt"], UTC)}


def _ask(call: Call, service: str, body: str, headers: dict[str, str]) -> bytes | None:
    session = call.session
    if session.role:
        return None
    # The emulator knows an account by its access key id and checks no signature.
    scope = f"{session.caller}/20000101/{call.region}/{service}/aws4_request"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
    place = urlsplit(session.endpoint)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=SECONDS)
    try:
        connection.request("POST", "/", body, {**headers, **signed})
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return content if answer.status == 200 else None
