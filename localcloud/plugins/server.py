"""Runs a provider for the engine that has started it: port on standard output, then calls until it is ended."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from concurrent import futures

import grpc

from localcloud import home, parent
from localcloud.plugins.messages import provider_pb2_grpc
from localcloud.plugins.provider import Provider, cancelled
from localcloud.plugins.servicer import Servicer, debugging

OPTIONS = [
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),  # the engine's own limit
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
    ("grpc.so_reuseport", 0),
]
THREADS = 32
GARBAGE = 50_000
"""Objects after which garbage is looked for: at Python's 700, a service's model is looked through while it is read."""
GRACE = 5.0
"""Seconds that running calls have to end when the provider is ended."""
LOG_LIMIT = 5 * 1024 * 1024
"""Bytes after which a provider starts its log anew."""


def start(provider: Provider, engine: str = "") -> tuple[grpc.Server, int]:
    """Serve the provider on a free loopback port for the engine at `engine` (host:port); return server and port."""
    server = grpc.server(futures.ThreadPoolExecutor(THREADS, "call"), options=OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider, engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(provider: Provider) -> None:
    """Serve the provider until SIGINT or SIGTERM, or until the parent process is gone; never returns.

    The parent is watched rather than asked of the kernel (PR_SET_PDEATHSIG): that signal comes when the thread
    ends that started this process, and the engine's threads come and go.
    """
    _write_log(provider.name)
    gc.freeze()
    gc.set_threshold(GARBAGE)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server, port = start(provider, sys.argv[1] if len(sys.argv) > 1 else "")
    _announce(port)
    while not parent.is_orphan() and not ended.wait(0.5):
        pass
    cancelled.set()
    server.stop(GRACE).wait()
    logging.shutdown()
    os._exit(0)  # a call that does not end would keep the process alive


def _announce(port: int) -> None:
    """Print the port, and see to it that nothing follows it on standard output."""
    print(port, flush=True)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _write_log(name: str) -> None:
    """Send the log to `.slipway/logs/plugin-NAME.log`: calls with their time, warnings of libraries."""
    path = home.file("logs", f"plugin-{name}.log")
    full = path.exists() and path.stat().st_size > LOG_LIMIT
    logging.basicConfig(
        filename=path,
        filemode="w" if full else "a",
        level=logging.WARNING,
        format="%(asctime)s %(process)d %(levelname)s %(message)s",
    )
    logging.getLogger("localcloud").setLevel(logging.DEBUG if debugging() else logging.INFO)
