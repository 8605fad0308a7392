"""Write `schema.json`, the part of Pulumi's SDK and of AWS's resource schemas that the table needs.

    python -m localcloud.plugins.aws.generate

The running plugin reads the file and imports neither pulumi_aws nor cfn-lint: its start would take seconds.
A type is written as `string`, `number`, `integer`, `boolean`, `any`, `[type]` for a list, `{"*": type}` for a map and
`{"properties": {...}, "required": [...]}` for an object.
"""

import collections.abc
import importlib
import importlib.util
import inspect
import json
import keyword
import re
import types
import typing
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

from localcloud.plugins.aws.entry import Entry, Function
from localcloud.plugins.aws.table import entries, functions

SCHEMA = Path(__file__).with_name("schema.json")
LIMITS = ("enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")
_PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number"}
_SEQUENCES = (list, collections.abc.Sequence)
_MAPPINGS = (dict, collections.abc.Mapping)


def main() -> None:
    """Write the file anew."""
    SCHEMA.write_text(text())


def text() -> str:
    """Return what schema.json must hold for the table and the installed packages."""
    written = {
        "pulumi-aws": version("pulumi-aws"),
        "cfn-lint": version("cfn-lint"),
        "resources": {entry.token: _resource(entry) for entry in entries().values()},
        "functions": {function.token: _function(function) for function in functions().values()},
    }
    return json.dumps(written, indent=1, sort_keys=True) + "\n"


def _resource(entry: Entry) -> dict[str, Any]:
    """Describe one resource type: inputs and outputs from the SDK, the rest from CloudFormation's schema."""
    module, name = _module(entry.token)
    arguments = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
    resource = getattr(module, name)
    described = _object(arguments)
    outputs = {key: _type(each) for key, each in _sdk().resource_types(resource).items()}
    replace, limits = _cloudformation(entry, described["properties"])
    return {
        "inputs": described["properties"],
        "required": described["required"],
        "outputs": outputs,
        "replace": replace,
        "limits": limits,
    }


def _function(function: Function) -> dict[str, Any]:
    """Describe an invoke: its arguments and what its result holds."""
    module, name = _module(function.token)
    call = getattr(module, _snake(name))
    result = getattr(module, f"Get{name.removeprefix('get')}Result")
    arguments = inspect.signature(call).parameters
    hints = typing.get_type_hints(call, vars(module))
    inputs = {_camel(key): _type(hints[key]) for key in arguments if key != "opts"}
    outputs = {key: _type(each) for key, each in _sdk().output_type_types(result).items()}
    return {"inputs": inputs, "required": [], "outputs": outputs}


def _sdk() -> types.ModuleType:
    """Return Pulumi's own reflection of SDK classes."""
    return importlib.import_module("pulumi._types")


def _module(token: str) -> tuple[types.ModuleType, str]:
    """Return the SDK's module of a token and the name in it; `aws:lb/targetGroup:TargetGroup`."""
    _, path, name = token.split(":")
    package, _, file = path.partition("/")
    package = f"{package}_" if keyword.iskeyword(package) else package
    prefix = "pulumi_aws" if package == "index" else f"pulumi_aws.{package}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the SDK's packages import what they deprecate
        return importlib.import_module(f"{prefix}.{_snake(file)}"), name


def _snake(name: str) -> str:
    """Return `targetGroup` as `target_group`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _camel(name: str) -> str:
    """Return `zone_ids` as `zoneIds`."""
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part.capitalize() for part in rest)


def _object(cls: type) -> dict[str, Any]:
    """Describe an SDK class of inputs: its properties and which of them are required."""
    sdk = _sdk()
    names = sdk.input_type_py_to_pulumi_names(cls)
    hints = sdk.input_type_types(cls)
    signature = inspect.signature(cls).parameters
    required = [names[key] for key, each in signature.items() if key in names and each.default is each.empty]
    return {"properties": {key: _type(each) for key, each in hints.items()}, "required": sorted(required)}


def _type(hint: Any) -> Any:
    """Describe one Python type of the SDK."""
    sdk = _sdk()
    if isinstance(hint, type):
        if sdk.is_input_type(hint):
            return _object(hint)
        if sdk.is_output_type(hint):
            return {"properties": {k: _type(v) for k, v in sdk.output_type_types(hint).items()}, "required": []}
        if hint in _PLAIN:
            return _PLAIN[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in _SEQUENCES:
        return [_type(arguments[0])]
    if origin in _MAPPINGS:
        return {"*": _type(arguments[1])}
    if origin in (typing.Union, types.UnionType):
        return _union(arguments)
    return "any"


def _union(arguments: tuple[Any, ...]) -> Any:
    """Describe the one member of a union that is a value: the others are None, awaitables and outputs."""
    output = importlib.import_module("pulumi").Output
    for each in arguments:
        origin = typing.get_origin(each)
        if each is type(None) or origin in (output, collections.abc.Awaitable):
            continue
        if isinstance(each, type) and each.__name__.endswith("Dict") and len(arguments) > 1:
            continue
        described = _type(each)
        if described != "any":
            return described
    return "any"


def _cloudformation(entry: Entry, inputs: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Return (paths that replace, limits by path) of CloudFormation's schema, under Pulumi's names."""
    if not entry.cfn:
        return [], {}
    spec = importlib.util.find_spec("cfnlint")
    folder = Path(str(spec and spec.origin)).parent / "data" / "schemas" / "providers" / "us_east_1"
    schema = json.loads((folder / f"{entry.cfn.lower().replace('::', '-')}.json").read_text())
    once = {path.removeprefix("/properties/") for path in schema.get("createOnlyProperties", [])}
    replace: list[str] = []
    limits: dict[str, Any] = {}
    _walk(
        inputs,
        schema,
        schema,
        "",
        "",
        entry,
        lambda path, theirs, node: _note(path, theirs, node, once, replace, limits),
    )
    return sorted(replace), dict(sorted(limits.items()))


def _note(
    path: str, theirs: str, node: dict[str, Any], once: set[str], replace: list[str], limits: dict[str, Any]
) -> None:
    """Keep what the schema says about one property."""
    if theirs in once:
        replace.append(path)
    found = {key: node[key] for key in LIMITS if key in node and _usable(key, node[key])}
    if found:
        limits[path] = found


def _usable(key: str, value: Any) -> bool:
    """Say whether Python can apply the limit: some patterns are written for another dialect."""
    if key != "pattern":
        return not isinstance(value, dict)
    try:
        re.compile(value)
    except re.error:
        return False
    return True


def _walk(
    inputs: dict[str, Any],
    node: dict[str, Any],
    schema: dict[str, Any],
    path: str,
    theirs: str,
    entry: Entry,
    visit: typing.Callable[[str, str, dict[str, Any]], None],
) -> None:
    """Visit each Pulumi property that the CloudFormation object has under the same letters."""
    known = {_letters(key): key for key in node.get("properties", {})}
    for name, kind in inputs.items():
        here = f"{path}.{name}" if path else name
        key = entry.names.get(here) or _match(name, known)
        if key is None or key not in node["properties"]:
            continue
        found = _resolve(node["properties"][key], schema)
        there = f"{theirs}/{key}" if theirs else key
        visit(here, there, found)
        if isinstance(kind, list):
            kind, found = kind[0], _resolve(found.get("items", found), schema)
            here, there = f"{here}[*]", f"{there}/*"
            visit(here, there, found)
        elif "items" in found and isinstance(kind, dict) and "properties" in kind:
            found = _resolve(found["items"], schema)
        if isinstance(kind, dict) and "properties" in kind:
            _walk(kind["properties"], found, schema, here, there, entry, visit)


def _resolve(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow references inside a schema."""
    while "$ref" in node:
        at: Any = schema
        for part in node["$ref"].removeprefix("#/").split("/"):
            at = at[part]
        node = at
    return node


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _match(name: str, known: dict[str, str]) -> str | None:
    """Find a property by its letters, in the singular or the plural."""
    letters = _letters(name)
    for form in (letters, f"{letters}s", letters.removesuffix("s"), f"{letters.removesuffix('ies')}y"):
        if form in known:
            return known[form]
    return None


if __name__ == "__main__":
    main()
