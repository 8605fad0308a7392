"""Targets of load balancers: checked as their target group says, and drained before they go.

MiniStack calls every registered target healthy. Here each IP target is asked for its health path, so that a service
is steady when it answers and not before, and whoever routes traffic sees which targets are new or on their way out.
Intervals are shorter than on AWS (a second at most), because nobody waits half a minute on one machine.
"""

import http.client
import ipaddress
import re
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

FIRST_SECONDS = 0.25
STEADY_SECONDS = 1.0
SLOWEST_ANSWER_SECONDS = 5.0
HEALTHY_AFTER = 2
WORKERS = 8


class Target(NamedTuple):
    """An address in a target group."""

    account: str
    group: str
    address: str
    port: int


@dataclass
class Health:
    """What is known of a target."""

    state: str = "initial"
    reason: str = "Elb.InitialHealthChecking"
    since: float = field(default_factory=time.monotonic)
    passed: int = 0
    failed: int = 0
    due: float = 0.0
    busy: bool = False

    def note(self, passed: bool, reason: str, unhealthy_after: int) -> None:
        """Count one answer; the state changes after two good or `unhealthy_after` bad ones in a row."""
        self.passed = self.passed + 1 if passed else 0
        self.failed = 0 if passed else self.failed + 1
        if passed and self.passed >= HEALTHY_AFTER and self.state != "healthy":
            self.state, self.reason, self.since = "healthy", "", time.monotonic()
        elif not passed and self.state == "healthy" and self.failed >= unhealthy_after:
            self.state, self.reason, self.since = "unhealthy", reason, time.monotonic()
        elif not passed and self.state != "healthy":
            self.reason = reason


class Targets:
    """Health of every IP target, and those that are draining.

    `listing` returns each registered target with its group's record; it is asked again at each round.
    """

    def __init__(self, listing: Callable[[], Iterable[tuple[Target, dict[str, Any]]]]) -> None:
        self._listing = listing
        self._health: dict[Target, Health] = {}
        self._draining: dict[Target, float] = {}
        self._guard = threading.Lock()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="slipway-health")

    def start(self) -> None:
        """Check in the background from now on."""
        threading.Thread(target=self._run, daemon=True, name="slipway-health").start()

    def health(self, target: Target) -> Health:
        """Return what is known of a target; one that is no IP address is taken to be healthy, as none asks it."""
        if not is_address(target.address):
            return Health("healthy", "")
        with self._guard:
            return self._health.setdefault(target, Health())

    def drain(self, target: Target, seconds: float) -> None:
        """Show a target as draining for so long."""
        with self._guard:
            self._draining[target] = time.monotonic() + seconds
            self._health.pop(target, None)

    def draining(self, account: str, group: str) -> list[Target]:
        """Return the targets that leave a group just now."""
        now = time.monotonic()
        with self._guard:
            self._draining = {target: end for target, end in self._draining.items() if end > now}
            return [target for target in self._draining if (target.account, target.group) == (account, group)]

    def registered(self, target: Target) -> None:
        """Note that a target is in use (again)."""
        with self._guard:
            self._draining.pop(target, None)

    def _run(self) -> None:
        while True:
            self.round()
            time.sleep(FIRST_SECONDS)

    def round(self) -> None:
        """Ask every target that is due, without waiting for the answers; forget those that are gone."""
        now = time.monotonic()
        wanted = {target: group for target, group in self._listing() if is_address(target.address)}
        with self._guard:
            self._health = {target: health for target, health in self._health.items() if target in wanted}
            for target, group in wanted.items():
                health = self._health.setdefault(target, Health())
                if not health.busy and health.due <= now:
                    health.busy = True
                    self._pool.submit(self._check, target, group, health)

    @staticmethod
    def _check(target: Target, group: dict[str, Any], health: Health) -> None:
        try:
            passed, reason = ask(target, group)
            health.note(passed, reason, int(group.get("UnhealthyThresholdCount", 2)))
        finally:
            steady = min(STEADY_SECONDS, float(group.get("HealthCheckIntervalSeconds", 30)))
            health.due = time.monotonic() + (steady if health.state == "healthy" else FIRST_SECONDS)
            health.busy = False


def ask(target: Target, group: dict[str, Any]) -> tuple[bool, str]:
    """Return whether a target answers its health check, and AWS's reason code when not."""
    if not group.get("HealthCheckEnabled", True):
        return True, ""
    chosen = str(group.get("HealthCheckPort", "traffic-port"))
    port = int(chosen) if chosen.isdigit() else target.port
    wait = min(SLOWEST_ANSWER_SECONDS, float(group.get("HealthCheckTimeoutSeconds", 5)))
    connection = http.client.HTTPConnection(target.address, port, timeout=wait)
    try:
        if str(group.get("HealthCheckProtocol", "HTTP")) != "HTTP":
            connection.connect()
            return True, ""
        connection.request("GET", group.get("HealthCheckPath", "/"), headers={"User-Agent": "ELB-HealthChecker/2.0"})
        status = connection.getresponse().status
        codes = str((group.get("Matcher") or {}).get("HttpCode", "200"))
        return (True, "") if matches(status, codes) else (False, "Target.ResponseCodeMismatch")
    except TimeoutError:
        return False, "Target.Timeout"
    except (OSError, http.client.HTTPException):
        return False, "Target.FailedHealthChecks"
    finally:
        connection.close()


def matches(status: int, codes: str) -> bool:
    """Say whether a status is among codes such as `200,301-399`."""
    for part in codes.split(","):
        first, _, last = part.strip().partition("-")
        if re.fullmatch(r"\d{3}", first) and int(first) <= status <= int(last or first):
            return True
    return False


def is_address(text: str) -> bool:
    """Say whether a target's id is an IPv4 address."""
    try:
        return ipaddress.ip_address(text).version == 4
    except ValueError:
        return False
