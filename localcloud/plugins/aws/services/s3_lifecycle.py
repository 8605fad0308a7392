"""S3: lifecycle rules of a bucket: what expires, what moves to a cheaper class."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.steps import Op
from localcloud.plugins.provider import has_unknown

_CLASSES = ("DEEP_ARCHIVE", "GLACIER", "GLACIER_IR", "INTELLIGENT_TIERING", "ONEZONE_IA", "STANDARD_IA")
_AT_LEAST_30 = ("ONEZONE_IA", "STANDARD_IA")
_SMALLEST = ("all_storage_classes_128K", "varies_by_storage_class")
_ACTIONS = (
    "abortIncompleteMultipartUpload",
    "expiration",
    "noncurrentVersionExpiration",
    "noncurrentVersionTransitions",
    "transitions",
)
_SIZES = {"objectSizeGreaterThan": "ObjectSizeGreaterThan", "objectSizeLessThan": "ObjectSizeLessThan"}
_MOST_RULES = 1000


def _put(call: Call) -> str:
    bucket = str(call.inputs["bucket"])
    rules = [_rule(each) for each in call.inputs["rules"]]
    size = call.inputs.get("transitionDefaultMinimumObjectSize")
    extra = {"TransitionDefaultMinimumObjectSize": size} if size else {}
    call.api("put_bucket_lifecycle_configuration", Bucket=bucket, LifecycleConfiguration={"Rules": rules}, **extra)
    return bucket


def _rule(rule: Properties) -> Properties:
    """Return a rule as AWS writes it; one without a filter is for every object."""
    found: Properties = {"ID": rule["id"], "Status": rule["status"], "Filter": _filter(rule.get("filter") or {})}
    abort = rule.get("abortIncompleteMultipartUpload")
    if abort:
        found["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": int(abort["daysAfterInitiation"])}
    if rule.get("expiration"):
        found["Expiration"] = _expiration(rule["expiration"])
    if rule.get("noncurrentVersionExpiration"):
        found["NoncurrentVersionExpiration"] = _noncurrent(rule["noncurrentVersionExpiration"])
    if rule.get("transitions"):
        found["Transitions"] = [{"StorageClass": each["storageClass"], **_when(each)} for each in rule["transitions"]]
    if rule.get("noncurrentVersionTransitions"):
        found["NoncurrentVersionTransitions"] = [
            {"StorageClass": each["storageClass"], **_noncurrent(each)} for each in rule["noncurrentVersionTransitions"]
        ]
    return found


def _when(each: Properties) -> Properties:
    return {"Date": each["date"]} if each.get("date") else {"Days": int(each.get("days", 0))}


def _expiration(each: Properties) -> Properties:
    if each.get("expiredObjectDeleteMarker") and not each.get("days") and not each.get("date"):
        return {"ExpiredObjectDeleteMarker": True}
    return _when(each)


def _noncurrent(each: Properties) -> Properties:
    newer = (
        {"NewerNoncurrentVersions": int(each["newerNoncurrentVersions"])} if each.get("newerNoncurrentVersions") else {}
    )
    return {"NoncurrentDays": int(each["noncurrentDays"]), **newer}


def _filter(given: Properties) -> Properties:
    both = given.get("and")
    if both:
        return {"And": _conditions(both)}
    if given.get("tag"):
        return {"Tag": {"Key": given["tag"]["key"], "Value": given["tag"]["value"]}}
    return _conditions(given)


def _conditions(given: Properties) -> Properties:
    found: Properties = {theirs: int(given[ours]) for ours, theirs in _SIZES.items() if given.get(ours)}
    if "prefix" in given:
        found["Prefix"] = given["prefix"]
    if given.get("tags"):
        found["Tags"] = [{"Key": key, "Value": text} for key, text in sorted(given["tags"].items())]
    return found


def _read(call: Call) -> Properties:
    live = call.api("get_bucket_lifecycle_configuration", Bucket=call.id)
    return {
        "bucket": call.id,
        "rules": [_live_rule(each) for each in live["Rules"]],
        "transitionDefaultMinimumObjectSize": live.get("TransitionDefaultMinimumObjectSize", _SMALLEST[0]),
    }


def _live_rule(rule: Any) -> Properties:
    found: Properties = {"id": rule["ID"], "status": rule["Status"], "filter": _live_filter(rule.get("Filter") or {})}
    abort = rule.get("AbortIncompleteMultipartUpload")
    if abort:
        found["abortIncompleteMultipartUpload"] = {"daysAfterInitiation": abort["DaysAfterInitiation"]}
    if rule.get("Expiration"):
        found["expiration"] = _live_expiration(rule["Expiration"])
    if rule.get("NoncurrentVersionExpiration"):
        found["noncurrentVersionExpiration"] = _live_noncurrent(rule["NoncurrentVersionExpiration"])
    if rule.get("Transitions"):
        found["transitions"] = [
            {"storageClass": each["StorageClass"], **_live_when(each)} for each in rule["Transitions"]
        ]
    if rule.get("NoncurrentVersionTransitions"):
        found["noncurrentVersionTransitions"] = [
            {"storageClass": each["StorageClass"], **_live_noncurrent(each)}
            for each in rule["NoncurrentVersionTransitions"]
        ]
    return found


def _live_when(each: Any) -> Properties:
    if "Date" in each:
        return {"date": each["Date"].strftime("%Y-%m-%dT%H:%M:%SZ")}
    return {"days": each["Days"]} if "Days" in each else {}


def _live_expiration(each: Any) -> Properties:
    marker = {"expiredObjectDeleteMarker": True} if each.get("ExpiredObjectDeleteMarker") else {}
    return {**_live_when(each), **marker}


def _live_noncurrent(each: Any) -> Properties:
    newer = each.get("NewerNoncurrentVersions")
    found = {"noncurrentDays": each["NoncurrentDays"]} if "NoncurrentDays" in each else {}
    return {**found, **({"newerNoncurrentVersions": newer} if newer else {})}


def _live_filter(live: Any) -> Properties:
    if live.get("And"):
        return {"and": _live_conditions(live["And"])}
    if live.get("Tag"):
        return {"tag": {"key": live["Tag"]["Key"], "value": live["Tag"]["Value"]}}
    return _live_conditions(live)


def _live_conditions(live: Any) -> Properties:
    found: Properties = {ours: live[theirs] for ours, theirs in _SIZES.items() if theirs in live}
    if live.get("Prefix") is not None:
        found["prefix"] = live["Prefix"]
    if live.get("Tags"):
        found["tags"] = {each["Key"]: each["Value"] for each in live["Tags"]}
    return found


def _judge(inputs: Properties) -> tuple[str, str] | None:
    """Say what AWS refuses in the rules."""
    rules = inputs.get("rules")
    if rules is None:
        return "rules", "is required and was not given"
    if not isinstance(rules, list) or has_unknown(rules):
        return None
    if not 1 <= len(rules) <= _MOST_RULES:
        return "rules", f"must be 1 to {_MOST_RULES}, got {len(rules)}"
    ids = [rule.get("id") for rule in rules]
    twin = next((each for each in ids if ids.count(each) > 1), None)
    if twin is not None:
        return "rules", f"each needs an id of its own, got {twin!r} twice"
    for number, rule in enumerate(rules):
        reason = _judge_rule(rule)
        if reason:
            return f"rules[{number}]", reason
    return None


def _judge_rule(rule: Mapping[str, Any]) -> str:
    if rule.get("status") not in ("Enabled", "Disabled"):
        return f"status must be Enabled or Disabled, got {rule.get('status')!r}"
    if "prefix" in rule:
        return "prefix is deprecated: use filter.prefix"
    if not any(rule.get(name) for name in _ACTIONS):
        return f"needs at least one of {', '.join(_ACTIONS)}"
    conditions = [
        name for name in ("and", "prefix", "tag", *_SIZES) if (rule.get("filter") or {}).get(name) is not None
    ]
    if len(conditions) > 1:
        return f"filter takes one condition, got {' and '.join(conditions)}: put them into and"
    return _judge_expiration(rule) or _judge_transitions(rule)


def _judge_expiration(rule: Mapping[str, Any]) -> str:
    expiration = rule.get("expiration") or {}
    given = [name for name in ("date", "days", "expiredObjectDeleteMarker") if expiration.get(name)]
    if rule.get("expiration") is not None and len(given) != 1:
        return "expiration takes exactly one of date, days and expiredObjectDeleteMarker"
    if "date" in given and not _is_midnight(str(expiration["date"])):
        return f"expiration.date must be midnight in UTC such as 2030-01-31T00:00:00Z, got {expiration['date']!r}"
    limits = (
        (rule.get("noncurrentVersionExpiration") or {}).get("noncurrentDays", 1),
        (rule.get("abortIncompleteMultipartUpload") or {}).get("daysAfterInitiation", 1),
    )
    if int(expiration.get("days") or 1) < 1 or any(int(each or 0) < 1 for each in limits):
        return "days must be at least 1"
    return ""


def _judge_transitions(rule: Mapping[str, Any]) -> str:
    ends = int((rule.get("expiration") or {}).get("days") or 0)
    for each in rule.get("transitions") or ():
        kind, days = each.get("storageClass"), int(each.get("days") or 0)
        if kind not in _CLASSES:
            return f"storageClass must be one of {', '.join(_CLASSES)}, got {kind!r}"
        if kind in _AT_LEAST_30 and not each.get("date") and days < 30:
            return f"a transition to {kind} comes after 30 days or more, got {days}"
        if ends and not each.get("date") and days >= ends:
            return f"a transition after {days} days comes too late: the objects expire after {ends}"
    for each in rule.get("noncurrentVersionTransitions") or ():
        if each.get("storageClass") not in _CLASSES:
            return f"storageClass must be one of {', '.join(_CLASSES)}, got {each.get('storageClass')!r}"
    return ""


def _is_midnight(text: str) -> bool:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).strftime("%H:%M:%S%z") == "00:00:00+0000"
    except ValueError:
        return False


ENTRIES = (
    Entry(
        token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        service="s3",
        inputs=("bucket", "rules", "transitionDefaultMinimumObjectSize"),
        create=_put,
        read=_read,
        update=_put,
        delete=Op("delete_bucket_lifecycle", {"Bucket": "$id"}),
        replace={"bucket": "a setting belongs to one bucket"},
        defaults={"transitionDefaultMinimumObjectSize": _SMALLEST[0]},
        limits={"rules[*].id": {"minLength": 1, "maxLength": 255}},
        rules=(
            value("bucket", lambda name: bool(name) and not name.startswith("arn:"), "must be a bucket's name"),
            value(
                "transitionDefaultMinimumObjectSize",
                lambda size: size in _SMALLEST,
                f"must be one of {', '.join(_SMALLEST)}",
            ),
            _judge,
        ),
        unlike=("kept and given back; nothing expires or moves by it",),
    ),
)
