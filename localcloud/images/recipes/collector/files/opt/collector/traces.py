"""Spans as OTLP's JSON has them, turned into X-Ray's segments."""

from collections.abc import Iterator, Mapping
from typing import Any

SERVER, CLIENT, CONSUMER = 2, 3, 5


def spans(sent: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the name of the service and the span, for each one in a request."""
    for resource in sent.get("resourceSpans", ()):
        attributes = plain((resource.get("resource") or {}).get("attributes", ()))
        for scope in resource.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                yield str(attributes.get("service.name", "unknown")), span


def plain(attributes: Any) -> dict[str, Any]:
    """Return attributes as a plain dictionary; numbers come as text in OTLP's JSON."""
    found = {}
    for attribute in attributes:
        [(kind, value)] = (attribute.get("value") or {"stringValue": ""}).items()
        found[attribute["key"]] = int(value) if kind == "intValue" else value
    return found


def kind_of(span: Mapping[str, Any]) -> int:
    """Return the kind as a number, however it was sent."""
    names = {"SPAN_KIND_SERVER": SERVER, "SPAN_KIND_CLIENT": CLIENT, "SPAN_KIND_CONSUMER": CONSUMER}
    kind = span.get("kind", 0)
    return kind if isinstance(kind, int) else names.get(kind, 1)


def failed(span: Mapping[str, Any]) -> bool:
    """Say whether the span ended with an error."""
    return (span.get("status") or {}).get("code") in (2, "STATUS_CODE_ERROR")


def segment(service: str, span: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """Return X-Ray's document of a span: a segment for what a service was asked, a part of one for all else."""
    trace, attributes = span["traceId"], plain(span.get("attributes", ()))
    whole = kind_of(span) in (SERVER, CONSUMER) or not span.get("parentSpanId")
    found: dict[str, Any] = {
        "name": service if whole else span["name"],
        "id": span["spanId"],
        "trace_id": f"1-{trace[:8]}-{trace[8:]}",
        "start_time": int(span["startTimeUnixNano"]) / 1e9,
        "end_time": int(span["endTimeUnixNano"]) / 1e9,
        "metadata": {"default": {"operation": span["name"], **attributes}},
    }
    if span.get("parentSpanId"):
        found["parent_id"] = span["parentSpanId"]
    if not whole:
        found["type"] = "subsegment"
        if kind_of(span) == CLIENT:
            found["namespace"] = "remote"
    indexed = {name: attributes[name] for name in config.get("indexed_attributes") or () if name in attributes}
    if indexed:
        found["annotations"] = {name.replace(".", "_"): value for name, value in indexed.items()}
    if "http.response.status_code" in attributes:
        request = {"method": attributes.get("http.request.method", ""), "url": attributes.get("url.path", "")}
        found["http"] = {"request": request, "response": {"status": attributes["http.response.status_code"]}}
    if failed(span):
        found["fault"] = True
    return found
