"""Who is told when something is wrong, what copies are kept, and what an environment tells other stacks."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import pulumi

from infra.components.backup_plan import BackupPlan, BackupPlanArgs
from infra.components.budget import Budget, BudgetArgs
from infra.components.foundation import Foundation, FoundationArgs
from infra.components.health_check import HealthCheck, HealthCheckArgs
from infra.config import Settings
from infra.layers import alarms, canary, dashboards
from infra.layers.workloads import System, Workloads
from interface import names, outputs, parameters


def build(
    settings: Settings, workloads: Workloads, systems: Sequence[System], opts: pulumi.ResourceOptions
) -> outputs.Foundation:
    """Publish the environment's foundation, and watch it where the stack file asks for alarms."""
    name = settings.stack.environment
    Foundation("foundation", FoundationArgs(environment=name, values=_facts(workloads)), opts)
    _watch(settings, workloads, systems, opts)
    visitor = canary.build(workloads, systems, opts)
    _keep_copies(settings, workloads, opts)
    return {
        "account": settings.account,
        "region": settings.organisation.region,
        "domain": settings.domain,
        "parameters": parameters.foundation_prefix(name),
        "artifacts": {
            names.CANARY: visitor.artifact,
            names.DEPLOY_STEPS: workloads.stores.steps.artifact,
            **_collector(workloads),
        },
    }


def _watch(settings: Settings, workloads: Workloads, systems: Sequence[System], opts: pulumi.ResourceOptions) -> None:
    """Have the systems looked at in every way that the stack file asks for."""
    wanted = settings.operations
    if wanted.dashboards:
        dashboards.build(workloads, systems, opts)
    if wanted.health_checks:
        for system in systems:
            address = urlsplit(system.health_address)
            args = HealthCheckArgs(host=str(address.hostname), path=address.path)
            HealthCheck(system.name, args, opts)
    if wanted.alarms:
        topic = alarms.build(workloads, systems, opts)
        if wanted.monthly_budget_usd:
            Budget("month", BudgetArgs(usd_a_month=wanted.monthly_budget_usd, topic=topic), opts)


def _keep_copies(settings: Settings, workloads: Workloads, opts: pulumi.ResourceOptions) -> None:
    """Keep nightly copies of what systems have tagged for it."""
    if settings.backup.days == 0:
        return
    args = BackupPlanArgs(
        key=workloads.base.data.key,
        account=settings.account,
        region=settings.organisation.region,
        days=settings.backup.days,
        locked=settings.backup.lock,
        deletion_protection=settings.deletion_protection,
    )
    BackupPlan("nightly", args, opts)


def _collector(workloads: Workloads) -> dict[str, outputs.Image]:
    if workloads.collector is None:
        return {}
    image = workloads.collector.image
    return {names.COLLECTOR: {"digest": image.digest, "address": image.address}}  # type: ignore[typeddict-item]


def _facts(workloads: Workloads) -> dict[parameters.FoundationKey, pulumi.Input[str]]:
    network, balancer = workloads.base.network, workloads.base.edge.load_balancer
    return {
        "vpc-id": network.vpc_id,
        "private-subnet-ids": pulumi.Output.all(*network.private_subnet_ids).apply(",".join),
        "cluster-arn": workloads.cluster.arn,
        "cluster-name": workloads.cluster.physical_name,
        "load-balancer-arn": balancer.arn,
        "load-balancer-dns-name": balancer.dns_name,
        "load-balancer-security-group-id": balancer.security_group_id,
        "listener-arn": balancer.listener_arn,
        "zone-id": workloads.base.edge.zone.zone_id,
        "zone-name": workloads.base.edge.zone.domain,
        "key-arn": workloads.base.data.key.arn,
        **_stores(workloads),
    }


def _stores(workloads: Workloads) -> dict[parameters.FoundationKey, pulumi.Input[str]]:
    stores = workloads.stores
    return {
        "database-endpoint": stores.database.host,
        "database-master-secret-arn": stores.database.master_secret_arn,
        "database-security-group-id": stores.database.security_group_id,
        "cache-endpoint": stores.cache.host,
        "cache-security-group-id": stores.cache.security_group_id,
        "cache-user-group-id": stores.cache.user_group_id,
        "queue-endpoint": stores.queue.host,
        "queue-security-group-id": stores.queue.security_group_id,
        "queue-user-group-id": stores.queue.user_group_id,
        "deploy-steps-function-name": stores.steps.function_name,
        "deploy-steps-role-name": stores.steps.role.physical_name,
        "mail-configuration-set": stores.mail.configuration_set,
        "namespace-id": workloads.discovery.namespace_id,
        "namespace-name": workloads.discovery.domain,
    }
