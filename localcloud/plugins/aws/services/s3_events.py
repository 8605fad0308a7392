"""S3: which pages may use a bucket from a browser, and who is told what happens in it."""

from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Properties
from localcloud.plugins.aws.rules import given
from localcloud.plugins.aws.services.s3_settings import setting
from localcloud.plugins.aws.steps import Op
from localcloud.plugins.provider import has_unknown

_TARGETS = {
    "lambdaFunctions": ("LambdaFunctionConfigurations", "lambdaFunctionArn", "LambdaFunctionArn"),
    "queues": ("QueueConfigurations", "queueArn", "QueueArn"),
    "topics": ("TopicConfigurations", "topicArn", "TopicArn"),
}
"""Input → the member of AWS's configuration, and what the target is called here and there."""
_EVENT = r"^s3:(ObjectCreated|ObjectRemoved|ObjectRestore|ObjectTagging|ObjectAcl|Replication|LifecycleExpiration|"
_EVENTS = _EVENT + r"LifecycleTransition|IntelligentTiering|ReducedRedundancyLostObject|TestEvent)(:[A-Za-z*]+)?$"


def _put_cors(call: Call, bucket: str) -> None:
    rules = {"corsRules": call.inputs["corsRules"]}
    sent = call.parameters("put_bucket_cors", ("corsConfiguration",), values={"corsConfiguration": rules})
    call.api("put_bucket_cors", Bucket=bucket, **sent)


def _read_cors(call: Call) -> Properties:
    live = call.api("get_bucket_cors", Bucket=call.id)
    return {"bucket": call.id, **call.properties({"CORSRules": live["CORSRules"]})}


def _put_notification(call: Call, bucket: str) -> None:
    wanted: Properties = {"EventBridgeConfiguration": {}} if call.inputs.get("eventbridge") else {}
    for name, (member, ours, theirs) in _TARGETS.items():
        targets = [_sent(each, ours, theirs) for each in call.inputs.get(name) or ()]
        if targets:
            wanted[member] = targets
    call.api("put_bucket_notification_configuration", Bucket=bucket, NotificationConfiguration=wanted)


def _sent(target: Properties, ours: str, theirs: str) -> Properties:
    ends = (("prefix", target.get("filterPrefix")), ("suffix", target.get("filterSuffix")))
    rules = [{"Name": name, "Value": text} for name, text in ends if text]
    found: Properties = {theirs: target[ours], "Events": list(target["events"])}
    if target.get("id"):
        found["Id"] = target["id"]
    if rules:
        found["Filter"] = {"Key": {"FilterRules": rules}}
    return found


def _read_notification(call: Call) -> Properties | None:
    live = call.api("get_bucket_notification_configuration", Bucket=call.id)
    found = {
        name: [_live(each, ours, theirs) for each in live.get(member) or ()]
        for name, (member, ours, theirs) in _TARGETS.items()
    }
    events = "EventBridgeConfiguration" in live
    return {"bucket": call.id, "eventbridge": events, **found} if events or any(found.values()) else None


def _live(target: Any, ours: str, theirs: str) -> Properties:
    rules = {
        each["Name"].lower(): each["Value"] for each in target.get("Filter", {}).get("Key", {}).get("FilterRules", ())
    }
    return {
        "id": target.get("Id", ""),
        ours: target[theirs],
        "events": target["Events"],
        "filterPrefix": rules.get("prefix", ""),
        "filterSuffix": rules.get("suffix", ""),
    }


def _someone(inputs: Properties) -> tuple[str, str] | None:
    """Judge that somebody is told, and each target once for the same files."""
    if not given(inputs, "eventbridge") and not any(given(inputs, name) for name in _TARGETS):
        return "lambdaFunctions", f"one of {', '.join(_TARGETS)}, eventbridge must be given"
    for name, (_, ours, _) in _TARGETS.items():
        targets = inputs.get(name)
        if not isinstance(targets, list) or has_unknown(targets):
            continue
        ids = [each.get("id") for each in targets if each.get("id")]
        if len(ids) != len(set(ids)):
            return name, "must have ids of their own"
        missing = next((index for index, each in enumerate(targets) if not each.get(ours)), None)
        if missing is not None:
            return f"{name}[{missing}].{ours}", "is required and was not given"
    return None


ENTRIES = (
    setting(
        "BucketCorsConfiguration",
        _put_cors,
        inputs=("bucket", "corsRules"),
        read=_read_cors,
        delete=Op("delete_bucket_cors", {"Bucket": "$id"}),
        sets=(
            "corsRules",
            *(
                f"corsRules[*].{name}"
                for name in ("allowedHeaders", "allowedMethods", "allowedOrigins", "exposeHeaders")
            ),
        ),
        limits={
            "corsRules": {"minItems": 1, "maxItems": 100},
            "corsRules[*].allowedMethods": {"minItems": 1},
            "corsRules[*].allowedMethods[*]": {"enum": ["DELETE", "GET", "HEAD", "POST", "PUT"]},
            "corsRules[*].allowedOrigins": {"minItems": 1},
            "corsRules[*].allowedOrigins[*]": {"pattern": r"^[^*]*\*?[^*]*$"},
            "corsRules[*].id": {"maxLength": 255},
        },
    ),
    setting(
        "BucketNotification",
        _put_notification,
        inputs=("bucket", "eventbridge", *_TARGETS),
        read=_read_notification,
        delete=Op("put_bucket_notification_configuration", {"Bucket": "$id", "NotificationConfiguration": {}}),
        defaults={"eventbridge": False, **{name: [] for name in _TARGETS}},
        sets=(*_TARGETS, *(f"{name}[*].events" for name in _TARGETS)),
        limits={
            **{f"{name}[*].events": {"minItems": 1} for name in _TARGETS},
            **{f"{name}[*].events[*]": {"pattern": _EVENTS} for name in _TARGETS},
            "lambdaFunctions[*].lambdaFunctionArn": {"pattern": r"^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:.+"},
            "queues[*].queueArn": {"pattern": r"^arn:aws:sqs:[a-z0-9-]+:\d{12}:.+(?<!\.fifo)$"},
            "topics[*].topicArn": {"pattern": r"^arn:aws:sns:[a-z0-9-]+:\d{12}:.+(?<!\.fifo)$"},
        },
        rules=(_someone,),
    ),
)
