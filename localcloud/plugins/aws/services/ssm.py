"""SSM: parameters of the Parameter Store."""

import re
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Function, Name, Properties, Tags
from localcloud.plugins.aws.rules import absent, one_of, together, value, when
from localcloud.plugins.aws.steps import Named, Op

_SECURE = "SecureString"
_INTELLIGENT = "Intelligent-Tiering"
_SIZES = {"Standard": 4096, "Advanced": 8192, _INTELLIGENT: 8192}
_VALUES = ("value", "insecureValue", "valueWo")
"""Where the text may stand; the last of them is written and never read back."""
_SENT = ("allowedPattern", "dataType", "description", "keyId", "name", "tier", "type")


def _put(call: Call, overwrite: bool, **more: Any) -> str:
    text = next(call.inputs[name] for name in _VALUES if call.inputs.get(name) is not None)
    sent = call.parameters("put_parameter", _SENT)
    if overwrite:  # what the program took out would stay otherwise
        sent = {"Description": "", "AllowedPattern": "", **sent}
    call.api("put_parameter", Value=text, Overwrite=overwrite, **sent, **more)
    return str(call.inputs["name"])


def _create(call: Call) -> str:
    """Make the parameter with its tags; with `overwrite` take over the one of that name in two calls."""
    pairs = [{"Key": key, "Value": text} for key, text in sorted(call.tags.items())]
    if call.inputs.get("overwrite") and _described(call, call.inputs["name"]):
        name = _put(call, overwrite=True)
        call.api("add_tags_to_resource", ResourceType="Parameter", ResourceId=name, Tags=pairs)
        return name
    return _put(call, overwrite=False, Tags=pairs)


def _described(call: Call, name: str) -> Any:
    """Return what AWS says of a parameter beside its value, or nothing."""
    only = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
    found = call.api("describe_parameters", ParameterFilters=only)["Parameters"]
    return next((each for each in found if each["Name"] == name), None)


def _read(call: Call) -> Properties | None:
    described = _described(call, call.id)
    if described is None:
        return None
    live = call.api("get_parameter", Name=call.id, WithDecryption=True)["Parameter"]
    tier = described.get("Tier", "Standard")
    plain, hidden = "insecureValue" in call.inputs, call.inputs.get("valueWo") is not None
    return {
        "name": live["Name"],
        "arn": live["ARN"],
        "type": live["Type"],
        "value": "" if hidden else live["Value"],
        **({"insecureValue": live["Value"]} if plain else {}),
        "version": live["Version"],
        "dataType": live.get("DataType", "text"),
        "description": described.get("Description", ""),
        "allowedPattern": described.get("AllowedPattern", ""),
        "keyId": described.get("KeyId", ""),
        "tier": _INTELLIGENT if call.inputs.get("tier") == _INTELLIGENT else tier,
        "hasValueWo": hidden,
    }


def _text(inputs: Properties) -> Any:
    return next((inputs[name] for name in _VALUES if inputs.get(name) is not None), None)


def _fits(inputs: Properties) -> tuple[str, str] | None:
    """Judge the value against tier, pattern and type, without ever showing it."""
    text, tier, pattern = _text(inputs), inputs.get("tier", "Standard"), inputs.get("allowedPattern")
    if not isinstance(text, str):
        return None
    place = next(name for name in _VALUES if inputs.get(name) is not None)
    size = len(text.encode())
    if isinstance(tier, str) and size > _SIZES.get(tier, size):
        return place, f"must have at most {_SIZES[tier]} bytes in the tier {tier}, got {size}"
    if isinstance(pattern, str) and pattern and not _matches(pattern, text):
        return place, f"must match the parameter's allowedPattern {pattern}"
    return None


def _matches(pattern: str, text: str) -> bool:
    """Say whether a text matches; a pattern that only AWS's dialect understands is not judged."""
    try:
        return bool(re.search(f"^(?:{pattern})$", text))
    except re.error:
        return True


def _good_name(name: str) -> bool:
    """Say whether AWS takes the name: `/` first where it has levels, at most 15, none of AWS's own."""
    first = name.lstrip("/").lower()
    written = re.fullmatch(r"[a-zA-Z0-9_.-]+|(/[a-zA-Z0-9_.-]+){1,15}", name)
    return bool(written) and not first.startswith(("aws", "ssm"))


def _get_parameter(call: Call) -> Properties:
    """Return a parameter; the value is secret unless it is plainly none, as in the official provider."""
    decrypted = call.inputs.get("withDecryption", True)
    live = call.api("get_parameter", Name=call.inputs["name"], WithDecryption=decrypted)["Parameter"]
    return {
        "id": live["Name"],
        "arn": live["ARN"],
        "name": live["Name"],
        "type": live["Type"],
        "value": live["Value"],
        "insecureValue": "" if live["Type"] == _SECURE else live["Value"],
        "version": live["Version"],
        "withDecryption": decrypted,
    }


ENTRIES = (
    Entry(
        token="aws:ssm/parameter:Parameter",
        service="ssm",
        inputs=(
            "allowedPattern",
            "dataType",
            "description",
            "insecureValue",
            "keyId",
            "name",
            "overwrite",
            "tier",
            "type",
            "value",
            "valueWo",
            "valueWoVersion",
        ),
        name=Name(longest=1011),
        create=_create,
        read=_read,
        update=lambda call: _put(call, overwrite=True),
        delete=Op("delete_parameter", {"Name": "$id"}),
        find=Named(),
        tags=Tags(
            add="add_tags_to_resource",
            remove="remove_tags_from_resource",
            owner=lambda call: {"ResourceType": "Parameter", "ResourceId": call.id},
            list="list_tags_for_resource",
            listed="TagList",
        ),
        replace={
            "name": "a parameter is known by its name",
            "type": "AWS: a parameter's type cannot be changed, make a new one",
        },
        replace_if={"tier": lambda old, new: old == "Advanced" and new == "Standard"},
        defaults={"dataType": "text", "description": "", "allowedPattern": "", "tier": "Standard"},
        local=("overwrite", "valueWo", "valueWoVersion"),
        unseen=("valueWo",),
        secret=("value",),
        limits={"dataType": {"enum": ["text", "aws:ec2:image", "aws:ssm:integration"]}},
        rules=(
            value(
                "name",
                _good_name,
                "must be of letters, digits, _, . and -, with / at most 15 levels, and not begin with aws or ssm",
            ),
            value("type", lambda kind: kind in ("String", "StringList", _SECURE), "must be a parameter type"),
            value("tier", lambda tier: tier in _SIZES, f"must be one of {', '.join(_SIZES)}"),
            value("allowedPattern", lambda pattern: len(pattern) <= 1024, "must have at most 1024 characters"),
            value("description", lambda text: len(text) <= 1024, "must have at most 1024 characters"),
            one_of(*_VALUES),
            together("valueWo", "valueWoVersion"),
            when("type", (_SECURE,), absent("insecureValue")),
            when("type", ("String", "StringList"), absent("keyId")),
            _fits,
        ),
    ),
)

FUNCTIONS = (
    Function(
        token="aws:ssm/getParameter:getParameter",
        service="ssm",
        inputs=("name", "withDecryption"),
        run=_get_parameter,
        secret=("value",),
    ),
)
