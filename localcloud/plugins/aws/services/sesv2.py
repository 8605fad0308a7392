"""SES: identities that mail is sent as, and configuration sets that follow it."""

import re

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import ARN, given, value
from localcloud.plugins.aws.steps import Named, Op, Read, tag_parameters
from localcloud.plugins.provider import UNKNOWN

_DOMAIN = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
_IDENTITY = re.compile(rf"([^@\s]{{1,64}}@)?{_DOMAIN}")
_DEFAULT = "USE_DEFAULT_VALUE"
_SET = "configurationSetName"
_OPTIONS = {
    "deliveryOptions": "put_configuration_set_delivery_options",
    "reputationOptions": "put_configuration_set_reputation_options",
    "sendingOptions": "put_configuration_set_sending_options",
    "suppressionOptions": "put_configuration_set_suppression_options",
    "trackingOptions": "put_configuration_set_tracking_options",
}
"""What a configuration set is told in its create call, and by which call it is changed."""
_EVENTS = [
    "BOUNCE",
    "CLICK",
    "COMPLAINT",
    "DELIVERY",
    "DELIVERY_DELAY",
    "OPEN",
    "REJECT",
    "RENDERING_FAILURE",
    "SEND",
    "SUBSCRIPTION",
]


def _arn(call: Call, kind: str, name: str) -> str:
    return call.arn(f"{kind}/{name}", "ses")


def _tags(kind: str) -> Tags:
    return Tags(
        owner=lambda call: {"ResourceArn": _arn(call, kind, call.id)},
        list="list_tags_for_resource",
    )


def _create_identity(call: Call) -> str:
    sent = call.parameters("create_email_identity", ("emailIdentity", _SET))
    call.api("create_email_identity", **sent, **tag_parameters(call))
    return str(call.inputs["emailIdentity"])


def _change_identity(call: Call) -> None:
    if call.changed(_SET):
        name = call.inputs.get(_SET)
        sent = {"ConfigurationSetName": name} if name else {}
        call.api("put_email_identity_configuration_set_attributes", EmailIdentity=call.id, **sent)


def _of_identity(call: Call, live: Properties) -> Properties:
    signing = call.properties({"dkimSigningAttributes": live.get("DkimAttributes", {})})
    return {
        **signing,
        "arn": _arn(call, "identity", call.id),
        "emailIdentity": call.id,
        "verificationStatus": live.get("VerificationStatus", ""),
        "tags": live.get("Tags", []),
    }


def _put_sender(call: Call) -> str:
    """Say from which domain bounces are addressed; the same call makes, changes and ends it."""
    name = str(call.inputs["emailIdentity"])
    call.api(
        "put_email_identity_mail_from_attributes",
        EmailIdentity=name,
        BehaviorOnMxFailure=call.inputs.get("behaviorOnMxFailure", _DEFAULT),
        MailFromDomain=call.inputs.get("mailFromDomain", ""),
    )
    return name


def _read_sender(call: Call) -> Properties | None:
    live = call.api("get_email_identity", EmailIdentity=call.id).get("MailFromAttributes") or {}
    if not live.get("MailFromDomain"):
        return None
    return {
        "emailIdentity": call.id,
        "behaviorOnMxFailure": live.get("BehaviorOnMxFailure", _DEFAULT),
        "mailFromDomain": live["MailFromDomain"],
    }


def _make_set(call: Call) -> str:
    call.api(
        "create_configuration_set",
        **call.parameters("create_configuration_set", (_SET, *_OPTIONS)),
        **tag_parameters(call),
    )
    return str(call.inputs[_SET])


def _change_set(call: Call) -> None:
    for name, method in _OPTIONS.items():
        if call.changed(name):
            options = call.inputs.get(name) or {}
            sent = call.parameters(method, list(options), values=options)
            call.api(method, ConfigurationSetName=call.id, **sent)


def _of_set(call: Call, live: Properties) -> Properties:
    return {"arn": _arn(call, "configuration-set", call.id), "tags": live.get("Tags", [])}


def _destination(call: Call) -> tuple[str, str]:
    """Return set and destination: from inputs, or from the id `SET|DESTINATION`."""
    first, _, second = call.id.partition("|")
    return str(call.inputs.get(_SET) or first), str(call.inputs.get("eventDestinationName") or second)


def _put_destination(method: str) -> Op:
    return Op(
        method,
        {"ConfigurationSetName": "$input.configurationSetName"},
        take=("eventDestination", "eventDestinationName"),
    )


def _create_destination(call: Call) -> str:
    _put_destination("create_configuration_set_event_destination")(call)
    return "|".join(_destination(call))


def _find_destination(call: Call) -> str | None:
    """Return the set's destination of that name: destinations have no tags."""
    return "|".join(_destination(call)) if _read_destination(call) else None


def _read_destination(call: Call) -> Properties | None:
    owner, name = _destination(call)
    answer = call.api("get_configuration_set_event_destinations", ConfigurationSetName=owner)
    live = next((each for each in answer.get("EventDestinations", []) if each["Name"] == name), None)
    if live is None:
        return None
    return {
        _SET: owner,
        "eventDestinationName": name,
        **call.properties({"eventDestination": {key: each for key, each in live.items() if key != "Name"}}),
    }


def _delete_destination(call: Call) -> None:
    owner, name = _destination(call)
    call.api("delete_configuration_set_event_destination", ConfigurationSetName=owner, EventDestinationName=name)


def _below(inputs: Properties) -> tuple[str, str] | None:
    """Judge that the domain of bounces is below the identity's own."""
    identity, domain = inputs.get("emailIdentity"), inputs.get("mailFromDomain")
    if not isinstance(identity, str) or not isinstance(domain, str):
        return None
    own = identity.rpartition("@")[2]
    return None if domain.endswith(f".{own}") else ("mailFromDomain", f"must be below {own}, got {domain!r}")


def _one_target(inputs: Properties) -> tuple[str, str] | None:
    """Judge that events go to exactly one place."""
    name, kinds = "eventDestination", ("snsDestination", "cloudWatchDestination", "eventBridgeDestination")
    if inputs.get(name) is UNKNOWN or not given(inputs, name):
        return None
    there = [kind for kind in kinds if given(inputs, f"{name}.{kind}")]
    return None if len(there) == 1 else (name, f"must have exactly one of {', '.join(kinds)}, got {len(there)}")


ENTRIES = (
    Entry(
        token="aws:sesv2/emailIdentity:EmailIdentity",
        service="sesv2",
        inputs=(_SET, "emailIdentity"),
        create=_create_identity,
        read=Read("get_email_identity", {"EmailIdentity": "$id"}, "", extra=_of_identity),
        update=_change_identity,
        delete=Op("delete_email_identity", {"EmailIdentity": "$id"}),
        find=Named("$input.emailIdentity"),
        tags=_tags("identity"),
        replace={"emailIdentity": "an identity is known by its address or domain"},
        defaults={_SET: ""},
        rules=(
            value(
                "emailIdentity",
                lambda name: bool(_IDENTITY.fullmatch(name)) and len(name) <= 320,
                "must be a domain or an address, in small letters",
            ),
        ),
        unlike=("an identity is verified at once; its DKIM waits for records in a zone of the account",),
    ),
    Entry(
        token="aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
        service="sesv2",
        inputs=("behaviorOnMxFailure", "emailIdentity", "mailFromDomain"),
        create=_put_sender,
        read=_read_sender,
        update=_put_sender,
        delete=Op("put_email_identity_mail_from_attributes", {"EmailIdentity": "$id", "MailFromDomain": ""}),
        replace={"emailIdentity": "it is a setting of one identity"},
        defaults={"behaviorOnMxFailure": _DEFAULT},
        limits={"behaviorOnMxFailure": {"enum": ["REJECT_MESSAGE", _DEFAULT]}},
        rules=(_below, lambda inputs: None if given(inputs, "mailFromDomain") else ("mailFromDomain", "must be given")),
        unlike=("the domain is taken as set up, whatever its records say",),
    ),
    Entry(
        token="aws:sesv2/configurationSet:ConfigurationSet",
        service="sesv2",
        inputs=(_SET, *_OPTIONS),
        name=Name(property=_SET, longest=64, pattern=r"[A-Za-z0-9_-]+"),
        create=_make_set,
        read=Read("get_configuration_set", {"ConfigurationSetName": "$id"}, "", extra=_of_set),
        update=_change_set,
        delete=Op("delete_configuration_set", {"ConfigurationSetName": "$id"}),
        find=Named(f"$input.{_SET}"),
        tags=_tags("configuration-set"),
        replace={_SET: "a set is known by its name"},
        sets=("suppressionOptions.suppressedReasons",),
        limits={
            "deliveryOptions.maxDeliverySeconds": {"minimum": 300, "maximum": 50400},
            "deliveryOptions.tlsPolicy": {"enum": ["OPTIONAL", "REQUIRE"]},
            "suppressionOptions.suppressedReasons[*]": {"enum": ["BOUNCE", "COMPLAINT"]},
            "trackingOptions.httpsPolicy": {"enum": ["OPTIONAL", "REQUIRE", "REQUIRE_OPEN_ONLY"]},
        },
        unlike=("no mail leaves the machine: it is kept and listed",),
    ),
    Entry(
        token="aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
        service="sesv2",
        inputs=(_SET, "eventDestination", "eventDestinationName"),
        create=_create_destination,
        read=_read_destination,
        update=_put_destination("update_configuration_set_event_destination"),
        delete=_delete_destination,
        find=_find_destination,
        replace={
            _SET: "a destination is one of one set",
            "eventDestinationName": "a destination is known by its name",
        },
        sets=("eventDestination.matchingEventTypes",),
        limits={
            "eventDestination.eventBridgeDestination.eventBusArn": ARN,
            "eventDestination.matchingEventTypes": {"minItems": 1},
            "eventDestination.matchingEventTypes[*]": {"enum": _EVENTS},
            "eventDestination.snsDestination.topicArn": {"pattern": r"^arn:aws:sns:[a-z0-9-]+:\d{12}:.+"},
            "eventDestinationName": {"pattern": r"^[A-Za-z0-9_-]{1,64}$"},
        },
        refused={
            "eventDestination.kinesisFirehoseDestination": "there is no Firehose on the embedded cloud",
            "eventDestination.pinpointDestination": "there is no Pinpoint on the embedded cloud",
        },
        rules=(_one_target,),
        unlike=("topics get Send, Delivery, Bounce and Complaint; other destinations get nothing",),
    ),
)
