"""Which inputs of a resource the SDK knows, at any depth."""

import importlib
import keyword
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pulumi import _types

PACKAGES = {"aws": "pulumi_aws", "docker-build": "pulumi_docker_build"}


def unknown(token: str, inputs: dict[str, Any]) -> list[str]:
    """Return the paths of inputs that the SDK has no name for; a type that it does not have is an error."""
    return list(_unknown(_arguments(token), inputs, ""))


def _arguments(token: str) -> type:
    package, module, name = token.split(":")
    service = module.split("/")[0]
    service = f"{service}_" if keyword.iskeyword(service) else service
    loaded = importlib.import_module(PACKAGES[package] if service == "index" else f"{PACKAGES[package]}.{service}")
    resource = getattr(loaded, name)
    own = importlib.import_module(resource.__module__)
    return getattr(own, f"{name}InitArgs", None) or getattr(own, f"{name}Args")


def _unknown(arguments: type, value: dict[str, Any], path: str) -> Iterator[str]:
    names = {pulumi: python for python, pulumi in _types.input_type_py_to_pulumi_names(arguments).items()}
    types = _types.input_type_types(arguments)
    for key, item in value.items():
        if key not in names:
            yield f"{path}{key}"
            continue
        inner = _input_type(types.get(key))
        if inner is not None:
            for position, element in enumerate(item if isinstance(item, list) else [item]):
                yield from _unknown(inner, element, f"{path}{key}[{position}].") if isinstance(element, dict) else ()


def _input_type(annotation: Any) -> type | None:
    """Find the class of nested inputs within `Sequence[...]`, `Input[...]` and the like."""
    if isinstance(annotation, type) and _types.is_input_type(annotation):
        return annotation
    if get_origin(annotation) is dict:
        return None
    return next((found for part in get_args(annotation) if (found := _input_type(part)) is not None), None)
