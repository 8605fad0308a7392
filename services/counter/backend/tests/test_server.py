"""The real server as a container starts it: its refusals, its logs, its end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

BACKEND = Path(__file__).parents[1]
PATIENCE_SECONDS = 60
"""For a slow machine; nothing here takes more than a second on a quick one."""


def gunicorn(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The server in the service's folder, with only these variables beside PATH."""
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *arguments],
        cwd=BACKEND,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_memory_store_refuses_a_second_worker_from_the_environment() -> None:
    server = gunicorn(WEB_CONCURRENCY="2")
    output, _ = server.communicate(timeout=PATIENCE_SECONDS)
    assert server.returncode == 1
    assert output == (
        "counter: WEB_CONCURRENCY: the memory store is one process's own: 1 worker, got 2, "
        "or set COUNTER_STORE=dynamodb\n"
    )


def test_the_memory_store_refuses_a_second_worker_from_the_command_line() -> None:
    server = gunicorn("--workers", "3", "--bind", "127.0.0.1:0")
    output, _ = server.communicate(timeout=PATIENCE_SECONDS)
    assert server.returncode == 1
    assert "counter: the memory store is one process's own: 1 worker, got 3" in output


def test_it_serves_logs_in_fields_without_queries_and_ends_on_sigterm_with_a_client_still_connected() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        os.set_inheritable(listening.fileno(), True)
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}"],
            cwd=BACKEND,
            env={"PATH": os.environ["PATH"], "COUNTER_PREFIX": "/api"},
            pass_fds=[listening.fileno()],
            stdout=subprocess.PIPE,
            text=True,
        )
        # The socket listens before the server does, so the first request simply waits: nothing to poll.
        client = http.client.HTTPConnection("127.0.0.1", listening.getsockname()[1], timeout=PATIENCE_SECONDS)
        try:
            client.request("POST", "/api/decrement?token=private", headers={"Authorization": "private"})
            first = client.getresponse()
            assert (first.status, json.load(first)) == (200, {"counter": 999})
            client.request("GET", "/healthz")  # on the same connection: it was kept alive
            health = client.getresponse()
            assert (health.status, json.load(health)) == (200, {"status": "ok"})
            server.send_signal(signal.SIGTERM)
            output, _ = server.communicate(timeout=PATIENCE_SECONDS)
        finally:
            client.close()
            server.kill()
    assert server.returncode == 0
    lines = [json.loads(line) for line in output.splitlines()]
    requests = [line for line in lines if line["logger"] == "gunicorn.access"]
    assert [(line["method"], line["path"], line["status"]) for line in requests] == [("POST", "/api/decrement", 200)]
    assert "private" not in output
