"""The first day of an account, on moto: that calls are right and repeatable. It proves nothing of what AWS allows."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import moto.iam.models
import pytest
from botocore.loaders import JSONFileLoader
from moto import mock_aws

from localcloud.errors import Trouble
from pipelines import bootstrap
from pipelines.bootstrap import Account, Wanted
from pipelines.bootstrap.roles import BOUNDARY, ROLE, boundary_document

ACCOUNT = "123456789012"
BUCKET = "example-states"


@pytest.fixture(scope="module", autouse=True)
def models() -> Iterator[None]:
    """Each description of a service is read once, not once a session: it is most of what these tests would cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", staticmethod(cache(JSONFileLoader().load_file)))
        yield


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    # One of AWS's thousand managed policies is enough, and is there in a millisecond instead of a second.
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    known = {
        "AdministratorAccess": {
            "Arn": "x",
            "CreateDate": "2015-02-06T18:39:46+00:00",
            "DefaultVersionId": "v1",
            "Document": document,
            "Path": "/",
            "UpdateDate": "2015-02-06T18:39:46+00:00",
        }
    }
    monkeypatch.setattr(moto.iam.models, "aws_managed_policies_data", json.dumps(known))
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
        yield


def tooling(**more: Any) -> Account:
    return Account(Wanted("tooling", ACCOUNT, ACCOUNT, "eu-west-1", BUCKET, **more))


def states(account: Account) -> dict[str, str]:
    return {finding.name: finding.state for finding in bootstrap.plan(account)}


def test_a_plan_changes_nothing() -> None:
    assert set(states(tooling()).values()) == {"missing"}
    assert boto3.client("s3", region_name="eu-west-1").list_buckets()["Buckets"] == []
    assert boto3.client("iam").list_roles()["Roles"] == []


def test_everything_is_as_wanted_after_it_was_applied() -> None:
    found = bootstrap.apply(tooling())
    assert [(finding.name, finding.state, finding.detail) for finding in found] == [
        ("key alias/slipway-state", "as wanted", ""),
        (f"bucket {BUCKET}", "as wanted", ""),
        (f"policy {BOUNDARY}", "as wanted", ""),
        (f"role {ROLE}", "as wanted", ""),
    ]


def test_applying_it_twice_makes_nothing_twice() -> None:
    bootstrap.apply(tooling())
    bootstrap.apply(tooling())
    assert len(boto3.client("kms", region_name="eu-west-1").list_keys()["Keys"]) == 1
    versions = boto3.client("iam").list_policy_versions(PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{BOUNDARY}")
    assert len(versions["Versions"]) == 1


def test_the_bucket_forgets_nothing_and_is_closed() -> None:
    bootstrap.apply(tooling())
    s3 = boto3.client("s3", region_name="eu-west-1")
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    rule = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"][0]
    key = boto3.client("kms", region_name="eu-west-1").describe_key(KeyId="alias/slipway-state")["KeyMetadata"]["Arn"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}


def test_object_lock_is_there_when_it_is_asked_for() -> None:
    bootstrap.apply(tooling(object_lock=True))
    found = boto3.client("s3", region_name="eu-west-1").get_object_lock_configuration(Bucket=BUCKET)
    assert found["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled"


@pytest.mark.parametrize(
    ("spoil", "name", "detail"),
    [
        (
            lambda: boto3.client("s3", region_name="eu-west-1").put_bucket_versioning(
                Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}
            ),
            f"bucket {BUCKET}",
            "versioning",
        ),
        (
            lambda: boto3.client("s3", region_name="eu-west-1").delete_bucket_policy(Bucket=BUCKET),
            f"bucket {BUCKET}",
            "policy",
        ),
        (
            lambda: boto3.client("iam").update_role(RoleName=ROLE, MaxSessionDuration=7200),
            f"role {ROLE}",
            "session",
        ),
        (
            lambda: boto3.client("iam").detach_role_policy(
                RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
            ),
            f"role {ROLE}",
            "permissions",
        ),
    ],
)
def test_what_was_changed_is_named_and_mended(spoil: Any, name: str, detail: str) -> None:
    bootstrap.apply(tooling())
    spoil()
    differing = [(each.name, each.detail) for each in bootstrap.plan(tooling()) if each.state == "differs"]
    assert differing == [(name, detail)]
    assert {finding.state for finding in bootstrap.apply(tooling())} == {"as wanted"}


def test_a_changed_boundary_gets_a_new_version_and_room_is_made_for_it() -> None:
    bootstrap.apply(tooling())
    iam = boto3.client("iam")
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{BOUNDARY}"
    for number in range(4):
        other = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": f"s3:{number}", "Resource": "*"}]}
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(other), SetAsDefault=True)
    assert {finding.state for finding in bootstrap.apply(tooling())} == {"as wanted"}


def test_an_environment_gets_a_role_that_only_its_own_deploy_role_may_take() -> None:
    account = Account(Wanted("dev", ACCOUNT, "999999999999", "eu-west-1"))
    bootstrap.apply(account)
    assert list(states(account)) == [f"policy {BOUNDARY}", f"role {ROLE}"]
    role = boto3.client("iam").get_role(RoleName=ROLE)["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::999999999999:root"}
    assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::999999999999:role/dev-deploy"}}
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith(f":policy/{BOUNDARY}")


def test_credentials_of_another_account_are_refused() -> None:
    with pytest.raises(Trouble, match=f"credentials of account {ACCOUNT}, but dev lives in 222222222222"):
        Account(Wanted("dev", "222222222222", ACCOUNT, "eu-west-1"))


def test_the_boundary_denies_its_own_removal_and_unbound_roles() -> None:
    denied = {
        action
        for statement in boundary_document(ACCOUNT)["Statement"]
        if statement["Effect"] == "Deny"
        for action in statement["Action"]
    }
    assert {"iam:DeleteRolePermissionsBoundary", "iam:CreateRole", "iam:CreatePolicyVersion"} <= denied
