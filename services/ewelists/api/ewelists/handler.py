"""The HTTP API's function: one answer to each event, and never a stack trace in it."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from ewelists.problems import TRY_AGAIN, RefusedError, not_found
from ewelists.routes import app
from ewelists.telemetry import count, logger, metrics, tracer

MEDIA_TYPE = "application/problem+json"
EVERYWHERE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
LATER = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionCanceledException",
}
"""What DynamoDB refuses for now, after boto3 has tried again."""


def _answer(problem: RefusedError) -> Response[str]:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "reason": problem.reason,
        "requestId": str(app.current_event.raw_event.get("requestContext", {}).get("requestId", "")),
        "errors": [{"path": path, "message": message} for path, message in problem.errors],
    }
    return Response(problem.status, MEDIA_TYPE, json.dumps(body), headers=dict(problem.headers))


@app.exception_handler(RefusedError)
def _refused(error: RefusedError) -> Response[str]:
    return _answer(error)


@app.not_found
def _no_route(_: NotFoundError) -> Response[str]:
    return _answer(not_found("address"))


@app.exception_handler(Exception)
def _failed(error: Exception) -> Response[str]:
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    logger.exception("the request failed", extra={"code": code})
    unanswered = type(error).__module__ == "botocore.exceptions" and not code
    if unanswered or code in LATER:
        problem = RefusedError(503, "unavailable", "the service is busy: try again", headers=TRY_AGAIN)
    else:
        problem = RefusedError(500, "failed", "something is wrong on our side; the request's id helps to find it")
    return _answer(problem)


@logger.inject_lambda_context(correlation_id_path="requestContext.requestId", clear_state=True)
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer an event of an HTTP API, payload version 2.0."""
    began = time.perf_counter()
    answer = app.resolve(event, context)
    answer["headers"] = answer.get("headers", {}) | EVERYWHERE
    answer["headers"]["X-Request-Id"] = str(event.get("requestContext", {}).get("requestId", ""))
    count("Requests")
    count("ServerErrors", int(answer["statusCode"] >= 500))
    took = round((time.perf_counter() - began) * 1000)
    logger.info("request", extra={"route": event.get("routeKey"), "status": answer["statusCode"], "milliseconds": took})
    return answer
