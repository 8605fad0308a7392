"""The address plan: exact ranges, no overlap, and nothing moves when a zone is added."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest

from infra.core.addresses import TIERS, AddressPlan


def test_the_ranges_of_a_network_with_three_zones() -> None:
    plan = AddressPlan.of(IPv4Network("10.30.0.0/16"), 3)

    assert {letter: str(block) for letter, block in plan.private.items()} == {
        "a": "10.30.0.0/19",
        "b": "10.30.32.0/19",
        "c": "10.30.64.0/19",
    }
    assert {letter: str(block) for letter, block in plan.public.items()} == {
        "a": "10.30.128.0/21",
        "b": "10.30.136.0/21",
        "c": "10.30.144.0/21",
    }
    assert {letter: str(block) for letter, block in plan.isolated.items()} == {
        "a": "10.30.160.0/21",
        "b": "10.30.168.0/21",
        "c": "10.30.176.0/21",
    }
    assert plan.zones == ("a", "b", "c")


def test_a_network_may_have_one_zone() -> None:
    plan = AddressPlan.of(IPv4Network("10.30.0.0/16"), 1)

    assert [plan.tier(tier) for tier in TIERS] == [
        {"a": IPv4Network("10.30.128.0/21")},
        {"a": IPv4Network("10.30.0.0/19")},
        {"a": IPv4Network("10.30.160.0/21")},
    ]


@pytest.mark.parametrize("prefix", range(16, 21))
def test_subnets_lie_in_the_network_and_never_overlap(prefix: int) -> None:
    plan = AddressPlan.of(IPv4Network(f"10.0.0.0/{prefix}"), 3)
    blocks = [block for tier in TIERS for block in plan.tier(tier).values()]

    assert len(blocks) == 9
    assert all(block.subnet_of(plan.block) for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


@pytest.mark.parametrize(
    ("prefix", "private", "public"),
    [(16, 8187, 2043), (17, 4091, 1019), (18, 2043, 507), (19, 1019, 251), (20, 507, 123)],
)
def test_how_many_addresses_a_subnet_has_to_give_away(prefix: int, private: int, public: int) -> None:
    plan = AddressPlan.of(IPv4Network(f"10.0.0.0/{prefix}"), 2)

    assert (plan.hosts("private"), plan.hosts("public"), plan.hosts("isolated")) == (private, public, public)


@pytest.mark.parametrize("tier", TIERS)
def test_another_zone_moves_none_of_the_others(tier: str) -> None:
    block = IPv4Network("10.30.0.0/16")
    two, three = AddressPlan.of(block, 2).tier(tier), AddressPlan.of(block, 3).tier(tier)

    assert list(two) == ["a", "b"]
    assert three.items() >= two.items()


@pytest.mark.parametrize("zones", [0, 4, -1])
def test_a_number_of_zones_that_no_plan_has_is_refused(zones: int) -> None:
    with pytest.raises(ValueError, match=f"zones must be 1 to 3, got {zones}"):
        AddressPlan.of(IPv4Network("10.0.0.0/16"), zones)


@pytest.mark.parametrize("block", ["10.0.0.0/15", "10.0.0.0/21"])
def test_a_network_too_big_or_too_small_is_refused(block: str) -> None:
    with pytest.raises(ValueError, match=f"the network must be a /16 to /20, got {block}"):
        AddressPlan.of(IPv4Network(block), 2)
