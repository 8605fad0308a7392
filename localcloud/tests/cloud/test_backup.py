"""AWS Backup and budgets: what is kept of them, and a table that comes back out of its vault."""

import json
from typing import Any

import pytest

from localcloud.tests.cloud.calls import name, refusal

pytestmark = [pytest.mark.cloud]

ROLE = "arn:aws:iam::222222222222:role/backup"
STATEMENT = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})


@pytest.fixture
def backup(client: Any) -> Any:
    return client("backup")


@pytest.fixture
def vault(backup: Any) -> str:
    made = name()
    backup.create_backup_vault(BackupVaultName=made, BackupVaultTags={"team": "data"})
    return made


@pytest.fixture
def table(client: Any) -> str:
    made = name()
    client("dynamodb").create_table(
        TableName=made,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    client("dynamodb").put_item(TableName=made, Item={"pk": {"S": "a"}})
    return made


def test_a_table_comes_back_out_of_its_vault(backup: Any, client: Any, vault: str, table: str) -> None:
    dynamodb = client("dynamodb")
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    started = backup.start_backup_job(BackupVaultName=vault, ResourceArn=arn, IamRoleArn=ROLE)
    job = backup.describe_backup_job(BackupJobId=started["BackupJobId"])
    assert (job["State"], job["RecoveryPointArn"]) == ("COMPLETED", started["RecoveryPointArn"])
    dynamodb.delete_table(TableName=table)
    [point] = backup.list_recovery_points_by_backup_vault(BackupVaultName=vault)["RecoveryPoints"]
    assert (point["ResourceArn"], point["Status"]) == (arn, "COMPLETED")
    target = name()
    asked = {"RecoveryPointArn": point["RecoveryPointArn"], "IamRoleArn": ROLE}
    restore = backup.start_restore_job(**asked, Metadata={"targetTableName": target})["RestoreJobId"]
    done = backup.describe_restore_job(RestoreJobId=restore)
    assert (done["Status"], done["CreatedResourceArn"]) == ("COMPLETED", arn.replace(table, target))
    assert dynamodb.scan(TableName=target)["Items"] == [{"pk": {"S": "a"}}]
    assert dynamodb.list_backups(TableName=table)["BackupSummaries"] == []
    second = backup.start_restore_job(**asked, Metadata={"targetTableName": target})["RestoreJobId"]
    assert backup.describe_restore_job(RestoreJobId=second)["Status"] == "FAILED"
    assert refusal(backup.delete_backup_vault, BackupVaultName=vault) == "InvalidRequestException"
    backup.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=point["RecoveryPointArn"])
    backup.delete_backup_vault(BackupVaultName=vault)
    assert refusal(backup.describe_backup_vault, BackupVaultName=vault) == "ResourceNotFoundException"


def test_a_lock_keeps_points_for_as_long_as_it_says(backup: Any, client: Any, vault: str, table: str) -> None:
    backup.put_backup_vault_lock_configuration(BackupVaultName=vault, MinRetentionDays=7, MaxRetentionDays=90)
    found = backup.describe_backup_vault(BackupVaultName=vault)
    assert (found["Locked"], found["MinRetentionDays"], found["MaxRetentionDays"]) == (True, 7, 90)
    arn = client("dynamodb").describe_table(TableName=table)["Table"]["TableArn"]
    point = backup.start_backup_job(BackupVaultName=vault, ResourceArn=arn, IamRoleArn=ROLE)["RecoveryPointArn"]
    asked = {"BackupVaultName": vault, "RecoveryPointArn": point}
    assert refusal(backup.delete_recovery_point, **asked) == "InvalidRequestException"
    backup.delete_backup_vault_lock_configuration(BackupVaultName=vault)
    backup.delete_recovery_point(**asked)
    found = backup.describe_backup_vault(BackupVaultName=vault)
    assert (found["Locked"], found["NumberOfRecoveryPoints"], "MinRetentionDays" in found) == (False, 0, False)


def test_a_vault_has_a_policy_and_notifications(backup: Any, vault: str) -> None:
    assert refusal(backup.get_backup_vault_access_policy, BackupVaultName=vault) == "ResourceNotFoundException"
    backup.put_backup_vault_access_policy(BackupVaultName=vault, Policy=POLICY)
    assert backup.get_backup_vault_access_policy(BackupVaultName=vault)["Policy"] == POLICY
    backup.delete_backup_vault_access_policy(BackupVaultName=vault)
    assert refusal(backup.get_backup_vault_access_policy, BackupVaultName=vault) == "ResourceNotFoundException"
    topic = "arn:aws:sns:eu-west-1:222222222222:backups"
    events = ["BACKUP_JOB_FAILED"]
    backup.put_backup_vault_notifications(BackupVaultName=vault, SNSTopicArn=topic, BackupVaultEvents=events)
    found = backup.get_backup_vault_notifications(BackupVaultName=vault)
    assert (found["SNSTopicArn"], found["BackupVaultEvents"]) == (topic, events)


def test_a_plan_has_rules_and_a_selection_by_tag(backup: Any, vault: str) -> None:
    rule = {
        "RuleName": "daily",
        "TargetBackupVaultName": vault,
        "ScheduleExpression": "cron(0 3 * * ? *)",
        "StartWindowMinutes": 60,
        "Lifecycle": {"DeleteAfterDays": 35},
    }
    made = backup.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [rule]})
    found = backup.get_backup_plan(BackupPlanId=made["BackupPlanId"])["BackupPlan"]
    [kept] = found["Rules"]
    assert {key: kept[key] for key in rule} == rule
    assert (kept["CompletionWindowMinutes"], len(kept["RuleId"])) == (10080, 36)
    tags = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}]
    chosen = {"SelectionName": "tagged", "IamRoleArn": ROLE, "ListOfTags": tags}
    selection = backup.create_backup_selection(BackupPlanId=made["BackupPlanId"], BackupSelection=chosen)
    asked = {"BackupPlanId": made["BackupPlanId"], "SelectionId": selection["SelectionId"]}
    assert backup.get_backup_selection(**asked)["BackupSelection"]["ListOfTags"] == tags
    assert refusal(backup.delete_backup_plan, BackupPlanId=made["BackupPlanId"]) == "InvalidRequestException"
    backup.delete_backup_selection(**asked)
    backup.delete_backup_plan(BackupPlanId=made["BackupPlanId"])
    assert refusal(backup.get_backup_plan, BackupPlanId=made["BackupPlanId"]) == "ResourceNotFoundException"


def test_a_budget_tells_somebody_at_a_share_of_its_limit(client: Any) -> None:
    budgets = client("budgets")
    account, budget = "222222222222", name()
    notification = {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 80.0,
        "ThresholdType": "PERCENTAGE",
    }
    subscribers = [{"SubscriptionType": "EMAIL", "Address": "ops@example.test"}]
    budgets.create_budget(
        AccountId=account,
        Budget={
            "BudgetName": budget,
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "100", "Unit": "USD"},
        },
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": subscribers}],
    )
    asked = {"AccountId": account, "BudgetName": budget}
    found = budgets.describe_budget(**asked)["Budget"]
    assert (found["BudgetType"], found["BudgetLimit"]["Unit"]) == ("COST", "USD")
    assert float(found["BudgetLimit"]["Amount"]) == 100
    [kept] = budgets.describe_notifications_for_budget(**asked)["Notifications"]
    assert {key: kept[key] for key in notification} == notification
    people = budgets.describe_subscribers_for_notification(**asked, Notification=notification)["Subscribers"]
    assert people == subscribers
    budgets.delete_budget(**asked)
    assert refusal(budgets.describe_budget, **asked) == "NotFoundException"
