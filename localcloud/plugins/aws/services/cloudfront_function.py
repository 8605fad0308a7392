"""CloudFront: small functions that run at the edge."""

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.steps import Named, live_tags

_DEVELOPMENT, _LIVE = "DEVELOPMENT", "LIVE"
_LARGEST = 10240


def arn(call: Call) -> str:
    """Return the ARN of what a call is about; CloudFront's have no region."""
    kind = "function" if call.entry.token.endswith(":Function") else "distribution"
    return f"arn:aws:cloudfront::{call.account}:{kind}/{call.id}"


def write_tags(call: Call, tags: Properties) -> None:
    """Make the tags of a resource of CloudFront these: what is gone first."""
    there = live_tags(call, {})
    gone = sorted(set(there) - set(tags))
    if gone:
        call.api("untag_resource", Resource=arn(call), TagKeys={"Items": gone})
    new = [{"Key": key, "Value": text} for key, text in sorted(tags.items()) if there.get(key) != text]
    if new:
        call.api("tag_resource", Resource=arn(call), Tags={"Items": new})


TAGS = Tags(
    add="",
    remove="",
    owner=lambda call: {"Resource": arn(call)},
    list="list_tags_for_resource",
    listed="Tags.Items",
    write=write_tags,
    create=lambda call, pairs: {},
    after=True,
)


def _sent(call: Call) -> Properties:
    settings = {"Comment": call.inputs.get("comment", ""), "Runtime": call.inputs["runtime"]}
    return {"FunctionConfig": settings, "FunctionCode": str(call.inputs["code"]).encode()}


def _create(call: Call) -> str:
    call.api("create_function", Name=call.inputs["name"], **_sent(call))
    return str(call.inputs["name"])


def _etag(call: Call, stage: str) -> str:
    return str(call.api("describe_function", Name=call.id, Stage=stage)["ETag"])


def _live_etag(call: Call) -> str:
    """Return the mark of what runs at the edge; empty before the first publication."""
    try:
        return _etag(call, _LIVE)
    except Gone:
        return ""


def _change(call: Call) -> None:
    if call.changed("code", "comment", "runtime"):
        call.api("update_function", Name=call.id, IfMatch=_etag(call, _DEVELOPMENT), **_sent(call))


def _publish(call: Call) -> None:
    """Let what was written last run at the edge; a function that no run has changed is left as it is."""
    wanted = call.inputs.get("publish", True)
    if wanted and (call.changed("code", "comment", "runtime", "publish") or not _live_etag(call)):
        call.api("publish_function", Name=call.id, IfMatch=_etag(call, _DEVELOPMENT))


def _read(call: Call) -> Properties:
    answer = call.api("describe_function", Name=call.id, Stage=_DEVELOPMENT)
    live = answer["FunctionSummary"]
    settings = live["FunctionConfig"]
    code = call.api("get_function", Name=call.id, Stage=_DEVELOPMENT)["FunctionCode"].read()
    return {
        "arn": live["FunctionMetadata"]["FunctionARN"],
        "code": code.decode(),
        "comment": settings.get("Comment", ""),
        "etag": answer["ETag"],
        "liveStageEtag": _live_etag(call),
        "name": call.id,
        "runtime": settings["Runtime"],
        "status": live.get("Status", ""),
    }


def _delete(call: Call) -> None:
    call.api("delete_function", Name=call.id, IfMatch=_etag(call, _DEVELOPMENT))


ENTRIES = (
    Entry(
        token="aws:cloudfront/function:Function",
        service="cloudfront",
        inputs=("code", "comment", "name", "publish", "runtime"),
        name=Name(longest=64, pattern=r"[A-Za-z0-9_-]+"),
        create=_create,
        settle=_publish,
        read=_read,
        update=_change,
        delete=_delete,
        find=Named(),
        tags=TAGS,
        replace={"name": "a function is known by its name"},
        defaults={"comment": ""},
        local=("publish",),
        limits={"runtime": {"enum": ["cloudfront-js-1.0", "cloudfront-js-2.0"]}},
        rules=(value("code", lambda text: 1 <= len(text.encode()) <= _LARGEST, f"must have 1 to {_LARGEST} bytes"),),
    ),
)
