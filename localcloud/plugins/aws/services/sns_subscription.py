"""SNS: subscriptions, which carry a topic's messages to queues, functions, addresses and people."""

import json
import re
from collections.abc import Mapping
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.rules import ARN, needs, value
from localcloud.plugins.aws.services.documents import document
from localcloud.plugins.provider import UNKNOWN

_ATTRIBUTES = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "filterPolicy": "FilterPolicy",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}
"""Pulumi's name of each attribute → SNS's, in the order of writing: the scope says how a filter is read."""
_UNSET = {"filterPolicy": "{}", "filterPolicyScope": "MessageAttributes", "rawMessageDelivery": "false"}
"""What an attribute is set to when the program takes it out; an empty text for the others."""
_ENDPOINTS = {
    "application": (r"arn:aws:sns:[^:]+:\d{12}:endpoint/.+", "the ARN of an application's endpoint"),
    "email": (r"[^@\s]+@[^@\s]+", "an address of mail"),
    "email-json": (r"[^@\s]+@[^@\s]+", "an address of mail"),
    "firehose": (r"arn:aws:firehose:[^:]+:\d{12}:deliverystream/.+", "the ARN of a delivery stream"),
    "http": (r"http://\S+", "an http address"),
    "https": (r"https://\S+", "an https address"),
    "lambda": (r"arn:aws:lambda:[^:]+:\d{12}:function:.+", "the ARN of a function"),
    "sms": (r"\+?[0-9]{3,15}", "a telephone number"),
    "sqs": (r"arn:aws:sqs:[^:]+:\d{12}:.+", "the ARN of a queue"),
}
"""Protocol → what its endpoints look like."""


def _text(given: Any) -> str:
    return str(given).lower() if isinstance(given, bool) else str(given)


def _create(call: Call) -> str:
    given = {theirs: _text(call.inputs[ours]) for ours, theirs in _ATTRIBUTES.items() if ours in call.inputs}
    answer = call.api(
        "subscribe",
        TopicArn=call.inputs["topic"],
        Protocol=call.inputs["protocol"],
        Endpoint=call.inputs["endpoint"],
        Attributes=given,
        ReturnSubscriptionArn=True,
    )
    arn = str(answer["SubscriptionArn"])
    return arn if arn.startswith("arn:") else str(_find(call))


def _find(call: Call) -> str | None:
    """Return the topic's subscription of that endpoint: subscriptions have no tags, and AWS has one for each."""
    wanted = (call.inputs["protocol"], call.inputs["endpoint"])
    answer = call.api("list_subscriptions_by_topic", TopicArn=call.inputs["topic"])
    found = list(answer["Subscriptions"])
    while answer.get("NextToken"):
        answer = call.api("list_subscriptions_by_topic", TopicArn=call.inputs["topic"], NextToken=answer["NextToken"])
        found += answer["Subscriptions"]
    arns = [each["SubscriptionArn"] for each in found if (each["Protocol"], each["Endpoint"]) == wanted]
    return next((arn for arn in arns if arn.startswith("arn:")), None)


def _read(call: Call) -> Properties:
    live = call.api("get_subscription_attributes", SubscriptionArn=call.id)["Attributes"]
    found = {ours: live[theirs] for ours, theirs in _ATTRIBUTES.items() if theirs in live}
    return {
        "filterPolicyScope": "MessageAttributes",
        "rawMessageDelivery": False,
        **found,
        "arn": call.id,
        "confirmationWasAuthenticated": live.get("ConfirmationWasAuthenticated", "true"),
        "endpoint": live["Endpoint"],
        "ownerId": live["Owner"],
        "pendingConfirmation": live.get("PendingConfirmation", "false"),
        "protocol": live["Protocol"],
        "topic": live["TopicArn"],
    }


def _change(call: Call) -> None:
    for ours, theirs in _ATTRIBUTES.items():
        if not call.changed(ours):
            continue
        wanted = call.inputs.get(ours)
        text = _UNSET.get(ours, "") if wanted is None else _text(wanted)
        call.api("set_subscription_attributes", SubscriptionArn=call.id, AttributeName=theirs, AttributeValue=text)


def _delete(call: Call) -> None:
    """End the subscription; AWS forgets one that nobody has confirmed by itself, and lets nobody end it."""
    if _text(_read(call)["pendingConfirmation"]) == "true":
        call.log.warning(f"nobody has confirmed the subscription of {call.inputs['endpoint']}: AWS drops it in 2 days")
        return
    call.api("unsubscribe", SubscriptionArn=call.id)


def _endpoint(inputs: Properties) -> tuple[str, str] | None:
    """Judge the endpoint by the protocol."""
    protocol, endpoint = inputs.get("protocol"), inputs.get("endpoint")
    if UNKNOWN in (protocol, endpoint) or not isinstance(endpoint, str):
        return None
    if protocol not in _ENDPOINTS:
        return "protocol", f"must be one of {', '.join(_ENDPOINTS)}, got {protocol!r}"
    pattern, what = _ENDPOINTS[str(protocol)]
    return None if re.fullmatch(pattern, endpoint) else ("endpoint", f"must be {what}, got {endpoint!r}")


def _raw(inputs: Properties) -> tuple[str, str] | None:
    raw, protocol = inputs.get("rawMessageDelivery"), inputs.get("protocol")
    if raw is not True or protocol is UNKNOWN or protocol in ("firehose", "http", "https", "sqs"):
        return None
    return "rawMessageDelivery", f"means something for firehose, http, https and sqs only, got {protocol!r}"


def _object(parsed: Any) -> str:
    return "" if isinstance(parsed, Mapping) else "must be a JSON object"


def _redrive(parsed: Any) -> str:
    right = isinstance(parsed, Mapping) and set(parsed) == {"deadLetterTargetArn"}
    return "" if right else "must have deadLetterTargetArn, and nothing else"


ENTRIES = (
    Entry(
        token="aws:sns/topicSubscription:TopicSubscription",
        service="sns",
        inputs=("endpoint", "protocol", "topic", *_ATTRIBUTES),
        create=_create,
        read=_read,
        update=_change,
        delete=_delete,
        find=_find,
        replace={
            "endpoint": "a subscription is one of a topic to one endpoint",
            "protocol": "a subscription is one of a topic to one endpoint",
            "topic": "a subscription is one of a topic to one endpoint",
        },
        defaults={
            "deliveryPolicy": "",
            "filterPolicy": "",
            "filterPolicyScope": "MessageAttributes",
            "rawMessageDelivery": False,
            "redrivePolicy": "",
            "subscriptionRoleArn": "",
        },
        json=("deliveryPolicy", "filterPolicy", "redrivePolicy"),
        same={"filterPolicy": lambda given, live: (json.loads(given or "{}")) == (json.loads(live or "{}"))},
        limits={
            "filterPolicyScope": {"enum": ["MessageAttributes", "MessageBody"]},
            "subscriptionRoleArn": ARN,
        },
        rules=(
            value(
                "topic", lambda arn: bool(re.fullmatch(r"arn:aws:sns:[^:]+:\d{12}:.+", arn)), "must be a topic's ARN"
            ),
            _endpoint,
            _raw,
            document("deliveryPolicy", _object),
            document("filterPolicy", _object),
            document("redrivePolicy", _redrive),
            needs("filterPolicyScope", "filterPolicy"),
        ),
        unlike=("no mail, message or call leaves the machine: a person's subscription stays unconfirmed",),
    ),
)
