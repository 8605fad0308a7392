"""Lambda: aliases, the names of versions, and how a function is named by what belongs to it."""

from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import absent, when
from localcloud.plugins.aws.services.lambda_function import invoke_arn


def function(call: Call) -> str:
    """Return the name of the function that an alias or a permission belongs to; programs give the ARN, too."""
    given = str(call.inputs.get("functionName") or call.state.get("functionName") or "")
    return given.partition(":function:")[2].partition(":")[0] or given


def same_function(given: str, live: str) -> bool:
    """Say whether a program's name or ARN of a function is that of a live one."""
    return given.rpartition(":function:")[2].partition(":")[0] == live.rpartition(":function:")[2].partition(":")[0]


def _put_alias(method: str) -> Any:
    def put(call: Call) -> str:
        sent = call.parameters(method, ("description", "functionVersion", "name", "routingConfig"))
        routing: Properties = {} if call.inputs.get("routingConfig") or not call.id else {"RoutingConfig": {}}
        description = {"Description": call.inputs.get("description", "")}
        answer = call.api(method, FunctionName=function(call), **{**sent, **routing, **description})
        return str(answer["AliasArn"])

    return put


def _read_alias(call: Call) -> Properties:
    *_, name, alias = call.id.split(":")
    live = call.api("get_alias", FunctionName=name, Name=alias)
    weights = live.get("RoutingConfig", {}).get("AdditionalVersionWeights")
    return {
        "arn": live["AliasArn"],
        "description": live.get("Description", ""),
        "functionName": name,
        "functionVersion": live["FunctionVersion"],
        "invokeArn": invoke_arn(call, live["AliasArn"]),
        "name": live["Name"],
        "routingConfig": {"additionalVersionWeights": weights} if weights else None,
    }


def _find_alias(call: Call) -> str:
    """Return the function's alias of that name: aliases have no tags."""
    return str(call.api("get_alias", FunctionName=function(call), Name=call.inputs["name"])["AliasArn"])


def _delete_alias(call: Call) -> None:
    *_, name, alias = call.id.split(":")
    call.api("delete_alias", FunctionName=name, Name=alias)


ENTRIES = (
    Entry(
        token="aws:lambda/alias:Alias",
        service="lambda",
        cfn="AWS::Lambda::Alias",
        inputs=("description", "functionName", "functionVersion", "name", "routingConfig"),
        name=Name(longest=128, pattern=r"(?!\d+$)[a-zA-Z0-9_-]+"),
        create=_put_alias("create_alias"),
        read=_read_alias,
        update=_put_alias("update_alias"),
        delete=_delete_alias,
        find=_find_alias,
        replace={"functionName": "an alias is one of one function", "name": "an alias is known by its name"},
        defaults={"description": "", "routingConfig": None},
        same={"functionName": same_function},
        limits={"functionName": {}, "functionVersion": {"pattern": r"^(\$LATEST|\d+)$"}, "routingConfig": {}},
        rules=(when("functionVersion", ("$LATEST",), absent("routingConfig")),),
    ),
)
