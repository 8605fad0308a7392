"""SES: configuration sets with events, mail-from and feedback settings, suppression, and letters kept whole."""

import json
import re
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any

from .mend import Mend

SETTINGS_OF_IDENTITIES = {"mail-from", "feedback", "configuration-set"}
STATUSES_GONE = {"identities": "_identities", "configuration-sets": "_config_sets"}


def _handler(ses: Any) -> None:
    handle = ses.handle_request

    async def handle_request(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        parts = [urllib.parse.unquote(part) for part in path.rstrip("/").removeprefix("/v2/email").split("/")[1:]]
        data = json.loads(body) if body and body.strip().startswith(b"{") else {}
        if parts == ["outbound-emails"] and method == "POST":
            return await send(data, lambda sent: handle(method, path, headers, json.dumps(sent).encode(), query))
        if method == "GET" and parts[:1] == ["identities"] and len(parts) == 2:
            look_for_keys(ses, parts[1])
        own = answer(method, parts, data)
        if own is not None:
            return own
        response = await handle(method, path, headers, body, query)
        if parts == ["identities"] and method == "POST" and response[0] == 200:
            keep_identity(data)
        return response

    def answer(method: str, parts: list[str], data: dict[str, Any]) -> Any:
        match method, parts:
            case "PUT", ["identities", name, setting] if setting in SETTINGS_OF_IDENTITIES:
                return put_setting(name, setting, data)
            case "POST", ["identities"] if data.get("EmailIdentity") in ses._identities:
                text = f"Email identity {data['EmailIdentity']} already exist."
                return ses._json_err("AlreadyExistsException", text)
            case "DELETE", [kind, name] if kind in STATUSES_GONE and name not in getattr(ses, STATUSES_GONE[kind]):
                return ses._json_err("NotFoundException", f"{name} does not exist.", 404)
            case _, ["account", "suppression"] | ["suppression", *_]:
                return suppression(ses, method, parts, data)
        return None

    def keep_identity(data: dict[str, Any]) -> None:
        record = ses._identities[data["EmailIdentity"]]
        record |= {"FeedbackForwardingStatus": True, "VerificationStatus": "SUCCESS"}
        if data.get("ConfigurationSetName"):
            record["ConfigurationSetName"] = data["ConfigurationSetName"]

    def put_setting(name: str, setting: str, data: dict[str, Any]) -> Any:
        record = ses._identities.get(name)
        if record is None:
            return ses._json_err("NotFoundException", f"Email identity {name} does not exist.", 404)
        if setting == "feedback":
            record["FeedbackForwardingStatus"] = bool(data.get("EmailForwardingEnabled"))
        elif setting == "mail-from":
            record["MailFromAttributes"] = {
                "BehaviorOnMxFailure": data.get("BehaviorOnMxFailure") or "USE_DEFAULT_VALUE",
                **(
                    {"MailFromDomain": data["MailFromDomain"], "MailFromDomainStatus": "SUCCESS"}
                    if data.get("MailFromDomain")
                    else {}
                ),
            }
        elif data.get("ConfigurationSetName") and data["ConfigurationSetName"] not in ses._config_sets:
            return ses._missing_config_set(data["ConfigurationSetName"])
        elif data.get("ConfigurationSetName"):
            record["ConfigurationSetName"] = data["ConfigurationSetName"]
        else:
            record.pop("ConfigurationSetName", None)
        return ses.json_response({})

    async def send(data: dict[str, Any], original: Any) -> Any:
        configuration = data.get("ConfigurationSetName") or default_set(ses, data.get("FromEmailAddress", ""))
        if configuration and configuration not in ses._config_sets:
            return ses._missing_config_set(configuration)
        if configuration and not ses._config_sets[configuration].get("SendingOptions", {}).get("SendingEnabled", True):
            text = f"Sending is paused for configuration set {configuration}."
            return ses._json_err("SendingPausedException", text)
        response = await original(data)
        if response[0] != 200:
            return response
        record = ses._sent_emails_list()[-1]
        tags = {each["Name"]: each["Value"] for each in data.get("EmailTags") or []}
        given = ((data.get("Content") or {}).get("Simple") or {}).get("Headers") or []
        record |= {
            "ConfigurationSetName": configuration,
            "Tags": tags,
            "Headers": {each["Name"]: each["Value"] for each in given},
            "ReplyTo": data.get("ReplyToAddresses") or [],
        }
        if configuration:
            publish(ses, configuration, record)
        return response

    ses.handle_request = handle_request


def look_for_keys(ses: Any, name: str) -> None:
    """Say that a domain signs its mail as soon as all its DKIM records are in a zone of the account."""
    from ministack.services import route53

    keys = (ses._identities.get(name) or {}).get("DkimAttributes") or {}
    wanted = {f"{token}._domainkey.{name}." for token in keys.get("Tokens") or []}
    there = {record["Name"] for records in route53._records.values() for record in records if record["Type"] == "CNAME"}
    if wanted:
        keys |= {"SigningEnabled": True, "Status": "SUCCESS" if wanted <= there else "PENDING"}


def default_set(ses: Any, sender: str) -> str:
    """Return the configuration set of the sender's identity, address or domain, or nothing."""
    address = re.sub(r"^.*<|>$", "", sender.strip())
    for name in (address, address.rpartition("@")[2]):
        found = (ses._identities.get(name) or {}).get("ConfigurationSetName")
        if found:
            return str(found)
    return ""


def suppression(ses: Any, method: str, parts: list[str], data: dict[str, Any]) -> Any:
    """Answer what concerns addresses that get no mail, and the reasons to put one there."""
    kept = suppressed.setdefault((ses.get_account_id(), ses.get_region()), {})
    match method, parts:
        case "PUT", ["account", "suppression"]:
            return ses.json_response({})
        case "PUT", ["suppression", "addresses"]:
            kept[data["EmailAddress"]] = {**data, "LastUpdateTime": time.time()}
            return ses.json_response({})
        case "GET", ["suppression", "addresses"]:
            return ses.json_response({"SuppressedDestinationSummaries": list(kept.values())})
        case "GET", ["suppression", "addresses", address] if address in kept:
            return ses.json_response({"SuppressedDestination": kept[address]})
        case "DELETE", ["suppression", "addresses", address] if address in kept:
            del kept[address]
            return ses.json_response({})
    return ses._json_err("NotFoundException", "Email address does not exist on your suppression list.", 404)


suppressed: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
"""Suppressed addresses by account and region."""


def publish(ses: Any, configuration: str, record: dict[str, Any]) -> None:
    """Send the events of a letter to the topics of its configuration set."""
    from ministack.services import ses as first

    destinations = (ses._config_sets[configuration].get("EventDestinations") or {}).values()
    for kind, detail in events(ses, first, configuration, record):
        for destination in destinations:
            topic = (destination.get("SnsDestination") or {}).get("TopicArn")
            if topic and destination["Enabled"] and kind.upper() in destination["MatchingEventTypes"]:
                first._publish_notification(topic, {"eventType": kind, **detail})


def events(ses: Any, first: Any, configuration: str, record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the kind and content of each event of a letter, as AWS's mailbox simulator makes them happen."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(record["Timestamp"]))
    recipients = [*record["To"], *record["CC"], *record["BCC"]]
    sender = re.sub(r"^.*<|>$", "", record["Source"])
    identity = sender if sender in ses._identities else sender.rpartition("@")[2]
    mail = {
        "timestamp": moment,
        "source": record["Source"],
        "sourceArn": f"arn:aws:ses:{ses.get_region()}:{ses.get_account_id()}:identity/{identity}",
        "sendingAccountId": ses.get_account_id(),
        "messageId": record["MessageId"],
        "destination": recipients,
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in record["Headers"].items()],
        "commonHeaders": {"from": [record["Source"]], "to": record["To"], "subject": record["Subject"]},
        "tags": {
            "ses:configuration-set": [configuration],
            **{name: [value] for name, value in record["Tags"].items()},
        },
    }
    yield "Send", {"mail": mail, "send": {}}
    for recipient in recipients:
        address = re.sub(r"^.*<|>$", "", recipient)
        local, _, domain = address.lower().partition("@")
        outcomes = (("Delivery", None),)
        if domain == first._SIMULATOR_DOMAIN:
            outcomes = first._SIMULATOR_OUTCOMES.get(local.split("+")[0], outcomes)
        for kind, subtype in outcomes:
            yield kind, {"mail": mail, **first._notification_detail(kind, address, moment, subtype)}


MENDS = (
    Mend(
        "SES knows mail-from, feedback, suppression, an identity's configuration set and keys; topics hear of events",
        "those paths are missing, a letter's configuration set is not looked at, no event is sent, keys stay pending",
        "ministack.services.ses_v2",
        {
            "handle_request": "cab4023919ec",
            "_config_set_view": "07950d88b5c2",
            "_event_destinations_request": "22edc617d7d5",
        },
        _handler,
    ),
)
