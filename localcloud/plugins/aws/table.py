"""The whole table: every resource type and every function that the embedded cloud knows."""

import functools
import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from localcloud.plugins.aws import services
from localcloud.plugins.aws.entry import Entry, Function


@functools.cache
def entries() -> dict[str, Entry]:
    """Return the entries of all services by token; two of the same token are an error."""
    table: dict[str, Entry] = {}
    for module in _modules():
        for entry in getattr(module, "ENTRIES", ()):
            if entry.token in table:
                raise ValueError(f"{entry.token} is in the table twice")
            table[entry.token] = entry
    return table


@functools.cache
def functions() -> dict[str, Function]:
    """Return the functions of all services by token."""
    return {function.token: function for module in _modules() for function in getattr(module, "FUNCTIONS", ())}


def _modules() -> Iterator[ModuleType]:
    for name in sorted(module.name for module in pkgutil.iter_modules(services.__path__)):
        yield importlib.import_module(f"{services.__name__}.{name}")
