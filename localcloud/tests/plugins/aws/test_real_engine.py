"""A program with Pulumi's own AWS package under the real engine: from nothing to a service, and back to nothing."""

import json
from pathlib import Path

import pytest

from localcloud import cloud, engine
from localcloud.tests.plugins.aws.conformance import REGION
from localcloud.tests.plugins.bench import Bench

pytestmark = [pytest.mark.engine, pytest.mark.cloud, pytest.mark.slow]

ACCOUNT = "333333333333"
PROGRAM = """
import json
import pulumi
import pulumi_aws as aws

provider = aws.Provider(
    "here",
    region="eu-west-1",
    allowed_account_ids=["333333333333"],
    default_tags=aws.ProviderDefaultTagsArgs(tags={"env": "dev"}),
)
here = pulumi.ResourceOptions(provider=provider)
zones = aws.get_availability_zones(state="available", opts=pulumi.InvokeOptions(provider=provider)).names
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags={"Name": "main"}, opts=here)
subnets = [
    aws.ec2.Subnet(
        f"zone-{zone[-1]}", vpc_id=vpc.id, cidr_block=f"10.0.{index}.0/24", availability_zone=zone, opts=here
    )
    for index, zone in enumerate(zones[:2])
]
subnet_ids = [subnet.id for subnet in subnets]
group = aws.ec2.SecurityGroup("web", vpc_id=vpc.id, description=DESCRIPTION, opts=here)
aws.vpc.SecurityGroupIngressRule(
    "http", security_group_id=group.id, ip_protocol="tcp", from_port=80, to_port=80, cidr_ipv4="10.0.0.0/16", opts=here
)
balancer = aws.lb.LoadBalancer("public", subnets=subnet_ids, security_groups=[group.id], idle_timeout=90, opts=here)
target = aws.lb.TargetGroup(
    "web", vpc_id=vpc.id, port=8080, protocol="HTTP", target_type="ip", deregistration_delay=10,
    health_check=aws.lb.TargetGroupHealthCheckArgs(path="/healthz", interval=10, timeout=5), opts=here,
)
listener = aws.lb.Listener(
    "http", load_balancer_arn=balancer.arn, port=80, protocol="HTTP", opts=here,
    default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=target.arn)],
)
cluster = aws.ecs.Cluster("main", opts=here)
task = aws.ecs.TaskDefinition(
    "web", family="web", cpu="256", memory="512", network_mode="awsvpc", requires_compatibilities=["FARGATE"],
    container_definitions=pulumi.Output.json_dumps([{"name": "web", "image": "web:1"}]), opts=here,
)
service = aws.ecs.Service(
    "web", cluster=cluster.arn, task_definition=task.arn, desired_count=0, launch_type="FARGATE",
    network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(subnets=subnet_ids, security_groups=[group.id]),
    load_balancers=[
        aws.ecs.ServiceLoadBalancerArgs(target_group_arn=target.arn, container_name="web", container_port=8080)
    ],
    wait_for_steady_state=True,
    opts=pulumi.ResourceOptions(provider=provider, depends_on=[listener]),
)
pulumi.export("vpc", vpc.id)
pulumi.export("group", group.id)
pulumi.export("balancer", balancer.dns_name)
pulumi.export("tags", group.tags_all)
"""


def _program(description: str = "the web") -> str:
    return PROGRAM.replace("DESCRIPTION", repr(description))


SMALL = """
import pulumi
import pulumi_aws as aws

here = pulumi.ResourceOptions(
    provider=aws.Provider("here", region="eu-west-1", allowed_account_ids=["333333333333"])
)
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", opts=here)
group = aws.ec2.SecurityGroup("web", vpc_id=vpc.id, description="the web", opts=here)
pulumi.export("group", group.id)
"""


@pytest.fixture
def bench(pulumi_cli: engine.Engine, endpoint: str, tmp_path: Path) -> Bench:
    made = Bench(tmp_path, pulumi_cli)
    made.environment |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "111111111111"}
    return made


def test_a_stack_is_made_kept_repaired_changed_and_removed(bench: Bench, endpoint: str) -> None:
    bench.up(_program())
    outputs = bench.outputs()
    assert outputs["tags"] == {"env": "dev"}
    assert outputs["balancer"].startswith("dev-public-")
    state = json.loads(bench.run("stack", "export"))["deployment"]["resources"]
    made = [each for each in state if each["type"].startswith("aws:")]
    assert made
    for each in made:  # where the program says so, not inside the SDK; and what finds an orphan is no output
        assert "/__main__.py#" in each["sourcePosition"], each["sourcePosition"]
        assert "slipway:urn" not in json.dumps(each["outputs"])
    bench.run("preview", "--expect-no-changes")
    bench.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")

    ec2 = cloud.client("ec2", ACCOUNT, cloud.Cloud(endpoint, REGION, False, ""))
    ec2.modify_vpc_attribute(VpcId=outputs["vpc"], EnableDnsHostnames={"Value": False})
    assert "enableDnsHostnames: true => false" in bench.run("refresh", "--yes", "--skip-preview", "--diff")
    bench.up(_program())
    repaired = ec2.describe_vpc_attribute(VpcId=outputs["vpc"], Attribute="enableDnsHostnames")
    assert repaired["EnableDnsHostnames"] == {"Value": True}

    bench.up(_program("another"))
    assert bench.outputs()["group"] != outputs["group"]
    bench.run("destroy", "--yes", "--skip-preview")
    assert cloud.leftovers(endpoint, REGION, ACCOUNT) == []


def test_a_program_that_goes_back_keeps_what_a_replacement_would_have_deleted(bench: Bench, endpoint: str) -> None:
    """As a run leaves it that failed after it had made the other group and before it deleted the first."""
    ec2 = cloud.client("ec2", ACCOUNT, cloud.Cloud(endpoint, REGION, False, ""))
    bench.up(SMALL)
    kept = bench.outputs()["group"]
    for flags in ((), ("--refresh",)):
        state = json.loads(bench.state())
        resources = state["deployment"]["resources"]
        position = next(number for number, each in enumerate(resources) if each["urn"].endswith("::web"))
        first = resources[position]
        told = {"GroupName": "other", "Description": "another", "VpcId": first["inputs"]["vpcId"]}
        other = ec2.create_security_group(**told)["GroupId"]
        said = {"description": "another", "name": "other"}
        successor = {**first, "id": other, "inputs": {**first["inputs"], **said}}
        successor["outputs"] = {**first["outputs"], **said, "id": other}
        resources[position : position + 1] = [successor, {**first, "delete": True}]
        bench.load(json.dumps(state))

        bench.run("up", "--yes", "--skip-preview", *flags)
        assert bench.outputs()["group"] == kept
        bench.run("preview", "--expect-no-changes", "--refresh")

    network = next(each["urn"] for each in resources if each["urn"].endswith("::main"))
    bench.run("up", "--yes", "--skip-preview", "--refresh", "--replace", network)
    assert bench.outputs()["group"] != kept
    bench.run("destroy", "--yes", "--skip-preview")
    assert cloud.leftovers(endpoint, REGION, ACCOUNT) == []
