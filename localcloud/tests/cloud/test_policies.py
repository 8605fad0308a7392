"""What a bucket's policy lets another account do."""

import json

import pytest
from botocore.exceptions import ClientError

from localcloud import cloud

pytestmark = [pytest.mark.cloud]

OWNER, READER, STRANGER = "811111111111", "822222222222", "833333333333"
BUCKET = "read-by-another-account"


def test_a_bucket_that_refuses_plain_http_is_read_by_the_account_that_its_policy_names(plain: cloud.Cloud) -> None:
    owner = cloud.client("s3", OWNER, plain)
    owner.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    objects = f"arn:aws:s3:::{BUCKET}/*"
    read = {"Principal": {"AWS": f"arn:aws:iam::{READER}:root"}, "Action": "s3:GetObject", "Resource": objects}
    plain_http = {
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": objects,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    statements = [{"Effect": "Allow", **read}, {"Effect": "Deny", **plain_http}]
    owner.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    owner.put_object(Bucket=BUCKET, Key="code.zip", Body=b"code")
    assert cloud.client("s3", READER, plain).head_object(Bucket=BUCKET, Key="code.zip")["ContentLength"] == 4
    with pytest.raises(ClientError, match="403"):
        cloud.client("s3", STRANGER, plain).head_object(Bucket=BUCKET, Key="code.zip")
