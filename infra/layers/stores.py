"""Where the systems of an environment keep what must not be lost: one database server, a cache, a job queue, mail."""

from dataclasses import dataclass

import pulumi

from infra.components.cache import Cache, CacheArgs, Purpose
from infra.components.database import Database, DatabaseArgs
from infra.components.deploy_steps import DeploySteps, DeployStepsArgs
from infra.components.mail import Mail, MailArgs
from infra.components.network import Network
from infra.components.zip_artifact import ZipArtifact, ZipArtifactArgs
from infra.config import Settings
from infra.core.contents import REPOSITORY
from infra.layers.data import Data
from infra.layers.edge import Edge
from interface import names


@dataclass(frozen=True)
class Stores:
    """The stores of an environment, and who makes each system its place in them."""

    steps: DeploySteps
    database: Database
    cache: Cache
    queue: Cache
    mail: Mail


def build(settings: Settings, data: Data, network: Network, edge: Edge, opts: pulumi.ResourceOptions) -> Stores:
    """Create the deploy steps, the servers that they work on, and the sender of the environment's mail."""
    ground = _Ground(settings, data, network, _steps(settings, data, network, opts), opts)
    return Stores(
        steps=ground.steps,
        database=_database(ground),
        cache=_cache("cache", ground),
        queue=_cache("queue", ground),
        mail=_mail(ground, edge),
    )


@dataclass(frozen=True)
class _Ground:
    """What every store stands on."""

    settings: Settings
    data: Data
    network: Network
    steps: DeploySteps
    opts: pulumi.ResourceOptions


def _steps(settings: Settings, data: Data, network: Network, opts: pulumi.ResourceOptions) -> DeploySteps:
    service, region = names.DEPLOY_STEPS, settings.organisation.region
    pin = settings.artifacts.pin(service)
    zip_args = ZipArtifactArgs(
        service=service,
        bucket=names.artifact_bucket(settings.tooling_account, region),
        region=region,
        account=settings.tooling_account,
        source=REPOSITORY / names.service_folder(service) if isinstance(pin, str) else pin,
    )
    args = DeployStepsArgs(
        network=network,
        key=data.key,
        code=ZipArtifact("deploy-steps", zip_args, opts),
        region=region,
        account=settings.account,
        log_retention_days=settings.workloads.log_retention_days,
    )
    return DeploySteps("deploy-steps", args, opts)


def _database(ground: _Ground) -> Database:
    settings, wanted = ground.settings, ground.settings.database
    args = DatabaseArgs(
        network=ground.network,
        key=ground.data.key,
        steps=ground.steps,
        region=settings.organisation.region,
        account=settings.account,
        instance_class=wanted.instance_class,
        storage_gb=wanted.storage_gb,
        max_storage_gb=wanted.max_storage_gb,
        multi_az=wanted.multi_az,
        backup_days=wanted.backup_days,
        monitoring_interval_seconds=wanted.monitoring_interval_seconds,
        log_retention_days=settings.workloads.log_retention_days,
        final_snapshot=wanted.final_snapshot,
        recovery_days=settings.recovery_days,
        deletion_protection=settings.deletion_protection,
    )
    return Database("database", args, ground.opts)


def _cache(purpose: Purpose, ground: _Ground) -> Cache:
    settings, wanted = ground.settings, ground.settings.cache
    args = CacheArgs(
        purpose=purpose,
        network=ground.network,
        key=ground.data.key,
        steps=ground.steps,
        region=settings.organisation.region,
        account=settings.account,
        node_type=wanted.node_type,
        replicas=wanted.replicas,
        multi_az=wanted.multi_az,
        snapshot_days=wanted.snapshot_days,
        recovery_days=settings.recovery_days,
        deletion_protection=settings.deletion_protection,
    )
    return Cache(purpose, args, ground.opts)


def _mail(ground: _Ground, edge: Edge) -> Mail:
    settings = ground.settings
    args = MailArgs(
        zone=edge.zone,
        key=ground.data.key,
        region=settings.organisation.region,
        account=settings.account,
        dmarc=settings.mail.dmarc,
        event_days=settings.mail.event_retention_days,
        deletion_protection=settings.deletion_protection,
    )
    return Mail("mail", args, ground.opts)
