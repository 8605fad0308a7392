"""S3: where the logs of a bucket's requests go."""

from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Properties
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.s3_settings import setting
from localcloud.plugins.aws.steps import Op


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
    setting(
        "BucketLogging",
        _put_logging,
        inputs=("bucket", "targetBucket", "targetGrants", "targetObjectKeyFormat", "targetPrefix"),
        read=_read_logging,
        delete=Op("put_bucket_logging", {"Bucket": "$id", "BucketLoggingStatus": {}}),
        sets=("targetGrants",),
        limits={
            "targetGrants[*].grantee.type": {"enum": ["CanonicalUser", "AmazonCustomerByEmail", "Group"]},
            "targetGrants[*].permission": {"enum": ["FULL_CONTROL", "READ", "WRITE"]},
            "targetObjectKeyFormat.partitionedPrefix.partitionDateSource": {"enum": ["EventTime", "DeliveryTime"]},
        },
        rules=(value("targetObjectKeyFormat", lambda got: len(got) == 1, "must have exactly one of its two prefixes"),),
        unlike=("kept and given back; the emulator writes no access logs",),
    ),
)
