"""What an end takes along, what it leaves alone, and what keeps it from happening."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.errors import Trouble
from localcloud.plugins.aws.provider import Provider
from localcloud.tests.plugins.aws.cases.iam import READ, READ_ONLY, trust
from localcloud.tests.plugins.aws.cases.sns import publish
from localcloud.tests.plugins.aws.conformance import ACCOUNT, REGION, Life, Made

pytestmark = [pytest.mark.cloud, pytest.mark.slow]


@pytest.fixture
def life(provider: Provider) -> Iterator[Life]:
    made = Life(provider)
    yield made
    made.end()


def api(life: Life, service: str) -> Any:
    return life.provider.session.client(service, REGION)


def allowed(life: Life, made: Made, **change: Any) -> None:
    """Update a resource, as a program does that has learned why it cannot be deleted."""
    automatic = ("__defaults", "tagsAll", *made.inputs.get("__defaults", ()))
    given = {key: value for key, value in made.inputs.items() if key not in automatic}
    life.update(made, life.checked(made, {**given, **change}, made.inputs))


def test_a_bucket_with_content_is_kept_until_force_destroy_empties_it(life: Life) -> None:
    bucket = life.make("aws:s3/bucket:Bucket", "media", {"bucket": "slipway-full"})
    versions = {"bucket": "slipway-full", "versioningConfiguration": {"status": "Enabled"}}
    life.make("aws:s3/bucketVersioning:BucketVersioning", "versions", versions)
    s3 = api(life, "s3")
    for body in (b"one", b"two"):
        s3.put_object(Bucket="slipway-full", Key="a/key with space", Body=body)
    s3.delete_object(Bucket="slipway-full", Key="a/key with space")
    s3.create_multipart_upload(Bucket="slipway-full", Key="unfinished")

    with pytest.raises(Trouble, match=r"the bucket slipway-full is not empty → set forceDestroy"):
        life.delete(bucket)
    assert len(s3.list_object_versions(Bucket="slipway-full")["Versions"]) == 2
    allowed(life, bucket, forceDestroy=True)
    life.delete(bucket)

    assert life.read(bucket) is None


def test_a_table_with_deletion_protection_outlives_a_delete(life: Life) -> None:
    key = [{"name": "id", "type": "S"}]
    inputs = {"hashKey": "id", "attributes": key, "billingMode": "PAY_PER_REQUEST", "deletionProtectionEnabled": True}
    table = life.make("aws:dynamodb/table:Table", "counter", inputs)

    with pytest.raises(Trouble, match="protected against deletion"):
        life.delete(table)
    assert life.read(table) is not None
    allowed(life, table, deletionProtectionEnabled=False)
    life.delete(table)

    assert life.read(table) is None


def test_a_repository_with_images_is_kept_until_force_delete(life: Life) -> None:
    repository = life.make("aws:ecr/repository:Repository", "backend", {"name": "counter/full"})
    image(life, "counter/full", "v1")

    with pytest.raises(Trouble, match=r"the repository counter/full still holds images → set forceDelete"):
        life.delete(repository)
    assert life.read(repository) is not None
    allowed(life, repository, forceDelete=True)
    life.delete(repository)

    assert life.read(repository) is None


def image(life: Life, repository: str, tag: str) -> str:
    """Put an image's manifest into a repository and return its digest."""
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    config = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": f"sha256:{'a' * 64}"}
    manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": []})
    put = api(life, "ecr").put_image(repositoryName=repository, imageManifest=manifest, imageTag=tag)
    return str(put["image"]["imageId"]["imageDigest"])


def test_a_zone_with_records_of_others_is_kept_until_force_destroy(life: Life) -> None:
    zone = life.make("aws:route53/zone:Zone", "zone", {"name": "full.example"})
    for name, kind, text in (("www", "A", "192.0.2.1"), ("*", "TXT", '"hello"')):
        wanted = {"Name": f"{name}.full.example", "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": text}]}
        batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": wanted}]}
        api(life, "route53").change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch=batch)

    with pytest.raises(Trouble, match=r"the zone full\.example still holds records → set forceDestroy"):
        life.delete(zone)
    assert life.read(zone) is not None
    allowed(life, zone, forceDestroy=True)
    life.delete(zone)

    assert life.read(zone) is None


def test_a_role_with_force_detach_goes_with_everything_that_hangs_on_it(life: Life) -> None:
    inputs = {"name": "hung", "assumeRolePolicy": trust("ec2.amazonaws.com"), "forceDetachPolicies": True}
    role, iam = life.make("aws:iam/role:Role", "role", inputs), api(life, "iam")
    iam.attach_role_policy(RoleName="hung", PolicyArn=READ_ONLY)
    iam.put_role_policy(RoleName="hung", PolicyName="by-hand", PolicyDocument=READ)
    iam.create_instance_profile(InstanceProfileName="hung")
    iam.add_role_to_instance_profile(InstanceProfileName="hung", RoleName="hung")

    life.delete(role)

    assert life.read(role) is None
    assert iam.get_instance_profile(InstanceProfileName="hung")["InstanceProfile"]["Roles"] == []
    iam.delete_instance_profile(InstanceProfileName="hung")


def test_a_policy_that_does_not_exist_cannot_be_attached(life: Life) -> None:
    life.make("aws:iam/role:Role", "role", {"name": "plain", "assumeRolePolicy": trust("ec2.amazonaws.com")})

    with pytest.raises(Trouble, match="NoSuchEntity"):
        life.make(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "attachment",
            {"role": "plain", "policyArn": "arn:aws:iam::aws:policy/NoSuchPolicy"},
        )


def test_a_deleted_key_is_gone_although_aws_keeps_it_for_its_window(life: Life) -> None:
    key = life.make("aws:kms/key:Key", "key", {"deletionWindowInDays": 9})

    life.delete(key)

    live = api(life, "kms").describe_key(KeyId=key.id)["KeyMetadata"]
    assert live["KeyState"] == "PendingDeletion"
    assert life.read(key) is None


def test_a_topic_without_its_policy_is_back_at_the_one_of_aws(life: Life) -> None:
    topic = life.make("aws:sns/topic:Topic", "alarms", {"name": "bare"})
    wanted = {"arn": topic.id, "policy": publish("cloudwatch.amazonaws.com", topic.id)}
    made = life.make("aws:sns/topicPolicy:TopicPolicy", "policy", wanted)

    life.delete(made)

    live = json.loads(api(life, "sns").get_topic_attributes(TopicArn=topic.id)["Attributes"]["Policy"])
    assert live["Id"] == "__default_policy_ID"
    assert live["Statement"][0]["Condition"] == {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}


def test_a_log_group_that_skips_destroy_stays(life: Life) -> None:
    group = life.make("aws:cloudwatch/logGroup:LogGroup", "logs", {"name": "/slipway/stays", "skipDestroy": True})

    life.delete(group)

    assert life.read(group) is not None
    api(life, "logs").delete_log_group(logGroupName="/slipway/stays")
