"""RDS: every field is kept, master passwords can be RDS's own, and what is in use or protected is not deleted."""

import json
from typing import Any

from .. import wire
from .mend import Mend, replace

NOT_SHOWN = ("MasterUserPassword", "Tags", "ManageMasterUserPassword", "SkipFinalSnapshot", "ApplyImmediately")
LOGS = "EnabledCloudwatchLogsExports"
TAKEN = {
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "CACertificateIdentifier": "CACertificateIdentifier",
    "DatabaseInsightsMode": "DatabaseInsightsMode",
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
    "NetworkType": "NetworkType",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "PreferredBackupWindow": "PreferredBackupWindow",
    "StorageThroughput": "StorageThroughput",
}
"""Inputs that MiniStack has a constant for, with their names in the answer."""


def _fields(rds: Any) -> None:
    shape: Any = wire.service("rds").shape_for("DBInstance")

    def xml(instance: dict[str, Any]) -> str:
        kept = {**instance, **instance.get("_given", {})}
        kept["EngineVersion"], kept[LOGS] = instance["EngineVersion"], instance.get(LOGS) or []
        shown = {key: value for key, value in kept.items() if value not in (None, "") and not key.startswith("_")}
        return wire.fragment("rds", "DBInstance", "DBInstance", shown)[len("<DBInstance>") : -len("</DBInstance>")]

    def keep(action: str, params: Any, response: Any) -> Any:
        if response[0] != 200:
            return response
        given = wire.decode("rds", action, params)
        instance = rds._resolve_instance(given["DBInstanceIdentifier"])
        plain = {
            key: value
            for key, value in given.items()
            if key in shape.members and key not in NOT_SHOWN and key not in instance and not isinstance(value, list)
        }
        instance["_given"] = {**instance.get("_given", {}), **plain}
        exports = given.get("CloudwatchLogsExportConfiguration") or {}
        wanted = [*instance.get(LOGS, []), *given.get("EnableCloudwatchLogsExports", [])]
        wanted += exports.get("EnableLogTypes", [])
        disabled = exports.get("DisableLogTypes", [])
        instance[LOGS] = [each for each in dict.fromkeys(wanted) if each not in disabled]
        instance.update({shown: given[key] for key, shown in TAKEN.items() if key in given})
        subnets = rds._subnet_groups.get(given.get("DBSubnetGroupName", ""))
        if subnets is not None:
            instance["DBSubnetGroup"] = subnets
        return rds._single_instance_response(f"{action}Response", f"{action}Result", instance)

    def create(params: Any) -> Any:
        return keep("CreateDBInstance", params, original_create(params))

    def modify(params: Any) -> Any:
        return keep("ModifyDBInstance", params, original_modify(params))

    replace(rds, "_instance_xml", xml)
    original_create = replace(rds, "_create_db_instance", create)
    original_modify = replace(rds, "_modify_db_instance", modify)


def _managed_passwords(rds: Any) -> None:
    def give(instance: dict[str, Any], key: str | None) -> None:
        content = {"username": instance["MasterUsername"], "password": instance["_MasterUserPassword"]}
        arn = rds.secretsmanager.create_secret_in_process(
            f"rds!db-{rds.new_uuid()}",
            json.dumps(content),
            description=f"Secret managed by RDS for DB instance {instance['DBInstanceIdentifier']}",
        )
        default = f"arn:aws:kms:{rds.get_region()}:{rds.get_account_id()}:key/aws-secretsmanager-default"
        instance["MasterUserSecret"] = {"SecretArn": arn, "SecretStatus": "active", "KmsKeyId": key or default}

    def refusal(params: Any) -> Any:
        text = "You can't specify MasterUserPassword for an instance with ManageMasterUserPassword enabled."
        return rds._error("InvalidParameterCombination", text, 400)

    def create(params: Any) -> Any:
        managed = rds._p(params, "ManageMasterUserPassword") == "true"
        if managed and rds._p(params, "MasterUserPassword"):
            return refusal(params)
        if managed:
            params = {**params, "MasterUserPassword": rds._generate_master_user_password()}
        response = original_create(params)
        if response[0] != 200 or not managed:
            return response
        instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
        give(instance, rds._p(params, "MasterUserSecretKmsKeyId"))
        return rds._single_instance_response("CreateDBInstanceResponse", "CreateDBInstanceResult", instance)

    def modify(params: Any) -> Any:
        instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
        managed, rotate = (rds._p(params, key) for key in ("ManageMasterUserPassword", "RotateMasterUserPassword"))
        secret = instance.get("MasterUserSecret") if instance else None
        if rds._p(params, "MasterUserPassword") and (managed == "true" or (secret and managed != "false")):
            return refusal(params)
        fresh = instance is not None and ((managed == "true" and not secret) or (secret and rotate == "true"))
        if fresh:
            params = {**params, "MasterUserPassword": rds._generate_master_user_password()}
        response = original_modify(params)
        if response[0] != 200 or instance is None:
            return response
        if fresh and secret:
            content = {"username": instance["MasterUsername"], "password": instance["_MasterUserPassword"]}
            rds.secretsmanager.put_secret_value_in_process(secret["SecretArn"], json.dumps(content))
        elif fresh:
            give(instance, rds._p(params, "MasterUserSecretKmsKeyId"))
        elif secret and managed == "false":
            rds.secretsmanager.delete_secret_in_process(instance.pop("MasterUserSecret")["SecretArn"])
        return rds._single_instance_response("ModifyDBInstanceResponse", "ModifyDBInstanceResult", instance)

    def delete(params: Any) -> Any:
        instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
        response = original_delete(params)
        if response[0] == 200 and instance.get("MasterUserSecret"):
            rds.secretsmanager.delete_secret_in_process(instance["MasterUserSecret"]["SecretArn"])
        return response

    original_create = replace(rds, "_create_db_instance", create)
    original_modify = replace(rds, "_modify_db_instance", modify)
    original_delete = replace(rds, "_delete_db_instance", delete)


def _deletions(rds: Any) -> None:
    def delete_instance(params: Any) -> Any:
        name, skipped = rds._p(params, "FinalDBSnapshotIdentifier"), rds._p(params, "SkipFinalSnapshot") == "true"
        if rds._resolve_instance(rds._p(params, "DBInstanceIdentifier")) is not None:
            if not skipped and not name:
                text = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
                return rds._error("InvalidParameterCombination", text, 400)
            if not skipped and name in rds._snapshots:
                text = f"Cannot create the snapshot because a snapshot with the identifier {name} already exists."
                return rds._error("DBSnapshotAlreadyExists", text, 400)
        return original_instance(params)

    def create_subnets(params: Any) -> Any:
        name = rds._p(params, "DBSubnetGroupName")
        if name in rds._subnet_groups:
            return rds._error("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists.", 400)
        return original_create_subnets(params)

    def delete_subnets(params: Any) -> Any:
        name = rds._p(params, "DBSubnetGroupName")
        if any(each["DBSubnetGroup"]["DBSubnetGroupName"] == name for each in rds._instances.values()):
            text = f"Cannot delete the subnet group '{name}' because at least one database instance is still using it."
            return rds._error("InvalidDBSubnetGroupStateFault", text, 400)
        return original_subnets(params)

    def delete_parameters(params: Any) -> Any:
        name = rds._p(params, "DBParameterGroupName")
        used = (group for each in rds._instances.values() for group in each["DBParameterGroups"])
        if any(group["DBParameterGroupName"] == name for group in used):
            text = "One or more database instances are still members of this parameter group, it cannot be deleted"
            return rds._error("InvalidDBParameterGroupState", text, 400)
        return original_parameters(params)

    original_instance = replace(rds, "_delete_db_instance", delete_instance)
    original_create_subnets = replace(rds, "_create_subnet_group", create_subnets)
    original_subnets = replace(rds, "_delete_subnet_group", delete_subnets)
    original_parameters = replace(rds, "_delete_param_group", delete_parameters)


MENDS = (
    Mend(
        "a database instance gives back every field it was given",
        "log exports and some twenty others are constants",
        "ministack.services.rds",
        {
            "_instance_xml": "97bb74e4c17b",
            "_create_db_instance": "5edfd4666b24",
            "_modify_db_instance": "05a4f3f74e13",
        },
        _fields,
    ),
    Mend(
        "the master password of an instance can be RDS's own, in a secret that lives as long as the instance",
        "only those of clusters can; an instance gets the password `password`",
        "ministack.services.rds",
        {
            "_create_db_instance_impl": "cfde6023907a",
            "_generate_master_user_password": "9abe70cc856f",
            "_single_instance_response": "0a7625aa98bd",
        },
        _managed_passwords,
    ),
    Mend(
        "an instance is not deleted without a word about its last snapshot, nor a group in use; no group is made twice",
        "all of them go, and a second subnet group of a name takes the first one's place",
        "ministack.services.rds",
        {
            "_delete_db_instance": "a08b42eacbd8",
            "_create_subnet_group": "ed723e51f3ed",
            "_delete_subnet_group": "d6749c1f5aab",
            "_delete_param_group": "17e2a67646ee",
            "_create_snapshot_internal": "1146b3d2105d",
        },
        _deletions,
    ),
)
