"""Backups, budgets and proxies of databases: what is refused."""

from typing import Any

from localcloud.tests.plugins.aws.cases.keeping import KEY, ROLE, SECRET, denied, kept, told
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

VAULT, LOCK = api("backup", "CreateBackupVault"), api("backup", "PutBackupVaultLockConfiguration")
RULE, SELECTION = api("backup", "BackupRuleInput"), api("backup", "BackupSelection")
BUDGET, TOLD = api("budgets", "budgets_Budget"), api("budgets", "budgets_Notification")
PROXY, POOL = api("rds", "CreateDBProxy"), api("rds", "ConnectionPoolConfiguration")
TARGET = api("rds", "RegisterDBProxyTargets")
PEOPLE = "people@example.com"


def _pool(**settings: Any) -> dict[str, Any]:
    return {"connectionPoolConfig": settings}


TABLES = (
    Refusals(
        token="aws:backup/vault:Vault",
        valid={"name": "records"},
        refused=(
            ({"name": "x"}, "name", "must match", VAULT),
            ({"name": "n" * 51}, "name", "at most 50 characters", VAULT),
            ({"name": "two words"}, "name", "must match", VAULT),
            ({"kmsKeyArn": "mine"}, "kmsKeyArn", "must match", VAULT),
        ),
        accepted=({"name": "ab"}, {"name": "n" * 50}, {"kmsKeyArn": KEY}),
    ),
    Refusals(
        token="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        valid={"backupVaultName": "records", "minRetentionDays": 7, "maxRetentionDays": 365},
        refused=(
            ({"changeableForDays": 2}, "changeableForDays", "at least 3", LOCK),
            ({"maxRetentionDays": 6}, "maxRetentionDays", "at least minRetentionDays 7", LOCK),
            ({"minRetentionDays": 0}, "minRetentionDays", "at least 1", LOCK),
            ({"maxRetentionDays": 36501}, "maxRetentionDays", "at most 36500", LOCK),
            ({"backupVaultName": "x"}, "backupVaultName", "must match", LOCK),
        ),
        accepted=({"changeableForDays": 3}, {"maxRetentionDays": 7}, {"maxRetentionDays": 36500}),
    ),
    Refusals(
        token="aws:backup/vaultPolicy:VaultPolicy",
        valid={"backupVaultName": "records", "policy": denied("backup:DeleteRecoveryPoint")},
        refused=(
            ({"policy": "no JSON"}, "policy", "must be JSON", api("backup", "PutBackupVaultAccessPolicy")),
            ({"policy": "{}"}, "policy", "a policy document", api("backup", "PutBackupVaultAccessPolicy")),
            ({"policy": None}, "policy", "is required", terraform("backup_vault_policy")),
        ),
        accepted=({"policy": denied("*")},),
    ),
    Refusals(
        token="aws:backup/plan:Plan",
        valid={"name": "records", "rules": [kept(120)]},
        refused=(
            ({"rules": []}, "rules", "at least 1 items", api("backup", "BackupPlanInput")),
            ({"rules": [kept(119)]}, "rules[0].lifecycle", "90 days after", api("backup", "Lifecycle")),
            ({"rules": [kept(120), kept(130)]}, "rules", "names of their own", terraform("backup_plan")),
            ({"rules": [kept(120, startWindow=59)]}, "rules[0]", "60 minutes or more", RULE),
            ({"rules": [kept(120, completionWindow=119)]}, "rules[0]", "60 after that", RULE),
            ({"rules": [kept(120, schedule="daily")]}, "rules[0].schedule", "cron(0 5", RULE),
            ({"rules": [kept(120, "two words")]}, "rules[0].ruleName", "must match", RULE),
            ({"rules": [kept(120, targetVaultName="x")]}, "rules[0].targetVaultName", "must match", RULE),
        ),
        accepted=(
            {"rules": [kept(120), kept(130, "weekly")]},
            {"rules": [kept(120, startWindow=60, completionWindow=120)]},
        ),
    ),
    Refusals(
        token="aws:backup/selection:Selection",
        valid={"name": "tables", "planId": "plan", "iamRoleArn": ROLE, "resources": ["*"]},
        refused=(
            ({"name": "two words"}, "name", "must match", SELECTION),
            ({"name": "n" * 51}, "name", "at most 50 characters", SELECTION),
            ({"iamRoleArn": "me"}, "iamRoleArn", "must match", SELECTION),
            ({"resources": None}, "resources", "one of resources", SELECTION),
            (
                {"selectionTags": [{"type": "LIKE", "key": "a", "value": "b"}]},
                "selectionTags[0].type",
                "STRINGEQUALS",
                api("backup", "Condition"),
            ),
        ),
        accepted=(
            {"name": "n" * 50},
            {"resources": None, "selectionTags": [{"type": "STRINGEQUALS", "key": "a", "value": "b"}]},
        ),
    ),
    Refusals(
        token="aws:budgets/budget:Budget",
        valid={"name": "all", "budgetType": "COST", "timeUnit": "MONTHLY", "limitAmount": "100", "limitUnit": "USD"},
        refused=(
            ({"name": "a:b"}, "name", "must match", BUDGET),
            ({"name": "n" * 101}, "name", "at most 100 characters", BUDGET),
            ({"budgetType": "TIME"}, "budgetType", "COST", BUDGET),
            ({"timeUnit": "HOURLY"}, "timeUnit", "ANNUALLY, DAILY", BUDGET),
            ({"limitAmount": "much"}, "limitAmount", "a number such as", api("budgets", "budgets_Spend")),
            ({"limitUnit": None}, "limitUnit", "is required", api("budgets", "budgets_Spend")),
            ({"timePeriodStart": "2026-01-01"}, "timePeriodStart", "must match", terraform("budgets_budget")),
            ({"notifications": [told(80)]}, "notifications[0]", "a subscriber", TOLD),
            ({"notifications": [told(80, *[PEOPLE] * 11)]}, "notifications[0]", "ten addresses", TOLD),
            ({"notifications": [told(80, PEOPLE), told(80, PEOPLE)]}, "notifications", "must differ", TOLD),
            (
                {"notifications": [told(80, PEOPLE, notificationType="PAST")]},
                "notifications[0].notificationType",
                "ACTUAL, FORECASTED",
                TOLD,
            ),
        ),
        accepted=(
            {"limitAmount": "0.5"},
            {"notifications": [told(80, *[PEOPLE] * 10)]},
            {"notifications": [told(80, PEOPLE), told(90, PEOPLE)]},
        ),
    ),
    Refusals(
        token="aws:rds/proxy:Proxy",
        valid={
            "name": "sharing",
            "engineFamily": "POSTGRESQL",
            "roleArn": ROLE,
            "vpcSubnetIds": ["subnet-0123456789", "subnet-1123456789"],
        },
        refused=(
            ({"name": "1st"}, "name", "must match", PROXY),
            ({"name": "two--hyphens"}, "name", "must match", PROXY),
            ({"name": "ends-"}, "name", "must match", PROXY),
            ({"engineFamily": "ORACLE"}, "engineFamily", "POSTGRESQL", PROXY),
            ({"vpcSubnetIds": ["subnet-0123456789"]}, "vpcSubnetIds", "at least 2 items", PROXY),
            ({"idleClientTimeout": 28801}, "idleClientTimeout", "at most 28800", PROXY),
            (
                {"auths": [{"authScheme": "PASSWORD"}]},
                "auths[0].authScheme",
                "SECRETS",
                api("rds", "UserAuthConfig"),
            ),
            ({"auths": [{"secretArn": ROLE}]}, "auths[0].secretArn", "must match", api("rds", "UserAuthConfig")),
        ),
        accepted=({"idleClientTimeout": 28800}, {"auths": [{"authScheme": "SECRETS", "secretArn": SECRET}]}),
    ),
    Refusals(
        token="aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
        valid={"dbProxyName": "sharing"},
        refused=(
            (_pool(maxConnectionsPercent=101), "connectionPoolConfig.maxConnectionsPercent", "at most 100", POOL),
            (_pool(maxConnectionsPercent=0), "connectionPoolConfig.maxConnectionsPercent", "at least 1", POOL),
            (_pool(connectionBorrowTimeout=3601), "connectionPoolConfig.connectionBorrowTimeout", "at most 3600", POOL),
            (
                _pool(sessionPinningFilters=["ALL"]),
                "connectionPoolConfig.sessionPinningFilters[0]",
                "EXCLUDE_VARIABLE_SETS",
                POOL,
            ),
            ({"dbProxyName": None}, "dbProxyName", "is required", api("rds", "ModifyDBProxyTargetGroup")),
        ),
        accepted=(_pool(maxConnectionsPercent=100), _pool(connectionBorrowTimeout=0)),
    ),
    Refusals(
        token="aws:rds/proxyTarget:ProxyTarget",
        valid={"dbProxyName": "sharing", "targetGroupName": "default", "dbInstanceIdentifier": "main"},
        refused=(
            ({"dbInstanceIdentifier": None}, "dbInstanceIdentifier", "is required", TARGET),
            ({"dbClusterIdentifier": "main"}, "dbClusterIdentifier", "embedded cloud's table", TARGET),
            ({"targetGroupName": None}, "targetGroupName", "is required", terraform("db_proxy_target")),
        ),
        accepted=({"dbInstanceIdentifier": "other"},),
    ),
)
