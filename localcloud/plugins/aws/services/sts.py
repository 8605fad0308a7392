"""STS and what the program asks about its place: account, region, partition."""

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Function, Properties

_DESCRIPTIONS = {
    "eu-central-1": "Europe (Frankfurt)",
    "eu-north-1": "Europe (Stockholm)",
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "eu-west-3": "Europe (Paris)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
}


def _get_caller_identity(call: Call) -> Properties:
    caller = call.api("get_caller_identity")
    return {
        "id": caller["Account"],
        "accountId": caller["Account"],
        "arn": caller["Arn"],
        "userId": caller["UserId"],
    }


def _get_region(call: Call) -> Properties:
    """Return the provider's region or the given one; `name` is the old word for `region`."""
    region = str(call.inputs.get("region") or call.inputs.get("name") or call.session.region)
    return {
        "id": region,
        "name": region,
        "region": region,
        "endpoint": f"ec2.{region}.amazonaws.com",
        "description": _DESCRIPTIONS.get(region, region),
    }


def _get_partition(call: Call) -> Properties:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


FUNCTIONS = (
    Function(
        token="aws:index/getCallerIdentity:getCallerIdentity",
        service="sts",
        inputs=("id",),
        run=_get_caller_identity,
        unlike=("the caller is the account's root, whoever runs the program",),
    ),
    Function(token="aws:index/getRegion:getRegion", service="sts", inputs=("id", "name"), run=_get_region),
    Function(token="aws:index/getPartition:getPartition", service="sts", inputs=("id",), run=_get_partition),
)
