"""When a target gets traffic."""

import pytest

from localcloud.door.health import Health, in_codes
from localcloud.door.view import HealthCheck, TargetGroup


def health(unhealthy_after: int = 2) -> Health:
    check = HealthCheck(unhealthy_after=unhealthy_after)
    return Health(TargetGroup("arn", "web", "HTTP", "ip", check, ()))


@pytest.mark.parametrize(
    ("codes", "inside", "outside"),
    [("200", [200], [201, 404]), ("200-299", [200, 250, 299], [300]), ("200, 301-302,404", [302, 404], [303])],
)
def test_a_matcher_takes_lists_and_ranges(codes: str, inside: list[int], outside: list[int]) -> None:
    assert [in_codes(status, codes) for status in [*inside, *outside]] == [True] * len(inside) + [False] * len(outside)


def test_a_new_target_is_healthy_after_one_good_answer() -> None:
    new = health()
    new.bad("does not accept connections")
    assert (new.state, new.reason) == ("initial", "does not accept connections")
    new.good()
    assert (new.state, new.reason) == ("healthy", "")


def test_a_healthy_target_is_given_up_after_as_many_bad_answers_as_its_group_says() -> None:
    known = health(unhealthy_after=3)
    known.good()
    for reason in ("one", "two"):
        known.bad(reason)
    known.good()
    for reason in ("three", "four"):
        known.bad(reason)
    assert known.state == "healthy"
    known.bad("five")
    assert (known.state, known.reason) == ("unhealthy", "five")


def test_a_refused_connection_counts_at_once_and_two_good_answers_bring_the_target_back() -> None:
    known = health(unhealthy_after=10)
    known.good()
    known.bad("refused", at_once=True)
    assert known.state == "unhealthy"
    known.good()
    assert known.state == "unhealthy"
    known.good()
    assert known.state == "healthy"
