"""Clusters and the capacity they run on."""

from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.ecs_tags import TAGS
from localcloud.plugins.aws.steps import ALL, Op, Read

_NAME = Name(longest=255, pattern=r"[a-zA-Z0-9_-]+")


def strategy_limits(name: str) -> dict[str, dict[str, int]]:
    """Return the limits of a list of capacity provider strategies, for `Entry.limits`."""
    return {
        f"{name}[*].base": {"minimum": 0, "maximum": 100000},
        f"{name}[*].weight": {"minimum": 0, "maximum": 1000},
    }


def described(call: Call, cluster: str) -> Properties | None:
    """Return an active cluster with its tags, settings and configuration, or nothing."""
    answer = call.api("describe_clusters", clusters=[cluster], include=["TAGS", "SETTINGS", "CONFIGURATIONS"])
    return next((dict(each) for each in answer["clusters"] if each["status"] == "ACTIVE"), None)


def _find(call: Call) -> str | None:
    live = described(call, call.inputs["name"])
    return str(live["clusterArn"]) if live and call.mine(live.get("tags")) else None


def _providers(call: Call) -> Any:
    """Set the cluster's capacity providers and their default strategy: one call for create and update."""
    call.api(
        "put_cluster_capacity_providers",
        cluster=call.inputs["clusterName"],
        **{
            "capacityProviders": [],
            "defaultCapacityProviderStrategy": [],
            **call.parameters(
                "put_cluster_capacity_providers", ("capacityProviders", "defaultCapacityProviderStrategies"), _STRATEGY
            ),
        },
    )
    return call.inputs["clusterName"]


def _read_providers(call: Call) -> Properties | None:
    live = described(call, call.id)
    if live is None or not (live.get("capacityProviders") or live.get("defaultCapacityProviderStrategy")):
        return None
    return {**call.properties(live, _STRATEGY), "clusterName": live["clusterName"]}


_STRATEGY = {"defaultCapacityProviderStrategies": "defaultCapacityProviderStrategy"}

ENTRIES = (
    Entry(
        token="aws:ecs/cluster:Cluster",
        service="ecs",
        cfn="AWS::ECS::Cluster",
        names={"name": "ClusterName", "settings": "ClusterSettings"},
        inputs=("name", "settings", "configuration"),
        create=Op(
            "create_cluster",
            take=ALL,
            rename={"name": "clusterName", "settings.name": "name"},
            pick="cluster.clusterArn",
        ),
        update=Op(
            "update_cluster",
            {"cluster": "$id"},
            take=("settings", "configuration"),
            when=("settings", "configuration"),
        ),
        read=Read(
            "describe_clusters",
            {"clusters": ["$id"], "include": ["TAGS", "SETTINGS", "CONFIGURATIONS"]},
            "clusters[?status=='ACTIVE'] | [0]",
            rename={"name": "clusterName", "arn": "clusterArn", "settings.name": "name"},
        ),
        delete=Op("delete_cluster", {"cluster": "$id"}),
        find=_find,
        name=_NAME,
        tags=TAGS,
        replace={"name": "a cluster's name is its identity"},
        sets=("settings",),
        limits={"settings[*].value": {"enum": ["enabled", "disabled", "enhanced"]}},
        rules=(
            value(
                "settings",
                lambda settings: all(each.get("name") == "containerInsights" for each in settings),
                "know one name only, containerInsights",
            ),
        ),
        unlike=("Container Insights publishes no metrics",),
        seconds=300,
    ),
    Entry(
        token="aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        service="ecs",
        inputs=("clusterName", "capacityProviders", "defaultCapacityProviderStrategies"),
        create=_providers,
        update=_providers,
        read=_read_providers,
        delete=Op(
            "put_cluster_capacity_providers",
            {"cluster": "$id", "capacityProviders": [], "defaultCapacityProviderStrategy": []},
        ),
        replace={"clusterName": "it is a setting of one cluster"},
        sets=("capacityProviders", "defaultCapacityProviderStrategies"),
        limits=strategy_limits("defaultCapacityProviderStrategies"),
        rules=(
            value(
                "capacityProviders",
                lambda names: all(name in ("FARGATE", "FARGATE_SPOT") for name in names),
                "must be FARGATE or FARGATE_SPOT",
            ),
        ),
        unlike=("FARGATE_SPOT is never taken away",),
    ),
)
