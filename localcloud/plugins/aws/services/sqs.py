"""SQS: queues, who may use them, and which queues may hand their dead letters to them."""

import json
import re
from collections.abc import Mapping
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import absent, value, when
from localcloud.plugins.aws.services.documents import document, refuse_strangers, resource_policy
from localcloud.plugins.aws.steps import Named
from localcloud.plugins.provider import UNKNOWN

_ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "delaySeconds": "DelaySeconds",
    "fifoQueue": "FifoQueue",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
"""Pulumi's name of each attribute → SQS's."""
_DEFAULTS = {
    "contentBasedDeduplication": False,
    "delaySeconds": 0,
    "fifoQueue": False,
    "kmsDataKeyReusePeriodSeconds": 300,
    "kmsMasterKeyId": "",
    "maxMessageSize": 262144,
    "messageRetentionSeconds": 345600,
    "policy": "",
    "receiveWaitTimeSeconds": 0,
    "redriveAllowPolicy": "",
    "redrivePolicy": "",
    "visibilityTimeoutSeconds": 30,
}
_OF_OTHERS = ("policy", "redriveAllowPolicy")
"""What resources of their own may write: without a word in the queue it is no drift of the queue."""
_SENT = {"maxMessageSize": _DEFAULTS["maxMessageSize"]}
"""What the official provider sends when the program says nothing: its own default is not AWS's."""
_FIFO_ONLY = ("contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit")
_URL = r"https?://[^/]+/\d{12}/[A-Za-z0-9_-]+(\.fifo)?"
_ARN = re.compile(r"arn:aws:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+(\.fifo)?")
_LONGEST_POLICY = 65536
_MOST_SOURCES = 10


def _text(given: Any) -> str:
    return str(given).lower() if isinstance(given, bool) else str(given)


def _url(call: Call) -> str:
    """Return the address of the queue of that name; it is the queue's id."""
    return str(call.api("get_queue_url", QueueName=call.inputs["name"])["QueueUrl"])


def _create(call: Call) -> str:
    try:
        _url(call)
    except Gone:
        inputs = {**_SENT, **call.inputs}
        given = {theirs: _text(inputs[ours]) for ours, theirs in _ATTRIBUTES.items() if ours in inputs}
        refuse_strangers(call, call.inputs.get("policy") or "{}")
        made = call.api("create_queue", QueueName=call.inputs["name"], Attributes=given, tags=call.tags)
        return str(made["QueueUrl"])
    raise Trouble(f"a queue named {call.inputs['name']} exists and is not this stack's", "give another name")


def _attributes(call: Call) -> Properties:
    live: Properties = call.api("get_queue_attributes", QueueUrl=call.id, AttributeNames=["All"])["Attributes"]
    return live


def _read(call: Call) -> Properties:
    live = _attributes(call)
    found = {ours: live[theirs] for ours, theirs in _ATTRIBUTES.items() if theirs in live}
    return {
        **_DEFAULTS,
        **found,
        "name": call.id.rpartition("/")[2],
        "arn": live["QueueArn"],
        "fifoQueue": live.get("FifoQueue") == "true",
        "url": call.id,
    }


def _change(call: Call) -> None:
    """Write the attributes that changed; one that was taken out goes back to AWS's default."""
    changed = [name for name in _ATTRIBUTES if name != "fifoQueue" and call.changed(name)]
    wanted = {name: call.inputs.get(name, _DEFAULTS.get(name)) for name in changed}
    if wanted.get("policy"):
        refuse_strangers(call, wanted["policy"])
    sent = {_ATTRIBUTES[name]: _text(each) for name, each in wanted.items() if each is not None}
    if sent:
        call.api("set_queue_attributes", QueueUrl=call.id, Attributes=sent)


def _set(attribute: str, name: str) -> Any:
    """Return the step that writes one attribute of a queue which another resource has made."""

    def put(call: Call) -> str:
        url = str(call.inputs["queueUrl"])
        if attribute == "Policy":
            refuse_strangers(call, call.inputs[name])
        call.api("set_queue_attributes", QueueUrl=url, Attributes={attribute: call.inputs[name]})
        return url

    return put


def _get(attribute: str, name: str) -> Any:
    def read(call: Call) -> Properties | None:
        text = _attributes(call).get(attribute)
        return {"queueUrl": call.id, name: text} if text else None

    return read


def _unset(attribute: str) -> Any:
    def delete(call: Call) -> None:
        call.api("set_queue_attributes", QueueUrl=call.id, Attributes={attribute: ""})

    return delete


def _fifo_name(inputs: Properties) -> tuple[str, str] | None:
    name, fifo = inputs.get("name"), inputs.get("fifoQueue", False)
    if UNKNOWN in (name, fifo) or (name is None and not fifo):
        return None
    if bool(fifo) != str(name or "").endswith(".fifo"):
        return "name", "must end with .fifo for a FIFO queue, and for no other"
    return None


def _redrive(parsed: Any) -> str:
    """Say what is wrong with a policy that sends messages to a dead-letter queue."""
    if not isinstance(parsed, Mapping) or set(parsed) != {"deadLetterTargetArn", "maxReceiveCount"}:
        return "must have deadLetterTargetArn and maxReceiveCount, and nothing else"
    if not _ARN.fullmatch(str(parsed["deadLetterTargetArn"])):
        return f"deadLetterTargetArn must be the ARN of a queue, got {parsed['deadLetterTargetArn']!r}"
    count = parsed["maxReceiveCount"]
    right = str(count).isdecimal() and 1 <= int(count) <= 1000
    return "" if right else f"maxReceiveCount must be 1 to 1000, got {count!r}"


def _allow(parsed: Any) -> str:
    """Say what is wrong with a policy of a dead-letter queue about who may use it as such."""
    if not isinstance(parsed, Mapping) or set(parsed) - {"redrivePermission", "sourceQueueArns"}:
        return "must have redrivePermission and, for byQueue, sourceQueueArns"
    kind, sources = parsed.get("redrivePermission"), parsed.get("sourceQueueArns") or ()
    if kind not in ("allowAll", "byQueue", "denyAll"):
        return f"redrivePermission must be allowAll, byQueue or denyAll, got {kind!r}"
    if (kind == "byQueue") != bool(sources):
        return "sourceQueueArns must be given for byQueue, and for nothing else"
    if len(sources) > _MOST_SOURCES:
        return f"sourceQueueArns must be at most {_MOST_SOURCES}, got {len(sources)}"
    odd = next((each for each in sources if not _ARN.fullmatch(str(each))), None)
    return f"sourceQueueArns must be ARNs of queues, got {odd!r}" if odd is not None else ""


def _parsed(given: str, live: str) -> bool:
    """Say whether two redrive policies mean the same: AWS gives the count back as a number, whatever was sent."""
    one, other = json.loads(given or "{}"), json.loads(live or "{}")
    return {key: str(each) for key, each in one.items()} == {key: str(each) for key, each in other.items()}


def _between(name: str, low: int, high: int) -> Any:
    return value(name, lambda got: low <= int(got) <= high, f"must be {low} to {high}")


def _of_a_queue(name: str, attribute: str, rule: Any) -> Entry:
    """Return the entry of a resource that is one attribute of a queue."""
    token = f"aws:sqs/{'queuePolicy:QueuePolicy' if name == 'policy' else 'redriveAllowPolicy:RedriveAllowPolicy'}"
    return Entry(
        token=token,
        service="sqs",
        inputs=("queueUrl", name),
        create=_set(attribute, name),
        read=_get(attribute, name),
        update=_set(attribute, name),
        delete=_unset(attribute),
        replace={"queueUrl": "a policy belongs to one queue"},
        json=(name,),
        rules=(rule, value("queueUrl", lambda url: bool(re.fullmatch(_URL, url)), "must be the address of a queue")),
    )


ENTRIES = (
    Entry(
        token="aws:sqs/queue:Queue",
        service="sqs",
        cfn="AWS::SQS::Queue",
        names={"name": "QueueName"},
        inputs=("name", *_ATTRIBUTES),
        name=Name(longest=80, pattern=r"[A-Za-z0-9_-]+(\.fifo)?"),
        create=_create,
        read=_read,
        update=_change,
        delete=lambda call: call.api("delete_queue", QueueUrl=call.id),
        find=Named(_url),
        tags=Tags(
            add="tag_queue",
            remove="untag_queue",
            owner=lambda call: {"QueueUrl": call.id},
            key="",
            list="list_queue_tags",
        ),
        defaults={name: each for name, each in _DEFAULTS.items() if name not in _OF_OTHERS},
        json=("policy", "redriveAllowPolicy"),
        same={"redrivePolicy": _parsed},
        limits={
            "deduplicationScope": {"enum": ["messageGroup", "queue"]},
            "fifoThroughputLimit": {"enum": ["perQueue", "perMessageGroupId"]},
        },
        rules=(
            _fifo_name,
            resource_policy("policy", _LONGEST_POLICY),
            document("redrivePolicy", _redrive),
            document("redriveAllowPolicy", _allow),
            when("fifoQueue", (None, False), absent(*_FIFO_ONLY)),
            when("sqsManagedSseEnabled", (True,), absent("kmsMasterKeyId")),
            _between("maxMessageSize", 1024, 1048576),
            _between("messageRetentionSeconds", 60, 1209600),
            _between("receiveWaitTimeSeconds", 0, 20),
            _between("visibilityTimeoutSeconds", 0, 43200),
        ),
    ),
    _of_a_queue("policy", "Policy", resource_policy("policy", _LONGEST_POLICY)),
    _of_a_queue("redriveAllowPolicy", "RedriveAllowPolicy", document("redriveAllowPolicy", _allow)),
)
