"""KMS: customer keys and their aliases."""

import re
from typing import Any

import jmespath

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import needs, value, when
from localcloud.plugins.aws.services.documents import allows, document, refuse_strangers, resource_policy
from localcloud.plugins.aws.steps import Op, pages
from localcloud.plugins.provider import UNKNOWN

_SYMMETRIC = "SYMMETRIC_DEFAULT"
_LONGEST_POLICY = 32768
_USES = {
    "SYMMETRIC": ("ENCRYPT_DECRYPT",),
    "HMAC": ("GENERATE_VERIFY_MAC",),
    "RSA": ("ENCRYPT_DECRYPT", "SIGN_VERIFY"),
    "ECC_SECG": ("SIGN_VERIFY",),
    "ECC_NIST": ("SIGN_VERIFY", "KEY_AGREEMENT"),
}
"""What the keys of a spec, named by how it begins, can do."""
_ENDING = ("PendingDeletion", "PendingReplicaDeletion")


_MAKE_KEY = Op(
    "create_key",
    take=(
        "bypassPolicyLockoutSafetyCheck",
        "customerMasterKeySpec",
        "description",
        "keyUsage",
        "multiRegion",
        "policy",
    ),
    rename={"customerMasterKeySpec": "KeySpec"},
    pick="KeyMetadata.KeyId",
    tagged=True,
)


def _create_key(call: Call) -> str:
    refuse_strangers(call, call.inputs.get("policy", "{}"))
    return str(_MAKE_KEY(call))


def _read_key(call: Call) -> Properties | None:
    """Describe the key; one that waits for its deletion is gone."""
    key = call.api("describe_key", KeyId=call.id)["KeyMetadata"]
    if key["KeyState"] in _ENDING:
        return None
    found = {
        "keyId": key["KeyId"],
        "arn": key["Arn"],
        "description": key.get("Description", ""),
        "keyUsage": key["KeyUsage"],
        "customerMasterKeySpec": key["KeySpec"],
        "isEnabled": key["Enabled"],
        "multiRegion": key.get("MultiRegion", False),
        "policy": call.api("get_key_policy", KeyId=call.id, PolicyName="default")["Policy"],
        "enableKeyRotation": False,
    }
    if key["KeySpec"] == _SYMMETRIC:
        rotation = call.api("get_key_rotation_status", KeyId=call.id)
        found["enableKeyRotation"] = rotation["KeyRotationEnabled"]
        if rotation["KeyRotationEnabled"]:
            found["rotationPeriodInDays"] = rotation.get("RotationPeriodInDays", 365)
    return found


def _find_key(call: Call) -> str | None:
    """Return the living key with this resource's marks: keys have no names."""
    for key in pages(call, "list_keys", "Keys", "Marker", "NextMarker"):
        if key["KeyId"] in call.known or not call.mine(_tags(call, key["KeyId"])):
            continue
        if call.api("describe_key", KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] not in _ENDING:
            return str(key["KeyId"])
    return None


def _tags(call: Call, key: str) -> Any:
    """Return the tags of a key, none for a key that has just ended."""
    try:
        return call.api("list_resource_tags", KeyId=key)["Tags"]
    except Gone:
        return None


def _settle_key(call: Call) -> None:
    """Bring rotation and state to the inputs; a key that is switched off cannot get rotation."""
    live = _read_key(call)
    if live is None:
        return
    enabled = call.inputs.get("isEnabled", True)
    if not live["isEnabled"] and (enabled or call.changed("enableKeyRotation", "rotationPeriodInDays")):
        call.api("enable_key", KeyId=call.id)
        live["isEnabled"] = True
    wanted = bool(call.inputs.get("enableKeyRotation"))
    days = call.inputs.get("rotationPeriodInDays")
    if wanted and (not live["enableKeyRotation"] or int(days or 365) != live["rotationPeriodInDays"]):
        call.api("enable_key_rotation", KeyId=call.id, RotationPeriodInDays=int(days or 365))
    elif live["enableKeyRotation"] and not wanted:
        call.api("disable_key_rotation", KeyId=call.id)
    if live["isEnabled"] and not enabled:
        call.api("disable_key", KeyId=call.id)


def _change_key(call: Call) -> None:
    if call.changed("description"):
        call.api("update_key_description", KeyId=call.id, Description=call.inputs.get("description", ""))
    if call.changed("policy") and call.inputs.get("policy"):
        refuse_strangers(call, call.inputs["policy"])
        skip = bool(call.inputs.get("bypassPolicyLockoutSafetyCheck"))
        call.api(
            "put_key_policy",
            KeyId=call.id,
            PolicyName="default",
            Policy=call.inputs["policy"],
            BypassPolicyLockoutSafetyCheck=skip,
        )


def _delete_key(call: Call) -> None:
    days = int(call.inputs.get("deletionWindowInDays") or 30)
    key = call.api("describe_key", KeyId=call.id)["KeyMetadata"]
    if key["KeyState"] not in _ENDING:
        call.api("schedule_key_deletion", KeyId=call.id, PendingWindowInDays=days)


def _only_symmetric(inputs: Properties) -> tuple[str, str] | None:
    spec = inputs.get("customerMasterKeySpec", _SYMMETRIC)
    if inputs.get("enableKeyRotation") is True and spec not in (_SYMMETRIC, UNKNOWN):
        return "enableKeyRotation", f"only keys of the spec {_SYMMETRIC} rotate, this one is {spec}"
    return None


def _usage(inputs: Properties) -> tuple[str, str] | None:
    """Judge that a key of this spec can be used so."""
    spec, usage = inputs.get("customerMasterKeySpec", _SYMMETRIC), inputs.get("keyUsage", "ENCRYPT_DECRYPT")
    if UNKNOWN in (spec, usage):
        return None
    uses = next((uses for kind, uses in _USES.items() if spec.startswith(kind)), (usage,))
    return None if usage in uses else ("keyUsage", f"must be {' or '.join(uses)} for {spec}, got {usage!r}")


def _lockout(parsed: Any) -> str:
    """Say that nobody could change the policy any more, as AWS does."""
    if allows(parsed, "kms:PutKeyPolicy"):
        return ""
    return "the policy must let somebody change it (kms:PutKeyPolicy), or nobody ever could"


def _alias(call: Call, name: str) -> Any:
    path = f"[?AliasName=='{name}'] | [0]"
    return jmespath.search(path, pages(call, "list_aliases", "Aliases", "Marker", "NextMarker"))


def _read_alias(call: Call) -> Properties | None:
    live = _alias(call, call.id)
    if live is None:
        return None
    given = str(call.inputs.get("targetKeyId", ""))
    target = live["TargetKeyId"]
    return {
        "name": live["AliasName"],
        "arn": live["AliasArn"],
        "targetKeyId": given if given.rpartition("/")[2] == target else target,
        "targetKeyArn": call.arn(f"key/{target}"),
    }


def _find_alias(call: Call) -> str | None:
    """Return the alias of that name when it stands for the same key: aliases have no tags."""
    name = call.inputs["name"]
    live = _alias(call, name)
    target = str(call.inputs["targetKeyId"]).rpartition("/")[2]
    return str(name) if live and live["TargetKeyId"] == target else None


def _create_alias(call: Call) -> str:
    call.api("create_alias", AliasName=call.inputs["name"], TargetKeyId=call.inputs["targetKeyId"])
    return str(call.inputs["name"])


ENTRIES = (
    Entry(
        token="aws:kms/key:Key",
        service="kms",
        cfn="AWS::KMS::Key",
        names={
            "customerMasterKeySpec": "KeySpec",
            "isEnabled": "Enabled",
            "deletionWindowInDays": "PendingWindowInDays",
        },
        inputs=(
            "bypassPolicyLockoutSafetyCheck",
            "customerMasterKeySpec",
            "deletionWindowInDays",
            "description",
            "enableKeyRotation",
            "isEnabled",
            "keyUsage",
            "multiRegion",
            "policy",
            "rotationPeriodInDays",
        ),
        create=_create_key,
        settle=_settle_key,
        read=_read_key,
        update=_change_key,
        delete=_delete_key,
        find=_find_key,
        tags=Tags(
            owner=lambda call: {"KeyId": call.id},
            key="TagKey",
            value="TagValue",
            list="list_resource_tags",
        ),
        replace={
            "customerMasterKeySpec": "a key's material has one spec for its life",
            "keyUsage": "AWS has no call that changes it",
            "multiRegion": "AWS has no call that changes it",
        },
        defaults={
            "customerMasterKeySpec": _SYMMETRIC,
            "description": "",
            "enableKeyRotation": False,
            "isEnabled": True,
            "keyUsage": "ENCRYPT_DECRYPT",
            "multiRegion": False,
        },
        local=("bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"),
        json=("policy",),
        rules=(
            resource_policy("policy", _LONGEST_POLICY),
            when("bypassPolicyLockoutSafetyCheck", (None, False), document("policy", _lockout)),
            needs("rotationPeriodInDays", "enableKeyRotation"),
            _only_symmetric,
            _usage,
        ),
        unlike=("a key that waits for its deletion counts as gone, as in the official provider",),
    ),
    Entry(
        token="aws:kms/alias:Alias",
        service="kms",
        cfn="AWS::KMS::Alias",
        names={"name": "AliasName"},
        inputs=("name", "targetKeyId"),
        name=Name(longest=256, prefix="alias/"),
        create=_create_alias,
        read=_read_alias,
        update=Op("update_alias", {"AliasName": "$id", "TargetKeyId": "$input.targetKeyId"}),
        delete=Op("delete_alias", {"AliasName": "$id"}),
        find=_find_alias,
        sought=("targetKeyId",),
        rules=(
            value(
                "name",
                lambda name: not name.startswith("alias/aws/"),
                "must not begin with alias/aws/, which is for AWS's own keys",
            ),
            value(
                "targetKeyId",
                lambda key: not re.search(r"(^|:)alias/", key),
                "must be a key's id or ARN, not an alias",
            ),
        ),
    ),
)
