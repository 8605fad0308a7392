"""S3: the settings of a bucket, each a resource of its own. Their id is the bucket's name."""

from collections.abc import Callable
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.documents import refuse_strangers, resource_policy, texts
from localcloud.plugins.aws.steps import Op
from localcloud.plugins.provider import UNKNOWN, has_unknown

_BUCKET = {"bucket": "a setting belongs to one bucket"}
_OWN_NAME = value("bucket", lambda name: bool(name) and not name.startswith("arn:"), "must be a bucket's name")
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")
_OWNERSHIPS = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")


def _putting(put: Callable[[Call, str], Any]) -> Callable[[Call], str]:
    """Return the step that writes a whole setting and gives the bucket's name as id; for create and update."""

    def step(call: Call) -> str:
        bucket = str(call.inputs["bucket"])
        put(call, bucket)
        return bucket

    return step


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


def _put_logging(call: Call, bucket: str) -> None:
    inputs = call.inputs
    wanted: Properties = {"TargetBucket": inputs["targetBucket"], "TargetPrefix": inputs.get("targetPrefix", "")}
    _refuse_missing(call, inputs["targetBucket"])
    if inputs.get("targetGrants"):
        wanted["TargetGrants"] = [_grant(each) for each in inputs["targetGrants"]]
    shape = inputs.get("targetObjectKeyFormat")
    if shape:
        source = (shape.get("partitionedPrefix") or {}).get("partitionDateSource")
        wanted["TargetObjectKeyFormat"] = (
            {"PartitionedPrefix": {"PartitionDateSource": source}} if source else {"SimplePrefix": {}}
        )
    call.api("put_bucket_logging", Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": wanted})


def _refuse_missing(call: Call, bucket: str) -> None:
    """Raise Trouble for a bucket that is not there: the emulator would take it as a target."""
    try:
        call.api("head_bucket", Bucket=bucket)
    except Gone as error:
        raise Trouble(f"the target bucket {bucket} does not exist", "make it first, in the same account") from error


def _grant(grant: Properties) -> Properties:
    names = {"id": "ID", "type": "Type", "uri": "URI", "emailAddress": "EmailAddress"}
    grantee = {theirs: grant["grantee"][ours] for ours, theirs in names.items() if grant["grantee"].get(ours)}
    return {"Grantee": grantee, "Permission": grant["permission"]}


def _read_logging(call: Call) -> Properties | None:
    live = call.api("get_bucket_logging", Bucket=call.id).get("LoggingEnabled")
    if not live:
        return None
    found: Properties = {
        "bucket": call.id,
        "targetBucket": live["TargetBucket"],
        "targetPrefix": live.get("TargetPrefix", ""),
    }
    if live.get("TargetGrants"):
        found["targetGrants"] = [_live_grant(each) for each in live["TargetGrants"]]
    shape = live.get("TargetObjectKeyFormat") or {}
    if shape.get("PartitionedPrefix"):
        source = shape["PartitionedPrefix"]["PartitionDateSource"]
        found["targetObjectKeyFormat"] = {"partitionedPrefix": {"partitionDateSource": source}}
    elif "SimplePrefix" in shape:
        found["targetObjectKeyFormat"] = {"simplePrefix": {}}
    return found


def _live_grant(grant: Any) -> Properties:
    names = {"ID": "id", "Type": "type", "URI": "uri", "EmailAddress": "emailAddress"}
    grantee = {ours: grant["Grantee"][theirs] for theirs, ours in names.items() if grant["Grantee"].get(theirs)}
    return {"grantee": grantee, "permission": grant["Permission"]}


ENTRIES = (
    Entry(
        token="aws:s3/bucketVersioning:BucketVersioning",
        service="s3",
        inputs=("bucket", "versioningConfiguration"),
        create=_putting(_put_versioning),
        read=_read_versioning,
        update=_putting(_put_versioning),
        delete=_suspend_versioning,
        replace=_BUCKET,
        replace_if={"versioningConfiguration": _versions_begun},
        rules=(_OWN_NAME, _versioning),
    ),
    Entry(
        token="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        service="s3",
        inputs=("bucket", "rules"),
        create=_putting(_put_encryption),
        read=_read_encryption,
        update=_putting(_put_encryption),
        delete=Op("delete_bucket_encryption", {"Bucket": "$id"}),
        replace=_BUCKET,
        rules=(_OWN_NAME, _encryption),
    ),
    Entry(
        token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        service="s3",
        inputs=("bucket", "skipDestroy", *_BLOCKS),
        create=_putting(_put_block),
        read=_read_block,
        update=_putting(_put_block),
        delete=_delete_block,
        replace=_BUCKET,
        defaults=dict.fromkeys(_BLOCKS, False),
        local=("skipDestroy",),
        rules=(_OWN_NAME,),
        unlike=("kept and given back; access is not judged by it",),
    ),
    Entry(
        token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        service="s3",
        inputs=("bucket", "rule"),
        create=_putting(_put_ownership),
        read=_read_ownership,
        update=_putting(_put_ownership),
        delete=Op("delete_bucket_ownership_controls", {"Bucket": "$id"}),
        replace=_BUCKET,
        rules=(_OWN_NAME, _ownership),
    ),
    Entry(
        token="aws:s3/bucketPolicy:BucketPolicy",
        service="s3",
        inputs=("bucket", "policy"),
        create=_putting(_put_policy),
        read=_read_policy,
        update=_putting(_put_policy),
        delete=Op("delete_bucket_policy", {"Bucket": "$id"}),
        replace=_BUCKET,
        json=("policy",),
        rules=(_OWN_NAME, _of_this_bucket),
    ),
    Entry(
        token="aws:s3/bucketLogging:BucketLogging",
        service="s3",
        inputs=("bucket", "targetBucket", "targetGrants", "targetObjectKeyFormat", "targetPrefix"),
        create=_putting(_put_logging),
        read=_read_logging,
        update=_putting(_put_logging),
        delete=Op("put_bucket_logging", {"Bucket": "$id", "BucketLoggingStatus": {}}),
        replace=_BUCKET,
        sets=("targetGrants",),
        limits={
            "targetGrants[*].grantee.type": {"enum": ["CanonicalUser", "AmazonCustomerByEmail", "Group"]},
            "targetGrants[*].permission": {"enum": ["FULL_CONTROL", "READ", "WRITE"]},
            "targetObjectKeyFormat.partitionedPrefix.partitionDateSource": {"enum": ["EventTime", "DeliveryTime"]},
        },
        rules=(
            _OWN_NAME,
            value("targetObjectKeyFormat", lambda got: len(got) == 1, "must have exactly one of its two prefixes"),
        ),
        unlike=("kept and given back; the emulator writes no access logs",),
    ),
)
