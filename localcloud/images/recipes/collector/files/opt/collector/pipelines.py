"""Receivers tied to exporters as the configuration's pipelines say; what goes out waits in a queue of its own."""

import functools
import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any

from . import exporters, receivers
from .configuration import Unusable

ALIVE = (200, "application/json", b'{"status":"Server available"}')
WAITING = 1000
"""Requests that an exporter may be behind; more are dropped, with a line."""


class Queue:
    """Work of one exporter, done one after the other; a failure is one line."""

    def __init__(self, name: str, export: Callable[[Any], None]) -> None:
        self._name, self._export = name, export
        self._waiting: queue.Queue[Any] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def put(self, data: Any) -> None:
        """Take data, if there is room."""
        try:
            self._waiting.put_nowait(data)
        except queue.Full:
            print(f"error Dropping data: sending queue is full otelcol.component.id={self._name}", flush=True)

    def stop(self) -> None:
        """Send what is left, for at most some seconds."""
        self._waiting.put(None)
        self._thread.join(10)

    def _run(self) -> None:
        while (data := self._waiting.get()) is not None:
            try:
                self._export(data)
            except Exception as error:
                print(f"error Exporting failed. otelcol.component.id={self._name} error={error}", flush=True)


class Pipelines:
    """All that runs."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        self._running: list[Any] = []
        self._queues: list[Queue] = []

    def start(self) -> None:
        """Start exporters, then receivers, then the health check."""
        into: dict[tuple[str, str], list[Queue]] = {}
        for name, pipeline in self._config["service"]["pipelines"].items():
            signal = name.partition("/")[0]
            ours = [Queue(each, self._export(signal, each)) for each in pipeline["exporters"]]
            self._queues += ours
            for receiver in pipeline["receivers"]:
                into.setdefault((signal, receiver), []).extend(ours)
        for (signal, receiver), ours in into.items():
            self._receive(signal, receiver, ours)
        for extension in self._config["service"].get("extensions") or ():
            endpoint = (self._config["extensions"][extension] or {}).get("endpoint", "localhost:13133")
            self._running.append(receivers.serve(endpoint, lambda *_: ALIVE))

    def stop(self) -> None:
        """Take nothing more, and send what is left."""
        for each in self._running:
            getattr(each, "shutdown", None) and each.shutdown()
            getattr(each, "stop", None) and each.stop()
        for waiting in self._queues:
            waiting.stop()

    def _export(self, signal: str, name: str) -> Callable[[Any], None]:
        config = self._config["exporters"][name] or {}
        kind = name.partition("/")[0]
        if kind == "awsemf":
            return exporters.Emf(config)
        if kind == "debug":
            return functools.partial(getattr(exporters, f"debug_{signal}"), config)
        return functools.partial(getattr(exporters, kind), config)

    def _receive(self, signal: str, name: str, ours: list[Queue]) -> None:
        config = self._config["receivers"][name]

        def take(data: Any) -> None:
            for waiting in ours:
                waiting.put(data)

        if signal == "traces":
            self._running += receivers.otlp(config, take)
        else:
            jobs = config["config"]["scrape_configs"]
            self._running += [receivers.Scraper(job, take) for job in jobs]


def prepare(config: Mapping[str, Any]) -> Pipelines:
    """Return the pipelines, ready to start; Unusable when a signal has no way from a receiver to an exporter."""
    ways = {"traces": ({"otlp"}, {"awsxray", "debug", "otlp_http"}), "metrics": ({"prometheus"}, {"awsemf", "debug"})}
    for name, pipeline in config["service"]["pipelines"].items():
        for section, known in zip(("receivers", "exporters"), ways[name.partition("/")[0]], strict=True):
            wrong = [each for each in pipeline[section] if each.partition("/")[0] not in known]
            if wrong:
                raise Unusable(f"service::pipelines::{name}: this stand-in has no such {section} here: {wrong[0]}")
    return Pipelines(config)
