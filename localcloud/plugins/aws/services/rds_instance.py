"""RDS: database instances."""

import re

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import ARN
from localcloud.plugins.aws.services.databases import same_version
from localcloud.plugins.aws.services.rds import PARTS
from localcloud.plugins.aws.services.rds_rules import RULES
from localcloud.plugins.aws.services.rds_tags import tags
from localcloud.plugins.aws.steps import tag_parameters

_LOCAL = (
    "allowMajorVersionUpgrade",
    "applyImmediately",
    "deleteAutomatedBackups",
    "finalSnapshotIdentifier",
    "skipFinalSnapshot",
)
_ONCE = (
    "availabilityZone",
    "dbName",
    "dbSubnetGroupName",
    "engine",
    "identifier",
    "kmsKeyId",
    "port",
    "storageEncrypted",
    "username",
)
"""What only the create call takes."""
_CHANGED = (
    "allocatedStorage",
    "autoMinorVersionUpgrade",
    "backupRetentionPeriod",
    "backupWindow",
    "caCertIdentifier",
    "copyTagsToSnapshot",
    "deletionProtection",
    "engineVersion",
    "iamDatabaseAuthenticationEnabled",
    "instanceClass",
    "iops",
    "maintenanceWindow",
    "manageMasterUserPassword",
    "masterUserSecretKmsKeyId",
    "maxAllocatedStorage",
    "monitoringInterval",
    "monitoringRoleArn",
    "multiAz",
    "parameterGroupName",
    "password",
    "performanceInsightsEnabled",
    "performanceInsightsKmsKeyId",
    "performanceInsightsRetentionPeriod",
    "publiclyAccessible",
    "storageThroughput",
    "storageType",
    "vpcSecurityGroupIds",
)
"""What both calls take."""
_LOGS = "enabledCloudwatchLogsExports"
_RENAME = {
    "arn": "DBInstanceArn",
    "backupWindow": "PreferredBackupWindow",
    "caCertIdentifier": "CACertificateIdentifier",
    "dbName": "DBName",
    "iamDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "resourceId": "DbiResourceId",
    "status": "DBInstanceStatus",
    "username": "MasterUsername",
}
_SENT = {
    **_RENAME,
    "dbSubnetGroupName": "DBSubnetGroupName",
    _LOGS: "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "parameterGroupName": "DBParameterGroupName",
    "password": "MasterUserPassword",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
}
_BROKEN = (
    "failed",
    "inaccessible-encryption-credentials",
    "incompatible-network",
    "incompatible-option-group",
    "incompatible-parameters",
    "restore-error",
    "storage-full",
)


def _identifier(call: Call) -> str:
    """Return the instance's name: an id is AWS's resource id, or the name in an import."""
    return str(call.inputs.get("identifier") or call.state.get("identifier") or call.id)


def _live(call: Call, name: str) -> Properties | None:
    """Return the described instance, or nothing."""
    if re.fullmatch(r"db-[A-Z0-9]+", name):
        only = [{"Name": "dbi-resource-id", "Values": [name]}]
        found = call.api("describe_db_instances", Filters=only)["DBInstances"]
    else:
        found = call.api("describe_db_instances", DBInstanceIdentifier=name)["DBInstances"]
    return next((dict(each) for each in found if each["DBInstanceStatus"] != "deleting"), None)


def _create(call: Call) -> str:
    given_ = {name: each for name, each in call.inputs.items() if (name, each) != ("maxAllocatedStorage", 0)}
    sent = call.parameters("create_db_instance", (*_ONCE, *_CHANGED, _LOGS), _SENT, values=given_)
    answer = call.api("create_db_instance", **sent, **tag_parameters(call))
    return str(answer["DBInstance"]["DbiResourceId"])


def _find(call: Call) -> str | None:
    live = _live(call, str(call.inputs["identifier"]))
    return str(live["DbiResourceId"]) if live and call.mine(live.get("TagList")) else None


def _settle(call: Call) -> None:
    """Wait until the instance takes connections; one that never will says why."""
    call.wait(lambda: _is_available(call), f"the database instance {_identifier(call)}", 0.5)


def _is_available(call: Call) -> bool:
    live = _live(call, _identifier(call))
    if live is None:
        raise Trouble(f"the database instance {_identifier(call)} is gone")
    status = live["DBInstanceStatus"]
    if status in _BROKEN:
        raise Trouble(f"the database instance {_identifier(call)} is {status}", "see its events in RDS, then mend it")
    # A pending class that is there already, as after a change of an instance in the making, is waited for in vain.
    pending = live.get("PendingModifiedValues", {}).get("DBInstanceClass")
    return status == "available" and pending in (None, "", live.get("DBInstanceClass"))


def _change(call: Call) -> None:
    """Send what changed, when the instance is ready to hear it."""
    sent = _changes(call)
    if not sent:
        return
    _settle(call)
    call.api(
        "modify_db_instance",
        DBInstanceIdentifier=_identifier(call),
        ApplyImmediately=bool(call.inputs.get("applyImmediately")),
        AllowMajorVersionUpgrade=bool(call.inputs.get("allowMajorVersionUpgrade")),
        **sent,
    )


def _changes(call: Call) -> Properties:
    """Return the parameters for what differs; what was taken out goes back to AWS's default where it has one."""
    fallback = call.entry.defaults if isinstance(call.entry, Entry) else {}
    changed = [name for name in _CHANGED if call.changed(name)]
    wanted = {name: call.inputs.get(name, fallback.get(name)) for name in changed}
    if "maxAllocatedStorage" in wanted and not wanted["maxAllocatedStorage"]:
        wanted["maxAllocatedStorage"] = call.inputs["allocatedStorage"]  # AWS's way to say that it must not grow
    if wanted.get("manageMasterUserPassword", True) is None:
        wanted["manageMasterUserPassword"] = False
    sent = call.parameters("modify_db_instance", changed, _SENT, values=wanted)
    if call.changed(_LOGS):
        before = set((_live(call, _identifier(call)) or {}).get("EnabledCloudwatchLogsExports", ()))
        after = set(call.inputs.get(_LOGS) or ())
        kinds = {"EnableLogTypes": sorted(after - before), "DisableLogTypes": sorted(before - after)}
        sent["CloudwatchLogsExportConfiguration"] = kinds
    return sent


def _read(call: Call) -> Properties | None:
    live = _live(call, _identifier(call))
    if live is None:
        return None
    endpoint, secret = live.get("Endpoint") or {}, live.get("MasterUserSecret")
    address, port = endpoint.get("Address", ""), endpoint.get("Port")
    found = {
        **call.properties({key: each for key, each in live.items() if key not in _NESTED}, _RENAME),
        "address": address,
        "endpoint": f"{address}:{port}" if address else "",
        "port": port,
        "hostedZoneId": endpoint.get("HostedZoneId", ""),
        "dbSubnetGroupName": (live.get("DBSubnetGroup") or {}).get("DBSubnetGroupName", ""),
        "parameterGroupName": next((each["DBParameterGroupName"] for each in live.get("DBParameterGroups", [])), ""),
        "vpcSecurityGroupIds": [each["VpcSecurityGroupId"] for each in live.get("VpcSecurityGroups", [])],
        "engineVersionActual": live["EngineVersion"],
        "manageMasterUserPassword": bool(secret),
        "masterUserSecrets": [_secret(secret)] if secret else [],
        "masterUserSecretKmsKeyId": (secret or {}).get("KmsKeyId", ""),
        "tags": live.get("TagList", []),
        _LOGS: live.get("EnabledCloudwatchLogsExports", []),
    }
    if found.get("maxAllocatedStorage") == found["allocatedStorage"]:
        found["maxAllocatedStorage"] = 0  # it must not grow
    if not found.get("performanceInsightsEnabled"):
        found["performanceInsightsRetentionPeriod"] = 0
    return found


def _secret(secret: Properties) -> Properties:
    """Return what is known of the secret that holds the master user's password: never the password."""
    return {
        "secretArn": secret["SecretArn"],
        "secretStatus": secret.get("SecretStatus", ""),
        "kmsKeyId": secret.get("KmsKeyId", ""),
    }


_NESTED = ("DBParameterGroups", "DBSubnetGroup", "Endpoint", "MasterUserSecret", "TagList", "VpcSecurityGroups")


def _delete(call: Call) -> None:
    """Delete the instance, with a last snapshot unless the program says otherwise, and wait until it is gone."""
    inputs, name = call.inputs, _identifier(call)
    last: Properties = {"SkipFinalSnapshot": bool(inputs.get("skipFinalSnapshot"))}
    snapshot = inputs.get("finalSnapshotIdentifier")
    if not last["SkipFinalSnapshot"] and not snapshot:
        fix = "give finalSnapshotIdentifier, or skipFinalSnapshot if nobody needs the data, and run again"
        raise Trouble(f"the database instance {name} would be deleted without a last snapshot", fix)
    if not last["SkipFinalSnapshot"]:
        last["FinalDBSnapshotIdentifier"] = snapshot
    if _live(call, name) is not None:
        call.api(
            "delete_db_instance",
            DBInstanceIdentifier=name,
            DeleteAutomatedBackups=bool(inputs.get("deleteAutomatedBackups", True)),
            **last,
        )
    call.wait(lambda: _is_gone(call, name), f"the end of the database instance {name}", 0.5)


def _is_gone(call: Call, name: str) -> bool:
    try:
        return not call.api("describe_db_instances", DBInstanceIdentifier=name)["DBInstances"]
    except Gone:
        return True


ENTRIES = (
    Entry(
        token="aws:rds/instance:Instance",
        service="rds",
        inputs=(*_ONCE, *_CHANGED, _LOGS, *_LOCAL),
        name=Name(property="identifier", longest=63, lower=True, pattern=PARTS),
        create=_create,
        settle=_settle,
        read=_read,
        update=_change,
        delete=_delete,
        find=_find,
        tags=tags("db", "identifier"),
        replace={
            "availabilityZone": "AWS moves no instance to another zone",
            "dbName": "it is made with the instance",
            "dbSubnetGroupName": "the official provider replaces an instance that moves to other subnets",
            "engine": "an instance keeps its engine for life",
            "identifier": "an instance is known by its name",
            "kmsKeyId": "an instance keeps its encryption for life",
            "port": "a running database of the embedded cloud does not move its port; AWS moves it in place",
            "storageEncrypted": "an instance keeps its encryption for life",
            "username": "an instance keeps its master user for life",
        },
        defaults={
            "autoMinorVersionUpgrade": True,
            "copyTagsToSnapshot": False,
            "deletionProtection": False,
            "iamDatabaseAuthenticationEnabled": False,
            "maxAllocatedStorage": 0,
            "monitoringInterval": 0,
            "multiAz": False,
            "performanceInsightsEnabled": False,
            "publiclyAccessible": False,
            "storageEncrypted": False,
        },
        local=_LOCAL,
        dropped={"password": "AWS never gives it back"},
        same={"engineVersion": same_version},
        sets=(_LOGS, "vpcSecurityGroupIds"),
        secret=("password",),
        limits={"kmsKeyId": ARN, "performanceInsightsKmsKeyId": ARN},
        rules=RULES,
        unlike=(
            "another port replaces the instance, where AWS starts it anew in place",
            "a class, several zones, storage and its speed, backups and windows are kept and given back only",
            "without Docker there is no database behind it",
        ),
        seconds=1800,
    ),
)
