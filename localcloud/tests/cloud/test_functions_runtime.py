"""The Python of a function's runtime, its processes and logs, aliases by weight, limits and asynchronous calls."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import cloud
from localcloud.cloud import pythons
from localcloud.tests.cloud.http_api import function, packed
from localcloud.tests.cloud.stage import until

pytestmark = [pytest.mark.cloud]

ACCOUNT = "222222222222"
SEEN = """
import logging, os, sys, time
import boto3


def handle(event, context):
    if "sleep" in event:
        time.sleep(event["sleep"])
    if "log" in event:
        print("printed")
        logging.getLogger().warning(event["log"])
    if "exit" in event:
        sys.exit(3)
    if "fail" in event:
        raise LookupError(event["fail"])
    return {
        "python": list(sys.version_info[:2]),
        "boto3": boto3.__version__,
        "names": sorted(os.environ),
        "version": context.function_version,
        "arn": context.invoked_function_arn,
        "left": context.get_remaining_time_in_millis(),
    }
"""


@pytest.fixture
def functions(plain: cloud.Cloud) -> Any:
    return cloud.client("lambda", ACCOUNT, plain)


@pytest.fixture(scope="module")
def seen(plain: cloud.Cloud) -> str:
    return function(plain, ACCOUNT, "seen", SEEN)


def invoke(client: Any, name: str, event: dict[str, Any]) -> tuple[Any, str | None]:
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read()), answer.get("FunctionError")


def test_a_function_runs_under_the_python_of_its_runtime_with_boto3(seen: str, functions: Any) -> None:
    given, failed = invoke(functions, seen, {})
    assert failed is None, given
    wanted = [3, 13] if "python3.13" in pythons.found() else [3, 11]
    assert (given["python"], given["version"], given["arn"]) == (wanted, "$LATEST", seen)
    assert 0 < given["left"] <= 60_000
    assert not [name for name in given["names"] if name.startswith(("SLIPWAY_", "MINISTACK_", "DOCKER_"))]


def test_what_a_function_says_is_in_its_log_group(seen: str, functions: Any, plain: cloud.Cloud) -> None:
    assert invoke(functions, seen, {"log": "take care"})[1] is None
    logs = cloud.client("logs", ACCOUNT, plain)
    lines = [each["message"] for each in logs.filter_log_events(logGroupName="/aws/lambda/seen")["events"]]
    at = next(number for number, line in enumerate(lines) if line == "printed")
    assert lines[at - 1].startswith("START RequestId: ")
    assert lines[at + 1].startswith("[WARNING]\t")
    assert lines[at + 1].endswith("\ttake care")
    assert lines[at + 2].startswith("END RequestId: ")
    assert lines[at + 3].startswith("REPORT RequestId: ")


def test_the_first_call_of_a_process_reports_how_long_its_start_took(plain: cloud.Cloud, functions: Any) -> None:
    code = "import time\ntime.sleep(0.2)\ndef handle(event, context):\n    return 1\n"
    function(plain, ACCOUNT, "started", code)
    for _ in range(2):
        assert invoke(functions, "started", {}) == (1, None)
    logs = cloud.client("logs", ACCOUNT, plain)
    events = logs.filter_log_events(logGroupName="/aws/lambda/started", filterPattern="REPORT")["events"]
    first, second = [dict(re.findall(r"([A-Z][A-Za-z ]+): (\d+) ms", each["message"])) for each in events]
    assert int(first["Init Duration"]) >= 200
    assert int(first["Billed Duration"]) >= int(first["Duration"]) + 200
    assert second.keys() == {"Duration", "Billed Duration"}


def test_a_function_may_ask_for_its_log_in_json(plain: cloud.Cloud, functions: Any) -> None:
    function(plain, ACCOUNT, "json", SEEN, LoggingConfig={"LogFormat": "JSON", "LogGroup": "/own"})
    invoke(functions, "json", {"log": "take care", "fail": "no"})
    logs = cloud.client("logs", ACCOUNT, plain)
    lines = [each["message"] for each in logs.filter_log_events(logGroupName="/own")["events"]]
    said = [json.loads(line) for line in lines if line != "printed"]
    assert [each.get("type") for each in said] == ["platform.start", None, None, "platform.report"]
    assert (said[1]["level"], said[1]["message"]) == ("WARNING", "take care")
    assert (said[2]["log_level"], said[2]["errorType"]) == ("ERROR", "LookupError")


def test_metrics_in_the_log_become_metrics(plain: cloud.Cloud, functions: Any) -> None:
    line = {
        "_aws": {
            "Timestamp": 1,
            "CloudWatchMetrics": [
                {"Namespace": "Own", "Dimensions": [["service"]], "Metrics": [{"Name": "Orders", "Unit": "Count"}]}
            ],
        },
        "service": "shop",
        "Orders": [1, 2],
    }
    function(plain, ACCOUNT, "metrics", f"def handle(event, context):\n    print({json.dumps(line)!r})\n")
    invoke(functions, "metrics", {})
    metrics = cloud.client("cloudwatch", ACCOUNT, plain).list_metrics(Namespace="Own")["Metrics"]
    assert [(each["MetricName"], each["Dimensions"]) for each in metrics] == [
        ("Orders", [{"Name": "service", "Value": "shop"}])
    ]


@pytest.mark.parametrize(
    ("event", "kind", "text"),
    [
        ({"fail": "no: such"}, "LookupError", "no: such"),
        ({"exit": True}, "Runtime.ExitError", "exit status 3"),
    ],
)
def test_an_error_is_told_by_its_name(seen: str, functions: Any, event: dict[str, Any], kind: str, text: str) -> None:
    said, failed = invoke(functions, seen, event)
    assert (failed, said["errorType"]) == ("Unhandled", kind)
    assert text in said["errorMessage"]
    assert invoke(functions, seen, {})[1] is None


def test_code_that_cannot_be_imported_is_told_at_each_invocation(plain: cloud.Cloud, functions: Any) -> None:
    function(plain, ACCOUNT, "broken", "import nothing_of_this_name\n")
    for _ in range(2):
        said, failed = invoke(functions, "broken", {})
        assert (failed, said["errorType"]) == ("Unhandled", "Runtime.ImportModuleError")
        assert said["errorMessage"] == "Unable to import module 'main': No module named 'nothing_of_this_name'"


def test_a_function_that_takes_too_long_is_ended(plain: cloud.Cloud, functions: Any) -> None:
    function(
        plain, ACCOUNT, "slow", "import time\ndef handle(event, context):\n    time.sleep(event)\n    return 'done'\n"
    )
    functions.update_function_configuration(FunctionName="slow", Timeout=2)
    said, failed = invoke(functions, "slow", 600)  # type: ignore[arg-type]  # any JSON is an event
    assert (failed, said["errorType"]) == ("Unhandled", "Sandbox.Timedout")
    assert said["errorMessage"].endswith("Task timed out after 2.00 seconds")


def versioned(client: Any, running: cloud.Cloud, name: str) -> None:
    """Make a function whose versions 1 and 2 return their number."""
    function(running, ACCOUNT, name, "def handle(event, context):\n    return 1\n")
    client.publish_version(FunctionName=name)
    client.update_function_code(FunctionName=name, ZipFile=packed("def handle(event, context):\n    return 2\n"))
    client.get_waiter("function_updated_v2").wait(FunctionName=name)
    client.publish_version(FunctionName=name)


def test_an_alias_shares_invocations_between_versions_by_weight(plain: cloud.Cloud, functions: Any) -> None:
    versioned(functions, plain, "canary")
    functions.create_alias(
        FunctionName="canary",
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}},
    )
    assert {invoke(functions, "canary:live", {})[0] for _ in range(40)} == {1, 2}
    functions.update_alias(FunctionName="canary", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 1.0}})
    assert {invoke(functions, "canary:live", {})[0] for _ in range(5)} == {2}
    functions.update_alias(FunctionName="canary", Name="live", RoutingConfig={"AdditionalVersionWeights": {}})
    assert {invoke(functions, "canary:live", {})[0] for _ in range(5)} == {1}


def test_reserved_concurrency_counts_for_versions_too(plain: cloud.Cloud, functions: Any) -> None:
    versioned(functions, plain, "limited")
    functions.put_function_concurrency(FunctionName="limited", ReservedConcurrentExecutions=0)
    for name in ("limited", "limited:1"):
        with pytest.raises(ClientError) as refused:
            functions.invoke(FunctionName=name, Payload=b"{}")
        assert refused.value.response["Error"]["Code"] == "TooManyRequestsException"
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def received(sqs: Any, queue: str) -> Callable[[], list[dict[str, Any]]]:
    def messages() -> list[dict[str, Any]]:
        return list(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []))

    return messages


def test_an_event_that_keeps_failing_ends_in_the_dead_letter_queue(plain: cloud.Cloud, functions: Any) -> None:
    sqs = cloud.client("sqs", ACCOUNT, plain)
    queue = sqs.create_queue(QueueName="dead")["QueueUrl"]
    target = {"TargetArn": f"arn:aws:sqs:{plain.region}:{ACCOUNT}:dead"}
    function(
        plain, ACCOUNT, "failing", "def handle(event, context):\n    raise ValueError('no')\n", DeadLetterConfig=target
    )
    functions.put_function_event_invoke_config(FunctionName="failing", MaximumRetryAttempts=0)
    answer = functions.invoke(FunctionName="failing", InvocationType="Event", Payload=b'{"order": 7}')
    assert answer["StatusCode"] == 202
    [message] = until(received(sqs, queue), "the event was not in the dead-letter queue")
    assert "order" in message["Body"]


def test_an_object_in_a_bucket_invokes_a_function(plain: cloud.Cloud, functions: Any) -> None:
    sqs, s3 = cloud.client("sqs", ACCOUNT, plain), cloud.client("s3", ACCOUNT, plain)
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    source = (
        "import boto3, json\n"
        f"QUEUE = {queue!r}\n"
        "def handle(event, context):\n"
        "    key = event['Records'][0]['s3']['object']['key']\n"
        "    boto3.client('sqs').send_message(QueueUrl=QUEUE, MessageBody=key)\n"
    )
    arn = function(plain, ACCOUNT, "hook", source)
    s3.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": plain.region})
    functions.add_permission(
        FunctionName="hook",
        StatementId="s3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::uploads",
    )
    hook = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="uploads", NotificationConfiguration={"LambdaFunctionConfigurations": [hook]}
    )
    s3.put_object(Bucket="uploads", Key="plans/1.png", Body=b"x")
    [message] = until(received(sqs, queue), "the function was not invoked")
    assert message["Body"] == "plans/1.png"


def test_fifty_invocations_at_once_share_a_few_processes(plain: cloud.Cloud, functions: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    function(plain, ACCOUNT, "busy", "import os\ndef handle(event, context):\n    return os.getpid()\n")
    began = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: invoke(functions, "busy", {}), range(50)))
    assert [failed for _, failed in found] == [None] * 50, f"after {time.monotonic() - began:.0f} s"
    assert len({identity for identity, _ in found}) <= 6
