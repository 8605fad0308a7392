"""The one door through which tests build resources: a recording engine with a table of fake outputs.

Under Pulumi's mocks nothing is registered until the event loop has run, so a test that looks at a list right after a
constructor looks at an empty one. `build` runs the loop to its end and hands back what was registered.

What it does not prove: that AWS takes the inputs, what replaces, and the engine's own rules (`protect`, transforms).
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import grpc
from pulumi import Output
from pulumi.runtime import mocks, resource, rpc, settings
from pulumi.runtime.proto import source_pb2
from pulumi.runtime.stack import run_pulumi_func

from tests import fakes

PROJECT = "slipway"

# Which lines made a resource is told to nobody here: collecting them takes a sixth of a build's time.
resource._get_stack_trace = source_pb2.StackTrace


@dataclass(frozen=True)
class Registered:
    """A resource as the engine would have got it: inputs by their Pulumi names, options as requested.

    `secrets` are the names of the inputs that were marked as secret, as a whole or somewhere inside.
    """

    token: str
    name: str
    urn: str
    parent: str
    inputs: dict[str, Any]
    secrets: frozenset[str]
    protect: bool
    provider: str
    depends_on: tuple[str, ...]
    ignore_changes: tuple[str, ...]
    retain_on_delete: bool
    request: Any = field(repr=False, compare=False)

    @property
    def custom(self) -> bool:
        """Whether it is a resource of a provider rather than a component."""
        return bool(self.request.custom)


@dataclass(frozen=True)
class Recording:
    """What one build registered, in order, with its calls and whatever the builder returned."""

    resources: tuple[Registered, ...]
    calls: tuple[tuple[str, dict[str, Any]], ...]
    result: Any
    published: dict[str, dict[str, Any]]

    def of(self, token: str) -> list[Registered]:
        """Return the resources of a type; `Vpc` is short for whatever token ends so."""
        return [found for found in self.resources if found.token == token or found.token.endswith(f":{token}")]

    def one(self, token: str, name: str | None = None) -> Registered:
        """Return the only resource of a type, or the one of a name."""
        found = [resource for resource in self.of(token) if name is None or resource.name == name]
        assert len(found) == 1, f"{len(found)} resources {token} {name or ''}: {[x.name for x in found]}"
        return found[0]

    def aws(self) -> list[Registered]:
        """Return every resource of the aws provider, providers left out."""
        return [resource for resource in self.resources if resource.token.startswith("aws:")]

    def counts(self) -> Counter[str]:
        """Return how many resources of each type there are."""
        return Counter(resource.token for resource in self.resources)


class _RefusedError(grpc.RpcError):
    """A provider's refusal, as it reaches a program from the engine."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return str(self)


class _Monitor(mocks.MockMonitor):
    """Pulumi's own mock monitor, with the engine's URNs, which also keeps every request."""

    def __init__(self, stack: str) -> None:
        super().__init__(fakes.Fakes())
        self._stack = stack
        self.requests: list[tuple[Any, str]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.published: dict[str, dict[str, Any]] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        chain = parent.split("::")[2] if parent else ""
        if chain and chain != "pulumi:pulumi:Stack":
            type_ = f"{chain}${type_}"
        return f"urn:pulumi:{self._stack}::{PROJECT}::{type_}::{name}"

    def Invoke(self, request: Any) -> Any:  # noqa: N802  # the engine's name of the call
        self.calls.append((request.tok, rpc.deserialize_properties(request.args)))
        try:
            return super().Invoke(request)
        except Exception as error:
            raise _RefusedError(str(error)) from None

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # the engine's name of the call
        answer = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            self.requests.append((request, answer.urn))
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802  # the engine's name of the call
        self.published[request.urn] = rpc.deserialize_properties(request.outputs, keep_unknowns=True)
        return super().RegisterResourceOutputs(request)


def build(make: Callable[[], Any], *, stack: str = "dev", preview: bool = False) -> Recording:
    """Run `make` as a stack's program to its end; its result is resolved where it is a dictionary of outputs.

    Whatever the program raises is raised here.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loops = [loop]
    # One thread answers for the engine; the SDK wants an event loop in it, which it would not close.
    loop.set_default_executor(ThreadPoolExecutor(1, initializer=_begin_thread, initargs=(loops,)))
    try:
        monitor = _Monitor(stack)
        _forget()
        mocks.set_mocks(fakes.Fakes(), project=PROJECT, stack=stack, preview=preview, monitor=monitor)
        made: list[Any] = []
        loop.run_until_complete(run_pulumi_func(lambda: made.append(make())))
        result = made[0]
        if isinstance(result, dict):
            result = loop.run_until_complete(Output.from_input(result).future())
    except Exception as error:
        error.__cause__ = error.__context__ = None  # the SDK makes it its own cause, and a report of that has no end
        raise
    finally:
        _forget()
        _end(loop)
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        for each in loops:
            each.close()
    resources = tuple(_registered(request, urn) for request, urn in monitor.requests)
    return Recording(resources, tuple(monitor.calls), result, monitor.published)


def _forget() -> None:
    """Clear what the SDK keeps for a process's only program: its root, its calls, its outputs."""
    settings.SETTINGS.rpc_manager.clear()
    settings.SETTINGS.outputs.clear()
    settings.ROOT.set(None)


def _end(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what a program that failed has left: tasks that wait for what never comes, each with the one error."""
    loop.set_exception_handler(lambda *_: None)
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


def _begin_thread(loops: list[asyncio.AbstractEventLoop]) -> None:
    loops.append(asyncio.new_event_loop())
    asyncio.set_event_loop(loops[-1])


def _registered(request: Any, urn: str) -> Registered:
    inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
    return Registered(
        token=request.type,
        name=request.name,
        urn=urn,
        parent=request.parent,
        inputs=_plain(inputs),
        secrets=frozenset(name for name, value in inputs.items() if _plain(value) != value),
        protect=request.protect,
        provider=request.provider,
        depends_on=tuple(request.dependencies),
        ignore_changes=tuple(request.ignoreChanges),
        retain_on_delete=request.retainOnDelete,
        request=request,
    )


def _plain(value: Any) -> Any:
    """Take the engine's wrapping off secret values."""
    if isinstance(value, dict):
        if value.get(rpc._special_sig_key) == rpc._special_secret_sig:
            return _plain(value["value"])
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
