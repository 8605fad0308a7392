"""The engine's gRPC messages, without the rest of the Pulumi SDK: 0.15 s of imports instead of 0.3 s.

The message modules need nothing of the packages that they lie in, so those are entered without running their
`__init__`: three empty packages with only a path stand in `sys.modules` while the messages are imported, and are
gone afterwards. A later `import pulumi` gets the whole SDK, with these same message modules.
"""

import importlib.util
import os
import sys
import types
from typing import TYPE_CHECKING

os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")  # docker is started from threads; it needs no gRPC
os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # its standard error is shown to the person by the engine

_PACKAGES = ("pulumi", "pulumi.runtime", "pulumi.runtime.proto")


def _empty_packages() -> list[str]:
    """Put an empty package for each of the three into `sys.modules`; return their names."""
    spec = importlib.util.find_spec("pulumi")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the package pulumi is not installed")
    root = spec.submodule_search_locations[0]
    for name in _PACKAGES:
        package = types.ModuleType(name)
        package.__path__ = [os.path.join(root, *name.split(".")[1:])]
        sys.modules[name] = package
    return list(_PACKAGES)


_standing_in = [] if TYPE_CHECKING or "pulumi" in sys.modules else _empty_packages()
try:
    from pulumi.runtime.proto import (
        engine_pb2,
        engine_pb2_grpc,
        plugin_pb2,
        provider_pb2,
        provider_pb2_grpc,
        status_pb2,
    )
finally:
    for _name in _standing_in:
        del sys.modules[_name]

__all__ = [
    "engine_pb2",
    "engine_pb2_grpc",
    "plugin_pb2",
    "provider_pb2",
    "provider_pb2_grpc",
    "status_pb2",
]
