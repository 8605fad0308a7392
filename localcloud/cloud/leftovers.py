"""What still exists in an account of the embedded cloud, service by service, without the emulator's own defaults."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from localcloud.cloud import clients
from localcloud.errors import Trouble

WORKERS = 8
UNTOUCHED_ACCOUNT = "999999999990"
"""An account that nothing ever uses: what it lists, the emulator made by itself."""


@dataclass(frozen=True)
class Listing:
    """How a kind of resource is listed."""

    service: str
    kind: str
    call: str
    items: str
    """Path of the list in the answer, its parts separated by dots, such as `Reservations.Instances`."""
    name: str
    """Field of an item that names it; empty when the item is the name."""
    live: Callable[[dict[str, Any]], bool] = lambda item: True
    """Says whether an item exists; some services list what is deleted for a while."""
    arguments: tuple[tuple[str, Any], ...] = ()
    """Of the call; `{account}` in a text stands for the account."""
    in_every_cluster: bool = False
    """Whether the call is made once for each ECS cluster."""
    region: str = ""
    """The region that is looked at beside the account's own; empty for none."""


def in_state(field: str, *gone: str) -> Callable[[dict[str, Any]], bool]:
    """Return a test that an item's field has none of these values."""
    return lambda item: item.get(field) not in gone


def is_customers(item: dict[str, Any]) -> bool:
    """Say whether a KMS alias was made by a customer."""
    return not str(item["AliasName"]).startswith("alias/aws/")


SCALABLE = ("ecs", "dynamodb", "rds", "lambda", "elasticache")
LISTINGS: tuple[Listing, ...] = (
    Listing("ec2", "vpc", "describe_vpcs", "Vpcs", "VpcId"),
    Listing("ec2", "subnet", "describe_subnets", "Subnets", "SubnetId"),
    Listing("ec2", "internet gateway", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    Listing("ec2", "elastic ip", "describe_addresses", "Addresses", "AllocationId"),
    Listing("ec2", "nat gateway", "describe_nat_gateways", "NatGateways", "NatGatewayId", in_state("State", "deleted")),
    Listing("ec2", "route table", "describe_route_tables", "RouteTables", "RouteTableId"),
    Listing("ec2", "security group", "describe_security_groups", "SecurityGroups", "GroupId"),
    Listing("ec2", "network acl", "describe_network_acls", "NetworkAcls", "NetworkAclId"),
    Listing("ec2", "network interface", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    Listing("ec2", "vpc endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    Listing("ec2", "flow log", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    Listing(
        "ec2",
        "instance",
        "describe_instances",
        "Reservations.Instances",
        "InstanceId",
        lambda item: item["State"]["Name"] != "terminated",
    ),
    Listing("ec2", "volume", "describe_volumes", "Volumes", "VolumeId"),
    Listing(
        "ec2", "vpc peering", "describe_vpc_peering_connections", "VpcPeeringConnections", "VpcPeeringConnectionId"
    ),
    Listing("ec2", "prefix list", "describe_managed_prefix_lists", "PrefixLists", "PrefixListId"),
    Listing("elbv2", "load balancer", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    Listing("elbv2", "target group", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    Listing("ecs", "cluster", "list_clusters", "clusterArns", ""),
    Listing("ecs", "service", "list_services", "serviceArns", "", in_every_cluster=True),
    Listing("ecs", "task", "list_tasks", "taskArns", "", in_every_cluster=True),
    Listing("ecs", "task definition", "list_task_definitions", "taskDefinitionArns", ""),
    Listing(
        "ecs",
        "capacity provider",
        "describe_capacity_providers",
        "capacityProviders",
        "name",
        lambda item: item["status"] == "ACTIVE",
    ),
    *(
        Listing(
            "application-autoscaling",
            kind,
            call,
            items,
            name,
            arguments=(("ServiceNamespace", namespace),),
        )
        for namespace in SCALABLE
        for kind, call, items, name in (
            ("scalable target", "describe_scalable_targets", "ScalableTargets", "ResourceId"),
            ("scaling policy", "describe_scaling_policies", "ScalingPolicies", "PolicyName"),
        )
    ),
    Listing("ecr", "repository", "describe_repositories", "repositories", "repositoryName"),
    Listing("iam", "role", "list_roles", "Roles", "RoleName"),
    Listing("iam", "policy", "list_policies", "Policies", "PolicyName", arguments=(("Scope", "Local"),)),
    Listing("iam", "user", "list_users", "Users", "UserName"),
    Listing("iam", "group", "list_groups", "Groups", "GroupName"),
    Listing("iam", "instance profile", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    Listing("iam", "oidc provider", "list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn"),
    Listing("kms", "alias", "list_aliases", "Aliases", "AliasName", is_customers),
    Listing("s3", "bucket", "list_buckets", "Buckets", "Name"),
    Listing("acm", "certificate", "list_certificates", "CertificateSummaryList", "CertificateArn", region="us-east-1"),
    Listing("route53", "zone", "list_hosted_zones", "HostedZones", "Name"),
    Listing("route53", "health check", "list_health_checks", "HealthChecks", "Id"),
    Listing("cloudwatch", "alarm", "describe_alarms", "MetricAlarms", "AlarmName"),
    Listing(
        "cloudwatch",
        "composite alarm",
        "describe_alarms",
        "CompositeAlarms",
        "AlarmName",
        arguments=(("AlarmTypes", ("CompositeAlarm",)),),
    ),
    Listing("cloudwatch", "dashboard", "list_dashboards", "DashboardEntries", "DashboardName"),
    Listing("logs", "log group", "describe_log_groups", "logGroups", "logGroupName"),
    *(
        Listing("logs", kind, call, items, name, region="us-east-1")
        for kind, call, items, name in (
            ("delivery source", "describe_delivery_sources", "deliverySources", "name"),
            ("delivery destination", "describe_delivery_destinations", "deliveryDestinations", "name"),
            ("delivery", "describe_deliveries", "deliveries", "id"),
        )
    ),
    Listing("dynamodb", "table", "list_tables", "TableNames", ""),
    Listing("dynamodb", "backup", "list_backups", "BackupSummaries", "BackupName"),
    Listing("ssm", "parameter", "describe_parameters", "Parameters", "Name"),
    Listing("secretsmanager", "secret", "list_secrets", "SecretList", "Name", in_state("DeletedDate")),
    Listing("sns", "topic", "list_topics", "Topics", "TopicArn"),
    Listing("sns", "subscription", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    Listing("sqs", "queue", "list_queues", "QueueUrls", ""),
    Listing("events", "rule", "list_rules", "Rules", "Name"),
    Listing("events", "event bus", "list_event_buses", "EventBuses", "Name"),
    Listing("scheduler", "schedule", "list_schedules", "Schedules", "Name"),
    Listing("scheduler", "schedule group", "list_schedule_groups", "ScheduleGroups", "Name"),
    Listing("backup", "vault", "list_backup_vaults", "BackupVaultList", "BackupVaultName"),
    Listing("backup", "plan", "list_backup_plans", "BackupPlansList", "BackupPlanName"),
    Listing("budgets", "budget", "describe_budgets", "Budgets", "BudgetName", arguments=(("AccountId", "{account}"),)),
    Listing("sesv2", "email identity", "list_email_identities", "EmailIdentities", "IdentityName"),
    Listing("sesv2", "configuration set", "list_configuration_sets", "ConfigurationSets", ""),
    Listing("servicediscovery", "namespace", "list_namespaces", "Namespaces", "Name"),
    Listing("servicediscovery", "service", "list_services", "Services", "Name"),
    Listing("lambda", "function", "list_functions", "Functions", "FunctionName"),
    Listing("lambda", "event source mapping", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    Listing("apigateway", "rest api", "get_rest_apis", "items", "name"),
    Listing("apigatewayv2", "domain name", "get_domain_names", "Items", "DomainName"),
    Listing("apigatewayv2", "api", "get_apis", "Items", "Name"),
    Listing("apigatewayv2", "vpc link", "get_vpc_links", "Items", "Name"),
    Listing("cloudfront", "distribution", "list_distributions", "DistributionList.Items", "Id"),
    Listing(
        "cloudfront",
        "origin access control",
        "list_origin_access_controls",
        "OriginAccessControlList.Items",
        "Name",
    ),
    *(
        Listing("cloudfront", kind, call, items, "Id", arguments=(("Type", "custom"),))
        for kind, call, items in (
            ("cache policy", "list_cache_policies", "CachePolicyList.Items.CachePolicy"),
            (
                "origin request policy",
                "list_origin_request_policies",
                "OriginRequestPolicyList.Items.OriginRequestPolicy",
            ),
            (
                "response headers policy",
                "list_response_headers_policies",
                "ResponseHeadersPolicyList.Items.ResponseHeadersPolicy",
            ),
        )
    ),
    Listing("cloudfront", "function", "list_functions", "FunctionList.Items", "Name"),
    Listing("cloudfront", "public key", "list_public_keys", "PublicKeyList.Items", "Id"),
    Listing("cloudfront", "key group", "list_key_groups", "KeyGroupList.Items.KeyGroup", "Id"),
    Listing("cognito-idp", "user pool", "list_user_pools", "UserPools", "Name", arguments=(("MaxResults", 60),)),
    Listing("rds", "database", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    Listing("rds", "database cluster", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    Listing("rds", "snapshot", "describe_db_snapshots", "DBSnapshots", "DBSnapshotIdentifier"),
    Listing("rds", "proxy", "describe_db_proxies", "DBProxies", "DBProxyName"),
    Listing("rds", "subnet group", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
    Listing("rds", "parameter group", "describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName"),
    Listing(
        "elasticache", "replication group", "describe_replication_groups", "ReplicationGroups", "ReplicationGroupId"
    ),
    Listing("elasticache", "user", "describe_users", "Users", "UserId"),
    Listing("elasticache", "user group", "describe_user_groups", "UserGroups", "UserGroupId"),
    Listing("elasticache", "subnet group", "describe_cache_subnet_groups", "CacheSubnetGroups", "CacheSubnetGroupName"),
    Listing(
        "elasticache",
        "parameter group",
        "describe_cache_parameter_groups",
        "CacheParameterGroups",
        "CacheParameterGroupName",
    ),
    Listing("elasticache", "snapshot", "describe_snapshots", "Snapshots", "SnapshotName"),
    Listing("elasticache", "cache cluster", "describe_cache_clusters", "CacheClusters", "CacheClusterId"),
    Listing("wafv2", "web acl", "list_web_acls", "WebACLs", "Name", arguments=(("Scope", "REGIONAL"),)),
    Listing("codebuild", "project", "list_projects", "projects", ""),
    Listing("stepfunctions", "state machine", "list_state_machines", "stateMachines", "name"),
)


def leftovers(endpoint: str, region: str, account: str) -> list[str]:
    """Return what exists in an account, one line a resource (`s3 bucket NAME`), in the order of the table.

    What the emulator puts into every account, such as a default network, is left out: it is listed in an account that
    nobody uses and taken away. Customer keys whose deletion is scheduled count as gone. Raises botocore's errors
    when a service does not answer, and a Trouble when the engine that runs the containers does not.
    """

    def lines(listing: Listing) -> list[str]:
        regions = sorted({region, listing.region or region})
        names = [name for each in regions for name in _names(listing, endpoint, each, account)]
        defaults = _names(listing, endpoint, region, UNTOUCHED_ACCOUNT) if names else []
        ignored = {name.replace(UNTOUCHED_ACCOUNT, account) for name in defaults}
        return [f"{listing.service} {listing.kind} {name}" for name in names if name not in ignored]

    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lines, LISTINGS))
    return [line for each in found for line in each] + _keys(endpoint, region, account) + _servers(endpoint, account)


def _servers(endpoint: str, account: str) -> list[str]:
    """Return the databases and caches that the engine still has, whatever the records say."""
    url = f"{endpoint}/_slipway/servers?account={account}"
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310
            return [f"container {name}" for name in json.load(answer)["servers"]]
    except urllib.error.HTTPError as error:
        raise Trouble(
            f"the embedded cloud cannot list its containers ({error}): does its Docker engine answer?",
            "run the same command again",
        ) from error


def _names(listing: Listing, endpoint: str, region: str, account: str) -> list[str]:
    client = clients.at(listing.service, account, endpoint, region)
    arguments = {
        key: value.format(account=account) if isinstance(value, str) else value for key, value in listing.arguments
    }
    if not listing.in_every_cluster:
        try:
            return list(_items(client, listing, arguments))
        except ClientError as error:
            if "Unknown" in str(error.response.get("Error", {}).get("Message", "")):
                return []  # a cloud that an older version of this code started: what it does not know it does not have
            raise
    clusters = client.list_clusters()["clusterArns"]
    return [name for cluster in clusters for name in _items(client, listing, {**arguments, "cluster": cluster})]


def _items(client: Any, listing: Listing, arguments: dict[str, Any]) -> Iterator[str]:
    if client.can_paginate(listing.call):
        pages: Iterable[dict[str, Any]] = client.get_paginator(listing.call).paginate(**arguments)
    else:
        pages = [getattr(client, listing.call)(**arguments)]
    for page in pages:
        found: list[Any] = [page]
        for part in listing.items.split("."):
            nested = [each.get(part) or [] for each in found]
            found = [inner for each in nested for inner in (each if isinstance(each, list) else [each])]
        for item in found:
            if not listing.name:
                yield str(item)
            elif listing.live(item):
                yield str(item[listing.name])


def _keys(endpoint: str, region: str, account: str) -> list[str]:
    client = clients.at("kms", account, endpoint, region)
    names = [key["KeyId"] for page in client.get_paginator("list_keys").paginate() for key in page["Keys"]]
    described = (client.describe_key(KeyId=name)["KeyMetadata"] for name in names)
    return [
        f"kms key {key['KeyId']}"
        for key in described
        if key.get("KeyManager") != "AWS" and key["KeyState"] != "PendingDeletion"
    ]
