"""Queues, their policies, and who may send dead letters to them."""

import json

from localcloud.tests.plugins.aws.cases.iam import policy
from localcloud.tests.plugins.aws.conformance import Case, Parent

QUEUE = Parent("queue", "aws:sqs/queue:Queue")
DEAD = Parent("dead", "aws:sqs/queue:Queue")


def sending(arn: str = "*") -> str:
    who = {"Service": "sns.amazonaws.com"}
    return policy({"Effect": "Allow", "Principal": who, "Action": "sqs:SendMessage", "Resource": arn})


def redrive(count: int = 5) -> str:
    return json.dumps({"deadLetterTargetArn": "${dead.arn}", "maxReceiveCount": count})


def allowing(*arns: str) -> str:
    if not arns:
        return json.dumps({"redrivePermission": "denyAll"})
    return json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": list(arns)})


CASES = (
    Case(
        token="aws:sqs/queue:Queue",
        parents=(DEAD, QUEUE),
        inputs={
            "name": "events",
            "delaySeconds": 1,
            "kmsMasterKeyId": "alias/slipway",
            "kmsDataKeyReusePeriodSeconds": 600,
            "maxMessageSize": 2048,
            "messageRetentionSeconds": 600,
            "policy": sending(),
            "receiveWaitTimeSeconds": 20,
            "redriveAllowPolicy": allowing("${queue.arn}"),
            "redrivePolicy": redrive(),
            "visibilityTimeoutSeconds": 60,
            "tags": {"team": "x"},
        },
        updates=(
            {"delaySeconds": 2},
            {"kmsDataKeyReusePeriodSeconds": 900, "kmsMasterKeyId": "alias/other"},
            {"maxMessageSize": 1048576},
            {"messageRetentionSeconds": 1209600},
            {"policy": sending("${queue.arn}")},
            {"receiveWaitTimeSeconds": 0},
            {"redriveAllowPolicy": allowing()},
            {"redrivePolicy": redrive(3)},
            {"visibilityTimeoutSeconds": 30},
            {"delaySeconds": None, "redrivePolicy": None, "policy": None, "redriveAllowPolicy": None},
            {"kmsMasterKeyId": None, "kmsDataKeyReusePeriodSeconds": None},
            {"sqsManagedSseEnabled": False},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "other"}, {"name": "events.fifo", "fifoQueue": True}),
        refused=({"name": "events.fifo"}, {"delaySeconds": 901}, {"redrivePolicy": "{}"}),
    ),
    Case(
        token="aws:sqs/queue:Queue",
        label="fifo",
        inputs={
            "name": "orders.fifo",
            "fifoQueue": True,
            "contentBasedDeduplication": True,
            "deduplicationScope": "messageGroup",
            "fifoThroughputLimit": "perMessageGroupId",
        },
        updates=(
            {"contentBasedDeduplication": False},
            {"deduplicationScope": "queue", "fifoThroughputLimit": "perQueue"},
        ),
    ),
    Case(
        token="aws:sqs/queuePolicy:QueuePolicy",
        parents=(QUEUE, DEAD),
        inputs={"queueUrl": "${queue.url}", "policy": sending("${queue.arn}")},
        updates=({"policy": sending()},),
        replaces=({"queueUrl": "${dead.url}"},),
        refused=({"policy": "[]"},),
    ),
    Case(
        token="aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        parents=(QUEUE, DEAD),
        inputs={"queueUrl": "${dead.url}", "redriveAllowPolicy": allowing("${queue.arn}")},
        updates=({"redriveAllowPolicy": allowing()},),
        replaces=({"queueUrl": "${queue.url}"},),
        refused=({"redriveAllowPolicy": "{}"},),
    ),
)
