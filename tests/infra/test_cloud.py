"""The recording engine itself: nothing of one build is left for the next."""

import asyncio

import pulumi
import pytest

from infra.components.cluster import Cluster
from infra.components.foundation import Foundation, FoundationArgs
from interface.parameters import FOUNDATION_KEYS
from tests import cloud, fakes
from tests.infra.examples import cluster, image


def test_what_was_built_is_known_when_build_returns() -> None:
    recording = cloud.build(cluster)

    assert [x.token for x in recording.resources] == [
        Cluster.TYPE,
        "aws:ecs/cluster:Cluster",
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    ]
    assert recording.one(Cluster.TYPE).urn == f"urn:pulumi:dev::slipway::{Cluster.TYPE}::cluster"
    assert recording.one("aws:ecs/cluster:Cluster").urn == (
        f"urn:pulumi:dev::slipway::{Cluster.TYPE}$aws:ecs/cluster:Cluster::cluster"
    )


def test_a_program_that_waits_for_ever_after_an_error_does_not_hold_up_the_next() -> None:
    async def never() -> str:
        await asyncio.get_running_loop().create_future()
        return ""

    async def refused() -> str:
        raise pulumi.RunError("refused")

    def fails() -> None:
        pulumi.Output.from_input(never())
        values = dict.fromkeys(FOUNDATION_KEYS, pulumi.Output.from_input(refused()))
        Foundation("foundation", FoundationArgs(environment="dev", values=values))

    with pytest.raises(pulumi.RunError, match="refused"):
        cloud.build(fails)
    assert len(cloud.build(cluster).resources) == 3


def test_an_unknown_function_is_an_error_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(fakes.READ, "docker:index/getRegistryImage:getRegistryImage")

    with pytest.raises(pulumi.RunError, match="getRegistryImage"):
        cloud.build(lambda: {"digest": image().digest})
