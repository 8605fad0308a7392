"""The table of mends and their application at start."""

import importlib
from importlib.metadata import version

from . import (
    apigateway,
    apigateway_parts,
    backup,
    cloudfront,
    cloudwatch,
    cognito,
    cognito_calls,
    cognito_challenges,
    cognito_oauth,
    cognito_users,
    containers,
    dynamodb,
    ec2,
    ec2_routing,
    ecr,
    ecs_containers,
    ecs_services,
    elasticache,
    elasticache_servers,
    elbv2,
    elbv2_listeners,
    elbv2_targets,
    lambdas,
    lambdas_runtime,
    log_deliveries,
    monitoring,
    policies,
    rds,
    rds_proxies,
    rds_servers,
    s3_forms,
    servicediscovery,
    sesv2,
    small,
    sqs,
)
from .mend import Mend

MINISTACK = "1.5.33"

MENDS: tuple[Mend, ...] = (
    *containers.MENDS,
    *ecr.MENDS,
    *cloudwatch.MENDS,
    *ec2.MENDS,
    *ec2_routing.MENDS,
    *policies.MENDS,
    *small.MENDS,
    *elbv2.MENDS,
    *elbv2_listeners.MENDS,
    *elbv2_targets.MENDS,
    *ecs_containers.MENDS,
    *ecs_services.MENDS,
    *servicediscovery.MENDS,
    *lambdas.MENDS,
    *lambdas_runtime.MENDS,
    *sesv2.MENDS,
    *sqs.MENDS,
    *cognito.MENDS,
    *cognito_calls.MENDS,
    *cognito_users.MENDS,
    *cognito_challenges.MENDS,
    *cognito_oauth.MENDS,
    *dynamodb.MENDS,
    *backup.MENDS,
    *monitoring.MENDS,
    *log_deliveries.MENDS,
    *apigateway_parts.MENDS,
    *apigateway.MENDS,
    *cloudfront.MENDS,
    *s3_forms.MENDS,
    *rds_servers.MENDS,
    *rds.MENDS,
    *rds_proxies.MENDS,
    *elasticache_servers.MENDS,
    *elasticache.MENDS,
)


def apply_all() -> None:
    """Apply every mend; end the process with a line a problem when MiniStack is not the expected one."""
    problems = []
    if version("ministack") != MINISTACK:
        problems.append(f"MiniStack {version('ministack')} is installed, the mends are written for {MINISTACK}")
    modules = {mend.module: importlib.import_module(mend.module) for mend in MENDS}
    for mend in MENDS:
        problems += mend.problems(modules[mend.module])
    if problems:
        raise SystemExit("\n".join(problems))
    for mend in MENDS:
        mend.apply(modules[mend.module])
