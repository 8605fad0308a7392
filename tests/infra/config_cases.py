"""Wrong values of dev's stack file, one by one: where, what, and the lines that they are refused with."""

from typing import Any

SET = "pulumi config set --stack dev --path"
REMOVE = "pulumi config rm --stack dev --path"

VALUES: list[tuple[str, Any, str]] = [
    ("network.zones", 9, f"platform:network.zones: at most 3, got 9 → {SET} platform:network.zones 2"),
    ("network.zones", 1, f"platform:network.zones: at least 2, got 1 → {SET} platform:network.zones 2"),
    (
        "network.zones",
        "2",
        f'platform:network.zones: must be a whole number, got "2" → {SET} platform:network.zones 2',
    ),
    (
        "network.zones",
        True,
        f"platform:network.zones: must be a whole number, got true → {SET} platform:network.zones 2",
    ),
    (
        "network.nat",
        "double",
        f'platform:network.nat: must be none, single or per-zone, got "double" → {SET} platform:network.nat single',
    ),
    (
        "network.endpoints",
        ["s3", "s3"],
        'platform:network.endpoints: must name each only once, s3 stands more than once, got ["s3", "s3"]'
        f" → {SET} platform:network.endpoints s3",
    ),
    (
        "network.endpoints",
        "s3",
        'platform:network.endpoints: must be a list, got "s3"'
        " → copy platform:network.endpoints from another stack file and change what differs",
    ),
    (
        "network.flow_log_retention_days",
        8,
        "platform:network.flow_log_retention_days: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400,"
        " 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 8"
        f" → {SET} platform:network.flow_log_retention_days 30",
    ),
    (
        "network.colour",
        "red",
        f'platform:network.colour: no such setting, got "red" → {REMOVE} platform:network.colour',
    ),
    (
        "stack.deletion_protection",
        "yes",
        'platform:stack.deletion_protection: must be true or false, got "yes"'
        f" → {SET} platform:stack.deletion_protection true",
    ),
    (
        "stack.environment",
        "Dev",
        "platform:stack.environment: must be 1 to 32 small letters, digits and hyphens, beginning with a letter,"
        f' got "Dev" → {SET} platform:stack.environment dev',
    ),
    (
        "stack.environment",
        "development-1",
        'platform:stack.environment: must be at most 12 characters, got "development-1"'
        f" → {SET} platform:stack.environment dev",
    ),
    (
        "stack.systems",
        ["counter", "shop"],
        'platform:stack.systems[1]: must be one of anythingyouwantt, counter, ewelists, market, planner, got "shop"'
        f" → {SET} 'platform:stack.systems[1]' counter",
    ),
    (
        "stack.systems",
        ["counter", "market", "counter"],
        "platform:stack.systems: must name each only once, counter stands more than once,"
        f' got ["counter", "market", "counter"] → {SET} platform:stack.systems counter',
    ),
    (
        "stack.systems",
        "counter",
        'platform:stack.systems: must be a list, got "counter"'
        " → copy platform:stack.systems from another stack file and change what differs",
    ),
    (
        "stack.kind",
        "preview",
        f'platform:stack.kind: must be tooling or environment, got "preview" → {SET} platform:stack.kind environment',
    ),
    (
        "organisation.domain",
        "localhost",
        "platform:organisation.domain: must be a domain name in small letters, like slipway.example,"
        f' got "localhost" → {SET} platform:organisation.domain slipway.example',
    ),
    (
        "organisation.region",
        "Ireland",
        'platform:organisation.region: must be an AWS region, like eu-west-1, got "Ireland"'
        f" → {SET} platform:organisation.region eu-west-1",
    ),
    (
        "organisation.repository",
        "slipway",
        'platform:organisation.repository: must be owner/name on GitHub, got "slipway"'
        f" → {SET} platform:organisation.repository slipway-platform/slipway",
    ),
    (
        "organisation.accounts.dev",
        "12",
        'platform:organisation.accounts.dev: must be 12 digits in quotes, got "12"'
        f" → {SET} platform:organisation.accounts.dev 111111111111",
    ),
    (
        "organisation.networks.dev",
        "10.10.1.0/16",
        "platform:organisation.networks.dev: must be a private IPv4 range of /16 to /20 that begins at its own first"
        ' address, like 10.10.0.0/16, got "10.10.1.0/16"'
        f" → {SET} platform:organisation.networks.dev 10.10.0.0/16",
    ),
    (
        "organisation.networks.dev",
        "10.20.128.0/17",
        "platform:organisation.networks.staging: must not overlap dev (10.20.128.0/17), got 10.20.0.0/16"
        " → give staging a range of its own",
    ),
    (
        "organisation.builders",
        ["dev", "nobody"],
        "platform:organisation.builders: must be among dev, prod, staging, got nobody → change it in Pulumi.dev.yaml",
    ),
    (
        "edge.hosts",
        {
            "anythingyouwantt": "shop-page",
            "counter": "counter",
            "ewelists": "lists",
            "market": "market",
            "planner": "planner",
            "shop": "counter",
        },
        "platform:edge.hosts.shop: must be one of anythingyouwantt, counter, ewelists, market, planner, got shop → "
        + f"{REMOVE} platform:edge.hosts.shop\n"
        f"platform:edge.hosts.shop: must not be the host of counter, got counter → {SET} platform:edge.hosts.shop shop",
    ),
    (
        "edge.idle_timeout_seconds",
        61,
        f"platform:edge.idle_timeout_seconds: at most 60, got 61 → {SET} platform:edge.idle_timeout_seconds 60",
    ),
    (
        "edge.visitor_limits.market",
        0,
        f"platform:edge.visitor_limits.market: at least 1, got 0 → {SET} platform:edge.visitor_limits.market 600",
    ),
    (
        "edge.api_limits.market.rate",
        0,
        f"platform:edge.api_limits.market.rate: at least 1, got 0 → {SET} platform:edge.api_limits.market.rate 100",
    ),
    (
        "edge.api_limits.counter",
        {"rate": 1, "burst": 1},
        "platform:edge.api_limits.counter: must be one of ewelists, market, planner, got counter"
        f" → {REMOVE} platform:edge.api_limits.counter",
    ),
    (
        "functions.sizes.ewelists/api.memory",
        64,
        "platform:functions.sizes.ewelists/api.memory: at least 128, got 64"
        f" → {SET} platform:functions.sizes.ewelists/api.memory 512",
    ),
    (
        "functions.sizes.ewelists/api.new_percent",
        10,
        "platform:functions.sizes.ewelists/api: stable_version is the version that gets what new_percent leaves of 100,"
        ' or 0 for none, got {"memory": 512, "timeout_seconds": 15, "concurrency": 0, …'
        " → change it in Pulumi.dev.yaml",
    ),
    (
        "operations.monthly_budget_usd",
        5,
        "platform:operations: a budget needs alarms: nobody would be told,"
        ' got {"alarms": false, "alarm_period_seconds": 60, "dashboards…'
        " → change it in Pulumi.dev.yaml",
    ),
    (
        "backup.days",
        -1,
        f"platform:backup.days: at least 0, got -1 → {SET} platform:backup.days 35",
    ),
    (
        "workloads.architecture",
        "riscv",
        'platform:workloads.architecture: must be x86_64 or arm64, got "riscv"'
        f" → {SET} platform:workloads.architecture x86_64",
    ),
    (
        "artifacts.counter/backend",
        "latest",
        "platform:artifacts.counter/backend: must be build, unreleased or <20 hex digits>@sha256:<64 hex digits>,"
        f' got "latest" → {SET} platform:artifacts.counter/backend build',
    ),
    (
        "artifacts.counter/backend",
        f"{'0' * 20}@sha256:{'A' * 64}",
        "platform:artifacts.counter/backend: must be build, unreleased or <20 hex digits>@sha256:<64 hex digits>,"
        f' got "00000000000000000000@sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAA…'
        f" → {SET} platform:artifacts.counter/backend build",
    ),
    (
        "artifacts.shop/api",
        "build",
        "platform:artifacts.shop/api: must be one of anythingyouwantt/frontend, anythingyouwantt/mail-service,"
        " anythingyouwantt/rest-api, counter/backend, counter/frontend, market/client, market/market-api,"
        " market/tasks-api, platform/collector, ewelists/api, planner/api, platform/canary, platform/deploy-steps,"
        " ewelists/web, planner/web, got shop/api"
        f" → {REMOVE} platform:artifacts.shop/api",
    ),
    (
        "database.instance_class",
        "t4g.micro",
        'platform:database.instance_class: must be a class of RDS servers, like db.t4g.micro, got "t4g.micro"'
        f" → {SET} platform:database.instance_class db.t4g.micro",
    ),
    (
        "database.storage_gb",
        19,
        f"platform:database.storage_gb: at least 20, got 19 → {SET} platform:database.storage_gb 20",
    ),
    (
        "database.backup_days",
        0,
        f"platform:database.backup_days: at least 1, got 0 → {SET} platform:database.backup_days 7",
    ),
    (
        "database.monitoring_interval_seconds",
        7,
        "platform:database.monitoring_interval_seconds: must be 0, 1, 5, 10, 15, 30 or 60, got 7"
        f" → {SET} platform:database.monitoring_interval_seconds 60",
    ),
    (
        "cache.node_type",
        "db.t4g.micro",
        'platform:cache.node_type: must be a type of ElastiCache nodes, like cache.t4g.micro, got "db.t4g.micro"'
        f" → {SET} platform:cache.node_type cache.t4g.micro",
    ),
    (
        "cache.replicas",
        6,
        f"platform:cache.replicas: at most 5, got 6 → {SET} platform:cache.replicas 1",
    ),
    (
        "cache.multi_az",
        True,
        "platform:cache: multi_az needs at least one replica,"
        ' got {"node_type": "cache.t4g.micro", "replicas": 0, "multi_az…'
        " → change it in Pulumi.dev.yaml",
    ),
    (
        "mail.dmarc",
        "strict",
        f'platform:mail.dmarc: must be none, quarantine or reject, got "strict" → {SET} platform:mail.dmarc reject',
    ),
    (
        "mail.event_retention_days",
        15,
        f"platform:mail.event_retention_days: at most 14, got 15 → {SET} platform:mail.event_retention_days 14",
    ),
]
