"""Caches, the subnets and parameters that they stand on, and their users."""

from typing import Any

from localcloud.tests.plugins.aws.conformance import SUBNETS, VPC, Case, Parent, parents

CACHE_SUBNETS = Parent("subnets", "aws:elasticache/subnetGroup:SubnetGroup", {"subnetIds": ["${a.id}", "${b.id}"]})
PARAMETERS = Parent("parameters", "aws:elasticache/parameterGroup:ParameterGroup", {"family": "valkey8"})
OTHER_PARAMETERS = Parent("others", "aws:elasticache/parameterGroup:ParameterGroup", {"family": "valkey8"})
SECURITY = Parent("security", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"})
OTHER_SECURITY = Parent("firewall", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"})
NOBODY: dict[str, Any] = {"engine": "valkey", "accessString": "off -@all", "noPasswordRequired": True}
FIRST = Parent("first", "aws:elasticache/user:User", {**NOBODY, "userId": "first", "userName": "first"})
SECOND = Parent("second", "aws:elasticache/user:User", {**NOBODY, "userId": "second", "userName": "second"})
GROUP = Parent("users", "aws:elasticache/userGroup:UserGroup", {"engine": "valkey", "userGroupId": "users"})
OTHER_GROUP = Parent("team", "aws:elasticache/userGroup:UserGroup", {"engine": "valkey", "userGroupId": "team"})
KEY = "arn:aws:kms:eu-west-1:222222222222:key/00000000-0000-0000-0000-000000000001"


def evicting(policy: str) -> list[dict[str, str]]:
    return [{"name": "maxmemory-policy", "value": policy}]


def log(kind: str, form: str = "json") -> dict[str, str]:
    return {"destination": "caches", "destinationType": "cloudwatch-logs", "logFormat": form, "logType": kind}


CASES = (
    Case(
        token="aws:elasticache/subnetGroup:SubnetGroup",
        label="of-caches",
        parents=parents(VPC, SUBNETS),
        inputs={"name": "slipway-dev", "description": "caches", "subnetIds": ["${a.id}"], "tags": {"team": "x"}},
        updates=(
            {"subnetIds": ["${a.id}", "${b.id}"]},
            {"description": "all caches"},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "other"},),
        refused=({"name": "Upper"}, {"name": "default"}, {"subnetIds": []}),
    ),
    Case(
        token="aws:elasticache/parameterGroup:ParameterGroup",
        label="of-caches",
        inputs={
            "name": "slipway-dev",
            "family": "valkey8",
            "description": "parameters",
            "parameters": evicting("allkeys-lru"),
            "tags": {"team": "x"},
        },
        updates=(
            {"parameters": evicting("noeviction")},
            {"parameters": [*evicting("noeviction"), {"name": "timeout", "value": "60"}]},
            {"parameters": None},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "other"}, {"family": "valkey7"}, {"description": "others"}),
        refused=({"family": "paper"}, {"name": "default.mine"}, {"parameters": evicting("a") + evicting("b")}),
    ),
    Case(
        token="aws:elasticache/user:User",
        inputs={
            **NOBODY,
            "userId": "market",
            "userName": "market",
            "accessString": "off ~market:* &market:* -@all +@read",
            "tags": {"team": "x"},
        },
        updates=(
            {"accessString": "on ~market:* -@all +@read +@write"},
            {"noPasswordRequired": None, "passwords": ["first-password-of-it"]},
            {"passwords": ["second-password-of-it", "third-password-of-it"]},
            {"tags": {"team": "y"}},
        ),
        replaces=({"userId": "other"}, {"userName": "other"}),
        refused=(
            {"userId": "Upper"},
            {"passwords": ["short"], "noPasswordRequired": None},
            {"authenticationMode": {"type": "password", "passwords": ["in-plain-text-in-state"]}},
            {"engine": "memcached"},
            {"noPasswordRequired": None},
        ),
    ),
    Case(
        token="aws:elasticache/user:User",
        label="by-role",
        inputs={
            "engine": "redis",
            "userId": "role",
            "userName": "role",
            "accessString": "on ~* +@all",
            "authenticationMode": {"type": "iam"},
        },
        updates=({"authenticationMode": {"type": "no-password-required"}}, {"engine": "valkey"}),
    ),
    Case(
        token="aws:elasticache/userGroup:UserGroup",
        parents=(FIRST, SECOND),
        inputs={"engine": "valkey", "userGroupId": "team", "userIds": ["first"], "tags": {"team": "x"}},
        updates=({"userIds": ["first", "second"]}, {"userIds": ["second"]}, {"tags": {"team": "y"}}),
        replaces=({"userGroupId": "other"},),
        refused=({"userGroupId": "two words"}, {"engine": "redis", "userIds": None}),
    ),
    Case(
        token="aws:elasticache/userGroupAssociation:UserGroupAssociation",
        parents=(FIRST, SECOND, GROUP, OTHER_GROUP),
        inputs={"userGroupId": "users", "userId": "first"},
        replaces=({"userId": "second"}, {"userGroupId": "team"}),
        refused=({"userId": "Upper"},),
    ),
    Case(
        token="aws:elasticache/replicationGroup:ReplicationGroup",
        parents=parents(
            VPC,
            SUBNETS,
            SECURITY,
            OTHER_SECURITY,
            CACHE_SUBNETS,
            PARAMETERS,
            OTHER_PARAMETERS,
            FIRST,
            SECOND,
            GROUP,
            OTHER_GROUP,
        ),
        inputs={
            "replicationGroupId": "slipway-dev-cache",
            "description": "cache",
            "engine": "valkey",
            "engineVersion": "8.0",
            "nodeType": "cache.t4g.micro",
            "numCacheClusters": 1,
            "port": 6380,
            "parameterGroupName": "${parameters.name}",
            "subnetGroupName": "${subnets.name}",
            "securityGroupIds": ["${security.id}"],
            "transitEncryptionEnabled": True,
            "transitEncryptionMode": "required",
            "atRestEncryptionEnabled": True,
            "kmsKeyId": KEY,
            "userGroupIds": ["users"],
            "automaticFailoverEnabled": False,
            "multiAzEnabled": False,
            "autoMinorVersionUpgrade": False,
            "maintenanceWindow": "sun:05:00-sun:06:00",
            "snapshotRetentionLimit": 1,
            "snapshotWindow": "03:00-04:00",
            "logDeliveryConfigurations": [log("slow-log")],
            "applyImmediately": True,
            "finalSnapshotIdentifier": "last",
            "tags": {"team": "x"},
        },
        updates=(
            {"description": "the cache", "nodeType": "cache.t4g.small"},
            {"parameterGroupName": "${others.name}"},
            {"snapshotRetentionLimit": 7, "snapshotWindow": "04:00-05:00", "maintenanceWindow": "mon:05:00-mon:06:00"},
            {"numCacheClusters": 2},
            {"automaticFailoverEnabled": True, "multiAzEnabled": True},
            {"autoMinorVersionUpgrade": True},
            {"engineVersion": "8.1"},
            {"logDeliveryConfigurations": [log("engine-log", "text")]},
            {"logDeliveryConfigurations": None},
            {"userGroupIds": None},
            {"automaticFailoverEnabled": None, "multiAzEnabled": None},
            {"numCacheClusters": 1, "securityGroupIds": ["${firewall.id}"]},
            {"userGroupIds": ["team"]},
            {"snapshotRetentionLimit": None, "finalSnapshotIdentifier": None, "tags": {"team": "y"}},
        ),
        replaces=(
            {"replicationGroupId": "other"},
            {"port": 6381},
            {"engine": "redis"},
            {"atRestEncryptionEnabled": False, "kmsKeyId": None},
            {"subnetGroupName": "other"},
        ),
        refused=(
            {"replicationGroupId": "Upper"},
            {"automaticFailoverEnabled": True},
            {"multiAzEnabled": True},
            {"transitEncryptionEnabled": False},
            {"userGroupIds": ["users", "team"]},
            {"authToken": "in-plain-text-in-state"},
        ),
    ),
)
