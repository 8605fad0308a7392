"""Tags and attributes of everything that Elastic Load Balancing v2 makes."""

from collections.abc import Callable, Mapping
from typing import Any

import jmespath

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Properties, Step, Tags

TAGS = Tags(
    add="add_tags",
    remove="remove_tags",
    owner=lambda call: {"ResourceArns": [call.id]},
    list="describe_tags",
    listed="TagDescriptions[0].Tags",
)

_TAGS_OF = 20
"""Resources whose tags one call may ask for."""


def find(method: str, params: Callable[[Call], Properties], path: str) -> Step:
    """Return the step that looks among the ARNs at `path` of a describe call for one with this call's marks."""

    def look(call: Call) -> str | None:
        arns = [arn for arn in jmespath.search(path, call.api(method, **params(call))) or () if arn not in call.known]
        for start in range(0, len(arns), _TAGS_OF):
            described = call.api("describe_tags", ResourceArns=arns[start : start + _TAGS_OF])["TagDescriptions"]
            for each in described:
                if call.mine(each["Tags"]):
                    return str(each["ResourceArn"])
        return None

    return look


def text(value: Any) -> str:
    """Return a value as attributes write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def wanted(call: Call, keys: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the attributes for the changed inputs of `keys`, {input: attribute}; one taken away keeps its value."""
    return [
        {"Key": key, "Value": text(call.inputs[name])}
        for name, key in keys.items()
        if call.inputs.get(name) is not None and call.changed(name)
    ]


def live(attributes: list[dict[str, str]], keys: Mapping[str, str], defaults: Mapping[str, Any]) -> Properties:
    """Return the inputs of `keys` as live attributes have them; AWS's default where the emulator says nothing."""
    known = {each["Key"]: each.get("Value") for each in attributes}
    return {name: known.get(key, defaults.get(name)) for name, key in keys.items()}
