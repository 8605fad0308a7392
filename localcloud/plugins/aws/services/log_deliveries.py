"""CloudWatch Logs: how logs of other services, such as a distribution's, reach a bucket."""

from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import ARN, required, value
from localcloud.plugins.aws.services.logs import tags
from localcloud.plugins.aws.steps import Named, Op, Read, pages, tag_parameters

_CONFIGURATION = "deliveryDestinationConfiguration"
_S3 = "s3DeliveryConfigurations"
_CHANGED = ("fieldDelimiter", "recordFields", _S3)
_CLOUDFRONT_REGION = "us-east-1"
_NAME = Name(longest=60, pattern=r"[A-Za-z0-9_-]+")


def _resource(call: Call, live: Properties) -> Properties:
    return {"resourceArn": next(iter(live["resourceArns"]), "")}


def _in_cloudfronts_region(inputs: Properties) -> tuple[str, str] | None:
    """Judge that what distributions write is asked for where CloudFront is run from."""
    arn, region = inputs.get("resourceArn"), inputs.get("region")
    if not isinstance(arn, str) or not arn.startswith("arn:aws:cloudfront:") or not isinstance(region, str):
        return None
    return None if region == _CLOUDFRONT_REGION else ("region", f"must be us-east-1 for a distribution, got {region!r}")


def _put(method: str, *names: str) -> Any:
    """Return the step that writes what is known by its name, new or changed, with its tags."""

    def put(call: Call) -> str:
        call.api(method, **call.parameters(method, names), **tag_parameters(call))
        return str(call.inputs["name"])

    return put


def _service(configuration: Any) -> str:
    """Return the service that a destination leads to, by the ARN of what is there."""
    arn = (configuration or {}).get("destinationResourceArn") or ""
    return str(arn).removeprefix("arn:").split(":")[1] if arn.count(":") > 1 else ""


def _sent(call: Call, method: str, *names: str) -> Properties:
    """Return parameters of a delivery: its one configuration of S3 stands in a list on Pulumi's side."""
    configured = (call.inputs.get(_S3) or [{}])[0]
    found = {name: configured[name] for name in ("suffixPath", "enableHiveCompatiblePath") if name in configured}
    return {**call.parameters(method, names), **({"s3DeliveryConfiguration": found} if found else {})}


def _deliver(call: Call) -> str:
    names = ("deliveryDestinationArn", "deliverySourceName", "fieldDelimiter", "recordFields")
    made = call.api("create_delivery", **_sent(call, "create_delivery", *names), **tag_parameters(call))
    return str(made["delivery"]["id"])


def _change(call: Call) -> None:
    if call.changed(*_CHANGED):
        method = "update_delivery_configuration"
        call.api(method, id=call.id, **_sent(call, method, "fieldDelimiter", "recordFields"))


def _delivery(call: Call, live: Properties) -> Properties:
    s3 = live.get("s3DeliveryConfiguration")
    shown = {"suffixPath": "", "enableHiveCompatiblePath": False, **s3} if s3 else None
    return {_S3: [shown] if shown else [], "fieldDelimiter": live.get("fieldDelimiter", "")}


def _between(call: Call) -> str | None:
    """Return the delivery between the same source and destination: AWS takes one of them only."""
    source, destination = call.inputs["deliverySourceName"], call.inputs["deliveryDestinationArn"]
    for each in pages(call, "describe_deliveries", "deliveries", "nextToken"):
        if (each["deliverySourceName"], each["deliveryDestinationArn"]) == (source, destination):
            return str(each["id"])
    return None


ENTRIES = (
    Entry(
        token="aws:cloudwatch/logDeliverySource:LogDeliverySource",
        service="logs",
        cfn="AWS::Logs::DeliverySource",
        inputs=("logType", "name", "resourceArn"),
        name=_NAME,
        create=_put("put_delivery_source", "logType", "name", "resourceArn"),
        read=Read("get_delivery_source", {"name": "$id"}, "deliverySource", extra=_resource),
        delete=Op("delete_delivery_source", {"name": "$id"}),
        find=Named(),
        tags=tags("delivery-source"),
        # Nothing has two sources of one type of logs.
        replace_first=True,
        limits={"logType": {"pattern": "^[A-Za-z0-9_]+$", "maxLength": 255}, "resourceArn": ARN},
        rules=(_in_cloudfronts_region,),
    ),
    Entry(
        token="aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        service="logs",
        cfn="AWS::Logs::DeliveryDestination",
        inputs=(_CONFIGURATION, "name", "outputFormat"),
        name=_NAME,
        create=_put("put_delivery_destination", _CONFIGURATION, "name", "outputFormat"),
        read=Read("get_delivery_destination", {"name": "$id"}, "deliveryDestination"),
        update=_put("put_delivery_destination", _CONFIGURATION, "name", "outputFormat"),
        delete=Op("delete_delivery_destination", {"name": "$id"}),
        find=Named(),
        tags=tags("delivery-destination"),
        replace={
            "name": "a destination is known by its name",
            "outputFormat": "files of two formats would lie side by side",
        },
        replace_if={_CONFIGURATION: lambda old, new: _service(old) != _service(new)},
        defaults={"outputFormat": "json"},
        limits={
            f"{_CONFIGURATION}.destinationResourceArn": {"pattern": r"^arn:aws:(firehose|logs|s3):.+"},
            "outputFormat": {"enum": ["json", "parquet", "plain", "raw", "w3c"]},
        },
        rules=(required(_CONFIGURATION),),
        unlike=("a distribution's logs reach buckets alone, as `json` and `w3c`",),
    ),
    Entry(
        token="aws:cloudwatch/logDelivery:LogDelivery",
        service="logs",
        cfn="AWS::Logs::Delivery",
        inputs=("deliveryDestinationArn", "deliverySourceName", *_CHANGED),
        create=_deliver,
        read=Read("get_delivery", {"id": "$id"}, "delivery", extra=_delivery),
        update=_change,
        delete=Op("delete_delivery", {"id": "$id"}),
        find=Named(_between),
        tags=tags("delivery"),
        # There is one delivery between a source and a destination.
        replace_first=True,
        replace={
            "deliveryDestinationArn": "a delivery ends where it was made to end",
            "deliverySourceName": "a delivery begins where it was made to begin",
        },
        defaults={"fieldDelimiter": ""},
        limits={
            "deliveryDestinationArn": {"pattern": r"^arn:aws:logs:[a-z0-9-]+:\d{12}:delivery-destination:.+"},
            "deliverySourceName": {"pattern": "^[A-Za-z0-9_-]+$", "maxLength": 60},
            "fieldDelimiter": {"maxLength": 5},
            "recordFields": {"maxItems": 128},
            "recordFields[*]": {"minLength": 1, "maxLength": 64},
            f"{_S3}[*].suffixPath": {"minLength": 1, "maxLength": 256},
        },
        rules=(value(_S3, lambda each: len(each) <= 1, "must be at most one"),),
        unlike=(
            "files are written by distributions alone, seconds after a visit; fields that only AWS knows, such as"
            " those of TLS, are `-`",
        ),
    ),
)
