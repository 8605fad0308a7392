"""What the program asks: account, region, parameters, zones, images, roles."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from localcloud.errors import Trouble
from localcloud.plugins.aws import plain
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Function
from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.aws.session import Session
from localcloud.plugins.provider import Secret
from localcloud.tests.plugins.aws.cases.iam import trust
from localcloud.tests.plugins.aws.conformance import ACCOUNT, REGION, Life
from localcloud.tests.plugins.aws.test_deletions import image

pytestmark = [pytest.mark.cloud, pytest.mark.slow]


@pytest.fixture
def life(provider: Provider) -> Iterator[Life]:
    made = Life(provider)
    yield made
    made.end()


def test_the_caller_is_the_account_of_the_provider(provider: Provider) -> None:
    found = provider.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})

    assert (found["accountId"], found["id"]) == (ACCOUNT, ACCOUNT)
    assert found["arn"] == f"arn:aws:iam::{ACCOUNT}:root"


def test_the_region_is_the_providers_unless_another_is_asked_for(provider: Provider) -> None:
    found = provider.invoke("aws:index/getRegion:getRegion", {})

    assert (found["region"], found["id"], found["description"]) == (REGION, REGION, "Europe (Ireland)")
    assert provider.invoke("aws:index/getRegion:getRegion", {"region": "us-east-1"})["region"] == "us-east-1"


def test_the_partition_is_that_of_commercial_aws(provider: Provider) -> None:
    assert provider.invoke("aws:index/getPartition:getPartition", {}) == {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def test_the_value_of_a_parameter_comes_as_a_secret(life: Life) -> None:
    token = "aws:ssm/parameter:Parameter"
    life.make(token, "plain", {"name": "/asked/vpc", "type": "String", "value": "vpc-1"})
    life.make(token, "secure", {"name": "/asked/key", "type": "SecureString", "value": "hidden"})

    shown = life.provider.invoke("aws:ssm/getParameter:getParameter", {"name": "/asked/vpc"})
    secure = life.provider.invoke("aws:ssm/getParameter:getParameter", {"name": "/asked/key"})

    assert (shown["value"], shown["insecureValue"], shown["version"]) == (Secret("vpc-1"), "vpc-1", 1)
    assert (secure["value"], secure["insecureValue"]) == (Secret("hidden"), "")


def test_a_parameter_keeps_its_value_secret_in_its_outputs(life: Life) -> None:
    life.make("aws:ssm/parameter:Parameter", "secure", {"type": "SecureString", "value": "hidden"})
    made = life.made[-1]

    assert life.read(made).outputs["value"] == Secret("hidden")


def test_a_parameter_that_is_not_there_is_named(provider: Provider) -> None:
    with pytest.raises(Trouble, match="ParameterNotFound"):
        provider.invoke("aws:ssm/getParameter:getParameter", {"name": "/asked/nothing"})


def test_a_zone_is_found_by_its_name_in_the_providers_account(life: Life) -> None:
    zone = life.make("aws:route53/zone:Zone", "zone", {"name": "asked.example", "tags": {"team": "x"}})
    life.make("aws:route53/zone:Zone", "private", {"name": "asked.example", "vpcs": [{"vpcId": "vpc-1"}]})

    found = life.provider.invoke("aws:route53/getZone:getZone", {"name": "asked.example."})

    assert (found["zoneId"], found["name"], found["privateZone"]) == (zone.id, "asked.example", False)
    assert (found["nameServers"], found["tags"]) == (zone.outputs["nameServers"], {"team": "x"})


def test_two_zones_of_one_name_are_not_guessed_between(life: Life) -> None:
    for name in ("one", "two"):
        life.make("aws:route53/zone:Zone", name, {"name": "twin.example"})

    with pytest.raises(Trouble, match=r"has not exactly one hosted zone twin\.example: 2 zones are there"):
        life.provider.invoke("aws:route53/getZone:getZone", {"name": "twin.example"})


def test_the_password_of_the_registry_comes_as_a_secret(provider: Provider) -> None:
    found = provider.invoke("aws:ecr/getAuthorizationToken:getAuthorizationToken", {})

    user, _, password = base64.b64decode(found["authorizationToken"].value).decode().partition(":")
    assert (found["userName"], found["password"]) == (user, Secret(password))
    assert found["proxyEndpoint"] == f"https://{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available", "excludeNames": [f"{REGION}b"]}),
        (
            "aws:index/getAvailabilityZones:getAvailabilityZones",
            {"filters": [{"name": "zone-name", "values": [f"{REGION}a", f"{REGION}c"]}], "allAvailabilityZones": True},
        ),
        ("aws:ecr/getAuthorizationToken:getAuthorizationToken", {}),
        ("aws:route53/getZone:getZone", {"name": "quick.example"}),
        ("aws:route53/getZone:getZone", {"name": "quick.example", "tags": {"team": "x"}}),
        ("aws:route53/getZone:getZone", {"name": "quick.example", "privateZone": True}),
        ("aws:route53/getZone:getZone", {"name": "quick.example", "vpcId": "${vpc.id}"}),
    ],
)
def test_what_every_preview_asks_is_answered_alike_with_botocore_and_without(
    token: str, inputs: dict[str, Any], life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = life.provider
    if "getZone" in token:
        vpc = life.make("aws:ec2/vpc:Vpc", "quick", {"cidrBlock": "10.9.0.0/16"})
        life.make("aws:route53/zone:Zone", "quick", {"name": "quick.example", "tags": {"team": "x"}})
        life.make("aws:route53/zone:Zone", "inner", {"name": "quick.example", "vpcs": [{"vpcId": vpc.id}]})
        inputs = {key: vpc.id if value == "${vpc.id}" else value for key, value in inputs.items()}
    with monkeypatch.context() as without_botocore:
        without_botocore.setattr(Session, "client", lambda *_, **__: pytest.fail("botocore was asked"))
        quick = provider.invoke(token, inputs)
    monkeypatch.setattr(plain, "_ask", lambda *_: None)
    usual = provider.invoke(token, inputs)

    moments = [datetime.fromisoformat(each.pop("expiresAt")) for each in (quick, usual) if "expiresAt" in each]
    assert all(abs(moment - moments[0]) < timedelta(minutes=5) for moment in moments)
    assert quick == usual


def test_a_role_is_taken_and_its_zone_found_without_botocore(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    policy = {"Version": "2012-10-17", "Statement": [trusting]}
    role = life.make("aws:iam/role:Role", "quick", {"name": "quick", "assumeRolePolicy": policy})
    zone = life.make("aws:route53/zone:Zone", "quick", {"name": "taken.example"})
    role_of = {"roleArn": role.outputs["arn"], "sessionName": "me"}
    other = Provider()
    other.configure({"region": REGION, "accessKey": ACCOUNT, "assumeRoles": [role_of]})
    with monkeypatch.context() as without_botocore:
        without_botocore.setattr(Session, "_make", lambda *_, **__: pytest.fail("botocore was asked"))
        assert other.invoke("aws:route53/getZone:getZone", {"name": "taken.example"})["zoneId"] == zone.id
    assert other.session.keys(REGION)["aws_session_token"]


def test_where_botocore_has_to_ask_nothing_is_said() -> None:
    session = Session(endpoint="http://127.0.0.1:9", region=REGION, caller=ACCOUNT)
    call = Call(session=session, entry=Function(token="", service="ec2", inputs=(), run=plain.zones), inputs={})

    assert plain.zones(call) is None
    assert plain.registry_token(call) is None
    assert plain.hosted_zones(call, "a.") is None
    assert plain.hosted_zone(call, "Z") is None
    assert plain.zone_tags(call, "Z") is None
    assert plain.assumed("http://127.0.0.1:9", REGION, session.keys(REGION), RoleArn="r", RoleSessionName="s") is None


def test_an_image_is_found_by_tag_and_by_digest_and_a_missing_one_is_named(life: Life) -> None:
    life.make("aws:ecr/repository:Repository", "asked", {"name": "counter/asked", "forceDelete": True})
    digest = image(life, "counter/asked", "v1")
    ask = "aws:ecr/getImage:getImage"

    by_tag = life.provider.invoke(ask, {"repositoryName": "counter/asked", "imageTag": "v1"})
    by_digest = life.provider.invoke(ask, {"repositoryName": "counter/asked", "imageDigest": digest})

    assert (by_tag["imageDigest"], by_tag["imageTags"]) == (digest, ["v1"])
    assert by_digest["imageUri"] == f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/counter/asked@{digest}"
    with pytest.raises(Trouble, match=rf"the repository counter/asked of account {ACCOUNT} has no image v2"):
        life.provider.invoke(ask, {"repositoryName": "counter/asked", "imageTag": "v2"})


def test_an_image_of_another_account_is_asked_for_there(life: Life) -> None:
    tooling = Provider()
    tooling.configure({"region": REGION, "allowedAccountIds": ["111111111111"]})
    owner = Life(tooling)
    owner.make("aws:ecr/repository:Repository", "shared", {"name": "counter/shared", "forceDelete": True})
    digest = image(owner, "counter/shared", "v1")
    asked = {"repositoryName": "counter/shared", "imageTag": "v1", "registryId": "111111111111"}

    found = life.provider.invoke("aws:ecr/getImage:getImage", asked)
    owner.end()

    assert (found["imageDigest"], found["registryId"]) == (digest, "111111111111")


def test_a_repository_is_described_with_the_tags_of_its_newest_image(life: Life) -> None:
    inputs = {
        "name": "counter/described",
        "forceDelete": True,
        "imageTagMutability": "IMMUTABLE",
        "tags": {"team": "x"},
    }
    made = life.make("aws:ecr/repository:Repository", "described", inputs)
    image(life, "counter/described", "v1")

    found = life.provider.invoke("aws:ecr/getRepository:getRepository", {"name": "counter/described"})

    assert (found["repositoryUrl"], found["arn"]) == (made.outputs["repositoryUrl"], made.outputs["arn"])
    assert (found["mostRecentImageTags"], found["imageTagMutability"]) == (["v1"], "IMMUTABLE")
    assert found["tags"] == {"team": "x"}


def test_a_role_is_described(life: Life) -> None:
    made = life.make("aws:iam/role:Role", "role", {"name": "asked", "assumeRolePolicy": trust("ec2.amazonaws.com")})

    found = life.provider.invoke("aws:iam/getRole:getRole", {"name": "asked"})

    assert (found["arn"], found["uniqueId"]) == (made.outputs["arn"], made.outputs["uniqueId"])
    assert found["tags"] == {}


def test_an_argument_that_no_entry_knows_is_refused(provider: Provider) -> None:
    with pytest.raises(Trouble, match="the argument sources is not in the embedded cloud's table"):
        provider.invoke("aws:route53/getZone:getZone", {"sources": []})


def test_an_object_is_described_without_its_content(provider: Provider, life: Life) -> None:
    life.make("aws:s3/bucket:Bucket", "asked", {"bucket": "slipway-asked", "forceDestroy": True})
    client = provider.session.client("s3", REGION)
    client.put_object(Bucket="slipway-asked", Key="code.zip", Body=b"code", ContentType="application/zip")

    found = provider.invoke("aws:s3/getObject:getObject", {"bucket": "slipway-asked", "key": "code.zip"})

    assert (found["contentLength"], found["contentType"]) == (4, "application/zip")
    assert (found["arn"], found["id"]) == ("arn:aws:s3:::slipway-asked/code.zip", "slipway-asked/code.zip")
    assert found["etag"] == hashlib.md5(b"code", usedforsecurity=False).hexdigest()
    assert "body" not in found


def test_an_object_that_is_not_there_is_named(provider: Provider, life: Life) -> None:
    life.make("aws:s3/bucket:Bucket", "empty", {"bucket": "slipway-empty"})

    with pytest.raises(Trouble, match=r"there is no object code\.zip in the bucket slipway-empty → put it there"):
        provider.invoke("aws:s3/getObject:getObject", {"bucket": "slipway-empty", "key": "code.zip"})
