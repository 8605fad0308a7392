"""The organisation's S3 bucket of zips; stateful: what a stack may run is never expired."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.components.key import Key
from infra.components.private_bucket import PrivateBucket, PrivateBucketArgs
from infra.core.policies import Principal, Statement
from infra.core.resources import Component

OLD_VERSION_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class ArtifactStoreArgs:
    """What it is called, and who may read and write it."""

    bucket: str
    """Its name, which other accounts know."""
    key: Key
    """A key that the readers' accounts may use."""
    readers: Sequence[str]
    """Accounts that may read, 12 digits each."""
    writers: Sequence[str]
    """Accounts that may also write."""
    deletion_protection: bool = True


class ArtifactStore(Component):
    """A stateful bucket in which a zip lies under the content address of its sources, for every environment to read."""

    TYPE = "platform:tooling:ArtifactStore"

    def __init__(self, name: str, args: ArtifactStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        bucket = PrivateBucket(name, _bucket(args), self.child())
        self.physical_name = bucket.physical_name
        self.publish({"physical_name": self.physical_name})


def _bucket(args: ArtifactStoreArgs) -> PrivateBucketArgs:
    def sharing(arn: pulumi.Output[str]) -> tuple[Statement, ...]:
        objects = pulumi.Output.concat(arn, "/*")
        readers = Principal.accounts(*args.readers)
        read = Statement(sid="Read", principal=readers, actions=("s3:GetObject",), resources=(objects,))
        # Whoever may not list is told "forbidden" of a zip that is not there, and cannot say what is wrong.
        find = Statement(sid="Find", principal=readers, actions=("s3:ListBucket",), resources=(arn,))
        if not args.writers:
            return (read, find)
        writers = Principal.accounts(*args.writers)
        return (read, find, Statement(sid="Write", principal=writers, actions=("s3:PutObject",), resources=(objects,)))

    return PrivateBucketArgs(
        statements=sharing,
        age={"noncurrent_version_expiration": {"noncurrent_days": OLD_VERSION_DAYS}},
        key=args.key,
        physical_name=args.bucket,
        deletion_protection=args.deletion_protection,
    )
