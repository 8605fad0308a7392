"""AWS Backup: vaults with policy, lock and notifications; jobs of tables make points that can be restored."""

import copy
import json
import time
import uuid
from typing import Any
from urllib.parse import unquote

from .mend import Mend, replace

DAY = 86400
RULE = {"StartWindowMinutes": 480, "CompletionWindowMinutes": 10080, "ScheduleExpressionTimezone": "Etc/UTC"}
LOCK = ("MinRetentionDays", "MaxRetentionDays")
POLICY, NOTES = "_slipway_policy", "_slipway_notifications"
POINTS = "_slipway_points"
restores: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
"""Restore jobs by account and region."""

Values = dict[str, Any]


class Refused(Exception):
    """An answer that is an error, with AWS's code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _paths(backup: Any) -> None:
    def vault_of(name: str) -> Values:
        vault: Values | None = backup._vaults.get(name)
        if vault is None:
            raise Refused("ResourceNotFoundException", f"Backup vault {name} cannot be found.")
        return vault

    def answer(method: str, parts: list[str], body: Values) -> Any:
        match method, parts:
            case _, ["backup-vaults", name, "access-policy"]:
                return document(method, vault_of(name), POLICY, {"Policy": body.get("Policy")})
            case _, ["backup-vaults", name, "notification-configuration"]:
                return document(method, vault_of(name), NOTES, body)
            case "PUT" | "DELETE", ["backup-vaults", name, "vault-lock"]:
                return lock(method, vault_of(name), body)
            case "GET", ["backup-vaults", name, "recovery-points"]:
                found = [shown(point) for point in vault_of(name).get(POINTS, {}).values()]
                return backup._ok({"RecoveryPoints": found})
            case _, ["backup-vaults", name, "recovery-points", arn, *rest]:
                return point_of(backup, method, vault_of(name), arn, rest)
            case "PUT", ["backup-jobs"]:
                return start(backup, vault_of(body.get("BackupVaultName", "")), body)
            case _, ["restore-jobs", *rest]:
                return restoring(backup, method, rest, body)
        return None

    def document(method: str, vault: Values, field: str, given: Values) -> Any:
        identity = {key: vault[key] for key in ("BackupVaultName", "BackupVaultArn")}
        if method == "PUT":
            vault[field] = given
        elif method == "DELETE":
            vault.pop(field, None)
        elif field not in vault:
            raise Refused("ResourceNotFoundException", f"Nothing of the kind is set for {vault['BackupVaultName']}.")
        return backup._ok({**identity, **vault[field]} if method == "GET" else {})

    def lock(method: str, vault: Values, body: Values) -> Any:
        if vault.get("LockDate", time.time() + 1) <= time.time():
            raise Refused("InvalidRequestException", "The vault lock configuration can no longer be changed.")
        for key in (*LOCK, "LockDate"):
            vault.pop(key, None)
        vault["Locked"] = method == "PUT"
        if method == "PUT":
            vault.update({key: body[key] for key in LOCK if body.get(key) is not None})
            if body.get("ChangeableForDays") is not None:
                vault["LockDate"] = time.time() + body["ChangeableForDays"] * DAY
        return backup._no_content()

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        parts = [unquote(part) for part in path.strip("/").split("/") if part]
        try:
            own = answer(method, parts, json.loads(body or b"{}"))
        except Refused as refused:
            return backup._err(refused.code, str(refused), 400)
        return own if own is not None else await original(method, path, headers, body, query)

    original = replace(backup, "handle_request", handle)


def shown(point: Values) -> Values:
    """Return a recovery point as the API gives it."""
    return {key: value for key, value in point.items() if not key.startswith("_")}


def point_of(backup: Any, method: str, vault: Values, arn: str, rest: list[str]) -> Any:
    """Answer what concerns one recovery point."""
    points = vault.get(POINTS, {})
    point = points.get(arn)
    if point is None:
        raise Refused("ResourceNotFoundException", f"Recovery point {arn} cannot be found.")
    if method == "DELETE":
        age = time.time() - point["CreationDate"]
        if vault["Locked"] and age < vault.get("MinRetentionDays", 0) * DAY:
            raise Refused("InvalidRequestException", "The vault lock keeps this recovery point for now.")
        del points[arn]
        vault["NumberOfRecoveryPoints"] = len(points)
        return backup._no_content()
    if rest == ["restore-metadata"]:
        identity = {"BackupVaultArn": vault["BackupVaultArn"], "RecoveryPointArn": arn}
        return backup._ok({**identity, "RestoreMetadata": {"originalTableName": point["_table"]}})
    return backup._ok(shown(point))


def start(backup: Any, vault: Values, body: Values) -> Any:
    """Start a job, which is done at once: for a table there is a recovery point afterwards."""
    from ministack.services import dynamodb

    resource = body.get("ResourceArn", "")
    parts = resource.split(":", 5)
    if len(parts) < 6 or parts[2] != "dynamodb":
        raise Refused("InvalidParameterValueException", f"{resource} is not a resource that is backed up here")
    table = parts[5].removeprefix("table/")
    made = dynamodb._create_backup({"TableName": table, "BackupName": "AWSBackup"})
    if made[0] != 200:
        raise Refused("InvalidParameterValueException", f"Resource {resource} does not exist.")
    content = dynamodb._backups.pop(json.loads(made[2])["BackupDetails"]["BackupArn"])
    arn = f"arn:aws:backup:{backup.get_region()}:{backup.get_account_id()}:recovery-point:{uuid.uuid4()}"
    response = backup._start_job(body)
    job = backup._jobs[json.loads(response[2])["BackupJobId"]]
    job |= {"RecoveryPointArn": arn, "ResourceType": "DynamoDB", "AccountId": backup.get_account_id()}
    now = time.time()
    vault.setdefault(POINTS, {})[arn] = {
        "RecoveryPointArn": arn,
        "BackupVaultName": vault["BackupVaultName"],
        "BackupVaultArn": vault["BackupVaultArn"],
        "ResourceArn": resource,
        "ResourceName": table,
        "ResourceType": "DynamoDB",
        "IamRoleArn": body.get("IamRoleArn", ""),
        "Status": "COMPLETED",
        "CreationDate": now,
        "CompletionDate": now,
        "BackupSizeInBytes": content["BackupDetails"]["BackupSizeBytes"],
        "IsEncrypted": True,
        "StorageClass": "WARM",
        "Lifecycle": body.get("Lifecycle") or {},
        "_table": table,
        "_content": content,
    }
    vault["NumberOfRecoveryPoints"] = len(vault[POINTS])
    return backup._ok({**json.loads(response[2]), "RecoveryPointArn": arn})


def restoring(backup: Any, method: str, rest: list[str], body: Values) -> Any:
    """Start a restore job, which is done at once, or tell of those there were."""
    known = restores.setdefault((backup.get_account_id(), backup.get_region()), {})
    if method == "GET":
        if rest and rest[0] not in known:
            raise Refused("ResourceNotFoundException", f"Restore job {rest[0]} cannot be found.")
        return backup._ok(known[rest[0]] if rest else {"RestoreJobs": list(known.values())})
    points = {arn: point for vault in backup._vaults.values() for arn, point in vault.get(POINTS, {}).items()}
    point = points.get(body.get("RecoveryPointArn"))
    if point is None:
        raise Refused("ResourceNotFoundException", f"Recovery point {body.get('RecoveryPointArn')} cannot be found.")
    job = str(uuid.uuid4())
    now = time.time()
    known[job] = {
        "RestoreJobId": job,
        "AccountId": backup.get_account_id(),
        "RecoveryPointArn": point["RecoveryPointArn"],
        "ResourceType": "DynamoDB",
        "CreationDate": now,
        "CompletionDate": now,
        "PercentDone": "100.00%",
        "IamRoleArn": body.get("IamRoleArn", ""),
        **_restore(point, body.get("Metadata") or {}),
    }
    return backup._ok({"RestoreJobId": job})


def _restore(point: Values, asked: Values) -> Values:
    """Make the table of a recovery point anew; return how the job ended."""
    from ministack.services import dynamodb

    content = copy.deepcopy(point["_content"])
    arn = content["BackupDetails"]["BackupArn"]
    dynamodb._backups[arn] = content
    try:
        request = {"TargetTableName": asked.get("targetTableName"), "BackupArn": arn}
        response = dynamodb._restore_table_from_backup(request)
    finally:
        del dynamodb._backups[arn]
    answer = json.loads(response[2])
    if response[0] != 200:
        return {"Status": "FAILED", "StatusMessage": answer.get("message", "")}
    return {"Status": "COMPLETED", "CreatedResourceArn": answer["TableDescription"]["TableArn"]}


def _records(backup: Any) -> None:
    def describe_vault(name: str) -> Any:
        response = original_describe(name)
        return backup._ok(cleaned(json.loads(response[2]))) if response[0] == 200 else response

    def list_vaults(query: Any) -> Any:
        content = json.loads(backup._paginate([cleaned(each) for each in backup._vaults.values()], query, "Found")[2])
        content["BackupVaultList"] = content.pop("Found")
        return backup._ok(content)

    def cleaned(vault: Values) -> Values:
        kept = {key: value for key, value in vault.items() if not key.startswith("_") and value != ""}
        return {key: value for key, value in kept.items() if key != "BackupVaultTags"}

    def delete_vault(name: str) -> Any:
        if (backup._vaults.get(name) or {}).get(POINTS):
            text = "Backup vault cannot be deleted because it contains recovery points."
            return backup._err("InvalidRequestException", text, 400)
        return original_delete_vault(name)

    def completed(body: Values) -> Values:
        plan = copy.deepcopy(body.get("BackupPlan") or {})
        plan["Rules"] = [{"RuleId": str(uuid.uuid4()), **RULE, **rule} for rule in plan.get("Rules") or []]
        return {**body, "BackupPlan": plan}

    def delete_plan(identity: str) -> Any:
        if any(each["BackupPlanId"] == identity for each in backup._selections.values()):
            text = "Related backup plan selections must be deleted prior to backup plan deletion."
            return backup._err("InvalidRequestException", text, 400)
        return original_delete_plan(identity)

    original_describe = replace(backup, "_describe_vault", describe_vault)
    replace(backup, "_list_vaults", list_vaults)
    original_delete_vault = replace(backup, "_delete_vault", delete_vault)
    original_create = replace(backup, "_create_plan", lambda body: original_create(completed(body)))
    original_update = replace(backup, "_update_plan", lambda identity, body: original_update(identity, completed(body)))
    original_delete_plan = replace(backup, "_delete_plan", delete_plan)


MENDS = (
    Mend(
        "a vault has a policy, a lock, notifications and points; a backup of a table can be restored",
        "none of them is kept, a job makes nothing",
        "ministack.services.backup",
        {"handle_request": "2262eee618f8", "_start_job": "8fa3cb4cb062"},
        _paths,
    ),
    Mend(
        "a vault with points and a plan with selections stay, a plan's rules have identities and windows",
        "all of them can be deleted, rules come back bare",
        "ministack.services.backup",
        {
            "_describe_vault": "4ad7c572ccbe",
            "_list_vaults": "322c20851e10",
            "_delete_vault": "2524f72cca01",
            "_create_plan": "12e202808a9b",
            "_update_plan": "6e742a6e05c5",
            "_delete_plan": "178006275652",
        },
        _records,
    ),
)
