"""One example of every component, as small as its arguments allow; a contract test says when one is missing."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network

import pulumi

from infra.components.alarm import Alarm, AlarmArgs
from infra.components.alarm_topic import AlarmTopic, AlarmTopicArgs
from infra.components.certificate import Certificate, CertificateArgs
from infra.components.cluster import Cluster, ClusterArgs
from infra.components.container_service import ContainerService, ContainerServiceArgs, Route
from infra.components.delegation import Delegation, DelegationArgs
from infra.components.deploy_roles import DeployRoles, DeployRolesArgs
from infra.components.endpoints import Endpoints, EndpointsArgs
from infra.components.flow_log import FlowLog, FlowLogArgs
from infra.components.foundation import Foundation, FoundationArgs
from infra.components.key import Key, KeyArgs
from infra.components.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.components.log_bucket import LogBucket, LogBucketArgs
from infra.components.log_group import LogGroup, LogGroupArgs
from infra.components.network import Network, NetworkArgs
from infra.components.registry import Registry, RegistryArgs
from infra.components.role import Role, RoleArgs
from infra.components.scaling import Scaling, ScalingArgs
from infra.components.service_image import RegistryLogin, ServiceImage, ServiceImageArgs
from infra.components.table import Table, TableArgs
from infra.components.zone import Zone, ZoneArgs
from infra.core.addresses import AddressPlan
from infra.core.policies import Principal, Statement
from infra.core.resources import Component
from interface.parameters import FOUNDATION_KEYS
from interface.pins import Release
from tests.fakes import ACCOUNT, DIGEST, PASSWORD, REGION

Options = pulumi.ResourceOptions | None

RELEASE = Release(address="0" * 20, digest=DIGEST)
HOST = "111111111111.dkr.ecr.eu-west-1.amazonaws.com"
TRUST = Statement(sid="Tasks", principal=Principal.service("ecs-tasks.amazonaws.com"), actions=("sts:AssumeRole",))


def key(name: str = "key", opts: Options = None) -> Key:
    return Key(name, KeyArgs(description="a key", alias="a-key", account=ACCOUNT, region=REGION), opts)


def zone(name: str = "zone", opts: Options = None) -> Zone:
    return Zone(name, ZoneArgs(domain="dev.slipway.example"), opts)


def role(name: str = "role", opts: Options = None) -> Role:
    return Role(name, RoleArgs(description="a role", trust=TRUST), opts)


def topic(name: str = "topic", opts: Options = None) -> AlarmTopic:
    return AlarmTopic(name, AlarmTopicArgs(key=key(), account=ACCOUNT), opts)


def cluster(name: str = "cluster", opts: Options = None) -> Cluster:
    return Cluster(name, ClusterArgs(), opts)


def network(name: str = "network", opts: Options = None) -> Network:
    plan = AddressPlan.of(IPv4Network("10.10.0.0/16"), 2)
    return Network(name, NetworkArgs(plan=plan, key=key(f"{name}-key"), region=REGION), opts)


def log_bucket(name: str = "logs", opts: Options = None) -> LogBucket:
    return LogBucket(name, LogBucketArgs(account=ACCOUNT), opts)


def certificate(name: str = "certificate", opts: Options = None) -> Certificate:
    return Certificate(name, CertificateArgs(zone=zone()), opts)


def load_balancer(name: str = "public", opts: Options = None, route: str = "service") -> LoadBalancer:
    args = LoadBalancerArgs(network=network(), certificate=certificate(), logs=log_bucket(), routes=(route,))
    return LoadBalancer(name, args, opts)


def image(name: str = "image", opts: Options = None) -> ServiceImage:
    args = ServiceImageArgs(
        repository_url=f"{HOST}/counter/backend",
        source=RELEASE,
        architecture="x86_64",
        login=RegistryLogin(host=HOST, username="AWS", password=PASSWORD),
    )
    return ServiceImage(name, args, opts)


def table(name: str = "table", opts: Options = None) -> Table:
    return Table(name, TableArgs(hash_key="id", key=key(f"{name}-key")), opts)


def container_service(name: str = "service", opts: Options = None) -> ContainerService:
    balancer = load_balancer(route=name)
    args = ContainerServiceArgs(
        network=network("other"),
        cluster=cluster(),
        load_balancer=balancer,
        key=key("service-key"),
        registry_arn=f"arn:aws:ecr:{REGION}:111111111111:repository/counter/backend",
        image=image(),
        port=8000,
        route=Route(host="counter.dev.slipway.example", paths=("/*",)),
        region=REGION,
        account=ACCOUNT,
        secrets={"TOKEN": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:token-abcdef"},
        grants=(table().grant_read_write,),
    )
    return ContainerService(name, args, opts)


def endpoints(name: str = "endpoints", opts: Options = None) -> Endpoints:
    args = EndpointsArgs(
        vpc_id="vpc-1",
        vpc_block="10.10.0.0/16",
        region=REGION,
        services=("s3", "ecr.api"),
        subnet_ids=("subnet-1",),
        route_table_ids=("rtb-1",),
    )
    return Endpoints(name, args, opts)


def scaling(name: str = "scaling", opts: Options = None) -> Scaling:
    args = ScalingArgs(
        cluster_name="cluster",
        service_name="service",
        load_balancer_suffix="app/public/1",
        target_group_suffix="targetgroup/service/1",
        min_tasks=2,
        max_tasks=4,
    )
    return Scaling(name, args, opts)


def alarm(name: str = "alarm", opts: Options = None) -> Alarm:
    args = AlarmArgs(
        topic=topic(),
        description="something is wrong",
        namespace="AWS/ECS",
        metric="CPUUtilization",
        dimensions={"ClusterName": "cluster"},
        statistic="Average",
        above=85,
    )
    return Alarm(name, args, opts)


def registry(name: str = "registry", opts: Options = None) -> Registry:
    args = RegistryArgs(repository="counter/backend", key=key(), readers=("222222222222",), writers=("222222222222",))
    return Registry(name, args, opts)


def delegation(name: str = "delegation", opts: Options = None) -> Delegation:
    return Delegation(name, DelegationArgs(environment="dev", environment_account=ACCOUNT, zone=zone()), opts)


def foundation(name: str = "foundation", opts: Options = None) -> Foundation:
    return Foundation(name, FoundationArgs(environment="dev", values=dict.fromkeys(FOUNDATION_KEYS, "value")), opts)


EXAMPLES: Mapping[type[Component], Callable[[str, Options], Component]] = {
    Alarm: alarm,
    AlarmTopic: topic,
    Certificate: certificate,
    Cluster: cluster,
    ContainerService: container_service,
    Delegation: delegation,
    DeployRoles: lambda name, opts: DeployRoles(
        name, DeployRolesArgs(repository="owner/name", accounts={"dev": ACCOUNT}), opts
    ),
    Endpoints: endpoints,
    FlowLog: lambda name, opts: FlowLog(name, FlowLogArgs(vpc_id="vpc-1", key=key()), opts),
    Foundation: foundation,
    Key: key,
    LoadBalancer: load_balancer,
    LogBucket: log_bucket,
    LogGroup: lambda name, opts: LogGroup(name, LogGroupArgs(key=key(), retention_days=30), opts),
    Network: network,
    Registry: registry,
    Role: role,
    Scaling: scaling,
    ServiceImage: image,
    Table: table,
    Zone: zone,
}
"""How to make one of each component."""
