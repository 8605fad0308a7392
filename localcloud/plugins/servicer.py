"""The engine's calls (gRPC) to a `Provider`'s methods and back, errors included."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from typing import Any, Literal, NoReturn, TypeVar

import grpc
from google.protobuf import empty_pb2

from localcloud import ledger
from localcloud.errors import Trouble
from localcloud.plugins import differ, translation, wire
from localcloud.plugins import provider as protocol
from localcloud.plugins.engine_log import EngineLog
from localcloud.plugins.messages import plugin_pb2, provider_pb2, provider_pb2_grpc

log = logging.getLogger("localcloud.plugins")

T = TypeVar("T")

_AUTONAMING: dict[int, Literal["propose", "enforce", "disable"]] = {0: "propose", 1: "enforce", 2: "disable"}


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine for one provider; safe on many threads."""

    def __init__(self, provider: protocol.Provider, engine: str = "") -> None:
        self._provider = provider
        self._engine = EngineLog(engine)
        self._secret_settings: frozenset[str] = getattr(provider, "secret_settings", frozenset())

    def Handshake(  # noqa: N802 - the protocol's name, as below
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Say what this provider understands: autonaming; secrets, resources and outputs as plain values."""
        self._engine.connect(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(supports_autonaming_configuration=True)

    def GetPluginInfo(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """Return the version."""
        return plugin_pb2.PluginInfo(version=self._provider.version)

    def GetSchema(  # noqa: N802
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """Return the smallest valid schema: the SDKs are there already."""
        return provider_pb2.GetSchemaResponse(
            schema=json.dumps({"name": self._provider.name, "version": self._provider.version})
        )

    def Attach(  # noqa: N802
        self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Take the address of the engine that this provider works for now."""
        self._engine.connect(request.address)
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        """End every wait."""
        protocol.cancelled.set()
        return empty_pb2.Empty()

    def CheckConfig(  # noqa: N802
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Mark secret settings, even those that the program has in plain text; `configure` judges them all."""
        return provider_pb2.CheckResponse(inputs=translation.with_secrets(request.news, self._secret_settings))

    def DiffConfig(  # noqa: N802
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Say which settings differ; none of them replaces what was made with them."""
        old, new = (translation.settings(struct) for struct in (request.olds, request.news))
        return translation.diff_response({*old, *new}, protocol.Diff(differ.diff(old, new)))

    def Configure(  # noqa: N802
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Hand the settings to the provider."""
        settings = translation.settings(request.args)
        plain = {key: each for key, each in wire.unpack(request.args).items() if key not in self._secret_settings}

        def work() -> None:
            ledger.current().configured(request.urn, request.id, plain)
            self._provider.configure(settings)

        self._answer(context, "configure", "", work)
        return provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    def Check(  # noqa: N802
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Validate inputs."""
        autonaming = None
        if request.HasField("autonaming"):
            mode = _AUTONAMING[request.autonaming.mode]
            autonaming = protocol.Autonaming(request.autonaming.proposed_name, mode)

        def work() -> provider_pb2.CheckResponse:
            checked = self._provider.check(
                protocol.Check(
                    **translation.which(request),
                    inputs=wire.unpack(request.news),
                    old_inputs=wire.unpack(request.olds),
                    autonaming=autonaming,
                    random_seed=request.randomSeed,
                    log=self._engine.line(request.urn),
                )
            )
            failures = [
                provider_pb2.CheckFailure(property=each.property, reason=each.reason) for each in checked.failures
            ]
            return provider_pb2.CheckResponse(inputs=wire.pack(checked.inputs), failures=failures)

        return self._answer(context, "check", request.urn, work)

    def Diff(  # noqa: N802
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Compare state and inputs."""
        inputs = {*request.news.fields, *request.old_inputs.fields}

        def work() -> provider_pb2.DiffResponse:
            return translation.diff_response(
                inputs,
                self._provider.diff(
                    protocol.DiffRequest(
                        **translation.which(request),
                        id=request.id,
                        inputs=wire.unpack(request.news),
                        old_inputs=wire.unpack(request.old_inputs),
                        old_outputs=wire.unpack(request.olds),
                        ignore_changes=list(request.ignoreChanges),
                    )
                ),
            )

        return self._answer(context, "diff", request.urn, work)

    def Create(  # noqa: N802
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        """Make a resource, or say at preview what is known of it."""

        def work() -> provider_pb2.CreateResponse:
            created = self._provider.create(
                protocol.Create(
                    **translation.which(request),
                    inputs=wire.unpack(request.properties),
                    timeout=request.timeout,
                    preview=request.preview,
                    log=self._engine.line(request.urn),
                )
            )
            return provider_pb2.CreateResponse(id=created.id, properties=wire.pack(created.outputs))

        return self._answer(context, "preview create" if request.preview else "create", request.urn, work)

    def Read(  # noqa: N802
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        """Look at a live resource; an empty answer says that it is gone."""

        def work() -> provider_pb2.ReadResponse:
            found = self._provider.read(
                protocol.Read(
                    **translation.which(request),
                    id=request.id,
                    inputs=wire.unpack(request.inputs),
                    old_outputs=wire.unpack(request.properties),
                    log=self._engine.line(request.urn),
                )
            )
            if found is None:
                return provider_pb2.ReadResponse()
            inputs = wire.pack(found.inputs) if found.inputs else request.inputs
            return provider_pb2.ReadResponse(id=found.id, properties=wire.pack(found.outputs), inputs=inputs)

        return self._answer(context, "read", request.urn, work)

    def Update(  # noqa: N802
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        """Change a resource in place."""

        def work() -> provider_pb2.UpdateResponse:
            outputs = self._provider.update(
                protocol.Update(
                    **translation.which(request),
                    id=request.id,
                    inputs=wire.unpack(request.news),
                    old_inputs=wire.unpack(request.old_inputs),
                    old_outputs=wire.unpack(request.olds),
                    timeout=request.timeout,
                    preview=request.preview,
                    ignore_changes=list(request.ignoreChanges),
                    log=self._engine.line(request.urn),
                )
            )
            return provider_pb2.UpdateResponse(properties=wire.pack(outputs))

        return self._answer(context, "preview update" if request.preview else "update", request.urn, work)

    def Delete(  # noqa: N802
        self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Remove a resource."""

        def work() -> empty_pb2.Empty:
            self._provider.delete(
                protocol.Delete(
                    **translation.which(request),
                    id=request.id,
                    old_inputs=wire.unpack(request.old_inputs),
                    old_outputs=wire.unpack(request.properties),
                    timeout=request.timeout,
                    log=self._engine.line(request.urn),
                )
            )
            return empty_pb2.Empty()

        return self._answer(context, "delete", request.urn, work)

    def Invoke(  # noqa: N802
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        """Answer a function."""

        def work() -> provider_pb2.InvokeResponse:
            answer = wire.pack(self._provider.invoke(request.tok, wire.unpack(request.args)))
            return provider_pb2.InvokeResponse(**{"return": answer})

        return self._answer(context, "invoke", request.tok, work)

    def _unimplemented(self, request: Any, context: grpc.ServicerContext) -> NoReturn:
        """Say that this provider has no such call; the engine goes on without."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "not part of this provider")

    Parameterize = Construct = Call = GetMapping = GetMappings = List = _unimplemented

    def _answer(self, context: grpc.ServicerContext, what: str, which: str, work: Callable[[], T]) -> T:
        """Do the work; turn its exception into the engine's error, and write one line of it into the log."""
        started = time.monotonic()
        try:
            result = work()
        except protocol.InitFailed as failed:
            log.warning("%s %s is not ready: %s", what, which, failed)
            _abort_half_made(context, failed)
        except Exception as error:
            log.error("%s %s failed: %s", what, which, one_line(error), exc_info=debugging())
            context.abort(grpc.StatusCode.UNKNOWN, one_line(error))
        log.info("%s %s in %.0f ms", what, which, 1000 * (time.monotonic() - started))
        return result


def debugging() -> bool:
    """Say whether tracebacks go into the log."""
    return os.environ.get("SLIPWAY_DEBUG") == "1"


def one_line(error: BaseException) -> str:
    """Return what the person reads of an error; several lines of a Trouble stay as they are."""
    if isinstance(error, Trouble):
        return str(error)
    said = " ".join(str(error).split()) or "no further word"
    return f"{type(error).__name__}: {said}"


def _abort_half_made(context: grpc.ServicerContext, failed: protocol.InitFailed) -> NoReturn:
    """End the call with an error that lets the engine keep the half-made resource."""
    context.set_trailing_metadata((("grpc-status-details-bin", translation.half_made(failed)),))
    context.abort(grpc.StatusCode.UNKNOWN, str(failed))
