"""One example of every component, as small as its arguments allow; a contract test says when one is missing."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network

import pulumi

from infra.components.access_log import AccessLog, AccessLogArgs
from infra.components.alarm import Alarm, AlarmArgs
from infra.components.alarm_topic import AlarmTopic, AlarmTopicArgs
from infra.components.artifact_store import ArtifactStore, ArtifactStoreArgs
from infra.components.backup_plan import BackupPlan, BackupPlanArgs
from infra.components.budget import Budget, BudgetArgs
from infra.components.cache import Cache, CacheArgs
from infra.components.cache_user import CacheUser, CacheUserArgs
from infra.components.certificate import Certificate, CertificateArgs
from infra.components.cluster import Cluster, ClusterArgs
from infra.components.collector import OTLP_PORT, Collector, CollectorArgs
from infra.components.container_service import ContainerService, ContainerServiceArgs, Route
from infra.components.dashboard import Dashboard, DashboardArgs, Graph, Series
from infra.components.database import Database, DatabaseArgs
from infra.components.database_proxy import DatabaseProxy, DatabaseProxyArgs
from infra.components.delegation import Delegation, DelegationArgs
from infra.components.deploy_roles import DeployRoles, DeployRolesArgs
from infra.components.deploy_steps import DeploySteps, DeployStepsArgs
from infra.components.discovery import Discovery, DiscoveryArgs, Registration
from infra.components.endpoints import Endpoints, EndpointsArgs
from infra.components.fargate_service import FargateService, FargateServiceArgs
from infra.components.flow_log import FlowLog, FlowLogArgs
from infra.components.foundation import Foundation, FoundationArgs
from infra.components.function import Function, FunctionArgs, Rollout
from infra.components.health_check import HealthCheck, HealthCheckArgs
from infra.components.http_api import ApiRoute, Cors, HttpApi, HttpApiArgs, Issuer, Throttle
from infra.components.key import Key, KeyArgs
from infra.components.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.components.log_bucket import LogBucket, LogBucketArgs
from infra.components.log_group import LogGroup, LogGroupArgs
from infra.components.logical_database import LogicalDatabase, LogicalDatabaseArgs
from infra.components.mail import Mail, MailArgs
from infra.components.media_bucket import MediaBucket, MediaBucketArgs
from infra.components.migration import Migration, MigrationArgs, MigrationCommand
from infra.components.monitoring_role import MonitoringRole, MonitoringRoleArgs
from infra.components.network import Network, NetworkArgs
from infra.components.parameters import Parameters, ParametersArgs
from infra.components.private_bucket import PrivateBucket, PrivateBucketArgs
from infra.components.queue import Queue, QueueArgs
from infra.components.random_secret import RandomSecret, RandomSecretArgs
from infra.components.reader_keys import ReaderKeys, ReaderKeysArgs
from infra.components.registry import Registry, RegistryArgs
from infra.components.role import Role, RoleArgs
from infra.components.scaling import Backlog, Requests, Scaling, ScalingArgs
from infra.components.schedule import Schedule, ScheduleArgs
from infra.components.secret import Secret, SecretArgs
from infra.components.security_group import SecurityGroup, SecurityGroupArgs
from infra.components.service_image import RegistryLogin, ServiceImage, ServiceImageArgs
from infra.components.signing_key import SigningKey, SigningKeyArgs
from infra.components.site_policies import SitePolicies, SitePoliciesArgs
from infra.components.static_site import ApiPaths, BucketPaths, StaticSite, StaticSiteArgs
from infra.components.table import Table, TableArgs
from infra.components.task import Task, TaskArgs
from infra.components.trouble import Trouble, TroubleArgs
from infra.components.user_pool import Hosted, UserPool, UserPoolArgs
from infra.components.vpc_link import VpcLink, VpcLinkArgs
from infra.components.worker import Metrics, Worker, WorkerArgs
from infra.components.zip_artifact import ZipArtifact, ZipArtifactArgs
from infra.components.zone import Zone, ZoneArgs
from infra.core.addresses import AddressPlan
from infra.core.policies import Principal, Statement
from infra.core.resources import Component
from interface.parameters import FOUNDATION_KEYS
from interface.pins import Release
from tests.fakes import ACCOUNT, DIGEST, PASSWORD, PUBLIC_KEY, REGION

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


def access_log(name: str = "access-log", opts: Options = None) -> AccessLog:
    arn = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"
    return AccessLog(name, AccessLogArgs(distribution_arn=arn, logs=log_bucket()), opts)


def certificate(name: str = "certificate", opts: Options = None, of: Zone | None = None) -> Certificate:
    return Certificate(name, CertificateArgs(zone=of or zone()), opts)


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


def task_args(name: str, port: int | None = None) -> TaskArgs:
    return TaskArgs(
        network=network(f"{name}-network"),
        cluster=cluster(),
        key=key(f"{name}-key"),
        registry_arn=f"arn:aws:ecr:{REGION}:111111111111:repository/counter/backend",
        image=image(),
        region=REGION,
        account=ACCOUNT,
        port=port,
        secrets={"TOKEN": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:token-abcdef"},
        grants=(table(f"{name}-table").grant_read_write,),
    )


def task(name: str = "task", opts: Options = None) -> Task:
    return Task(name, task_args(name, port=8000), opts)


def zip_artifact(name: str = "zip", opts: Options = None) -> ZipArtifact:
    args = ZipArtifactArgs(
        service="platform/deploy-steps", bucket="artifacts", region=REGION, account=ACCOUNT, source=RELEASE
    )
    return ZipArtifact(name, args, opts)


def deploy_steps(name: str = "steps", opts: Options = None) -> DeploySteps:
    args = DeployStepsArgs(
        network=network(f"{name}-network"),
        key=key(f"{name}-key"),
        code=zip_artifact(),
        region=REGION,
        account=ACCOUNT,
    )
    return DeploySteps(name, args, opts)


def migration_command() -> MigrationCommand:
    steps = deploy_steps()
    return MigrationCommand(command=("node", "migrate.js"), steps=steps, allowed=steps.allow_tasks(cluster("tasks")))


def migration(name: str = "migration", opts: Options = None) -> Migration:
    run = migration_command()
    return Migration(name, MigrationArgs(task=task("migrated"), run=run), opts)


def fargate_service(name: str = "fargate", opts: Options = None) -> FargateService:
    work = Backlog(namespace="Slipway", metric="Backlog", dimension=("Service", "one"), target=10)
    args = FargateServiceArgs(task=task("worked"), work=work, min_tasks=1, max_tasks=2)
    return FargateService(name, args, opts)


def discovery(name: str = "internal", opts: Options = None) -> Discovery:
    args = DiscoveryArgs(domain="dev.internal", network=network(f"{name}-network"))
    return Discovery(name, args, opts)


def container_service(name: str = "service", opts: Options = None) -> ContainerService:
    args = ContainerServiceArgs(
        task=task_args(name, port=8000),
        load_balancer=load_balancer(route=name),
        routes=(Route(name=name, host="counter.dev.slipway.example", paths=("/*",)),),
        migration=migration_command(),
        registration=Registration(discovery=discovery(), host="service"),
    )
    return ContainerService(name, args, opts)


def worker(name: str = "worker", opts: Options = None) -> Worker:
    metrics = Metrics(port=8002, registration=Registration(discovery=discovery(f"{name}-names"), host=name))
    return Worker(name, WorkerArgs(task=task_args(name), metrics=metrics), opts)


def secret(name: str = "secret", opts: Options = None) -> Secret:
    return Secret(name, SecretArgs(description="a secret", key=key(f"{name}-key")), opts)


def security_group(name: str = "group", opts: Options = None) -> SecurityGroup:
    args = SecurityGroupArgs(network=network(f"{name}-network"), description="a group")
    return SecurityGroup(name, args, opts)


def queue(name: str = "queue", opts: Options = None) -> Queue:
    return Queue(name, QueueArgs(key=key(f"{name}-key"), account=ACCOUNT), opts)


def signing_key(name: str = "tokens", opts: Options = None) -> SigningKey:
    return SigningKey(name, SigningKeyArgs(steps=deploy_steps(), key=key(f"{name}-key")), opts)


def database(name: str = "database", opts: Options = None) -> Database:
    steps = deploy_steps()
    args = DatabaseArgs(
        network=network(f"{name}-network"), key=key(f"{name}-key"), steps=steps, region=REGION, account=ACCOUNT
    )
    return Database(name, args, opts)


def logical_database(name: str = "logical", opts: Options = None) -> LogicalDatabase:
    args = LogicalDatabaseArgs(
        database="orders",
        host="database.example",
        port=5432,
        master_secret_arn=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:master",
        steps=deploy_steps(),
        key=key(f"{name}-key"),
    )
    return LogicalDatabase(name, args, opts)


def database_proxy(name: str = "proxy", opts: Options = None) -> DatabaseProxy:
    server = security_group(f"{name}-server")
    args = DatabaseProxyArgs(
        network=network(f"{name}-network"),
        identifier="server",
        port=5432,
        server=lambda client: server.allow_from(client, 5432),
        logins=[logical_database(f"{name}-login")],
        account=ACCOUNT,
    )
    return DatabaseProxy(name, args, opts)


def monitoring_role(name: str = "monitoring", opts: Options = None) -> MonitoringRole:
    return MonitoringRole(name, MonitoringRoleArgs(region=REGION, account=ACCOUNT), opts)


def cache(name: str = "cache", opts: Options = None) -> Cache:
    args = CacheArgs(
        purpose="cache",
        network=network(f"{name}-network"),
        key=key(f"{name}-key"),
        steps=deploy_steps(),
        region=REGION,
        account=ACCOUNT,
    )
    return Cache(name, args, opts)


def cache_user(name: str = "user", opts: Options = None) -> CacheUser:
    args = CacheUserArgs(
        user_id="dev-cache-market",
        prefix="market",
        user_group_id="dev-cache",
        host="cache.example",
        port=6379,
        steps=deploy_steps(),
        key=key(f"{name}-key"),
        region=REGION,
        account=ACCOUNT,
    )
    return CacheUser(name, args, opts)


def mail(name: str = "mail", opts: Options = None) -> Mail:
    args = MailArgs(zone=zone(), key=key(f"{name}-key"), region=REGION, account=ACCOUNT)
    return Mail(name, args, opts)


def private_bucket(name: str = "bucket", opts: Options = None) -> PrivateBucket:
    args = PrivateBucketArgs(statements=lambda arn: (), age={"expiration": {"days": 90}}, key=key(f"{name}-key"))
    return PrivateBucket(name, args, opts)


def artifact_store(name: str = "artifacts", opts: Options = None) -> ArtifactStore:
    args = ArtifactStoreArgs(bucket="artifacts", key=key(), readers=("222222222222",), writers=("222222222222",))
    return ArtifactStore(name, args, opts)


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
        work=Requests(load_balancer_suffix="app/public/1", target_group_suffix="targetgroup/service/1"),
        min_tasks=2,
        max_tasks=4,
    )
    return Scaling(name, args, opts)


def alarm(name: str = "alarm", opts: Options = None, told: AlarmTopic | None = None) -> Alarm:
    args = AlarmArgs(
        topic=told or topic(),
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


def function(name: str = "function", opts: Options = None) -> Function:
    args = FunctionArgs(
        description="answers",
        code=zip_artifact(f"{name}-zip"),
        handler="shop.handler.handle",
        key=key(f"{name}-key"),
        region=REGION,
        account=ACCOUNT,
        concurrency=10,
        environment={"LOG_LEVEL": "INFO"},
        grants=(table(f"{name}-table").grant_manage,),
        network=network(f"{name}-network"),
        unattended=True,
        rollout=Rollout(stable_version="3", new_percent=10),
    )
    return Function(name, args, opts)


def vpc_link(name: str = "link", opts: Options = None, balancer: LoadBalancer | None = None) -> VpcLink:
    args = VpcLinkArgs(network=network(f"{name}-network"), load_balancer=balancer or load_balancer())
    return VpcLink(name, args, opts)


def http_api(name: str = "api", opts: Options = None) -> HttpApi:
    own = zone()
    args = HttpApiArgs(
        host="api.dev.slipway.example",
        zone=own,
        certificate=certificate("api-certificate", of=own),
        target=function(f"{name}-function"),
        routes=(
            ApiRoute(key="GET /lists"),
            ApiRoute(key="POST /lists", throttle=Throttle(rate=2, burst=5)),
            ApiRoute(key="GET /health", access="everybody"),
            ApiRoute(key="GET /machine/{proxy+}", access="machines"),
        ),
        throttle=Throttle(rate=100, burst=200),
        key=key(f"{name}-key"),
        prefixes=("", "api"),
        issuer=Issuer(url="https://issuer.example", audience="client"),
        cors=Cors(origins=("https://shop.example",), methods=("GET",)),
    )
    return HttpApi(name, args, opts)


def site_policies(name: str = "policies", opts: Options = None) -> SitePolicies:
    return SitePolicies(name, SitePoliciesArgs(security_policy="default-src 'none'"), opts)


def static_site(name: str = "site", opts: Options = None) -> StaticSite:
    own = zone()
    args = StaticSiteArgs(
        host="shop.dev.slipway.example",
        zone=own,
        certificate=certificate("site-certificate", of=own),
        content=zip_artifact(f"{name}-zip"),
        settings={"environment": "dev"},
        steps=deploy_steps(),
        logs=log_bucket(f"{name}-logs"),
        key=key(f"{name}-key"),
        account=ACCOUNT,
        security_policy="default-src 'none'",
        apis=(ApiPaths(host="api.dev.slipway.example", paths=("/api/*",)),),
        buckets=(
            BucketPaths(name="media", bucket=private_bucket("media"), paths=("/media/*",), key_group_id="group-1"),
        ),
    )
    return StaticSite(name, args, opts)


def user_pool(name: str = "people", opts: Options = None) -> UserPool:
    args = UserPoolArgs(
        region=REGION,
        account=ACCOUNT,
        sender=mail("pool-mail").sender("shop@dev.slipway.example"),
        confirmed=function("pool-function"),
        hosted=Hosted(callback_urls=("https://shop.example/back",), logout_urls=("https://shop.example/",)),
        advanced_security=True,
    )
    return UserPool(name, args, opts)


def parameters(name: str = "facts", opts: Options = None) -> Parameters:
    args = ParametersArgs(
        path="/slipway/dev/shop", key=key(f"{name}-key"), values={"table": "shop"}, closed={"pool": "eu-west-1_1"}
    )
    return Parameters(name, args, opts)


def collector(name: str = "collector", opts: Options = None) -> Collector:
    args = CollectorArgs(task=task_args(name, OTLP_PORT), discovery=discovery(), targets={"api": 8000, "other": 3000})
    return Collector(name, args, opts)


def dashboard(name: str = "dashboard", opts: Options = None) -> Dashboard:
    line = Series(label="calls", namespace="AWS/Lambda", metric="Invocations", dimensions={"FunctionName": "shop"})
    return Dashboard(name, DashboardArgs(graphs=(Graph(title="Calls", series=(line,)),), region=REGION), opts)


def trouble(name: str = "trouble", opts: Options = None) -> Trouble:
    told = topic()
    args = TroubleArgs(topic=told, description="visitors are in trouble", alarms=(alarm("noticed", told=told),))
    return Trouble(name, args, opts)


def schedule(name: str = "schedule", opts: Options = None) -> Schedule:
    return Schedule(name, ScheduleArgs(function=function(f"{name}-function"), minutes=5, account=ACCOUNT), opts)


def backup_plan(name: str = "nightly", opts: Options = None) -> BackupPlan:
    args = BackupPlanArgs(key=key(f"{name}-key"), account=ACCOUNT, region=REGION, locked=True)
    return BackupPlan(name, args, opts)


def random_secret(name: str = "sessions", opts: Options = None) -> RandomSecret:
    args = RandomSecretArgs(description="signs sessions", steps=deploy_steps(), key=key(f"{name}-key"))
    return RandomSecret(name, args, opts)


def media_bucket(name: str = "media", opts: Options = None) -> MediaBucket:
    args = MediaBucketArgs(origins=("https://shop.example",), key=key(f"{name}-key"), account=ACCOUNT)
    return MediaBucket(name, args, opts)


def reader_keys(name: str = "readers", opts: Options = None) -> ReaderKeys:
    return ReaderKeys(name, ReaderKeysArgs(public_key=PUBLIC_KEY), opts)


EXAMPLES: Mapping[type[Component], Callable[[str, Options], Component]] = {
    AccessLog: access_log,
    Alarm: alarm,
    AlarmTopic: topic,
    ArtifactStore: artifact_store,
    BackupPlan: backup_plan,
    Budget: lambda name, opts: Budget(name, BudgetArgs(usd_a_month=100, topic=topic()), opts),
    Cache: cache,
    CacheUser: cache_user,
    Certificate: certificate,
    Cluster: cluster,
    Collector: collector,
    ContainerService: container_service,
    Dashboard: dashboard,
    Database: database,
    DatabaseProxy: database_proxy,
    Delegation: delegation,
    DeployRoles: lambda name, opts: DeployRoles(
        name, DeployRolesArgs(repository="owner/name", accounts={"dev": ACCOUNT}), opts
    ),
    DeploySteps: deploy_steps,
    Discovery: discovery,
    Endpoints: endpoints,
    FargateService: fargate_service,
    FlowLog: lambda name, opts: FlowLog(name, FlowLogArgs(vpc_id="vpc-1", key=key()), opts),
    Foundation: foundation,
    Function: function,
    HealthCheck: lambda name, opts: HealthCheck(name, HealthCheckArgs(host="shop.dev.slipway.example", path="/"), opts),
    HttpApi: http_api,
    Key: key,
    LoadBalancer: load_balancer,
    LogBucket: log_bucket,
    LogGroup: lambda name, opts: LogGroup(name, LogGroupArgs(key=key(), retention_days=30), opts),
    LogicalDatabase: logical_database,
    Mail: mail,
    MediaBucket: media_bucket,
    Migration: migration,
    MonitoringRole: monitoring_role,
    Network: network,
    Parameters: parameters,
    PrivateBucket: private_bucket,
    Queue: queue,
    RandomSecret: random_secret,
    ReaderKeys: reader_keys,
    Registry: registry,
    Role: role,
    Scaling: scaling,
    Schedule: schedule,
    Secret: secret,
    SecurityGroup: security_group,
    ServiceImage: image,
    SigningKey: signing_key,
    SitePolicies: site_policies,
    StaticSite: static_site,
    Table: table,
    Task: task,
    Trouble: trouble,
    UserPool: user_pool,
    VpcLink: vpc_link,
    Worker: worker,
    ZipArtifact: zip_artifact,
    Zone: zone,
}
"""How to make one of each component."""
