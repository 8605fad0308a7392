"""Identities, where their bounces go, and configuration sets."""

from typing import Any

from localcloud.tests.plugins.aws.cases.sns import OTHER_TOPIC, TOPIC
from localcloud.tests.plugins.aws.conformance import Case, Parent

SET = Parent("set", "aws:sesv2/configurationSet:ConfigurationSet", {"configurationSetName": "letters"})
OTHER_SET = Parent("second", "aws:sesv2/configurationSet:ConfigurationSet", {"configurationSetName": "others"})
IDENTITY = Parent("identity", "aws:sesv2/emailIdentity:EmailIdentity", {"emailIdentity": "letters.example.com"})


def following(*kinds: str, topic: str = "${topic.arn}", enabled: bool = True) -> dict[str, Any]:
    return {"enabled": enabled, "matchingEventTypes": list(kinds), "snsDestination": {"topicArn": topic}}


def measuring(name: str) -> dict[str, Any]:
    dimension = {"dimensionName": name, "dimensionValueSource": "MESSAGE_TAG", "defaultDimensionValue": "none"}
    return {
        "enabled": True,
        "matchingEventTypes": ["SEND"],
        "cloudWatchDestination": {"dimensionConfigurations": [dimension]},
    }


CASES = (
    Case(
        token="aws:sesv2/emailIdentity:EmailIdentity",
        parents=(SET, OTHER_SET),
        inputs={
            "emailIdentity": "mail.example.com",
            "configurationSetName": "letters",
            "tags": {"team": "x"},
        },
        updates=(
            {"configurationSetName": "others"},
            {"configurationSetName": None},
            {"tags": {"team": "y"}},
        ),
        replaces=({"emailIdentity": "other.example.com"},),
        refused=(
            {"emailIdentity": "nobody"},
            {"dkimSigningAttributes": {"domainSigningPrivateKey": "x", "domainSigningSelector": "y"}},
        ),
    ),
    Case(
        token="aws:sesv2/emailIdentity:EmailIdentity",
        label="address",
        inputs={"emailIdentity": "somebody@example.com"},
    ),
    Case(
        token="aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
        parents=(IDENTITY,),
        inputs={
            "emailIdentity": "letters.example.com",
            "mailFromDomain": "bounce.letters.example.com",
            "behaviorOnMxFailure": "REJECT_MESSAGE",
        },
        updates=({"mailFromDomain": "back.letters.example.com"}, {"behaviorOnMxFailure": None}),
        replaces=({"emailIdentity": "com", "mailFromDomain": "letters.com"},),
        refused=({"mailFromDomain": "elsewhere.example.org"}, {"behaviorOnMxFailure": "SHRUG"}),
    ),
    Case(
        token="aws:sesv2/configurationSet:ConfigurationSet",
        inputs={
            "configurationSetName": "followed",
            "deliveryOptions": {"tlsPolicy": "REQUIRE", "maxDeliverySeconds": 300},
            "reputationOptions": {"reputationMetricsEnabled": True},
            "sendingOptions": {"sendingEnabled": True},
            "suppressionOptions": {"suppressedReasons": ["BOUNCE", "COMPLAINT"]},
            "trackingOptions": {"customRedirectDomain": "go.example.com", "httpsPolicy": "REQUIRE"},
            "tags": {"team": "x"},
        },
        updates=(
            {"deliveryOptions": {"tlsPolicy": "OPTIONAL", "maxDeliverySeconds": 600}},
            {"reputationOptions": {"reputationMetricsEnabled": False}},
            {"sendingOptions": {"sendingEnabled": False}},
            {"suppressionOptions": {"suppressedReasons": ["BOUNCE"]}},
            {"trackingOptions": {"customRedirectDomain": "to.example.com", "httpsPolicy": "OPTIONAL"}},
            {"tags": {"team": "y"}},
        ),
        replaces=({"configurationSetName": "other"},),
        refused=({"configurationSetName": "two words"}, {"deliveryOptions": {"tlsPolicy": "MAYBE"}}),
    ),
    Case(
        token="aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
        parents=(SET, OTHER_SET, TOPIC, OTHER_TOPIC),
        inputs={
            "configurationSetName": "letters",
            "eventDestinationName": "feedback",
            "eventDestination": following("BOUNCE", "COMPLAINT"),
        },
        updates=(
            {"eventDestination": following("BOUNCE", "COMPLAINT", "SEND")},
            {"eventDestination": following("BOUNCE", topic="${other.arn}")},
            {"eventDestination": following("BOUNCE", enabled=False)},
        ),
        replaces=({"eventDestinationName": "other"}, {"configurationSetName": "others"}),
        refused=(
            {"eventDestination": following("SHRUG")},
            {"eventDestination": following()},
            {"eventDestination": {"matchingEventTypes": ["SEND"]}},
        ),
    ),
    Case(
        token="aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
        label="metrics",
        parents=(SET,),
        inputs={
            "configurationSetName": "letters",
            "eventDestinationName": "metrics",
            "eventDestination": measuring("kind"),
        },
        updates=({"eventDestination": measuring("service")},),
    ),
)
