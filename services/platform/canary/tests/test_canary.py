"""How a visitor is received, and what is written down of it."""

import importlib.util
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def handler() -> ModuleType:
    """Load the function's module from its folder, which is no package of the repository."""
    path = Path(__file__).resolve().parents[1] / "canary" / "handler.py"
    spec = importlib.util.spec_from_file_location("slipway_canary_handler", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def server() -> Iterator[str]:
    """Answer 200 under /well and 503 elsewhere."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/well" else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_who_answers_is_healthy_and_who_does_not_is_told_with_the_reason(
    handler: ModuleType, server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    targets = {"shop": f"{server}/well", "lists": f"{server}/ill", "gone": "http://127.0.0.1:1/"}
    monkeypatch.setenv("TARGETS", json.dumps(targets))

    assert handler.handle({}, None) == {"gone": False, "lists": False, "shop": True}

    lines = {line["System"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert {name: (line["Healthy"], line["reason"]) for name, line in lines.items() if name != "gone"} == {
        "lists": (0, "answered 503"),
        "shop": (1, ""),
    }
    assert lines["gone"]["Healthy"] == 0
    assert "refused" in lines["gone"]["reason"]


def test_a_visit_is_a_line_that_cloudwatch_reads_metrics_from(handler: ModuleType) -> None:
    line = json.loads(handler.Visit("shop", True, 12, "").line(1.5))

    assert line == {
        "_aws": {
            "Timestamp": 1500,
            "CloudWatchMetrics": [
                {
                    "Namespace": "Slipway/Canary",
                    "Dimensions": [["System"]],
                    "Metrics": [
                        {"Name": "Healthy", "Unit": "Count"},
                        {"Name": "Duration", "Unit": "Milliseconds"},
                    ],
                }
            ],
        },
        "System": "shop",
        "Healthy": 1,
        "Duration": 12,
        "reason": "",
    }


def test_nobody_to_visit_is_no_error(handler: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TARGETS", "{}")

    assert handler.handle({}, None) == {}


def test_what_is_no_address_is_told(handler: ModuleType) -> None:
    made = handler.visit("shop", "nowhere")

    assert (made.healthy, made.reason) == (False, "unknown url type: 'nowhere'")
