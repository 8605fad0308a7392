"""X-Ray: segments in, traces out, each account by itself."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import cloud
from localcloud.cloud.inside.xray import KEPT, XRay

TRACE = "1-5f84c7a1-0123456789abcdef01234567"
SEGMENT = {
    "name": "rest-api",
    "id": "00f067aa0ba902b7",
    "trace_id": TRACE,
    "start_time": 1000.0,
    "end_time": 1000.5,
    "http": {"request": {"method": "POST", "url": "/api/orders"}, "response": {"status": 201}},
}
JOB = {
    **SEGMENT,
    "name": "mail-service",
    "id": "00f067aa0ba902b8",
    "start_time": 1000.2,
    "end_time": 1002.0,
    "http": {},
}
ACCOUNT = "777777777774"


def put(service: XRay, *documents: Any, account: str = ACCOUNT) -> list[dict[str, Any]]:
    texts = [document if isinstance(document, str) else json.dumps(document) for document in documents]
    status, body = service.call(account, "eu-west-1", "/TraceSegments", {"TraceSegmentDocuments": texts})
    assert status == 200
    return list(body["UnprocessedTraceSegments"])


def summaries(service: XRay, account: str = ACCOUNT, **asked: Any) -> list[dict[str, Any]]:
    times = {"StartTime": 0, "EndTime": 2000, **asked}
    return list(service.call(account, "eu-west-1", "/TraceSummaries", times)[1]["TraceSummaries"])


def test_a_trace_is_the_sum_of_its_segments() -> None:
    service = XRay()
    assert put(service, SEGMENT, {**JOB, "fault": True}) == []
    [summary] = summaries(service)
    assert (summary["Id"], summary["StartTime"], summary["Duration"]) == (TRACE, 1000.0, 2.0)
    assert (summary["HasFault"], summary["HasError"], summary["IsPartial"]) == (True, False, False)
    assert summary["Http"] == {"HttpMethod": "POST", "HttpURL": "/api/orders", "HttpStatus": 201}
    assert [each["Name"] for each in summary["ServiceIds"]] == ["mail-service", "rest-api"]
    other = "1-5f84c7a1-ffffffffffffffffffffffff"
    status, body = service.call(ACCOUNT, "eu-west-1", "/Traces", {"TraceIds": [TRACE, other]})
    assert (status, body["UnprocessedTraceIds"]) == (200, [other])
    [trace] = body["Traces"]
    assert [json.loads(segment["Document"]) for segment in trace["Segments"]] == [SEGMENT, {**JOB, "fault": True}]


def test_a_segment_that_comes_again_takes_the_place_of_the_first() -> None:
    service = XRay()
    put(service, {**SEGMENT, "in_progress": True}, SEGMENT)
    [trace] = service.call(ACCOUNT, "eu-west-1", "/Traces", {"TraceIds": [TRACE]})[1]["Traces"]
    assert [json.loads(segment["Document"]) for segment in trace["Segments"]] == [SEGMENT]


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ("{", "ParseError"),
        ({**SEGMENT, "trace_id": "5f84c7a1"}, "InvalidTraceId"),
        ({**SEGMENT, "id": "x"}, "InvalidId"),
        ({key: value for key, value in SEGMENT.items() if key != "name"}, "MissingName"),
        ({key: value for key, value in SEGMENT.items() if key != "start_time"}, "MissingStartTime"),
    ],
)
def test_a_document_that_is_no_segment_is_named_and_the_others_are_kept(document: Any, word: str) -> None:
    service = XRay()
    [refused] = put(service, document, SEGMENT)
    assert refused["ErrorCode"] == word
    assert [summary["Id"] for summary in summaries(service)] == [TRACE]


def test_an_account_sees_nothing_of_another_and_nothing_out_of_its_time() -> None:
    service = XRay()
    put(service, SEGMENT)
    assert summaries(service, account="777777777775") == []
    assert summaries(service, StartTime=1001) == []


def test_the_oldest_traces_make_room() -> None:
    service = XRay()
    documents = [{**SEGMENT, "trace_id": f"1-5f84c7a1-{number:024x}"} for number in range(KEPT + 2)]
    put(service, *documents)
    assert [summary["Id"] for summary in summaries(service)] == [each["trace_id"] for each in documents[2:]]


def test_what_is_not_there_says_so() -> None:
    service = XRay()
    assert service.call(ACCOUNT, "eu-west-1", "/ServiceGraph", {})[0] == 404
    status, body = service.call(
        ACCOUNT, "eu-west-1", "/TraceSummaries", {"StartTime": 0, "EndTime": 1, "FilterExpression": "ok"}
    )
    assert (status, body["__type"]) == (400, "InvalidRequestException")
    assert service.call(ACCOUNT, "eu-west-1", "/TraceSegments", {})[0] == 400


@pytest.mark.cloud
def test_a_client_of_aws_puts_and_reads_a_trace(plain: cloud.Cloud) -> None:
    xray = cloud.client("xray", ACCOUNT, plain)
    assert xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(SEGMENT)])["UnprocessedTraceSegments"] == []
    began, ended = (datetime.fromtimestamp(second, UTC) for second in (999, 1001))
    [summary] = xray.get_trace_summaries(StartTime=began, EndTime=ended)["TraceSummaries"]
    assert (summary["Id"], summary["StartTime"]) == (TRACE, datetime.fromtimestamp(1000, UTC))
    [trace] = xray.batch_get_traces(TraceIds=[TRACE])["Traces"]
    assert json.loads(trace["Segments"][0]["Document"]) == SEGMENT
    with pytest.raises(ClientError) as error:
        xray.get_trace_summaries(StartTime=began, EndTime=ended, FilterExpression="ok")
    assert error.value.response["Error"]["Code"] == "InvalidRequestException"
