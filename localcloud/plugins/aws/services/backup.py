"""AWS Backup: vaults, their locks and policies, plans, and what a plan backs up."""

from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import ARN
from localcloud.plugins.aws.services.documents import resource_policy
from localcloud.plugins.aws.steps import Named, Op, pages, tag_parameters

_NAME = r"[a-zA-Z0-9_-]{2,50}"
VAULT = {"pattern": f"^{_NAME}$"}
_OF_ONEVAULT = {"backupVaultName": "it is a setting of one vault"}


def tags(create: str, arn: Any) -> Tags:
    """Return how tags are written: `create` is their parameter in the create call, `arn` says whose they are."""
    return Tags(
        owner=lambda call: {"ResourceArn": arn(call)},
        key="",
        keys="TagKeyList",
        list="list_tags",
        create=lambda call, written: {create: written},
    )


def _vault_arn(call: Call) -> str:
    return call.arn(f"backup-vault:{call.id}")


def _plan_arn(call: Call) -> str:
    return call.arn(f"backup-plan:{call.id}")


def _create_vault(call: Call) -> str:
    key = {"EncryptionKeyArn": call.inputs["kmsKeyArn"]} if call.inputs.get("kmsKeyArn") else {}
    call.api("create_backup_vault", BackupVaultName=call.inputs["name"], **key, **tag_parameters(call))
    return str(call.inputs["name"])


def _vault(call: Call) -> Properties:
    return call.api("describe_backup_vault", BackupVaultName=call.id)


def _read_vault(call: Call) -> Properties:
    live = _vault(call)
    return {
        "arn": live["BackupVaultArn"],
        "kmsKeyArn": live.get("EncryptionKeyArn", ""),
        "name": live["BackupVaultName"],
        "recoveryPoints": live.get("NumberOfRecoveryPoints", 0),
    }


def _delete_vault(call: Call) -> None:
    """Delete the vault; with `forceDestroy` what it holds goes first."""
    if call.inputs.get("forceDestroy"):
        points = pages(call, "list_recovery_points_by_backup_vault", "RecoveryPoints", BackupVaultName=call.id)
        for each in points:
            call.api("delete_recovery_point", BackupVaultName=call.id, RecoveryPointArn=each["RecoveryPointArn"])
    call.api("delete_backup_vault", BackupVaultName=call.id)


def _lock(call: Call) -> str:
    take = ("backupVaultName", "changeableForDays", "maxRetentionDays", "minRetentionDays")
    call.api("put_backup_vault_lock_configuration", **call.parameters("put_backup_vault_lock_configuration", take))
    return str(call.inputs["backupVaultName"])


def _read_lock(call: Call) -> Properties | None:
    live = _vault(call)
    if not live.get("Locked") and not live.get("MinRetentionDays") and not live.get("MaxRetentionDays"):
        return None
    return {
        "backupVaultArn": live["BackupVaultArn"],
        "backupVaultName": call.id,
        "maxRetentionDays": live.get("MaxRetentionDays"),
        "minRetentionDays": live.get("MinRetentionDays"),
    }


def _put_policy(call: Call) -> str:
    name = str(call.inputs["backupVaultName"])
    call.api("put_backup_vault_access_policy", BackupVaultName=name, Policy=call.inputs["policy"])
    return name


def _read_policy(call: Call) -> Properties:
    live = call.api("get_backup_vault_access_policy", BackupVaultName=call.id)
    return {"backupVaultArn": live["BackupVaultArn"], "backupVaultName": call.id, "policy": live["Policy"]}


def _retention(inputs: Properties) -> tuple[str, str] | None:
    least, most = inputs.get("minRetentionDays"), inputs.get("maxRetentionDays")
    if not isinstance(least, (int, float)) or not isinstance(most, (int, float)) or least <= most:
        return None
    return "maxRetentionDays", f"must be at least minRetentionDays {least}, got {most}"


ENTRIES = (
    Entry(
        token="aws:backup/vault:Vault",
        service="backup",
        inputs=("forceDestroy", "kmsKeyArn", "name"),
        name=Name(longest=50, pattern=_NAME),
        create=_create_vault,
        read=_read_vault,
        update=lambda call: None,
        delete=_delete_vault,
        find=Named(),
        tags=tags("BackupVaultTags", _vault_arn),
        replace={"kmsKeyArn": "a vault keeps its key for life", "name": "a vault is known by its name"},
        local=("forceDestroy",),
        limits={"kmsKeyArn": ARN},
    ),
    Entry(
        token="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        service="backup",
        inputs=("backupVaultName", "changeableForDays", "maxRetentionDays", "minRetentionDays"),
        create=_lock,
        read=_read_lock,
        delete=Op("delete_backup_vault_lock_configuration", {"BackupVaultName": "$id"}),
        replace=_OF_ONEVAULT,
        local=("changeableForDays",),
        limits={
            "backupVaultName": VAULT,
            "changeableForDays": {"minimum": 3, "maximum": 36500},
            "maxRetentionDays": {"minimum": 1, "maximum": 36500},
            "minRetentionDays": {"minimum": 1, "maximum": 36500},
        },
        rules=(_retention,),
        unlike=("a lock never becomes final",),
    ),
    Entry(
        token="aws:backup/vaultPolicy:VaultPolicy",
        service="backup",
        inputs=("backupVaultName", "policy"),
        create=_put_policy,
        read=_read_policy,
        update=_put_policy,
        delete=Op("delete_backup_vault_access_policy", {"BackupVaultName": "$id"}),
        replace=_OF_ONEVAULT,
        json=("policy",),
        limits={"backupVaultName": VAULT},
        rules=(resource_policy("policy", 0),),
        unlike=("kept and given back; nobody is asked",),
    ),
)
