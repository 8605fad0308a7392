"""The collector's configuration: YAML in which `${env:NAME}` stands for a variable's value."""

import os
import re
from collections.abc import Mapping
from typing import Any

KNOWN = {
    "extensions": {"health_check"},
    "receivers": {"otlp", "prometheus"},
    "processors": {"batch", "memory_limiter"},
    "exporters": {"awsemf", "awsxray", "debug", "otlp_http"},
}
VARIABLE = re.compile(r"\$\{env:([A-Za-z_]\w*)\}")


class Unusable(Exception):
    """The configuration names what is not there; the text says what."""


def load(path: str, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Read a configuration and check that all it names is defined and known."""
    import yaml  # kept out of the module, so that the rest can be tested without it

    with open(path) as file:
        config: dict[str, Any] = expand(yaml.safe_load(file), environment, yaml.safe_load)
    check(config)
    return config


def expand(value: Any, environment: Mapping[str, str], parse: Any) -> Any:
    """Put variables in: a value that is one variable and no more is read as YAML; `$$` is a plain dollar."""
    if isinstance(value, dict):
        return {key: expand(each, environment, parse) for key, each in value.items()}
    if isinstance(value, list):
        return [expand(each, environment, parse) for each in value]
    if not isinstance(value, str):
        return value
    alone = VARIABLE.fullmatch(value)
    if alone:
        return parse(environment.get(alone[1], ""))
    parts = (VARIABLE.sub(lambda found: environment.get(found[1], ""), part) for part in value.split("$$"))
    return "$".join(parts)


def check(config: Mapping[str, Any]) -> None:
    """Refuse components that are not known here, and pipelines of what is not defined."""
    for section, known in KNOWN.items():
        for name in config.get(section) or {}:
            if name.partition("/")[0] not in known:
                raise Unusable(f"{section}: unknown type {name!r}, this stand-in knows {', '.join(sorted(known))}")
    service = config.get("service") or {}
    named = {"extensions": set(service.get("extensions") or ())}
    for name, pipeline in (service.get("pipelines") or {}).items():
        if name.partition("/")[0] not in {"traces", "metrics"}:
            raise Unusable(f"service::pipelines: unknown signal {name!r}")
        for section in ("receivers", "processors", "exporters"):
            named.setdefault(section, set()).update(pipeline.get(section) or ())
    for section, names in named.items():
        missing = sorted(names - set(config.get(section) or {}))
        if missing:
            raise Unusable(f"service references {section} which are not configured: {', '.join(missing)}")
    if len(named) == 1:
        raise Unusable("service must have at least one pipeline")
