"""CloudWatch Logs: deliveries are changed in place, and AWS's rules of what belongs together."""

from typing import Any

from ..settings import CLOUDFRONT_REGION
from .mend import Mend, add_json_actions, replace

CHANGED = ("recordFields", "fieldDelimiter", "s3DeliveryConfiguration")


def _changes(logs: Any) -> None:
    def update(data: dict[str, Any]) -> Any:
        delivery = logs._deliveries.get(data.get("id", ""))
        if delivery is None:
            return logs.error_response_json("ResourceNotFoundException", "Requested Delivery does not exist.", 400)
        delivery.update({name: data[name] for name in CHANGED if name in data})
        return logs.json_response({})

    add_json_actions(logs, {"UpdateDeliveryConfiguration": update})


def _belonging(logs: Any) -> None:
    def refuse(code: str, message: str) -> Any:
        return logs.error_response_json(code, message, 400)

    def put_source(data: dict[str, Any]) -> Any:
        arn, kind = data.get("resourceArn", ""), data.get("logType")
        if arn.startswith("arn:aws:cloudfront:") and logs.get_region() != CLOUDFRONT_REGION:
            return refuse("ValidationException", f"Logs of CloudFront are delivered from {CLOUDFRONT_REGION}.")
        for name, other in logs._delivery_sources.items():
            if name != data.get("name") and arn in other["resourceArns"] and other["logType"] == kind:
                return refuse("ConflictException", "This ResourceId has already been used in another Delivery Source.")
        return original_put(data)

    def delete_source(data: dict[str, Any]) -> Any:
        if any(each["deliverySourceName"] == data.get("name") for each in logs._deliveries.values()):
            return refuse("ConflictException", "A delivery begins at this Delivery Source.")
        return original_delete_source(data)

    def delete_destination(data: dict[str, Any]) -> Any:
        arn = (logs._delivery_destinations.get(data.get("name", "")) or {}).get("arn")
        if any(each["deliveryDestinationArn"] == arn for each in logs._deliveries.values()):
            return refuse("ConflictException", "A delivery ends at this Delivery Destination.")
        return original_delete_destination(data)

    original_put = replace(logs, "_put_delivery_source", put_source)
    original_delete_source = replace(logs, "_delete_delivery_source", delete_source)
    original_delete_destination = replace(logs, "_delete_delivery_destination", delete_destination)


MODULE = "ministack.services.cloudwatch_logs"
MENDS = (
    Mend(
        "a delivery of logs changes its fields, its delimiter and its paths",
        "the action is missing",
        MODULE,
        {"_create_delivery": "dce31a55aa3b", "_format_delivery": "18720db230d0"},
        _changes,
    ),
    Mend(
        "source and destination of a delivery stay as long as it does; a resource has one source for a type of logs",
        "both can be deleted under a delivery, and a second source is made",
        MODULE,
        {
            "_put_delivery_source": "d6f907e3928d",
            "_delete_delivery_source": "9613caed545d",
            "_delete_delivery_destination": "bd94b2f9147c",
        },
        _belonging,
    ),
)
