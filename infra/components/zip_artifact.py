"""A zip for Lambda in the organisation's bucket: of the sources at hand, or of a release that must be there."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.role import Role
from infra.core.contents import content_address
from infra.core.policies import Statement
from infra.core.questions import ask
from infra.core.resources import Component
from interface.names import artifact_key
from interface.outputs import Image
from interface.pins import Release

READ_OBJECT = "aws:s3/getObject:getObject"


@dataclass(frozen=True, kw_only=True)
class ZipArtifactArgs:
    """Which zip, and where it lies."""

    service: str
    """`system/service`, under which it lies in the bucket."""
    bucket: str
    region: str
    account: str
    """The account that owns the bucket, 12 digits."""
    source: Path | Release
    """A folder, whose zip is packed and uploaded before the engine runs, or a release, which must be there already."""


class ZipArtifact(Component):
    """A zip under the content address of its sources; a release that the bucket does not hold ends the preview."""

    TYPE = "platform:workloads:ZipArtifact"

    def __init__(self, name: str, args: ZipArtifactArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._args = args
        self.bucket = args.bucket
        self.service = args.service.partition("/")[2]
        self.address: str
        self.key: pulumi.Input[str]
        if isinstance(args.source, Release):
            self.address = args.source.address
            self.key = self._find(artifact_key(args.service, self.address), args.source)
        else:
            self.address = content_address(args.source)
            self.key = artifact_key(args.service, self.address)
        self.publish({"address": self.address, "key": self.key})

    def grant_read_all(self, role: Role) -> aws.iam.RolePolicy:
        """Let a role of another account read the zips of the bucket, as far as the bucket's own account agrees."""
        keys = f"arn:aws:kms:{self._args.region}:{self._args.account}:key/*"
        through = {"StringEquals": {"kms:ViaService": f"s3.{self._args.region}.amazonaws.com"}}
        return role.allow(
            "zips",
            Statement(sid="ReadZips", actions=("s3:GetObject",), resources=(f"arn:aws:s3:::{self.bucket}/*",)),
            Statement(sid="OpenZips", actions=("kms:Decrypt",), resources=(keys,), condition=through),
        )

    def published(self, code_sha256: pulumi.Output[str]) -> Image:
        """Return what the stack's outputs say of it, given the hash that Lambda has of the code that runs."""
        digest = code_sha256.apply(lambda text: f"sha256:{base64.b64decode(text).hex()}")
        return {"digest": digest, "address": self.address}  # type: ignore[typeddict-item]  # an output still

    def unpacked(self, answer: pulumi.Output[str]) -> Image:
        """Return what the stack's outputs say of it, given what the step that unpacked it says."""
        digest = answer.apply(lambda text: str(json.loads(text)["digest"]))
        return {"digest": digest, "address": self.address}  # type: ignore[typeddict-item]  # an output still

    def _find(self, key: str, release: Release) -> pulumi.Output[str]:
        where = f"s3://{self.bucket}/{key}"

        def confirmed(answer: Mapping[str, Any]) -> str:
            held = f"sha256:{(answer.get('metadata') or {}).get('sha256')}"
            if held != release.digest:
                raise pulumi.RunError(f"{where}: pinned {release.digest}, the bucket holds {held}")
            return key

        return ask(
            READ_OBJECT,
            {"bucket": self.bucket, "key": key},
            pulumi.InvokeOptions(parent=self),
            read=confirmed,
            failure=f"{where}: the bucket does not hold this release",
        )
