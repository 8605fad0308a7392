"""Lambda: what becomes of calls that nobody waits for."""

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.rules import ARN
from localcloud.plugins.aws.services.lambda_alias import function, same_function

_TIMES = ("maximumEventAgeInSeconds", "maximumRetryAttempts")


def _named(call: Call) -> Properties:
    """Return the parameters that name the function and its version: of inputs, or of an id `FUNCTION:QUALIFIER`."""
    name, _, own = call.id.rpartition("function:")[2].partition(":")
    qualifier = call.inputs.get("qualifier") or call.state.get("qualifier") or own
    return {"FunctionName": function(call) or name, **({"Qualifier": qualifier} if qualifier else {})}


def _put(call: Call) -> str:
    """Write the whole setting; what is not given is as it is without one."""
    method, named = "put_function_event_invoke_config", _named(call)
    call.api(method, **named, **call.parameters(method, ("destinationConfig", *_TIMES)))
    return ":".join(named.values())


def _read(call: Call) -> Properties:
    named = _named(call)
    live = call.api("get_function_event_invoke_config", **named)
    targets = {
        name: each for name, each in (live.get("DestinationConfig") or {}).items() if each and each.get("Destination")
    }
    found = call.properties({**live, "DestinationConfig": targets or None})
    return {**found, "functionName": named["FunctionName"], "qualifier": named.get("Qualifier", "")}


ENTRIES = (
    Entry(
        token="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        service="lambda",
        inputs=("destinationConfig", "functionName", "qualifier", *_TIMES),
        create=_put,
        read=_read,
        update=_put,
        delete=lambda call: call.api("delete_function_event_invoke_config", **_named(call)),
        replace={
            "functionName": "it is a setting of one function",
            "qualifier": "it is a setting of one version or alias",
        },
        defaults={"destinationConfig": None, "maximumRetryAttempts": 2},
        same={"functionName": same_function},
        limits={
            "destinationConfig.onFailure.destination": ARN,
            "destinationConfig.onSuccess.destination": ARN,
            "maximumEventAgeInSeconds": {"minimum": 60, "maximum": 21600},
            "maximumRetryAttempts": {"minimum": 0, "maximum": 2},
        },
    ),
)
