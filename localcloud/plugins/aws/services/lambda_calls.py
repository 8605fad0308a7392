"""Lambda: calls that are part of a stack, and who else may call a function."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.drift import parsed
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.documents import document, statements
from localcloud.plugins.aws.services.lambda_alias import same_function

_LATEST = "$LATEST"
_CRUD, _ONCE = "CRUD", "CREATE_ONLY"
_KEY = "tf"
_LOCAL = ("input", "lifecycleScope", "terraformKey", "triggers")


def _run(call: Call, action: str, inputs: Properties, before: Properties | None) -> None:
    """Call the function and keep what it answers; Trouble with its own words when it fails.

    With the scope CRUD the function is told, under `terraformKey`, what is done to the resource.
    """
    sent = json.loads(inputs["input"])
    if inputs.get("lifecycleScope", _ONCE) == _CRUD:
        past = json.loads(before["input"]) if before and "input" in before else None
        sent = {**sent, inputs.get("terraformKey") or _KEY: {"action": action, "prev_input": past}}
    name = inputs["functionName"]
    answer = call.api(
        "invoke",
        FunctionName=name,
        Qualifier=inputs.get("qualifier") or _LATEST,
        InvocationType="RequestResponse",
        Payload=json.dumps(sent).encode(),
    )
    text = answer["Payload"].read().decode()
    if answer.get("FunctionError"):
        raise Trouble(f"the function {name.rpartition(':function:')[2]} failed: {_reason(text)}")
    call.state = {**call.state, "result": text}


def _reason(text: str) -> str:
    try:
        answer = json.loads(text)
    except ValueError:
        answer = text
    words = answer.get("errorMessage", text) if isinstance(answer, Mapping) else text
    return " ".join(str(words).split()) or "it gave no reason"


def _create(call: Call) -> str:
    inputs = call.inputs
    _run(call, "create", inputs, None)
    qualifier = inputs.get("qualifier") or _LATEST
    digest = hashlib.sha256(inputs["input"].encode()).hexdigest()[:32]
    return f"{inputs['functionName'].rpartition(':')[2]}_{qualifier}_{digest}"


def _read(call: Call) -> Properties | None:
    """Return what the state knows of the last call: AWS remembers none."""
    if not call.state:
        return None
    return {"qualifier": _LATEST, **call.state, **call.inputs}


def _again(call: Call) -> None:
    if call.changed("input"):
        _run(call, "update", call.inputs, call.old)


def _end(call: Call) -> None:
    """Tell the function that the resource ends, with the scope CRUD; otherwise there is nothing to do."""
    if call.inputs.get("lifecycleScope") == _CRUD:
        _run(call, "delete", call.inputs, call.inputs)


def _object(found: Any) -> str:
    return "" if isinstance(found, (Mapping, list, str, int, float, bool)) else "must be JSON other than null"


def _crud_object(inputs: Properties) -> tuple[str, str] | None:
    text = inputs.get("input")
    if inputs.get("lifecycleScope") != _CRUD or not isinstance(text, str):
        return None
    return None if isinstance(parsed(text), Mapping) else ("input", "must be a JSON object for the scope CRUD")


def _grant(call: Call) -> str:
    take = [name for name in _PERMISSION if name not in ("function", "statementId")]
    sent = call.parameters("add_permission", take, {"principalOrgId": "PrincipalOrgID"})
    sid = str(call.inputs["statementId"])
    call.api("add_permission", FunctionName=call.inputs["function"], StatementId=sid, **sent)
    return sid


def _named(call: Call) -> Properties:
    """Return the parameters that name the policy: that of the function, or of one version or alias."""
    name = call.inputs.get("function") or call.state.get("function")
    qualifier = call.inputs.get("qualifier") or call.state.get("qualifier")
    return {"FunctionName": name, **({"Qualifier": qualifier} if qualifier else {})}


def _statement(call: Call, sid: str) -> Properties | None:
    policy = json.loads(call.api("get_policy", **_named(call))["Policy"])
    return next((dict(each) for each in statements(policy) if each.get("Sid") == sid), None)


def _granted(call: Call) -> Properties | None:
    live = _statement(call, call.id)
    if live is None:
        return None
    principal, condition = live["Principal"], live.get("Condition", {})
    known = {key.lower(): text for kind in condition.values() for key, text in kind.items()}
    who = principal if isinstance(principal, str) else next(iter(principal.values()))
    return {
        "action": live["Action"],
        "eventSourceToken": known.get("lambda:eventsourcetoken", ""),
        "function": call.inputs.get("function") or call.state.get("function"),
        "functionUrlAuthType": known.get("lambda:functionurlauthtype", ""),
        "principal": who,
        "principalOrgId": known.get("aws:principalorgid", ""),
        "qualifier": _named(call).get("Qualifier", ""),
        "sourceAccount": known.get("aws:sourceaccount", ""),
        "sourceArn": known.get("aws:sourcearn", ""),
        "statementId": call.id,
    }


def _same_principal(given: str, live: str) -> bool:
    """Say whether two principals are one: AWS writes an account as the ARN of its root."""
    return live in (given, f"arn:aws:iam::{given}:root")


def _equal(given: Any, live: Any) -> bool:
    return bool(given == live)


_SAME: dict[str, Callable[[Any, Any], bool]] = {"function": same_function, "principal": _same_principal}


def _find(call: Call) -> str | None:
    """Return the statement of that name when it allows just the same: statements have no tags."""
    sid = str(call.inputs["statementId"])
    call.id = sid
    try:
        live = _granted(call)
    finally:
        call.id = ""
    given = {name: call.inputs[name] for name in _PERMISSION if name in call.inputs}
    right = live and all(_SAME.get(name, _equal)(each, live.get(name)) for name, each in given.items())
    return sid if right else None


def _revoke(call: Call) -> None:
    call.api("remove_permission", StatementId=call.id, **_named(call))


_PERMISSION = (
    "action",
    "eventSourceToken",
    "function",
    "functionUrlAuthType",
    "principal",
    "principalOrgId",
    "qualifier",
    "sourceAccount",
    "sourceArn",
    "statementId",
)

ENTRIES = (
    Entry(
        token="aws:lambda/invocation:Invocation",
        service="lambda",
        inputs=("functionName", "qualifier", *_LOCAL),
        create=_create,
        read=_read,
        update=_again,
        delete=_end,
        replace={
            "functionName": "a call is one of one function",
            "qualifier": "a call is one of one version",
            "triggers": "whatever changes in it makes the call anew",
        },
        replace_while={"input": lambda inputs: inputs.get("lifecycleScope", _ONCE) == _ONCE},
        local=_LOCAL,
        json=("input",),
        rules=(
            document("input", _object),
            _crud_object,
            value("lifecycleScope", lambda scope: scope in (_CRUD, _ONCE), f"must be {_ONCE} or {_CRUD}"),
        ),
        unlike=("AWS remembers no call: a refresh sees nothing of it",),
        seconds=900,
    ),
    Entry(
        token="aws:lambda/permission:Permission",
        service="lambda",
        inputs=_PERMISSION,
        name=Name(property="statementId", longest=100, pattern=r"[a-zA-Z0-9_-]+"),
        create=_grant,
        read=_granted,
        delete=_revoke,
        find=_find,
        same=_SAME,
        limits={
            "functionUrlAuthType": {"enum": ["AWS_IAM", "NONE"]},
            "sourceAccount": {"pattern": r"^\d{12}$"},
            "sourceArn": {"pattern": r"^arn:aws:.+"},
        },
        rules=(value("action", lambda text: text.startswith("lambda:"), "must be like lambda:InvokeFunction"),),
        unlike=("not enforced: whoever has the emulator's address may call a function",),
    ),
)
