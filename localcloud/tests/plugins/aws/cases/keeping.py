"""Vaults and plans of backups, budgets, and proxies of databases."""

from typing import Any

from localcloud.tests.plugins.aws.cases.iam import policy, trust
from localcloud.tests.plugins.aws.cases.lambda_ import SECURITY
from localcloud.tests.plugins.aws.cases.sns import OTHER_TOPIC, TOPIC
from localcloud.tests.plugins.aws.conformance import SUBNETS, VPC, Case, Parent, parents

VAULT = Parent("vault", "aws:backup/vault:Vault", {"name": "conformance"})
OTHER_VAULT = Parent("elsewhere", "aws:backup/vault:Vault", {"name": "elsewhere"})
PLAN = Parent("plan", "aws:backup/plan:Plan", {"rules": [{"ruleName": "daily", "targetVaultName": "${vault.name}"}]})
KEY = "arn:aws:kms:eu-west-1:222222222222:key/00000000-0000-0000-0000-000000000001"
ROLE = "arn:aws:iam::222222222222:role/backup"
TABLE = "arn:aws:dynamodb:eu-west-1:222222222222:table/"
SECRET = "arn:aws:secretsmanager:eu-west-1:222222222222:secret:database-abcdef"
PROXY_ROLE = Parent("access", "aws:iam/role:Role", {"assumeRolePolicy": trust("rds.amazonaws.com")})
OTHER_ROLE = Parent("entry", "aws:iam/role:Role", {"assumeRolePolicy": trust("rds.amazonaws.com")})
PROXY_INPUTS: dict[str, Any] = {
    "engineFamily": "POSTGRESQL",
    "roleArn": "${access.arn}",
    "vpcSubnetIds": ["${a.id}", "${b.id}"],
    "vpcSecurityGroupIds": ["${security.id}"],
    "auths": [{"authScheme": "SECRETS", "iamAuth": "DISABLED", "secretArn": SECRET, "description": "owner"}],
}
PROXY = Parent("proxy", "aws:rds/proxy:Proxy", {**PROXY_INPUTS, "name": "sharing"})
PLACE = parents(VPC, SUBNETS, SECURITY, PROXY_ROLE, OTHER_ROLE)
GROUP = Parent("group", "aws:rds/subnetGroup:SubnetGroup", {"subnetIds": ["${a.id}", "${b.id}"]})
DATABASE = Parent(
    "database",
    "aws:rds/instance:Instance",
    {
        "identifier": "shared",
        "engine": "postgres",
        "engineVersion": "17",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "username": "owner",
        "manageMasterUserPassword": True,
        "dbSubnetGroupName": "${group.name}",
        "skipFinalSnapshot": True,
    },
)


def kept(days: int, name: str = "daily", **more: Any) -> dict[str, Any]:
    return {
        "ruleName": name,
        "targetVaultName": "conformance",
        "schedule": "cron(0 5 * * ? *)",
        "scheduleExpressionTimezone": "UTC",
        "startWindow": 60,
        "completionWindow": 180,
        "lifecycle": {"coldStorageAfter": 30, "deleteAfter": days},
        "recoveryPointTags": {"kind": name},
        **more,
    }


def denied(action: str) -> str:
    return policy({"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": action, "Resource": "*"})


def told(threshold: float, *addresses: str, **more: Any) -> dict[str, Any]:
    return {
        "comparisonOperator": "GREATER_THAN",
        "notificationType": "ACTUAL",
        "threshold": threshold,
        "thresholdType": "PERCENTAGE",
        "subscriberEmailAddresses": list(addresses),
        **more,
    }


CASES = (
    Case(
        token="aws:backup/vault:Vault",
        inputs={"name": "records", "kmsKeyArn": KEY, "forceDestroy": True, "tags": {"team": "x"}},
        updates=({"forceDestroy": False}, {"tags": {"team": "y"}}),
        replaces=({"name": "others"}, {"kmsKeyArn": f"{KEY[:-1]}2"}),
        refused=({"name": "x"}, {"kmsKeyArn": "mine"}),
    ),
    Case(
        token="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        parents=(VAULT,),
        inputs={
            "backupVaultName": "${vault.name}",
            "changeableForDays": 3,
            "maxRetentionDays": 365,
            "minRetentionDays": 7,
        },
        replaces=({"maxRetentionDays": 400}, {"minRetentionDays": 8}, {"backupVaultName": "others"}),
        refused=({"changeableForDays": 2}, {"maxRetentionDays": 6}),
    ),
    Case(
        token="aws:backup/vaultPolicy:VaultPolicy",
        parents=(VAULT,),
        inputs={"backupVaultName": "${vault.name}", "policy": denied("backup:DeleteRecoveryPoint")},
        updates=({"policy": denied("backup:DeleteBackupVault")},),
        replaces=({"backupVaultName": "others"},),
        refused=({"policy": "{}"},),
    ),
    Case(
        token="aws:backup/plan:Plan",
        parents=(VAULT, OTHER_VAULT),
        inputs={
            "name": "records",
            "rules": [
                kept(120, copyActions=[{"destinationVaultArn": "${elsewhere.arn}", "lifecycle": {"deleteAfter": 7}}]),
                {
                    "ruleName": "hourly",
                    "targetVaultName": "conformance",
                    "enableContinuousBackup": True,
                    "schedule": "rate(1 hour)",
                    "lifecycle": {"deleteAfter": 35},
                },
            ],
            "tags": {"team": "x"},
        },
        updates=(
            {"rules": [kept(150)]},
            {"rules": [kept(150, "weekly", completionWindow=240)]},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "others"},),
        refused=(
            {"rules": []},
            {"rules": [kept(100)]},
            {"rules": [kept(150), kept(160)]},
            {"rules": [kept(150, schedule="daily")]},
            {"rules": [kept(150, startWindow=30)]},
        ),
    ),
    Case(
        token="aws:backup/selection:Selection",
        parents=(VAULT, PLAN),
        inputs={
            "name": "tables",
            "planId": "${plan.id}",
            "iamRoleArn": ROLE,
            "resources": [f"{TABLE}*"],
            "notResources": [f"{TABLE}scratch"],
            "selectionTags": [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}],
            "conditions": [
                {
                    "stringEquals": [{"key": "aws:ResourceTag/environment", "value": "prod"}],
                    "stringLikes": [{"key": "aws:ResourceTag/system", "value": "mark*"}],
                    "stringNotEquals": [{"key": "aws:ResourceTag/kept", "value": "no"}],
                    "stringNotLikes": [{"key": "aws:ResourceTag/name", "value": "test*"}],
                }
            ],
        },
        replaces=({"name": "others"}, {"iamRoleArn": f"{ROLE}s"}, {"resources": ["*"]}, {"selectionTags": None}),
        refused=({"iamRoleArn": "me"}, {"selectionTags": [{"type": "LIKE", "key": "a", "value": "b"}]}),
    ),
    Case(
        token="aws:budgets/budget:Budget",
        parents=(TOPIC, OTHER_TOPIC),
        inputs={
            "name": "everything",
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "100",
            "limitUnit": "USD",
            "timePeriodStart": "2026-01-01_00:00",
            "timePeriodEnd": "2030-01-01_00:00",
            "costFilters": [{"name": "Service", "values": ["Amazon Relational Database Service"]}],
            "costTypes": {"includeCredit": False, "includeRefund": False, "useAmortized": True},
            "notifications": [
                told(80, "people@example.com", subscriberSnsTopicArns=["${topic.arn}"]),
                told(100, "people@example.com", notificationType="FORECASTED"),
            ],
            "tags": {"team": "x"},
        },
        updates=(
            {"limitAmount": "150.5"},
            {"timeUnit": "QUARTERLY", "timePeriodEnd": "2031-01-01_00:00"},
            {"timePeriodStart": "2025-01-01_00:00"},
            {"costFilters": [{"name": "Region", "values": ["eu-west-1", "us-east-1"]}]},
            {"costTypes": {"includeCredit": True, "includeRefund": False, "useAmortized": False}},
            {"notifications": [told(90, "others@example.com", subscriberSnsTopicArns=["${other.arn}"])]},
            {"notifications": None, "costFilters": None},
            {"limitUnit": "EUR"},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "others"},),
        refused=(
            {"limitAmount": "much"},
            {"limitAmount": None},
            {"budgetType": "TIME"},
            {"notifications": [told(80)]},
            {"notifications": [told(80, "a@b.example"), told(80, "c@d.example")]},
            {"timePeriodStart": "2026-01-01"},
        ),
    ),
    Case(
        token="aws:budgets/budget:Budget",
        label="usage",
        inputs={"budgetType": "USAGE", "timeUnit": "DAILY", "limitAmount": "1", "limitUnit": "GB"},
        updates=({"limitAmount": "2"},),
    ),
    Case(
        token="aws:rds/proxy:Proxy",
        parents=PLACE,
        inputs={
            **PROXY_INPUTS,
            "name": "records",
            "debugLogging": True,
            "idleClientTimeout": 600,
            "requireTls": True,
            "tags": {"team": "x"},
        },
        updates=(
            {"debugLogging": False, "idleClientTimeout": 900},
            {"requireTls": False},
            {"roleArn": "${entry.arn}"},
            {"auths": [{"authScheme": "SECRETS", "iamAuth": "REQUIRED", "secretArn": SECRET}]},
            {"idleClientTimeout": None},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "others"}, {"engineFamily": "MYSQL"}, {"vpcSubnetIds": ["${a.id}", "subnet-0123456789"]}),
        refused=(
            {"name": "two--hyphens"},
            {"engineFamily": "ORACLE"},
            {"idleClientTimeout": 0},
            {"vpcSubnetIds": ["${a.id}"]},
        ),
    ),
    Case(
        token="aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
        parents=parents(PLACE, PROXY),
        inputs={
            "dbProxyName": "${proxy.name}",
            "connectionPoolConfig": {
                "connectionBorrowTimeout": 60,
                "initQuery": "SET x=1",
                "maxConnectionsPercent": 90,
                "maxIdleConnectionsPercent": 40,
                "sessionPinningFilters": ["EXCLUDE_VARIABLE_SETS"],
            },
        },
        updates=(
            {"connectionPoolConfig": {"connectionBorrowTimeout": 30, "maxConnectionsPercent": 80}},
            {"connectionPoolConfig": {"maxIdleConnectionsPercent": 10}},
        ),
        replaces=({"dbProxyName": "others"},),
        refused=({"connectionPoolConfig": {"maxConnectionsPercent": 101}},),
        stays="every proxy has its group",
    ),
    Case(
        token="aws:rds/proxyTarget:ProxyTarget",
        parents=parents(PLACE, PROXY, GROUP, DATABASE),
        inputs={
            "dbProxyName": "${proxy.name}",
            "targetGroupName": "default",
            "dbInstanceIdentifier": "${database.identifier}",
        },
        replaces=({"dbProxyName": "others"}, {"targetGroupName": "others"}, {"dbInstanceIdentifier": "others"}),
        refused=({"dbInstanceIdentifier": None}, {"dbClusterIdentifier": "both"}),
    ),
)
