"""What AWS answers when it refuses, sorted by what the plugin does about it."""

from typing import Any

from localcloud.errors import Trouble

_GONE = (
    "NotFound",
    "NoSuch",
    "NotFoundException",
    "DoesNotExist",
    "NonExistent",
    "ClusterNotFoundException",
    "ServiceNotFoundException",
    "ServiceNotActiveException",
)
_BUSY = {
    "DependencyViolation",
    "ResourceInUse",
    "ResourceInUseException",
    "DeleteConflict",
    "DeleteConflictException",
    "ClusterContainsServicesException",
    "ClusterContainsTasksException",
    "ConcurrentModification",
    "ConcurrentModificationException",
    "ConcurrentUpdateException",
    "OperationAborted",
    "OperationInProgress",
    "PriorRequestNotComplete",
    "InvalidIPAddress.InUse",
    "BucketNotEmpty",
    "UpdateInProgressException",
    "InvalidDBInstanceState",
    "InvalidDBParameterGroupState",
    "InvalidDBSubnetGroupStateFault",
    "InvalidReplicationGroupState",
    "InvalidUserGroupState",
    "InvalidUserState",
    "CacheParameterGroupInUse",
    "CacheSubnetGroupInUse",
    "CachePolicyInUse",
    "FunctionInUse",
    "OriginAccessControlInUse",
    "OriginRequestPolicyInUse",
    "PublicKeyInUse",
    "ResponseHeadersPolicyInUse",
}


class Refused(Trouble):
    """AWS's own refusal; `code` is its error code, such as `DependencyViolation`."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{operation}: {code}: {message}")
        self.operation = operation
        self.code = code
        self.message = message

    @property
    def is_busy(self) -> bool:
        """Say whether the same call may work a little later, when what hangs on the resource is gone."""
        return self.code in _BUSY


class Gone(Refused):
    """What the call is about does not exist."""


def refusal(operation: str, response: dict[str, Any]) -> Refused:
    """Return the error for a response of botocore's ClientError."""
    error = response.get("Error", {})
    code, message = str(error.get("Code", "Unknown")), str(error.get("Message", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    gone = code == "404" or any(mark in code for mark in _GONE) or (status == 404 and not message)
    return (Gone if gone else Refused)(operation, code, message)
