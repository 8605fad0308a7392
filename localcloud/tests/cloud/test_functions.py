"""Lambda functions from a zip in a bucket: what they see, what they give back, how they fail."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import cloud

pytestmark = [pytest.mark.cloud]

ACCOUNT = "777777777778"
TOOLING = "777777777779"
HANDLER = """
import os, urllib.request
import boto3
import bundled


class StepFailed(Exception):
    pass


def handle(event, context):
    if "fail" in event:
        raise StepFailed(event["fail"])
    with urllib.request.urlopen(os.environ["RDS_TRUST_STORE_URL"]) as answer:
        trusted = answer.read().decode()
    return {
        "account": boto3.client("sts").get_caller_identity()["Account"],
        "bundled": bundled.VALUE,
        "own": os.environ["OWN"],
        "region": os.environ["AWS_REGION"],
        "trusted": trusted,
    }
"""


@pytest.fixture(scope="module")
def functions(plain: cloud.Cloud) -> Iterator[Any]:
    """Lambda of an account with the function `steps`, whose code lies in a bucket of another account."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("steps/__init__.py", "")
        archive.writestr("steps/handler.py", HANDLER)
        archive.writestr("bundled.py", "VALUE = 42\n")
    s3 = cloud.client("s3", TOOLING, plain)
    s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": plain.region})
    s3.put_object(Bucket="artifacts", Key="steps.zip", Body=packed.getvalue())
    client = cloud.client("lambda", ACCOUNT, plain)
    create(client, "steps", "steps.zip")
    client.get_waiter("function_active_v2").wait(FunctionName="steps")
    yield client
    client.delete_function(FunctionName="steps")


def create(client: Any, name: str, key: str, bucket: str = "artifacts") -> None:
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="steps.handler.handle",
        Role=f"arn:aws:iam::{ACCOUNT}:role/steps",
        Code={"S3Bucket": bucket, "S3Key": key},
        Environment={"Variables": {"OWN": "1"}},
        Timeout=120,
    )


def invoke(client: Any, event: dict[str, Any], name: str = "steps") -> tuple[str | None, Any]:
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return answer.get("FunctionError"), json.loads(answer["Payload"].read())


def test_a_function_acts_in_its_account_with_what_its_zip_brings(functions: Any, plain: cloud.Cloud) -> None:
    failed, seen = invoke(functions, {})
    assert failed is None, seen
    trusted = seen.pop("trusted")
    assert seen == {"account": ACCOUNT, "bundled": 42, "own": "1", "region": plain.region}
    assert trusted.startswith("-----BEGIN CERTIFICATE-----")


def test_an_error_comes_back_with_its_class_and_its_words(functions: Any) -> None:
    failed, said = invoke(functions, {"fail": "no database: try & again"})
    assert (failed, said["errorType"], said["errorMessage"]) == ("Unhandled", "StepFailed", "no database: try & again")
    assert said["stackTrace"]


def test_an_alias_leads_to_its_version(functions: Any) -> None:
    version = functions.publish_version(FunctionName="steps")["Version"]
    functions.create_alias(FunctionName="steps", Name="live", FunctionVersion=version)
    assert invoke(functions, {}, "steps:live")[0] is None
    functions.delete_alias(FunctionName="steps", Name="live")


@pytest.mark.parametrize(("bucket", "reason"), [("artifacts", "NoSuchKey"), ("nowhere", "NoSuchBucket")])
def test_code_that_is_not_there_is_refused(functions: Any, bucket: str, reason: str) -> None:
    with pytest.raises(ClientError, match=f"S3 Error Code: {reason}") as error:
        create(functions, "other", "other.zip", bucket)
    assert error.value.response["Error"]["Code"] == "InvalidParameterValueException"
