"""The developer's compose: one order from page to mail, and sources that reload in all three services."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import SYSTEM, Project, common, eventually

pytestmark = [pytest.mark.docker, pytest.mark.slow]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the system whose sources the tests may change."""
    copy = tmp_path_factory.mktemp("development") / "system"
    shutil.copytree(
        SYSTEM, copy, ignore=shutil.ignore_patterns("node_modules", "dist", "secrets", "__pycache__", "tests")
    )
    # The containers' user is not this process's.
    for path in [copy.parent, copy, *copy.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else path.stat().st_mode | 0o444)
    return copy


@pytest.fixture(scope="module")
def project(folder: Path, client: str) -> Iterator[Project]:
    with Project(client, (folder / "compose.yaml",), common()).up("frontend", "mail-service") as running:
        yield running


def test_an_order_becomes_fulfilled_and_one_mail_is_caught(project: Project) -> None:
    order = project.order("Lantern", 2, "ada@example.com")
    assert project.settled(order)["status"] == "fulfilled"
    assert [(mail["to"], mail["headers"]["x-order-id"]) for mail in project.mails()] == [(["ada@example.com"], order)]


def test_an_order_outlives_a_queue_that_lost_everything(project: Project) -> None:
    project.compose("stop", "mail-service")
    order = project.order("Lantern", 1, "ada@example.com")
    eventually(lambda: _sent(project, order) or None)
    project.compose("exec", "-T", "queue", "valkey-cli", "FLUSHALL")
    project.compose("start", "mail-service")
    assert project.settled(order)["status"] == "fulfilled"
    assert [mail["headers"]["x-order-id"] for mail in project.mails()].count(order) == 1


def _sent(project: Project, order: str) -> bool:
    """Whether the order's job has been put into the queue."""
    known = project.compose("exec", "-T", "queue", "valkey-cli", "EXISTS", f"anythingyouwantt:orders:{order}")
    return known.strip() == "1"


def _saved(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def _body(project: Project, path: str) -> str:
    """The body of the page's address; nothing while the service behind it starts again."""
    try:
        address = f"http://127.0.0.1:{project.environment['PORT']}{path}"
        with urllib.request.urlopen(address, timeout=60) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, OSError):
        return ""


def _page(project: Project) -> bool | None:
    return "Looked at anew" in _body(project, "/src/App.tsx") or None


def _api(project: Project) -> bool | None:
    return '"title":"Changed"' in _body(project, "/api/openapi.json") or None


def _mail(project: Project) -> bool | None:
    return project.compose("logs", "--no-color", "mail-service").count("orders are taken anew") > 0 or None


@pytest.mark.parametrize(
    ("file", "old", "new", "seen"),
    [
        ("frontend/src/App.tsx", "look into your mail.", "Looked at anew.", _page),
        ("rest-api/src/app.ts", 'title: "AnythingYouWantt"', 'title: "Changed"', _api),
        ("mail-service/src/main.ts", "taking orders", "orders are taken anew", _mail),
    ],
)
def test_a_saved_source_is_running_soon(
    project: Project, folder: Path, file: str, old: str, new: str, seen: Callable[[Project], bool | None]
) -> None:
    assert seen(project) is None
    _saved(folder / file, old, new)
    assert eventually(lambda: seen(project)) is True


def test_every_port_is_on_loopback_and_every_service_has_a_bounded_log(project: Project) -> None:
    shown = json.loads(project.compose("config", "--format", "json"))["services"]
    assert {port["host_ip"] for service in shown.values() for port in service.get("ports", [])} == {"127.0.0.1"}
    assert [name for name, service in shown.items() if "max-size" not in service["logging"]["options"]] == []
