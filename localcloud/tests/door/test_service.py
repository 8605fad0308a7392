"""The door as a daemon in front of a cloud, which is made up here."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from localcloud import cloud, door, ports
from localcloud.door.source import ACCOUNTS, accounts


class _Cloud(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = self.path.partition("=")[2].split(",")
        empty = {"zones": [], "load_balancers": [], "target_groups": {}, "distributions": [], "api_domains": []}
        body = json.dumps({"accounts": dict.fromkeys(asked, empty)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[cloud.Cloud]:
    """A home of its own with a cloud that answers; ends whatever door was started."""
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Cloud)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,))
    serving.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    (tmp_path / "cloud").mkdir()
    (tmp_path / "cloud" / "cloud.json").write_text(json.dumps({"endpoint": endpoint}))
    yield cloud.Cloud(endpoint=endpoint, region="eu-west-1", docker=False, boot="1")
    door.stop()
    server.shutdown()
    serving.join()
    server.server_close()


def test_the_door_starts_once_answers_and_stops(machine: cloud.Cloud) -> None:
    assert door.running() is None
    opened = door.start(machine)
    assert door.start(machine) == opened
    assert door.running() == opened
    with urllib.request.urlopen(f"http://localhost:{opened.port}/_door/status") as answer:
        assert json.loads(answer.read())["cloud"] == {"endpoint": machine.endpoint, "trouble": ""}
    assert door.address("counter.test", opened) == f"http://counter.test.localhost:{opened.port}"
    door.stop()
    assert door.running() is None
    assert ports.is_free(opened.port)


def test_accounts_are_the_four_of_the_organisation_unless_others_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path))
    assert accounts() == ACCOUNTS
    (tmp_path / "cloud" / "accounts.json").write_text('["555555555555"]')
    assert accounts() == ("555555555555",)
