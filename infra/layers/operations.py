"""Who is told when something is wrong, and what an environment tells other stacks."""

from collections.abc import Sequence

import pulumi

from infra.components.foundation import Foundation, FoundationArgs
from infra.config import Settings
from infra.layers import alarms
from infra.layers.workloads import System, Workloads
from interface import names, outputs, parameters


def build(
    settings: Settings, workloads: Workloads, systems: Sequence[System], opts: pulumi.ResourceOptions
) -> outputs.Foundation:
    """Publish the environment's foundation, and watch it where the stack file asks for alarms."""
    name = settings.stack.environment
    Foundation("foundation", FoundationArgs(environment=name, values=_facts(workloads)), opts)
    if settings.operations.alarms:
        alarms.build(workloads, systems, opts)
    return {
        "account": settings.account,
        "region": settings.organisation.region,
        "domain": settings.domain,
        "parameters": parameters.foundation_prefix(name),
        "artifacts": {names.DEPLOY_STEPS: workloads.stores.steps.artifact, **_collector(workloads)},
    }


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
