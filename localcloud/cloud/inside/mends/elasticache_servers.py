"""ElastiCache: a replication group is a server in a container, with its users and parameters."""

import functools
import threading
import time
from typing import Any

from .. import caches
from ..caches import Cache, User
from ..network import Gateway
from ..servers import Servers
from . import elasticache as records
from .mend import Mend, replace

POLL_SECONDS = 0.2
READY_SECONDS = 300.0

SLOW = {
    f"{verb}{noun}"
    for noun, verbs in {
        "CacheParameterGroup": ("Modify", "Reset"),
        "ReplicationGroup": ("Create", "Modify", "Delete"),
        "User": ("Create", "Modify", "Delete"),
        "UserGroup": ("Create", "Modify", "Delete"),
    }.items()
    for verb in verbs
}
"""Actions that speak with a server."""

servers: Servers | None = None
"""The servers of this cloud; set before the server starts, nothing without Docker."""
gateway: Gateway | None = None


def _server_for_each(elasticache: Any) -> None:
    from ministack.core.responses import request_scope

    def create(params: Any) -> Any:
        engine = elasticache._p(params, "Engine") or "redis"
        version = elasticache._p(params, "EngineVersion") or ("8.0" if engine == "valkey" else "7.1")
        image = caches.image(engine, version)
        if servers is not None and not servers.has_image(image):
            text = f"Specific version selection is not allowed for '{version}' of {engine}: there is no image {image}."
            return elasticache._error("InvalidParameterCombination", text, 400)
        response = original_create(params)
        if response[0] == 200 and servers is not None and gateway is not None:
            group = elasticache._replication_groups[elasticache._p(params, "ReplicationGroupId")]
            begin(group, int(elasticache._p(params, "Port") or 6379), image)
        return response

    def begin(group: dict[str, Any], port: int, image: str) -> None:
        assert gateway is not None  # noqa: S101  # asked by create
        account, region = elasticache.get_account_id(), elasticache.get_region()
        name = caches.server_name(account, region, group["ReplicationGroupId"])
        cache = Cache(name, gateway.reserve(), port, bool(group["TransitEncryptionEnabled"]))
        group["_cache"] = cache
        endpoint = {"Address": cache.address, "Port": port}
        for node_group in group["NodeGroups"]:
            node_group["PrimaryEndpoint"] = node_group["ReaderEndpoint"] = endpoint
            for member in node_group["NodeGroupMembers"]:
                member["ReadEndpoint"] = endpoint
        for cluster in member_clusters(group):
            cluster["_endpoint"] = endpoint
            for node in cluster["CacheNodes"]:
                node["Endpoint"] = endpoint
        set_status(group, "creating")

        def work() -> None:
            with request_scope(account, region):
                start(group, cache, image)

        threading.Thread(target=work, daemon=True, name=f"slipway-{name}").start()

    def start(group: dict[str, Any], cache: Cache, image: str) -> None:
        assert servers is not None  # noqa: S101  # asked by create
        while True:
            set_status(group, "creating")
            try:
                make(group, cache, image)
                set_status(group, "available")
                break
            except Exception as error:  # whatever it is, the group tells it
                elasticache.logger.warning("ElastiCache: %s does not start: %s", cache.name, error)
                set_status(group, "create-failed")
                if not servers.outlast(error, lambda: not is_deleted(group)):
                    break
        if is_deleted(group):
            servers.remove(cache.name)

    def make(group: dict[str, Any], cache: Cache, image: str) -> None:
        assert servers is not None  # noqa: S101  # as above
        users = users_of(elasticache, group)
        caches.start(servers, cache, image, users, group["CacheNodeType"], len(group["MemberClusters"]) > 1)
        end = time.monotonic() + READY_SECONDS
        while not caches.is_ready(cache):
            if is_deleted(group) or time.monotonic() > end:
                raise TimeoutError(f"{cache.name} gave no answer")
            time.sleep(POLL_SECONDS)
        caches.set_users(servers, cache, users_of(elasticache, group))  # as they are by now
        caches.apply(cache, values_of(elasticache, group))

    def is_deleted(group: dict[str, Any]) -> bool:
        return elasticache._replication_groups.get(group["ReplicationGroupId"]) is not group

    def set_status(group: dict[str, Any], status: str) -> None:
        group["Status"] = status
        for node_group in group["NodeGroups"]:
            node_group["Status"] = status
        for cluster in member_clusters(group):
            cluster["CacheClusterStatus"] = status

    def member_clusters(group: dict[str, Any]) -> list[dict[str, Any]]:
        return [elasticache._clusters[name] for name in group["MemberClusters"] if name in elasticache._clusters]

    def delete(params: Any) -> Any:
        group = elasticache._replication_groups.get(elasticache._p(params, "ReplicationGroupId"))
        response = original_delete(params)
        if response[0] == 200 and servers is not None and group and "_cache" in group:
            servers.remove(group["_cache"].name)
        return response

    elasticache._get_docker = lambda: None
    original_create = replace(elasticache, "_create_replication_group", create)
    original_delete = replace(elasticache, "_delete_replication_group", delete)


def users_of(elasticache: Any, group: dict[str, Any]) -> list[User]:
    """Return who may come in: the users of the user groups, else whoever knows the token, else everybody."""
    names = [
        name for key in group["UserGroupIds"] for name in (elasticache._user_groups.get(key) or {}).get("UserIds", [])
    ]
    if not group["UserGroupIds"]:
        return [User("default", f"on {caches.EVERYTHING}", group.get("_auth_tokens") or [])]
    found = (elasticache._users[name] for name in names if name in elasticache._users)
    return [
        User(user["UserName"], user["AccessString"], user.get("_passwords") or [])
        for user in found
        if user["Authentication"]["Type"] != "iam"
    ]


def values_of(elasticache: Any, group: dict[str, Any]) -> dict[str, str]:
    """Return what the parameter group of a replication group sets."""
    parameters = elasticache._param_group_params.get(group["CacheParameterGroupName"]) or {}
    return {name: each["Value"] for name, each in parameters.items()}


def _at_once(elasticache: Any) -> None:
    def running() -> list[dict[str, Any]]:
        groups = elasticache._replication_groups.values()
        return [group for group in groups if "_cache" in group and group["Status"] == "available"]

    def set_users(_module: Any) -> None:
        if servers is None:
            return
        for group in running():
            attempt(group, functools.partial(change_users, servers, group))

    def change_users(there: Servers, group: dict[str, Any]) -> None:
        caches.set_users(there, group["_cache"], users_of(elasticache, group))

    def set_values() -> None:
        for group in running():
            attempt(group, lambda each=group: caches.apply(each["_cache"], values_of(elasticache, each)))

    def attempt(group: dict[str, Any], change: Any) -> None:
        try:
            change()
        except (OSError, caches.Refused) as error:
            elasticache.logger.warning("ElastiCache: %s did not change: %s", group["ReplicationGroupId"], error)

    def modify(params: Any) -> Any:
        response = original_modify(params)
        if response[0] == 200:
            set_users(elasticache)
            set_values()
        return response

    def change(params: Any) -> Any:
        response = original_change(params)
        set_values()
        return response

    def reset(params: Any) -> Any:
        response = original_reset(params)
        set_values()
        return response

    elasticache._DOCKER_BACKED_ACTIONS |= SLOW  # the loop that answers all requests must not wait for a server
    records.users_changed.append(set_users)
    original_modify = replace(elasticache, "_modify_replication_group", modify)
    original_change = replace(elasticache, "_modify_cache_parameter_group", change)
    original_reset = replace(elasticache, "_reset_cache_parameter_group", reset)


MENDS = (
    Mend(
        "a replication group is a server with TLS and its user groups' users, at an address that stays",
        "the address changes with each start of the container, user groups are only listed",
        "ministack.services.elasticache",
        {
            "_create_replication_group": "697186d27c8a",
            "_delete_replication_group": "5ec06e19f9fb",
            "_get_docker": "a161d31a7eef",
        },
        _server_for_each,
    ),
    Mend(
        "changes of users and parameters reach the server at once",
        "they are only listed",
        "ministack.services.elasticache",
        {
            "_modify_replication_group": "c67d10346f5d",
            "_modify_cache_parameter_group": "740eb284106b",
            "_reset_cache_parameter_group": "1385ef10d925",
        },
        _at_once,
    ),
)
