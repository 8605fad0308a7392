"""What is kept of each request to an API: a line of the access log, and metrics."""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import apigateway, cloudwatch

from .. import logs
from ..asgi import Receive, Scope, Send, answer_json, body_of
from ..settings import SETTINGS
from . import access_log

LIMIT = 64 << 20


def note(account: str, region: str, api: str, stage: str, context: Mapping[str, Any]) -> None:
    """Write a request into the access log of its stage and count it; `context` holds the variables of the log."""
    with request_scope(account, region):
        settings = (apigateway._stages.get(api, {}).get(stage) or {}).get("accessLogSettings") or {}
        if settings.get("destinationArn") and settings.get("format"):
            line = access_log.line(settings["format"], context)
            logs.put(account, region, settings["destinationArn"], f"{api}-{stage}", [line])
        _count(api, int(context["status"]), float(context["responseLatency"]))


def _count(api: str, status: int, latency: float) -> None:
    values = {
        "Count": (1.0, "Count"),
        "4xx": (float(400 <= status < 500), "Count"),
        "5xx": (float(status >= 500), "Count"),
        "Latency": (latency, "Milliseconds"),
    }
    for name, (value, unit) in values.items():
        cloudwatch.record_metric("AWS/ApiGateway", name, value, unit, {"ApiId": api})


async def calls(_scope: Scope, receive: Receive, send: Send) -> None:
    """Take `POST /_slipway/api-calls` of the front door: requests that it carried to load balancers by itself.

    The body is a list of `{"account", "api", "stage", "context"}`.
    """
    for each in json.loads(await body_of(receive, LIMIT) or b"[]"):
        note(each["account"], SETTINGS.region, each["api"], each["stage"], each["context"])
    await answer_json(send, 200, {})
