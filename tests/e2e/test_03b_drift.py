"""Twenty kinds of change behind the platform's back: each is named, nothing else is, and one `up` mends them all."""

import json
from collections.abc import Callable
from typing import Any

from localcloud import cloud
from pipelines import stacks
from tests.e2e.commands import SLIPWAY, run, slipway

ACCOUNT = "222222222222"


def client(service: str) -> Any:
    return cloud.client(service, ACCOUNT)


def test_twenty_changes_behind_its_back_are_found_and_mended(measured: Callable[[str], None]) -> None:
    slipway("up", "dev")
    dev = Dev()
    expected = {dev.urn(kind, name): properties for kind, name, properties in dev.change_everything()}
    assert len(expected) == 20

    result = run(SLIPWAY, "drift", "dev", "--json")
    assert result.code == 3, result.err
    found = {each["urn"]: set(each["properties"]) for each in json.loads(result.out)["changes"]}
    missed = {urn: properties for urn, properties in expected.items() if found.get(urn) != properties}
    false = found.keys() - expected.keys()
    shown = {urn: found.get(urn) for urn in missed}
    assert (missed, false) == ({}, set()), f"missed {missed}, of which seen {shown}; false {false}"

    mended = slipway("up", "dev")
    after = run(SLIPWAY, "drift", "dev")
    assert after.code == 0, after.out
    measured(f"drift: {len(expected) - len(missed)} of 20 found, {len(false)} false, mended in {mended.seconds:.1f} s")


class Dev:
    """The resources of dev as its state knows them, by type and logical name."""

    def __init__(self) -> None:
        self.resources = {
            (
                each["type"].split("/")[0].split(":")[1],
                each["type"].rpartition(":")[2],
                each["urn"].split("::")[-1],
            ): each
            for each in stacks.resources("dev")
        }

    def get(self, kind: str, name: str) -> dict[str, Any]:
        service, _, resource = kind.partition(".")
        return self.resources[service, resource, name]

    def urn(self, kind: str, name: str) -> str:
        return str(self.get(kind, name)["urn"])

    def id(self, kind: str, name: str) -> str:
        return str(self.get(kind, name)["id"])

    def output(self, kind: str, name: str, key: str) -> str:
        return str(self.get(kind, name)["outputs"][key])

    def change_everything(self) -> list[tuple[str, str, set[str]]]:
        """Make twenty changes; return type, name and the properties that should be named for each."""
        return [*self._network(), *self._data(), *self._edge(), *self._workloads()]

    def _network(self) -> list[tuple[str, str, set[str]]]:
        ec2 = client("ec2")
        ec2.modify_vpc_attribute(VpcId=self.id("ec2.Vpc", "network"), EnableDnsHostnames={"Value": False})
        ec2.modify_subnet_attribute(
            SubnetId=self.id("ec2.Subnet", "network-private-a"), MapPublicIpOnLaunch={"Value": True}
        )
        ec2.delete_route(RouteTableId=self.id("ec2.RouteTable", "network-private"), DestinationCidrBlock="0.0.0.0/0")
        ec2.revoke_security_group_ingress(
            GroupId=self.id("ec2.SecurityGroup", "public"),
            SecurityGroupRuleIds=[self.id("vpc.SecurityGroupIngressRule", "public-http")],
        )
        ec2.create_tags(
            Resources=[self.id("ec2.RouteTable", "network-isolated")], Tags=[{"Key": "owner", "Value": "somebody"}]
        )
        return [
            ("ec2.Vpc", "network", {"enableDnsHostnames"}),
            ("ec2.Subnet", "network-private-a", {"mapPublicIpOnLaunch"}),
            ("ec2.Route", "network-private-a", {"gone"}),
            ("vpc.SecurityGroupIngressRule", "public-http", {"gone"}),
            ("ec2.RouteTable", "network-isolated", {"tags.owner", "tagsAll.owner"}),
        ]

    def _data(self) -> list[tuple[str, str, set[str]]]:
        bucket = self.id("s3.Bucket", "access-logs")
        client("kms").disable_key_rotation(KeyId=self.id("kms.Key", "key"))
        client("dynamodb").update_continuous_backups(
            TableName=self.id("dynamodb.Table", "counter"),
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
        )
        client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
        client("s3").delete_public_access_block(Bucket=bucket)
        client("s3").delete_bucket_policy(Bucket=bucket)
        client("ssm").put_parameter(
            Name=self.id("ssm.Parameter", "foundation-vpc-id"), Value="vpc-0", Type="String", Overwrite=True
        )
        return [
            ("kms.Key", "key", {"enableKeyRotation"}),
            ("dynamodb.Table", "counter", {"pointInTimeRecovery.enabled", "pointInTimeRecovery.recoveryPeriodInDays"}),
            ("s3.BucketVersioning", "access-logs-versions", {"versioningConfiguration.status"}),
            ("s3.BucketPublicAccessBlock", "access-logs-private", {"gone"}),
            ("s3.BucketPolicy", "access-logs-policy", {"gone"}),
            ("ssm.Parameter", "foundation-vpc-id", {"value"}),
        ]

    def _edge(self) -> list[tuple[str, str, set[str]]]:
        balancing = client("elbv2")
        balancing.modify_load_balancer_attributes(
            LoadBalancerArn=self.id("lb.LoadBalancer", "public"),
            Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "120"}],
        )
        balancing.delete_rule(RuleArn=self.id("lb.ListenerRule", "public-counter-backend"))
        balancing.modify_target_group(TargetGroupArn=self.id("lb.TargetGroup", "counter-frontend"), HealthCheckPath="/")
        zone = self.id("route53.Zone", "zone")
        record = self.get("route53.Record", "zone-counter")["outputs"]
        current = next(
            each
            for each in client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
            if each["Name"].rstrip(".") == record["fqdn"].rstrip(".") and each["Type"] == record["type"]
        )
        client("route53").change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": current}]}
        )
        return [
            ("lb.LoadBalancer", "public", {"idleTimeout"}),
            ("lb.ListenerRule", "public-counter-backend", {"gone"}),
            ("lb.TargetGroup", "counter-frontend", {"healthCheck.path"}),
            ("route53.Record", "zone-counter", {"gone"}),
        ]

    def _workloads(self) -> list[tuple[str, str, set[str]]]:
        group = self.id("cloudwatch.LogGroup", "counter-backend")
        client("logs").put_retention_policy(logGroupName=group, retentionInDays=1)
        role = self.id("iam.Role", "counter-frontend-task")
        client("iam").update_role_description(RoleName=role, Description="somebody else's")
        policy = self.get("iam.RolePolicy", "counter-backend-task-counter-read-write")
        client("iam").delete_role_policy(RoleName=policy["outputs"]["role"], PolicyName=policy["outputs"]["name"])
        scaling = self.get("appautoscaling.Target", "counter-backend")["outputs"]
        client("application-autoscaling").register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=scaling["resourceId"],
            ScalableDimension=scaling["scalableDimension"],
            MinCapacity=scaling["minCapacity"],
            MaxCapacity=9,
        )
        client("ecs").update_service(
            cluster=self.output("ecs.Service", "counter-frontend", "cluster"),
            service=self.output("ecs.Service", "counter-frontend", "name"),
            healthCheckGracePeriodSeconds=7,
        )
        return [
            ("cloudwatch.LogGroup", "counter-backend", {"retentionInDays"}),
            ("iam.Role", "counter-frontend-task", {"description"}),
            ("iam.RolePolicy", "counter-backend-task-counter-read-write", {"gone"}),
            ("appautoscaling.Target", "counter-backend", {"maxCapacity"}),
            ("ecs.Service", "counter-frontend", {"healthCheckGracePeriodSeconds"}),
        ]


def _service_and_type(token: str) -> tuple[str, str]:
    """Return `("ec2", "Vpc")` for `aws:ec2/vpc:Vpc`."""
    return token.split("/")[0].rpartition(":")[2], token.rpartition(":")[2]
