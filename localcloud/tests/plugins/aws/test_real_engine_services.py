"""Identity, keys, buckets, tables and names through the SDK and the real engine: what outputs must be to fit it."""

from pathlib import Path

import pytest

from localcloud import engine
from localcloud.tests.plugins.bench import Bench

pytestmark = [pytest.mark.engine, pytest.mark.cloud, pytest.mark.slow]

PROGRAM = """
import json
import pulumi
import pulumi_aws as aws

account = aws.Provider(
    "account",
    region="eu-west-1",
    allowed_account_ids=["333333333333"],
    default_tags={"tags": {"environment": "dev"}},
)
opts = pulumi.ResourceOptions(provider=account)
ask = pulumi.InvokeOptions(provider=account)


def policy(actions, resources=None, principal=None):
    statement = {"Effect": "Allow", "Action": actions}
    statement |= {"Resource": resources} if resources else {}
    statement |= {"Principal": principal} if principal else {}
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})


caller = aws.get_caller_identity(opts=ask)
root = {"AWS": f"arn:aws:iam::{caller.account_id}:root"}
key = aws.kms.Key(
    "key", description="of the counter", enable_key_rotation=True, policy=policy("kms:*", "*", root), opts=opts)
aws.kms.Alias("key", target_key_id=key.key_id, opts=opts)

bucket = aws.s3.Bucket("media", force_destroy=True, tags={"kind": "media"}, opts=opts)
logs = aws.s3.Bucket("logs", force_destroy=True, opts=opts)
aws.s3.BucketVersioning(
    "media", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=opts)
aws.s3.BucketServerSideEncryptionConfiguration("media", bucket=bucket.bucket, opts=opts, rules=[{
    "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn},
    "bucket_key_enabled": True,
}])
aws.s3.BucketPublicAccessBlock("media", bucket=bucket.bucket, block_public_acls=True, opts=opts)
aws.s3.BucketOwnershipControls(
    "media", bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=opts)
aws.s3.BucketLifecycleConfiguration("media", bucket=bucket.bucket, opts=opts, rules=[{
    "id": "raw",
    "status": "Enabled",
    "filter": {"and_": {"prefix": "raw/", "tags": {"kind": "raw"}}},
    "expiration": {"days": 30},
}])
aws.s3.BucketPolicy(
    "media", bucket=bucket.bucket, policy=policy("s3:GetObject", [bucket.arn.apply("{}/*".format)], root), opts=opts)
aws.s3.BucketLogging("media", bucket=bucket.bucket, target_bucket=logs.bucket, target_prefix="media/", opts=opts)

role = aws.iam.Role(
    "tasks", assume_role_policy=policy("sts:AssumeRole", None, {"Service": "ecs-tasks.amazonaws.com"}), opts=opts)
aws.iam.RolePolicy("tasks", role=role.name, policy=policy(["s3:GetObject"], [bucket.arn]), opts=opts)
managed = aws.iam.Policy("tasks", policy=policy(["s3:ListBucket"], [bucket.arn]), opts=opts)
aws.iam.RolePolicyAttachment("tasks", role=role.name, policy_arn=managed.arn, opts=opts)
aws.iam.OpenIdConnectProvider(
    "ci", url="https://token.example.com", client_id_lists=["sts.amazonaws.com"], opts=opts)

repository = aws.ecr.Repository(
    "backend", name="counter/backend", image_tag_mutability="IMMUTABLE", force_delete=True, opts=opts,
    image_scanning_configuration={"scan_on_push": True},
    encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}])
aws.ecr.RepositoryPolicy(
    "backend", repository=repository.name, policy=policy(["ecr:BatchGetImage"], None, root), opts=opts)
aws.ecr.LifecyclePolicy("backend", repository=repository.name, opts=opts, policy=json.dumps({"rules": [{
    "rulePriority": 1,
    "selection": {
        "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": COUNT},
    "action": {"type": "expire"},
}]}))

zone = aws.route53.Zone("zone", name="dev.slipway.example", opts=opts)
certificate = aws.acm.Certificate(
    "certificate", domain_name="dev.slipway.example", subject_alternative_names=["*.dev.slipway.example"],
    validation_method="DNS", opts=opts)
proof = certificate.domain_validation_options[0]
record = aws.route53.Record(
    "proof", zone_id=zone.zone_id, name=proof.resource_record_name, type=proof.resource_record_type,
    records=[proof.resource_record_value], ttl=60, opts=opts)
aws.acm.CertificateValidation(
    "certificate", certificate_arn=certificate.arn, validation_record_fqdns=[record.fqdn], opts=opts)
aws.route53.Record("www", zone_id=zone.zone_id, name="www", type="A", opts=opts, aliases=[{
    "name": "main.eu-west-1.elb.amazonaws.com", "zone_id": "Z32O12XQLNTSW2", "evaluate_target_health": True}])

table = aws.dynamodb.Table(
    "counter", hash_key="id", attributes=[{"name": "id", "type": "S"}], billing_mode="PAY_PER_REQUEST",
    point_in_time_recovery={"enabled": True}, ttl={"enabled": True, "attribute_name": "expires"}, opts=opts,
    server_side_encryption={"enabled": True, "kms_key_arn": key.arn}, deletion_protection_enabled=False)
group = aws.cloudwatch.LogGroup("backend", retention_in_days=14, opts=opts)
topic = aws.sns.Topic("alarms", kms_master_key_id=key.arn, opts=opts)
aws.sns.TopicPolicy(
    "alarms", arn=topic.arn, opts=opts,
    policy=policy("sns:Publish", topic.arn, {"Service": "cloudwatch.amazonaws.com"}))
aws.cloudwatch.MetricAlarm(
    "throttled", namespace="AWS/DynamoDB", metric_name="ThrottledRequests", statistic="Sum", period=60,
    dimensions={"TableName": table.name}, evaluation_periods=COUNT, threshold=1, opts=opts,
    comparison_operator="GreaterThanThreshold", alarm_actions=[topic.arn])
aws.ssm.Parameter("plain", name="/slipway/dev/table", type="String", value=table.name, opts=opts)
aws.ssm.Parameter(
    "secret", name="/slipway/dev/secret", type="SecureString", value=pulumi.Output.secret("hunter2"), opts=opts)
token = aws.ecr.get_authorization_token_output(opts=ask)

pulumi.export("account", caller.account_id)
pulumi.export("password", token.password)
pulumi.export("region", aws.get_region(opts=ask).region)
pulumi.export("tags", bucket.tags_all)
pulumi.export("servers", zone.name_servers)
pulumi.export("zone", aws.route53.get_zone_output(name=zone.name, opts=ask).zone_id.apply(bool))
"""


@pytest.fixture
def bench(pulumi_cli: engine.Engine, endpoint: str, tmp_path: Path) -> Bench:
    made = Bench(tmp_path, pulumi_cli)
    made.environment["AWS_ENDPOINT_URL"] = endpoint
    return made


def test_a_program_of_identity_data_and_names_comes_up_settles_changes_and_goes(bench: Bench) -> None:
    bench.up(PROGRAM.replace("COUNT", "7"))
    bench.run("preview", "--expect-no-changes")
    bench.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    outputs, state = bench.outputs(), bench.state()

    assert (outputs["account"], outputs["region"], len(outputs["servers"])) == ("333333333333", "eu-west-1", 4)
    assert outputs["tags"] == {"environment": "dev", "kind": "media"}
    assert "hunter2" not in state
    assert outputs["password"] not in state

    changed = bench.up(PROGRAM.replace("COUNT", "9"))
    assert "~ 2 updated" in changed
    assert "slipway:urn" not in bench.state()

    bench.run("destroy", "--yes", "--skip-preview")
