"""Lambda: functions from a zip file in a bucket."""

import re
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.errors import Refused
from localcloud.plugins.aws.rules import ARN, required, value
from localcloud.plugins.aws.steps import Named, pages, tag_parameters

_CODE = ("s3Bucket", "s3Key", "s3ObjectVersion")
_SETTINGS = (
    "deadLetterConfig",
    "description",
    "environment",
    "ephemeralStorage",
    "handler",
    "kmsKeyArn",
    "layers",
    "loggingConfig",
    "memorySize",
    "role",
    "runtime",
    "timeout",
    "tracingConfig",
    "vpcConfig",
)
"""What both the create call and the call for settings take."""
_EMPTY: dict[str, Any] = {
    "deadLetterConfig": {"targetArn": ""},
    "description": "",
    "environment": {"variables": {}},
    "ephemeralStorage": {"size": 512},
    "kmsKeyArn": "",
    "layers": [],
    "loggingConfig": {"logFormat": "Text"},
    "memorySize": 128,
    "timeout": 3,
    "tracingConfig": {"mode": "PassThrough"},
    "vpcConfig": {"subnetIds": [], "securityGroupIds": []},
}
"""What a setting becomes when the program takes it out."""
_RENAME = {"arn": "FunctionArn", "name": "FunctionName", "sourceCodeSize": "CodeSize"}
_RUNTIME = re.compile(r"(python3\.\d+|nodejs\d+\.x|java\d+(\.al2)?|dotnet\d+|ruby\d\.\d|provided\.al20\d\d)")
NAME = r"[a-zA-Z0-9_-]+"


def invoke_arn(call: Call, arn: str) -> str:
    """Return the ARN by which API Gateway calls a function."""
    return f"arn:aws:apigateway:{call.region}:lambda:path/2015-03-31/functions/{arn}/invocations"


def _create(call: Call) -> str:
    """Make the function; a role that was made just now may take some seconds until Lambda can take it."""
    sent = call.parameters("create_function", ("architectures", "name", "publish", *_SETTINGS), _RENAME)
    sent["Code"] = call.parameters("update_function_code", _CODE)
    sent |= {"PackageType": "Zip", **tag_parameters(call)}
    call.wait(lambda: _is_made(call, sent), f"the role of the function {call.inputs['name']} to be known everywhere", 1)
    return str(call.inputs["name"])


def _is_made(call: Call, sent: Properties) -> bool:
    try:
        call.api("create_function", **sent)
    except Refused as error:
        if "cannot be assumed by Lambda" in error.message:
            return False
        raise
    return True


def _configuration(call: Call) -> Properties:
    live: Properties = call.api("get_function", FunctionName=call.id)
    return live


def _settle(call: Call) -> None:
    """Wait until the function takes calls, then set how many may run at once."""
    call.wait(lambda: _is_ready(call), f"the function {call.id}", 0.25)
    wanted = int(call.inputs.get("reservedConcurrentExecutions", -1))
    live = _concurrency(_configuration(call))
    if wanted >= 0 and wanted != live:
        call.api("put_function_concurrency", FunctionName=call.id, ReservedConcurrentExecutions=wanted)
    elif wanted < 0 <= live:
        call.api("delete_function_concurrency", FunctionName=call.id)


def _is_ready(call: Call) -> bool:
    live = _configuration(call)["Configuration"]
    for state, reason in (("State", "StateReason"), ("LastUpdateStatus", "LastUpdateStatusReason")):
        if live.get(state) == "Failed":
            raise Trouble(f"the function {call.id} is broken: {live.get(reason) or 'no reason was given'}")
    return live.get("State") in ("Active", "Inactive", None) and live.get("LastUpdateStatus") != "InProgress"


def _concurrency(live: Properties) -> int:
    return int(live.get("Concurrency", {}).get("ReservedConcurrentExecutions", -1))


def _change(call: Call) -> None:
    """Send settings, then code, and publish a version of both when the program wants versions."""
    changed = [name for name in _SETTINGS if call.changed(name)]
    wanted = {name: call.inputs.get(name, _EMPTY.get(name)) for name in changed}
    sent = call.parameters("update_function_configuration", changed, values=wanted)
    moved = call.changed(*_CODE, "architectures", "sourceCodeHash")
    if sent:
        call.api("update_function_configuration", FunctionName=call.id, **sent)
        call.wait(lambda: _is_ready(call), f"the function {call.id}", 0.25)
    if moved:
        code = call.parameters("update_function_code", (*_CODE, "architectures"))
        call.api("update_function_code", FunctionName=call.id, **code)
        call.wait(lambda: _is_ready(call), f"the function {call.id}", 0.25)
    if call.inputs.get("publish") and (sent or moved or call.changed("publish")):
        call.api("publish_version", FunctionName=call.id)


def _read(call: Call) -> Properties:
    live = _configuration(call)
    found = live["Configuration"]
    version = _newest(call)
    arn, qualified = found["FunctionArn"], f"{found['FunctionArn']}:{version}"
    dead = found.get("DeadLetterConfig", {}).get("TargetArn")
    layers = [each["Arn"] for each in found.get("Layers", [])]
    return {
        **call.properties({key: each for key, each in found.items() if key != "Layers"}, _RENAME),
        "deadLetterConfig": {"targetArn": dead} if dead else None,
        "invokeArn": invoke_arn(call, arn),
        "layers": layers,
        "qualifiedArn": qualified,
        "qualifiedInvokeArn": invoke_arn(call, qualified),
        "reservedConcurrentExecutions": _concurrency(live),
        "responseStreamingInvokeArn": invoke_arn(call, arn).replace("/invocations", "/response-streaming-invocations"),
        "version": version,
        "vpcConfig": _vpc(found.get("VpcConfig") or {}),
        "tags": live.get("Tags", {}),
    }


def _vpc(live: Properties) -> Properties | None:
    if not live.get("SubnetIds"):
        return None
    return {
        "subnetIds": live["SubnetIds"],
        "securityGroupIds": live.get("SecurityGroupIds", []),
        "vpcId": live.get("VpcId", ""),
    }


def _newest(call: Call) -> str:
    """Return the number of the version published last, `$LATEST` where there is none."""
    versions = pages(call, "list_versions_by_function", "Versions", "Marker", "NextMarker", FunctionName=call.id)
    numbers = [int(each["Version"]) for each in versions if each["Version"].isdecimal()]
    return str(max(numbers)) if numbers else "$LATEST"


def _delete(call: Call) -> None:
    if call.inputs.get("skipDestroy"):
        call.log.warning(f"the function {call.id} stays, as skipDestroy says")
        return
    call.api("delete_function", FunctionName=call.id)


ENTRIES = (
    Entry(
        token="aws:lambda/function:Function",
        service="lambda",
        cfn="AWS::Lambda::Function",
        names={"name": "FunctionName"},
        inputs=(
            "architectures",
            "name",
            "packageType",
            "publish",
            "reservedConcurrentExecutions",
            "skipDestroy",
            "sourceCodeHash",
            *_CODE,
            *_SETTINGS,
        ),
        name=Name(longest=64, pattern=NAME),
        create=_create,
        settle=_settle,
        read=_read,
        update=_change,
        delete=_delete,
        find=Named(),
        tags=Tags(
            owner=lambda call: {"Resource": call.arn(f"function:{call.id}")},
            key="",
        ),
        defaults={
            "architectures": ["x86_64"],
            "deadLetterConfig": None,
            "description": "",
            "kmsKeyArn": "",
            "layers": [],
            "memorySize": 128,
            "packageType": "Zip",
            "reservedConcurrentExecutions": -1,
            "timeout": 3,
        },
        local=("publish", "skipDestroy", "sourceCodeHash"),
        dropped=dict.fromkeys(_CODE, "AWS does not say where a function's code came from"),
        sets=("vpcConfig.securityGroupIds", "vpcConfig.subnetIds"),
        limits={
            "deadLetterConfig.targetArn": {"pattern": r"^arn:aws:(sns|sqs):[a-z0-9-]+:\d{12}:.+"},
            "kmsKeyArn": ARN,
            "layers": {"maxItems": 5},
            "reservedConcurrentExecutions": {"minimum": -1},
            "role": {"pattern": r"^arn:aws:iam::\d{12}:role/.+"},
            "runtime": {},
        },
        rules=(
            required("s3Bucket", "s3Key", "handler", "runtime"),
            value("packageType", lambda kind: kind == "Zip", "must be Zip on the embedded cloud"),
            value("runtime", lambda name: bool(_RUNTIME.fullmatch(name)), "must be a runtime such as python3.13"),
            value(
                "loggingConfig",
                lambda logs: logs.get("logFormat") == "JSON"
                or not (logs.get("applicationLogLevel") or logs.get("systemLogLevel")),
                "has levels for the format JSON only",
            ),
        ),
        unlike=(
            "memory, storage, tracing and networks of a function are kept and given back only",
            "a dead-letter target gets nothing",
        ),
        seconds=600,
    ),
)
