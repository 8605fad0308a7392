"""S3: the settings of a bucket, each a resource of its own. Their id is the bucket's name."""

from collections.abc import Callable, Sequence
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties, Rule
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.documents import refuse_strangers, resource_policy, texts
from localcloud.plugins.aws.steps import Op
from localcloud.plugins.provider import UNKNOWN, has_unknown

_OF_ONE_BUCKET = {"bucket": "a setting belongs to one bucket"}
_OWN_NAME = value("bucket", lambda name: bool(name) and not name.startswith("arn:"), "must be a bucket's name")
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")
_OWNERSHIPS = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")


def setting(name: str, put: Callable[[Call, str], Any], *, rules: Sequence[Rule] = (), **more: Any) -> Entry:
    """Return the entry of a setting: `name` is its name in the SDK, `put` writes all of it to a bucket."""

    def step(call: Call) -> str:
        bucket = str(call.inputs["bucket"])
        put(call, bucket)
        return bucket

    return Entry(
        token=f"aws:s3/{name[0].lower()}{name[1:]}:{name}",
        service="s3",
        create=step,
        update=step,
        replace=_OF_ONE_BUCKET,
        rules=(_OWN_NAME, *rules),
        **more,
    )


def _put_versioning(call: Call, bucket: str) -> None:
    """Write the status; a bucket that never had versions is left alone when they are to be disabled."""
    wanted = call.inputs["versioningConfiguration"]["status"]
    if wanted == "Disabled":
        call.api("head_bucket", Bucket=bucket)
        return
    call.api("put_bucket_versioning", Bucket=bucket, VersioningConfiguration={"Status": wanted})


def _read_versioning(call: Call) -> Properties:
    live = call.api("get_bucket_versioning", Bucket=call.id)
    status = {"status": live.get("Status", "Disabled"), "mfaDelete": live.get("MFADelete", "Disabled")}
    return {"bucket": call.id, "versioningConfiguration": status}


def _suspend_versioning(call: Call) -> None:
    if call.api("get_bucket_versioning", Bucket=call.id).get("Status") == "Enabled":
        call.api("put_bucket_versioning", Bucket=call.id, VersioningConfiguration={"Status": "Suspended"})


def _versioning(inputs: Properties) -> tuple[str, str] | None:
    wanted = inputs.get("versioningConfiguration")
    if not isinstance(wanted, dict) or wanted.get("status") is UNKNOWN:
        return None
    if wanted.get("status") not in ("Enabled", "Suspended", "Disabled"):
        return "versioningConfiguration.status", f"must be Enabled, Suspended or Disabled, got {wanted.get('status')!r}"
    if wanted.get("mfaDelete") == "Enabled":
        return "versioningConfiguration.mfaDelete", "needs the root user's device, which no program has"
    return None


def _versions_begun(old: Any, new: Any) -> bool:
    """Say whether a bucket with versions is to have none: AWS can only suspend them."""
    return bool(old.get("status") != "Disabled" and new.get("status") == "Disabled")


def _put_encryption(call: Call, bucket: str) -> None:
    rules = []
    for rule in call.inputs["rules"]:
        wanted = rule.get("applyServerSideEncryptionByDefault") or {"sseAlgorithm": "AES256"}
        key = {"KMSMasterKeyID": wanted["kmsMasterKeyId"]} if wanted.get("kmsMasterKeyId") else {}
        default = {"SSEAlgorithm": wanted["sseAlgorithm"], **key}
        rules.append(
            {
                "ApplyServerSideEncryptionByDefault": default,
                "BucketKeyEnabled": bool(rule.get("bucketKeyEnabled", False)),
            }
        )
    call.api("put_bucket_encryption", Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def _read_encryption(call: Call) -> Properties:
    answer = call.api("get_bucket_encryption", Bucket=call.id)["ServerSideEncryptionConfiguration"]
    rules = []
    for rule in answer["Rules"]:
        live = rule["ApplyServerSideEncryptionByDefault"]
        default = {"sseAlgorithm": live["SSEAlgorithm"], "kmsMasterKeyId": live.get("KMSMasterKeyID", "")}
        rules.append(
            {
                "applyServerSideEncryptionByDefault": default,
                "bucketKeyEnabled": rule.get("BucketKeyEnabled", False),
            }
        )
    return {"bucket": call.id, "rules": rules}


def _encryption(inputs: Properties) -> tuple[str, str] | None:
    rules = inputs.get("rules")
    if not isinstance(rules, list):
        return None
    if len(rules) != 1:
        return "rules", f"must be exactly one, got {len(rules)}"
    if has_unknown(rules):
        return None
    if rules[0].get("blockedEncryptionTypes"):
        return "rules[0].blockedEncryptionTypes", "is not in the embedded cloud's table"
    wanted = rules[0].get("applyServerSideEncryptionByDefault") or {}
    algorithm = wanted.get("sseAlgorithm", "AES256")
    if algorithm not in _ALGORITHMS:
        return "rules", f"sseAlgorithm must be one of {', '.join(_ALGORITHMS)}, got {algorithm!r}"
    if wanted.get("kmsMasterKeyId") and algorithm == "AES256":
        return "rules", "kmsMasterKeyId means something for aws:kms only"
    return None


def _put_block(call: Call, bucket: str) -> None:
    wanted = {f"{name[0].upper()}{name[1:]}": bool(call.inputs.get(name, False)) for name in _BLOCKS}
    call.api("put_public_access_block", Bucket=bucket, PublicAccessBlockConfiguration=wanted)


def _read_block(call: Call) -> Properties:
    live = call.api("get_public_access_block", Bucket=call.id)["PublicAccessBlockConfiguration"]
    return {"bucket": call.id, **{name: live.get(f"{name[0].upper()}{name[1:]}", False) for name in _BLOCKS}}


def _delete_block(call: Call) -> None:
    if not call.inputs.get("skipDestroy"):
        call.api("delete_public_access_block", Bucket=call.id)


def _put_ownership(call: Call, bucket: str) -> None:
    rule = {"ObjectOwnership": call.inputs["rule"]["objectOwnership"]}
    call.api("put_bucket_ownership_controls", Bucket=bucket, OwnershipControls={"Rules": [rule]})


def _read_ownership(call: Call) -> Properties:
    live = call.api("get_bucket_ownership_controls", Bucket=call.id)["OwnershipControls"]["Rules"][0]
    return {"bucket": call.id, "rule": {"objectOwnership": live["ObjectOwnership"]}}


def _ownership(inputs: Properties) -> tuple[str, str] | None:
    rule = inputs.get("rule")
    wanted = rule.get("objectOwnership") if isinstance(rule, dict) else UNKNOWN
    if wanted is UNKNOWN or wanted in _OWNERSHIPS:
        return None
    return "rule.objectOwnership", f"must be one of {', '.join(_OWNERSHIPS)}, got {wanted!r}"


def _put_policy(call: Call, bucket: str) -> None:
    refuse_strangers(call, call.inputs["policy"])
    call.api("put_bucket_policy", Bucket=bucket, Policy=call.inputs["policy"])


def _read_policy(call: Call) -> Properties:
    return {"bucket": call.id, "policy": call.api("get_bucket_policy", Bucket=call.id)["Policy"]}


def _of_this_bucket(inputs: Properties) -> str | tuple[str, str] | None:
    """Judge that a bucket's policy speaks of the bucket: AWS refuses any other resource."""
    bucket = inputs.get("bucket")
    if not isinstance(bucket, str):
        return None
    own = f"arn:aws:s3:::{bucket}"

    def judge(statement: Any) -> str:
        named = texts(statement.get("Resource")) + texts(statement.get("NotResource"))
        odd = next((one for one in named if one != own and not one.startswith(f"{own}/")), None)
        return f"every resource must be {own} or in it, got {odd!r}" if odd else ""

    return resource_policy("policy", 20480, judge)(inputs)


ENTRIES = (
    setting(
        "BucketVersioning",
        _put_versioning,
        inputs=("bucket", "versioningConfiguration"),
        read=_read_versioning,
        delete=_suspend_versioning,
        replace_if={"versioningConfiguration": _versions_begun},
        rules=(_versioning,),
    ),
    setting(
        "BucketServerSideEncryptionConfiguration",
        _put_encryption,
        inputs=("bucket", "rules"),
        read=_read_encryption,
        delete=Op("delete_bucket_encryption", {"Bucket": "$id"}),
        rules=(_encryption,),
    ),
    setting(
        "BucketPublicAccessBlock",
        _put_block,
        inputs=("bucket", "skipDestroy", *_BLOCKS),
        read=_read_block,
        delete=_delete_block,
        defaults=dict.fromkeys(_BLOCKS, False),
        local=("skipDestroy",),
        unlike=("kept and given back; access is not judged by it",),
    ),
    setting(
        "BucketOwnershipControls",
        _put_ownership,
        inputs=("bucket", "rule"),
        read=_read_ownership,
        delete=Op("delete_bucket_ownership_controls", {"Bucket": "$id"}),
        rules=(_ownership,),
    ),
    setting(
        "BucketPolicy",
        _put_policy,
        inputs=("bucket", "policy"),
        read=_read_policy,
        delete=Op("delete_bucket_policy", {"Bucket": "$id"}),
        json=("policy",),
        rules=(_of_this_bucket,),
    ),
)
