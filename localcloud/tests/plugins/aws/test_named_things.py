"""What an input names must be there: roles and users of policies in whichever account, buckets; and names be free."""

from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.errors import Trouble
from localcloud.plugins.aws.provider import Provider
from localcloud.tests.plugins.aws.cases.iam import policy, trust
from localcloud.tests.plugins.aws.conformance import ACCOUNT, REGION, Life

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
TOOLING = "111111111111"
ROLE = "aws:iam/role:Role"


@pytest.fixture
def life(provider: Provider) -> Iterator[Life]:
    made = Life(provider)
    yield made
    made.end()


@pytest.fixture
def tooling(endpoint: str, provider: Provider) -> Iterator[Life]:
    other = Provider()
    other.configure({"region": REGION, "allowedAccountIds": [TOOLING]})
    made = Life(other)
    yield made
    made.end()


def allowing(arn: str, action: str, **more: Any) -> str:
    return policy({"Effect": "Allow", "Principal": {"AWS": arn}, "Action": action, **more})


def test_a_role_cannot_trust_a_role_that_is_not_there(life: Life) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/nobody"

    with pytest.raises(Trouble, match=f"the policy names the role {arn}, which does not exist → make it first"):
        life.make(ROLE, "role", {"name": "trusting", "assumeRolePolicy": allowing(arn, "sts:AssumeRole")})


def test_a_bucket_name_of_another_account_is_taken(life: Life, tooling: Life) -> None:
    tooling.make("aws:s3/bucket:Bucket", "theirs", {"bucket": "slipway-taken"})

    with pytest.raises(Trouble, match="BucketAlreadyExists"):
        life.make("aws:s3/bucket:Bucket", "ours", {"bucket": "slipway-taken"})


def test_logs_cannot_go_to_a_bucket_that_is_not_there(life: Life) -> None:
    life.make("aws:s3/bucket:Bucket", "media", {"bucket": "slipway-logging"})
    inputs = {"bucket": "slipway-logging", "targetBucket": "slipway-nowhere", "targetPrefix": ""}

    with pytest.raises(Trouble, match="the target bucket slipway-nowhere does not exist → make it first"):
        life.make("aws:s3/bucketLogging:BucketLogging", "logs", inputs)


def test_a_role_of_another_account_is_looked_for_there(life: Life, tooling: Life) -> None:
    deploy = tooling.make(ROLE, "deploy", {"path": "/ci/", "assumeRolePolicy": trust("ec2.amazonaws.com")})
    inputs = {"assumeRolePolicy": allowing(deploy.outputs["arn"], "sts:AssumeRole")}

    assert life.make(ROLE, "trusting", inputs).outputs["arn"].startswith(f"arn:aws:iam::{ACCOUNT}:role/trusting-")


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:kms/key:Key", {"policy": "kms:*"}),
        ("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "slipway-strangers", "policy": "s3:*"}),
        ("aws:ecr/repositoryPolicy:RepositoryPolicy", {"repository": "slipway/strangers", "policy": "ecr:*"}),
        ("aws:sns/topic:Topic", {"policy": "sns:Publish"}),
    ],
)
def test_a_policy_of_a_resource_cannot_name_a_user_who_is_not_there(
    life: Life, token: str, inputs: dict[str, str]
) -> None:
    places = {"aws:s3/bucketPolicy:BucketPolicy": "arn:aws:s3:::slipway-strangers/*"}
    resource = {} if "ecr" in token else {"Resource": places.get(token, "*")}
    text = allowing(f"arn:aws:iam::{TOOLING}:user/nobody", inputs["policy"], **resource)

    with pytest.raises(Trouble, match=r"the policy names the user .*/nobody, which does not exist"):
        life.make(token, "named", {**inputs, "policy": text})
