"""Queues, subscriptions and mail."""

import json
from typing import Any

from localcloud.tests.plugins.aws.cases.sesv2 import following
from localcloud.tests.plugins.aws.cases.sqs import allowing, sending
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

QUEUE, SUBSCRIBE = api("sqs", "CreateQueue"), api("sns", "Subscribe")
IDENTITY, SET = api("sesv2", "CreateEmailIdentity"), api("sesv2", "CreateConfigurationSet")
OFFICIAL = terraform("sns_topic_subscription")
DESTINATION = api("sesv2", "EventDestinationDefinition")
URL = "http://localhost:4566/222222222222/events"
ARN = "arn:aws:sqs:eu-west-1:222222222222:events"
TOPIC = "arn:aws:sns:eu-west-1:222222222222:topic"


def _redrive(count: Any = 5, target: str = ARN) -> dict[str, str]:
    return {"redrivePolicy": json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": count})}


def _event(*kinds: str) -> dict[str, Any]:
    return {"eventDestination": following(*kinds, topic=TOPIC)}


TABLES = (
    Refusals(
        token="aws:sqs/queue:Queue",
        valid={"name": "events"},
        refused=(
            ({"name": "two words"}, "name", "must match", QUEUE),
            ({"name": "q" * 81}, "name", "at most 80 characters", QUEUE),
            ({"name": "events.fifo"}, "name", "must end with .fifo", QUEUE),
            ({"fifoQueue": True}, "name", "must end with .fifo", QUEUE),
            ({"contentBasedDeduplication": True}, "contentBasedDeduplication", "cannot be given", QUEUE),
            ({"deduplicationScope": "shop"}, "deduplicationScope", "messageGroup, queue", QUEUE),
            ({"delaySeconds": 901}, "delaySeconds", "at most 900", QUEUE),
            ({"maxMessageSize": 1023}, "maxMessageSize", "1024 to 1048576", QUEUE),
            ({"maxMessageSize": 1048577}, "maxMessageSize", "1024 to 1048576", QUEUE),
            ({"messageRetentionSeconds": 59}, "messageRetentionSeconds", "60 to 1209600", QUEUE),
            ({"receiveWaitTimeSeconds": 21}, "receiveWaitTimeSeconds", "0 to 20", QUEUE),
            ({"visibilityTimeoutSeconds": 43201}, "visibilityTimeoutSeconds", "0 to 43200", QUEUE),
            ({"kmsDataKeyReusePeriodSeconds": 59}, "kmsDataKeyReusePeriodSeconds", "at least 60", QUEUE),
            (
                {"sqsManagedSseEnabled": True, "kmsMasterKeyId": "alias/mine"},
                "kmsMasterKeyId",
                "cannot be given",
                terraform("sqs_queue"),
            ),
            ({"policy": "[]"}, "policy", "a policy document", QUEUE),
            (_redrive(0), "redrivePolicy", "1 to 1000", QUEUE),
            (_redrive(1001), "redrivePolicy", "1 to 1000", QUEUE),
            (_redrive(target="events"), "redrivePolicy", "the ARN of a queue", QUEUE),
            ({"redriveAllowPolicy": "{}"}, "redriveAllowPolicy", "allowAll, byQueue or denyAll", QUEUE),
        ),
        accepted=(
            {"name": "q" * 80},
            {"name": "events.fifo", "fifoQueue": True, "contentBasedDeduplication": True},
            {"delaySeconds": 900},
            {"maxMessageSize": 1048576},
            {"messageRetentionSeconds": 60},
            {"visibilityTimeoutSeconds": 43200},
            _redrive(1000),
            _redrive("3"),
        ),
    ),
    Refusals(
        token="aws:sqs/queuePolicy:QueuePolicy",
        valid={"queueUrl": URL, "policy": sending(ARN)},
        refused=(
            ({"policy": "no JSON"}, "policy", "must be JSON", api("sqs", "SetQueueAttributes")),
            ({"queueUrl": ARN}, "queueUrl", "the address of a queue", api("sqs", "SetQueueAttributes")),
            ({"queueUrl": None}, "queueUrl", "is required", api("sqs", "SetQueueAttributes")),
        ),
        accepted=({"queueUrl": "https://sqs.eu-west-1.amazonaws.com/222222222222/events"},),
    ),
    Refusals(
        token="aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        valid={"queueUrl": URL, "redriveAllowPolicy": allowing(ARN)},
        refused=(
            (
                {"redriveAllowPolicy": allowing(*[ARN] * 11)},
                "redriveAllowPolicy",
                "at most 10",
                api("sqs", "SetQueueAttributes"),
            ),
            (
                {"redriveAllowPolicy": json.dumps({"redrivePermission": "byQueue"})},
                "redriveAllowPolicy",
                "must be given for byQueue",
                api("sqs", "SetQueueAttributes"),
            ),
            (
                {"redriveAllowPolicy": allowing("events")},
                "redriveAllowPolicy",
                "ARNs of queues",
                api("sqs", "SetQueueAttributes"),
            ),
        ),
        accepted=({"redriveAllowPolicy": allowing(*[ARN] * 10)}, {"redriveAllowPolicy": allowing()}),
    ),
    Refusals(
        token="aws:sns/topicSubscription:TopicSubscription",
        valid={"topic": TOPIC, "protocol": "sqs", "endpoint": ARN},
        refused=(
            ({"topic": "topic"}, "topic", "a topic's ARN", SUBSCRIBE),
            ({"protocol": "pigeon"}, "protocol", "must be one of", SUBSCRIBE),
            ({"endpoint": URL}, "endpoint", "the ARN of a queue", SUBSCRIBE),
            ({"protocol": "email", "endpoint": "me"}, "endpoint", "an address of mail", SUBSCRIBE),
            (
                {"protocol": "email", "endpoint": "me@example.com", "rawMessageDelivery": True},
                "rawMessageDelivery",
                "sqs only",
                SUBSCRIBE,
            ),
            ({"filterPolicy": "[]"}, "filterPolicy", "a JSON object", SUBSCRIBE),
            (
                {"filterPolicyScope": "MessageBody"},
                "filterPolicy",
                "must be given",
                terraform("sns_topic_subscription"),
            ),
            (
                {"filterPolicy": "{}", "filterPolicyScope": "Message"},
                "filterPolicyScope",
                "MessageAttributes, MessageBody",
                SUBSCRIBE,
            ),
            ({"redrivePolicy": "{}"}, "redrivePolicy", "must have deadLetterTargetArn", SUBSCRIBE),
            ({"subscriptionRoleArn": "me"}, "subscriptionRoleArn", "must match", SUBSCRIBE),
        ),
        accepted=(
            {"rawMessageDelivery": True},
            {"protocol": "email", "endpoint": "me@example.com"},
            {"filterPolicy": "{}", "filterPolicyScope": "MessageBody"},
        ),
    ),
    Refusals(
        token="aws:sesv2/emailIdentity:EmailIdentity",
        valid={"emailIdentity": "mail.example.com"},
        refused=(
            ({"emailIdentity": "nobody"}, "emailIdentity", "a domain or an address", IDENTITY),
            ({"emailIdentity": "Mail.Example.com"}, "emailIdentity", "small letters", IDENTITY),
            ({"emailIdentity": None}, "emailIdentity", "is required", IDENTITY),
        ),
        accepted=({"emailIdentity": "somebody@example.com"},),
    ),
    Refusals(
        token="aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
        valid={"emailIdentity": "example.com", "mailFromDomain": "bounce.example.com"},
        refused=(
            (
                {"mailFromDomain": "bounce.example.org"},
                "mailFromDomain",
                "must be below example.com",
                api("sesv2", "PutEmailIdentityMailFromAttributes"),
            ),
            (
                {"mailFromDomain": "example.com"},
                "mailFromDomain",
                "must be below example.com",
                api("sesv2", "PutEmailIdentityMailFromAttributes"),
            ),
            (
                {"behaviorOnMxFailure": "SHRUG"},
                "behaviorOnMxFailure",
                "REJECT_MESSAGE",
                api("sesv2", "PutEmailIdentityMailFromAttributes"),
            ),
            (
                {"mailFromDomain": None},
                "mailFromDomain",
                "must be given",
                api("sesv2", "PutEmailIdentityMailFromAttributes"),
            ),
        ),
        accepted=({"emailIdentity": "me@example.com"}, {"behaviorOnMxFailure": "REJECT_MESSAGE"}),
    ),
    Refusals(
        token="aws:sesv2/configurationSet:ConfigurationSet",
        valid={"configurationSetName": "letters"},
        refused=(
            ({"configurationSetName": "two words"}, "configurationSetName", "must match", SET),
            ({"configurationSetName": "s" * 65}, "configurationSetName", "at most 64 characters", SET),
            (
                {"deliveryOptions": {"tlsPolicy": "MAYBE"}},
                "deliveryOptions.tlsPolicy",
                "OPTIONAL, REQUIRE",
                api("sesv2", "DeliveryOptions"),
            ),
            (
                {"deliveryOptions": {"maxDeliverySeconds": 299}},
                "deliveryOptions.maxDeliverySeconds",
                "at least 300",
                api("sesv2", "DeliveryOptions"),
            ),
            (
                {"suppressionOptions": {"suppressedReasons": ["SHRUG"]}},
                "suppressionOptions.suppressedReasons[0]",
                "BOUNCE, COMPLAINT",
                api("sesv2", "SuppressionOptions"),
            ),
        ),
        accepted=({"configurationSetName": "s" * 64}, {"deliveryOptions": {"maxDeliverySeconds": 50400}}),
    ),
    Refusals(
        token="aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
        valid={"configurationSetName": "letters", "eventDestinationName": "feedback", **_event("BOUNCE")},
        refused=(
            ({"eventDestinationName": "two words"}, "eventDestinationName", "must match", DESTINATION),
            (_event(), "eventDestination.matchingEventTypes", "at least 1 items", DESTINATION),
            (_event("SHRUG"), "eventDestination.matchingEventTypes[0]", "must be one of", DESTINATION),
            (
                {"eventDestination": {"matchingEventTypes": ["SEND"]}},
                "eventDestination",
                "exactly one of",
                DESTINATION,
            ),
            (
                {"eventDestination": following("SEND", topic="topic")},
                "eventDestination.snsDestination.topicArn",
                "must match",
                api("sesv2", "SnsDestination"),
            ),
        ),
        accepted=(_event("BOUNCE", "COMPLAINT", "DELIVERY_DELAY"),),
    ),
)
