"""A start and a preview without changes are cheap: neither the SDK nor boto3 is imported, nobody is asked."""

import json
import os
import subprocess
import sys

_PREVIEW = """
import json, sys
from localcloud.plugins.aws import __main__
from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.provider import Check, DiffRequest
provider = Provider()
provider.configure({"region": "eu-west-1", "allowedAccountIds": ["222222222222"]})
token, urn = "aws:ec2/vpc:Vpc", "urn:pulumi:dev::slipway::aws:ec2/vpc:Vpc::main"
inputs = provider.check(Check(urn, token, {"cidrBlock": "10.0.0.0/16"})).inputs
again = provider.check(Check(urn, token, {"cidrBlock": "10.0.0.0/16"}, inputs)).inputs
said = provider.diff(DiffRequest(urn, token, "vpc-1", again, inputs, {}))
loaded = [name for name in ("pulumi_aws", "botocore", "boto3", "cfnlint") if name in sys.modules]
print(json.dumps([len(said.changes), loaded]))
"""


def test_a_preview_without_changes_imports_neither_the_sdk_nor_boto3() -> None:
    environment = {**os.environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, "-c", _PREVIEW], capture_output=True, text=True, env=environment, check=True, timeout=120
    )
    assert json.loads(done.stdout) == [0, []]
