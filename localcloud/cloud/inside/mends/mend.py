"""The form of a mend, and how one is applied."""

import hashlib
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Mend:
    """One difference from AWS that is put right."""

    what: str
    """What is so afterwards, in a line."""
    why: str
    """What MiniStack does by itself."""
    module: str
    """MiniStack's module, such as `ministack.services.ecs`."""
    functions: dict[str, str]
    """The functions that are replaced or leaned on, with the fingerprint of their source."""
    apply: Callable[[Any], None]
    """Replaces them in the module."""

    def problems(self, module: ModuleType) -> list[str]:
        """Return a line for each function that is not the one this mend was written against."""
        found = []
        for name, expected in self.functions.items():
            function = getattr(module, name, None)
            actual = fingerprint(function) if function is not None else "missing"
            if actual != expected:
                found.append(f"{self.module}.{name} is {actual}, not {expected}, so `{self.what}` cannot be mended")
        return found


def fingerprint(function: object) -> str:
    """Return twelve hex digits that change with the function's source, or `unreadable` for one without."""
    try:
        source = inspect.getsource(function)  # type: ignore[arg-type]  # a function or class of MiniStack
    except (OSError, TypeError):
        return "unreadable"
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def replace(module: Any, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Put a function in the place of MiniStack's, in the module and in its table of actions; return the old one."""
    old: Callable[..., Any] = getattr(module, name)
    setattr(module, name, function)
    for table in ("_ACTION_MAP", "_IAM_HANDLERS"):
        actions = getattr(module, table, {})
        for action, handler in actions.items():
            if handler is old:
                actions[action] = function
    return old


def add_json_actions(module: Any, actions: dict[str, Callable[[dict[str, Any]], Any]]) -> None:
    """Let a service of the JSON protocol answer actions that MiniStack does not know."""
    handle = module.handle_request

    async def handle_request(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action not in actions:
            return await handle(method, path, headers, body, query)
        return actions[action](json.loads(body or b"{}"))

    module.handle_request = handle_request
