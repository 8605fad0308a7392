"""Topics and their policies."""

import json

from localcloud.tests.plugins.aws.cases.iam import policy
from localcloud.tests.plugins.aws.cases.sqs import DEAD, QUEUE
from localcloud.tests.plugins.aws.conformance import Case, Parent

TOPIC = Parent("topic", "aws:sns/topic:Topic")
OTHER_TOPIC = Parent("other", "aws:sns/topic:Topic")
ROLE_ARN = "arn:aws:iam::${account}:role/feedback"
KINDS = ("application", "firehose", "http", "lambda", "sqs")


def publish(service: str, resource: str) -> str:
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:Publish", "Resource": resource})


def delivery(retries: int) -> str:
    return json.dumps({"http": {"defaultHealthyRetryPolicy": {"numRetries": retries}}})


CASES = (
    Case(
        token="aws:sns/topic:Topic",
        inputs={
            "displayName": "Alarms",
            "kmsMasterKeyId": "alias/slipway",
            "signatureVersion": 2,
            "tracingConfig": "Active",
            "deliveryPolicy": delivery(5),
            "policy": publish("cloudwatch.amazonaws.com", "*"),
            "tags": {"team": "x"},
            **{f"{kind}SuccessFeedbackRoleArn": ROLE_ARN for kind in KINDS},
            **{f"{kind}FailureFeedbackRoleArn": ROLE_ARN for kind in KINDS},
            **{f"{kind}SuccessFeedbackSampleRate": 50 for kind in KINDS},
        },
        updates=(
            {"displayName": "Alerts"},
            {"displayName": None, "kmsMasterKeyId": None},
            {"signatureVersion": 1},
            {"tracingConfig": "PassThrough"},
            {"deliveryPolicy": delivery(6)},
            {"policy": publish("events.amazonaws.com", "*")},
            {f"{kind}SuccessFeedbackSampleRate": 10 for kind in KINDS},
            {f"{kind}SuccessFeedbackRoleArn": f"{ROLE_ARN}s" for kind in KINDS},
            {f"{kind}FailureFeedbackRoleArn": f"{ROLE_ARN}s" for kind in KINDS},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "another"},),
        refused=(
            {"name": "with space"},
            {"name": "queue.fifo"},
            {"fifoTopic": True},
            {"contentBasedDeduplication": True},
            {"policy": "[]"},
            {"deliveryPolicy": "no JSON"},
            {"signatureVersion": 3},
            {"tracingConfig": "Sometimes"},
            {"httpSuccessFeedbackSampleRate": 101},
            {"sqsSuccessFeedbackRoleArn": None},
        ),
    ),
    Case(
        token="aws:sns/topic:Topic",
        label="fifo",
        inputs={
            "name": "orders.fifo",
            "fifoTopic": True,
            "contentBasedDeduplication": True,
            "fifoThroughputScope": "MessageGroup",
            "archivePolicy": json.dumps({"MessageRetentionPeriod": "30"}),
        },
        updates=(
            {"contentBasedDeduplication": False},
            {"fifoThroughputScope": "Topic"},
            {"archivePolicy": json.dumps({"MessageRetentionPeriod": "7"})},
        ),
        replaces=({"name": "payments.fifo"},),
    ),
    Case(
        token="aws:sns/topicPolicy:TopicPolicy",
        parents=(TOPIC, OTHER_TOPIC),
        inputs={"arn": "${topic.arn}", "policy": publish("cloudwatch.amazonaws.com", "${topic.arn}")},
        updates=({"policy": publish("events.amazonaws.com", "${topic.arn}")},),
        replaces=({"arn": "${other.arn}"},),
        refused=({"arn": "alarms"}, {"policy": policy({"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"})}),
    ),
    Case(
        token="aws:sns/topicSubscription:TopicSubscription",
        parents=(TOPIC, OTHER_TOPIC, QUEUE, DEAD),
        inputs={
            "topic": "${topic.arn}",
            "protocol": "sqs",
            "endpoint": "${queue.arn}",
            "filterPolicy": json.dumps({"kind": ["created"]}),
            "filterPolicyScope": "MessageAttributes",
            "rawMessageDelivery": True,
            "redrivePolicy": json.dumps({"deadLetterTargetArn": "${dead.arn}"}),
        },
        updates=(
            {"rawMessageDelivery": False},
            {"filterPolicy": json.dumps({"kind": ["deleted"]}), "filterPolicyScope": "MessageBody"},
            {"redrivePolicy": json.dumps({"deadLetterTargetArn": "${queue.arn}"})},
            {"filterPolicy": None, "filterPolicyScope": None, "redrivePolicy": None},
        ),
        replaces=({"topic": "${other.arn}"}, {"endpoint": "${dead.arn}"}),
        refused=({"protocol": "pigeon"}, {"endpoint": "queue"}, {"filterPolicy": "[]"}, {"redrivePolicy": "{}"}),
    ),
    Case(
        token="aws:sns/topicSubscription:TopicSubscription",
        label="address",
        parents=(TOPIC,),
        inputs={
            "topic": "${topic.arn}",
            "protocol": "https",
            "endpoint": "https://127.0.0.1:9/notices",
            "deliveryPolicy": delivery(5),
            "subscriptionRoleArn": ROLE_ARN,
        },
        updates=({"deliveryPolicy": delivery(6)}, {"subscriptionRoleArn": f"{ROLE_ARN}s"}, {"deliveryPolicy": None}),
        stays="AWS keeps a subscription that nobody has confirmed for two days",
    ),
)
