"""S3: buckets. Their settings are resources of their own, in s3_settings.py and s3_lifecycle.py."""

import re
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.errors import Gone, Refused

_HOSTED_ZONES = {
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
}
"""Zones of S3's website endpoints, for alias records to them; AWS publishes the list."""
_RESERVED_HEADS, _RESERVED_TAILS = ("xn--", "sthree-", "amzn-s3-demo-"), ("-s3alias", "--ol-s3", ".mrap", "--x-s3")
_AT_ONCE = 1000
"""How many objects one DeleteObjects call takes."""


def _create(call: Call) -> str:
    pairs = [{"Key": key, "Value": text} for key, text in sorted(call.tags.items())]
    place: Properties = {"Tags": pairs}
    if call.region != "us-east-1":  # the one region that a bucket is in without being told
        place["LocationConstraint"] = call.region
    lock: Properties = {"ObjectLockEnabledForBucket": True} if call.inputs.get("objectLockEnabled") else {}
    call.api("create_bucket", Bucket=call.inputs["bucket"], CreateBucketConfiguration=place, **lock)
    return str(call.inputs["bucket"])


def _read(call: Call) -> Properties:
    head = call.api("head_bucket", Bucket=call.id)
    region = head.get("BucketRegion") or call.region
    return {
        "bucket": call.id,
        "arn": f"arn:aws:s3:::{call.id}",
        "bucketDomainName": f"{call.id}.s3.amazonaws.com",
        "bucketRegion": region,
        "bucketRegionalDomainName": f"{call.id}.s3.{region}.amazonaws.com",
        "hostedZoneId": _HOSTED_ZONES.get(region, ""),
        "objectLockEnabled": _is_locked(call),
        "region": region,
    }


def _is_locked(call: Call) -> bool:
    try:
        live = call.api("get_object_lock_configuration", Bucket=call.id)["ObjectLockConfiguration"]
    except Gone:
        return False
    return bool(live.get("ObjectLockEnabled") == "Enabled")


def _tags(call: Call) -> Any:
    """Return a bucket's tags; AWS answers with an error when it has none."""
    try:
        return call.api("get_bucket_tagging", Bucket=call.id or call.inputs["bucket"])["TagSet"]
    except Gone:
        call.api("head_bucket", Bucket=call.id or call.inputs["bucket"])
        return []


def _write_tags(call: Call, tags: Properties) -> None:
    pairs = [{"Key": key, "Value": text} for key, text in sorted(tags.items())]
    call.api("put_bucket_tagging", Bucket=call.id, Tagging={"TagSet": pairs})


def _find(call: Call) -> str | None:
    """Return the bucket of an interrupted run; of one in another account the create call says that it is taken."""
    try:
        tags = _tags(call)
    except Refused as error:
        if error.code in ("403", "AccessDenied"):
            return None
        raise
    return str(call.inputs["bucket"]) if call.mine(tags) else None


def _delete(call: Call) -> None:
    """Delete the bucket; what is in it goes along only with `forceDestroy`."""
    if call.inputs.get("forceDestroy"):
        _empty(call)
    elif _has_content(call):
        raise Trouble(f"the bucket {call.id} is not empty", "set forceDestroy, or delete what is in it")
    call.api("delete_bucket", Bucket=call.id)


def _has_content(call: Call) -> bool:
    first = call.api("list_object_versions", Bucket=call.id, MaxKeys=1)
    return bool(first.get("Versions") or first.get("DeleteMarkers"))


def _empty(call: Call) -> None:
    """Delete every version, delete marker and unfinished upload; objects locked by governance too."""
    lock: Properties = {"BypassGovernanceRetention": True} if call.inputs.get("objectLockEnabled") else {}
    while True:
        page = call.api("list_object_versions", Bucket=call.id, MaxKeys=_AT_ONCE)
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not found:
            break
        call.log.status(f"emptying the bucket: {len(found)} objects")
        keys = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
        answer = call.api("delete_objects", Bucket=call.id, Delete={"Objects": keys, "Quiet": True}, **lock)
        if answer.get("Errors"):
            first = answer["Errors"][0]
            raise Trouble(f"the object {first['Key']} of the bucket {call.id} stays: {first.get('Message', '')}")
    for upload in call.api("list_multipart_uploads", Bucket=call.id).get("Uploads", []):
        call.api("abort_multipart_upload", Bucket=call.id, Key=upload["Key"], UploadId=upload["UploadId"])


_SETTINGS = {
    "accelerationStatus": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "corsRules": "BucketCorsConfiguration",
    "grants": "BucketAcl",
    "lifecycleRules": "BucketLifecycleConfiguration",
    "logging": "BucketLogging",
    "objectLockConfiguration": "BucketObjectLockConfiguration",
    "policy": "BucketPolicy",
    "replicationConfiguration": "BucketReplicationConfig",
    "requestPayer": "BucketRequestPaymentConfiguration",
    "serverSideEncryptionConfiguration": "BucketServerSideEncryptionConfiguration",
    "versioning": "BucketVersioning",
    "website": "BucketWebsiteConfiguration",
}
"""Inputs of the bucket that the official provider has deprecated → the resource to be used instead."""


def _deprecated(inputs: Properties) -> tuple[str, str] | None:
    old = next((name for name in _SETTINGS if name in inputs), None)
    return (old, f"is deprecated in a Bucket: use the resource {_SETTINGS[old]}") if old else None


def _good_name(inputs: Properties) -> tuple[str, str] | None:
    """Say what AWS refuses in a bucket's name."""
    name = inputs.get("bucket")
    if not isinstance(name, str):
        return None
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) or ".." in name:
        reason = "must be 3 to 63 lower-case letters, digits, hyphens and single dots, letters or digits at both ends"
    elif re.fullmatch(r"\d+\.\d+\.\d+\.\d+", name):
        reason = "must not look like an IP address"
    elif name.startswith(_RESERVED_HEADS) or name.endswith(_RESERVED_TAILS):
        reason = f"must not begin with {', '.join(_RESERVED_HEADS)} or end with {', '.join(_RESERVED_TAILS)}"
    else:
        return None
    return "bucket", f"{reason}, got {name!r}"


ENTRIES = (
    Entry(
        token="aws:s3/bucket:Bucket",
        service="s3",
        inputs=("bucket", "forceDestroy", "objectLockEnabled"),
        name=Name(property="bucket", longest=63, lower=True),
        create=_create,
        read=_read,
        update=lambda call: None,
        delete=_delete,
        find=_find,
        tags=Tags(
            add="",
            remove="",
            owner=lambda call: {"Bucket": call.id},
            list=_tags,
            write=_write_tags,
        ),
        replace={
            "bucket": "a bucket keeps its name for life",
            "objectLockEnabled": "a bucket gets object lock when it is made or not at all, here",
        },
        defaults={"objectLockEnabled": False},
        local=("forceDestroy",),
        rules=(_deprecated, _good_name),
    ),
)
