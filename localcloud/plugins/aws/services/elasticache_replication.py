"""ElastiCache: replication groups, which are caches of one primary node and its replicas."""

from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import ARN, absent, given, value, when
from localcloud.plugins.aws.services.databases import daily, same_version, weekly
from localcloud.plugins.aws.services.elasticache import PARTS
from localcloud.plugins.aws.services.elasticache_tags import gone, tags, until
from localcloud.plugins.aws.steps import Named, tag_parameters
from localcloud.plugins.provider import UNKNOWN

_LOCAL = ("applyImmediately", "finalSnapshotIdentifier")
_ONCE = (
    "atRestEncryptionEnabled",
    "kmsKeyId",
    "numCacheClusters",
    "port",
    "replicationGroupId",
    "subnetGroupName",
)
"""What only the create call takes."""
_CHANGED = (
    "autoMinorVersionUpgrade",
    "automaticFailoverEnabled",
    "description",
    "engine",
    "engineVersion",
    "maintenanceWindow",
    "multiAzEnabled",
    "nodeType",
    "parameterGroupName",
    "securityGroupIds",
    "snapshotRetentionLimit",
    "snapshotWindow",
    "transitEncryptionEnabled",
    "transitEncryptionMode",
)
"""What both calls take."""
_LOGS = "logDeliveryConfigurations"
_SENT = {
    "description": "ReplicationGroupDescription",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "nodeType": "CacheNodeType",
    "parameterGroupName": "CacheParameterGroupName",
    "subnetGroupName": "CacheSubnetGroupName",
}
_SIMPLE = (
    "AtRestEncryptionEnabled",
    "AutoMinorVersionUpgrade",
    "ClusterEnabled",
    "Description",
    "Engine",
    "KmsKeyId",
    "SnapshotRetentionLimit",
    "SnapshotWindow",
    "TransitEncryptionEnabled",
    "TransitEncryptionMode",
)
_LOG_LIMITS = {
    "destinationType": {"enum": ["cloudwatch-logs", "kinesis-firehose"]},
    "logFormat": {"enum": ["json", "text"]},
    "logType": {"enum": ["engine-log", "slow-log"]},
}


def _live(call: Call) -> Properties | None:
    """Return the described group, or nothing."""
    found = call.api("describe_replication_groups", ReplicationGroupId=call.id)["ReplicationGroups"]
    return next((dict(each) for each in found if each["Status"] != "deleting"), None)


def _create(call: Call) -> str:
    sent = call.parameters("create_replication_group", (*_ONCE, *_CHANGED, "userGroupIds"), _SENT)
    if call.inputs.get(_LOGS):
        sent["LogDeliveryConfigurations"] = _deliveries(call)
    call.api("create_replication_group", **sent, **tag_parameters(call))
    return str(call.inputs["replicationGroupId"])


def _deliveries(call: Call) -> list[Properties]:
    """Return where logs go; a kind that was taken out is switched off."""
    wanted = {each["logType"]: each for each in call.inputs.get(_LOGS) or ()}
    before = {each["logType"] for each in call.old.get(_LOGS) or ()}
    off = [{"LogType": kind, "Enabled": False} for kind in sorted(before - set(wanted))]
    return [_delivery(each) for each in wanted.values()] + off


def _delivery(each: Properties) -> Properties:
    cloudwatch = each["destinationType"] == "cloudwatch-logs"
    details = (
        {"CloudWatchLogsDetails": {"LogGroup": each["destination"]}}
        if cloudwatch
        else {"KinesisFirehoseDetails": {"DeliveryStream": each["destination"]}}
    )
    return {
        "LogType": each["logType"],
        "LogFormat": each["logFormat"],
        "DestinationType": each["destinationType"],
        "DestinationDetails": details,
        "Enabled": True,
    }


def _live_delivery(each: Properties) -> Properties:
    details = each.get("DestinationDetails", {})
    group = details.get("CloudWatchLogsDetails", {}).get("LogGroup")
    return {
        "destination": group or details.get("KinesisFirehoseDetails", {}).get("DeliveryStream", ""),
        "destinationType": each["DestinationType"],
        "logFormat": each["LogFormat"],
        "logType": each["LogType"],
    }


def _settle(call: Call) -> Properties:
    """Wait until the group takes connections; one that never will says why."""
    return until(call, lambda: _live(call), "available", f"the cache {call.id}")


def _change(call: Call) -> None:
    """Send what changed, one call after the other: AWS takes each only when the group is available again."""
    at_once = bool(call.inputs.get("applyImmediately"))
    for method, sent in _changes(call):
        _settle(call)
        call.api(method, ReplicationGroupId=call.id, ApplyImmediately=at_once, **sent)
    if call.changed("numCacheClusters") and call.inputs.get("numCacheClusters"):
        live = len(_nodes(_settle(call)))
        wanted = int(call.inputs["numCacheClusters"])
        if wanted != live:
            method = "increase_replica_count" if wanted > live else "decrease_replica_count"
            call.api(method, ReplicationGroupId=call.id, NewReplicaCount=wanted - 1, ApplyImmediately=True)


def _changes(call: Call) -> list[tuple[str, Properties]]:
    """Return the calls that bring the group to the inputs; what was taken out gets AWS's default where it has one."""
    fallback = call.entry.defaults if isinstance(call.entry, Entry) else {}
    changed = [name for name in _CHANGED if call.changed(name)]
    wanted = {name: call.inputs.get(name, fallback.get(name)) for name in changed}
    sent = call.parameters("modify_replication_group", changed, _SENT, values=wanted)
    if call.changed(_LOGS):
        sent["LogDeliveryConfigurations"] = _deliveries(call)
    groups = _groups(call)
    return [("modify_replication_group", each) for each in (sent, groups) if each]


def _groups(call: Call) -> Properties:
    if not call.changed("userGroupIds"):
        return {}
    wanted = set(call.inputs.get("userGroupIds") or ())
    live = set((_live(call) or {}).get("UserGroupIds", ()))
    changed = {"UserGroupIdsToAdd": sorted(wanted - live), "UserGroupIdsToRemove": sorted(live - wanted)}
    return {name: ids for name, ids in changed.items() if ids}


def _read(call: Call) -> Properties | None:
    """Return the group, with what AWS tells of one of its nodes only."""
    live = _live(call)
    if live is None:
        return None
    node, nodes = (live.get("NodeGroups") or [{}])[0], len(_nodes(live))
    members = list(live.get("MemberClusters", []))
    return {
        **call.properties({name: live[name] for name in _SIMPLE if name in live}),
        **(_of_member(call, members[0]) if members else {}),
        "arn": live["ARN"],
        "automaticFailoverEnabled": live.get("AutomaticFailover") in ("enabled", "enabling"),
        _LOGS: [_live_delivery(each) for each in live.get("LogDeliveryConfigurations", [])],
        "memberClusters": members,
        "multiAzEnabled": live.get("MultiAZ") == "enabled",
        "nodeType": live["CacheNodeType"],
        "numCacheClusters": nodes,
        "numNodeGroups": len(live.get("NodeGroups", [])),
        "port": (node.get("PrimaryEndpoint") or {}).get("Port"),
        "primaryEndpointAddress": (node.get("PrimaryEndpoint") or {}).get("Address", ""),
        "readerEndpointAddress": (node.get("ReaderEndpoint") or {}).get("Address", ""),
        "replicasPerNodeGroup": max(nodes - 1, 0),
        "replicationGroupId": live["ReplicationGroupId"],
        "userGroupIds": live.get("UserGroupIds", []),
    }


def _nodes(live: Properties) -> list[Properties]:
    """Return the primary node and its replicas."""
    return [node for shard in live.get("NodeGroups", []) for node in shard.get("NodeGroupMembers", [])]


def _of_member(call: Call, member: str) -> Properties:
    node = call.api("describe_cache_clusters", CacheClusterId=member)["CacheClusters"][0]
    return {
        "engineVersion": node["EngineVersion"],
        "engineVersionActual": node["EngineVersion"],
        "maintenanceWindow": node.get("PreferredMaintenanceWindow", ""),
        "parameterGroupName": (node.get("CacheParameterGroup") or {}).get("CacheParameterGroupName", ""),
        "securityGroupIds": [each["SecurityGroupId"] for each in node.get("SecurityGroups", [])],
        "subnetGroupName": node.get("CacheSubnetGroupName", ""),
    }


def _delete(call: Call) -> None:
    snapshot = call.inputs.get("finalSnapshotIdentifier")
    last = {"FinalSnapshotIdentifier": snapshot} if snapshot else {}
    if _live(call) is not None:
        call.api("delete_replication_group", ReplicationGroupId=call.id, **last)
    gone(call, lambda: _there(call), f"the cache {call.id}")


def _there(call: Call) -> Any:
    """Return the group while AWS still has it, on its way out too."""
    found = call.api("describe_replication_groups", ReplicationGroupId=call.id)["ReplicationGroups"]
    return found[0] if found else None


def _failover(inputs: Properties) -> tuple[str, str] | None:
    """Judge that what is to take over exists, and that several zones come with a node that takes over."""
    nodes, failover = inputs.get("numCacheClusters", 1), inputs.get("automaticFailoverEnabled")
    if failover is True and isinstance(nodes, int) and nodes < 2:
        return "numCacheClusters", f"must be at least 2 for automaticFailoverEnabled, got {nodes}"
    if inputs.get("multiAzEnabled") is True and failover is not UNKNOWN and failover is not True:
        return "automaticFailoverEnabled", "must be true for multiAzEnabled"
    return None


def _encrypted(inputs: Properties) -> tuple[str, str] | None:
    """Judge that users log in over an encrypted connection only."""
    transit = inputs.get("transitEncryptionEnabled")
    if given(inputs, "userGroupIds") and transit is not UNKNOWN and transit is not True:
        return "transitEncryptionEnabled", "must be true for userGroupIds"
    if given(inputs, "transitEncryptionMode") and transit is not UNKNOWN and transit is not True:
        return "transitEncryptionEnabled", "must be true for transitEncryptionMode"
    return None


ENTRIES = (
    Entry(
        token="aws:elasticache/replicationGroup:ReplicationGroup",
        service="elasticache",
        inputs=(*_ONCE, *_CHANGED, _LOGS, "userGroupIds", *_LOCAL),
        name=Name(property="replicationGroupId", longest=40, lower=True, pattern=PARTS),
        create=_create,
        settle=_settle,
        read=_read,
        update=_change,
        delete=_delete,
        find=Named("$input.replicationGroupId"),
        tags=tags("replicationgroup"),
        replace={
            "atRestEncryptionEnabled": "a cache keeps its encryption for life",
            "kmsKeyId": "a cache keeps its encryption for life",
            "port": "a cache keeps its port for life",
            "replicationGroupId": "a cache is known by its id",
            "subnetGroupName": "AWS moves no cache to other subnets",
        },
        replace_if={"engine": lambda old, new: (old, new) != ("redis", "valkey")},
        defaults={
            "autoMinorVersionUpgrade": True,
            "automaticFailoverEnabled": False,
            "multiAzEnabled": False,
            "snapshotRetentionLimit": 0,
            "userGroupIds": [],
        },
        local=_LOCAL,
        dropped={_LOGS: "the emulator keeps where logs went first, and writes none"},
        same={"engineVersion": same_version},
        sets=(_LOGS, "securityGroupIds", "userGroupIds"),
        limits={
            "engine": {"enum": ["redis", "valkey"]},
            "kmsKeyId": ARN,
            "transitEncryptionMode": {"enum": ["preferred", "required"]},
            **{f"{_LOGS}[*].{name}": limit for name, limit in _LOG_LIMITS.items()},
        },
        rules=(
            _failover,
            _encrypted,
            when("atRestEncryptionEnabled", (None, False), absent("kmsKeyId")),
            value("userGroupIds", lambda ids: len(ids) <= 1, "can be one only"),
            value("nodeType", lambda name: name.startswith("cache."), "must be like cache.t4g.micro"),
            value("numCacheClusters", lambda nodes: 1 <= int(nodes) <= 6, "must be 1 to 6"),
            value("snapshotRetentionLimit", lambda days: 0 <= int(days) <= 35, "must be 0 to 35 days"),
            daily("snapshotWindow"),
            weekly("maintenanceWindow"),
        ),
        unlike=(
            "transitEncryptionEnabled and transitEncryptionMode stay as the cache was made: a change has no effect",
            "a node type, failover, snapshots and windows are kept and given back only, and replicas are one process",
            "without Docker there is no cache behind it",
        ),
        seconds=1800,
    ),
)
