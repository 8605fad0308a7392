"""X-Ray, which MiniStack lacks: takes segments, lists traces and gives them back.

Traces are kept in memory, the newest of each account in a region; nothing is sampled, grouped or made a map of.
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import botocore.session
from botocore.model import ServiceModel, StructureShape

from .validation import problems

SCOPE = "/xray/aws4_request"
"""What an Authorization header names that is signed for this service."""
KEPT = 1000
"""Traces of an account in a region; the oldest make room."""
TRACE_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
SEGMENT_ID = re.compile(r"[0-9a-f]{16}")

Values = dict[str, Any]
Segments = dict[str, Values]
"""Documents by their id."""


class Refused(Exception):
    """AWS's sentence about a request."""


class XRay:
    """The service, for all accounts."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], dict[str, Segments]] = {}
        self._model: ServiceModel = botocore.session.Session().get_service_model("xray")
        self._actions: dict[str, Callable[[dict[str, Segments], Values], Values]] = {
            "PutTraceSegments": _put,
            "PutTelemetryRecords": lambda traces, asked: {},
            "GetTraceSummaries": _summaries,
            "BatchGetTraces": _batch,
        }
        self._by_path = {str(self._model.operation_model(name).http["requestUri"]): name for name in self._actions}

    def call(self, account: str, region: str, path: str, asked: Values) -> tuple[int, Values]:
        """Answer one call with its status and body."""
        action = self._by_path.get(path)
        if action is None:
            return 404, {"__type": "UnknownOperationException", "Message": f"{path} is not part of the embedded cloud"}
        shape = self._model.operation_model(action).input_shape
        wrong = list(problems(shape, asked)) if isinstance(shape, StructureShape) else []
        try:
            if wrong:
                raise Refused("; ".join(wrong))
            return 200, self._actions[action](self._places.setdefault((account, region), {}), asked)
        except Refused as refused:
            return 400, {"__type": "InvalidRequestException", "Message": str(refused)}


def _put(traces: dict[str, Segments], asked: Values) -> Values:
    """Keep the documents that are segments; the others are named, as AWS does."""
    refused = []
    for text in asked["TraceSegmentDocuments"]:
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        problem = _problem(document)
        if problem:
            identity = document.get("id") if isinstance(document, dict) else None
            refused.append({"Id": identity, "ErrorCode": problem, "Message": f"Invalid segment. ErrorCode: {problem}"})
            continue
        traces.setdefault(document["trace_id"], {})[document["id"]] = document
    while len(traces) > KEPT:
        del traces[next(iter(traces))]
    return {"UnprocessedTraceSegments": refused}


def _problem(document: Any) -> str | None:
    """Return AWS's word for what is wrong with a document."""
    if not isinstance(document, dict):
        return "ParseError"
    for key, pattern, word in (("trace_id", TRACE_ID, "InvalidTraceId"), ("id", SEGMENT_ID, "InvalidId")):
        if key not in document:
            return f"Missing{word.removeprefix('Invalid')}"
        if not isinstance(document[key], str) or not pattern.fullmatch(document[key]):
            return word
    if not document.get("name"):
        return "MissingName"
    if not isinstance(document.get("start_time"), int | float):
        return "MissingStartTime"
    return None


def _summaries(traces: dict[str, Segments], asked: Values) -> Values:
    """Return the traces that began in the time asked for; filter expressions are not understood."""
    if asked.get("FilterExpression"):
        raise Refused("FilterExpression is not part of the embedded cloud")
    found = [_summary(trace, list(segments.values())) for trace, segments in list(traces.items())]
    low, high = asked["StartTime"], asked["EndTime"]
    chosen = [summary for summary in found if low <= summary["StartTime"] <= high]
    return {"TraceSummaries": chosen, "ApproximateTime": high, "TracesProcessedCount": len(found)}


def _summary(trace: str, documents: list[Values]) -> Values:
    began, ended = _span(documents)
    services = sorted({document["name"] for document in documents if document.get("type") != "subsegment"})
    first = min(documents, key=lambda document: document["start_time"])
    return {
        "Id": trace,
        "StartTime": began,
        "Duration": ended - began,
        "ResponseTime": first.get("end_time", first["start_time"]) - first["start_time"],
        "HasFault": any(document.get("fault") for document in documents),
        "HasError": any(document.get("error") for document in documents),
        "HasThrottle": any(document.get("throttle") for document in documents),
        "IsPartial": any("end_time" not in document for document in documents),
        "Http": _http(first),
        "ServiceIds": [{"Name": name, "Names": [name]} for name in services],
    }


def _http(document: Values) -> Values:
    http = document.get("http") or {}
    request, response = http.get("request") or {}, http.get("response") or {}
    known = {"HttpMethod": request.get("method"), "HttpURL": request.get("url"), "HttpStatus": response.get("status")}
    return {key: value for key, value in known.items() if value is not None}


def _batch(traces: dict[str, Segments], asked: Values) -> Values:
    found = []
    for trace in asked["TraceIds"]:
        documents = list(traces.get(trace, {}).values())
        if documents:
            began, ended = _span(documents)
            segments = [{"Id": document["id"], "Document": json.dumps(document)} for document in documents]
            found.append({"Id": trace, "Duration": ended - began, "LimitExceeded": False, "Segments": segments})
    known = {each["Id"] for each in found}
    return {"Traces": found, "UnprocessedTraceIds": [trace for trace in asked["TraceIds"] if trace not in known]}


def _span(documents: Iterable[Values]) -> tuple[float, float]:
    """Return when the first of the documents began and the last one ended."""
    times = [
        (float(document["start_time"]), float(document.get("end_time") or document["start_time"]))
        for document in documents
    ]
    return min(began for began, _ in times), max(ended for _, ended in times)
