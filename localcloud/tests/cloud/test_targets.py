import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from localcloud.cloud.inside.targets import Health, Target, Targets, ask, is_address, matches

GROUP = {"HealthCheckPath": "/healthz", "Matcher": {"HttpCode": "200"}, "UnhealthyThresholdCount": 2}


@pytest.fixture
def answering() -> Iterator[Callable[[int], Target]]:
    """Start a server that answers /healthz with a status, and return it as a target."""
    servers = []

    def start(status: int) -> Target:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status if self.path == "/healthz" else 404)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
                """Stay quiet."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return Target("222222222222", "group", "127.0.0.1", server.server_port)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_target_that_answers_its_path_passes(answering: Callable[[int], Target]) -> None:
    assert ask(answering(200), GROUP) == (True, "")


def test_another_status_is_a_mismatch(answering: Callable[[int], Target]) -> None:
    assert ask(answering(503), GROUP) == (False, "Target.ResponseCodeMismatch")


def test_nobody_there_fails(answering: Callable[[int], Target]) -> None:
    closed = Target("222222222222", "group", "127.0.0.1", 1)
    assert ask(closed, GROUP) == (False, "Target.FailedHealthChecks")


def test_a_group_may_check_another_port(answering: Callable[[int], Target]) -> None:
    checked = answering(200)
    served = checked._replace(port=1)
    assert ask(served, {**GROUP, "HealthCheckPort": str(checked.port)}) == (True, "")
    assert ask(served, {**GROUP, "HealthCheckPort": "traffic-port"})[0] is False


def test_a_group_of_connections_is_checked_by_connecting(answering: Callable[[int], Target]) -> None:
    assert ask(answering(503), {**GROUP, "HealthCheckProtocol": "TCP"}) == (True, "")


def test_without_health_checks_everything_passes() -> None:
    assert ask(Target("1", "g", "127.0.0.1", 1), {**GROUP, "HealthCheckEnabled": False}) == (True, "")


@pytest.mark.parametrize(
    ("status", "codes", "expected"),
    [(200, "200", True), (204, "200", False), (302, "200,301-399", True), (400, "200-399", False), (200, "", False)],
)
def test_codes_are_values_and_ranges(status: int, codes: str, expected: bool) -> None:
    assert matches(status, codes) is expected


def test_only_ipv4_targets_are_asked() -> None:
    assert is_address("172.17.0.2")
    assert not is_address("i-0123456789")
    assert not is_address("::1")


def test_a_target_is_healthy_after_two_good_answers_in_a_row() -> None:
    health = Health()
    health.note(True, "", 2)
    assert health.state == "initial"
    health.note(False, "Target.Timeout", 2)
    health.note(True, "", 2)
    assert (health.state, health.reason) == ("initial", "Target.Timeout")
    health.note(True, "", 2)
    assert (health.state, health.reason) == ("healthy", "")


def test_a_healthy_target_stays_so_for_fewer_bad_answers_than_its_threshold() -> None:
    health = Health(state="healthy")
    health.note(False, "Target.Timeout", 3)
    health.note(False, "Target.Timeout", 3)
    assert health.state == "healthy"
    health.note(False, "Target.Timeout", 3)
    assert (health.state, health.reason) == ("unhealthy", "Target.Timeout")


def test_an_unhealthy_target_recovers() -> None:
    health = Health(state="unhealthy")
    health.note(True, "", 2)
    assert health.state == "unhealthy"
    health.note(True, "", 2)
    assert health.state == "healthy"


def test_a_drained_target_is_shown_for_its_time_and_in_its_group_only() -> None:
    targets = Targets(list)
    leaving = Target("222222222222", "group", "172.17.0.2", 80)
    targets.drain(leaving, 1000)
    assert targets.draining("222222222222", "group") == [leaving]
    assert targets.draining("333333333333", "group") == []
    targets.drain(leaving, 0)
    assert targets.draining("222222222222", "group") == []


def test_a_target_that_comes_back_no_longer_drains() -> None:
    targets = Targets(list)
    target = Target("222222222222", "group", "172.17.0.2", 80)
    targets.drain(target, 1000)
    targets.registered(target)
    assert targets.draining("222222222222", "group") == []


def test_what_is_not_an_address_counts_as_healthy() -> None:
    assert Targets(list).health(Target("1", "g", "i-1", 80)).state == "healthy"


def test_rounds_ask_what_is_listed_and_forget_what_is_not(answering: Callable[[int], Target]) -> None:
    target = answering(200)
    listed = [(target, GROUP)]
    targets = Targets(lambda: listed)
    health = targets.health(target)
    for _ in range(200):
        targets.round()
        if health.state == "healthy":
            break
        threading.Event().wait(0.05)
    assert health.state == "healthy"
    listed.clear()
    targets.round()
    assert targets.health(target).state == "initial"
