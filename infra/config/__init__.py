"""The only reader of a stack's configuration: one load, every error at once."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import config as runtime
from pydantic import BaseModel, ValidationError

from infra.config import problems, rules
from infra.config.problems import NAMESPACE, ConfigurationError, Problem
from infra.config.sections import (
    Artifacts,
    BackupSection,
    CacheSection,
    DatabaseSection,
    DataSection,
    EdgeSection,
    FunctionsSection,
    MailSection,
    NetworkSection,
    OperationsSection,
    Organisation,
    Settings,
    Stack,
    WorkloadsSection,
)

__all__ = ["SECTIONS", "ConfigurationError", "Settings", "load", "of_running_stack"]

SECTIONS: Mapping[str, type[BaseModel]] = {
    "stack": Stack,
    "organisation": Organisation,
    "network": NetworkSection,
    "data": DataSection,
    "database": DatabaseSection,
    "cache": CacheSection,
    "mail": MailSection,
    "edge": EdgeSection,
    "workloads": WorkloadsSection,
    "functions": FunctionsSection,
    "operations": OperationsSection,
    "backup": BackupSection,
    "artifacts": Artifacts,
}
"""Every section `platform:<name>` of a stack file with the model that checks it."""


def load(configuration: Mapping[Any, Any] | None, stack: str) -> Settings:
    """Check the `config:` mapping of `Pulumi.<stack>.yaml` and return it typed.

    Sections may be mappings, as in the file, or JSON text, as the engine hands them over. Keys outside the
    `platform:` namespace are left alone. Raises ConfigurationError with every problem of the file.
    """
    given = {str(key): value for key, value in (configuration or {}).items()}
    found: list[Problem] = []
    sections: dict[str, BaseModel] = {}
    for name, model in SECTIONS.items():
        key = f"{NAMESPACE}:{name}"
        if key not in given:
            found.append(Problem((name,), "is missing", f"copy {key} from another stack file and change what differs"))
            continue
        try:
            sections[name] = model.model_validate(_parsed(given[key]))
        except ValidationError as error:
            found.extend(problems.of_section(stack, name, model, error))
    for key in sorted(given):
        name = key.removeprefix(f"{NAMESPACE}:")
        if name != key and name not in SECTIONS:
            wrong = f"no such section, got {problems.shown(given[key])}"
            found.append(Problem((name,), wrong, problems.remove_command(stack, (name,))))
    if not found:
        settings = Settings(**sections)  # type: ignore[arg-type]  # each section was checked by its own model
        found.extend(rules.check(stack, settings))
    if found:
        raise ConfigurationError(stack, found)
    return settings


def of_running_stack() -> Settings:
    """Load the configuration of the stack that the engine is running this program for."""
    return load(runtime.CONFIG.get() or runtime.get_config_env(), pulumi.get_stack())


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
