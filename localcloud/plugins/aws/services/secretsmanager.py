"""Secrets Manager: secrets as places. Their values are written by others and never pass through a stack."""

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.documents import refuse_strangers, resource_policy
from localcloud.plugins.aws.steps import Named, Op

_DAYS = 30
"""AWS keeps a deleted secret for so long when nobody says otherwise."""


def _described(call: Call, secret: str) -> Properties | None:
    """Return a secret that is not on its way out, or nothing."""
    live = call.api("describe_secret", SecretId=secret)
    return None if live.get("DeletedDate") else live


def _arn(call: Call) -> str | None:
    live = _described(call, call.inputs["name"])
    return live["ARN"] if live else None


def _read(call: Call) -> Properties | None:
    live = _described(call, call.id)
    if live is None:
        return None
    return {
        "name": live["Name"],
        "arn": live["ARN"],
        "description": live.get("Description", ""),
        "kmsKeyId": live.get("KmsKeyId", ""),
        "policy": call.api("get_resource_policy", SecretId=call.id).get("ResourcePolicy", ""),
        "tags": live.get("Tags", []),
    }


def _change(call: Call) -> None:
    """Write description and key; a key that was taken out is the account's own again, as in the official provider."""
    if call.changed("description", "kmsKeyId"):
        description, key = call.inputs.get("description", ""), call.inputs.get("kmsKeyId", "")
        call.api("update_secret", SecretId=call.id, Description=description, KmsKeyId=key)


def _settle(call: Call) -> None:
    policy = call.inputs.get("policy")
    if policy:
        refuse_strangers(call, policy)
        call.api("put_resource_policy", SecretId=call.id, ResourcePolicy=policy)
    elif call.old.get("policy"):
        call.api("delete_resource_policy", SecretId=call.id)


def _delete(call: Call) -> None:
    """Delete the secret: for good with a window of 0 days, else AWS keeps it, and its name, for so many."""
    if _described(call, call.id) is None:
        return
    days = int(call.inputs.get("recoveryWindowInDays", _DAYS))
    if days:
        call.api("delete_secret", SecretId=call.id, RecoveryWindowInDays=days)
    else:
        call.api("delete_secret", SecretId=call.id, ForceDeleteWithoutRecovery=True)


ENTRIES = (
    Entry(
        token="aws:secretsmanager/secret:Secret",
        service="secretsmanager",
        cfn="AWS::SecretsManager::Secret",
        inputs=("description", "kmsKeyId", "name", "policy", "recoveryWindowInDays"),
        name=Name(longest=512, pattern=r"[A-Za-z0-9/_+=.@-]+"),
        create=Op("create_secret", take=("description", "kmsKeyId", "name"), pick="ARN"),
        settle=_settle,
        read=_read,
        update=_change,
        delete=_delete,
        find=Named(_arn),
        tags=Tags(add="tag_resource", remove="untag_resource", owner=lambda call: {"SecretId": call.id}),
        defaults={"description": "", "kmsKeyId": "", "policy": ""},
        local=("recoveryWindowInDays",),
        json=("policy",),
        rules=(
            resource_policy("policy", 20480),
            value(
                "recoveryWindowInDays",
                lambda days: int(days) == 0 or 7 <= int(days) <= _DAYS,
                f"must be 0, which deletes at once, or 7 to {_DAYS}",
            ),
        ),
    ),
)
