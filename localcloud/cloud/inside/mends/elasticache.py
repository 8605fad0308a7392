"""ElastiCache: users with passwords and access strings, parameters, and changes of a group that stick."""

from collections.abc import Callable
from typing import Any

from .. import caches, wire
from .mend import Mend, replace

NO_PASSWORD = ("no-password", "no-password-required")
AUTHENTICATION = {
    "password": "password",
    "no-password": "no-password",
    "no-password-required": "no-password",
    "iam": "iam",
}

users_changed: list[Callable[[Any], None]] = []
"""Called with the module after users or user groups have changed."""


def _users(elasticache: Any) -> None:
    def xml(user: dict[str, Any]) -> str:
        return inner("User", user)

    def answer(response: Any, params: Any, action: str) -> Any:
        """Keep what MiniStack forgets of a user."""
        if response[0] != 200:
            return response
        given = wire.decode("elasticache", action, params)
        user = elasticache._users[given["UserId"]]
        mode = given.get("AuthenticationMode") or {}
        passwords = given.get("Passwords") or mode.get("Passwords")
        if passwords:
            user["_passwords"], user["Authentication"] = (
                passwords,
                {"Type": "password", "PasswordCount": len(passwords)},
            )
        elif mode or given.get("NoPasswordRequired"):
            kind = AUTHENTICATION[mode.get("Type", "no-password")]
            user["_passwords"], user["Authentication"] = [], {"Type": kind, "PasswordCount": 0}
        if given.get("Engine"):
            user["Engine"] = given["Engine"]
        user["MinimumEngineVersion"] = "7.2" if user["Engine"] == "valkey" else "6.0"
        if given.get("AppendAccessString"):
            user["AccessString"] += f" {given['AppendAccessString']}"
        changed()
        return wire.encode("elasticache", action, user)

    def refusal(params: Any) -> Any:
        access = elasticache._p(params, "AccessString")
        if access and not caches.is_access_string(access):
            return elasticache._error("InvalidParameterValue", f"Invalid Access String: {access}", 400)
        return None

    def create(params: Any) -> Any:
        return refusal(params) or answer(original_create(params), params, "CreateUser")

    def modify(params: Any) -> Any:
        return refusal(params) or answer(original_modify(params), params, "ModifyUser")

    def delete(params: Any) -> Any:
        name = elasticache._p(params, "UserId")
        groups = [key for key, group in elasticache._user_groups.items() if name in group["UserIds"]]
        response = original_delete(params)
        for key in groups if response[0] == 200 else []:
            elasticache._user_groups[key]["UserIds"].remove(name)
        changed()
        return response

    def inner(shape: str, value: dict[str, Any]) -> str:
        shown = {key: each for key, each in value.items() if each is not None}
        return wire.fragment("elasticache", shape, "X", shown)[3:-4]

    def changed() -> None:
        for tell in users_changed:
            tell(elasticache)

    replace(elasticache, "_user_xml", xml)
    original_create = replace(elasticache, "_create_user", create)
    original_modify = replace(elasticache, "_modify_user", modify)
    original_delete = replace(elasticache, "_delete_user", delete)
    for name in ("_create_user_group", "_modify_user_group", "_delete_user_group"):
        replace(elasticache, name, _then(getattr(elasticache, name), changed))


def _then(function: Callable[..., Any], after: Callable[[], None]) -> Callable[..., Any]:
    def both(*arguments: Any) -> Any:
        response = function(*arguments)
        after()
        return response

    return both


def _parameters(elasticache: Any) -> None:
    def describe(params: Any) -> Any:
        asked = wire.decode("elasticache", "DescribeCacheParameters", params)
        name = asked["CacheParameterGroupName"]
        if name not in elasticache._param_groups:
            return original_describe(params)
        shown = [
            {"ParameterName": key, "ParameterValue": each.get("Value"), **each}
            for key, each in elasticache._param_group_params.get(name, {}).items()
            if asked.get("Source") in (None, each.get("Source", "system"))
        ]
        return wire.encode("elasticache", "DescribeCacheParameters", {"Parameters": shown})

    def delete(params: Any) -> Any:
        name = elasticache._p(params, "CacheParameterGroupName")
        if any(group["CacheParameterGroupName"] == name for group in elasticache._replication_groups.values()):
            text = f"One or more cache clusters are still members of this parameter group {name}."
            return elasticache._error("InvalidCacheParameterGroupState", text, 400)
        return original_delete(params)

    def delete_subnets(params: Any) -> Any:
        name = elasticache._p(params, "CacheSubnetGroupName")
        if any(group["CacheSubnetGroupName"] == name for group in elasticache._replication_groups.values()):
            text = f"Cache subnet group {name} is currently in use by a cache cluster."
            return elasticache._error("CacheSubnetGroupInUse", text, 400)
        return original_subnets(params)

    original_describe = replace(elasticache, "_describe_cache_parameters", describe)
    original_delete = replace(elasticache, "_delete_param_group", delete)
    original_subnets = replace(elasticache, "_delete_subnet_group", delete_subnets)


def _texts(elasticache: Any) -> None:
    def create(params: Any) -> Any:
        response = original_create(params)
        if response[0] != 200:
            return response
        record = elasticache._param_groups[elasticache._p(params, "CacheParameterGroupName")]
        return wire.encode("elasticache", "CreateCacheParameterGroup", {"CacheParameterGroup": record})

    def describe(params: Any) -> Any:
        name = elasticache._p(params, "CacheParameterGroupName")
        if name and name not in elasticache._param_groups:
            return original_describe(params)
        found = [elasticache._param_groups[name]] if name else list(elasticache._param_groups.values())
        return wire.encode("elasticache", "DescribeCacheParameterGroups", {"CacheParameterGroups": found})

    original_create = replace(elasticache, "_create_param_group", create)
    original_describe = replace(elasticache, "_describe_param_groups", describe)


def _changes(elasticache: Any) -> None:
    shape: Any = wire.service("elasticache").shape_for("ReplicationGroup")
    of_clusters = {
        "CacheNodeType": "CacheNodeType",
        "EngineVersion": "EngineVersion",
        "SnapshotRetentionLimit": "SnapshotRetentionLimit",
        "SnapshotWindow": "SnapshotWindow",
        "PreferredMaintenanceWindow": "PreferredMaintenanceWindow",
        "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    }

    def keep(params: Any, response: Any, action: str) -> Any:
        if response[0] != 200:
            return response
        given = wire.decode("elasticache", action, params)
        group = elasticache._replication_groups[given["ReplicationGroupId"]]
        for key in of_clusters:
            if key in given:
                group[key] = given[key]
        if given.get("Port") and "_cache" not in group:
            move(group, given["Port"])
        for key in ("KmsKeyId", "NetworkType", "IpDiscovery", "DataTieringEnabled"):
            if key in given and key in shape.members:
                group[key] = given[key]
        if given.get("SecurityGroupIds"):
            group["SecurityGroups"] = [
                {"SecurityGroupId": each, "Status": "active"} for each in given["SecurityGroupIds"]
            ]
        for name in group["MemberClusters"]:
            cluster = elasticache._clusters.get(name)
            if cluster is None:
                continue
            cluster.update({field: group[field] for field in of_clusters if field in group})
            cluster["SecurityGroups"] = group["SecurityGroups"]
            cluster["CacheParameterGroup"]["CacheParameterGroupName"] = group["CacheParameterGroupName"]
        return wire.encode("elasticache", action, {"ReplicationGroup": visible(group)})

    def move(group: dict[str, Any], port: int) -> None:
        """Put a group without a server on its port."""
        for node_group in group["NodeGroups"]:
            members = [member["ReadEndpoint"] for member in node_group["NodeGroupMembers"]]
            for endpoint in (node_group["PrimaryEndpoint"], node_group["ReaderEndpoint"], *members):
                endpoint["Port"] = port

    def visible(group: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in group.items() if value is not None and not key.startswith("_")}

    def xml(group: dict[str, Any]) -> str:
        return wire.fragment("elasticache", "ReplicationGroup", "X", visible(group))[3:-4]

    replace(elasticache, "_rg_xml", xml)
    create = elasticache._create_replication_group
    modify = elasticache._modify_replication_group
    replace(
        elasticache,
        "_create_replication_group",
        lambda params: keep(params, create(params), "CreateReplicationGroup"),
    )
    replace(
        elasticache,
        "_modify_replication_group",
        lambda params: keep(params, modify(params), "ModifyReplicationGroup"),
    )


MENDS = (
    Mend(
        "a user keeps its passwords and access string; one that is no access string is refused",
        "passwords are thrown away, `&` in an access string breaks the answer",
        "ministack.services.elasticache",
        {
            "_create_user": "3d90da0e994b",
            "_modify_user": "f5435090428f",
            "_delete_user": "dee51546c468",
            "_user_xml": "7969c0eb34c4",
            "_create_user_group": "900611e808d2",
            "_modify_user_group": "daa3294173a8",
            "_delete_user_group": "0dce548e7441",
        },
        _users,
    ),
    Mend(
        "parameters are listed by who set them; groups in use are not deleted",
        "the defaults of a cache parameter group look as if somebody had set them",
        "ministack.services.elasticache",
        {
            "_describe_cache_parameters": "e8a950c55827",
            "_delete_param_group": "8f97e8fedbc1",
            "_delete_subnet_group": "52f915e401a9",
        },
        _parameters,
    ),
    Mend(
        "a description of a parameter group may be any text",
        "`&` and `<` break the answer",
        "ministack.services.elasticache",
        {
            "_create_param_group": "b3c53a5bbbe8",
            "_describe_param_groups": "48d1c3e8b60c",
        },
        _texts,
    ),
    Mend(
        "a replication group and its clusters keep every change",
        "node type and versions of the clusters stay, windows and security groups are ignored",
        "ministack.services.elasticache",
        {
            "_create_replication_group": "697186d27c8a",
            "_modify_replication_group": "c67d10346f5d",
            "_rg_xml": "73958426135c",
        },
        _changes,
    ),
)
