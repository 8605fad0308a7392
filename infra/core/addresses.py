"""The address plan of one network, as a value: which range each subnet has."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import islice
from typing import Literal

Tier = Literal["public", "private", "isolated"]

TIERS: tuple[Tier, ...] = ("public", "private", "isolated")
"""Public subnets are for load balancers and NAT, private ones for tasks, isolated ones have no way out."""

ZONE_LETTERS = "abc"
"""A zone is called by its letter in names; which availability zone of the region it is comes from AWS."""

RESERVED_BY_AWS = 5
"""Addresses of every subnet that AWS keeps: the first four and the last."""


@dataclass(frozen=True)
class AddressPlan:
    """Ranges of the subnets, keyed by zone letter.

    The lower half of the block is for tasks, the third quarter is halved between public and isolated subnets, and the
    last quarter is left for tiers that nobody has thought of. Each tier has room for four zones, so that one more
    never moves the others.
    """

    block: IPv4Network
    public: dict[str, IPv4Network]
    private: dict[str, IPv4Network]
    isolated: dict[str, IPv4Network]

    @classmethod
    def of(cls, block: IPv4Network, zones: int) -> "AddressPlan":
        """Plan 1 to 3 zones in a block of /16 to /20; a zone's ranges do not depend on how many others there are."""
        if not 1 <= zones <= len(ZONE_LETTERS):
            raise ValueError(f"zones must be 1 to {len(ZONE_LETTERS)}, got {zones}")
        if not 16 <= block.prefixlen <= 20:
            raise ValueError(f"the network must be a /16 to /20, got {block}")
        lower, upper = block.subnets(prefixlen_diff=1)
        public, isolated, *_ = upper.subnets(prefixlen_diff=2)
        return cls(
            block=block,
            public=_by_zone(public, zones),
            private=_by_zone(lower, zones),
            isolated=_by_zone(isolated, zones),
        )

    @property
    def zones(self) -> tuple[str, ...]:
        """Letters of the zones, in order."""
        return tuple(self.public)

    def tier(self, tier: Tier) -> dict[str, IPv4Network]:
        """Return the ranges of one tier by zone letter."""
        return {"public": self.public, "private": self.private, "isolated": self.isolated}[tier]

    def hosts(self, tier: Tier) -> int:
        """Return how many addresses a subnet of a tier has to give away."""
        return next(iter(self.tier(tier).values())).num_addresses - RESERVED_BY_AWS


def _by_zone(block: IPv4Network, zones: int) -> dict[str, IPv4Network]:
    return dict(zip(ZONE_LETTERS, islice(block.subnets(prefixlen_diff=2), zones), strict=False))
