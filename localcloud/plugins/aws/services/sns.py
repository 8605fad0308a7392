"""SNS: topics and their policies."""

import json
import re
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import ARN, absent, needs, value, when
from localcloud.plugins.aws.services.documents import document, refuse_strangers, resource_policy
from localcloud.plugins.aws.steps import Named, Op
from localcloud.plugins.provider import UNKNOWN

_LONGEST_POLICY = 30720
_KINDS = ("application", "firehose", "http", "lambda", "sqs")
_FEEDBACK = {
    f"{kind}{what}": f"{'HTTP' if kind == 'http' else 'SQS' if kind == 'sqs' else kind.capitalize()}{what}"
    for kind in _KINDS
    for what in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
}
_ATTRIBUTES = {
    "archivePolicy": "ArchivePolicy",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "fifoThroughputScope": "FifoThroughputScope",
    "fifoTopic": "FifoTopic",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
    **_FEEDBACK,
}
"""Pulumi's name of each attribute → SNS's."""
_UNSET = {
    "contentBasedDeduplication": "false",
    "fifoThroughputScope": "Topic",
    "signatureVersion": "1",
    "tracingConfig": "PassThrough",
}
"""What an attribute is set to when the program takes it out; an empty text for the others."""
_DEFAULT_POLICY = "__default_policy_ID"
_FIFO_ONLY = ("archivePolicy", "contentBasedDeduplication", "fifoThroughputScope")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _create(call: Call) -> str:
    given = {theirs: _text(call.inputs[ours]) for ours, theirs in _ATTRIBUTES.items() if ours in call.inputs}
    pairs = [{"Key": key, "Value": text} for key, text in sorted(call.tags.items())]
    refuse_strangers(call, call.inputs.get("policy", "{}"))
    if _exists(call):
        raise Trouble(f"a topic named {call.inputs['name']} exists and is not this stack's", "give another name")
    return str(call.api("create_topic", Name=call.inputs["name"], Attributes=given, Tags=pairs)["TopicArn"])


def _exists(call: Call) -> bool:
    """Say whether the topic is there: AWS's create call would silently return it."""
    arn = call.arn(str(call.inputs["name"]))
    return arn in [each["TopicArn"] for each in _topics(call)]


def _topics(call: Call) -> list[Any]:
    answer = call.api("list_topics")
    found = list(answer["Topics"])
    while answer.get("NextToken"):
        answer = call.api("list_topics", NextToken=answer["NextToken"])
        found += answer["Topics"]
    return found


def _read(call: Call) -> Properties:
    live = call.api("get_topic_attributes", TopicArn=call.id)["Attributes"]
    found = {ours: live[theirs] for ours, theirs in _ATTRIBUTES.items() if theirs in live}
    return {
        "name": call.id.rpartition(":")[2],
        "arn": live["TopicArn"],
        "owner": live["Owner"],
        "signatureVersion": 1,
        "tracingConfig": "PassThrough",
        **found,
        "fifoTopic": live.get("FifoTopic") == "true",
    }


def _change(call: Call) -> None:
    for ours, theirs in _ATTRIBUTES.items():
        if ours == "fifoTopic" or not call.changed(ours):
            continue
        wanted = call.inputs.get(ours)
        text = _UNSET.get(ours, "") if wanted is None else _text(wanted)
        if ours == "policy" and text:
            refuse_strangers(call, text)
        elif ours == "policy":
            text = json.dumps(_default_policy(call.id, call.account))
        call.api("set_topic_attributes", TopicArn=call.id, AttributeName=theirs, AttributeValue=text)


def _default_policy(topic: str, account: str) -> Properties:
    """Return the policy that AWS gives a new topic: its own account may use it."""
    actions = "Publish RemovePermission SetTopicAttributes DeleteTopic ListSubscriptionsByTopic GetTopicAttributes"
    return {
        "Version": "2008-10-17",
        "Id": _DEFAULT_POLICY,
        "Statement": [
            {
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [f"SNS:{action}" for action in (*actions.split(), "AddPermission", "Subscribe")],
                "Resource": topic,
                "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
            }
        ],
    }


def _put_policy(call: Call) -> str:
    arn = str(call.inputs["arn"])
    refuse_strangers(call, call.inputs["policy"])
    call.api("get_topic_attributes", TopicArn=arn)
    call.api("set_topic_attributes", TopicArn=arn, AttributeName="Policy", AttributeValue=call.inputs["policy"])
    return arn


def _read_policy(call: Call) -> Properties | None:
    """Return the topic's policy; the one that AWS gives by itself is none of ours."""
    live = call.api("get_topic_attributes", TopicArn=call.id)["Attributes"]
    policy = json.loads(live.get("Policy") or "{}")
    if not policy or policy.get("Id") == _DEFAULT_POLICY:
        return None
    return {"arn": call.id, "owner": live["Owner"], "policy": live["Policy"]}


def _delete_policy(call: Call) -> None:
    policy = json.dumps(_default_policy(call.id, call.id.split(":")[4]))
    call.api("set_topic_attributes", TopicArn=call.id, AttributeName="Policy", AttributeValue=policy)


def _fifo_name(inputs: Properties) -> tuple[str, str] | None:
    name, fifo = inputs.get("name"), inputs.get("fifoTopic", False)
    if UNKNOWN in (name, fifo):
        return None
    if bool(fifo) != str(name or "").endswith(".fifo"):
        return "name", "must end with .fifo for a FIFO topic, and for no other"
    return None


def _json(parsed: Any) -> str:
    return "" if isinstance(parsed, dict) else "must be a JSON object"


ENTRIES = (
    Entry(
        token="aws:sns/topic:Topic",
        service="sns",
        cfn="AWS::SNS::Topic",
        names={"name": "TopicName"},
        inputs=("name", *_ATTRIBUTES),
        name=Name(longest=256),
        create=_create,
        read=_read,
        update=_change,
        delete=Op("delete_topic", {"TopicArn": "$id"}),
        find=Named(lambda call: call.arn(call.inputs["name"])),
        tags=Tags(
            owner=lambda call: {"ResourceArn": call.id},
            list="list_tags_for_resource",
        ),
        defaults={
            "contentBasedDeduplication": False,
            "displayName": "",
            "fifoTopic": False,
            "kmsMasterKeyId": "",
            "signatureVersion": 1,
            "tracingConfig": "PassThrough",
        },
        json=("archivePolicy", "deliveryPolicy", "policy"),
        limits={
            "fifoThroughputScope": {"enum": ["Topic", "MessageGroup"]},
            "name": {"pattern": r"^[a-zA-Z0-9_-]+(\.fifo)?$"},
            **{name: ARN for name in _FEEDBACK if name.endswith("RoleArn")},
        },
        rules=(
            _fifo_name,
            resource_policy("policy", _LONGEST_POLICY),
            document("deliveryPolicy", _json),
            document("archivePolicy", _json),
            when("fifoTopic", (None, False), absent(*_FIFO_ONLY)),
            value("displayName", lambda text: len(text) <= 100, "must have at most 100 characters"),
            value("signatureVersion", lambda got: int(got) in (1, 2), "must be 1 or 2"),
            value("tracingConfig", lambda got: got in ("PassThrough", "Active"), "must be PassThrough or Active"),
            *(needs(f"{kind}SuccessFeedbackSampleRate", f"{kind}SuccessFeedbackRoleArn") for kind in _KINDS),
            *(
                value(f"{kind}SuccessFeedbackSampleRate", lambda got: 0 <= int(got) <= 100, "must be 0 to 100 percent")
                for kind in _KINDS
            ),
        ),
    ),
    Entry(
        token="aws:sns/topicPolicy:TopicPolicy",
        service="sns",
        inputs=("arn", "policy"),
        create=_put_policy,
        read=_read_policy,
        update=_put_policy,
        delete=_delete_policy,
        replace={"arn": "a policy belongs to one topic"},
        json=("policy",),
        rules=(
            resource_policy("policy", _LONGEST_POLICY),
            value("arn", lambda arn: bool(re.fullmatch(r"arn:aws:sns:[^:]+:\d{12}:.+", arn)), "must be a topic's ARN"),
        ),
    ),
)
