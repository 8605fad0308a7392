"""Lines about a resource in the engine's own display."""

from __future__ import annotations

import contextlib

import grpc

from localcloud.plugins.messages import engine_pb2, engine_pb2_grpc
from localcloud.plugins.provider import Log


class EngineLog:
    """The engine's service for messages; one that is not known, or gone, is no error."""

    def __init__(self, address: str) -> None:
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self.connect(address)

    def connect(self, address: str) -> None:
        """Send to this engine from now on."""
        if address:
            self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def line(self, urn: str) -> Log:
        """Return where a resource's provider tells the person something."""
        return _Line(self, urn)

    def send(self, message: engine_pb2.LogRequest) -> None:
        """Send one line."""
        if self._stub is not None:
            with contextlib.suppress(grpc.RpcError):
                self._stub.Log(message, timeout=10)


class _Line(Log):
    """The line of one resource in the engine's display."""

    def __init__(self, engine: EngineLog, urn: str) -> None:
        self._engine = engine
        self._urn = urn

    def status(self, text: str) -> None:
        """Show what happens just now."""
        self._engine.send(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text, urn=self._urn, ephemeral=True))

    def warning(self, text: str) -> None:
        """Print a warning that stays."""
        self._engine.send(engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=text, urn=self._urn))
