"""The compose project of one host, as it would run there: orders, bad input, killed workers, restarted servers."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import SYSTEM, Project, common, eventually

pytestmark = [pytest.mark.docker, pytest.mark.slow]

SERVICES = ("rest-api", "mail-service", "frontend")


@pytest.fixture(scope="module")
def project(client: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    secrets = tmp_path_factory.mktemp("production") / "secrets"
    subprocess.run([SYSTEM / "secrets.sh", "smtp://mail-catcher:1025", secrets], check=True)
    environment = {**common(), "SECRETS": str(secrets), "MAIL_FROM": "shop@anythingyouwantt.example"}
    files = (SYSTEM / "compose.production.yaml", SYSTEM / "tests/compose.mail.yaml")
    with Project(client, files, environment).up("frontend", "mail-service", "mail-catcher") as running:
        yield running


def mails_of(project: Project, orders: list[str]) -> Counter[str]:
    sent = (mail["headers"]["x-order-id"] for mail in project.mails())
    return Counter(order for order in sent if order in orders)


def test_an_order_becomes_fulfilled_and_exactly_one_mail_is_sent(project: Project) -> None:
    order = project.order("Lantern", 2, "ada@example.com")
    assert project.settled(order)["reason"] is None
    assert project.call(f"/api/orders/{order}")[1]["status"] == "fulfilled"
    assert mails_of(project, [order]) == {order: 1}


def test_an_order_for_more_than_there_is_fails_with_the_reason(project: Project) -> None:
    order = project.order("Pocket telescope", 4, "ada@example.com")
    found = project.settled(order)
    assert (found["status"], found["reason"]) == ("failed", "only 3 left")
    assert mails_of(project, [order]) == {order: 1}


def test_products_and_orders_can_be_made_read_changed_and_deleted(project: Project) -> None:
    status, made = project.call("/api/products", {"name": "Kite", "priceCents": 900, "stock": 2})
    assert (status, made["left"]) == (201, 2)
    path = f"/api/products/{made['id']}"
    assert project.call(path, {"stock": 5}, method="PATCH")[1]["stock"] == 5
    order = project.order("Kite", 1, "ada@example.com")
    assert project.settled(order)["totalCents"] == 900
    assert project.call(path)[1]["left"] == 4
    assert project.call(f"/api/orders/{order}", {"note": "ring twice"}, method="PATCH")[1]["note"] == "ring twice"
    assert project.call(path, method="DELETE")[1]["reason"] == "ordered-product"
    assert project.call(f"/api/orders/{order}", method="DELETE") == (204, None)
    assert project.call(path, method="DELETE") == (204, None)
    assert project.call(path)[0] == 404


def test_orders_are_listed_a_page_at_a_time_with_shortened_addresses(project: Project) -> None:
    placed = [project.order("Enamel mug", 1, "grace@example.com") for _ in range(3)]
    _, first = project.call("/api/orders?limit=2")
    assert [order["id"] for order in first["orders"]] == [placed[2], placed[1]]
    assert first["orders"][0]["email"] == "g…@example.com"
    _, second = project.call(f"/api/orders?limit=2&before={first['next']}")
    assert second["orders"][0]["id"] == placed[0]


def bad_bodies(product: str) -> list[tuple[bytes, int]]:
    order: dict[str, Any] = {"productId": product, "quantity": 1, "email": "ada@example.com"}
    changes: list[dict[str, Any]] = [
        {"quantity": "1"},
        {"quantity": 10**12},
        {"email": "ada@example.com\r\nBcc: eve@example.com"},
        {"email": "'; DROP TABLE orders; --@example.com"},
        {"productId": "' OR 1=1 --"},
        {"note": "\x00"},
        {"status": "fulfilled"},
    ]
    oversized = json.dumps(order | {"note": "x" * 20_000}).encode()
    return [
        *((json.dumps(order | change).encode(), 400) for change in changes),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (oversized, 413),
    ]


def test_bad_input_is_refused_with_a_reason_and_stores_nothing(project: Project) -> None:
    product = project.call("/api/products")[1]["products"][0]["id"]
    newest = project.call("/api/orders?limit=1")[1]
    for body, expected in bad_bodies(product):
        status, problem = project.call("/api/orders", raw=body)
        assert (status, problem["status"]) == (expected, expected), body[:80]
        assert problem["reason"]
        assert "node_modules" not in json.dumps(problem)
    after = project.call("/api/orders?limit=1")[1]
    assert [order["id"] for order in after["orders"]] == [order["id"] for order in newest["orders"]]


def test_a_worker_killed_in_the_middle_loses_no_order_and_sends_no_twin(project: Project) -> None:
    """Killed while its claims are held and nothing of their mails has left: the server that takes mail is frozen."""
    catcher, worker = project.container("mail-catcher"), project.container("mail-service")
    before = [project.order("Enamel mug", 1, f"before{number}@example.com") for number in range(8)]
    eventually(lambda: len(mails_of(project, before)) >= 3 or None)
    for order in before:
        project.settled(order)
    project.docker("pause", catcher)
    try:
        after = [project.order("Enamel mug", 1, f"after{number}@example.com") for number in range(12)]
        eventually(lambda: claims(project) >= 1 or None)
        project.docker("kill", "--signal", "KILL", worker)
    finally:
        project.docker("unpause", catcher)
    project.compose("start", "mail-service")
    assert Counter(project.settled(order)["status"] for order in before + after) == {"fulfilled": 20}
    assert mails_of(project, before + after) == dict.fromkeys(before + after, 1)


def claims(project: Project) -> int:
    """Orders whose mail a worker holds and has not confirmed."""
    query = "SELECT count(*) FROM deliveries WHERE confirmed_at IS NULL"
    return int(
        project.compose(
            "exec", "-T", "postgres", "psql", "-U", "postgres", "-At", "-d", "anythingyouwantt_mail", "-c", query
        )
    )


def test_a_job_that_is_no_order_becomes_a_dead_letter_that_can_be_seen_and_replayed(project: Project) -> None:
    order = "00000000-0000-4000-8000-000000000000"
    script = (
        "const { Queue } = require('bullmq'); const { Redis } = require('ioredis');"
        "const s = JSON.parse(require('fs').readFileSync('/run/secrets/queue'));"
        "const connection = new Redis({ ...s, maxRetriesPerRequest: null, enableReadyCheck: false });"
        "const q = new Queue('orders', { connection, prefix: 'anythingyouwantt', skipVersionCheck: true });"
        f"q.add('order', {{ orderId: 'x' }}, {{ jobId: '{order}' }}).then(() => process.exit(0));"
    )
    project.compose("exec", "-T", "mail-service", "node", "--input-type=commonjs", "-e", script)

    def letters(command: str) -> list[dict[str, Any]] | None:
        lines = project.compose("exec", "-T", "mail-service", "node", "dist/dead-letters.js", command).splitlines()
        return [json.loads(line) for line in lines] or None

    [letter] = eventually(lambda: letters("list"))
    assert (letter["order"], letter["reason"]) == (order, "the job does not have an order's shape")
    replayed = letters("replay")
    assert replayed is not None
    assert [(one["order"], one["replayed"]) for one in replayed] == [(order, True)]
    # It is as bad as before, so it comes back.
    assert [one["order"] for one in eventually(lambda: letters("list"))] == [order]


def placed(project: Project) -> str | None:
    """A new order's id; nothing while its database is away."""
    products = project.call("/api/products")[1]
    return project.order("Lantern", 1, "ada@example.com") if products and "products" in products else None


@pytest.mark.parametrize("server", ["postgres", "queue"])
def test_the_services_find_a_restarted_server_again(project: Project, server: str) -> None:
    project.compose("restart", "--timeout", "30", server)
    order = eventually(lambda: placed(project))
    assert project.settled(order)["status"] == "fulfilled"
    assert mails_of(project, [order]) == {order: 1}


def changed_password(project: Project, name: str) -> str:
    """Write a new password into the secret's file, in place as a mount needs it; gives the password."""
    file = Path(project.environment["SECRETS"], name)
    secret = json.loads(file.read_text())
    password = f"{secret['password'][::-1]}0"
    file.write_text(json.dumps(secret | {"password": password}, separators=(",", ":")))
    return password


def test_the_services_find_changed_passwords_by_themselves(project: Project) -> None:
    psql = ["exec", "-T", "postgres", "psql", "-U", "postgres", "-q", "-c"]
    for name in ("anythingyouwantt", "anythingyouwantt_mail"):
        project.compose(*psql, f"ALTER ROLE {name} PASSWORD '{changed_password(project, name)}'")
    # Connections that are open already would not ask for the password again.
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'anythingyouwantt%'"
    project.compose(*psql, drop)
    users = Path(project.environment["SECRETS"], "queue-users")
    old = json.loads(Path(project.environment["SECRETS"], "queue").read_text())["password"]
    users.write_text(users.read_text().replace(old, changed_password(project, "queue")))
    project.compose("restart", "--timeout", "30", "queue")
    order = eventually(lambda: placed(project))
    assert project.settled(order)["status"] == "fulfilled"
    assert mails_of(project, [order]) == {order: 1}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_as_a_plain_user_and_ends_by_itself_on_sigterm(project: Project, service: str) -> None:
    """137 would be the engine's SIGKILL."""
    container = project.container(service)
    assert project.docker("exec", container, "id", "-u") == "1000\n"
    project.docker("stop", "-t", "30", container)
    ended = project.docker("inspect", "--format", "{{.State.ExitCode}}", container).strip()
    project.docker("start", container)
    assert ended == "0"


def test_one_port_is_published_and_no_source_is_mounted(project: Project) -> None:
    plain = Project(project.client, (SYSTEM / "compose.production.yaml",), project.environment)
    shown = json.loads(plain.compose("config", "--format", "json"))["services"]
    assert [name for name, service in shown.items() if service.get("ports")] == ["frontend"]
    mounts = [mount for service in shown.values() for mount in service.get("volumes", [])]
    assert {mount["type"] for mount in mounts} == {"volume"}
    assert [name for name, service in shown.items() if "restart" not in service] == []


def test_a_start_without_settings_ends_at_once_with_one_line(project: Project) -> None:
    for service in ("rest-api", "mail-service"):
        image = f"anythingyouwantt/{service}:test"
        done = subprocess.run(
            [project.client, "run", "--rm", image], capture_output=True, text=True, check=False, timeout=300
        )
        lines = (done.stdout + done.stderr).splitlines()
        assert (done.returncode, len(lines)) == (1, 1)
        assert json.loads(lines[0])["level"] == "fatal"
