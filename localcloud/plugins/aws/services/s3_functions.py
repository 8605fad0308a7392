"""S3: what a program asks about an object, such as whether the code of a function is there."""

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Function, Properties
from localcloud.plugins.aws.errors import Gone

_RENAME = {"etag": "ETag", "sseKmsKeyId": "SSEKMSKeyId"}


def _get_object(call: Call) -> Properties:
    """Return an object's metadata; its content is never fetched."""
    inputs = call.inputs
    version = {"VersionId": inputs["versionId"]} if inputs.get("versionId") else {}
    try:
        live = call.api("head_object", Bucket=inputs["bucket"], Key=inputs["key"], **version)
    except Gone as error:
        raise Trouble(f"there is no object {inputs['key']} in the bucket {inputs['bucket']}", "put it there") from error
    return {
        **call.properties({key: each for key, each in live.items() if key != "ResponseMetadata"}, _RENAME),
        "arn": f"arn:aws:s3:::{inputs['bucket']}/{inputs['key']}",
        "etag": live["ETag"].strip('"'),
        "id": f"{inputs['bucket']}/{inputs['key']}",
    }


FUNCTIONS = (
    Function(
        token="aws:s3/getObject:getObject",
        service="s3",
        inputs=("bucket", "key", "versionId"),
        run=_get_object,
        unlike=("the content of an object is never read, whatever its type",),
    ),
)
