"""Names that nobody gave: stable for the same resource, within AWS's limits, in the project's shape."""

import pytest

from localcloud.plugins.aws.entry import Name
from localcloud.plugins.aws.naming import made_up
from localcloud.plugins.provider import Autonaming, Failure

PLAIN = Name(longest=32, pattern="[a-z0-9-]+")


def test_the_same_resource_gets_the_same_name_at_preview_and_after_a_kill() -> None:
    assert made_up(PLAIN, "web", "seed", None) == made_up(PLAIN, "web", "seed", None) == "web-19b2585"


def test_a_replacement_never_has_the_name_of_the_old_one() -> None:
    assert made_up(PLAIN, "web", "seed", None, taken="web-19b2585") == "web-df9ecf4"


def test_a_long_name_is_shortened_and_keeps_its_digits() -> None:
    name = made_up(PLAIN, "a" * 40, "seed", None)
    assert name == "a" * 24 + "-19b2585"


def test_the_projects_own_shape_is_kept_with_digits_that_do_not_change() -> None:
    proposed = [Autonaming(f"slipway-dev-web-{digits}") for digits in ("0123abcd", "ffff0000")]
    assert {made_up(PLAIN, "web", "seed", each) for each in proposed} == {"slipway-dev-web-19b25856"}


def test_a_proposed_name_without_digits_is_taken_as_it_is() -> None:
    assert made_up(PLAIN, "web", "seed", Autonaming("dev-web")) == "dev-web"


def test_a_prefix_that_aws_wants_is_put_in_front() -> None:
    assert made_up(Name(prefix="alias/"), "key", "seed", None) == "alias/key-19b2585"


def test_an_enforced_name_that_is_too_long_is_refused() -> None:
    got = made_up(PLAIN, "web", "seed", Autonaming("x" * 33, "enforce"))
    assert isinstance(got, Failure)
    assert "must have at most 32 characters, got 33" in got.reason


def test_with_automatic_names_switched_off_a_name_is_required() -> None:
    got = made_up(PLAIN, "web", "seed", Autonaming("web", "disable"))
    assert got == Failure("name", "is required: the project has switched automatic names off")


@pytest.mark.parametrize("logical", ["Web", "web_app"])
def test_a_logical_name_that_aws_would_refuse_is_refused(logical: str) -> None:
    assert isinstance(made_up(PLAIN, logical, "seed", None), Failure)
